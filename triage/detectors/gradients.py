"""The gradient norm and how it goes before the failure."""

from __future__ import annotations

import numpy as np

from triage.detectors.course import Floats, typical
from triage.detectors.failure import Failure
from triage.detectors.median import median, quantile
from triage.detectors.onset import onset_row
from triage.detectors.reading import Reading
from triage.detectors.run import Run
from triage.detectors.words import at, certain, count, figure, mix, share_above

__all__ = ["grad_norm_course"]

GROWTH = 4.0
"""Several-fold growth of the norm in the rows before the failure (a public 176B run went from .24 to 960 in six)."""

APPROACH = 40
"""So many rows before the failure are looked at."""

TINY = 1e-6
"""A median norm below this moves no weight in float32 at usual rates; healthy norms end above 1e-3."""

LARGE = 300.0
"""A median norm above this over the first tenth is large for any usual scaling; clipping thresholds lie near 1."""

SMALL = 0.1
"""Small for long: the norm had sunk below this share of its start."""


def grad_norm_course(run: Run, failure: Failure | None) -> Reading | None:
    """Course of the gradient norm: its level, and what it did before the loss failed."""
    curve, finite = run.ordered("grad_norm"), run.finite("grad_norm")
    if curve is None or finite is None or len(curve) < 3:
        return None
    unit = run.unit
    span = (float(curve.steps[0]), float(curve.steps[-1]))
    bad = onset_row(curve)
    if bad is not None:
        reading = _not_finite(run, curve.values, curve.steps, bad)
        if reading is not None:
            return reading
    if len(finite) < 3:
        return None
    values, steps = finite.values, finite.steps
    zeros = int(np.count_nonzero(values == 0.0)) / values.size
    if zeros > 0.5:
        message = f"The gradient norm is exactly 0 at {100 * zeros:.0f} % of {count(values.size)} values."
        return Reading("grad_norm_course", {"zero": 0.95, "tiny": 0.03}, message, span)
    if failure is not None:
        reading = _before_failure(values, steps, failure, unit)
        if reading is not None:
            return reading
    return _level(values, span)


def _not_finite(run: Run, values: Floats, steps: Floats, row: int) -> Reading | None:
    """NaN or infinity in the norm, against the first bad loss; single skipped steps of a loss scaler are ordinary."""
    bad = ~np.isfinite(values)
    first = float(steps[row])
    loss_row = onset_row(run.train) if run.train is not None else None
    loss_step = float(run.train.steps[loss_row]) if run.train is not None and loss_row is not None else None
    if loss_step is not None and loss_step <= first:
        return None
    span = (first, float(steps[np.flatnonzero(bad)[-1]]))
    what = f"The gradient norm is {figure(values[row])} at {at(run.unit, first)}"
    if loss_step is not None:
        near = share_above(50.0, max(loss_step - first, 1.0), 1.0)
        likelihood = {"not_finite_first": 0.75 + 0.2 * near, "unremarkable": 0.2 - 0.18 * near}
        return Reading("grad_norm_course", likelihood, f"{what}, before the loss at {at(run.unit, loss_step)}.", span)
    share = float(bad.mean())
    sure = 0.3 + 0.6 * share_above(share, 0.05, 2.0)
    message = (
        f"{what} and at {count(int(bad.sum()))} of {count(values.size)} values in all, while the loss stays finite."
    )
    return Reading("grad_norm_course", {"not_finite_first": sure, "unremarkable": 0.96 - sure}, message, span)


def _before_failure(values: Floats, steps: Floats, failure: Failure, unit: str) -> Reading | None:
    """Growth over rows before the failure, or a jump right at it after a long calm at small values."""
    row = int(np.searchsorted(steps, failure.step)) if np.all(np.diff(steps) >= 0) else min(failure.row, values.size)
    if row < 4:
        return None
    before = values[max(0, row - APPROACH) : row]
    calm = values[max(0, row - 10 * APPROACH) : max(1, row - min(APPROACH, row // 3))]
    level = median(calm)
    spread = quantile(calm, 0.99)
    if not level > 0:
        return None
    lasting = np.flatnonzero(before > max(GROWTH * level, 1.2 * spread))
    at_failure = values[row : row + 3]
    jump = float(at_failure.max()) / level if at_failure.size else 0.0
    top = float(before.max()) / level
    near_start = median(values[: max(3, values.size // 50)])
    if lasting.size >= 2 and before[-3:].max() > GROWTH * level:
        grown = share_above(top, GROWTH, 2.0)
        first = float(steps[row - before.size + int(lasting[0])])
        message = (
            f"The gradient norm grows from about {figure(level)} to {figure(float(before.max()))} between "
            f"{at(unit, first)} "
            f"and the failure at {at(unit, failure.step)}."
        )
        likelihood = mix(
            (grown, {"grows_before_failure": 0.94}), (1 - grown, {"unremarkable": 0.8, "grows_before_failure": 0.1})
        )
        return Reading("grad_norm_course", certain(likelihood), message, (first, failure.step))
    if max(jump, top) > 2 * GROWTH and level < SMALL * near_start and row >= 50:
        message = (
            f"The gradient norm has sunk from {figure(near_start)} to {figure(level)} and jumps to "
            f"{figure(level * max(jump, top))} at the failure at {at(unit, failure.step)}."
        )
        return Reading(
            "grad_norm_course",
            {"small_for_long_then_jump": 0.9, "grows_before_failure": 0.05},
            message,
            (failure.step, failure.step),
        )
    return None


def _level(values: Floats, span: tuple[float, float]) -> Reading:
    """The level alone; a single spike with a healthy loss is unremarkable."""
    middle = typical(values)
    start = typical(values[: max(3, values.size // 10)])
    tiny = share_above(TINY / middle, 1.0, 1.0) if middle > 0 else 1.0
    large = share_above(start, LARGE, 1.2)
    trust = min(1.0, values.size / 10)
    likelihood = mix(
        (trust * tiny, {"tiny": 0.95}),
        (trust * (1 - tiny) * large, {"large_from_start": 0.93, "unremarkable": 0.04}),
        (trust * (1 - tiny) * (1 - large), {"unremarkable": 0.95}),
        (1 - trust, {"unremarkable": 0.85}),
    )
    low, high = float(values.min()), float(values.max())
    message = (
        f"The gradient norm begins at {figure(start)}, its median is {figure(middle)}, its range "
        f"{figure(low)} to {figure(high)}."
    )
    return Reading("grad_norm_course", certain(likelihood), message, span)
