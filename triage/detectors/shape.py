"""The shape of a loss curve: the same code judges training and validation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from triage.detectors.course import Course, noise_of
from triage.detectors.events import (
    Hill,
    Jump,
    Runaway,
    find_hill,
    find_jump,
    find_runaway,
    find_spikes,
    is_rhythmic,
)
from triage.detectors.median import largest
from triage.detectors.settling import Direction, Likelihood, fell, flat_since, late_direction, level_since, settling
from triage.detectors.swings import alternation, find_swings, swing_size, unrest
from triage.detectors.words import at, certain, count, figure, mix, share_above

__all__ = ["Direction", "Shape", "judge"]

MATERIAL_RISE = 0.05
"""A rise after the minimum matters from this share of the level at the minimum on."""

MATERIAL_SHARE = 0.06
"""... and from this share of all that the loss fell before."""

SIGNIFICANT = 4.0
"""A difference of smoothed bins counts as real from this many standard deviations of one bin on."""

BATCH_SPIKE = 0.8
"""A single high value in a log of steps is as a rule one odd batch, which the weights survive: two healthy record runs
with different optimizers share theirs, 40 % over the level, at the same two steps. Above this size it is a spike."""

SMALL_FALL = 0.25
"""A fall before a rise is not worth the name below this share of the first value and of the rise."""

GOES_ON = 0.06
"""A rise goes on at the end where the last fifth of the run makes this share of it; straight growth makes 0.2."""

TRUSTED_POINTS = 20
"""Below this number of points the shape is spread over its look-alikes."""

LOOK_ALIKES: dict[str, Likelihood] = {
    "falling": {"falling": 0.45, "still_falling_at_end": 0.25, "plateau": 0.2, "oscillating": 0.05},
    "still_falling_at_end": {"falling": 0.45, "still_falling_at_end": 0.4, "plateau": 0.05, "oscillating": 0.05},
    "flat_from_start": {"flat_from_start": 0.4, "plateau": 0.2, "falling": 0.15, "oscillating": 0.15},
    "exactly_constant": {"exactly_constant": 0.6, "flat_from_start": 0.3},
    "plateau": {"plateau": 0.4, "falling": 0.35, "flat_from_start": 0.1, "oscillating": 0.1},
    "oscillating": {"oscillating": 0.35, "flat_from_start": 0.2, "falling": 0.2, "spikes_that_heal": 0.15},
    "spikes_that_heal": {"spikes_that_heal": 0.35, "falling": 0.35, "oscillating": 0.25},
    "jump_then_plateau": {"jump_then_plateau": 0.3, "falls_then_rises": 0.25, "oscillating": 0.2, "diverging": 0.15},
    "falls_then_rises": {"falls_then_rises": 0.35, "oscillating": 0.25, "diverging": 0.15, "falling": 0.2},
    "diverging": {"diverging": 0.45, "falls_then_rises": 0.2, "oscillating": 0.25},
    "collapsed_to_chance": {"collapsed_to_chance": 0.4, "jump_then_plateau": 0.3, "oscillating": 0.2},
}


@dataclass(frozen=True, slots=True)
class Shape:
    """What a curve looks like.

    Args:
        likelihood: over the states of ``train_loss_trend``.
        message: what was seen, as the rest of a sentence that begins with the name of the curve.
        direction: the reading in one word.
        late: what the last half does, against its noise, in the same words.
        event_row: row of the event that makes it a failure, if there is one.
        rows: first and last row where it was seen, or None for the whole run.
        spikes: rows of the peaks.

    """

    likelihood: Mapping[str, float]
    message: str
    direction: Direction
    late: Direction
    event_row: int | None = None
    rows: tuple[int, int] | None = None
    spikes: tuple[int, ...] = ()

    @property
    def state(self) -> str:
        """The state that fits best."""
        return max(self.likelihood, key=self.likelihood.__getitem__)


def judge(course: Course, unit: str) -> Shape | None:
    """The shape of a course; None under three points."""
    if len(course) < 3:
        return None
    words = _Words(course, unit)
    runaway = find_runaway(course)
    unsettled = unrest(course, unit)
    found = (
        _constant(course, words)
        or (_running_away(course, words, runaway) if runaway else None)
        or _risen(course, words, unsettled)
        or _swinging(course, words, unsettled)
        or _spiking(course, words)
        or _settled(course, words, unsettled)
    )
    return _tempered(found, len(course))


@dataclass(frozen=True, slots=True)
class _Words:
    """Figures and positions of one course."""

    course: Course
    unit: str

    def value(self, scaled: float) -> str:
        return figure(self.course.unscaled(scaled))

    def row(self, row: int) -> str:
        return at(self.unit, float(self.course.steps[row]))

    def fell(self) -> str:
        return f"from {figure(float(self.course.values[0]))} to {self.value(self.course.end)}"


def _constant(course: Course, words: _Words) -> Shape | None:
    """The same number to the last digit, all along or after the first few values."""
    values = course.scaled
    size = len(course)
    if values[-2] != values[-1] or values[-3] != values[-1]:
        return None
    changes = np.flatnonzero(values != values[-1])
    head = int(changes[-1]) + 1 if changes.size else 0
    if head > max(1, size // 10) or size - head < 3:
        return None
    if head and (size - head < 5 or abs(values[-1]) < 0.35 * abs(float(values[:head].max()))):
        return None
    sure = 0.6 + 0.37 * min(1.0, (size - head - 2) / 6) if head == 0 else 0.75
    text = f"is {words.value(values[-1])} to the last digit from {words.row(head)} to {words.row(size - 1)}"
    return Shape(certain({"exactly_constant": sure, "flat_from_start": 0.97 - sure + 0.01}), text, "flat", "flat")


def _running_away(course: Course, words: _Words, tail: Runaway) -> Shape | None:
    """The end leaves the course far upwards."""
    reference = max(abs(tail.before), course.initial - course.lowest)
    growth = (tail.last - tail.before) / reference if reference > 0 else float("inf")
    grown = share_above(growth, 0.8)
    if grown < 0.5:
        return None
    if tail.rows == 1:
        likelihood = {"spikes_that_heal": 0.35, "diverging": 0.4, "falling": 0.2}
    elif tail.last < tail.top:
        likelihood = {"spikes_that_heal": 0.3, "diverging": 0.6, "falling": 0.05}
    else:
        likelihood = mix((grown, {"diverging": 0.9, "falls_then_rises": 0.05}), (1 - grown, {"falls_then_rises": 0.7}))
    text = (
        f"leaves its level of {words.value(tail.before)} at {words.row(tail.row)} and has grown to "
        f"{words.value(tail.top)}"
    )
    text += " by the end" if tail.last == tail.top else f", with {words.value(tail.last)} at the end"
    last = len(course) - 1
    return Shape(certain(likelihood), text, "rises", "rises", tail.row, (tail.row, last))


def _risen(course: Course, words: _Words, unsettled: float) -> Shape | None:
    """The end lies clearly above the minimum: a jump that stays, a slow climb, or growth without end."""
    if unsettled >= 0.5:
        return None
    smooth = course.smooth
    lowest = int(smooth.argmin())
    low = float(smooth[lowest])
    rise = course.end - low
    if rise <= SIGNIFICANT * course.bin_noise or lowest >= smooth.size - 1:
        return None
    fall = max(course.initial, largest(smooth[: lowest + 1])) - low
    by_level = rise / (MATERIAL_RISE * abs(low)) if MATERIAL_RISE * abs(low) > 0 else float("inf")
    strength = min(by_level, rise / (MATERIAL_SHARE * fall) if fall > 0 else by_level)
    risen = share_above(strength, 1.0)
    if risen < 0.5:
        return None
    reference = max(abs(course.initial), fall, 1e-300)
    above_start = course.end - course.initial
    jump = find_jump(course)
    if jump is not None and _stays(course, jump, rise, fall):
        return _jumped(course, words, jump, risen)
    fell_before = max(float(course.scaled[0]), largest(smooth[: lowest + 1])) - low
    at_start = lowest <= 0.1 * smooth.size and fell_before <= SMALL_FALL * min(rise, abs(course.initial))
    without_end = share_above(max(above_start, 0.0) / reference, 0.15 if at_start else 0.5)
    if at_start:
        without_end = max(without_end, 0.6)
    growing = _going_on(course, rise)
    without_end *= growing
    likelihood = mix(
        (risen * without_end * (1 - unsettled), {"diverging": 0.92, "falls_then_rises": 0.05}),
        (risen * (1 - without_end) * (1 - unsettled), {"falls_then_rises": 0.9, "jump_then_plateau": 0.04}),
        (risen * unsettled, {"oscillating": 0.9, "spikes_that_heal": 0.05}),
        (1 - risen, {"falling": 0.8, "plateau": 0.15}),
    )
    row = course.row_of_bin(lowest)
    text = f"has its minimum of {words.value(low)} at {words.row(row)} and climbs to {words.value(course.end)}"
    if at_start:
        text = f"grows {words.fell()}, with no fall worth the name"
    if growing < 0.5:
        text += f", its level from {words.row(level_since(course))} on"
    elif not at_start:
        text += " by the end"
    return Shape(certain(likelihood), text, "rises", "rises", row, (row, len(course) - 1))


def _going_on(course: Course, rise: float) -> float:
    """How surely a rise goes on at the end, rather than having reached its level."""
    noise = course.bin_noise / max(1.0, 0.1 * course.bins.size) ** 0.5
    late = course.end - course.level(0.7, 0.8)
    return share_above(max(late, 0.0) / max(GOES_ON * rise, 2.0 * noise), 1.0)


def _stays(course: Course, jump: Jump, rise: float, fall: float) -> bool:
    """Whether a jump comes after a fall, is abrupt, and its level stays to the end without growing on."""
    if jump.height < 0.5 * rise or jump.height < SIGNIFICANT * course.bin_noise or jump.row < 0.1 * len(course):
        return False
    if len(course) - jump.row < max(3, len(course) // 50):
        return False
    after = course.smooth[min(jump.row // course.rows + 2, course.smooth.size - 1) :]
    middle = jump.before + 0.4 * min(jump.height, rise)
    down = float(np.mean(after < middle))
    fell_before = course.initial - jump.before > max(0.1 * fall, SIGNIFICANT * course.bin_noise)
    stops = course.end - jump.after < 1.0 * jump.height and course.end > middle
    return down < 0.1 and fell_before and stops


def _jumped(course: Course, words: _Words, jump: Jump, risen: float) -> Shape:
    """A jump up to a level that stays."""
    lowest = float(course.smooth[: max(1, jump.row // course.rows)].min())
    likelihood = mix(
        (risen, {"jump_then_plateau": 0.93, "falls_then_rises": 0.03, "collapsed_to_chance": 0.02}),
        (1 - risen, {"falling": 0.6, "falls_then_rises": 0.3}),
    )
    text = (
        f"falls from {figure(float(course.values[0]))} to {words.value(lowest)}, jumps at {words.row(jump.row)} to "
        f"{words.value(jump.after)} and stays up there ({words.value(course.end)} at the end)"
    )
    return Shape(certain(likelihood), text, "rises", "rises", jump.row, (jump.row, len(course) - 1))


def _swinging(course: Course, words: _Words, unsettled: float) -> Shape | None:
    """Swings that are large against the net fall and do not settle."""
    if unsettled < 0.5:
        return None
    swings = find_swings(course, swing_size(course))
    size = max(swings.size, alternation(course))
    rows = (swings.first_row, swings.last_row) if swings.turns >= 4 else None
    turns = f", {count(swings.turns)} turns," if swings.turns >= 4 else " from value to value,"
    likelihood = mix(
        (unsettled, {"oscillating": 0.93, "spikes_that_heal": 0.03}),
        (1 - unsettled, {"falling": 0.5, "flat_from_start": 0.4}),
    )
    text = (
        f"swings by about {words.value(size)} around {words.value(course.level(0.3, 1.0))}{turns} "
        f"against a net change {words.fell()}"
    )
    return Shape(certain(likelihood), text, "flat", "flat", None, rows)


def _spiking(course: Course, words: _Words) -> Shape | None:
    """Excursions far above the course that come back to it."""
    spikes = find_spikes(course)
    if spikes.rows.size:
        rows = tuple(int(row) for row in spikes.rows)
        highest = int(np.argmax(course.scaled[spikes.rows] - spikes.levels))
        peak, base = float(course.scaled[rows[highest]]), float(spikes.levels[highest])
        size = (peak - base) / max(abs(base), 0.3 * (course.initial - course.lowest), 1e-300)
        single = float(np.mean(spikes.widths == 1)) > 0.5
        sure = share_above(size, BATCH_SPIKE if single and words.unit != "epoch" else 0.25)
        if len(rows) >= 3 and (is_rhythmic(spikes.rows) or not single):
            sure = max(sure, 0.9)
        if sure < 0.4:
            return None
        text = (
            f"shows {_times(len(rows))}, the highest {words.value(peak)} at {words.row(rows[highest])} over a level of "
            f"{words.value(base)}"
        )
        return _spiky(course, text, sure, rows[0], (rows[0], rows[-1]), rows)
    hill = find_hill(course, _least_hill(course, course.bin_noise))
    if hill is None or hill.width > 0.15 or not _is_hill(course, hill):
        return None
    top = hill.first_row + int(np.argmax(course.scaled[hill.first_row : hill.last_row + 1]))
    text = (
        f"rises by {words.value(hill.height)} at {words.row(hill.first_row)} and is back at {words.row(hill.last_row)}"
    )
    return _spiky(course, text, 0.7, hill.first_row, (hill.first_row, hill.last_row), (top,))


def _times(number: int) -> str:
    """How often, in words."""
    return "one spike and comes back from it" if number == 1 else f"{count(number)} spikes and comes back each time"


def _spiky(course: Course, text: str, sure: float, event: int, rows: tuple[int, int], spikes: tuple[int, ...]) -> Shape:
    rest = settling(course)
    likelihood = mix((sure, {"spikes_that_heal": 0.93, "oscillating": 0.04}), (1 - sure, rest))
    direction: Direction = "falls" if fell(course) else "flat"
    return Shape(certain(likelihood), text, direction, late_direction(course), event, rows, spikes)


def _is_hill(course: Course, hill: Hill) -> bool:
    """Whether a bump of the smoothed course is far above noise and large against level and fall."""
    first, last = hill.first_row // course.rows, hill.last_row // course.rows
    noise = max(course.bin_noise, noise_of(course.bins[max(0, first - 10) : last + 11]))
    return hill.first_row > 0.1 * len(course) and hill.height > _least_hill(course, noise)


def _least_hill(course: Course, noise: float) -> float:
    """Height above which a bump is a hill in noise of so much a bin."""
    return max(8.0 * noise, 0.25 * abs(course.end), 0.15 * max(course.initial - course.lowest, 0.0))


def _settled(course: Course, words: _Words, unsettled: float) -> Shape:
    """No event: the course is flat, falls and flattens, or falls, in noise that may hide swings."""
    likelihood = certain(mix((1 - unsettled, settling(course)), (unsettled, {"oscillating": 0.95})))
    state = max(likelihood, key=likelihood.__getitem__)
    last = len(course) - 1
    if state == "flat_from_start":
        noisy = max(abs(course.initial - course.end), course.noise) > 0.1 * abs(course.initial)
        text = f"does not move beyond its noise of {words.value(course.noise)}" if noisy else "hardly moves"
        text += f": {words.fell()} between {words.row(0)} and {words.row(last)}"
        return Shape(likelihood, text, "flat", "flat")
    if state == "plateau":
        since = course.row_of_bin(flat_since(course))
        text = (
            f"falls from {words.value(course.initial)} and stays at {words.value(course.end)} from {words.row(since)} "
            f"on, {100 * course.end / course.initial:.0f} % of where it began"
        )
        return Shape(likelihood, text, "flat", "flat", None, (since, last))
    late = course.level(0.6, 0.7)
    text = f"falls {words.fell()}"
    if state == "still_falling_at_end":
        text += f" and is still falling ({words.value(late)} a third before the end)"
        return Shape(likelihood, text, "falls", "falls", None, (course.row_of_bin(2 * course.bins.size // 3), last))
    return Shape(likelihood, text, "falls", late_direction(course))


def _tempered(shape: Shape, size: int) -> Shape:
    """The shape with its certainty cut down where the curve is short."""
    if size >= TRUSTED_POINTS or shape.state == "exactly_constant":
        return shape
    trust = ((size - 2) / (TRUSTED_POINTS - 2)) ** 0.7
    likelihood = certain(mix((trust, shape.likelihood), (1 - trust, LOOK_ALIKES[shape.state])), 0.96)
    return Shape(likelihood, shape.message, shape.direction, shape.late, shape.event_row, shape.rows, shape.spikes)
