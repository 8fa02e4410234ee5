"""Weights that are meant to be trained and that no gradient reaches: a cut on the way, or left out of the gradients."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from triage.intake.found import Found, shows
from triage.intake.scripts.assignments import spot_of_value
from triage.intake.scripts.gradients import live_layers
from triage.intake.scripts.layers import WEIGHTED
from triage.intake.scripts.optimizers import Optimizer, Parameters
from triage.intake.scripts.parts import parts_of
from triage.intake.scripts.source import Spot
from triage.intake.scripts.trace import Event, Run
from triage.intake.scripts.training import Training, result_of
from triage.intake.scripts.values import (
    Items,
    Layer,
    Model,
    Severed,
    Table,
    Tensor,
    Value,
)

__all__ = ["severed_findings"]


@dataclass(frozen=True, slots=True, eq=False)
class _Way:
    """What is minimised somewhere, and the parts whose weights are meant to change there."""

    spot: Spot
    loss: Tensor
    held: frozenset[Value]


def severed_findings(training: Training) -> Iterator[Found]:
    """Findings of weights between which and the loss the gradient is cut off, or that no gradient is asked of."""
    ways = _ways(training)
    if not ways:
        return
    found = list(_cut_off(training, ways)) or list(_not_asked(training, ways))
    yield from found[:2]


def _ways(training: Training) -> list[_Way]:
    """All that is minimised; nothing where a part of it is out of sight."""
    run, found = training.run, []
    optimizers = [optimizer for optimizer in training.optimizers if optimizer.framework == "pytorch"]
    stepped = _held(optimizer.parameters for optimizer in optimizers) if training.backwards else None
    for event in training.backwards:
        if not isinstance(event.subject, Tensor) or stepped is None:
            return []
        found.append(_Way(event.spot, event.subject, stepped))
    for event in run.of("gradient", "minimize"):
        loss = event.subject if event.kind == "gradient" else event.facts.get("loss")
        sources = event.facts.get("sources")
        held = _held([sources] if isinstance(sources, Parameters) else [None])
        if not isinstance(loss, Tensor) or held is None:
            return []
        found.append(_Way(_asked(event), loss, held))
    for event in training.fits:
        result = result_of(run, event.subject)
        if result is None:
            return []
        found.append(_Way(event.spot, result, frozenset(training.parts_of(event.subject))))
    return found


def _asked(event: Event) -> Spot:
    """Line that says of which weights the gradient is taken."""
    call = event.facts.get("call")
    if call is None:
        return event.spot
    named = next((word.value for word in call.node.keywords if word.arg == "sources"), None)
    node = named or (call.node.args[1] if len(call.node.args) > 1 else None)
    return event.spot if node is None else spot_of_value(node, event.spot)


def _held(several: Iterable[Parameters | None]) -> frozenset[Value] | None:
    """Parts of which the weights are held; None where that is not told."""
    owners: list[Value] = []
    for parameters in several:
        if parameters is None or parameters.filtered or not parameters.whole:
            return None
        owners += parameters.owners
    if not owners or not all(isinstance(owner, Model | Layer) for owner in owners):
        return None
    return frozenset(part for owner in owners for part in parts_of(owner))


def _cut_off(training: Training, ways: list[_Way]) -> Iterator[Found]:
    """Parts before a cut behind which others learn, where nothing else makes them learn."""
    run = training.run
    meant = {event.spot for event in run.of("cut")}
    models = {model for way in ways for model in way.loss.models}
    live = {layer for way in ways for tensor in _tensors(way.loss) for layer in live_layers(tensor)}
    for way in ways:
        for part in way.loss.severed:
            if part.spot not in meant or any(model in models for model in part.models):
                continue
            missing = _missing(part, way.held, live)
            if any(set(missing) & parts for parts in _loaded(training)):
                continue
            if missing and not _elsewhere(run, part, missing):
                message = (
                    f"The gradient is cut off here, so that what stands before it ({_words(missing)}) never learns."
                )
                # That a gradient is missing, rather than zero, tells a cut from units that are dead.
                yield shows("gradients_by_layer", "missing_for_some", message, part.spot.place())
                yield shows("weights_change", "only_some_change", message, part.spot.place())


def _loaded(training: Training) -> Iterator[set[Model | Layer]]:
    """Parts of the networks, and parts of these, of which the weights come from elsewhere."""
    for network in training.networks:
        for inner in training.parts_of(network):
            if isinstance(inner, Model) and inner.pretrained is not False:
                yield set(parts_of(inner))


def _missing(part: Severed, held: frozenset[Value], live: set[Layer]) -> list[Layer | Model]:
    """Parts before the cut that are meant to learn and start from nothing."""
    if any(isinstance(model, Model) and not _fresh(model) for model in part.models):
        return []
    layers: list[Layer | Model] = [
        layer for layer in dict.fromkeys(part.layers) if layer.kind in WEIGHTED and layer.frozen is None
    ]
    if any(layer.kind == "ready" for layer in part.layers):
        return []
    layers += [model for model in part.models if isinstance(model, Model) and not _is_told(model)]
    return [layer for layer in layers if layer in held and layer not in live]


def _fresh(model: Model) -> bool:
    """Whether no weights of it come from elsewhere and none are frozen."""
    return all(
        part.frozen is None and (not isinstance(part, Model) or part.pretrained is False) for part in parts_of(model)
    )


def _is_told(model: Model) -> bool:
    return any(isinstance(part, Layer) and part.kind in WEIGHTED for part in parts_of(model))


def _tensors(loss: Tensor) -> Iterator[Tensor]:
    yield loss
    for term in loss.terms:
        yield from (side for side in (term.output, term.target) if isinstance(side, Tensor))


def _elsewhere(run: Run, part: Severed, missing: list[Layer | Model]) -> bool:
    """Whether something out of sight was given these parts, or what comes of them with its gradient."""
    wanted = {*part.models, *missing}
    for event in run.of("unknown_call"):
        call = event.facts["call"]
        for value in _flat([*call.args, *call.named.values()], 2):
            if isinstance(value, Model | Layer) and wanted & set(parts_of(value)):
                return True
            if isinstance(value, Tensor) and value.cut is None and wanted & {*value.models, *live_layers(value)}:
                return event.no_gradient is None
            if isinstance(value, Optimizer):
                return True
    return False


def _flat(values: Iterable[Value], depth: int) -> Iterator[Value]:
    for value in values:
        yield value
        if depth and isinstance(value, Items | Table):
            yield from _flat(value.values if isinstance(value, Items) else value.values.values(), depth - 1)


def _not_asked(training: Training, ways: list[_Way]) -> Iterator[Found]:
    """Layers on the way to trained ones of which no tape is asked for the gradient."""
    run = training.run
    tapes = list(run.of("gradient", "minimize"))
    if not tapes or training.fits or training.backwards:
        return
    held = frozenset(part for way in ways for part in way.held)
    for way in ways:
        for term in way.loss.terms:
            path = live_layers(term.output) if isinstance(term.output, Tensor) else ()
            weighted = [layer for layer in path if layer.kind in WEIGHTED]
            last = max((index for index, layer in enumerate(weighted) if layer in held), default=-1)
            missing: list[Layer | Model] = [
                layer for layer in dict.fromkeys(weighted[:last]) if layer not in held and layer.frozen is None
            ]
            owners = [model for model in way.loss.models if set(missing) & set(parts_of(model))]
            if not missing or not all(_fresh(model) for model in owners if isinstance(model, Model)):
                continue
            if any(layer.kind == "ready" for layer in path):
                continue
            if not _elsewhere(run, Severed(way.spot, (), ()), missing):
                message = (
                    f"Gradients are taken of a part of the network only; the rest ({_words(missing)}) never learns."
                )
                yield shows("weights_change", "only_some_change", message, way.spot.place())


def _words(missing: list[Layer | Model]) -> str:
    names = list(dict.fromkeys(part.name for part in missing))
    return ", ".join(names[:3]) + (" and more" if len(names) > 3 else "")
