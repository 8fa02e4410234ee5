"""The first training loss against what an untrained network can give."""

from __future__ import annotations

import math

import numpy as np

from triage.detectors.median import median
from triage.detectors.reading import Reading
from triage.detectors.run import Run
from triage.detectors.words import at, certain, figure, mix, share_above
from triage.history.model import Curve

__all__ = ["initial_loss"]

NOTICED = 100.0
"""From here on a first loss is worth a word whatever the task is. Cross-entropies of an untrained network start below
12, the logarithm of the largest vocabularies, and squared errors of scaled targets near 1; what is larger is a sum over
many terms, or a scale that was forgotten."""

SUSPECT = 70.0
"""Here both are as likely; ten times as much is surely suspicious, a hundred times leaves hardly a doubt."""

GUESSING = (0.0005, 0.55)
"""Accuracies at which a run may still guess: one class in 2,000, two classes and a little."""

FIRST_ROWS = 3

TIMES = 3.0
"""A first loss of so many times, or by so many times below, that of a guess is worth the name."""


def initial_loss(run: Run) -> Reading | None:
    """A first training loss far from that of a guess.

    What a guess costs is told by the accuracy at the start: who guesses among N classes is right once in N times and
    pays ln N. Without one only a loss far above any scaled start says something.
    """
    if run.train is None or len(run.train) == 0:
        return None
    first, step = float(run.train.values[0]), float(run.train.steps[0])
    if not math.isfinite(first):
        return None
    accuracy = _first_accuracy(run)
    if accuracy is not None:
        return _against_guess(run, first, step, accuracy)
    return _against_any(run, first, step) if first >= NOTICED else None


def _first_accuracy(run: Run) -> float | None:
    """The accuracy of the first rows of a run that still guesses there, or None.

    Means over an epoch are not of its start, and a loss of several terms costs more than a guess among classes.
    """
    curve = run.history.curve("train_accuracy")
    if run.unit == "epoch" or run.history.components:
        return None
    if curve is None or run.train is None or not len(curve) or float(curve.steps[0]) > _until(run.train):
        return None
    early = median(curve.values[:FIRST_ROWS])
    share = early / 100.0 if float(np.nanmax(curve.values, initial=0.0)) > 1.5 else early
    low, high = GUESSING
    return share if low <= share <= high else None


def _until(train: Curve) -> float:
    return float(train.steps[min(FIRST_ROWS, len(train)) - 1])


def _against_guess(run: Run, first: float, step: float, accuracy: float) -> Reading:
    guess = -math.log(accuracy)
    far = share_above(first / guess, TIMES, 4.0)
    near = share_above(guess / first, TIMES, 4.0) if first > 0 else 0.5
    usual = max(0.0, 1.0 - far - near)
    likelihood = mix((far, {"far_above": 0.93}), (near, {"far_below": 0.93}), (usual, {"as_expected": 0.93}))
    message = (
        f"The first training loss is {figure(first)} at {at(run.unit, step)}, where the accuracy of {figure(accuracy)} "
        f"is that of a guess, which costs {figure(guess)}."
    )
    return Reading("initial_loss", certain(likelihood, 0.93), message, (step, step))


def _against_any(run: Run, first: float, step: float) -> Reading:
    far = share_above(first, SUSPECT, 0.8)
    likelihood = certain({"far_above": far, "as_expected": max(1.0 - far, 0.02)}, 0.96)
    message = (
        f"The first training loss is {figure(first)} at {at(run.unit, step)}, where an untrained network on scaled "
        "targets starts at a few units (a cross-entropy below about 12)."
    )
    return Reading("initial_loss", likelihood, message, (step, step))
