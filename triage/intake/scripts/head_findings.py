"""Freezing turned round: the new last layer of a pretrained network is frozen, and what was pretrained learns."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from triage.intake.found import Found, shows
from triage.intake.scripts.optimizers import Parameters
from triage.intake.scripts.parts import parts_of
from triage.intake.scripts.source import Spot
from triage.intake.scripts.trace import Event, Guard
from triage.intake.scripts.training import Training
from triage.intake.scripts.values import Known, Layer, Model

__all__ = ["HEADS", "head_findings"]

HEADS = frozenset({"fc", "classifier", "head", "heads", "_fc", "last_linear", "output", "out", "top"})
"""Names of last layers."""


def head_findings(training: Training) -> Iterator[Found]:
    """Findings of a frozen head."""
    for network in training.networks:
        if not isinstance(network, Model):
            continue
        spot = _frozen_head(training, network) or _frozen_by_name(training, network)
        if spot is not None:
            message = "The new last layer is frozen here, while pretrained layers learn."
            yield shows("weights_change", "only_some_change", message, spot.place())
            return


def _frozen_head(training: Training, network: Model) -> Spot | None:
    """Where every new layer was frozen, or the last of them, while a pretrained part was not."""
    parts = list(training.parts_of(network))
    pretrained = [part for part in parts if isinstance(part, Model) and part.kind == "ready" and part.pretrained]
    fresh = [part for part in parts if isinstance(part, Layer) and part.kind in ("dense", "conv")]
    if not pretrained or not fresh or any(part.frozen is not None for part in _roots(pretrained)):
        return None
    events = [event for event in training.run.of("freeze") if not event.guards]
    return fresh[-1].frozen if events else None


def _roots(pretrained: list[Model]) -> list[Model]:
    """Networks, without those that are a part of another one here."""
    inner = {part for whole in pretrained for part in parts_of(whole) if part is not whole}
    return [part for part in pretrained if part not in inner]


def _frozen_by_name(training: Training, network: Model) -> Spot | None:
    """Where weights are frozen if their name is that of a head that was put in."""
    freezes = [event for event in training.run.of("freeze") if isinstance(event.subject, Parameters)]
    for position, event in enumerate(freezes):
        value = event.facts["value"]
        if not (isinstance(value, Known) and value.value is False) or network not in event.subject.owners:
            continue
        if any(_switches_on(later) for later in freezes[position + 1 :]):
            continue
        words = {word for guard in event.guards[-1:] for word in _asked_for(guard)}
        if any(isinstance(network.attributes.get(word), Layer) for word in words & HEADS):
            return event.spot
    return None


def _switches_on(event: Event) -> bool:
    return not (isinstance(event.facts["value"], Known) and event.facts["value"].value is False)


def _asked_for(guard: Guard) -> Iterator[str]:
    """What the name of the weights holds in a branch: `"fc" in name`, `name.startswith("fc")`."""
    if not isinstance(guard.node, ast.If):
        return
    test, holds = guard.node.test, guard.holds
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        test, holds = test.operand, not holds
    words = [node.value for node in ast.walk(test) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    if isinstance(test, ast.Compare) and len(test.ops) == 1:
        holds = holds is isinstance(test.ops[0], ast.In)
        told = isinstance(test.ops[0], ast.In | ast.NotIn)
    else:
        told = isinstance(test, ast.Call) and isinstance(test.func, ast.Attribute) and test.func.attr == "startswith"
    if told and holds:
        yield from (word.strip(".") for word in words)
