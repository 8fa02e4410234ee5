"""Whether the log of a faulty run differs at all from those of its healthy twins.

A log is summed up in figures: for each of its curves the level in eight stretches, the roughness in three, where it is
lost. A figure is as far from the twins' as it lies beyond their median, counted in half their range, which is never
taken for less than `FLOORS`. The largest of these is the distance of the log. How far a healthy twin lies from the
other twins of its base says from which distance on a fault shows: `threshold` takes the 99th percentile.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from triage.history import History

__all__ = ["distance", "figures_of", "threshold"]

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


def distance(figures: Mapping[str, float], twins: Sequence[Mapping[str, float]]) -> tuple[float, str]:
    """How far a log is from those of its twins, and the figure that says so; a figure that one side lacks counts."""
    worst, where = 0.0, ""
    for name in {*figures, *(name for twin in twins for name in twin)}:
        known = [twin[name] for twin in twins if name in twin]
        if not known or name not in figures:
            far = FARTHEST if len(known) in (0, len(twins)) else 0.0
        else:
            half = max((max(known) - min(known)) / 2, FLOORS[name.split()[0]])
            far = min(FARTHEST, abs(figures[name] - float(np.median(known))) / half)
        if far > worst:
            worst, where = far, name
    return worst, where


def threshold(twins: Sequence[Sequence[Mapping[str, float]]]) -> float:
    """The distance that one healthy twin of a hundred has from the others of its base; one sequence per base."""
    apart = [distance(twin, [other for other in some if other is not twin])[0] for some in twins for twin in some]
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
