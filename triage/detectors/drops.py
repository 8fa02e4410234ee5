"""What the training loss does where a schedule lowers the rate by a step.

A loss that lies level and falls right behind a drop was held up by the rate: its steps were longer than the valley is
wide. One that was falling and stops behind it was lowered too early. Either is seen only where the rate was held before
the drop and is held behind it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from triage.detectors.course import Course, Floats, noise_of, typical
from triage.detectors.rates import Rates
from triage.detectors.reading import Reading
from triage.detectors.run import Run
from triage.detectors.words import at, certain, count, figure, mix, share_above

__all__ = ["RateDrop", "fall_at_rate_drop", "rate_drops"]

Indices = NDArray[np.int64]

FACTOR = 2.0
"""A rate that loses this factor within two rows drops."""

HELD = 3
"""Rows that the rate must be the same before a drop, and behind it."""

SAME = 0.01
"""Relative difference up to which a rate is held."""

MOST = 8
"""Drops that are looked at; a schedule of steps has a few."""

PORTION = 100_000

FEWEST, TRUSTED = 4, 16
"""Values on each side of a drop under which it is not judged, and from which on it is taken as it looks."""

MATERIAL = 0.04
"""A fall by this share of the level is worth the name."""

BEYOND = 2.0
"""Behind a drop the loss must fall by this many times what it would have fallen anyway."""

STOPPED = 0.4
"""Of what the loss would fall over one more quarter at most this share may follow behind a drop where it stops."""


@dataclass(frozen=True, slots=True)
class RateDrop:
    """A drop of the rate, held for `rows` rows or more on both sides.

    Args:
        before: last row of the higher rate.
        after: first row of the lower one.
        rows: rows on each side on which the rate is held.

    """

    before: int
    after: int
    rows: int


@dataclass(frozen=True, slots=True)
class _Judged:
    """One drop: how surely the loss falls at it or stops at it, and the figures."""

    falls: float
    stops: float
    values: int
    step: float
    message: str


def fall_at_rate_drop(run: Run, rates: Rates | None) -> Reading | None:
    """Whether the loss falls on, falls only at the drop, or stops falling there, at the drop that shows most.

    Args:
        run: the run.
        rates: as `triage.detectors.rates.rates_of` finds them.

    """
    course = run.train_course
    if course is None or rates is None or len(course) < 2 * FEWEST:
        return None
    drops = () if rates.constant else rate_drops(rates.values)
    if not drops or not _rising(course.steps) or not _rising(rates.steps):
        return None
    found = [judged for drop in drops if (judged := _judged(course, rates, drop, run.unit)) is not None]
    if not found:
        return None
    clearest = max(found, key=lambda judged: max(judged.falls, judged.stops))
    falls = max(judged.falls for judged in found)
    stops = (1.0 - falls) * max(judged.stops for judged in found)
    trust = min(1.0, max(judged.values for judged in found) / TRUSTED)
    likelihood = mix(
        (trust * falls, {"falls_at_drop": 0.9, "falls_on": 0.07}),
        (trust * stops, {"stops_falling": 0.85, "falls_on": 0.12}),
        (trust * (1.0 - falls - stops), {"falls_on": 0.88, "falls_at_drop": 0.06, "stops_falling": 0.04}),
        (1.0 - trust, {"falls_on": 0.5, "falls_at_drop": 0.3, "stops_falling": 0.15}),
    )
    message = clearest.message
    if len(found) > 1:
        message += f"; the rate drops {count(len(found))} times"
    return Reading("fall_at_rate_drop", certain(likelihood, 0.95), f"{message}.", (clearest.step, clearest.step))


def rate_drops(values: Floats) -> tuple[RateDrop, ...]:
    """The first drops of a rate that is held before and behind; none where it falls at every row.

    Args:
        values: finite rates in time order, shape (n,).

    """
    near = _rows_before_a_drop(values)
    if near.size == 0:
        return ()
    groups = np.split(near, np.flatnonzero(np.diff(near) > 1) + 1)
    bounds = [_bounds(values, int(group[0]), int(group[-1]) + 2) for group in groups[: 4 * MOST] if group.size <= 3]
    found = []
    for place, (before, after) in enumerate(bounds):
        first = bounds[place - 1][1] if place else 0
        last = bounds[place + 1][0] if place + 1 < len(bounds) else values.size - 1
        rows = _held(values, before, after, min(before - first, last - after) + 1)
        if rows >= HELD and values[after] > 0.0:
            found.append(RateDrop(before, after, rows))
    return tuple(found[:MOST])


def _bounds(values: Floats, first: int, last: int) -> tuple[int, int]:
    """Last row at the higher rate and first one at the lower, between two rows that have them."""
    between = values[first : last + 1]
    higher = np.abs(between - between[0]) <= SAME * between[0]
    lower = np.abs(between - between[-1]) <= SAME * between[-1]
    return first + int(np.flatnonzero(higher)[-1]), first + int(np.flatnonzero(lower)[0])


def _rows_before_a_drop(values: Floats) -> Indices:
    """Rows from which the rate loses the factor within two rows; in portions, as new memory is what takes time."""
    least = (1.0 + 1e-6) / FACTOR
    portions = ((first, values[first : first + PORTION + 2]) for first in range(0, values.size - 2, PORTION))
    found = [np.flatnonzero(some[2:] <= least * some[:-2]) + first for first, some in portions]
    near = np.concatenate(found) if found else np.empty(0, dtype=np.int64)
    return near[values[near] > 0.0]


def _held(values: Floats, before: int, after: int, rows: int) -> int:
    """Most rows, halved until it fits, over which the rate is the same on both sides."""
    while rows >= HELD:
        higher, lower = values[before - rows + 1 : before + 1], values[after : after + rows]
        if np.ptp(higher) <= SAME * values[before] and np.ptp(lower) <= SAME * values[after]:
            return rows
        rows //= 2
    return 0


def _judged(course: Course, rates: Rates, drop: RateDrop, unit: str) -> _Judged | None:
    """The loss over as many values before a drop as behind it, by the medians of quarters and halves of each side."""
    begin, end = rates.steps[drop.before - drop.rows + 1], rates.steps[drop.after + drop.rows - 1]
    first, since = np.searchsorted(course.steps, [begin, rates.steps[drop.after]])
    until, past = np.searchsorted(course.steps, [rates.steps[drop.before], end], side="right")
    values = int(min(until - first, past - since))
    if values < FEWEST:
        return None
    ahead, behind = course.scaled[until - values : until], course.scaled[since : since + values]
    quarter, half = values // 4, values // 2
    before, after = typical(ahead[-half:]), typical(behind[:half])
    noise = 1.77 * max(noise_of(ahead, 10_000), noise_of(behind, 10_000))
    # From half to half the loss would fall behind the drop as it fell before it, or less.
    anyway = max(typical(ahead[:half]) - before, 0.0)
    least = max(BEYOND * anyway, 3.0 * noise / half**0.5, MATERIAL * abs(before), 1e-300)
    falls = share_above((before - after) / least, 1.0)
    sooner, earlier, last = (typical(ahead[-part * quarter :][:quarter]) for part in (3, 2, 1))
    fall, error = earlier - last, noise / quarter**0.5
    was_falling = share_above(fall / max(4.0 * error, MATERIAL * abs(last), 1e-300), 1.0)
    # An exponential approach loses from quarter to quarter the same share of its falls.
    shrinks = min(1.0, fall / (sooner - earlier)) if sooner > earlier else 1.0
    follows = max(typical(ahead[-max(1, quarter // 2) :]) - typical(behind[-half:]), error, 1e-300)
    stops = was_falling * share_above(STOPPED * shrinks * fall / follows, 1.0) if fall > 0 else 0.0
    step = float(rates.steps[drop.after])
    message = (
        f"Where the learning rate drops from {figure(float(rates.values[drop.before]))} to "
        f"{figure(float(rates.values[drop.after]))} at {at(unit, step)}, the training loss goes from "
        f"{figure(course.unscaled(last))} to {figure(course.unscaled(after))}, having gone from "
        f"{figure(course.unscaled(earlier))} to {figure(course.unscaled(last))} just before"
    )
    return _Judged(falls, (1.0 - falls) * stops, values, step, message)


def _rising(steps: Floats) -> bool:
    return bool((steps[1:] >= steps[:-1]).all())
