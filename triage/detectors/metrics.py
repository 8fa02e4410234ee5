"""The accuracy against the loss."""

from __future__ import annotations

from triage.detectors.course import Course, course_in_order, typical
from triage.detectors.median import largest
from triage.detectors.reading import Reading
from triage.detectors.run import Run
from triage.detectors.words import at, certain, count, figure, mix, share_above

__all__ = ["metric_against_loss"]

AT_ONCE = 0.985
"""A first accuracy this high leaves nothing to learn; easy data sets begin at .97 after one epoch."""

STUCK = 0.02
"""An accuracy that moves by less than this in all has not moved."""

LOSS_FELL = 0.3
"""... while the loss fell by this share."""


def metric_against_loss(run: Run) -> Reading | None:
    """Whether the accuracy moves with the loss, is good at once, or has values that cannot be."""
    name = "training"
    curve = run.finite("train_accuracy")
    loss = run.train_course
    if curve is None:
        name = "validation"
        curve = run.finite("val_accuracy")
        loss = run.val_course if run.val_course is not None else run.train_course
    if curve is None or loss is None or len(curve) < 3:
        return None
    course = course_in_order(curve)
    if course is None:
        return None
    percent = 1.0 < course.high <= 100.0 and typical(course.values) > 1.0
    scale = 100.0 if percent else 1.0
    span = (float(course.steps[0]), float(course.steps[-1]))
    impossible = _impossible(course, scale)
    if impossible is not None:
        sure, why = impossible
        message = f"The {name} accuracy {why}, {count(len(course))} values from {at(run.unit, span[0])} on."
        return Reading("metric_against_loss", {"metric_impossible": sure, "agree": 0.96 - sure}, message, span)
    first, last = course.unscaled(course.initial) / scale, course.unscaled(course.end) / scale
    moved = (course.unscaled(largest(course.smooth)) - course.unscaled(course.lowest)) / scale
    reference = max(abs(loss.initial), abs(loss.end), 1e-300)
    fell = (loss.initial - loss.end) / reference
    trust = min(1.0, len(course) / 10)
    at_once = share_above((1.0 - AT_ONCE) / max(1.0 - first, 1e-4), 1.0, 2.5) if first > 0.9 else 0.0
    stuck = 0.0
    if last < 0.95 and loss.positive:
        stuck = share_above(STUCK / max(moved, 1e-6), 1.0, 2.5) * share_above(fell, LOSS_FELL, 3.0)
    likelihood = mix(
        (trust * at_once, {"metric_good_at_once": 0.93}),
        (trust * (1 - at_once) * stuck, {"loss_falls_metric_stuck": 0.93}),
        (trust * (1 - at_once) * (1 - stuck), {"agree": 0.95}),
        (1 - trust, {"agree": 0.8, "loss_falls_metric_stuck": 0.08, "metric_good_at_once": 0.05}),
    )
    message = (
        f"The {name} accuracy goes from {figure(first * scale)} to {figure(last * scale)} while the loss goes from "
        f"{figure(loss.unscaled(loss.initial))} to {figure(loss.unscaled(loss.end))}."
    )
    return Reading("metric_against_loss", certain(likelihood), message)


def _impossible(course: Course, scale: float) -> tuple[float, str] | None:
    """Values that an accuracy cannot have, or exactly 0 throughout."""
    if course.low == course.high == 0.0:
        return (0.9 if len(course) >= 5 else 0.7), "is exactly 0 throughout"
    if course.low < 0.0:
        return 0.93, f"falls below 0, to {figure(course.low)}"
    if course.high > scale * 1.0001:
        return 0.93, f"exceeds its maximum, with {figure(course.high)}"
    return None
