"""What calls of NumPy, pandas, scikit-learn and `random` yield (their API references)."""

from __future__ import annotations

from dataclasses import replace

from triage.intake.scripts.applying import through
from triage.intake.scripts.arithmetic import arithmetic_layer, scaled_by
from triage.intake.scripts.trace import Call, Run
from triage.intake.scripts.values import Array, Items, Known, Table, Tensor, Unknown, Value, number

__all__ = ["array_call", "scale"]

_LOADS = frozenset(
    {"load", "loadtxt", "genfromtxt", "read_csv", "read_excel", "read_pickle", "read_parquet", "fromfile"}
)

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

_SCALERS = frozenset(
    {"StandardScaler", "MinMaxScaler", "RobustScaler", "MaxAbsScaler", "Normalizer", "PowerTransformer"}
)


def array_call(run: Run, name: str, call: Call) -> Value | None:
    """What a call yields; None where nothing is known of it."""
    last = name.rsplit(".", 1)[-1]
    first = call.get(0)
    if last == "seed":
        run.seed = ("seed", number(first)) if number(first) is not None else None
        return Known(None)
    if last in ("get_state", "getstate"):
        run.seed = ("state", run.tick())
        return Unknown(last, run.tick())
    if last in ("set_state", "setstate"):
        run.seed = next((e.facts["token"] for e in reversed(run.events) if e.kind == "shuffle"), None)
        return Known(None)
    if last == "shuffle":
        return _shuffle(run, name, call)
    if last == "permutation":
        return _permutation(run, call)
    if last == "train_test_split":
        return _split(run, call)
    if last in _SCALERS:
        return Table(dict(call.named), name=last)
    if last in ("scale", "minmax_scale", "zscore") and isinstance(first, Array):
        return scaled_by(first, "own_statistics", None, call.spot)
    if name.startswith("numpy.random."):
        return _drawn(run, last, call)
    if last in _LOADS and name.startswith(("numpy", "pandas")):
        root = object()
        return Array(root, born=run.tick(), flow=(("loaded", last, call.spot),), sure=False)
    if name.startswith("sklearn.datasets."):
        return _sklearn(run, last, call)
    if last in ("arange", "linspace", "indices"):
        return Array(object(), born=run.tick(), flat=True, sure=False)
    if last in ("zeros", "ones", "empty", "full", "eye", "zeros_like"):
        if last == "eye" and isinstance(first, Array):
            return first
        return Array(object(), born=run.tick(), flow=(("filled", last, call.spot),), sure=False)
    if last == "log" and isinstance(first, Tensor):
        run.happens("log", call.spot, first, name=last)
        return through(first, arithmetic_layer("log", call.spot))
    if isinstance(first, Array):
        return _on_array(run, last, first, call)
    if isinstance(first, Items) and last in ("concatenate", "vstack", "hstack", "stack", "concat", "append"):
        return _concatenated(run, first, call)
    if isinstance(first, Items) and last in ("array", "asarray"):
        return Array(object(), born=run.tick(), flow=(("listed", None, call.spot),), sure=False, samples=None)
    if isinstance(first, Items | Table | Unknown) and last in _SAME and name.startswith(("numpy", "pandas")):
        return Array(object(), born=run.tick(), flow=(("listed", None, call.spot),), sure=False)
    if last.endswith(("Sampler", "SMOTE", "ADASYN")):
        return Table({}, name="resampler")
    return Table(dict(call.named), name=last) if last[:1].isupper() and name.startswith("sklearn") else None


def scale(run: Run, how: str, fitted_on: Value, value: Value, call: Call) -> Value:
    """The data behind a scaler of scikit-learn."""
    return scaled_by(value, how, fitted_on, call.spot) if isinstance(value, Array) else value


def _on_array(run: Run, last: str, first: Array, call: Call) -> Value | None:
    if last in _SAME:
        return first
    if last in ("mean", "std", "var", "max", "min", "amax", "amin"):
        return replace(first, role="statistic", classes=None, flow=(("statistic", last, call.spot),), samples=None)
    if last in ("repeat", "tile"):
        return replace(first, order=(*first.order, object()), cuts=(*first.cuts, ("repeated", call.spot)), samples=None)
    if last in ("divide", "true_divide", "subtract", "multiply", "add"):
        kind = {"divide": "/", "true_divide": "/", "subtract": "-", "multiply": "*", "add": "+"}[last]
        other = call.get(1)
        return scaled_by(first, kind, number(other) if number(other) is not None else other, call.spot)
    if last in ("argmax", "argsort", "where", "unique", "log", "log1p", "exp", "sqrt", "abs"):
        return Array(object(), born=run.tick(), flat=True, sure=False)
    if last == "get_dummies":
        return replace(first, one_hot=call.spot)
    return Array(object(), born=run.tick(), sure=False)


