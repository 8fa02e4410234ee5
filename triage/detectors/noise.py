"""How rough the training loss is from value to value: the noise of single batches against the level they lie on.

The loss of one batch is a mean over its samples, so its noise falls with the root of the batch: four times the batch
halves it. A log does not hold the batch, and tasks differ, so only noise far from all that is usual says something.
"""

from __future__ import annotations

import numpy as np

from triage.detectors.course import MAD_TO_SIGMA, NOISE_SAMPLE, Course
from triage.detectors.median import median
from triage.detectors.reading import Reading
from triage.detectors.run import Run
from triage.detectors.words import certain, count, figure, mix, share_above

__all__ = ["loss_noise"]

ROUGH = 0.7
"""Noise of one value against its level from which on a loss is rough: one in seven of independent normal values is then
below a third of the level, or above five thirds."""

SMOOTH = 0.02
"""... and below which it is smooth: a fiftieth, as a batch of some thousand samples has where one sample's loss varies
by all of its level."""

STEEPNESS = 3.0

FEWEST = 8
"""Values under which neighbours say nothing of noise."""

TRUSTED = 20
"""Values from which on the estimate is taken as it is; its relative error is then a quarter."""

SHAPES = ("falling", "still_falling_at_end", "plateau", "spikes_that_heal")
"""Courses that noise lies on. What swings, jumps or grows is rough by that, and is said there; what never left its
start is smooth by that, as an untrained network finds all samples alike."""


def loss_noise(run: Run) -> Reading | None:
    """Noise of single batches against the level of the loss, in a log that counts steps and does not average epochs."""
    course, shape = run.train_course, run.train_shape
    if course is None or shape is None or shape.state not in SHAPES or len(course) < FEWEST:
        return None
    if run.unit != "step" or not course.positive or _of_epochs(run, course):
        return None
    noise = relative_noise(course)
    if noise is None:
        return None
    trust = min(1.0, len(course) / TRUSTED)
    rough = share_above(noise / ROUGH, 1.0, STEEPNESS)
    smooth = share_above(SMOOTH / noise, 1.0, STEEPNESS) if noise > 0 else 1.0
    likelihood = mix(
        (trust * rough, {"rough": 0.92, "ordinary": 0.05}),
        (trust * smooth, {"smooth": 0.92, "ordinary": 0.05}),
        (trust * max(0.0, 1.0 - rough - smooth), {"ordinary": 0.93, "rough": 0.02, "smooth": 0.02}),
        (1.0 - trust, {"ordinary": 0.6, "rough": 0.18, "smooth": 0.18}),
    )
    message = f"The training loss varies from value to value by {figure(100 * noise)} % of its level there"
    if len(course) < TRUSTED:
        message += f" (only {count(len(course))} points)"
    return Reading("loss_noise", certain(likelihood, 0.95), f"{message}.")


def relative_noise(course: Course) -> float | None:
    """Standard deviation of one value as a share of the level there; None where no level is above zero.

    Second differences leave a straight trend at zero, and of independent noise have six times its variance. The median
    of their sizes, each against the smoothed course at its place, passes over heavy tails, spikes and jumps.
    """
    stride = max(1, (len(course) - 2) // NOISE_SAMPLE)
    middle = np.arange(1, len(course) - 1, stride)
    values = course.scaled
    second = np.abs(values[middle - 1] - 2.0 * values[middle] + values[middle + 1])
    level = course.smooth[middle // course.rows]
    above = level > 0
    if np.count_nonzero(above) < FEWEST - 2:
        return None
    return float(MAD_TO_SIGMA * median(second[above] / level[above]) / 6.0**0.5)


def _of_epochs(run: Run, course: Course) -> bool:
    """Whether the log has about one value per epoch of several steps, which may be the mean of them all."""
    if run.history.epoch is None:
        return False
    epochs = run.history.epoch[:: max(1, run.history.epoch.size // NOISE_SAMPLE)]
    epochs = epochs[np.isfinite(epochs)]
    steps = float(course.steps[-1] - course.steps[0])
    if not epochs.size or steps < 1.5 * (len(course) - 1):
        return False
    return len(course) <= 1.5 * (float(np.ptp(epochs)) + 1.0)
