"""Methods of arrays, of data sets of TensorFlow, of scalers and of generators of images."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from triage.intake.scripts.arithmetic import kind_of_statistic, masked, scaled_by
from triage.intake.scripts.array_library import SCALERS, array_call
from triage.intake.scripts.class_counts import CLASSES, HIGHEST, noted
from triage.intake.scripts.copies import copied, drawn, drawn_rows, first_copy, joined_rows, repeated, with_replacement
from triage.intake.scripts.label_values import mapped_labels, of_column
from triage.intake.scripts.orders import counted, dropped_rows, first_rows, shuffled, sorted_rows, token_of
from triage.intake.scripts.pixels import are_pixels, cast
from triage.intake.scripts.shapes import reshaped_array
from triage.intake.scripts.source import Spot
from triage.intake.scripts.trace import Call, Run
from triage.intake.scripts.values import (
    Array,
    Bound,
    Function,
    Items,
    Known,
    Library,
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
    handler = _METHODS.get(name)
    if handler is not None and (found := handler(run, owner, name, call)) is not None:
        return found
    if name in _SAME:
        same = reshaped_array(owner, name, call.args)
        return cast(same, call.spot) if name in _CASTS else same
    flow = (*owner.flow, ("method", name, call.spot))
    return replace(owner, classes=None, sure=False, cuts=(*owner.cuts, None), dims=None, flow=flow)


def _repeated(run: Run, owner: Array, name: str, call: Call) -> Value | None:
    """Copies of rows; of data sets of TensorFlow `repeat` makes further epochs."""
    if "axis" not in call.named and "dim" not in call.named:
        return _pipeline(run, owner, name, call)
    return repeated(owner, name, Call(call.node, call.spot, [owner, *call.args], call.named))


def _mapped(run: Run, owner: Array, name: str, call: Call) -> Value:
    return mapped_labels(owner, call.get(0), call.spot) or _followed(run, owner, call)


def _statistic(run: Run, owner: Array, name: str, call: Call) -> Value:
    statistic = (kind_of_statistic(call, 0), name, call.spot)
    return replace(owner, role="statistic", classes=None, flow=(*owner.flow, statistic), samples=None, dims=None)


def _arithmetic(run: Run, owner: Array, name: str, call: Call) -> Value:
    by = number(call.get(0))
    value = by if by is not None else call.get(0)
    return scaled_by(owner, "-" if name.startswith("sub") else "/", value, call.spot)


def _sampled(run: Run, owner: Array, name: str, call: Call) -> Value:
    whole = call.named.get("frac")
    token = token_of(run, call)
    run.happens("order", call.spot, None, token=token)
    if with_replacement(call, usual=False):
        return drawn(owner, call, usual=False)
    if isinstance(whole, Known) and whole.value == 1:
        return shuffled(run, owner, token, call.spot)
    return replace(owner, cuts=(*owner.cuts, ("sampled", token)), order=(*owner.order, token), classes=None)


def _appended(run: Run, owner: Array, name: str, call: Call) -> Value | None:
    return joined_rows(run, [owner, call.args[0]], call.spot) if call.args else None


def _narrowed(run: Run, owner: Array, name: str, call: Call) -> Value:
    """The table without some of its columns or rows; `pop` yields the column."""
    if name == "drop" and _drops_rows(call):
        return replace(owner, cuts=(*owner.cuts, None), order=(*owner.order, Unknown("rest")), classes=None)
    dims = owner.dims if name == "drop" else 1 if owner.dims == 2 else None
    found = replace(owner, role="", classes=None, sure=False, dims=dims)
    if name == "pop":
        return of_column(owner, call.get(0), found, call.spot)
    return replace(found, flow=(*owner.flow, ("narrowed", None, call.spot)))


def _without_rows(run: Run, owner: Array, name: str, call: Call) -> Value:
    """The table without rows that have gaps or come twice."""
    axis = call.get(0, "axis")
    if name == "dropna" and (number(axis) == 1 or text(axis) == "columns"):
        return replace(owner, flow=(*owner.flow, ("narrowed", None, call.spot)))
    return dropped_rows(owner, run.tick(), call.spot)


def _sorted(run: Run, owner: Array, name: str, call: Call) -> Value:
    return sorted_rows(run, counted(run, call.spot) if name == "argsort" else owner, call.spot)


def _some(run: Run, owner: Array, name: str, call: Call) -> Value:
    if name == "tail" or call.get(0, "n") is None:
        return replace(owner, cuts=(*owner.cuts, None))
    return first_rows(run, owner, call.get(0, "n"), call.spot)


def _asked_of_each(run: Run, owner: Array, name: str, call: Call) -> Value:
    return masked(owner)


def _asked(run: Run, owner: Array, name: str, call: Call) -> Value:
    if name == "nunique":
        return noted(run, CLASSES, call.spot)
    if name == "unique":
        return Array(object(), born=run.tick(), flat=True, sure=False, flow=(("unique", None, call.spot),))
    if name == "item" and owner.role == "statistic" and owner.flow[-1][1] == "max":
        return noted(run, HIGHEST, call.spot)
    return Unknown(name, run.tick())


def _drops_rows(call: Call) -> bool:
    """Whether `drop` of pandas takes rows, by their labels, and not columns."""
    axis = call.get(1, "axis")
    if "columns" in call.named or number(axis) == 1 or text(axis) == "columns":
        return False
    given = call.get(0, "labels", "index")
    return "index" in call.named or isinstance(given, Bound | Array)


def _grouped(run: Run, owner: Array, name: str, call: Call) -> Value | None:
    """What a function of the program makes of the rows or the groups of a table."""
    if isinstance(call.get(0), Library) and call.args[0].name == "pandas.to_numeric":
        return owner
    if not isinstance(call.get(0), Function):
        return None
    found = run.invoke(run, call.args[0], Call(call.node, call.spot, [owner], {}))
    if isinstance(found, Array) and found.root is owner.root and first_copy(found, len(owner.cuts)):
        return found
    return None


def _pipeline(run: Run, owner: Array, name: str, call: Call) -> Value:
    """A step of tf.data ("tf.data.Dataset", documentation of TensorFlow)."""
    value: Value = call.get(0)
    if name == "shuffle":
        again = call.get(2, "reshuffle_each_iteration")
        value = Table({"size": call.get(0, "buffer_size"), "again": again, "seed": call.get(1, "seed")})
    if name in ("take", "skip"):
        size = number(value) if number(value) is not None else value
        cut = (None, size) if name == "take" else (size, None)
        token = next((t for n, t, _ in reversed(owner.flow) if n == "shuffle"), None)
        return replace(owner, cuts=(*owner.cuts, cut), flow=(*owner.flow, (name, token, call.spot)), samples=None)
    if name == "batch" and number(value) is None:
        value = call.get(0, "batch_size") if value is None else value
    return replace(owner, flow=(*owner.flow, (name, value, call.spot)))


def _followed(run: Run, owner: Array, call: Call) -> Array:
    """A function over samples: what it does to the inputs is followed where it is the program's own."""
    function = call.get(0, "map_func")
    base = replace(owner, flow=(), parts=())
    held = owner.parts if owner.parts else (base, replace(base, role="y"))
    if isinstance(function, Function):
        wanted = len(function.node.args.args)
        given = list(held[:wanted]) if wanted <= len(held) else [*held, *[Unknown()] * (wanted - len(held))]
        found = run.invoke(run, function, Call(call.node, call.spot, given, {}))
        first = found.values[0] if isinstance(found, Items) and found.values else found
        if isinstance(first, Array) and are_pixels(replace(first, scaled=())):
            # Images that were read from files, whose names came in.
            flow = (*owner.flow, *first.flow, ("map", None, call.spot))
            return replace(owner, scaled=first.scaled, flow=flow, sure=True)
        if isinstance(first, Array) and first.root is base.root:
            hot = owner.one_hot
            if isinstance(found, Items) and len(found.values) > 1 and isinstance(found.values[1], Array):
                hot = hot or found.values[1].one_hot
            return replace(owner, scaled=first.scaled, one_hot=hot, flow=(*owner.flow, ("map", None, call.spot)))
    return replace(owner, scaled=(*owner.scaled, ("?", None, call.spot)), classes=None, sure=False)