def _concatenated(run: Run, parts: Items, call: Call) -> Value:
    arrays = [part for part in parts.values if isinstance(part, Array)]
    if len(arrays) > 1 and all(part.root is arrays[0].root and part.cuts == arrays[0].cuts for part in arrays):
        return replace(arrays[0], cuts=(*arrays[0].cuts, ("repeated", call.spot)), samples=None)
    return Array(object(), born=run.tick(), sure=False)


def _shuffle(run: Run, name: str, call: Call) -> Value:
    """Shuffles in place (`random`, NumPy) or copies in a common order (scikit-learn)."""
    seed = _token(run, call)
    if name.startswith("sklearn"):
        shuffled = [
            replace(value, order=(*value.order, seed)) if isinstance(value, Array) else Unknown("shuffled", run.tick())
            for value in call.args
        ]
        return Items(list(shuffled)) if len(shuffled) > 1 else shuffled[0] if shuffled else Unknown()
    run.happens("shuffle", call.spot, call.get(0), name=name, token=seed, node=call.node)
    return Known(None)


def _token(run: Run, call: Call) -> object:
    """What an order stands for: equal where two calls must give the same."""
    state = call.named.get("random_state", call.named.get("random"))
    if isinstance(state, Known) and state.value is not None:
        return ("seeded", state.value)
    if run.seed is not None:
        # The next call goes on with the random numbers that this one has left.
        seed, run.seed = run.seed, None
        return seed
    return object()


def _permutation(run: Run, call: Call) -> Value:
    first = call.get(0)
    token = _token(run, call)
    if isinstance(first, Array) and not first.flat:
        return replace(first, order=(*first.order, token))
    return Array(token, born=run.tick(), flow=(("permutation", token, call.spot),), flat=True)


def _drawn(run: Run, last: str, call: Call) -> Value | None:
    if last in ("default_rng", "RandomState"):
        return Table({}, name="generator")
    run.seed = None
    if last in ("rand", "randn", "random", "normal", "uniform", "randint", "standard_normal", "random_sample"):
        return Array(object(), born=run.tick(), flow=(("drawn", last, call.spot),), sure=False)
    return Unknown(last, run.tick())


def _split(run: Run, call: Call) -> Value:
    """Parts for training and testing; those of the same call belong together."""
    shuffled = call.named.get("shuffle")
    still = isinstance(shuffled, Known) and shuffled.value is False
    state = call.named.get("random_state")
    seeded = isinstance(state, Known) and state.value is not None
    token: object = (
        ("split", state.value, repr(number(call.named.get("test_size")))) if seeded else ("split", run.tick())
    )
    found: list[Value] = []
    for value in call.args:
        for side in ("train", "test"):
            if isinstance(value, Array):
                order = value.order if still else (*value.order, token)
                split = side if not value.split else value.split
                cut = ("part", token, side)
                found.append(replace(value, split=split, cuts=(*value.cuts, cut), order=order, samples=None))
            else:
                found.append(Array(object(), born=run.tick(), split=side, order=(token,), sure=False))
    run.happens("split", call.spot, None, values=list(call.args))
    return Items(found)


def _sklearn(run: Run, last: str, call: Call) -> Value:
    known = {"load_iris": 3, "load_digits": 10, "load_wine": 3, "load_breast_cancer": 2}
    x = Array(object(), last, "", "x", run.tick())
    y = Array(object(), last, "", "y", run.tick(), classes=known.get(last), flat=True)
    pair = call.named.get("return_X_y")
    if last.startswith("make_"):
        x, y = replace(x, dataset="made"), replace(y, dataset="made")
        return Items([x, y])
    if isinstance(pair, Known) and pair.value:
        return Items([x, y])
    return Table({"data": x, "target": y, "images": x}, name=last)
