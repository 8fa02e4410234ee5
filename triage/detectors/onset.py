"""NaN and infinity in the loss: where they begin and what came before."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from triage.detectors.course import Course, Floats, noise_of
from triage.detectors.median import median
from triage.detectors.reading import Reading
from triage.detectors.run import Run
from triage.detectors.words import FACT, at, certain, count, figure, mix, share_above
from triage.history.model import Curve

__all__ = ["nan_onset", "onset_row"]

WINDOW = 50
"""So many finite values before the onset are looked at for growth."""

GROWTH = 3.0
"""The last finite value against the level of the window, from which on the loss had grown before it failed."""


def nan_onset(run: Run) -> Reading | None:
    """Whether the loss turns NaN or infinite, and how that begins."""
    unit = run.unit
    if run.train is None:
        return _validation_alone(run) if run.val is not None else None
    row = _row_of(run.train, run.train_course)
    if row is not None:
        return _training(run.train, row, unit)
    if run.val is not None and (val_row := _row_of(run.val, run.val_course)) is not None:
        bad = ~np.isfinite(run.val.values)
        first, last = float(run.val.steps[val_row]), float(run.val.steps[np.flatnonzero(bad)[-1]])
        message = (
            f"The validation loss is {figure(run.val.values[val_row])} at {count(int(bad.sum()))} of "
            f"{count(len(run.val))} "
            f"evaluations, first at {at(unit, first)}, while the training loss stays finite."
        )
        return Reading("nan_onset", {"validation_only": 0.95, "intermittent": 0.02}, message, (first, last))
    size = len(run.train)
    sure = 0.98 if size >= 5 else 0.9
    who = f"All {count(size)} values" if size > 1 else "The only value"
    return Reading("nan_onset", {"none": sure}, f"{who} of the training loss {'are' if size > 1 else 'is'} finite.")


def onset_row(curve: Curve) -> int | None:
    """First row that is NaN or infinite."""
    bad = ~np.isfinite(curve.values)
    return int(np.argmax(bad)) if bad.any() else None


def _row_of(curve: Curve, finite: Course | None) -> int | None:
    """As `onset_row`, where the finite part is at hand."""
    return None if finite is not None and len(finite) == len(curve) else onset_row(curve)


@dataclass(frozen=True, slots=True)
class _Growth:
    """How the finite values before the onset went."""

    score: float
    level: float
    last: float
    increases: int


def _training(curve: Curve, row: int, unit: str) -> Reading:
    """The onset in the training loss."""
    values, steps = curve.values, curve.steps
    finite = np.isfinite(values)
    size = len(curve)
    kind = _kind(values)
    here = at(unit, float(steps[row]))
    last_bad = float(steps[np.flatnonzero(~finite)[-1]])
    span = (float(steps[row]), last_bad)
    if not finite.any():
        message = (
            f"{kind} in the very first logged value, {here}{_nothing_learned(curve, unit)}, and in all {count(size)}."
        )
        return Reading("nan_onset", certain(_before_the_first_row(curve, unit), FACT), message, span)
    after = int(finite[row:].sum())
    if after:
        return _intermittent(curve, row, kind, after, unit, span)
    before = values[:row]
    fell = f"went from {figure(before[0])} to {figure(before[-1])}" if row > 1 else f"was {figure(before[0])}"
    fell = f"after {count(row)} finite {'values' if row > 1 else 'value'} that {fell}"
    growth = _growth(before)
    likelihood = mix(
        (growth.score, {"after_growth": 0.92, "sudden": 0.05}),
        (1 - growth.score, {"sudden": 0.95, "after_growth": 0.02}),
    )
    if row <= 3:
        likelihood = mix(
            (0.6 if row == 1 else 0.8, likelihood), (0.4 if row == 1 else 0.2, {"first_step": 0.8, "after_growth": 0.2})
        )
    if growth.score >= 0.5:
        tail = f"; it had grown from a level of {figure(growth.level)} to {figure(growth.last)} right before"
        tail += f", {growth.increases} increases in a row" if growth.increases > 1 else ""
    else:
        tail = f"; nothing unusual in the {count(min(WINDOW, row))} before" if row >= 5 else ""
    return Reading("nan_onset", certain(likelihood, FACT), f"{kind} from {here} on, {fell}{tail}.", span)


def _before_the_first_row(curve: Curve, unit: str) -> dict[str, float]:
    """How likely nothing finite is ever logged, by how the loss is lost.

    Where there is a row for each step, the first is of the first step. A row that stands for more steps is also NaN
    where the loss was lost within them: of 172 runs of the fault laboratory that lost it after the first step, 78 % did
    so within the first epoch, and 49 % within ten steps.
    """
    each = unit == "step" and (len(curve) == 1 or median(np.diff(curve.steps)) <= 1.0)
    if each:
        return {"first_step": 0.97, "sudden": 0.02, "after_growth": 0.01}
    within = 0.49 if unit == "step" else 0.78
    return {"first_step": 1.0, "sudden": within, "after_growth": within, "intermittent": 0.01}


def _intermittent(curve: Curve, row: int, kind: str, after: int, unit: str, span: tuple[float, float]) -> Reading:
    """Finite values come again after the first bad one."""
    finite = np.isfinite(curve.values)
    where = f"in the very first logged value, {at(unit, span[0])}{_nothing_learned(curve, unit)}"
    where = where if row == 0 else f"first at {at(unit, span[0])}"
    bad = int((~finite).sum())
    ends_bad = not finite[-1]
    last_good = int(np.flatnonzero(finite)[-1])
    final_run = len(curve) - 1 - last_good
    message = (
        f"{kind} at {count(bad)} of {count(len(curve))} values, {where}, with "
        f"{count(after)} finite "
        f"values after the first of them"
    )
    if not ends_bad:
        return Reading("nan_onset", {"intermittent": 0.96}, f"{message}, the last one included.", span)
    for_good = share_above(final_run / max(bad - final_run, 1), 3.0)
    message += f", and for good from {at(unit, float(curve.steps[last_good + 1]))} on."
    likelihood = mix(
        (1 - for_good, {"intermittent": 0.95}), (for_good, {"intermittent": 0.4, "sudden": 0.45, "after_growth": 0.1})
    )
    return Reading("nan_onset", certain(likelihood), message, span)


def _nothing_learned(curve: Curve, unit: str) -> str:
    """Words for a first logged value that stands before or right after the first update; an epoch has many of them."""
    return ", before anything was learned" if unit == "step" and curve.steps[0] <= 1 else ""


def _growth(before: Floats) -> _Growth:
    """Whether the last finite values left their level upwards.

    The level is the median of the window without its last fifth. Growth is several increases in a row that end far
    above the level; one high last value alone counts half.
    """
    window = before[-WINDOW:]
    size = window.size
    if size < 3:
        last = float(window[-1])
        grew = size == 2 and last > GROWTH * abs(float(window[0])) > 0
        return _Growth(0.5 if grew else 0.1, float(window[0]), last, 1)
    calm = window[: max(1, size - max(2, size // 5))]
    level, last = median(calm), float(window[-1])
    rising = np.diff(window)[::-1] > 0
    increases = int(np.argmin(rising)) if not rising.all() else int(rising.size)
    reference = max(abs(level), np.finfo(float).tiny)
    with np.errstate(over="ignore"):
        factor = (last - level) / reference + 1.0
        beyond = (last - level) / max(8.0 * noise_of(calm), 1e-9 * reference)
    peak = int(np.argmax(window[-max(2, size // 5) :]))
    climbing = share_above(factor, GROWTH, 2.5) if beyond > 1 or size < 6 else 0.0
    if increases < 2 and peak < 1:
        climbing *= 0.5
    whole = before[:: max(1, before.size // 200)]
    lowest = float(whole.min())
    slow = (median(whole[-max(1, whole.size // 10) :]) - lowest) / max(abs(lowest), np.finfo(float).tiny)
    drifting = (
        0.8 * share_above(slow, 2.0, 2.0) if whole.size >= 20 and slow > 0 and last > 1.5 * float(before[0]) else 0.0
    )
    return _Growth(max(climbing, drifting), level if climbing >= drifting else lowest, last, increases)


def _validation_alone(run: Run) -> Reading:
    """Only the validation loss is logged: NaN there may or may not be in training too."""
    assert run.val is not None
    row = onset_row(run.val)
    if row is None:
        return Reading(
            "nan_onset", {"none": 0.9}, f"All {count(len(run.val))} values of the validation loss are finite."
        )
    reading = _training(run.val, row, run.unit)
    likelihood = mix((0.6, reading.likelihood), (0.4, {"validation_only": 0.9}))
    message = f"In the validation loss, the only one logged: {reading.message}"
    return Reading("nan_onset", certain(likelihood, 0.9), message, reading.steps)


def _kind(values: Floats) -> str:
    """``NaN``, ``Inf``, or both in the order in which they come."""
    nan, inf = np.isnan(values), np.isinf(values)
    if not inf.any():
        return "NaN"
    if not nan.any():
        return "Inf"
    return "Inf, then NaN," if np.argmax(inf) < np.argmax(nan) else "NaN, then Inf,"
