"""What the values of the training loss say by themselves."""

from __future__ import annotations

import math

import numpy as np

from triage.detectors.chance import chance_of
from triage.detectors.course import Course
from triage.detectors.median import median
from triage.detectors.reading import Reading
from triage.detectors.run import Run
from triage.detectors.words import FACT, at, certain, count, figure, mix

__all__ = ["loss_signature"]

SATURATION = {
    "-ln of the smallest normal float32, a saturated softmax in Caffe": -math.log(np.finfo(np.float32).tiny),
    "-ln(1e-7), the bound at which Keras clips a probability": -math.log(1e-7),
    "100, the bound of the logarithm in PyTorch's binary cross-entropy": 100.0,
}
"""Values fixed by a number format or a clipping bound, by what they mean."""

SATURATION_TOLERANCE = 2e-4
"""Relative; the constants are printed with four digits or more."""


def loss_signature(run: Run, trend: str) -> Reading | None:
    """Chance, saturation constants, exact zeros and negative values in the training loss.

    Args:
        run: the run.
        trend: state read for ``train_loss_trend``, or empty.

    """
    course = run.train_course
    if course is None:
        return None
    return (
        _negative(course, run.unit)
        or _zero(course, run.unit)
        or _saturated(course, run.unit)
        or _chance(run, trend)
        or _ordinary(course)
    )


def _zero(course: Course, unit: str) -> Reading | None:
    """0.0 printed while other values were far above it, or throughout.

    A loss that shrinks smoothly to a printed 0.0 has small values right before; a broken one has not.
    """
    if not course.low <= 0.0 <= course.high:
        return None
    values, steps = course.values, course.steps
    zero = values == 0.0
    number = int(zero.sum())
    if number == 0:
        return None
    rows = np.flatnonzero(zero)
    span = (float(steps[rows[0]]), float(steps[rows[-1]]))
    others = np.abs(values[~zero])
    if others.size == 0:
        if values.size < 2:
            return None
        message = f"The training loss is exactly 0.0 in all {count(number)} values from {at(unit, span[0])} on."
        return Reading("loss_signature", {"exactly_zero": 0.96}, message, span)
    before = np.abs(values[: rows[0]])
    usual = median(others)
    last = float(before[-5:].min()) if before.size else usual
    smooth = last < 0.02 * float(others.max())
    if smooth:
        likelihood = {"ordinary": 0.75, "exactly_zero": 0.2}
        note = f"after {figure(last)} right before, as rounding would make it"
    else:
        likelihood = {"exactly_zero": 0.95, "ordinary": 0.03} if number > 1 else {"exactly_zero": 0.8, "ordinary": 0.17}
        note = f"although the other values are around {figure(usual)}"
    message = f"The training loss is exactly 0.0 at {count(number)} values, first at {at(unit, span[0])}, {note}."
    return Reading("loss_signature", likelihood, message, span)


def _saturated(course: Course, unit: str) -> Reading | None:
    """A constant of the number format that repeats."""
    values, steps = course.values, course.steps
    low, high = course.low * (1 - 1e-3), course.high * (1 + 1e-3)
    for meaning, constant in SATURATION.items():
        if not low <= constant <= high:
            continue
        rows = np.flatnonzero(np.abs(values - constant) <= SATURATION_TOLERANCE * constant)
        share = rows.size / values.size
        if rows.size < 2 or (share < 0.05 and rows.size < 20):
            continue
        same = np.unique(np.round(values[rows[:1000]], 2)).size == 1
        if not same:
            continue
        named = constant != 100.0
        sure = min(0.96, (0.8 if named else 0.5) + 0.02 * rows.size)
        span = (float(steps[rows[0]]), float(steps[rows[-1]]))
        message = (
            f"The training loss is {figure(constant)} at {count(int(rows.size))} of {count(values.size)} values from "
            f"{at(unit, span[0])} on: {meaning}."
        )
        return Reading("loss_signature", {"saturation_constant": sure, "ordinary": 0.97 - sure}, message, span)
    return None


def _negative(course: Course, unit: str) -> Reading | None:
    """Values below zero."""
    if course.low >= 0:
        return None
    values, steps = course.values, course.steps
    rows = np.flatnonzero(values < 0)
    span = (float(steps[rows[0]]), float(steps[rows[-1]]))
    message = (
        f"The training loss is below zero at {count(int(rows.size))} of {count(values.size)} values, first at "
        f"{at(unit, span[0])}, the lowest {figure(course.low)}."
    )
    return Reading("loss_signature", {"negative": FACT}, message, span)


def _chance(run: Run, state: str) -> Reading | None:
    """Guessing all along; a run that fell back to it is told by its trend instead."""
    if state in ("collapsed_to_chance", "jump_then_plateau", "falls_then_rises", "diverging"):
        return None
    course = run.train_course
    chance = chance_of(run) if course is not None else None
    if course is None or chance is None or chance.sure < 0.15:
        return None
    trust = min(1.0, len(course) / 12) if state != "exactly_constant" else 1.0
    sure = chance.sure * trust
    first, last = float(course.steps[len(course) // 2]), float(course.steps[-1])
    likelihood = mix((sure, {"at_chance": 0.97}), (1 - sure, {"ordinary": 0.95, "at_chance": 0.03}))
    message = f"The run stays at chance: {chance.message}."
    return Reading("loss_signature", certain(likelihood), message, (first, last))


def _ordinary(course: Course) -> Reading | None:
    """Nothing in the values themselves."""
    if len(course) < 3:
        return None
    sure = 0.96 if len(course) >= 5 else 0.8
    low, high = figure(course.low), figure(course.high)
    message = f"The values of the training loss, {low} to {high}, are no constant that tells something."
    return Reading("loss_signature", {"ordinary": sure}, message)
