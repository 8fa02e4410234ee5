"""Gradients of tapes that are added up over several batches: whether they are divided, and set back to zero."""

from __future__ import annotations

from collections.abc import Iterator

from triage.intake.found import Found, shows
from triage.intake.scripts.buffers import Buffer, Gradients
from triage.intake.scripts.trace import Event, Run
from triage.intake.scripts.training import Training
from triage.intake.scripts.values import Items, Tensor, Value

__all__ = ["accumulation_findings"]


def accumulation_findings(training: Training) -> Iterator[Found]:
    """Findings of sums of gradients that an optimizer is given."""
    run = training.run
    for event in run.of("applied"):
        given = _given(event.facts.get("given"))
        buffer = given if isinstance(given, Buffer) else given.buffer if isinstance(given, Gradients) else None
        added = _added(run, given, buffer)
        if added is None or added.event is None or not _is_rarer(event, added.event):
            continue
        yield from _divided(run, added, given, buffer)
        if buffer is not None and added is not given and not _is_reset(run, buffer, event):
            message = "The sums of the gradients are never set back to zero behind an update."
            yield shows("gradients_reset", "not_reset", message, event.spot.place())
        return


def _given(value: Value) -> Value:
    """The first of the gradients, of pairs with weights."""
    while isinstance(value, Items) and value.values:
        value = value.values[0]
    return value


def _added(run: Run, given: Value, buffer: Buffer | None) -> Gradients | None:
    """The gradients that are added up."""
    held: Gradients | None = next((e.facts["gradients"] for e in run.of("accumulated") if e.subject is buffer), None)
    if held is not None:
        return held
    return given if isinstance(given, Gradients) and given.summed else None


def _is_rarer(applied: Event, taken: Event) -> bool:
    """Whether gradients are applied in some of the turns only in which they are taken."""
    if taken.loops[: len(applied.loops)] != applied.loops:
        return False
    return len(applied.loops) < len(taken.loops) or any(guard not in taken.guards for guard in applied.guards)


def _divided(run: Run, added: Gradients, given: Value, buffer: Buffer | None) -> Iterator[Found]:
    loss = added.loss
    if not isinstance(loss, Tensor) or not loss.terms or any("reduction" in term.facts for term in loss.terms):
        return
    later = [e.facts["value"] for e in run.of("assigned") if buffer is not None and e.subject is buffer]
    shrunk = added.shrunk or (isinstance(given, Gradients) and given.shrunk)
    shrunk = shrunk or any(isinstance(value, Gradients) and value.shrunk for value in later)
    place = loss.terms[0].spot.place()
    if loss.shrunk or shrunk:
        message = "The gradients that are added up are divided by their number."
        yield shows("compare_accumulated_gradient", "equal", message, place, 0.9)
    else:
        message = "The loss is not divided by the number of batches whose gradients are added up."
        yield shows("compare_accumulated_gradient", "differs", message, place)


def _is_reset(run: Run, buffer: Buffer, applied: Event) -> bool:
    """Whether the sums start anew, here or where that cannot be seen."""
    if applied.loops and set(applied.loops) <= set(buffer.loops):
        return True
    if any(e.subject is buffer and not isinstance(e.facts["value"], Gradients) for e in run.of("assigned")):
        return True
    for event in run.of("unknown_call"):
        call = event.facts["call"]
        if any(_given(value) is buffer for value in [*call.args, *call.named.values()]):
            return True
    return False
