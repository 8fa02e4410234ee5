"""The number format in which the program computes."""

from __future__ import annotations

from collections.abc import Iterator

from triage.intake.found import Found, shows
from triage.intake.scripts.trace import Event
from triage.intake.scripts.training import Training
from triage.intake.scripts.values import Known, Library, Tensor, Value, text

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
    cast = next(_of_weights(training), None)
    if cast is not None:
        yield cast
        return
    yield from _mixed(training)


def _of_weights(training: Training) -> Iterator[Found]:
    """The number format of weights that are trained, as it is last set before they are."""
    last = {id(event.subject): event for event in training.run.of("cast") if _is_trained(training, event)}
    for event in last.values():
        place = event.spot.place()
        name, names = event.facts["name"], {_word(value) for value in event.facts["args"]}
        verb = "are loaded in" if name == "from_pretrained" else "are turned to"
        if name == "half" or names & {"half", "float16", "fp16"}:
            yield shows("precision", "fp16_pure", f"The weights {verb} fp16, and trained so.", place)
        elif name == "bfloat16" or names & {"bfloat16", "bf16"}:
            yield shows("precision", "bf16", f"The weights {verb} bf16.", place)
        elif name == "double" or names & {"double", "float64"}:
            yield shows("precision", "tf32_or_other", f"The weights {verb} float64.", place)
    for event in training.run.of("default_type"):
        if _word(event.subject) in ("half", "float16", "HalfTensor") and training.backwards:
            yield shows("precision", "fp16_pure", "All numbers are fp16 by default.", event.spot.place())


def _is_trained(training: Training, cast: Event) -> bool:
    """Whether the network is trained behind that."""
    trainers = [e for e in training.run.of("trainer") if e.facts["call"].get(0, "model") is cast.subject]
    if any(event.at > cast.at for event in trainers):
        return True
    updates = (*training.backwards, *training.fits, *training.run.of("gradient", "lightning"))
    return cast.subject in training.networks and any(event.at > cast.at for event in updates)


def _word(value: Value) -> str:
    """The last part of a name of the library, or a word."""
    return value.name.rsplit(".", 1)[-1] if isinstance(value, Library) else text(value) or ""


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
            yield _unscaled(training, event)
        return
    if (
        scalers
        or list(run.of("autocast"))
        or not training.backwards
        or list(run.of("default_type", "option", "prepared", "cast"))
    ):
        return
    if any(getattr(n, "pretrained", True) is not False for n in training.networks):
        return
    event = training.backwards[-1]
    yield shows("precision", "fp32", "Nothing sets another number format than fp32.", event.spot.place(), 0.9)


def _unscaled(training: Training, cast: Event) -> Found:
    """fp16 without a loss scale, as far as nothing out of sight may have one."""
    run, place = training.run, cast.spot.place()
    run.note(f"Line {cast.spot.line}: autocast to fp16 without a GradScaler lets small gradients become zero.")
    plain = [e for e in training.backwards if isinstance(e.facts.get("owner"), Tensor) and e.at > cast.at]
    others = any("scal" in str(event.facts.get("name", "")).lower() for event in run.of("unknown_call"))
    if plain and not others and plain[0].loops == cast.loops:
        message = "The forward pass runs in fp16, and no GradScaler scales the loss: small gradients become zero."
        return Found("precision", {"fp16_pure": 0.55, "fp16_amp": 0.4}, message, place)
    return Found("precision", {"fp16_amp": 0.7, "fp16_pure": 0.25}, "The forward pass runs in fp16.", place)


def _off(value: object) -> bool:
    return isinstance(value, Known) and value.value is False
