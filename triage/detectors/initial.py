"""The first training loss against what an untrained network can give."""

from __future__ import annotations

import math

from triage.detectors.reading import Reading
from triage.detectors.run import Run
from triage.detectors.words import at, certain, figure, share_above

__all__ = ["initial_loss"]

NOTICED = 100.0
"""From here on a first loss is worth a word; below, only the task tells what it should be. Cross-entropies of an
untrained network start below 12, the logarithm of the largest vocabularies, and squared errors of scaled targets near
1; what is larger is a sum over many terms, or a scale that was forgotten."""

SUSPECT = 70.0
"""Here both are as likely; ten times as much is surely suspicious, a hundred times leaves hardly a doubt."""


def initial_loss(run: Run) -> Reading | None:
    """A first training loss far above any scaled start; a log alone does not say what else it should be."""
    if run.train is None or len(run.train) == 0:
        return None
    first, step = float(run.train.values[0]), float(run.train.steps[0])
    if not math.isfinite(first) or first < NOTICED:
        return None
    far = share_above(first, SUSPECT, 0.8)
    likelihood = certain({"far_above": far, "as_expected": max(1.0 - far, 0.02)}, 0.96)
    message = (
        f"The first training loss is {figure(first)} at {at(run.unit, step)}, where an untrained network on scaled "
        "targets starts at a few units (a cross-entropy below about 12)."
    )
    return Reading("initial_loss", likelihood, message, (step, step))
