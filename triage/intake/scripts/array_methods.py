"""Methods of arrays, of data sets of TensorFlow, of scalers and of generators of images."""

from __future__ import annotations

from dataclasses import replace

from triage.intake.scripts.arithmetic import kind_of_statistic, scaled_by
from triage.intake.scripts.array_library import SCALERS, array_call
from triage.intake.scripts.label_values import mapped_labels, of_column
from triage.intake.scripts.orders import counted, shuffled, sorted_rows, token_of
from triage.intake.scripts.pixels import cast
from triage.intake.scripts.shapes import reshaped_array
from triage.intake.scripts.trace import Call, Run
from triage.intake.scripts.values import (
    Array,
    Function,
    Items,
    Known,
    Table,
    Unknown,
    Value,
    number,
    text,
)

__all__ = ["array_method", "generator_method", "scaler_method"]

_SAME = frozenset(
    [
        "astype",
        "reshape",
        "copy",
        "to_numpy",
        "flatten",
        "ravel",
        "squeeze",
        "unsqueeze",
        "transpose",
        "float",
        "long",
        "int",
        "to",
        "cuda",
        "view",
        "type",
        "double",
        "reset_index",
        "dropna",
        "fillna",
        "tolist",
        "contiguous",
        "swapaxes",
        "prefetch",
        "cache",
        "with_options",
        "interleave",
        "ignore_errors",
        "toarray",
        "todense",
        "clone",
        "requires_grad_",
        "numpy",
        "permute",
        "enumerate",
        "half",
        "pin_memory",
    ]
)


_CASTS = frozenset({"astype", "float", "double", "half", "type", "reshape", "view"})


def array_method(run: Run, owner: Array, name: str, call: Call) -> Value | None:
    """What a method of an array or a data set yields."""
    if name in ("shuffle", "batch", "repeat", "cache", "take", "skip", "padded_batch", "unbatch"):
        return _pipeline(owner, name, call)
    if name == "map":
        return mapped_labels(owner, call.get(0), call.spot) or _mapped(run, owner, call)
    if name in _SAME:
        same = reshaped_array(owner, name, call.args)
        return cast(same, call.spot) if name in _CASTS else same
    if name in ("mean", "std", "var", "max", "min"):
        statistic = (kind_of_statistic(call, 0), name, call.spot)
        return replace(owner, role="statistic", classes=None, flow=(*owner.flow, statistic), samples=None, dims=None)
    if name in ("div", "div_"):
        return scaled_by(owner, "/", number(call.get(0)) if number(call.get(0)) is not None else call.get(0), call.spot)
    if name in ("sub", "sub_"):
        return scaled_by(owner, "-", call.get(0), call.spot)
    if name == "sample":
        whole = call.named.get("frac")
        token = token_of(run, call)
        run.happens("order", call.spot, None, token=token)
        if isinstance(whole, Known) and whole.value == 1:
            return shuffled(run, owner, token, call.spot)
        return replace(owner, cuts=(*owner.cuts, None), order=(*owner.order, token), classes=None)
    if name in ("pop", "drop"):
        dims = owner.dims if name == "drop" else 1 if owner.dims == 2 else None
        narrowed = ("narrowed", None, call.spot)
        found = replace(owner, role="", classes=None, sure=False, dims=dims)
        return (
            of_column(owner, call.get(0), found, call.spot)
            if name == "pop"
            else replace(found, flow=(*owner.flow, narrowed))
        )
    if name in ("sort", "sort_values", "sort_index", "argsort"):
        return sorted_rows(run, counted(run, call.spot) if name == "argsort" else owner)
    if name in ("head", "tail"):
        return replace(owner, cuts=(*owner.cuts, None))
    if name in ("__len__", "size", "dim", "item", "sum", "argmax", "unique", "value_counts", "as_numpy_iterator"):
        return Unknown(name, run.tick())
    return replace(owner, classes=None, sure=False, cuts=(*owner.cuts, None), dims=None)


def _pipeline(owner: Array, name: str, call: Call) -> Array:
    """A step of tf.data ("tf.data.Dataset", documentation of TensorFlow)."""
    value: Value = call.get(0)
    if name == "shuffle":
        again = call.get(2, "reshuffle_each_iteration")
        value = Table({"size": call.get(0, "buffer_size"), "again": again})
    if name in ("take", "skip"):
        size = number(value) if number(value) is not None else value
        cut = (None, size) if name == "take" else (size, None)
        token = next((t for n, t, _ in reversed(owner.flow) if n == "shuffle"), None)
        return replace(owner, cuts=(*owner.cuts, cut), flow=(*owner.flow, (name, token, call.spot)), samples=None)
    if name == "batch" and number(value) is None:
        value = call.get(0, "batch_size") if value is None else value
    return replace(owner, flow=(*owner.flow, (name, value, call.spot)))


