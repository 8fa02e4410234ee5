"""Single values with the name and the step of each, as stores of metrics hold them -> columns with a row per step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from triage.history.averages import averages
from triage.history.columns import map_columns
from triage.history.model import Series
from triage.history.positions import MOST_RESUMES

__all__ = ["MOST_NAMES", "Pivoted", "Points", "pivoted"]

MOST_NAMES = 10_000
"""Names that a store may have; readers refuse one with more."""

MOST_CELLS = 20_000_000
"""Cells of the columns together; a store with thousands of names would fill the memory with gaps."""

TOO_MANY = "left out, for the file has too many columns"

OTHER_UNIT = 2.0
"""How many times faster one count must run than another before they are held to count different things."""


@dataclass(frozen=True)
class Points:
    """Values in the order in which they were logged.

    Args:
        names: what is measured.
        name: int64 of shape (n,), which of the names each value has.
        step: float64 of shape (n,), finite.
        value: float64 of shape (n,); NaN and infinities are values.

    """

    names: Sequence[str]
    name: NDArray[np.int64]
    step: NDArray[np.float64]
    value: NDArray[np.float64]


@dataclass(frozen=True)
class Pivoted:
    """Columns, all of the same length.

    Args:
        columns: the position, where steps were counted at all, then name -> values.
        warnings: what was done that should be known.
        ignored: names that were left out -> why.

    """

    columns: Mapping[str, Series]
    warnings: tuple[str, ...] = ()
    ignored: Mapping[str, str] = field(default_factory=dict)


def pivoted(points: Points, position: str = "step") -> Pivoted:
    """Give the values of one step one row.

    A name that falls back to an earlier step shows that the run was taken up again: from there on rows are new ones,
    behind all before, and what the resume took back stays. Within such a part of the file rows are in order of steps,
    however the writer mixed the names. A name that comes several times at one step gets a row for each; what comes
    once there stands on the row after which it was written.

    Names that count something else than the others (a validation loss by epoch among iterations) are put where the
    others stood when they were written.

    Args:
        points: at least one.
        position: what the column of steps is to be called.

    """
    step, warnings = _in_one_unit(points)
    rows, size = _rows(points, step)
    kept, ignored = _kept(points, size)
    if len(kept) < len(points.names):
        rows, size = _closed_up(rows, np.isin(points.name, list(kept)))
    counted = bool(np.ptp(step)) or size == 1
    columns: dict[str, Series] = {}
    if counted:
        steps = np.zeros(size)
        there = rows >= 0
        steps[rows[there]] = step[there]
        columns[position] = Series(steps, np.ones(size, dtype=np.bool_))
    for number, places in _by_name(points):
        if number not in kept:
            continue
        values = np.full(size, np.nan)
        logged = np.zeros(size, dtype=np.bool_)
        values[rows[places]] = points.value[places]
        logged[rows[places]] = True
        columns[_free(points.names[number], columns)] = Series(values, logged)
    over = averages(columns)
    return Pivoted(
        {name: column for name, column in columns.items() if name not in over}, tuple(warnings), {**ignored, **over}
    )


def _in_one_unit(points: Points) -> tuple[NDArray[np.float64], list[str]]:
    """The steps, all counted as the name with the most values counts them, and a word on those that were not so."""
    step = points.step
    if len(points.names) < 2:
        return step, []
    counts = np.bincount(points.name, minlength=len(points.names))
    main = int(counts.argmax())
    at = np.flatnonzero(points.name == main)
    before = np.searchsorted(at, np.arange(step.size), side="right") - 1
    main_step = step[at[np.maximum(before, 0)]]
    moved: list[int] = []
    result = step
    for number, places in _by_name(points):
        if number == main or 2 * places.size > at.size or places.size < 2:
            continue
        own, others = np.diff(step[places]), np.diff(main_step[places])
        forward = (own > 0) & (others > 0)
        if 2 * np.count_nonzero(forward) < own.size:
            continue
        ratio = float(others[forward].sum() / own[forward].sum())
        if 1 / OTHER_UNIT < ratio < OTHER_UNIT:
            continue
        result = result.copy() if result is step else result
        result[places] = main_step[places]
        moved.append(number)
    if not moved:
        return step, []
    names = ", ".join(repr(points.names[number][:40]) for number in moved[:3])
    more = f" and {len(moved) - 3} more" if len(moved) > 3 else ""
    return result, [
        f"the steps of {names}{more} count something else than those of {points.names[main][:40]!r}; their values were "
        "put where that stood when they were written"
    ]


def _rows(points: Points, step: NDArray[np.float64]) -> tuple[NDArray[np.int64], int]:
    """The row of each value, and how many rows there are."""
    part = _parts(points, step)
    order = np.lexsort((step, part))
    new = np.ones(step.size, dtype=np.bool_)
    new[1:] = (np.diff(step[order]) != 0) | (np.diff(part[order]) != 0)
    group = np.cumsum(new) - 1
    time, alone = _times(group, points.name[order], len(points.names))
    # What comes once at its step goes to the last row that was begun there when it was written.
    stride = int(time.max()) + 1
    begun = np.maximum.accumulate(group * stride + time) - group * stride
    within = np.where(alone, begun, time)
    heights = np.maximum.reduceat(within, np.flatnonzero(new)) + 1
    first = np.concatenate([[0], np.cumsum(heights)])
    rows = np.empty(step.size, dtype=np.int64)
    rows[order] = first[group] + within
    return rows, int(first[-1])


def _times(
    group: NDArray[np.int64], name: NDArray[np.int64], names: int
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """How often the name of each value came before in its group, and whether it comes there only once."""
    key = group * names + name
    order = np.argsort(key, kind="stable")
    begins = np.ones(key.size, dtype=np.bool_)
    begins[1:] = np.diff(key[order]) != 0
    start = np.flatnonzero(begins)
    length = np.diff(np.concatenate([start, [key.size]]))
    time = np.empty(key.size, dtype=np.int64)
    time[order] = np.arange(key.size) - np.repeat(start, length)
    alone = np.empty(key.size, dtype=np.bool_)
    alone[order] = np.repeat(length == 1, length)
    return time, alone


def _parts(points: Points, step: NDArray[np.float64]) -> NDArray[np.int64]:
    """Which part of the run each value belongs to: a new one begins where a name falls back for the first time."""
    order = np.argsort(points.name, kind="stable")
    fell = (np.diff(points.name[order]) == 0) & (np.diff(step[order]) < 0)
    if not fell.any():
        return np.zeros(step.size, dtype=np.int64)
    later, earlier = order[1:][fell], order[:-1][fell]
    counts = np.bincount(points.name, minlength=len(points.names))
    falls = np.bincount(points.name[later], minlength=len(points.names))
    # A step that starts anew with every epoch says nothing of the run, unless it is what the run counts by.
    telling = (falls <= MOST_RESUMES)[points.name[later]] | (points.name[later] == counts.argmax())
    later, earlier = later[telling], earlier[telling]
    in_time = np.argsort(later)
    begins: list[int] = []
    for at, before in zip(later[in_time].tolist(), earlier[in_time].tolist(), strict=True):
        if not begins or before >= begins[-1]:
            begins.append(at)
    return np.searchsorted(np.array(begins, dtype=np.int64), np.arange(step.size), side="right").astype(np.int64)


def _kept(points: Points, size: int) -> tuple[set[int], dict[str, str]]:
    """The names whose columns there is room for, those that mean something first, and the others."""
    room = max(1, MOST_CELLS // size)
    if len(points.names) <= room:
        return set(range(len(points.names))), {}
    short = {points.names[number]: _all_logged(points.value[places]) for number, places in _by_name(points)}
    known = map_columns(short)
    meant = [*known.canonical.values(), *filter(None, (known.step, known.epoch)), *known.components.values()]
    kept = set(list(dict.fromkeys([*meant, *points.names]))[:room])
    return (
        {number for number, name in enumerate(points.names) if name in kept},
        {name: TOO_MANY for name in points.names if name not in kept},
    )


def _closed_up(rows: NDArray[np.int64], there: NDArray[np.bool_]) -> tuple[NDArray[np.int64], int]:
    """The rows without those that are empty now; -1 for values that were left out."""
    left, closed = np.unique(rows[there], return_inverse=True)
    result = np.full(rows.size, -1, dtype=np.int64)
    result[there] = closed
    return result, int(left.size)


def _all_logged(values: NDArray[np.float64]) -> Series:
    return Series(values, np.ones(values.size, dtype=np.bool_))


def _by_name(points: Points) -> list[tuple[int, NDArray[np.int64]]]:
    """Each name with the places of its values, in their order."""
    order = np.argsort(points.name, kind="stable")
    bounds = np.searchsorted(points.name[order], np.arange(len(points.names) + 1))
    return [(number, order[first:last]) for number, (first, last) in enumerate(pairwise(bounds.tolist()))]


def _free(name: str, columns: Mapping[str, Series]) -> str:
    while name in columns:
        name = f"{name} (logged)"
    return name