_METHODS: Mapping[str, Callable[[Run, Array, str, Call], Value | None]] = {
    **dict.fromkeys(("shuffle", "batch", "cache", "take", "skip", "padded_batch", "unbatch"), _pipeline),
    **dict.fromkeys(("mean", "std", "var", "max", "min"), _statistic),
    **dict.fromkeys(("div", "div_", "sub", "sub_"), _arithmetic),
    **dict.fromkeys(("pop", "drop"), _narrowed),
    **dict.fromkeys(("dropna", "drop_duplicates"), _without_rows),
    **dict.fromkeys(("sort", "sort_values", "sort_index", "argsort"), _sorted),
    **dict.fromkeys(("head", "tail"), _some),
    **dict.fromkeys(
        ("__len__", "size", "dim", "item", "sum", "argmax", "unique", "nunique", "value_counts", "as_numpy_iterator"),
        _asked,
    ),
    **dict.fromkeys(
        ("notna", "isna", "notnull", "isnull", "isin", "duplicated", "between", "isnan", "isfinite", "ne", "eq", "gt"),
        _asked_of_each,
    ),
    "repeat": _repeated,
    "map": _mapped,
    "sample": _sampled,
    "append": _appended,
    "apply": _grouped,
}
"""Methods that do more than to change type or shape."""


