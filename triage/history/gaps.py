"""Gaps that were written as NaN, told from NaN that the run produced."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from triage.history.model import Series

__all__ = ["with_gaps"]

FEWEST = 3
"""Numbers that a column must have before the rhythm of its rows says anything."""


def with_gaps(columns: Mapping[str, Series]) -> dict[str, Series]:
    """Take for gaps the NaN of columns whose numbers stand on every k-th row, or just where another column has NaN.

    Loops that print a row per step write nan where nothing was evaluated, and one row for training and one for
    validation leave nan in each other's column. A run that turned NaN has its NaN in one stretch or at odd places.
    """
    with np.errstate(all="ignore"):
        return {name: _as_gaps(column) if _is_layout(name, columns) else column for name, column in columns.items()}


def _as_gaps(column: Series) -> Series:
    return Series(column.values, column.logged & ~np.isnan(column.values))


def _is_layout(name: str, columns: Mapping[str, Series]) -> bool:
    values = columns[name].values
    # No sum of squares is NaN but where one of them is, and it takes a third of the time of a look at each.
    if values.size < 2 * FEWEST or not math.isnan(values.dot(values)):
        return False
    nan = np.isnan(values)
    missing = nan & columns[name].logged
    if not missing.any():
        return False
    there = np.flatnonzero(columns[name].logged & ~missing)
    if there.size < FEWEST:
        return False
    spacing = there[1:] - there[:-1]
    if spacing.min() >= 2 and np.ptp(spacing) <= 1 and there[-1] + spacing.max() >= missing.size:
        return True
    return any(_complement(missing, column) for other, column in columns.items() if other != name)


def _complement(missing: NDArray[np.bool_], other: Series) -> bool:
    """Whether the other column has numbers just on the missing rows, more than once in a while."""
    numbers = other.logged & np.isfinite(other.values)
    changes = int(np.count_nonzero(missing[1:] != missing[:-1]))
    return changes >= FEWEST and bool((numbers == missing).all())
