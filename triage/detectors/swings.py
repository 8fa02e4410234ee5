"""Swings of a course: turns that are large against its fall, as distinct from noise about a trend.

Values of single batches carry noise of any size, and heavy tails, which says nothing of the weights. What tells swings
from it is their order: they are smooth, or alternate strictly, or grow.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from triage.detectors.course import MAX_BINS, Course, Floats, course_of, noise_of
from triage.detectors.median import largest, median, running_median
from triage.detectors.words import share_above
from triage.history.model import Curve

__all__ = ["Swings", "alternation", "find_swings", "swing_size", "unrest"]

OF_FALL = 0.15
"""Swings below this share of all that the loss fell are what remains of a run that has learnt."""

STRUCTURE = 0.2
"""Correlation of neighbouring differences, against the -0.5 of independent values, from which on their order counts."""

STRUCTURE_ERRORS = 2.5
"""... and so many standard errors of it, 0.75 over the root of the number of values for independent noise."""

OF_BATCHES = 0.35
"""How far independent noise of any size in a log of single batches still speaks for swings: small batches are common,
but a rate that is too high may look the same."""

OF_ROWS = 0.7
"""... and in a log that does not say what its rows count."""

GROWTH = 2.0
"""Noise of the last third over that of the middle one, from which on swings grow."""

GROWTH_ERRORS = 2.5
"""... and so many standard errors of it: the logarithm of noise is known to 1.2 over the root of the number of
values."""

WAVES = 3.0
"""Variance of the means of six neighbours against that of independent values, from which on slow swings show."""

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
    bins = course.bins
    begin = bins.size // 10
    if not _rises(bins[begin:], size):
        return Swings(0, 0.0, 0, 0)
    curve = bins.tolist()
    pivots: list[int] = []
    low = high = begin
    rising = 0
    top = bottom = curve[begin]
    for index, value in enumerate(curve[begin:], begin):
        if value > top:
            high, top = index, value
        if value < bottom:
            low, bottom = index, value
        if rising >= 0 and top - value >= size:
            pivots.append(high)
            rising, low, high, bottom, top = -1, index, index, value, value
        elif rising <= 0 and value - bottom >= size:
            pivots.append(low)
            rising, low, high, bottom, top = 1, index, index, value, value
    if len(pivots) < 2:
        return Swings(0, 0.0, 0, 0)
    usual = median(np.abs(np.diff(bins[pivots])))
    return Swings(len(pivots), usual, course.row_of_bin(pivots[0]), course.row_of_bin(pivots[-1]))


def _rises(values: Floats, size: float) -> bool:
    """Whether any value lies so far above an earlier one; without such a rise there is one turn at most."""
    return largest(values - np.minimum.accumulate(values)) >= size


def unrest(course: Course, unit: str) -> float:
    """How far the course swings without settling, 0 to 1.

    Args:
        course: a training or validation loss.
        unit: what a position counts; a value per epoch, and any validation loss, is an average that noise seldom moves.

    """
    if len(course) < 6:
        return 0.0
    level = max(abs(course.level(0.3, 1.0)), 1e-300)
    if alternation(course) > max(0.15 * level, OF_FALL * (course.initial - course.lowest)):
        return 0.95
    averaged = unit == "epoch" or course.name.startswith("val_")
    trust = 1.0 if averaged else OF_BATCHES if unit == "step" else OF_ROWS
    found = _by_turns(course, level, trust)
    if course.rows > 1 and found < 0.5:
        window = course_of(Curve(course.name, course.steps[-MAX_BINS:], course.values[-MAX_BINS:]))
        fall = course.unscaled(course.initial - course.lowest)
        if window is not None and window.unscaled(swing_size(window)) > OF_FALL * fall:
            found = max(found, _by_turns(window, max(abs(window.level(0.0, 1.0)), 1e-300), 0.0))
    return found


def _by_turns(course: Course, level: float, trust: float) -> float:
    """Swings by the turns of the bins: many enough, to the end, most of the time, and no mere noise.

    Args:
        course: the course.
        level: its level, scaled, above zero.
        trust: share that is left of the score where the order of the values is that of independent noise.

    """
    size = swing_size(course)
    swings = find_swings(course, size)
    bins = course.bins.size
    if swings.turns < 4 or swings.last_row < 0.75 * len(course):
        return 0.0
    rest = course.bins[bins // 10 :]
    from_course = rest - running_median(rest, 2 * max(1, rest.size // 8) + 1)
    grows = _growing(rest) if course.rows == 1 and swings.turns >= 6 else 0.0
    away = np.abs(from_course[rest.size // 2 if grows >= 0.5 else 0 :]) > 0.25 * swings.size
    if bins >= 20 and float(away.mean()) < BUSY:
        return 0.0
    sure = share_above(swings.size / level, 0.3, 2.0)
    sure_of_swings = min(0.95, sure + 0.3) if swings.turns >= 6 else 0.5 * sure
    if course.rows > 1 or (bins >= 20 and (_in_order(rest) or _in_waves(from_course))):
        return sure_of_swings
    by_size = 0.75 * sure * trust if swings.turns >= 0.06 * bins else 0.0
    return max(by_size, sure_of_swings * grows)


def _in_order(values: Floats) -> bool:
    """Whether neighbours are linked, as smooth swings or a strict alternation are and independent noise is not.

    Neighbouring differences of independent values correlate at -0.5, whatever their distribution; ranks say the same
    where a few high values would make up the correlation alone.
    """
    least = max(STRUCTURE, STRUCTURE_ERRORS * 0.75 / values.size**0.5)
    links = np.array([_link(values), _link(_ranks(values))]) + 0.5
    return bool(np.all(links > least) or np.all(links < -least))


def _in_waves(values: Floats) -> bool:
    """Whether means of six neighbours vary far more than those of independent values: slow swings under noise."""
    blocks = values.size // 6
    if blocks < 8:
        return False
    ranks = _ranks(values)[: 6 * blocks]
    return bool(6.0 * np.var(ranks.reshape(blocks, 6).mean(axis=1)) > WAVES * np.var(ranks))


def _ranks(values: Floats) -> Floats:
    return np.argsort(np.argsort(values)).astype(np.float64)


def _link(values: Floats) -> float:
    """Correlation of neighbouring differences; -0.5 where there are none."""
    steps = values[1:] - values[:-1]
    steps -= steps.mean()
    spread = steps.dot(steps) / steps.size
    return float(steps[1:].dot(steps[:-1]) / (steps.size - 1) / spread) if spread > 0 else -0.5


def _growing(values: Floats) -> float:
    """How surely the noise grows towards the end, by its last third against the middle one."""
    third = values.size // 3
    if third < 10:
        return 0.0
    middle, late = noise_of(values[third : 2 * third]), noise_of(values[-third:])
    least = max(GROWTH, math.exp(GROWTH_ERRORS * 1.2 * (2.0 / third) ** 0.5))
    return share_above(late / middle, least, 4.0) if middle > 0 else 0.0


def swing_size(course: Course) -> float:
    """Size from which on a turn is a swing, against the level, the fall after the opening, and all that was fallen."""
    level = abs(course.level(0.3, 1.0))
    late_fall = abs(course.level(0.1, 0.2) - course.end)
    fall = course.initial - course.lowest
    return max(
        0.15 * level, 0.5 * late_fall, OF_FALL * fall, 6.0 * course.bin_noise if course.rows > 1 else 0.0, 1e-300
    )


def alternation(course: Course) -> float:
    """Median step of a course that goes up and down in strict turn over its last half, else 0.

    Neighbouring differences of independent noise correlate at -0.5, of a strict alternation at -1.
    """
    half = course.scaled[len(course) // 2 :][:50_000]
    steps = half[1:] - half[:-1]
    if steps.size < 20:
        return 0.0
    power = steps.dot(steps) / steps.size
    if not power > 0 or steps[1:].dot(steps[:-1]) / (steps.size - 1) > -0.8 * power:
        return 0.0
    return median(np.abs(steps))