def scaler_method(run: Run, owner: Table, name: str, call: Call) -> Value | None:
    """Methods of scalers and resamplers of scikit-learn."""
    if owner.name == "resampler":
        if name in ("fit_resample", "fit_sample"):
            token = Unknown("resampled", run.tick())
            return Items([_resampled(owner, value, token, call.spot) for value in call.args])
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
        run.happens("fitted", call.spot, owner, on=first, call=call)
        owner.values["<on>"] = first
    if name == "fit":
        return owner
    if name == "fit_transform":
        return scaled_by(first, "scaler", (owner, first), call.spot) if isinstance(first, Array) else None
    if name == "transform":
        on = owner.values.get("<on>")
        return scaled_by(first, "scaler", (owner, on), call.spot) if isinstance(first, Array) else None
    return Unknown(name, run.tick()) if name == "inverse_transform" else None


def _resampled(owner: Table, value: Value, token: Unknown, spot: Spot) -> Value:
    """Rows with copies, or with rows made from their neighbours; those that stay where others are left out."""
    if not isinstance(value, Array):
        return token
    if "fewer" in owner.values:
        return replace(value, cuts=(*value.cuts, None), order=(*value.order, token), samples=None)
    return copied(value, spot, token)


def generator_method(run: Run, owner: Table, name: str, call: Call) -> Value | None:
    """Methods of `ImageDataGenerator` and of NumPy's generators of random numbers."""
    if owner.name == "generator" and name in ("shuffle", "permutation", "permuted"):
        return array_call(run, f"numpy.random.{name}", call)
    if owner.name == "generator" and (rows := drawn_rows(run, name, call)) is not None:
        return rows
    if owner.name != "ImageDataGenerator":
        return None
    if not name.startswith("flow"):
        return Known(None) if name == "fit" else None
    base = _flow(run, call) if name == "flow" else _files(run, call)
    given = call.named.get("shuffle", Known(True))
    facts = (
        ("generator", owner, call.spot),
        ("seed", call.named.get("seed"), call.spot),
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
