"""Shape and speed of the training loss."""

from __future__ import annotations

import math

import numpy as np

from triage.detectors.chance import chance_after
from triage.detectors.course import Course
from triage.detectors.median import median
from triage.detectors.reading import Reading
from triage.detectors.run import Run
from triage.detectors.settling import level_since
from triage.detectors.words import at, certain, count, figure, mix, share_above

__all__ = ["speed_of_descent", "train_loss_trend"]

FAST_LEVEL = 0.02
"""Near zero: this share of the first value."""

FAST_PART = 0.02
"""... reached within this part of the run."""

SLOW_FALL = 1 / 3
"""A straight fall of less than this share of the first value over a whole run is very slow."""

STRAIGHT = 0.15
"""Distance from a straight line, as a share of the fall, up to which a fall is one: an exponential approach with one
time constant in the run makes 0.12, with two 0.24."""

SLOW_POINTS = 36
"""A slow fall shows over this many points, ..."""

SLOW_UPDATES = 100
"""... and this many updates, where the log counts them: at the start of a run no loss falls far."""


PARTS = (0.2, 0.35, 0.5, 0.65, 0.8)
"""Where the distance from the straight line is measured."""


def train_loss_trend(run: Run, at_drop: Reading | None = None) -> Reading | None:
    """Shape of the finite part of the training loss.

    Args:
        run: the run.
        at_drop: what the loss does where the rate drops, if it does. A level stretch that a drop ends was held up by
            the rate and is no stuck run, so the chance of a plateau goes to a fall as far as the loss fell there.

    """
    course, shape = run.train_course, run.train_shape
    if course is None or shape is None:
        return None
    likelihood = dict(shape.likelihood)
    message = f"The training loss {shape.message}"
    if shape.event_row is not None and shape.state in ("jump_then_plateau", "falls_then_rises", "diverging"):
        chance = chance_after(run, level_since(course))
        if chance is not None:
            likelihood = certain(
                mix(
                    (1 - chance.sure, likelihood),
                    (chance.sure, {"collapsed_to_chance": 0.95, "jump_then_plateau": 0.02}),
                )
            )
            message += f"; {chance.message}"
    if at_drop is not None and at_drop.state == "falls_at_drop" and shape.state == "plateau":
        moved = at_drop.likelihood["falls_at_drop"] * likelihood["plateau"]
        kept = {**likelihood, "plateau": likelihood["plateau"] - moved}
        likelihood = certain(mix((1.0, kept), (moved, {"falling": 1.0})), sum(likelihood.values()))
        message += ", having fallen where the learning rate drops"
    if run.train is not None and not np.isfinite(run.train.values[-1]):
        likelihood["falling"] = likelihood.get("falling", 0.0) + likelihood.pop("still_falling_at_end", 0.0)
        message = message.replace("is still falling", "was still falling when it stopped being a number")
    steps = None
    if shape.rows is not None:
        steps = (float(course.steps[shape.rows[0]]), float(course.steps[shape.rows[1]]))
    if len(course) < 20:
        message += f" (only {count(len(course))} points)"
    return Reading("train_loss_trend", likelihood, f"{message}.", steps)


def speed_of_descent(run: Run) -> Reading | None:
    """How fast the training loss falls, where it falls at all."""
    course, shape = run.train_course, run.train_shape
    if course is None or shape is None or len(course) < 5:
        return None
    if shape.state not in ("falling", "still_falling_at_end", "plateau", "spikes_that_heal"):
        return None
    trust = min(1.0, len(course) / 20)
    fast = _fast(course, run.unit)
    slow = _slow(course, run.unit)
    likelihood = mix(
        (trust * fast, {"suspiciously_fast": 0.93, "ordinary": 0.05}),
        (trust * (1 - fast) * slow, {"very_slow": 0.9, "ordinary": 0.08}),
        (trust * (1 - fast) * (1 - slow), {"ordinary": 0.93, "very_slow": 0.03, "suspiciously_fast": 0.02}),
        (1 - trust, {"ordinary": 0.7, "very_slow": 0.15, "suspiciously_fast": 0.1}),
    )
    first, last = course.unscaled(course.initial), course.unscaled(course.end)
    half = _half_way(course)
    message = (
        f"The training loss falls from {figure(first)} to {figure(last)}, half of it by "
        f"{at(run.unit, float(course.steps[half]))} "
        f"of {count(float(course.steps[-1]))}."
    )
    return Reading("speed_of_descent", certain(likelihood), message)


def _fast(course: Course, unit: str) -> float:
    """How surely the loss is near zero almost at once; only a loss that lives above zero can be near it."""
    if not course.positive or not course.initial > 0 or len(course) < 10:
        return 0.0
    low = (course.smooth < FAST_LEVEL * course.initial).nonzero()[0]
    if low.size == 0:
        return 0.0
    row = course.row_of_bin(int(low[0]))
    part = max(row, 1) / len(course)
    stays = median(course.smooth[low[0] :]) < 2 * FAST_LEVEL * course.initial
    if not stays:
        return 0.0
    if unit == "epoch":
        return share_above(2.5 / max(row, 1), 1.0, 4.0)
    return (
        share_above(FAST_PART / part, 1.0, 3.0) if len(course) >= 50 else 0.3 * share_above(2.5 / max(row, 1), 1.0, 4.0)
    )


def _slow(course: Course, unit: str) -> float:
    """How surely the loss falls in a nearly straight line that covers little of the way."""
    fall = course.initial - course.end
    if not course.positive or not fall > 0 or not course.initial > 0 or len(course) < 8:
        return 0.0
    little = share_above(SLOW_FALL / (fall / course.initial), 1.0, 8.0)
    begin = course.level(0.0, 0.1)
    line = begin - course.end
    if not line > 0:
        return 0.0
    # The first and last levels stand for the middle of their tenths, 0.9 of the run apart.
    away = max(abs((begin - course.level(part - 0.05, part + 0.05)) / line - (part - 0.05) / 0.9) for part in PARTS)
    straight = math.exp(-(min(away / STRAIGHT, 20.0) ** 2))
    long = min(1.0, len(course) / SLOW_POINTS)
    if unit == "step":
        long *= share_above(float(course.steps[-1] - course.steps[0]), SLOW_UPDATES)
    return little * straight * long


def _half_way(course: Course) -> int:
    """Row at which half of the fall is done."""
    middle = 0.5 * (course.initial + course.end)
    below = (course.smooth <= middle).nonzero()[0]
    return course.row_of_bin(int(below[0])) if below.size else len(course) - 1
