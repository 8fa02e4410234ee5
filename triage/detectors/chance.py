"""Guessing: a loss of ln N or an accuracy of 1/N that stays."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from triage.detectors.course import MAX_BINS, Course, course_of
from triage.detectors.median import largest, median, quantile
from triage.detectors.run import Run
from triage.detectors.words import at, figure, share_above
from triage.history.model import Curve

__all__ = ["Chance", "chance_after", "chance_of"]

TOLERANCE = 0.015
"""Relative distance from ln N or 1/N that still counts; half of it is fully sure."""

FEW_CLASSES = 12
"""Up to here ln N lies far enough from its neighbours to be told from an arbitrary value."""

ROUND_NUMBERS = (16, 20, 21, 26, 32, 36, 43, 47, 50, 62, 64, 80, 100, 101, 102, 120, 128, 196, 200, 256, 500, 512, 1000)
"""Numbers of classes of common data sets: matched within a fifth of the tolerance, and never fully sure."""

FELL_THERE = 0.05
"""A loss that is this share above its end after the first tenth came there by learning; ln N is then chance only if the
accuracy says so too."""

STEADY = 0.03
"""A loss at chance varies by less than this share of itself over its level stretch, noise aside."""


LEAST_SHARE, MOST_SHARE = 0.0009, 0.52
"""An accuracy between these may be that of guessing."""

LARGEST_CLASS = 1.7
"""An accuracy of more than this many times 1/N is more than a guess where the loss is ln N: the classes are then nearly
of one size."""

LEVEL_ROWS = 10
"""A stretch of so many rows, or more, may be called level after a rise."""

BESIDE = 0.1
"""Relative distance of the training loss from ln N up to which a validation loss at ln N speaks for both."""


@dataclass(frozen=True, slots=True)
class Chance:
    """How sure it is that the run guesses, among how many classes, and the figures."""

    sure: float
    classes: int
    message: str


def chance_of(run: Run) -> Chance | None:
    """Guessing over more than half of the run, up to its end."""
    course = run.train_course
    if course is None or len(course) < 3:
        return None
    found = _best(run, course, 0.45)
    if found is None:
        return None
    early, end = course.level(0.1, 0.2), course.level(0.45, 1.0)
    fell_there = early - end > FELL_THERE * abs(end)
    return None if fell_there and _by_accuracy(run, float(course.steps[0])) is None else found


def chance_after(run: Run, row: int) -> Chance | None:
    """Guessing from the given row of the training loss to the end, after something better."""
    course = run.train_course
    if course is None or len(course) - row < 3:
        return None
    # The last of a slow approach counts as level too; the second half of the stretch is free of it.
    found = [
        replace(chance, sure=chance.sure * _long_enough(len(course) - first))
        for first in (row, (row + len(course)) // 2)
        if (chance := _best(run, course, min(0.98, (first + 1) / len(course)))) is not None
    ]
    chance = max(found, key=lambda chance: chance.sure, default=None)
    fell = _fallen_accuracy(run, float(course.steps[row]))
    if chance is None or fell is None:
        return chance
    return Chance(1 - (1 - chance.sure) * 0.5, chance.classes, f"{chance.message}; {fell}")


def _long_enough(rows: int) -> float:
    """How far a stretch of so many rows can be called level."""
    return min(1.0, max(0, rows - 2) / (LEVEL_ROWS - 2))


def _best(run: Run, course: Course, since: float) -> Chance | None:
    """Loss and accuracy together: both pointing at the same N are sure, one of them alone less.

    Where they name different N, the loss is believed: with classes of unequal size the accuracy of a guess is the share
    of the largest one.
    """
    start = float(course.steps[min(len(course) - 1, int(since * len(course)))])
    losses = (_by_loss(course, since), _by_val_loss(run, course, since, start))
    by_loss = max((loss for loss in losses if loss is not None), key=lambda loss: loss.sure, default=None)
    by_accuracy = _by_accuracy(run, start)
    if by_loss and by_accuracy and by_loss.classes == by_accuracy.classes:
        message = f"{by_loss.message}, and {by_accuracy.message}"
        return Chance(1 - (1 - by_loss.sure) * (1 - by_accuracy.sure) * 0.3, by_loss.classes, message)
    accuracy = _accuracy(run)
    if by_loss and accuracy is not None:
        level = median(accuracy.values[-max(1, len(accuracy) // 5) :])
        if level > LARGEST_CLASS / by_loss.classes:
            return by_accuracy
    return by_loss or by_accuracy


def _by_val_loss(run: Run, course: Course, since: float, start: float) -> Chance | None:
    """A level stretch of the validation loss at ln N, with the training loss level and not far from it.

    The training loss of one that guesses may lie a little lower: it learns the shares of the classes at hand.
    """
    val = run.val_course
    if val is None or len(val) < 3:
        return None
    val_since = min(0.98, np.count_nonzero(val.steps < start) / len(val))
    found = _by_loss(val, val_since)
    if found is None or not course.scaled[-1] > 0:
        return None
    distance = abs(course.unscaled(course.level(since, 1.0)) / math.log(found.classes) - 1)
    close = share_above(BESIDE / max(distance, 1e-9), 1.0, 4.0)
    sure = 0.95 * found.sure * close * _steady(course, since)
    return Chance(sure, found.classes, f"in validation, {found.message}") if sure > 0.1 else None


def _accuracy(run: Run) -> Curve | None:
    """The finite training accuracy as shares of one."""
    finite = run.finite("train_accuracy")
    if finite is None or len(finite) == 0:
        return None
    top = largest(finite.values)
    return Curve(finite.name, finite.steps, finite.values / 100.0) if 1.0 < top <= 100.0 else finite


def _fallen_accuracy(run: Run, start: float) -> str | None:
    """Words for a training accuracy that has lost more than half of its best."""
    accuracy = _accuracy(run)
    if accuracy is None:
        return None
    before, after = accuracy.values[accuracy.steps < start], accuracy.values[accuracy.steps >= start]
    if before.size == 0 or after.size == 0:
        return None
    best, level = float(before.max()), median(after)
    return f"the accuracy fell from {figure(best)} to {figure(level)}" if level < 0.5 * best else None


def _by_loss(course: Course, since: float) -> Chance | None:
    """A level stretch at ln N."""
    scaled = course.level(since, 1.0)
    level = course.unscaled(scaled)
    if not 0.6 < level < 7.1 or not scaled > 0:
        return None
    classes = round(math.exp(level))
    names = range(max(2, classes - 1), classes + 2) if classes <= FEW_CLASSES else ROUND_NUMBERS
    nearest = min(names, key=lambda number: abs(math.log(number) - level))
    away = abs(level / math.log(nearest) - 1)
    tolerance = TOLERANCE if nearest <= FEW_CLASSES else TOLERANCE / 5
    if away > tolerance:
        return None
    steady = _steady(course, since)
    close = share_above(tolerance / max(away, 1e-9), 1.3, 4.0) * (1.0 if nearest <= FEW_CLASSES else 0.6)
    message = (
        f"a loss of {figure(level)} is what guessing among {nearest} classes gives (ln {nearest} = "
        f"{math.log(nearest):.4f})"
    )
    return Chance(min(0.96, steady * close), nearest, message) if steady * close > 0.1 else None


def _steady(course: Course, since: float) -> float:
    """How surely a course above zero neither drifts nor wanders from a fraction of the run on."""
    size, scaled = course.bins.size, course.level(since, 1.0)
    stretch = course.smooth[min(size - 1, int(since * size)) :]
    drift = abs(course.level(since, since + 0.3 * (1 - since)) - course.level(1 - 0.3 * (1 - since), 1.0)) / scaled
    wide = (quantile(stretch, 0.9) - quantile(stretch, 0.1)) / scaled
    return share_above(STEADY / max(wide, 1e-9), 1.0, 3.0) * share_above(TOLERANCE / max(drift, 1e-9), 1.0, 3.0)


def _by_accuracy(run: Run, start: float) -> Chance | None:
    """A training accuracy that stays at 1/N from the given position on."""
    curve = _accuracy(run)
    if curve is None:
        return None
    since = curve.steps >= start
    late = Curve(curve.name, curve.steps[since], curve.values[since])
    # Up to so many values are their own bins, so that what the course would show first is known without it.
    if 0 < len(late) <= MAX_BINS and _classes_at(median(late.values)) is None:
        return None
    course = course_of(late)
    if course is None or len(course) < 3:
        return None
    level = course.unscaled(course.level(0.0, 1.0))
    nearest = _classes_at(level)
    if nearest is None:
        return None
    away = abs(level * nearest - 1)
    wide = (quantile(course.smooth, 0.9) - quantile(course.smooth, 0.1)) / max(course.level(0.0, 1.0), 1e-300)
    if wide > 0.1:
        return None
    sure = share_above(TOLERANCE / max(away, 1e-9), 0.8, 2.0) * share_above(0.05 / max(wide, 1e-9), 1.0, 2.0)
    message = f"the accuracy stays at {figure(level)} from {at(run.unit, float(late.steps[0]))} on, 1/{nearest}"
    return Chance(min(0.9, sure), nearest, message)


def _classes_at(accuracy: float) -> int | None:
    """Among how many classes a guess has this accuracy."""
    if not LEAST_SHARE < accuracy < MOST_SHARE:
        return None
    nearest = max(2, round(1.0 / accuracy))
    if nearest > FEW_CLASSES and nearest not in ROUND_NUMBERS:
        return None
    return nearest if abs(accuracy * nearest - 1) <= 2 * TOLERANCE else None
