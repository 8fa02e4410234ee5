"""The schedule as it is stepped: per batch or per epoch, before or behind the optimizer."""

from __future__ import annotations

from collections.abc import Iterator

from triage.intake.found import Found, shows
from triage.intake.scripts.trace import Event
from triage.intake.scripts.training import Training
from triage.intake.scripts.update_findings import is_optimizer
from triage.intake.scripts.values import Items, Scheduler, number

__all__ = ["rate_findings"]

FEW = 200
"""Turns below which a schedule is meant to count epochs."""


def rate_findings(training: Training) -> Iterator[Found]:
    """Findings of the schedule."""
    run = training.run
    steps = [event for event in run.of("step") if is_optimizer(event.subject)]
    for event in run.of("schedule_step"):
        schedule = event.subject
        near = [step for step in steps if step.loops == event.loops]
        if near and _per_batch(training, event) and not event.guards and _counts_epochs(training, schedule, event):
            message = (
                f"{schedule.name} counts epochs, but makes a step with every batch, so that the rate falls too early."
            )
            yield shows("learning_rate_course", "decays_too_early", message, event.spot.place(), 0.95)
            return
        if near and event.at < near[0].at:
            run.note(
                f"Line {event.spot.line}: the schedule makes its step before the optimizer, which skips its first rate."
            )


def _per_batch(training: Training, event: Event) -> bool:
    """Whether the innermost loop is one over batches, inside one over epochs."""
    if len(event.loops) < 2:
        return False
    return any(backward.loops == event.loops for backward in training.backwards)


def _counts_epochs(training: Training, schedule: Scheduler, event: Event) -> bool:
    facts = schedule.facts
    bounds = event.loops[0].bounds
    low, high = (number(bounds[0]), number(bounds[1])) if bounds else (None, None)
    epochs = high - (low or 0) if high is not None else None
    if schedule.name == "StepLR":
        size = number(facts.get("step_size"))
        return size is not None and (size <= FEW if epochs is None else size <= epochs)
    if schedule.name == "MultiStepLR":
        marks = facts.get("milestones")
        values = [number(mark) for mark in marks.values] if isinstance(marks, Items) else []
        known = [mark for mark in values if mark is not None]
        return bool(known) and (max(known) <= FEW if epochs is None else max(known) <= epochs)
    if schedule.name == "ExponentialLR":
        factor = number(facts.get("gamma"))
        return factor is not None and factor < 0.995
    if schedule.name in ("CosineAnnealingLR",):
        length = number(facts.get("T_max"))
        return length is not None and epochs is not None and length == epochs
    return False
