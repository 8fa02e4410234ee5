"""The eyes of the system: what a history shows, symptom by symptom, and the settings that it tells.

`detect` reads every symptom and setting that a log can carry and returns one `Reading` for each: a likelihood over its
states and a sentence with the figures it rests on. What the history does not carry has no reading.
Judgement is scale-free: noise is estimated from the curve itself, and only a constant that is evidence by itself
(ln N, 1/N, a saturation value, exactly 0) is compared as a number.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from triage.detectors.components import failing_component
from triage.detectors.drops import fall_at_rate_drop
from triage.detectors.failure import failure_coincides_with, failure_of, failure_time, spike_timing
from triage.detectors.floor import loss_floor
from triage.detectors.gradients import grad_norm_course
from triage.detectors.initial import initial_loss
from triage.detectors.metrics import metric_against_loss
from triage.detectors.noise import loss_noise
from triage.detectors.onset import nan_onset
from triage.detectors.rates import learning_rate_course, loss_scale_course, rates_of
from triage.detectors.reading import Reading
from triage.detectors.run import prepare
from triage.detectors.settings import (
    learning_rate_schedule,
    learning_rate_size,
    optimizer,
    training_length,
    warmup,
)
from triage.detectors.signature import loss_signature
from triage.detectors.trend import speed_of_descent, train_loss_trend
from triage.detectors.validation import val_loss_course, validation_against_train
from triage.history.model import History

__all__ = ["Reading", "detect"]


def detect(history: History) -> tuple[Reading, ...]:
    """Read every symptom and setting that the history carries, in a fixed order, at most one reading for each.

    Values up to the limits of float64 may overflow in a ratio or a sum; the infinity that comes of it is judged as one.
    """
    with np.errstate(all="ignore"):
        return _detect(history)


def _detect(history: History) -> tuple[Reading, ...]:
    run = prepare(history)
    onset = nan_onset(run)
    rates = rates_of(run)
    at_drop = fall_at_rate_drop(run, rates)
    trend = train_loss_trend(run, at_drop)
    trend_state = trend.state if trend is not None else ""
    failure = failure_of(run, trend_state, onset.state if onset is not None else "")
    readings = (
        onset,
        trend,
        failure_time(run, failure),
        failure_coincides_with(run, failure),
        loss_signature(run, trend_state),
        initial_loss(run),
        speed_of_descent(run),
        loss_noise(run),
        loss_floor(run),
        validation_against_train(run),
        val_loss_course(run),
        grad_norm_course(run, failure),
        failing_component(run),
        learning_rate_course(run, rates),
        at_drop,
        loss_scale_course(run),
        metric_against_loss(run),
        spike_timing(run, trend_state),
        optimizer(run),
        learning_rate_size(run, rates),
        learning_rate_schedule(rates),
        warmup(run, rates),
        training_length(run),
    )
    return tuple(_forwards(reading) for reading in readings if reading is not None)


def _forwards(reading: Reading) -> Reading:
    """The reading with its first position not after its last, also where the steps of the log start over."""
    if reading.steps is None or reading.steps[0] <= reading.steps[1]:
        return reading
    return replace(reading, steps=(reading.steps[1], reading.steps[0]))
