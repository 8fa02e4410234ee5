"""Whether two data sets have samples in common, as far as reading tells."""

from __future__ import annotations

from itertools import takewhile

from triage.intake.scripts.paths import Place, same_place
from triage.intake.scripts.source import Spot
from triage.intake.scripts.values import Array, Data, Instance, Known, Table, Transforms, Value, number, text

__all__ = ["copies_in_both", "is_unsure", "overlap", "reshuffled_split", "same_samples"]

_WITHOUT_SAMPLES = ("transform", "aug", "cache", "device", "verbose", "size", "preprocess", "normal")
"""Parts of the names of arguments that do not say which samples a data set holds."""


def same_samples(one: Value, other: Value) -> bool:
    """Whether two data sets hold the same samples."""
    if one is other:
        return isinstance(one, Data) and one.name != "ConcatDataset"
    if isinstance(one, Instance) and isinstance(other, Instance):
        return one.made_of is other.made_of and _given_alike(one.given, other.given)
    if not isinstance(one, Data) or not isinstance(other, Data):
        return False
    if one.place is not None and other.place is not None:
        return one.name == other.name and same_place(one.place, other.place)
    if one.name == other.name and one.classes is not None and one.split == other.split == "train":
        return one.base is None and other.base is None
    if one.base is not None and one.base is other:
        return one.name == "random_split"
    if other.base is not None and other.base is one:
        return other.name in ("random_split", "Subset")
    if one.name == other.name == "Subset" and one.base is other.base:
        return isinstance(one.part, Array) and isinstance(other.part, Array) and overlap(one.part, other.part)
    pairs = list(zip(one.arrays, other.arrays, strict=False))
    if pairs and all(isinstance(a, Array) and isinstance(b, Array) for a, b in pairs[:1]):
        return overlap(*pairs[0])
    return False


def overlap(one: Array, other: Array) -> bool:
    """Whether two parts of an array are sure to have rows in common."""
    if _is_folder(one) and _is_folder(other):
        return _same_folder(one, other)
    if one.role == "statistic" or other.role == "statistic" or _columns(one) != _columns(other):
        return False
    if one.root is not other.root:
        return not one.cuts and any(overlap(part, other) for part in _joined(one))
    common = 0
    while common < min(len(one.cuts), len(other.cuts)) and _equal(one.cuts[common], other.cuts[common]):
        common += 1
    a, b = one.cuts[common:], other.cuts[common:]
    unsure = any(cut is None for cut in one.cuts[:common])
    if any(name in ("take", "skip") for name, _, _ in (*one.flow, *other.flow)):
        return not unsure and _taken_from_one(one, other, a, b)
    if not a and not b:
        return len(one.order) == len(other.order) and all(token in other.order for token in one.order)
    if not a or not b:
        # All rows are in one of them, in whatever order.
        return not unsure
    if len(a) == len(b) == 1 and a[0] is not None and b[0] is not None and a[0][0] == b[0][0] == "sampled":
        return not unsure
    if any(cut is None or isinstance(cut[0], str) for cut in (*a, *b)):
        return False
    if any(token not in other.order for token in one.order) or len(one.order) != len(other.order):
        return False
    return len(a) == len(b) == 1 and _meet(a[0], b[0])


def copies_in_both(one: Array, other: Array) -> Spot | None:
    """Where rows of an array were copied before two parts were cut out of it, so that copies are in both."""
    if one.root is not other.root or one.role == "statistic" or other.role == "statistic":
        return None
    pairs = zip(one.cuts, other.cuts, strict=False)
    common = [a for a, _ in takewhile(lambda pair: _equal(pair[0], pair[1]), pairs)]
    spot = next((cut[1] for cut in common if cut is not None and cut[0] == "repeated"), None)
    return spot if len(common) < max(len(one.cuts), len(other.cuts)) else None


