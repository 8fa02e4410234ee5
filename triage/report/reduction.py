"""Long curves made short enough to draw, without losing a spike or a gap."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from triage.history import Curve

__all__ = ["MOST_POINTS", "lost_stretches", "reduced"]

Floats = NDArray[np.float64]

MOST_POINTS = 1500
"""Points of a drawn curve."""

MOST_STRETCHES = 300
"""Stretches of a picture, and the parts of its width that they are told apart by."""


def reduced(curve: Curve, low: float, high: float, most: int = MOST_POINTS) -> list[tuple[Floats, Floats]]:
    """The finite parts of a curve, each as steps and values, at most ``most`` points in all.

    The steps from ``low`` to ``high`` are cut into bins of equal width, and of each bin the smallest and the largest
    value stay, in their order. A new part begins wherever a NaN or an infinity lies between two points.
    """
    steps, values = _in_order(curve)
    there = np.isfinite(values) & (steps >= low) & (steps <= high)
    lost_before = np.cumsum(~np.isfinite(values))
    kept = np.flatnonzero(there)
    if kept.size > most:
        kept = _extremes(steps, values, kept, low, high, most // 2)
    if not kept.size:
        return []
    breaks = np.flatnonzero(np.diff(lost_before[kept])) + 1
    return [(steps[part], values[part]) for part in np.split(kept, breaks)]


def _extremes(
    steps: Floats, values: Floats, kept: NDArray[np.intp], low: float, high: float, bins: int
) -> NDArray[np.intp]:
    """Of each bin the first row of its smallest and the last of its largest value; the steps do not fall."""
    share = (steps[kept] - low) / ((high - low) or 1.0)
    bin_of = np.minimum((share * bins).astype(np.int64), bins - 1)
    starts = np.flatnonzero(np.diff(bin_of, prepend=-1))
    run = np.repeat(np.arange(starts.size), np.diff(starts, append=kept.size))
    there = values[kept]
    lowest = np.flatnonzero(there == np.minimum.reduceat(there, starts)[run])
    highest = np.flatnonzero(there == np.maximum.reduceat(there, starts)[run])
    first = lowest[np.diff(run[lowest], prepend=-1) > 0]
    last = highest[np.diff(run[highest], append=starts.size) > 0]
    return np.unique(np.concatenate([kept[first], kept[last]]))


def lost_stretches(curves: list[Curve], low: float, high: float) -> list[tuple[float, float]]:
    """Where a loss is NaN or infinite, as shares of the way from ``low`` to ``high``, overlapping ones joined.

    A stretch reaches from its first lost value to the next finite one; the end may equal the beginning.
    """
    pieces = [piece for curve in curves for piece in _lost(curve, low, high)]
    joined: list[tuple[float, float]] = []
    for begin, end in sorted(pieces):
        if joined and begin <= joined[-1][1] + 1.0 / MOST_STRETCHES:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((begin, end))
    return joined


def _lost(curve: Curve, low: float, high: float) -> list[tuple[float, float]]:
    steps, values = _in_order(curve)
    bad = ~np.isfinite(values)
    share = np.clip((steps - low) / ((high - low) or 1.0), 0.0, 1.0)
    change = np.diff(bad.astype(np.int8), prepend=0, append=0)
    begins, ends = np.flatnonzero(change == 1), np.flatnonzero(change == -1)
    until = share[np.minimum(ends, share.size - 1)]
    return list(zip(share[begins].tolist(), until.tolist(), strict=True))


def _in_order(curve: Curve) -> tuple[Floats, Floats]:
    if np.isfinite(curve.steps).all() and (curve.steps[1:] >= curve.steps[:-1]).all():
        return curve.steps, curve.values
    order = np.argsort(curve.steps, kind="stable")
    order = order[np.isfinite(curve.steps[order])]
    return curve.steps[order], curve.values[order]
