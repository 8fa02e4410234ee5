"""Guessing: a loss of ln N or an accuracy of 1/N that stays."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from triage.detectors.course import Course, course_of
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

STEADY = 0.03
"""A loss at chance varies by less than this share of itself over its level stretch, noise aside."""


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
    return _best(run, course, 0.45)


def chance_after(run: Run, row: int) -> Chance | None:
    """Guessing from the given row of the training loss to the end, after something better."""
    course = run.train_course
    if course is None or len(course) - row < 3:
        return None
    return _best(run, course, min(0.98, (row + 1) / len(course)))


def _best(run: Run, course: Course, since: float) -> Chance | None:
    """Loss and accuracy together: both pointing at the same N are sure, one of them alone less."""
    by_loss = _by_loss(course, since)
    start = float(course.steps[min(len(course) - 1, int(since * len(course)))])
    by_accuracy = _by_accuracy(run, start)
    if by_loss and by_accuracy and by_loss.classes == by_accuracy.classes:
        message = f"{by_loss.message}, and {by_accuracy.message}"
        return Chance(1 - (1 - by_loss.sure) * (1 - by_accuracy.sure) * 0.3, by_loss.classes, message)
    accuracy = run.history.curve("train_accuracy")
    if by_loss and accuracy is not None and by_accuracy is None:
        level = float(np.median(accuracy.values[-max(1, len(accuracy) // 5) :]))
        if level > 2.0 / by_loss.classes:
            return None
    found = [chance for chance in (by_loss, by_accuracy) if chance is not None]
    return max(found, key=lambda chance: chance.sure) if found else None


def _by_loss(course: Course, since: float) -> Chance | None:
    """A level stretch at ln N."""
    scaled = course.level(since, 1.0)
    level = course.unscaled(scaled)
    if not 0.6 < level < 7.1 or not scaled > 0:
        return None
    size = course.bins.size
    stretch = course.smooth[min(size - 1, int(since * size)) :]
    drift = abs(course.level(since, since + 0.3 * (1 - since)) - course.level(1 - 0.3 * (1 - since), 1.0)) / scaled
    wide = float(np.quantile(stretch, 0.9) - np.quantile(stretch, 0.1)) / scaled
    steady = share_above(STEADY / max(wide, 1e-9), 1.0, 3.0) * share_above(TOLERANCE / max(drift, 1e-9), 1.0, 3.0)
    classes = round(math.exp(level))
    names = range(max(2, classes - 1), classes + 2) if classes <= FEW_CLASSES else ROUND_NUMBERS
    nearest = min(names, key=lambda number: abs(math.log(number) - level))
    away = abs(level / math.log(nearest) - 1)
    tolerance = TOLERANCE if nearest <= FEW_CLASSES else TOLERANCE / 5
    if away > tolerance:
        return None
    close = share_above(tolerance / max(away, 1e-9), 1.3, 4.0) * (1.0 if nearest <= FEW_CLASSES else 0.6)
    message = (
        f"a loss of {figure(level)} is what guessing among {nearest} classes gives (ln {nearest} = "
        f"{math.log(nearest):.4f})"
    )
    return Chance(min(0.96, steady * close), nearest, message) if steady * close > 0.1 else None


def _by_accuracy(run: Run, start: float) -> Chance | None:
    """An accuracy that stays at 1/N from the given position on, in training or else in validation."""
    curve = run.history.curve("train_accuracy")
    if curve is None:
        return None
    late = Curve(curve.name, curve.steps[curve.steps >= start], curve.values[curve.steps >= start])
    course = course_of(late)
    if course is None or len(course) < 3:
        return None
    level = course.unscaled(course.level(0.0, 1.0))
    level = level / 100.0 if 1.0 < level <= 100.0 else level
    if not 0.0009 < level < 0.52:
        return None
    nearest = max(2, round(1.0 / level))
    if nearest > FEW_CLASSES and nearest not in ROUND_NUMBERS:
        return None
    away = abs(level * nearest - 1)
    wide = float(np.quantile(course.smooth, 0.9) - np.quantile(course.smooth, 0.1)) / max(
        course.level(0.0, 1.0), 1e-300
    )
    if away > 2 * TOLERANCE or wide > 0.1:
        return None
    sure = share_above(TOLERANCE / max(away, 1e-9), 0.8, 2.0) * share_above(0.05 / max(wide, 1e-9), 1.0, 2.0)
    message = f"the accuracy stays at {figure(level)} from {at(run.unit, float(late.steps[0]))} on, 1/{nearest}"
    return Chance(min(0.9, sure), nearest, message)
