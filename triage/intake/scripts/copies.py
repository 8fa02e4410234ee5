"""Rows that come to stand in an array more than once: repeated, drawn with replacement, joined to their own copies.

Arguments are those of NumPy, pandas, scikit-learn and PyTorch (their API references).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from triage.intake.scripts.source import Spot
from triage.intake.scripts.trace import Call, Run
from triage.intake.scripts.values import Array, Bound, Data, Items, Known, Unknown, Value, number

__all__ = [
    "are_copies", "copied", "copies_of_data", "drawn_rows", "first_copy", "joined_rows", "numbers_repeated", "redrawn",
    "repeated", "with_replacement",
]  # fmt: skip

_DRAWS = frozenset({"choice", "randint", "integers", "choices", "random_integers"})
"""Functions that draw numbers of rows."""


def repeated(value: Array, name: str, call: Call) -> Value:
    """What `repeat` or `tile` makes of an array; along other axes than the first no row is copied."""
    times, axis = call.get(1, "repeats", "reps"), call.get(2, "axis", "dim")
    if isinstance(times, Items) and times.values and name == "tile":
        times = times.values[0]
    if (axis is not None and number(axis) != 0) or number(times) == 1:
        return value
    known = number(times)
    token = f"{name} {known:g}" if known is not None else Unknown(name)
    if axis is None and not isinstance(call.get(1, "reps"), Items) and value.dims != 1 and not value.flat:
        # Without an axis an array of several is laid out in a row, or its last axis is tiled.
        return replace(value, order=(*value.order, token), classes=None, sure=False, dims=None)
    return copied(value, call.spot, token)


def numbers_repeated(run: Run, call: Call) -> Array:
    """Numbers or names of rows, each several times."""
    return Array(object(), born=run.tick(), flow=(("copies", None, call.spot),), sure=False)


def redrawn(run: Run, value: Array, call: Call) -> Array:
    """Rows that scikit-learn's `resample` draws, with replacement where nothing else is said."""
    return drawn(value, call, usual=True)


def drawn(value: Array, call: Call, *, usual: bool) -> Array:
    """Rows that are drawn from an array: some of them twice if they are put back."""
    found = replace(value, cuts=(*value.cuts, None), order=(*value.order, Unknown("drawn")), samples=None)
    return copied(found, call.spot, Unknown("drawn")) if with_replacement(call, usual=usual) else found


def with_replacement(call: Call, *, usual: bool) -> bool:
    """Whether what is drawn is put back; `usual` where the call does not say."""
    given = call.named.get("replace", call.named.get("replacement"))
    return bool(given.value) if isinstance(given, Known) else usual and given is None


def drawn_rows(run: Run, name: str, call: Call) -> Array | None:
    """Numbers of rows that are drawn and put back; None where it is something else."""
    sized = call.get(2 if name in ("randint", "integers", "random_integers") else 1, "size", "k")
    if name not in _DRAWS or sized is None or not with_replacement(call, usual=True):
        return None
    run.seed = None
    return numbers_repeated(run, call)


def are_copies(key: Value) -> bool:
    """Whether an array of numbers of rows may name a row several times."""
    return isinstance(key, Array) and any(name == "copies" for name, _, _ in key.flow)


def copied(value: Array, spot: Spot, token: object) -> Array:
    """The array, known to hold rows several times."""
    return replace(value, cuts=(*value.cuts, ("repeated", spot)), order=(*value.order, token), samples=None)


def first_copy(value: Array, behind: int = 0) -> Spot | None:
    """Where the rows of an array came to stand in it several times, behind some of its cuts."""
    return next((cut[1] for cut in value.cuts[behind:] if cut is not None and cut[0] == "repeated"), None)


def joined_rows(run: Run, parts: Sequence[Value], spot: Spot) -> Array:
    """Arrays one below the other."""
    arrays = [part for part in parts if isinstance(part, Array)]
    fresh = Array(object(), born=run.tick(), flow=(("joined", tuple(arrays), spot),), sure=False)
    if len(arrays) < len(parts) or len(arrays) < 2:
        return fresh
    first = arrays[0]
    if any(part.root is not first.root or part.role == "statistic" for part in arrays):
        return fresh
    if not any(first_copy(part) for part in arrays) and not any(_is_part(part, first) for part in arrays[1:]):
        return fresh
    alike = all(part.order == first.order and part.cuts == first.cuts for part in arrays)
    return copied(first, spot, f"tile {len(arrays)}" if alike else Unknown("joined"))


def _is_part(part: Array, whole: Array) -> bool:
    """Whether all rows of one array are rows of another as well."""
    cuts, order = len(whole.cuts), len(whole.order)
    return part.cuts[:cuts] == whole.cuts and part.order[:order] == whole.order


def copies_of_data(parts: Value) -> bool:
    """Whether data sets that are joined are one and the same, or hold the same arrays."""
    held = parts.values if isinstance(parts, Items) else []
    made = [part.arrays[0] if isinstance(part, Data) and part.arrays else part for part in held]
    plain = [part for part in made if not isinstance(part, Unknown | Bound | Known)]
    return any(one is other for index, one in enumerate(plain) for other in plain[:index])