def _columns(value: Array) -> Value:
    """The entry of a table or an archive that it was taken from by name."""
    return next((name for kind, name, _ in value.flow if kind == "column"), None)


def _joined(value: Array) -> tuple[Array, ...]:
    """The arrays of which it was put together."""
    return next((parts for name, parts, _ in value.flow if name == "joined"), ())


def _taken_from_one(one: Array, other: Array, a: tuple[Value, ...], b: tuple[Value, ...]) -> bool:
    """Whether parts of a data set of TensorFlow meet: a part and the whole, or parts of what is shuffled each time."""
    if not a or not b:
        return bool(a) or bool(b) or one.flow == other.flow
    if len(a) > 1 or len(b) > 1 or a[0] is None or b[0] is None:
        return False
    return reshuffled_split(one, other) is not None or (_ahead(one) == _ahead(other) and _meet(a[0], b[0]))


def reshuffled_split(one: Array, other: Array) -> Spot | None:
    """Where data are shuffled anew in each epoch and then cut in two, so that the parts are others each time."""
    held: list[Value] = [next((t for n, t, _ in v.flow if n in ("take", "skip")), None) for v in (one, other)]
    token = held[0]
    if not isinstance(token, Table) or not any(token is same for same in held[1:]):
        return None
    again: Value = token.values.get("again")
    if again is not None and not (isinstance(again, Known) and again.value is True):
        return None
    ahead = _ahead(one)
    if "cache" in ahead[ahead.index("shuffle") :]:
        return None
    return next(spot for _, held, spot in one.flow if held is token)


def _ahead(value: Array) -> list[str]:
    """Steps before the first that takes or skips."""
    names = [name for name, _, _ in value.flow]
    return names[: next(index for index, name in enumerate(names) if name in ("take", "skip"))]


def _given_alike(one: dict[str, Value], other: dict[str, Value]) -> bool:
    """Whether two data sets of one class were made of the same path or array, and differ in nothing that may matter."""
    if one.keys() != other.keys():
        return False
    named = False
    for name, value in one.items():
        if any(word in name for word in _WITHOUT_SAMPLES) or isinstance(value, Transforms):
            continue
        same = value is other[name] or same_place(value, other[name])
        if not same and not (isinstance(value, Known) and value.settled and value == other[name]):
            return False
        named = named or isinstance(value, Place | Array) or text(value) is not None
    return named


def _is_folder(value: Array) -> bool:
    return bool(value.cuts) and value.cuts[0] is not None and value.cuts[0][0] in ("images", "text")


def _same_folder(one: Array, other: Array) -> bool:
    """Whether files of one folder are in both: the same part of it, or parts by two different draws."""
    if not same_place(one.root, other.root) or len(one.cuts) != 1 or len(other.cuts) != 1:
        return False
    if any(name in ("opaque", "take", "skip", "shard") for name, _, _ in (*one.flow, *other.flow)):
        return False
    (_, part, seed), (_, other_part, other_seed) = one.cuts[0], other.cuts[0]
    if part == other_part:
        return part is not None
    a, b = number(seed), number(other_seed)
    return a is not None and b is not None and a != b and bool(part) and bool(other_part)


def is_unsure(value: Array) -> bool:
    """Whether it is a part of which nobody can tell which."""
    return any(cut is None for cut in value.cuts)


def _equal(one: object, other: object) -> bool:
    return one is other or (one is not None and one == other)


def _meet(one: tuple[Value, Value], other: tuple[Value, Value]) -> bool:
    edges = [*one, *other]
    if not all(edge is None or isinstance(edge, int | float) for edge in edges):
        return one == other
    negative = [edge for edge in edges if edge is not None and edge < 0]
    if negative and len(negative) != len([edge for edge in edges if edge is not None]):
        return False
    starts = [(float("-inf") if edge is None else edge) for edge in (one[0], other[0])]
    ends = [(float("inf") if edge is None else edge) for edge in (one[1], other[1])]
    return max(starts) < min(ends)
