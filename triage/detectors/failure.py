"""When the failure came, what came with it, and the rhythm of spikes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from triage.detectors.course import Course, Floats, finite_of, in_order, restarts
from triage.detectors.events import is_rhythmic
from triage.detectors.median import median
from triage.detectors.onset import onset_row
from triage.detectors.reading import Reading
from triage.detectors.run import Run
from triage.detectors.words import at, certain, count, figure, mix, share_above
from triage.history.model import Curve

__all__ = ["Failure", "failure_coincides_with", "failure_of", "failure_time", "spike_timing"]

FAILURES = ("spikes_that_heal", "jump_then_plateau", "falls_then_rises", "diverging", "collapsed_to_chance")
"""Shapes of the training loss that are an event."""

FIRST_UPDATES = 10
"""A handful of updates."""

LONG_UPDATES = 300
"""Hundreds of good steps are long progress."""

LONG_EPOCHS = 8
"""... and so are many epochs."""

RATE_STEP = 1.3
"""A rate that changes by this factor between two rows changes suddenly."""


@dataclass(frozen=True, slots=True)
class Failure:
    """An event in the training (else validation) loss: its row there, its position, and what happens, in words."""

    curve: Curve
    row: int
    step: float
    what: str


def failure_of(run: Run, trend: str, onset: str) -> Failure | None:
    """The event that the failure findings are about; None where nothing failed.

    Args:
        run: the run.
        trend: state read for ``train_loss_trend``, or empty.
        onset: state read for ``nan_onset``, or empty.

    """
    if onset in ("sudden", "after_growth") and run.train is not None:
        row = onset_row(run.train)
        if row is not None:
            return Failure(run.train, row, float(run.train.steps[row]), "the loss stops being finite")
    course, shape = run.train_course, run.train_shape
    if trend in FAILURES and course is not None and shape is not None and shape.event_row is not None:
        finite = Curve(course.name, course.steps, course.values)
        what = "the first spike stands" if trend == "spikes_that_heal" else "the loss leaves its course"
        return Failure(finite, shape.event_row, float(course.steps[shape.event_row]), what)
    if onset == "validation_only" and run.val is not None:
        row = onset_row(run.val)
        if row:
            return Failure(run.val, row, float(run.val.steps[row]), "the validation loss stops being finite")
    return None


def failure_time(run: Run, failure: Failure | None) -> Reading | None:
    """How far into the run the failure came, in updates or epochs and as a share of the log."""
    if failure is None:
        return None
    first = float(run.train.steps[0]) if run.train is not None else float(failure.curve.steps[0])
    last = float(failure.curve.steps.max())
    done = max(failure.step - first, 0.0)
    share = done / (last - first) if last > first else 0.0
    if run.unit == "epoch":
        likelihood = _by_epochs(done, failure.row)
    else:
        likelihood = _by_updates(done if run.unit == "step" else float(failure.row), share, failure.row)
    lie = "value lies" if failure.row == 1 else "values lie"
    message = (
        f"Where {failure.what}, at {at(run.unit, failure.step)}, {count(failure.row)} good {lie} behind and "
        f"{100 * share:.0f} % of the log."
    )
    return Reading("failure_time", certain(likelihood), message, (failure.step, failure.step))


def _by_updates(done: float, share: float, rows: int) -> dict[str, float]:
    """Likelihood from a number of updates; a late share of the log speaks for long progress too."""
    begun = share_above(done, FIRST_UPDATES, 4.0)
    long = share_above(done, LONG_UPDATES, 2.5)
    if done < 3000 and share < 0.1:
        long *= 0.3 + 0.5 * min(1.0, done / 3000)
    elif share > 0.3 and done > 50:
        long = max(long, 0.5)
    if rows <= 1:
        long *= 0.6
    return mix(
        (1 - begun, {"first_steps": 0.94, "early": 0.04}),
        (begun * (1 - long), {"early": 0.93, "first_steps": 0.03}),
        (begun * long, {"after_long_progress": 0.95, "early": 0.02}),
    )


def _by_epochs(done: float, rows: int) -> dict[str, float]:
    """Likelihood from a number of epochs; within the first one nobody can tell the steps apart."""
    if done < 1 or rows <= 1:
        return {"first_steps": 0.35, "early": 0.58, "after_long_progress": 0.04}
    long = share_above(done, LONG_EPOCHS, 2.5)
    return mix(
        (1 - long, {"early": 0.93, "after_long_progress": 0.02}), (long, {"after_long_progress": 0.95, "early": 0.02})
    )


def failure_coincides_with(run: Run, failure: Failure | None) -> Reading | None:
    """What a log can show at the failure: a restart, the boundary of an epoch, a change of the rate.

    Nothing is said where neither a rate nor epochs nor a restart are on record.
    """
    if failure is None or failure.row < 1:
        return None
    here = at(run.unit, failure.step)
    span = (failure.step, failure.step)
    if _restarted(run, failure):
        message = f"The steps start over right before {here}, where {failure.what}: a restart."
        likelihood = {"restart": 0.9, "nothing_noticed": 0.04, "epoch_boundary": 0.03}
        return Reading("failure_coincides_with", likelihood, message, span)
    change = _rate_change(run, failure)
    if change is not None:
        message = f"The learning rate {change} right where {failure.what}, at {here}."
        likelihood = {"rate_change": 0.85, "nothing_noticed": 0.1}
        return Reading("failure_coincides_with", likelihood, message, span)
    boundaries = _epoch_boundaries(run)
    if boundaries is not None and boundaries.size:
        spacing = _spacing(failure.curve.steps)
        away = float(np.min(np.abs(boundaries - failure.step)))
        length = median(np.diff(boundaries)) if boundaries.size > 1 else float(boundaries[0])
        if away <= 1.01 * spacing and length >= 8 * spacing:
            by_chance = min(0.5, 3 * spacing / length)
            message = f"An epoch ends within one logged value of {here}, where {failure.what}."
            likelihood = {"epoch_boundary": 0.9 - by_chance, "nothing_noticed": by_chance + 0.04, "same_batch": 0.03}
            return Reading("failure_coincides_with", likelihood, message, span)
    if run.history.curve("learning_rate") is None and boundaries is None:
        return None
    message = f"Neither a restart nor a change of the rate nor the end of an epoch is on record at {here}."
    return Reading("failure_coincides_with", {"nothing_noticed": 0.75, "same_batch": 0.15}, message, span)


def spike_timing(run: Run, trend: str) -> Reading | None:
    """The rhythm of at least three spikes: one per epoch, ever more frequent, or irregular."""
    course, shape = run.train_course, run.train_shape
    if trend not in ("spikes_that_heal", "oscillating") or course is None or shape is None or len(shape.spikes) < 3:
        return None
    rows = np.asarray(shape.spikes, dtype=np.int64)
    steps = course.steps[rows]
    gaps = np.diff(steps)
    span = (float(steps[0]), float(steps[-1]))
    if not np.all(gaps > 0):
        return None
    boundaries = _epoch_boundaries(run)
    if is_rhythmic(rows) or (rows.size == 3 and abs(gaps[1] / gaps[0] - 1) < 0.02 and boundaries is not None):
        period = median(gaps)
        message = f"{count(rows.size)} spikes follow each other every {figure(period)} {run.unit}s"
        likelihood = {"once_per_epoch": 0.75, "irregular": 0.18}
        if boundaries is not None and boundaries.size > 1:
            length = median(np.diff(boundaries))
            fits = abs(period / length - 1) < 0.1
            likelihood = (
                {"once_per_epoch": 0.95, "irregular": 0.03} if fits else {"once_per_epoch": 0.2, "irregular": 0.7}
            )
            message += f"; an epoch has {figure(length)}"
        return Reading("spike_timing", likelihood, f"{message}.", span)
    denser = _denser(gaps, course, float(steps[0]))
    likelihood = mix(
        (denser, {"growing_more_frequent": 0.95}), (1 - denser, {"irregular": 0.93, "growing_more_frequent": 0.03})
    )
    third = max(1, gaps.size // 3)
    message = (
        f"{count(rows.size)} spikes without a period; the distance between them goes from "
        f"{figure(median(gaps[:third]))} "
        f"to {figure(median(gaps[-third:]))} {run.unit}s."
    )
    return Reading("spike_timing", certain(likelihood, 0.9 if rows.size >= 5 else 0.75), message, span)


def _denser(gaps: Floats, course: Course, first: float) -> float:
    """How surely the distances shrink: rank correlation with their order, and factor from first to last."""
    gaps = np.concatenate([[max(first - float(course.steps[0]), float(gaps.min()))], gaps])
    if gaps.size < 4:
        return 0.2 if np.all(np.diff(gaps) < 0) else 0.05
    ranks = np.argsort(np.argsort(gaps)).astype(np.float64)
    order = np.arange(gaps.size, dtype=np.float64)
    link = float(np.corrcoef(ranks, order)[0, 1])
    third = max(1, gaps.size // 3)
    factor = float(np.median(gaps[:third]) / np.median(gaps[-third:]))
    return share_above(factor, 2.0, 3.0) if link < -0.5 else 0.05


def _restarted(run: Run, failure: Failure) -> bool:
    """Whether the steps start over at most two rows before the failure, and do so rarely (not once an epoch)."""
    curve = run.history.curve("train_loss")
    if curve is None:
        return False
    again = restarts(curve)
    if not again.size and not run.history.resumes:
        return False
    rows = np.union1d(again, _resumed(run))
    if rows.size > 5:
        return False
    ordered = in_order(curve)
    at_failure = np.flatnonzero((ordered.steps == failure.step) & (np.arange(len(ordered)) >= failure.row))
    return bool(at_failure.size and np.any((at_failure[0] - rows >= 0) & (at_failure[0] - rows <= 2)))


def _resumed(run: Run) -> NDArray[np.int64]:
    """Rows of the training loss at which the run was taken up again, where positions were counted on meanwhile."""
    logged = run.history.series["train_loss"].logged
    first: NDArray[np.int64] = np.cumsum(logged) - logged
    return np.array([first[row] for row in run.history.resumes], dtype=np.int64)


def _rate_change(run: Run, failure: Failure) -> str | None:
    """A sudden change of the rate, or the end of its warm-up, within a few rows before the failure."""
    rate = run.history.curve("learning_rate")
    if rate is None:
        return None
    rate = in_order(rate)
    reach = max(3 * _spacing(failure.curve.steps), 2 * _spacing(rate.steps))
    lost = rate.steps[~np.isfinite(rate.values)]
    if lost.size and lost[0] > 0 and abs(failure.step - float(lost[0])) <= reach:
        return "stops being a number"
    rate = finite_of(rate)
    if len(rate) < 5:
        return None
    values, steps = rate.values, rate.steps
    row = int(np.searchsorted(steps, failure.step, side="right"))
    low = int(np.searchsorted(steps, failure.step - reach))
    window = values[max(0, low - 1) : row]
    if window.size >= 2 and np.all(window > 0):
        factors = window[1:] / window[:-1]
        sharp = int(np.argmax(np.abs(np.log(factors))))
        usual = median(np.abs(np.diff(np.log(np.maximum(values[-2000:], 1e-300)))))
        size = float(factors[sharp])
        if (size <= 0 or max(size, 1 / size) >= RATE_STEP) and abs(np.log(size)) > 5 * usual and low > 2:
            return f"goes from {figure(float(window[sharp]))} to {figure(float(window[sharp + 1]))}"
    top = int(np.argmax(values))
    warmed = top >= 3 and values[0] < 0.5 * values[top] and bool(np.all(np.diff(values[: top + 1]) >= 0))
    if warmed and abs(float(steps[top]) - failure.step) <= max(reach, 0.05 * float(steps[top] - steps[0])):
        return f"ends its warm-up at {figure(float(values[top]))} ({at(run.unit, float(steps[top]))})"
    return None


def _epoch_boundaries(run: Run) -> Floats | None:
    """Positions at which a new epoch begins; None where the log counts epochs itself or does not know them."""
    epoch, step = run.history.epoch, run.history.step
    if run.unit == "epoch" or epoch is None:
        return None
    known = np.isfinite(epoch) & np.isfinite(step)
    if int(known.sum()) < 4:
        return None
    whole = np.floor(epoch[known] + 1e-9)
    rows: NDArray[np.int64] = np.flatnonzero(np.diff(whole) > 0) + 1
    return np.asarray(np.unique(step[known][rows]), dtype=np.float64)


def _spacing(steps: Floats) -> float:
    """Usual distance between two logged positions."""
    gaps = np.diff(steps[:: max(1, steps.size // 10_000)])
    gaps = gaps[gaps > 0]
    return median(gaps) / max(1, steps.size // 10_000) if gaps.size else 1.0
