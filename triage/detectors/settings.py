"""Settings of the run that its log tells: the learning rate's size, schedule and warm-up, the optimizer, the length.

What stands in the log need not be asked. A reading of a setting is less sure than an answer where the log holds only a
part of what the setting is about: the rate without the optimizer that it is for, a schedule of which the end has not
been reached, a warm-up between two rows.
"""

from __future__ import annotations

import re

import numpy as np

from triage.detectors.course import Floats
from triage.detectors.median import largest, quantile
from triage.detectors.rates import RATE, Rates
from triage.detectors.reading import Reading
from triage.detectors.run import Run
from triage.detectors.words import at, certain, count, figure, mix
from triage.usual import OPTIMIZERS, kinds_of, size_of

__all__ = ["learning_rate_schedule", "learning_rate_size", "optimizer", "training_length", "warmup"]


NAMED_FOR = re.compile(r"(?:^|/)lr-([A-Za-z]+)")
"""Lightning names the rate by the class of the optimizer: ``lr-AdamW``, ``lr-SGD/pg1``."""

HIGH = 0.9
"""Quantile of the rates that stands for the run: some programs warm the biases up from ten times the rate."""

SAME = 1e-6
"""Relative difference below which two rates are the same, printed as they are."""

FEWEST = 5
"""Rows below which no schedule can be told."""

STEPPED = 0.2
"""Of all changes of the rate between rows at most this share, where it drops at set steps."""

THOUSANDS, HUNDREDS = 1000, 100
"""Updates, as the states of the setting have them."""

SHORT_STEPS, SHORT_SHARE = 200, 0.01
"""A climb below either is short, as the states of the setting have it."""


def learning_rate_size(run: Run, rates: Rates | None) -> Reading | None:
    """Where the rate stands against what is usual, whatever the optimizer may be if the log does not name it."""
    if rates is None:
        return None
    high = rates.high if rates.constant else quantile(rates.values, HIGH)
    kinds = kinds_of(_named(run))
    if not kinds:
        return None
    likelihood = certain(mix(*((share, {size_of(high, kind): 1.0}) for kind, share in kinds.items())), 0.9)
    message = f"The learning rate is {figure(high)} or more in a tenth of the log."
    if rates.constant:
        message = f"The learning rate is {figure(high)}."
    return Reading("learning_rate_size", likelihood, message)


def learning_rate_schedule(rates: Rates | None) -> Reading | None:
    """What the rate does behind its warm-up."""
    if rates is None:
        return None
    later = rates.values[int(rates.values.argmax()) :]
    if later.size < FEWEST:
        return None
    rises, falls = (0, 0) if rates.constant else _changes(later)
    sure = 0.95 if later.size >= 4 * FEWEST else 0.8
    first, last = figure(float(later[0])), figure(float(later[-1]))
    if rises + falls == 0:
        likelihood = {"constant": 0.86, "on_plateau": 0.05, "stepwise": 0.05}
        message = f"The learning rate stays at {last} at {count(later.size)} values"
    elif rises > 0:
        likelihood = {"cyclic_or_own": 0.85, "decay_to_a_horizon": 0.05, "constant": 0.05}
        message = f"The learning rate falls from {first} and rises again {count(rises)} times"
    elif falls <= max(1, STEPPED * (later.size - 1)):
        likelihood = {"stepwise": 0.65, "on_plateau": 0.28, "cyclic_or_own": 0.03}
        message = f"The learning rate drops {count(falls)} times, from {first} to {last}"
    elif _falls_by_a_factor(later):
        likelihood = {"stepwise": 0.6, "decay_to_a_horizon": 0.3, "cyclic_or_own": 0.05}
        message = f"The learning rate falls by the same factor again and again, from {first} to {last}"
    else:
        likelihood = {"decay_to_a_horizon": 0.88, "cyclic_or_own": 0.06, "stepwise": 0.03}
        message = f"The learning rate falls smoothly from {first} to {last}"
    return Reading("learning_rate_schedule", certain(likelihood, sure), f"{message}.")


