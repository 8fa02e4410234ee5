"""Where the rows of a log stand in the time of the run, whatever its counter did meanwhile.

A counter can do more than grow:

- It repeats: rows at one position follow each other as the file has them.
- It falls back and runs again through what it had passed: the run was taken up from a checkpoint. What that takes back
  stays, in the order of the file, as it did happen.
- It falls back to its beginning: the run, or another like it, began anew in the same file. It is counted on, as its
  rows follow the others in time.
- It falls back to its beginning while the epoch grows, or many times after equally many rows: it counts within an
  epoch. It is counted on, and nothing was resumed.
- It falls for a row and is then beyond where it was: that row came late, as those of an evaluation do. It is put where
  it belongs, and so are pieces that do not overlap and a log in disorder.

Only rows that hold the curve of most values tell a resume: rows of validation may stand wherever they were written.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Placed", "placed"]

MOST_RESUMES = 50
"""A log whose positions fall back more often is in disorder."""

SHUFFLED_SHARE = 0.25
"""... and so is one in which they do so at a larger share of its rows."""

FEWEST_ROWS = 2
"""Rows that run again through what was passed before it is a resume and not a row that came late."""

FEWEST_EPOCHS = 4
"""Equally long stretches that show a counter within an epoch where no column counts epochs."""

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]


@dataclass(frozen=True)
class Placed:
    """Rows with their positions.

    Args:
        order: int64 of shape (rows,), rows of the file in the order in which they count; None for that of the file.
        positions: float64 of shape (rows,), in that order.
        resumes: rows, in that order, at which the run was taken up again.
        warning: what was done, in words; empty where nothing was.

    """

    order: Indices | None
    positions: Floats
    resumes: tuple[int, ...] = ()
    warning: str = ""


def placed(
    positions: Floats, unit: str, telling: NDArray[np.bool_] | None = None, epochs: Floats | None = None
) -> Placed:
    """Put the rows in the order of time, and tell where the run was taken up again.

    Args:
        positions: float64 of shape (rows,), finite, in file order.
        unit: what they count, for the warning.
        telling: bool of shape (rows,), the rows by which a resume is told; by default all.
        epochs: float64 of shape (rows,), finite, where another column counts epochs.

    """
    if not np.count_nonzero(positions[1:] < positions[:-1]):
        return Placed(None, positions)
    with np.errstate(over="ignore", invalid="ignore"):
        return _put_in_order(positions, unit, telling, epochs)


def _put_in_order(positions: Floats, unit: str, telling: NDArray[np.bool_] | None, epochs: Floats | None) -> Placed:
    rows = np.arange(positions.size) if telling is None or not telling.any() else np.flatnonzero(telling)
    told = positions[rows]
    stride = _stride(told)
    starts = _starts(told)
    early = told[starts] <= 2 * stride
    begun = early & (told[starts] <= told[0])
    within = _within_epochs(starts, early, begun, told.size, unit, None if epochs is None else epochs[rows])
    resumed = starts[~within]
    falls = int(np.count_nonzero(told[1:] < told[:-1])) - int(within.sum())
    if falls > min(MOST_RESUMES, max(2, SHUFFLED_SHARE * told.size)) or not _overlap(told, starts):
        return _sorted(positions, unit)
    firsts = _firsts(positions, rows, starts)
    moved = _counted_on(positions, firsts, begun | within, stride)
    if not np.isfinite(moved).all():
        return _sorted(positions, unit)
    pieces = np.zeros(positions.size, dtype=np.int64)
    pieces[firsts] = 1
    order = np.lexsort((moved, np.cumsum(pieces))).astype(np.int64)
    place = np.empty_like(order)
    place[order] = np.arange(order.size)
    tidied = bool((np.diff(order) < 0).any())
    return Placed(
        order if tidied else None,
        moved[order],
        tuple(place[rows[resumed]].tolist()),
        _told(told, starts, within, unit, tidied),
    )


def _starts(positions: Floats) -> Indices:
    """Rows at which positions fall back and then run again through what they had passed."""
    falls = np.flatnonzero(positions[1:] < positions[:-1]) + 1
    if not falls.size:
        return falls
    piece = np.zeros(positions.size, dtype=np.int64)
    piece[falls] = 1
    passed = np.concatenate([[-np.inf], positions[falls - 1]])
    again = np.add.reduceat((positions <= passed[np.cumsum(piece)]).astype(np.int64), falls)
    found = again >= FEWEST_ROWS
    found[-1] |= positions[falls[-1]] <= positions[0]
    return falls[found]


def _firsts(positions: Floats, rows: Indices, starts: Indices) -> Indices:
    """The first row of every piece: rows of validation right before a start belong to it where they fall back too."""
    firsts = []
    for start in starts:
        row, before = int(rows[start]), int(rows[start - 1])
        back = np.flatnonzero(positions[before + 1 : row] <= positions[row])
        firsts.append(before + 1 + int(back[0]) if back.size else row)
    return np.array(firsts, dtype=np.int64)


def _counted_on(positions: Floats, firsts: Indices, anew: NDArray[np.bool_], stride: float) -> Floats:
    """The positions with every piece that starts anew behind the one before it."""
    shifts = np.zeros(positions.size)
    before = 0
    for number, (first, is_new) in enumerate(zip(firsts.tolist(), anew.tolist(), strict=True), start=1):
        if is_new:
            end = int(firsts[number]) if number < firsts.size else positions.size
            shifts[first] = positions[before:first].max() + stride - positions[first:end].min()
        before = first
    return positions + np.cumsum(shifts)


def _within_epochs(
    starts: Indices,
    early: NDArray[np.bool_],
    begun: NDArray[np.bool_],
    rows: int,
    unit: str,
    epochs: Floats | None,
) -> NDArray[np.bool_]:
    """Which of the starts are those of an epoch."""
    if epochs is not None and (epochs != epochs[0]).any():
        return early & (epochs[starts] > epochs[starts - 1])
    if unit == "epoch":
        return np.zeros(starts.size, dtype=np.bool_)
    lengths = np.diff(np.concatenate([[0], starts, [rows]]))
    regular = (
        lengths.size >= FEWEST_EPOCHS and begun.all() and np.ptp(lengths[:-1]) <= 1 and lengths[-1] <= lengths[0] + 1
    )
    return np.full(starts.size, bool(regular))


def _overlap(positions: Floats, starts: Indices) -> bool:
    """Whether two pieces share positions; those of a log that was put together in another order do not."""
    if not starts.size:
        return True
    lows = np.minimum.reduceat(positions, np.concatenate([[0], starts]))
    highs = np.maximum.reduceat(positions, np.concatenate([[0], starts]))
    order = np.argsort(lows, kind="stable")
    return bool((lows[order][1:] <= np.maximum.accumulate(highs[order])[:-1]).any())


def _stride(positions: Floats) -> float:
    gaps = np.diff(positions)
    gaps = gaps[gaps > 0]
    return float(np.median(gaps)) if gaps.size else 1.0


def _sorted(positions: Floats, unit: str) -> Placed:
    order = np.argsort(positions, kind="stable").astype(np.int64)
    return Placed(order, positions[order], warning=_disorder(unit))


def _disorder(unit: str) -> str:
    return f"rows stand out of order; they were sorted by {unit}"


def _told(positions: Floats, starts: Indices, within: NDArray[np.bool_], unit: str, tidied: bool) -> str:
    said = []
    resumed = starts[~within]
    if within.any():
        said.append(f"the {unit} starts again with every epoch, and was counted on")
    if resumed.size:
        row = int(resumed[0])
        times = (
            ("", ", and once more")[resumed.size - 1] if resumed.size < 3 else f", and {resumed.size - 1} times more"
        )
        said.append(
            f"the run was taken up again: {unit} {positions[row - 1]:g} is followed by {unit} {positions[row]:g}{times}"
        )
    if tidied:
        said.append(_disorder(unit))
    return "; ".join(said)
