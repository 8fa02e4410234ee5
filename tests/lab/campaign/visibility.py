"""Whether the log of a faulty run differs at all from those of its healthy twins.

A log is summed up in figures: for each of its curves the level in eight stretches, the roughness in three, where it is
lost. A figure is as far from the twins' as it lies from their median, counted in standard deviations among twins: those
of the same base and, as these are few, those of all bases, whichever is larger, and never less than `FLOORS`. The
largest of these is the distance of the log. How far a healthy twin lies from the other twins of its base says from
which distance on a fault shows: `threshold` takes the 99th percentile.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from triage.history import History

__all__ = ["distance", "figures_of", "threshold", "usual_spread"]

STRETCHES, ROUGH_STRETCHES = 8, 3
TINY = 1e-12
FLOORS = {"level": 0.04, "roughness": 0.15, "share": 0.05}
"""Decades of a level (10 %) and of a roughness (40 %), and a share of the run: less is not seen."""

SHARE_OF_TWINS = 0.99
FARTHEST = 1e6


def figures_of(history: History) -> dict[str, float]:
    """The figures of a log, by ``kind curve place``; a stretch without a value has none."""
    found: dict[str, float] = {}
    for name in history.series:
        curve = history.curve(name)
        if curve is None or not len(curve):
            continue
        values = curve.values
        lost = np.flatnonzero(~np.isfinite(values))
        found[f"share {name} lost"] = lost.size / values.size
        found[f"share {name} lost from"] = lost[0] / values.size if lost.size else 1.0
        found[f"share {name} negative"] = float((values < 0).mean())
        found |= {f"level {name} {place}": level for place, level in _levels(values).items()}
        found |= {f"roughness {name} {place}": rough for place, rough in _roughness(values).items()}
    return found


def usual_spread(twins: Sequence[Sequence[Mapping[str, float]]]) -> dict[str, float]:
    """Standard deviation of each figure among twins, pooled over bases; one sequence of figures per base."""
    squares: dict[str, list[float]] = {}
    for some in twins:
        for name in {name for twin in some for name in twin}:
            known = [twin[name] for twin in some if name in twin]
            if len(known) > 1:
                squares.setdefault(name, []).append(float(np.var(known, ddof=1)))
    return {name: float(np.sqrt(np.mean(found))) for name, found in squares.items()}


def distance(
    figures: Mapping[str, float], twins: Sequence[Mapping[str, float]], spread: Mapping[str, float]
) -> tuple[float, str]:
    """How far a log is from those of its twins, and the figure that says so; a figure that one side lacks counts."""
    worst, where = 0.0, ""
    for name in {*figures, *(name for twin in twins for name in twin)}:
        known = [twin[name] for twin in twins if name in twin]
        if not known or name not in figures:
            far = FARTHEST if len(known) in (0, len(twins)) else 0.0
        else:
            own = float(np.std(known, ddof=1)) if len(known) > 2 else 0.0
            unit = max(own, spread.get(name, 0.0), FLOORS[name.split()[0]])
            far = min(FARTHEST, abs(figures[name] - float(np.median(known))) / unit)
        if far > worst:
            worst, where = far, name
    return worst, where


def threshold(twins: Sequence[Sequence[Mapping[str, float]]], spread: Mapping[str, float]) -> float:
    """The distance that one healthy twin of a hundred has from the others of its base; one sequence per base."""
    apart = [
        distance(twin, [other for other in some if other is not twin], spread)[0] for some in twins for twin in some
    ]
    return float(np.quantile(apart, SHARE_OF_TWINS))


def _levels(values: NDArray[np.float64]) -> dict[str, float]:
    finite = [(at, part[np.isfinite(part)]) for at, part in enumerate(np.array_split(values, STRETCHES))]
    levels = {str(at): _decades(float(np.median(part))) for at, part in finite if part.size}
    last = values[np.isfinite(values)]
    return levels | (
        {"least": _decades(float(last.min())), "largest": _decades(float(last.max()))} if last.size else {}
    )


def _roughness(values: NDArray[np.float64]) -> dict[str, float]:
    found = {}
    for at, part in enumerate(np.array_split(values, ROUGH_STRETCHES)):
        finite = part[np.isfinite(part)]
        if finite.size >= 4:
            found[str(at)] = _decades(float(np.median(np.abs(np.diff(finite)))) + TINY)
    return found


def _decades(value: float) -> float:
    return float(np.log10(min(max(abs(value), TINY), 1e300)))
