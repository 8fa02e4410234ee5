"""Several loss terms: which of them goes bad first."""

from __future__ import annotations

import numpy as np

from triage.detectors.course import course_of, in_order
from triage.detectors.onset import onset_row
from triage.detectors.reading import Reading
from triage.detectors.run import Run
from triage.detectors.settling import level_since
from triage.detectors.shape import judge
from triage.detectors.words import at, count, figure
from triage.history.model import Curve

__all__ = ["failing_component"]

BAD = ("diverging", "jump_then_plateau", "falls_then_rises")
"""Shapes that are a failure of a term."""

SETTLED_EARLY = 1 / 3
"""A term that rises to a level within this part of the run, and keeps it, has made way for another one."""

LEAD = 2.0
"""A term that fails by growth leads where its factor of growth is this many times that of the next one."""


def failing_component(run: Run) -> Reading | None:
    """With several loss terms, whether one goes bad before the others, or only the total does."""
    parts = [in_order(curve) for curve in run.history.components]
    if len(parts) < 2:
        return None
    return _by_onset(run, parts) or _by_growth(run, parts) or _none(parts)


def _name(curve: Curve) -> str:
    """The term's own name, safe to print."""
    return repr(curve.name.split("/", 1)[1])[:60]


def _by_onset(run: Run, parts: list[Curve]) -> Reading | None:
    """By the first NaN or infinity."""
    onsets = {curve.name: float(curve.steps[row]) for curve in parts if (row := onset_row(curve)) is not None}
    total = run.history.curve("train_loss")
    total_row = onset_row(in_order(total)) if total is not None else None
    if not onsets:
        if total is None or total_row is None:
            return None
        step = float(in_order(total).steps[total_row])
        message = (
            f"The total loss is not finite from {at(run.unit, step)} on, while all {len(parts)} printed terms "
            "stay finite."
        )
        return Reading("failing_component", {"total_only": 0.93, "one_first": 0.03}, message, (step, step))
    order = sorted(onsets.items(), key=lambda item: item[1])
    first_name, first = order[0]
    curve = next(part for part in parts if part.name == first_name)
    together = sum(onset == first for onset in onsets.values())
    if together > 1:
        message = (
            f"{count(together)} of {count(len(parts))} loss terms stop being finite together at {at(run.unit, first)}."
        )
        return Reading("failing_component", {"none_stands_out": 0.85, "one_first": 0.1}, message, (first, first))
    row = onset_row(curve)
    kind = figure(float(curve.values[row])) if row is not None else "NaN"
    rest = "the others stay finite" if len(order) == 1 else f"the next one follows at {at(run.unit, order[1][1])}"
    message = f"The loss term {_name(curve)} is {kind} at {at(run.unit, first)}; {rest}."
    return Reading("failing_component", {"one_first": 0.95, "none_stands_out": 0.03}, message, (first, first))


def _by_growth(run: Run, parts: list[Curve]) -> Reading | None:
    """By growth: one term fails by its shape while the others keep theirs."""
    failing: list[tuple[float, float, Curve]] = []
    factors: list[float] = []
    for curve in parts:
        course = course_of(curve)
        shape = judge(course, run.unit) if course is not None else None
        if course is None or shape is None or len(course) < 12:
            return None
        lowest = max(abs(course.lowest), 1e-12)
        factors.append(max(course.end, float(course.scaled[-1])) / lowest)
        traded = shape.state == "falls_then_rises" and level_since(course) < SETTLED_EARLY * len(course)
        if shape.state in BAD and shape.likelihood[shape.state] > 0.6 and shape.event_row is not None and not traded:
            failing.append((factors[-1], float(course.steps[shape.event_row]), curve))
    if not failing:
        return None
    failing.sort(key=lambda item: -item[0])
    factor, step, curve = failing[0]
    others = sorted(factors, reverse=True)[1]
    if len(failing) == 1 or factor > LEAD * others:
        message = (
            f"The loss term {_name(curve)} rises from {at(run.unit, step)} on; the other "
            f"{count(len(parts) - 1)} keep their course or rise less."
        )
        return Reading("failing_component", {"one_first": 0.75, "none_stands_out": 0.2}, message, (step, step))
    first = min(item[1] for item in failing)
    message = (
        f"{count(len(failing))} of {count(len(parts))} loss terms rise together from about {at(run.unit, first)} on."
    )
    return Reading("failing_component", {"none_stands_out": 0.75, "one_first": 0.2}, message, (first, first))


def _none(parts: list[Curve]) -> Reading:
    """Nothing stands out."""
    size = min(len(part) for part in parts)
    sure = 0.95 if size >= 10 else 0.8
    bad = np.sum([~np.isfinite(part.values).all() for part in parts])
    message = (
        f"None of the {count(len(parts))} loss terms goes bad before the others ({count(int(bad))} of them "
        "hold NaN or Inf)."
    )
    return Reading("failing_component", {"none_stands_out": sure}, message)
