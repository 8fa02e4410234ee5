"""Where the training loss settles against where it began."""

from __future__ import annotations

from triage.detectors.reading import Reading
from triage.detectors.run import Run
from triage.detectors.words import certain, count, figure, mix, share_above

__all__ = ["loss_floor"]

NEAR_ZERO = 0.012
"""A level below this share of the first one is nearly nothing: the training samples are known by heart."""

PART_WAY = 0.3
"""A level above this share of the first one leaves a good part of the way; most runs that learn end below."""

SHAPES = ("falling", "spikes_that_heal")
"""Courses that fell and settled; a plateau is too high by itself, and what still falls has no floor yet."""

STEEPNESS = {"step": 4.0}
AVERAGED = 2.5
"""Steepness where the first value is the mean of an epoch, in which most of the fall may lie."""

FEWEST, TRUSTED = 5, 20
"""Values under which nothing is said, and from which on the levels are taken as they are."""


def loss_floor(run: Run) -> Reading | None:
    """The last level as a share of the first, of a loss that lives above zero and has settled."""
    course, shape = run.train_course, run.train_shape
    if course is None or shape is None or shape.state not in SHAPES or len(course) < FEWEST:
        return None
    if not course.positive or not course.initial > 0:
        return None
    share = course.end / course.initial
    steepness = STEEPNESS.get(run.unit, AVERAGED)
    trust = min(1.0, len(course) / TRUSTED)
    near = share_above(NEAR_ZERO / share, 1.0, steepness) if share > 0 else 1.0
    part = share_above(share / PART_WAY, 1.0, steepness)
    likelihood = mix(
        (trust * near, {"near_zero": 0.92, "low": 0.06}),
        (trust * part, {"part_way": 0.92, "low": 0.06}),
        (trust * max(0.0, 1.0 - near - part), {"low": 0.92, "part_way": 0.03, "near_zero": 0.03}),
        (1.0 - trust, {"low": 0.5, "part_way": 0.3, "near_zero": 0.15}),
    )
    first, last = course.unscaled(course.initial), course.unscaled(course.end)
    message = f"The training loss ends at {figure(last)}, {figure(100 * share)} % of the {figure(first)} at its start"
    if len(course) < TRUSTED:
        message += f" (only {count(len(course))} points)"
    return Reading("loss_floor", certain(likelihood, 0.95), f"{message}.")