def _mapped(run: Run, owner: Array, call: Call) -> Array:
    """A function over samples: what it does to the inputs is followed where it is the program's own."""
    function = call.get(0, "map_func")
    base = replace(owner, flow=(), parts=())
    held = owner.parts if owner.parts else (base, replace(base, role="y"))
    if isinstance(function, Function):
        wanted = len(function.node.args.args)
        given = list(held[:wanted]) if wanted <= len(held) else [*held, *[Unknown()] * (wanted - len(held))]
        found = run.invoke(run, function, Call(call.node, call.spot, given, {}))
        first = found.values[0] if isinstance(found, Items) and found.values else found
        if isinstance(first, Array) and first.root is base.root:
            hot = owner.one_hot
            if isinstance(found, Items) and len(found.values) > 1 and isinstance(found.values[1], Array):
                hot = hot or found.values[1].one_hot
            return replace(owner, scaled=first.scaled, one_hot=hot, flow=(*owner.flow, ("map", None, call.spot)))
    return replace(owner, scaled=(*owner.scaled, ("?", None, call.spot)), classes=None, sure=False)


def scaler_method(run: Run, owner: Table, name: str, call: Call) -> Value | None:
    """Methods of scalers and resamplers of scikit-learn."""
    if owner.name == "resampler":
        if name in ("fit_resample", "fit_sample"):
            return Items(
                [
                    replace(value, cuts=(*value.cuts, ("repeated", call.spot)), samples=None)
                    if isinstance(value, Array)
                    else Unknown("resampled", run.tick())
                    for value in call.args
                ]
            )
        return None
    if owner.name not in SCALERS:
        if name in ("fit_transform", "transform", "fit"):
            first = call.get(0)
            if owner.name in ("LabelEncoder", "OrdinalEncoder") and isinstance(first, Array):
                return owner if name == "fit" else first
            if owner.name in ("OneHotEncoder", "LabelBinarizer") and isinstance(first, Array) and name != "fit":
                return replace(first, one_hot=call.spot)
            return owner if name == "fit" else Unknown(name, run.tick())
        return None
    first = call.get(0)
    if name in ("fit", "fit_transform") and isinstance(first, Array):
        run.happens("fitted", call.spot, owner, on=first)
        owner.values["<on>"] = first
    if name == "fit":
        return owner
    if name == "fit_transform":
        return scaled_by(first, "scaler", (owner, first), call.spot) if isinstance(first, Array) else None
    if name == "transform":
        on = owner.values.get("<on>")
        return scaled_by(first, "scaler", (owner, on), call.spot) if isinstance(first, Array) else None
    return Unknown(name, run.tick()) if name == "inverse_transform" else None


def generator_method(run: Run, owner: Table, name: str, call: Call) -> Value | None:
    """Methods of `ImageDataGenerator` and of NumPy's generators of random numbers."""
    if owner.name == "generator" and name in ("shuffle", "permutation", "permuted"):
        return array_call(run, f"numpy.random.{name}", call)
    if owner.name != "ImageDataGenerator":
        return None
    if not name.startswith("flow"):
        return Known(None) if name == "fit" else None
    base = _flow(run, call) if name == "flow" else _files(run, call)
    given = call.named.get("shuffle", Known(True))
    facts = (
        ("generator", owner, call.spot),
        ("batch", call.named.get("batch_size", call.get(2) if name == "flow" else None) or Known(32), call.spot),
        ("directory_shuffle", given.value if isinstance(given, Known) else None, call.spot),
    )
    return replace(_rescaled(owner, base, call), flow=(*base.flow, *facts))


def _flow(run: Run, call: Call) -> Array:
    """Images that are in an array."""
    first, second = call.get(0, "x"), call.get(1, "y")
    if isinstance(first, Items) and first.values:
        first = first.values[0]
    if first is not None and second is not None:
        run.happens("pair", call.spot, None, x=first, y=second, way="flow")
    base = first if isinstance(first, Array) else Array(object(), born=run.tick(), sure=False)
    return replace(base, one_hot=second.one_hot, parts=(base, second)) if isinstance(second, Array) else base


def _files(run: Run, call: Call) -> Array:
    """Images that are in folders."""
    given = call.named.get("subset", Known(""))
    subset = text(given) if isinstance(given, Known) else None
    where = call.get(0, "dataframe") or call.named.get("directory")
    mode = text(call.named.get("class_mode"))
    hot = call.spot if mode in (None, "categorical") else None
    flow = (("folder", None, call.spot), ("pixels", None, call.spot))
    cut = ("images", subset, None)
    return Array(where or object(), born=run.tick(), cuts=(cut,), role="x", one_hot=hot, flow=flow)


def _rescaled(owner: Table, base: Array, call: Call) -> Array:
    scale = owner.values.get("rescale")
    if isinstance(scale, Known) and number(scale):
        base = scaled_by(base, "/", 1.0 / scale.value, call.spot)
    elif scale is not None:
        base = scaled_by(base, "?", None, call.spot)
    for word in ("featurewise_center", "samplewise_center", "preprocessing_function", "featurewise_std_normalization"):
        if owner.values.get(word) is not None:
            base = scaled_by(base, "preprocess", None, call.spot)
    return base
