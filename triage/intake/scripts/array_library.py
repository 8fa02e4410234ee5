"""What calls of NumPy, pandas, scikit-learn and `random` yield (their API references)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from triage.intake.scripts.applying import through
from triage.intake.scripts.arithmetic import arithmetic_layer, kind_of_statistic, masked, scaled_by
from triage.intake.scripts.copies import drawn_rows, joined_rows, numbers_repeated, redrawn, repeated
from triage.intake.scripts.label_values import binned, numbered, renumbered, table_of
from triage.intake.scripts.orders import counted, dropped_rows, note_seed, shuffled, sorted_rows, token_of
from triage.intake.scripts.pixels import are_bytes, cast, pixels
from triage.intake.scripts.scales import is_prepared_file, is_wide_file
from triage.intake.scripts.shapes import drawn_dims, reshaped_array
from triage.intake.scripts.trace import Call, Run
from triage.intake.scripts.values import Archive, Array, Items, Known, Table, Tensor, Unknown, Value, number, text

__all__ = ["SCALERS", "array_call"]

SCALERS = frozenset(
    {"StandardScaler", "MinMaxScaler", "RobustScaler", "MaxAbsScaler", "Normalizer", "PowerTransformer"}
)
"""Classes of scikit-learn that scale features."""

_LOADS = (
    "load", "load_dataset", "loadtxt", "genfromtxt", "read_csv", "read_excel", "read_pickle", "read_parquet",
    "fromfile",
)  # fmt: skip

_SAME = frozenset(
    [
        "asarray",
        "array",
        "reshape",
        "expand_dims",
        "squeeze",
        "ascontiguousarray",
        "float32",
        "float64",
        "asfarray",
        "copy",
        "transpose",
        "moveaxis",
        "DataFrame",
        "Series",
        "to_numeric",
        "nan_to_num",
        "atleast_2d",
    ]
)

_WIDE = ("load_linnerud", "make_multilabel_classification", "fetch_rcv1", "make_low_rank_matrix", "fetch_openml")
"""Data of scikit-learn whose targets may have several columns."""

_CLASSES = {"load_iris": 3, "load_digits": 10, "load_wine": 3, "load_breast_cancer": 2}


def array_call(run: Run, name: str, call: Call) -> Value | None:
    """What a call yields; None where nothing is known of it."""
    last = name.rsplit(".", 1)[-1]
    handler = _HANDLERS.get(last)
    if handler is not None and (found := handler(run, name, call)) is not None:
        return found
    if name.startswith("numpy.random."):
        return _drawn(run, last, call)
    if name.startswith("sklearn.datasets."):
        return _sklearn(run, last, call)
    first = call.get(0)
    if isinstance(first, Array):
        return _on_array(run, last, first, call)
    if last == "repeat" and first is not None:
        return numbers_repeated(run, call)
    if isinstance(first, Items):
        return _on_items(run, last, first, call)
    if isinstance(first, Table | Unknown) and last in _SAME and name.startswith(("numpy", "pandas")):
        return _fresh(run, call, "listed")
    if last.endswith(("Sampler", "SMOTE", "ADASYN")):
        fewer = {"fewer": Known(True)} if ".under_sampling." in name else {}
        return Table({**fewer}, name="resampler")
    return Table(dict(call.named), name=last) if last[:1].isupper() and name.startswith("sklearn") else None


def _fresh(run: Run, call: Call, how: str) -> Array:
    """An array of which nothing is known but how it was made."""
    return Array(object(), born=run.tick(), flow=((how, None, call.spot),), sure=False)


def _seed(run: Run, name: str, call: Call) -> Value:
    value = number(call.get(0))
    run.seed = ("seed", value) if value is not None else None
    note_seed(run, call)
    return Known(None)


def _state_taken(run: Run, name: str, call: Call) -> Value:
    run.seed = ("state", run.tick())
    return Unknown("state", run.tick())


def _state_given(run: Run, name: str, call: Call) -> Value:
    shuffles = list(run.of("shuffle"))
    run.seed = shuffles[-1].facts["token"] if shuffles else None
    return Known(None)


def _shuffle(run: Run, name: str, call: Call) -> Value:
    """Shuffles in place (`random`, NumPy) or copies in a common order (scikit-learn)."""
    token = token_of(run, call)
    if name.startswith("sklearn"):
        run.happens("order", call.spot, None, token=token)
        mixed: list[Value] = [
            shuffled(run, value, token, call.spot) if isinstance(value, Array) else Unknown("shuffled", run.tick())
            for value in call.args
        ]
        return Items(mixed) if len(mixed) > 1 else mixed[0] if mixed else Unknown()
    run.happens("shuffle", call.spot, call.get(0), name=name, token=token, node=call.node)
    return Known(None)


def _permutation(run: Run, name: str, call: Call) -> Value:
    first = call.get(0)
    token = token_of(run, call)
    run.happens("order", call.spot, None, token=token)
    return shuffled(run, first if isinstance(first, Array) else counted(run, call.spot), token, call.spot)


def _split(run: Run, name: str, call: Call) -> Value:
    """Parts for training and testing; those of the same call belong together."""
    shuffled = call.named.get("shuffle")
    still = isinstance(shuffled, Known) and shuffled.value is False
    state = call.named.get("random_state")
    token: object = ("split", run.tick())
    if isinstance(state, Known) and state.value is not None:
        token = ("split", state.value, repr(number(call.named.get("test_size"))))
    found: list[Value] = []
    for value in call.args:
        for side in ("train", "test"):
            if isinstance(value, Array):
                if not still:
                    run.happens("order", call.spot, None, token=token)
                order = value.order if still else (*value.order, token)
                cut = ("part", token, side)
                split = value.split or side
                found.append(replace(value, split=split, cuts=(*value.cuts, cut), order=order, samples=None))
            else:
                order = () if still else (token,)
                found.append(Array(object(), born=run.tick(), split=side, order=order, sure=False))
    run.happens("split", call.spot, None, values=list(call.args))
    return Items(found)


def _scaler(run: Run, name: str, call: Call) -> Value:
    return Table(dict(call.named), name=name.rsplit(".", 1)[-1])


def _scaled(run: Run, name: str, call: Call) -> Value | None:
    first = call.get(0)
    return scaled_by(first, "own_statistics", None, call.spot) if isinstance(first, Array) else None


def _loaded(run: Run, name: str, call: Call) -> Value | None:
    if name == "seaborn.load_dataset" and table_of(call.get(0)) is None:
        return None
    if not name.startswith(("numpy.", "pandas.", "seaborn.")):
        return None
    found = _fresh(run, call, "loaded")
    if name.startswith(("pandas.", "seaborn.")) or name in ("numpy.loadtxt", "numpy.genfromtxt"):
        # One column of text makes an array of one dimension, but always a data frame of two.
        dims = 2 if name.startswith(("pandas.", "seaborn.")) else None
        flow = (*found.flow, ("table", None, call.spot))
        if (table := table_of(call.get(0))) is not None:
            flow = (*flow, ("known_table", table, call.spot))
        if is_prepared_file(call.get(0)):
            flow = (*flow, ("prepared", None, call.spot))
        if is_wide_file(call.get(0)):
            flow = (*flow, ("wide", None, call.spot))
        return replace(found, dims=dims, flow=flow)
    if name == "numpy.fromfile" and are_bytes(call):
        return pixels(found, call.spot)
    return replace(found, root=Archive()) if name == "numpy.load" else found


def _buffer(run: Run, name: str, call: Call) -> Value:
    found = _fresh(run, call, "loaded")
    return pixels(found, call.spot) if are_bytes(call) else found


def _binned(run: Run, name: str, call: Call) -> Value | None:
    return binned(name.rsplit(".", 1)[-1], call)


def _counted(run: Run, name: str, call: Call) -> Value:
    return counted(run, call.spot)


def _filled(run: Run, name: str, call: Call) -> Value:
    first = call.get(0)
    return first if isinstance(first, Array) and name.endswith(".eye") else _fresh(run, call, "filled")


def _logarithm(run: Run, name: str, call: Call) -> Value | None:
    first = call.get(0)
    if not isinstance(first, Tensor):
        return None
    run.happens("log", call.spot, first, name="log")
    return through(first, arithmetic_layer("log", call.spot))


def _drawn(run: Run, last: str, call: Call) -> Value:
    if last in ("default_rng", "RandomState"):
        note_seed(run, call)
        return Table({}, name="generator")
    if (rows := drawn_rows(run, last, call)) is not None:
        return rows
    run.seed = None
    if last in ("rand", "randn", "random", "normal", "uniform", "randint", "standard_normal", "random_sample"):
        plain = [number(size) is not None for size in call.args]
        dims = len(plain) if last in ("rand", "randn") and plain and all(plain) else drawn_dims(call)
        return replace(_fresh(run, call, "drawn"), dims=dims)
    return Unknown(last, run.tick())


def _sklearn(run: Run, last: str, call: Call) -> Value:
    dataset = "made" if last.startswith("make_") else last
    if last == "fetch_openml":
        dataset = (text(call.get(0, "name")) or "").lower()
    x = Array(object(), dataset, "", "x", run.tick())
    dims = None if last in _WIDE or "n_targets" in call.named else 1
    y = Array(object(), dataset, "", "y", run.tick(), classes=_CLASSES.get(last), flat=True, dims=dims)
    if last == "fetch_covtype":
        y = numbered(y, 1, 7, 7, call.spot)
    pair = call.named.get("return_X_y")
    if dataset == "made" or (isinstance(pair, Known) and pair.value):
        return Items([x, y])
    return Table({"data": x, "target": y, "images": x}, name=last)


def _on_array(run: Run, last: str, first: Array, call: Call) -> Value:
    if last in _SAME:
        return cast(reshaped_array(first, last, call.args[1:]), call.spot)
    handler = _OF_ARRAYS.get(last)
    found = handler(run, first, last, call) if handler is not None else None
    return found if found is not None else Array(object(), born=run.tick(), sure=False)


def _statistic(run: Run, first: Array, last: str, call: Call) -> Value:
    statistic = (kind_of_statistic(call, 1), last, call.spot)
    return replace(first, role="statistic", classes=None, flow=(statistic,), samples=None, dims=None)


def _truth(run: Run, first: Array, last: str, call: Call) -> Value:
    return masked(first)


def _turned(run: Run, first: Array, last: str, call: Call) -> Value:
    """Rows that are mirrored, or that come in the reverse order."""
    return first if last != "flip" or number(call.get(1, "axis")) else replace(first, order=(*first.order, "turned"))


def _copied(run: Run, first: Array, last: str, call: Call) -> Value:
    return redrawn(run, first, call) if last == "resample" else repeated(first, last, call)


def _arithmetic(run: Run, first: Array, last: str, call: Call) -> Value:
    kind = {"divide": "/", "true_divide": "/", "subtract": "-", "multiply": "*", "add": "+"}[last]
    other = call.get(1)
    return scaled_by(first, kind, number(other) if number(other) is not None else other, call.spot)


def _sorted(run: Run, first: Array, last: str, call: Call) -> Value:
    if last == "argsort":
        return sorted_rows(run, counted(run, call.spot), call.spot)
    if first.dims == 1 or first.flat or number(call.get(1, "axis")) == 0:
        return sorted_rows(run, first, call.spot)
    # Without an axis each row is sorted in itself.
    return replace(first, sure=False)


def _renumbered(run: Run, first: Array, last: str, call: Call) -> Value | None:
    labels = renumbered(first, call.args[1:], call.spot) if last == "where" and len(call.args) == 3 else None
    flow = ((last, None, call.spot),)
    return labels if labels is not None else Array(object(), born=run.tick(), flat=True, sure=False, flow=flow)


def _one_hot(run: Run, first: Array, last: str, call: Call) -> Value:
    return replace(first, one_hot=call.spot)


def _deleted(run: Run, value: Array, last: str, call: Call) -> Value:
    axis = call.get(2, "axis")
    if axis is not None and number(axis) != 0:
        return replace(value, sure=False)
    return dropped_rows(value, call.get(1, "obj"), call.spot)


def _on_items(run: Run, last: str, parts: Items, call: Call) -> Value | None:
    if last in ("array", "asarray"):
        return replace(_fresh(run, call, "listed"), samples=None if parts.open else len(parts.values))
    if last not in ("concatenate", "vstack", "concat", "append") or number(call.get(1, "axis") or Known(0)) != 0:
        return _fresh(run, call, "listed") if last in _SAME else None
    return joined_rows(run, parts.values, call.spot)


_HANDLERS: Mapping[str, Callable[[Run, str, Call], Value | None]] = {
    **dict.fromkeys(("get_state", "getstate"), _state_taken),
    **dict.fromkeys(("set_state", "setstate"), _state_given),
    **dict.fromkeys(SCALERS, _scaler),
    **dict.fromkeys(("scale", "minmax_scale", "zscore"), _scaled),
    **dict.fromkeys(_LOADS, _loaded),
    **dict.fromkeys(("arange", "linspace", "indices"), _counted),
    **dict.fromkeys(("zeros", "ones", "empty", "full", "eye", "zeros_like"), _filled),
    **dict.fromkeys(("digitize", "searchsorted", "cut", "qcut"), _binned),
    "frombuffer": _buffer,
    "seed": _seed,
    "shuffle": _shuffle,
    "permutation": _permutation,
    "train_test_split": _split,
    "log": _logarithm,
}

_OF_ARRAYS: Mapping[str, Callable[[Run, Array, str, Call], Value | None]] = {
    **dict.fromkeys(("mean", "std", "var", "max", "min", "amax", "amin"), _statistic),
    **dict.fromkeys(
        ("isnan", "isfinite", "isinf", "isin", "isnull", "isna", "notna", "logical_not", "logical_and", "logical_or"),
        _truth,
    ),
    **dict.fromkeys(("flip", "fliplr", "rot90"), _turned),
    **dict.fromkeys(("repeat", "tile", "resample"), _copied),
    **dict.fromkeys(("divide", "true_divide", "subtract", "multiply", "add"), _arithmetic),
    **dict.fromkeys(("sort", "argsort"), _sorted),
    **dict.fromkeys(("argmax", "where", "unique"), _renumbered),
    "delete": _deleted,
    "get_dummies": _one_hot,
}
"""Functions whose first argument is an array."""
