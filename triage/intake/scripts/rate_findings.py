"""The schedule as it is stepped: per batch or per epoch, before or behind the optimizer."""

from __future__ import annotations

from collections.abc import Iterator

from triage.intake.found import Found, shows
from triage.intake.scripts.optimizers import Optimizer, Scheduler
from triage.intake.scripts.trace import Event
from triage.intake.scripts.training import Training
from triage.intake.scripts.update_findings import is_optimizer
from triage.intake.scripts.values import Array, Items, Loader, Unknown, Value, number

__all__ = ["rate_findings"]

FEW = 200
"""Turns below which a schedule is meant to count epochs."""

FEW_BATCHES, LARGE_BATCH = 10, 4096
"""Batches of an epoch that are hardly more than epochs, and samples of a batch that may be all there are."""

LEFT = 1e-2
"""Share of the rate that no schedule is meant to fall to."""


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
    yield from _one_epoch_long(training, steps)
    yield from _keras(training)


def _one_epoch_long(training: Training, steps: list[Event]) -> Iterator[Found]:
    """Schedules that end with the first of several epochs, as they are told the batches of one."""
    for event in training.run.of("schedule_step"):
        schedule = event.subject
        length = schedule.facts.get("num_training_steps")
        loader = training.run.lengths.get(length) if isinstance(length, Unknown) else None
        if not isinstance(loader, Loader) or event.guards or len(event.loops) < 2 or event.loops[-1].over is not loader:
            continue
        epochs = event.loops[-2].turns
        if (epochs is not None and epochs < 2) or not any(step.loops == event.loops for step in steps):
            continue
        message = f"{schedule.name} is as long as one epoch, so that the rate is zero in all epochs but the first."
        yield shows("learning_rate_course", "decays_too_early", message, schedule.spot.place(), 0.95)
        return


def _keras(training: Training) -> Iterator[Found]:
    """Schedules of Keras count batches; those that end within as many batches as there are epochs were meant to not."""
    for event in training.fits[-1:]:
        optimizer = event.facts["compiled"].get("optimizer")
        schedule = optimizer.facts["learning_rate"][0] if _has_rate(optimizer) else None
        epochs = number(event.facts["call"].get(3, "epochs", "nb_epoch"))
        if not isinstance(schedule, Scheduler) or epochs is None or epochs < 2 or _few_batches(event):
            continue
        word, length = _horizon(schedule)
        if length is not None and 1 < length <= epochs and _falls(schedule, length, epochs):
            message = f"{schedule.name} counts batches, and its {word} of {length:g} is a number of epochs."
            spot = schedule.lines.get(word, schedule.spot)
            yield shows("learning_rate_course", "decays_too_early", message, spot.place(), 0.95)
            return


def _has_rate(optimizer: Value) -> bool:
    return isinstance(optimizer, Optimizer) and "learning_rate" in optimizer.facts


def _horizon(schedule: Scheduler) -> tuple[str, float | None]:
    """The argument that says how long the schedule is, and its value."""
    if schedule.name == "PiecewiseConstantDecay":
        marks = schedule.facts.get("boundaries")
        known = [number(mark) for mark in marks.values] if isinstance(marks, Items) and not marks.open else []
        return "boundaries", max((mark for mark in known if mark is not None), default=None)
    word = "first_decay_steps" if schedule.name == "CosineDecayRestarts" else "decay_steps"
    return word, number(schedule.facts.get(word))


def _falls(schedule: Scheduler, length: float, epochs: float) -> bool:
    """Whether hardly anything is left of the rate behind the run, even if each epoch has a few batches only."""
    if schedule.name == "ExponentialDecay":
        factor = number(schedule.facts.get("decay_rate"))
        return factor is not None and 0 < factor < 1 and factor ** (FEW_BATCHES * epochs / length) < LEFT
    return schedule.name in ("CosineDecay", "PolynomialDecay", "PiecewiseConstantDecay")


def _few_batches(event: Event) -> bool:
    """Whether an epoch may be no more than a few batches long."""
    call = event.facts["call"]
    size, x = call.get(2, "batch_size"), call.get(0, "x")
    if size is not None and (number(size) is None or (number(size) or 0) > LARGE_BATCH):
        return True
    turns = call.named.get("steps_per_epoch")
    if turns is not None and (number(turns) or FEW_BATCHES) < FEW_BATCHES:
        return True
    samples = x.samples if isinstance(x, Array) else None
    return samples is not None and samples / (number(size) or 32) < FEW_BATCHES


def _per_batch(training: Training, event: Event) -> bool:
    """Whether the innermost loop is one over batches, inside one over epochs."""
    if len(event.loops) < 2:
        return False
    return any(backward.loops == event.loops for backward in training.backwards)


def _counts_epochs(training: Training, schedule: Scheduler, event: Event) -> bool:
    facts = schedule.facts
    epochs = event.loops[0].turns
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
