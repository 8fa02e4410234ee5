"""Medians of a few hundred values: what `numpy.median` gives, without what it does for arrays of every kind."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "largest",
    "median",
    "quantile",
    "row_medians",
    "running_median",
    "smallest",
    "trailing_minima",
    "window_medians",
]

SOME = 32
"""Up to so many values a list is sorted in half the time of an array."""

FEW = 2000
"""Up to so many values are sorted, which takes less time than the checks of `numpy.median` do."""


def median(values: NDArray[np.float64]) -> float:
    """The same as ``float(numpy.median(values))`` for an array of one dimension, to the last bit.

    Args:
        values: float64 of shape (n,), which stays as it is; NaN where one of them is.

    """
    size = values.size
    if not 0 < size <= FEW:
        return float(np.median(values))
    half = size // 2
    if size <= SOME:
        some: list[float] = values.tolist()
        # NaN too where infinities of both signs are among them, of which numpy knows more.
        if math.isnan(sum(some)):
            return float(np.median(values))
        some.sort()
        return some[half] if size % 2 else (some[half - 1] + some[half]) / 2.0
    ordered = values.copy()
    ordered.sort()
    if math.isnan(ordered.item(-1)):
        return math.nan
    return ordered.item(half) if size % 2 else (ordered.item(half - 1) + ordered.item(half)) / 2.0


def running_median(values: NDArray[np.float64], width: int) -> NDArray[np.float64]:
    """Median over a centred window of odd width; the ends are repeated.

    Args:
        values: float64 of shape (n,), without NaN.
        width: how many values a window holds.

    """
    if width <= 1 or values.size < 2:
        return values
    half = width // 2
    padded = np.empty(values.size + 2 * half)
    padded[:half], padded[half:-half], padded[-half:] = values[0], values, values[-1]
    return window_medians(padded, 2 * half + 1)


def trailing_minima(values: NDArray[np.float64], width: int) -> NDArray[np.float64]:
    """The least of each value and those right before it, `width` in all where there are so many; shape (n,).

    Args:
        values: float64 of shape (n,), without NaN.
        width: how many values a window holds.

    """
    least = values.copy()
    covered = 1
    while covered < width:
        step = min(covered, width - covered)
        least[step:] = np.minimum(least[step:], least[:-step])
        covered += step
    return least


def window_medians(values: NDArray[np.float64], width: int) -> NDArray[np.float64]:
    """Median of each window of so many values that follow each other, shape (n - width + 1,).

    Args:
        values: float64 of shape (n,), without NaN; at least one window of them.
        width: how many values a window holds.

    """
    if width == 5:
        return _medians_of_five(values)
    whole = np.ascontiguousarray(values)
    stride = whole.itemsize
    return row_medians(np.ndarray((whole.size - width + 1, width), np.float64, whole, strides=(stride, stride)))


def row_medians(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """Median of each row.

    Args:
        rows: float64 of shape (n, width), without NaN; it stays as it is.

    """
    ordered, width = rows.copy(), rows.shape[1]
    half = width // 2
    if width % 2:
        ordered.partition(half, axis=1)
        return ordered[:, half].copy()
    ordered.partition((half - 1, half), axis=1)
    result: NDArray[np.float64] = (ordered[:, half - 1] + ordered[:, half]) / 2.0
    return result


def _medians_of_five(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """The same for windows of five, by comparisons of whole columns, in half of the time.

    Of the first four the two middle ones stay; the median is the middle one of these and the fifth.
    """
    one, two, three, four, five = values[:-4], values[1:-3], values[2:-2], values[3:-1], values[4:]
    low = np.maximum(np.minimum(one, two), np.minimum(three, four))
    high = np.minimum(np.maximum(one, two), np.maximum(three, four))
    result: NDArray[np.float64] = np.maximum(np.minimum(low, high), np.minimum(np.maximum(low, high), five))
    return result


def largest(values: NDArray[np.float64]) -> float:
    """The same as ``float(values.max())`` for an array of one dimension, at least one value, in a third of the time."""
    return values.item(values.argmax())


def smallest(values: NDArray[np.float64]) -> float:
    """The same as ``float(values.min())``, likewise."""
    return values.item(values.argmin())


def quantile(values: NDArray[np.float64], share: float) -> float:
    """The same as ``float(numpy.quantile(values, share))`` for an array of one dimension, to the last bit.

    Args:
        values: float64 of shape (n,), which stays as it is; NaN where one of them is.
        share: 0 to 1.

    """
    size = values.size
    if not 0 < size <= FEW:
        return float(np.quantile(values, share))
    ordered = values.copy()
    ordered.sort()
    last = float(ordered[-1])
    if math.isnan(last):
        return last
    place = share * (size - 1)
    below = int(place)
    low, high = float(ordered[below]), float(ordered[min(below + 1, size - 1)])
    part = place - below
    # Interpolated from the nearer side, as numpy does.
    return high - (high - low) * (1.0 - part) if part >= 0.5 else low + (high - low) * part
