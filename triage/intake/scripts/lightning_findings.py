"""What the trainer of Lightning is told, and whether it can train ("Trainer", documentation of Lightning)."""

from __future__ import annotations

from collections.abc import Iterator

from triage.intake.configs.terms import precision_of
from triage.intake.found import Found, Stated, shows
from triage.intake.scripts.lightning import TRAINER
from triage.intake.scripts.source import Spot
from triage.intake.scripts.trace import Call, Event
from triage.intake.scripts.training import Training
from triage.intake.scripts.values import Known, Model, Table, Tensor, Value, number, text

__all__ = ["lightning_findings"]

_NUMBERS = {"max_epochs": "epochs", "max_steps": "max_steps", "accumulate_grad_batches": "accumulation_steps"}
"""Arguments -> names of values."""

_FORMATS = {
    "fp16_amp": "fp16 mixed with fp32", "fp16_pure": "fp16, its weights too", "bf16": "bf16", "fp32": "fp32",
    "tf32_or_other": "neither fp32 nor a 16-bit format",
}  # fmt: skip


def lightning_findings(training: Training) -> Iterator[Found | Stated]:
    """Findings of a trainer that fits a module, where there is one of them."""
    run = training.run
    fits = list(run.of("lightning_fit"))
    trainers = list(run.of(TRAINER))
    if len(trainers) == 1 and (fits or not run.exhausted):
        yield from _told(trainers[0].facts["call"])
    for fit in fits[:1]:
        if training.backwards or _by_hand(fit.subject):
            return
        yield shows("gradients_reset", "reset_each_update", "Lightning resets the gradients itself.", fit.spot.place())
        yield from _untrained(training, fit)


def _told(call: Call) -> Iterator[Found | Stated]:
    for word, name in _NUMBERS.items():
        value = number(call.named.get(word))
        if value is not None and value > 0:
            yield Stated(name, value, call.spot_of(word).place())
    limit = number(call.named.get("gradient_clip_val"))
    if limit is not None:
        by_value = text(call.named.get("gradient_clip_algorithm")) == "value"
        yield Stated("clip_value" if by_value else "clip_norm", limit, call.spot_of("gradient_clip_val").place())
    given = call.named.get("precision")
    state = precision_of(given.value) if isinstance(given, Known) else None
    if state is not None:
        message = f"Lightning computes in {_FORMATS[state]}."
        yield shows("precision", state, message, call.spot_of("precision").place())


def _by_hand(module: Value) -> bool:
    """Whether the module makes its updates itself."""
    switch = module.attributes.get("automatic_optimization") if isinstance(module, Model) else None
    return switch is not None


def _untrained(training: Training, fit: Event) -> Iterator[Found]:
    """Steps that leave the trainer nothing to learn from."""
    for event in training.run.of("lightning"):
        result = event.facts.get("result")
        if event.subject is not fit.subject or event.facts["name"] != "training_step":
            continue
        if isinstance(result, Table):
            result = result.values.get("loss")
        spot = _start_of(event)
        if isinstance(result, Known) and result.value is None:
            message = "training_step returns no loss, so that Lightning makes no update."
            yield shows("weights_change", "none_change", message, spot.place())
        elif isinstance(result, Tensor) and result.cut is not None:
            message = "The loss is cut off from the weights here, so that no gradient reaches them."
            yield shows("weights_change", "none_change", message, result.cut.place())


def _start_of(event: Event) -> Spot:
    """First line of the step."""
    made_of = event.subject.made_of
    step = made_of.names.get(event.facts["name"])
    return Spot(step.scope.source, step.node.lineno) if step is not None else event.spot
