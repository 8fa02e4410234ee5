"""The learning rate and the loss scale that were really applied."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from triage.detectors.course import Floats, finite_of, in_order, typical
from triage.detectors.median import largest, smallest
from triage.detectors.reading import Reading
from triage.detectors.run import Run
from triage.detectors.words import CEILING, FACT, at, certain, count, figure, mix, share_above

__all__ = ["RATE", "Rates", "learning_rate_course", "loss_scale_course", "rates_of"]

RATE = "learning_rate"

Indices = NDArray[np.int64]

JUMP = 2.5
"""A rise of the rate by this factor between two rows, after it had been held or lowered, is a jump."""

PORTION = 100_000

NEARLY = 0.999
"""Rows that rise by this share of a jump are looked at closely; so few that the rest of a long log need not be."""

LOW = 0.02
"""A rate below this share of its maximum moves little; a cosine gets there at 91 % of its length."""

EARLY = 0.65
"""Getting there before this part of the run is early."""

COLLAPSE = 64.0
"""A loss scale that loses this factor within a short stretch collapses; ordinary backing off is one or two halvings."""

STRETCH = 0.05
"""Short stretch, as a share of the run."""

CALIBRATION = 0.05
"""The scale looks for its level in this opening part of a run."""


@dataclass(frozen=True, slots=True)
class Rates:
    """The finite learning rates of a run in the order of time.

    Args:
        steps: positions, shape (n,).
        values: none below zero, shape (n,).
        low: the least of them.
        high: the largest, above zero.

    """

    steps: Floats
    values: Floats
    low: float
    high: float

    def __len__(self) -> int:
        """Number of rates."""
        return int(self.values.size)

    @property
    def constant(self) -> bool:
        """Whether all are the same."""
        return self.low == self.high


def rates_of(run: Run) -> Rates | None:
    """The finite rates in time order; None where there is none, or one that no optimizer takes."""
    curve = run.finite(RATE)
    if curve is None or len(curve) == 0:
        return None
    low, high = smallest(curve.values), largest(curve.values)
    return Rates(curve.steps, curve.values, low, high) if low >= 0.0 and high > 0.0 else None


def learning_rate_course(run: Run, rates: Rates | None) -> Reading | None:
    """Whether the rate is finite, non-zero, free of jumps up and not gone too early.

    Args:
        run: the run.
        rates: as `rates_of` finds them.

    """
    curve = run.ordered(RATE)
    if curve is None or len(curve) < 3:
        return None
    values, steps, unit = curve.values, curve.steps, run.unit
    bad = (~np.isfinite(values)).nonzero()[0]
    if bad.size:
        span = (float(steps[bad[0]]), float(steps[bad[-1]]))
        message = (
            f"The learning rate is {figure(values[bad[0]])} at {at(unit, span[0])}, {count(bad.size)} values in all."
        )
        return Reading("learning_rate_course", {"not_finite": FACT}, message, span)
    if rates is None or not rates.constant:
        found = _zero(values, steps, unit) or _jump(values, steps, unit) or _gone_early(values, steps, unit)
        if found is not None:
            return found
    first, last, top = float(values[0]), float(values[-1]), largest(values)
    sure = 0.96 if values.size >= 10 else 0.85
    message = (
        f"The learning rate goes from {figure(first)} to {figure(last)} with a maximum of {figure(top)}, "
        "without a jump up."
    )
    return Reading("learning_rate_course", {"as_planned": sure}, message)


def _zero(values: Floats, steps: Floats, unit: str) -> Reading | None:
    """Zero at other rows than the first of a warm-up and the last of a decay."""
    zero = values == 0.0
    size = values.size
    if not zero.any():
        return None
    lead = int(np.argmin(zero)) if not zero.all() else size
    tail = int(np.argmin(zero[::-1])) if not zero.all() else size
    number = int(np.count_nonzero(zero))
    inside = number - lead - tail if not zero.all() else number
    long_lead = lead > max(2, 0.05 * size)
    long_tail = tail > max(2, 0.1 * size)
    if inside <= 0 and not long_lead and not long_tail:
        return None
    rows = np.flatnonzero(zero)
    span = (float(steps[rows[0]]), float(steps[rows[-1]]))
    if inside <= 0 and not long_lead:
        early = share_above(tail / size, 0.3, 2.0)
        likelihood = mix(
            (early, {"zero": 0.6, "decays_too_early": 0.35}),
            (1 - early, {"as_planned": 0.6, "zero": 0.25, "decays_too_early": 0.1}),
        )
        span = (float(steps[size - tail]), float(steps[-1]))
    elif zero.all():
        likelihood = {"zero": FACT} if size >= 3 else {"zero": 0.7, "as_planned": 0.25}
    else:
        likelihood = {"zero": 0.85, "as_planned": 0.12}
    message = (
        f"The learning rate is exactly 0 at {count(number)} of {count(size)} values, first at {at(unit, span[0])}."
    )
    return Reading("learning_rate_course", certain(likelihood, FACT if zero.all() else CEILING), message, span)


def _jump(values: Floats, steps: Floats, unit: str) -> Reading | None:
    """A sudden rise after the warm-up; regular ones are warm restarts and mostly planned."""
    if values.size < 4:
        return None
    near = _rows_near_a_jump(values)
    if not np.any(values[near + 1] >= JUMP * values[near]):
        return None
    held = _held_since(values)
    if held is None:
        return None
    later = values[held:]
    higher = near[near >= held] - held
    higher = higher[(later[higher + 1] > later[higher]) & (later[higher] > 0)]
    factors = later[higher + 1] / later[higher]
    rows, factors = higher[factors >= JUMP], factors[factors >= JUMP]
    if rows.size == 0:
        return None
    largest = int(rows[np.argmax(factors)]) + held
    step = float(steps[largest + 1])
    gaps = np.diff(rows)
    regular = rows.size >= 3 and bool(np.all((gaps[1:] / gaps[:-1] > 0.9) & (gaps[1:] / gaps[:-1] < 3.0)))
    likelihood = {"as_planned": 0.65, "jumps_up": 0.3} if regular else {"jumps_up": 0.92, "as_planned": 0.05}
    message = (
        f"The learning rate jumps up {'once' if rows.size == 1 else f'{count(rows.size)} times'}, the most from "
        f"{figure(float(values[largest]))} to {figure(float(values[largest + 1]))} at {at(unit, step)}."
    )
    return Reading("learning_rate_course", likelihood, message, (float(steps[rows[0] + held + 1]), step))


def _rows_near_a_jump(values: Floats) -> Indices:
    """Rows before a rise by nearly a jump or more; in portions, as new memory is what takes time in a long log."""
    portions = ((first, values[first : first + PORTION + 1]) for first in range(0, values.size - 1, PORTION))
    return np.concatenate([np.flatnonzero(some[1:] >= NEARLY * JUMP * some[:-1]) + first for first, some in portions])


def _held_since(values: Floats) -> int | None:
    """First row behind the warm-up: the rate has fallen, or was the same five times; None where it only ever rises."""
    falls = values[1:] < values[:-1]
    rising = int(falls.argmax()) if falls.any() else falls.size
    same = np.flatnonzero(values[1 : rising + 1] == values[:rising])
    if same.size >= 5:
        return int(same[4]) + 1
    return rising + 1 if rising < falls.size else None


def _gone_early(values: Floats, steps: Floats, unit: str) -> Reading | None:
    """Down to a small share of the maximum for good, long before the end."""
    top = float(values.max())
    if values.size < 10 or not top > 0:
        return None
    row = values.size - int((values >= LOW * top)[::-1].argmax())
    part = row / values.size
    early = share_above(EARLY / max(part, 1e-3), 1.0, 6.0)
    if row >= values.size or early < 0.4:
        return None
    step = float(steps[row])
    likelihood = mix((early, {"decays_too_early": 0.85, "as_planned": 0.1}), (1 - early, {"as_planned": 0.9}))
    message = (
        f"The learning rate is below {100 * LOW:.0f} % of its maximum {figure(top)} from {at(unit, step)} on, "
        f"{100 * part:.0f} % into the log."
    )
    return Reading("learning_rate_course", certain(likelihood), message, (step, float(steps[-1])))


def loss_scale_course(run: Run) -> Reading | None:
    """Whether the dynamic loss scale of mixed precision is steady, collapses or sits at its minimum."""
    curve = run.history.curve("loss_scale")
    if curve is None or len(curve) < 3:
        return None
    curve = finite_of(in_order(curve))
    values, steps, unit = curve.values, curve.steps, run.unit
    if values.size < 3 or float(values.max()) <= 0:
        return None
    if values.size > 10_000:
        block = -(-values.size // 5_000)
        whole = values.size // block * block
        values = np.minimum.reduceat(values, np.arange(0, whole, block))
        steps = steps[:whole:block]
    trust = min(1.0, values.size / 10)
    level, last = typical(values), float(values[-1])
    if float(values.max()) > 1.0 and typical(values[-max(2, values.size // 5) :]) <= 1.0:
        row = int(np.flatnonzero(values > 1.0)[-1]) + 1
        span = (float(steps[min(row, values.size - 1)]), float(steps[-1]))
        message = (
            f"The loss scale falls from {figure(float(values.max()))} to {figure(last)} and stays at 1 or "
            f"below from {at(unit, span[0])} on."
        )
        return Reading("loss_scale_course", {"stuck_at_minimum": 0.6 + 0.3 * trust, "collapses": 0.06}, message, span)
    window = max(3, int(STRETCH * values.size))
    start = max(1, int(CALIBRATION * values.size))
    before = values[start:-window] if values.size > start + window else values[:0]
    factors = before / np.maximum(values[start + window :], 1e-300) if before.size else np.ones(1)
    worst = int(np.argmax(factors))
    factor = float(factors[worst])
    collapsed = trust * share_above(factor, COLLAPSE, 2.0)
    row = start + worst
    span = (float(steps[min(row, values.size - 1)]), float(steps[min(row + window, values.size - 1)]))
    likelihood = mix((collapsed, {"collapses": 0.94}), (1 - collapsed, {"steady": 0.95, "collapses": 0.02}))
    message = f"The loss scale goes from {figure(float(values[0]))} to {figure(last)}, median {figure(level)}"
    if collapsed > 0.5:
        message += f"; it loses a factor of {figure(factor)} between {at(unit, span[0])} and {at(unit, span[1])}"
        return Reading("loss_scale_course", certain(likelihood), f"{message}.", span)
    return Reading("loss_scale_course", certain(likelihood), f"{message}.")
