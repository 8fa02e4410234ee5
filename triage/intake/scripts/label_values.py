"""Which numbers stand for the classes: those of tables that are known by name, and what arithmetic makes of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from triage.intake.scripts.source import Spot
from triage.intake.scripts.trace import Call
from triage.intake.scripts.values import Array, Items, Table, Value, number, text

__all__ = [
    "KnownTable",
    "binned",
    "column_by_attribute",
    "labels_of",
    "mapped_labels",
    "numbered",
    "of_column",
    "renumbered",
    "shifted_labels",
    "table_of",
]


@dataclass(frozen=True, slots=True)
class KnownTable:
    """A table as its home hands it out.

    Args:
        column: of the label.
        width: number of columns.
        low: least label.
        high: greatest label.
        classes: how many there are.
        names: of the column, in small letters.
        words: whether the labels are words, which an encoder numbers anew in each part.

    """

    column: int
    width: int
    low: int
    high: int
    classes: int
    names: tuple[str, ...] = ("class",)
    words: bool = False


_TABLES = {
    "breast-cancer-wisconsin.data": KnownTable(10, 11, 2, 4, 2),
    "wine.data": KnownTable(0, 14, 1, 3, 3),
    "seeds_dataset.txt": KnownTable(7, 8, 1, 3, 3),
    "glass.data": KnownTable(10, 11, 1, 7, 6, ("class", "type")),
    "covtype.data": KnownTable(54, 55, 1, 7, 7, ("cover_type",)),
    "covtype.csv": KnownTable(54, 55, 1, 7, 7, ("cover_type",)),
    "haberman.data": KnownTable(3, 4, 1, 2, 2, ("class", "status", "survival")),
    "processed.cleveland.data": KnownTable(13, 14, 0, 4, 5, ("num",)),
    "winequality-red.csv": KnownTable(11, 12, 3, 8, 6, ("quality",)),
    "winequality-white.csv": KnownTable(11, 12, 3, 9, 7, ("quality",)),
    "german.data-numeric": KnownTable(24, 25, 1, 2, 2),
    "skin_nonskin.txt": KnownTable(3, 4, 1, 2, 2),
    "dermatology.data": KnownTable(34, 35, 1, 6, 6),
    "page-blocks.data": KnownTable(10, 11, 1, 5, 5),
    "zoo.data": KnownTable(17, 18, 1, 7, 7, ("type", "class", "class_type")),
    "new-thyroid.data": KnownTable(0, 6, 1, 3, 3),
    "sat.trn": KnownTable(36, 37, 1, 7, 6),
    "iris": KnownTable(4, 5, 0, 2, 3, ("species",), words=True),
    "penguins": KnownTable(0, 7, 0, 2, 3, ("species",), words=True),
}
"""Files of the UCI Machine Learning Repository, as their descriptions there have them; tables of seaborn, whose
words encoders number from 0."""


_COLUMNS = {"cover_type": (1, 7, 7)}
"""Columns that are known by their name, in small letters: least and greatest label, and how many classes."""


def table_of(path: Value) -> KnownTable | None:
    """The table that a path or an address names; None where it is not known."""
    words = text(path)
    return _TABLES.get(words.replace("\\", "/").rsplit("/", 1)[-1].lower()) if words is not None else None


def of_column(owner: Array, key: Value, found: Array, spot: Spot) -> Array:
    """A column of a table, with its labels where it is known to hold them."""
    table = next((table for name, table, _ in owner.flow if name == "known_table"), None)
    if table is None:
        return numbered(found, *_COLUMNS[name], spot) if (name := (text(key) or "").lower()) in _COLUMNS else found
    if _is_picked(owner) or (table.words and owner.cuts):
        return found
    picked = key.values[-1] if isinstance(key, Items) and len(key.values) == 2 else key
    return numbered(found, table.low, table.high, table.classes, spot) if _is_label(owner, table, picked) else found


def _is_picked(owner: Array) -> bool:
    """Whether rows were picked by a condition, which may leave out a class."""
    return any(isinstance(token, Array) for token in owner.order)


def _is_label(owner: Array, table: KnownTable, picked: Value) -> bool:
    named = text(picked)
    if named is not None:
        return named.lower() in table.names
    index = number(picked)
    if index is None:
        return False
    if any(name == "narrowed" for name, _, _ in owner.flow):
        return index == -1 and table.column == table.width - 1
    return index % table.width == table.column


def numbered(value: Array, low: float, high: float, classes: int, spot: Spot) -> Array:
    """The array, known to hold labels between two numbers."""
    return replace(value, classes=classes, flow=(*value.flow, ("labels", (low, high), spot)))


def binned(name: str, call: Call) -> Array | None:
    """Numbers of the bins that values fall into ("digitize", NumPy; "cut", pandas); None where they are not told."""
    position = 0 if name == "searchsorted" else 1
    edges = call.get(position, "bins", "q", "boundaries", "a", "sorted_sequence")
    values = call.get(1 - position, "x", "input", "v")
    many = number(edges) if name in ("cut", "qcut") else None
    if many is None:
        length = len(edges.values) if isinstance(edges, Items) and not edges.open else getattr(edges, "samples", None)
        many = None if length is None else length - 1 if name in ("cut", "qcut") else length + 1
    named = name in ("cut", "qcut") and getattr(call.named.get("labels"), "value", None) is not False
    if many is None or many < 2 or named:
        return None
    base = values if isinstance(values, Array) else Array(object(), sure=False)
    return numbered(replace(base, scaled=(), sure=False), 0, many - 1, int(many), call.spot)


def column_by_attribute(owner: Array, name: str, spot: Spot) -> Array | None:
    """A column that is taken from a table as an attribute; None for what is not known to be one."""
    if name.lower() not in _COLUMNS:
        return None
    return numbered(replace(owner, classes=None, sure=False), *_COLUMNS[name.lower()], spot)


def labels_of(value: Array) -> tuple[float, float, Spot] | None:
    """Least and greatest label, and where they come from; None where they are not told."""
    if value.classes is None:
        return None
    mark = next(((held, spot) for name, held, spot in reversed(value.flow) if name == "labels"), None)
    return None if mark is None or mark[0] is None else (*mark[0], mark[1])


def shifted_labels(value: Array, by: Value, spot: Spot) -> Array:
    """Labels to which a number, or the least of them, was added or from which it was taken (then it is negative)."""
    if value.classes is None:
        return value
    held = labels_of(value)
    low, high = (held[0], held[1]) if held is not None else (0.0, float(value.classes - 1))
    known = any(name == "labels" for name, _, _ in value.flow)
    if held is None and known:
        return value
    if not isinstance(by, int | float):
        return replace(value, flow=(*value.flow, ("labels", None, spot)))
    return replace(value, flow=(*value.flow, ("labels", (low + by, high + by), spot)))


def mapped_labels(value: Array, mapping: Value, spot: Spot) -> Array | None:
    """Labels after `map` with a dictionary of numbers; None where it holds anything else."""
    return renumbered(value, mapping.values.values(), spot) if isinstance(mapping, Table) and mapping.values else None


def renumbered(value: Array, given: Iterable[Value], spot: Spot) -> Array | None:
    """An array that holds nothing but the given numbers; None where one is not told."""
    numbers = [number(part) for part in given]
    known = [part for part in numbers if part is not None and float(part).is_integer()]
    if len(set(known)) < 2 or len(known) < len(numbers):
        return None
    return numbered(replace(value, sure=False), min(known), max(known), len(set(known)), spot)
