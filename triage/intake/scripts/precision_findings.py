"""The number format in which the program computes."""

from __future__ import annotations

from collections.abc import Iterator

from triage.intake.found import Found, shows
from triage.intake.scripts.training import Training
from triage.intake.scripts.values import Known, Library, text

__all__ = ["precision_findings"]


def precision_findings(training: Training) -> Iterator[Found]:
    """Findings of the number format."""
    run = training.run
    for event in run.of("keras_type"):
        words = text(event.facts["value"]) or ""
        if words == "mixed_float16":
            yield shows("precision", "fp16_amp", "The policy is mixed_float16.", event.spot.place())
        elif words in ("mixed_bfloat16", "bfloat16"):
            yield shows("precision", "bf16", f"The policy is {words}.", event.spot.place())
        elif words == "float16":
            yield shows("precision", "fp16_pure", "All numbers are float16.", event.spot.place())
        elif words == "float64":
            yield shows("precision", "tf32_or_other", "All numbers are float64.", event.spot.place())
        return
    for event in run.of("cast"):
        names = {value.name for value in event.facts["args"] if isinstance(value, Library)}
        name = event.facts["name"]
        if event.subject not in training.networks:
            continue
        if name == "half" or names & {"torch.half", "torch.float16"}:
            yield shows("precision", "fp16_pure", "The weights are turned to fp16.", event.spot.place())
            return
        if name == "bfloat16" or "torch.bfloat16" in names:
            yield shows("precision", "bf16", "The weights are turned to bf16.", event.spot.place())
            return
        if name == "double" or names & {"torch.double", "torch.float64"}:
            yield shows("precision", "tf32_or_other", "The weights are turned to float64.", event.spot.place())
            return
    yield from _mixed(training)


def _mixed(training: Training) -> Iterator[Found]:
    run = training.run
    casts = [event for event in run.of("autocast") if not _off(event.facts["enabled"])]
    scalers = [event for event in run.of("grad_scaler") if not _off(event.facts["enabled"])]
    if casts:
        event = casts[0]
        if event.facts["enabled"] is not None and not isinstance(event.facts["enabled"], Known):
            return
        kind = event.facts["dtype"]
        name = kind.name if isinstance(kind, Library) else ""
        if kind is not None and not name:
            return
        if name == "torch.bfloat16" or (event.facts["device"] == "cpu" and not name):
            yield shows("precision", "bf16", "The forward pass runs in bf16 (autocast).", event.spot.place())
        elif scalers:
            yield shows("precision", "fp16_amp", "The forward pass runs in fp16 with a loss scale.", event.spot.place())
        else:
            run.note(f"Line {event.spot.line}: autocast to fp16 without a GradScaler lets small gradients become zero.")
            yield Found(
                "precision", {"fp16_amp": 0.7, "fp16_pure": 0.25}, "The forward pass runs in fp16.", event.spot.place()
            )
        return
    if (
        scalers
        or list(run.of("autocast"))
        or not training.backwards
        or list(run.of("default_type", "option", "prepared"))
    ):
        return
    if any(getattr(n, "pretrained", True) is not False for n in training.networks):
        return
    event = training.backwards[-1]
    yield shows("precision", "fp32", "Nothing sets another number format than fp32.", event.spot.place(), 0.9)


def _off(value: object) -> bool:
    return isinstance(value, Known) and value.value is False