def _changes(values: Floats) -> tuple[int, int]:
    """How often the rate rises from row to row, and how often it falls."""
    steps = (values[1:] - values[:-1]) / values[:-1]
    return int(np.count_nonzero(steps > SAME)), int(np.count_nonzero(steps < -SAME))


def warmup(run: Run, rates: Rates | None) -> Reading | None:
    """How long the rate climbs from the first row on."""
    if rates is None or len(rates) < FEWEST:
        return None
    values, positions = rates.values, rates.steps
    rows = 0 if rates.constant else _climb(values)
    length = float(positions[rows] - positions[0])
    whole = max(float(positions[-1] - positions[0]), 1e-300)
    if rows == 0:
        fine = run.unit == "step" and positions[0] <= SHORT_STEPS
        likelihood = {"not_used": 0.93, "short": 0.05} if fine else {"not_used": 0.6, "short": 0.3, "ordinary": 0.08}
        message = f"The learning rate does not climb: it begins at {figure(float(values[0]))}"
    elif rows == len(rates) - 1 or values[rows] < 1.2 * values[0]:
        return None
    else:
        brief = length / whole < SHORT_SHARE or (run.unit == "step" and length < SHORT_STEPS)
        likelihood = {"short": 0.9, "ordinary": 0.07} if brief else {"ordinary": 0.9, "short": 0.07}
        message = (
            f"The learning rate climbs from {figure(float(values[0]))} to {figure(float(values[rows]))} until "
            f"{at(run.unit, float(positions[rows]))}"
        )
    return Reading("warmup", certain(likelihood, 0.95), f"{message}.")


def _climb(values: Floats) -> int:
    """How many rows the rate rises from the first one on, each beyond the one before."""
    rising = values[1:] - values[:-1] > SAME * values[:-1]
    return int(rising.argmin()) if not rising.all() else rising.size


def optimizer(run: Run) -> Reading | None:
    """What the name of the rate says."""
    named = _named(run)
    if named not in OPTIMIZERS:
        return None
    return Reading("optimizer", OPTIMIZERS[named], f"The learning rate is logged as {run.history.columns[RATE]}.")


def training_length(run: Run) -> Reading | None:
    """How many updates the log is long; an epoch holds any number of them, and what is called a step may be one."""
    curve = run.train if run.train is not None else run.val
    if curve is None or not len(curve) or run.unit not in ("step", "epoch"):
        return None
    last = largest(curve.steps)
    if not np.isfinite(last) or last < 0:
        return None
    if run.unit == "step" and last >= THOUSANDS:
        likelihood = {"thousands_of_updates": 0.95, "hundreds_of_updates": 0.05}
    elif run.unit == "step" and last >= HUNDREDS:
        likelihood = {"hundreds_of_updates": 0.62, "thousands_of_updates": 0.35, "fewer": 0.03}
    elif run.unit == "step":
        likelihood = {"fewer": 0.45, "hundreds_of_updates": 0.3, "thousands_of_updates": 0.25}
    elif last >= 12:
        likelihood = {"thousands_of_updates": 0.9, "hundreds_of_updates": 0.1}
    else:
        likelihood = {"thousands_of_updates": 0.4, "hundreds_of_updates": 0.45, "fewer": 0.15}
    return Reading("training_length", certain(likelihood, 0.95), f"The log ends at {at(run.unit, last)}.")


def _named(run: Run) -> str:
    """Class of the optimizer in small letters, empty where the log does not name it."""
    found = NAMED_FOR.search(run.history.columns.get(RATE, ""))
    return found[1].lower() if found else ""


def _falls_by_a_factor(values: Floats) -> bool:
    """Whether each value is the same share of the one before, to a hundredth of the fall."""
    if float(values.min()) <= 0.0:
        return False
    factors = np.diff(np.log(values))
    return bool(np.ptp(factors) <= 0.01 * np.abs(factors).max())
