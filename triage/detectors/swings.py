"""Swings of a course: turns that are large against its fall, as distinct from noise about a trend."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from triage.detectors.course import MAX_BINS, Course, course_of, running_median
from triage.detectors.words import share_above
from triage.history.model import Curve

__all__ = ["Swings", "alternation", "find_swings", "swing_size", "unrest"]

OF_FALL = 0.15
"""Swings below this share of all that the loss fell are what remains of a run that has learnt."""

BUSY = 0.25
"""A course that swings is away from its middle, by a quarter of a swing, at least this part of the time; one with a few
spikes is not."""


@dataclass(frozen=True, slots=True)
class Swings:
    """Turns of the course by more than a threshold: how many, their median size, and the first and last row."""

    turns: int
    size: float
    first_row: int
    last_row: int


def find_swings(course: Course, size: float) -> Swings:
    """Turns of at least `size` after the first tenth, on the bins (on the values, where the log is short)."""
    curve = course.bins
    begin = curve.size // 10
    pivots: list[int] = []
    low = high = begin
    rising = 0
    for index in range(begin, curve.size):
        if curve[index] > curve[high]:
            high = index
        if curve[index] < curve[low]:
            low = index
        if rising >= 0 and curve[high] - curve[index] >= size:
            pivots.append(high)
            rising, low, high = -1, index, index
        elif rising <= 0 and curve[index] - curve[low] >= size:
            pivots.append(low)
            rising, low, high = 1, index, index
    if len(pivots) < 2:
        return Swings(0, 0.0, 0, 0)
    median = float(np.median(np.abs(np.diff(curve[pivots]))))
    return Swings(len(pivots), median, course.row_of_bin(pivots[0]), course.row_of_bin(pivots[-1]))


def unrest(course: Course) -> float:
    """How far the course swings without settling, 0 to 1."""
    if len(course) < 6:
        return 0.0
    level = max(abs(course.level(0.3, 1.0)), 1e-300)
    if alternation(course) > max(0.15 * level, OF_FALL * (course.initial - float(course.smooth.min()))):
        return 0.95
    found = _by_turns(course, level)
    if course.rows > 1 and found < 0.5:
        window = course_of(Curve(course.name, course.steps[-MAX_BINS:], course.values[-MAX_BINS:]))
        fall = course.unscaled(course.initial - float(course.smooth.min()))
        if window is not None and window.unscaled(swing_size(window)) > OF_FALL * fall:
            found = max(found, _by_turns(window, max(abs(window.level(0.0, 1.0)), 1e-300), only_smooth=True))
    return found


def _by_turns(course: Course, level: float, only_smooth: bool = False) -> float:
    """Swings by the turns of the bins: many enough, to the end, most of the time, and no mere noise."""
    size = swing_size(course)
    swings = find_swings(course, size)
    bins = course.bins.size
    if swings.turns < 4 or swings.last_row < 0.75 * len(course):
        return 0.0
    rest = course.bins[bins // 10 :]
    away = np.abs(rest - running_median(rest, 2 * max(1, rest.size // 8) + 1)) > 0.25 * swings.size
    if bins >= 20 and float(away.mean()) < BUSY:
        return 0.0
    # Independent noise turns at two of three values; a course that swings is smoother, or alternates more strictly.
    steps = np.diff(rest)
    spread = float(np.var(steps))
    link = float(np.mean((steps[1:] - steps.mean()) * (steps[:-1] - steps.mean()))) / spread if spread > 0 else -0.5
    structured = abs(link + 0.5) > 0.2
    sure = share_above(swings.size / level, 0.3, 2.0)
    if course.rows > 1 or (structured and bins >= 20):
        return min(0.95, sure + 0.3) if swings.turns >= 6 else 0.5 * sure
    return 0.75 * sure if swings.turns >= 0.06 * bins and not only_smooth else 0.0


def swing_size(course: Course) -> float:
    """Size from which on a turn is a swing, against the level, the fall after the opening, and all that was fallen."""
    level = abs(course.level(0.3, 1.0))
    late_fall = abs(course.level(0.1, 0.2) - course.end)
    fall = course.initial - float(course.smooth.min())
    return max(
        0.15 * level, 0.5 * late_fall, OF_FALL * fall, 6.0 * course.bin_noise if course.rows > 1 else 0.0, 1e-300
    )


def alternation(course: Course) -> float:
    """Median step of a course that goes up and down in strict turn over its last half, else 0.

    Neighbouring differences of independent noise correlate at -0.5, of a strict alternation at -1.
    """
    steps = np.diff(course.scaled[len(course) // 2 :][:50_000])
    power = float(np.mean(steps**2))
    if steps.size < 20 or not power > 0 or float(np.mean(steps[1:] * steps[:-1])) > -0.8 * power:
        return 0.0
    return float(np.median(np.abs(steps)))
