"""Which weights are trained: cut gradients, missing steps, frozen layers, weights that no optimizer holds."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from triage.intake.found import Found, shows
from triage.intake.scripts.head_findings import HEADS
from triage.intake.scripts.layers import WEIGHTED
from triage.intake.scripts.optimizers import Optimizer, Parameters
from triage.intake.scripts.parts import parts_of
from triage.intake.scripts.source import Spot
from triage.intake.scripts.trace import Event, Run
from triage.intake.scripts.training import Training
from triage.intake.scripts.uncalled import uncalled
from triage.intake.scripts.update_findings import hidden, is_optimizer
from triage.intake.scripts.values import (
    Items,
    Layer,
    Model,
    Tensor,
    Value,
)

__all__ = ["weights_findings"]


def weights_findings(training: Training) -> Iterator[Found]:
    """Findings of the weights that change and those that do not."""
    unreached = next(_unreached(training), None)
    nothing = unreached or next(_nothing(training), None)
    if nothing is not None:
        yield nothing
    if unreached is not None:
        yield shows("gradients_by_layer", "missing_for_some", unreached.message, unreached.place)
    frozen = list(_frozen(training))
    yield from frozen
    yield from _flagged(training)
    left_out = next(_left_out(training), None) if nothing is None else None
    if left_out is not None:
        yield left_out
    if not any(finding.finding == "trained_part" for finding in frozen):
        yield from _part(training, nothing is None and left_out is None)


def _unreached(training: Training) -> Iterator[Found]:
    """Reasons why no gradient reaches any weight."""
    for event in training.backwards:
        if event.no_gradient is not None:
            message = "The training runs where gradients are switched off, so that nothing is learned."
            yield shows("weights_change", "none_change", message, event.no_gradient.place())
        subject = event.subject
        if isinstance(subject, Tensor) and subject.cut is not None and _is_meant(training, event, subject):
            message = "The loss is cut off from the weights here, so that no gradient reaches them."
            yield shows("weights_change", "none_change", message, subject.cut.place())


def _nothing(training: Training) -> Iterator[Found]:
    """Reasons why no weight changes although gradients may reach them."""
    yield from _idle(training)
    yield from _fixed(training)
    yield from _never_applied(training)
    yield from _stale(training, [event for event in training.run.of("step") if is_optimizer(event.subject)])


def _idle(training: Training) -> Iterator[Found]:
    """Updates of which a part is missing."""
    run = training.run
    steps = [event for event in run.of("step") if is_optimizer(event.subject)]
    by_hand = _by_hand(training)
    every_step = list(run.of("step"))
    if training.backwards and not every_step and not by_hand and not hidden(run, training.loops):
        optimizers = list(run.of("optimizer"))
        if optimizers and not _outside(training):
            message, spot = "The optimizer never makes a step.", training.backwards[-1].spot
            if (named := uncalled(run, "step", is_optimizer)) is not None:
                message, spot = "step is named here and not called: its parentheses are missing.", named.spot
            yield shows("weights_change", "none_change", message, spot.place())
    if steps and not training.backwards and not list(run.of("gradient")) and not hidden(run, []):
        computed = list(run.of("loss"))
        if computed and any(event.loops and event.loops[-1] in computed[-1].loops for event in steps):
            message, spot = "Backward is never called, so that the step finds no gradients.", steps[-1].spot
            if (named := uncalled(run, "backward", lambda owner: True)) is not None:
                message, spot = "backward is named here and not called: its parentheses are missing.", named.spot
            yield shows("weights_change", "none_change", message, spot.place())


def _fixed(training: Training) -> Iterator[Found]:
    """What Keras was told too late, or of all layers."""
    run = training.run
    for event in training.fits[-1:]:
        compiled = [e for e in run.of("compile") if e.subject is event.subject and e.at < event.at]
        if compiled and (whole := _all_frozen(training, event.subject, compiled[-1])) is not None:
            message = "All layers were frozen before the network was compiled."
            yield shows("weights_change", "none_change", message, whole.place())
    for event in training.fits[-1:]:
        late = [e for e in run.of("freeze") if e.at < event.at and _behind_compile(training, e, event)]
        woken = next((freeze for freeze in late if _was_frozen(freeze, event, run)), None)
        if woken is not None:
            message = "The layers are made trainable only behind compile, which has fixed what is trained."
            yield shows("weights_change", "only_some_change", message, woken.spot.place())
        for freeze in late[:1]:
            run.note(f"Line {freeze.spot.line}: trainable takes effect only when the network is compiled again.")


def _is_meant(training: Training, backward: Event, loss: Tensor) -> bool:
    """Whether the step behind is of the networks of the loss, and not of weights of another kind beside them."""
    if len(training.optimizers) < 2:
        return True
    step = next((e for e in training.run.of("step") if e.at > backward.at and e.loops == backward.loops), None)
    if step is None or not isinstance(step.subject, Optimizer):
        return True
    held = step.subject.parameters
    return held is not None and any(model in held.owners for model in loss.models)


def _was_frozen(woken: Event, fit: Event, run: Run) -> bool:
    """Whether layers are switched on that were off when the network was compiled."""
    if getattr(woken.facts["value"], "value", None) is not True or not isinstance(woken.subject, Model | Layer):
        return False
    compiled = [e for e in run.of("compile") if e.subject is fit.subject and e.at < fit.at]
    frozen = set(map(id, compiled[-1].facts["frozen"]))
    return any(id(part) in frozen for part in parts_of(woken.subject))


def _behind_compile(training: Training, freeze: Event, fit: Event) -> bool:
    compiled = [e.at for e in training.run.of("compile") if e.subject is fit.subject and e.at < fit.at]
    return bool(compiled) and max(compiled) < freeze.at


def _never_applied(training: Training) -> Iterator[Found]:
    """Gradients of a tape that no optimizer is given."""
    run = training.run
    taken = [event for event in run.of("gradient") if isinstance(event.facts.get("sources"), Parameters)]
    if not taken or any(True for _ in run.of("applied", "minimize", "assign_weights")) or not training.optimizers:
        return
    for event in run.of("unknown_call"):
        name = str(event.facts.get("name", ""))
        given = _given(event)
        if "assign" in name or "apply" in name or any(getattr(value, "name", "") == "gradients" for value in given):
            return
    if not hidden(run, []):
        message = "The gradients are computed, but no optimizer applies them."
        yield shows("weights_change", "none_change", message, taken[-1].spot.place())


def _by_hand(training: Training) -> bool:
    """Whether weights may be changed without an optimizer."""
    return any(True for _ in training.run.of("assign_weights", "applied", "minimize")) or any(
        _names_gradient(event.facts["node"].value) for event in training.run.of("augmented")
    )


def _names_gradient(node: ast.expr) -> bool:
    names = (getattr(inner, "attr", getattr(inner, "id", "")) for inner in ast.walk(node))
    return any("grad" in name for name in names)


def _outside(training: Training) -> bool:
    """Whether the optimizer has gone where it cannot be followed, to be stepped there."""
    return any(
        isinstance(value, Optimizer)
        for event in training.run.of("unknown_call", "prepared")
        for value in [*_given(event)]
    )


def _given(event: Event) -> list[Value]:
    call = event.facts.get("call")
    if call is None:
        return []
    flat: list[Value] = []
    for value in [*call.args, *call.named.values()]:
        flat += value.values if isinstance(value, Items) else [value]
    return flat


def _all_frozen(training: Training, model: Model, compiled: Event) -> Spot | None:
    """Where the last layer with weights was frozen, if all of them were."""
    frozen, parts = set(map(id, compiled.facts["frozen"])), training.parts_of(model)
    weighted = [part for part in parts if isinstance(part, Layer) and part.kind in WEIGHTED]
    ready = [part for part in parts if isinstance(part, Model) and part.kind == "ready"]
    if not weighted or any(id(part) not in frozen for part in [*weighted, *ready]) or not model.whole:
        return None
    if any(layer.kind == "unknown" for layer in parts if isinstance(layer, Layer)):
        return None
    return weighted[-1].frozen


def _stale(training: Training, steps: list[Event]) -> Iterator[Found]:
    """Optimizers that hold the weights of a network that is not the one that is trained."""
    held: set[int] = set()
    optimizers = [event.subject for event in steps if isinstance(event.subject, Optimizer)]
    for optimizer in optimizers:
        if optimizer.parameters is None:
            return
        for owner in optimizer.parameters.owners:
            held |= {id(part) for part in training.parts_of(owner)}
    if not optimizers or not training.backwards:
        return
    trained = [network for network in training.networks if isinstance(network, Model)]
    if trained and not any(id(part) in held for network in trained for part in training.parts_of(network)):
        if hidden(training.run, []) or any(True for _ in training.run.of("prepared")):
            return
        network = trained[-1]
        message = f"The optimizer holds the weights of another network than the {network.name} that is trained."
        yield shows("weights_change", "none_change", message, optimizers[-1].spot.place())


def _left_out(training: Training) -> Iterator[Found]:
    """Weights that should be trained and are not."""
    for network in training.networks:
        if isinstance(network, Model) and network.framework == "pytorch":
            yield from _unregistered(training, network)
    optimizers = [value for value in training.optimizers if value.framework == "pytorch"]
    if not optimizers or not training.backwards or any(value.parameters is None for value in optimizers):
        return
    if any(True for _ in training.run.of("prepared")):
        return
    yield from _replaced(training, optimizers)
    held = [owner for value in optimizers for owner in (value.parameters.owners if value.parameters else ())]
    inside = {id(part) for owner in held for part in training.parts_of(owner)}
    for network in training.networks:
        if id(network) not in inside and (message := _not_held(training, network, inside)):
            yield shows("weights_change", "only_some_change", message, optimizers[-1].spot.place())


def _replaced(training: Training, optimizers: list[Optimizer]) -> Iterator[Found]:
    """Layers that took the place of those that the optimizer holds."""
    new = [event for event in training.run.of("replace") if _is_new(event)]
    for optimizer in optimizers:
        for event in new:
            if event.at > optimizer.born and _counts(event.subject, optimizer):
                message = f"The optimizer was made before {event.facts['name']} was replaced (line {event.spot.line})."
                yield shows("weights_change", "only_some_change", message, optimizer.spot.place())


def _not_held(training: Training, network: Model | Layer, inside: set[int]) -> str:
    """What is to be said of a network that is not in any optimizer as a whole; empty where that is as it should be."""
    if isinstance(network, Layer):
        fresh = network.kind in WEIGHTED and network.frozen is None and network.spot.source is not None
        return f"No optimizer holds the weights of this {network.name}." if fresh else ""
    if network.pretrained is not False or network.frozen is not None or _in_eval(training, network):
        return ""
    weighted = [part for part in training.parts_of(network) if isinstance(part, Layer) and part.kind in WEIGHTED]
    free = [part for part in weighted if id(part) not in inside]
    if not free or _has_pretrained(training, network) or any(part.frozen for part in weighted):
        return ""
    if len(free) < len(weighted):
        return f"The optimizer holds only some of the weights of {network.name}, and the rest are fresh."
    return f"No optimizer holds the weights of {network.name}."


def _is_new(event: Event) -> bool:
    value, before = event.facts.get("value"), event.facts.get("before")
    return isinstance(value, Layer | Model) and value is not before and "__init__" not in event.within


def _counts(owner: Value, optimizer: Optimizer) -> bool:
    """Whether what was replaced belongs to a network of the optimizer that is trained."""
    if optimizer.parameters is None:
        return False
    return any(
        owner in parts_of(network) for network in optimizer.parameters.owners if isinstance(network, Model | Layer)
    )


def _in_eval(training: Training, network: Model) -> bool:
    """Whether it is kept in evaluation mode, as a teacher is."""
    modes = [event.facts["training"] for event in training.run.of("mode") if event.subject is network]
    return bool(modes) and not any(mode is not False for mode in modes)


def _has_pretrained(training: Training, network: Model) -> bool:
    parts = training.parts_of(network)
    return any(isinstance(part, Model) and part.pretrained is not False for part in parts)


def _unregistered(training: Training, network: Model) -> Iterator[Found]:
    """Layers in a plain list, which `parameters()` does not find."""
    if network.kind != "own":
        return
    registered = {id(part) for part in training.parts_of(network)}
    for name, value in network.attributes.items():
        if not isinstance(value, Items) or value.spot is None or not value.spot.source:
            continue
        parts = [part for part in value.values if isinstance(part, Model | Layer)]
        weighted = [p for part in parts for p in parts_of(part) if isinstance(p, Layer) and p.kind in WEIGHTED]
        if weighted and not any(id(part) in registered for part in parts):
            others = any(isinstance(p, Layer) and p.kind in WEIGHTED for p in training.parts_of(network))
            message = f"The layers in {name} stand in a plain Python list, where the optimizer does not find them."
            state = "only_some_change" if others else "none_change"
            yield shows("weights_change", state, message, value.spot.place())


def _frozen(training: Training) -> Iterator[Found]:
    """Freezing, and what is left to train."""
    for network in training.networks:
        if not isinstance(network, Model):
            continue
        parts = list(training.parts_of(network))
        weighted = [
            p
            for p in parts
            if (isinstance(p, Layer) and p.kind in WEIGHTED) or (isinstance(p, Model) and p.kind == "ready")
        ]
        frozen = [part for part in weighted if part.frozen is not None]
        free = [part for part in weighted if part.frozen is None]
        if not frozen or (len(training.networks) > 1 and not network.pretrained):
            continue
        spot = frozen[0].frozen
        assert spot is not None
        thawed = any(isinstance(part, Model) and part.thawed for part in parts)
        turned = all(isinstance(part, Layer) for part in frozen) and any(isinstance(part, Model) for part in free)
        if any(_is_inner(part) for part in parts if part is not network):
            # A pretrained block learns too, which is neither a head alone nor all there is.
            return
        if (free and not turned) or (thawed and network.kind == "ready"):
            message = "A part of the network is frozen, and the rest is trained."
            yield shows("trained_part", "head_or_adapter_only", message, spot.place(), 0.95)
        elif network.whole and training.backwards and not thawed and network.frozen is not None:
            message = "All weights of the network are frozen, those of its last layer too."
            yield shows("weights_change", "none_change", message, spot.place())
        return


def _is_inner(part: Model | Layer) -> bool:
    """Whether it is a block of a pretrained network that was switched on again, and no head of it."""
    return (
        isinstance(part, Model)
        and part.kind == "ready"
        and part.thawed
        and part.frozen is None
        and part.pretrained is True
        and "." in part.name
        and part.name.rsplit(".", 1)[1] not in HEADS
    )


def _flagged(training: Training) -> Iterator[Found]:
    """An attribute of a module that is no attribute of its weights, which stay frozen ("Module", docs of PyTorch)."""
    for event in training.run.of("flag"):
        part, value = event.subject, event.facts["value"]
        if event.facts["frozen"] is None or part.frozen is None or getattr(value, "value", None) is not True:
            continue
        if any(part in training.parts_of(network) for network in training.networks):
            message = (
                "requires_grad is set on a module here, not on its weights, which stay frozen: requires_grad_(True)"
                " is the call that sets it on them."
            )
            yield shows("weights_change", "only_some_change", message, event.spot.place())
            return


def _part(training: Training, sound: bool) -> Iterator[Found]:
    """What is meant to be trained, as the optimizers say."""
    run = training.run
    optimizers = [optimizer for optimizer in training.optimizers if optimizer.framework == "pytorch"]
    if training.fits and not training.backwards:
        event = training.fits[-1]
        if len({id(e.subject) for e in training.fits}) == 1 and not list(run.of("freeze")) and sound:
            model = event.subject
            if model.whole and not any(isinstance(p, Model) and p.kind == "ready" for p in training.parts_of(model)):
                message = "All layers are trained by one optimizer."
                yield shows("trained_part", "everything", message, event.spot.place(), 0.95)
        return
    if not optimizers or not training.backwards:
        return
    stepping = [event.subject for event in run.of("step") if isinstance(event.subject, Optimizer)]
    distinct = list(dict.fromkeys(stepping))
    if len(distinct) > 1:
        message = f"{len(distinct)} optimizers make steps."
        yield shows("trained_part", "several_optimizers_or_groups", message, distinct[1].spot.place(), 0.95)
        return
    if len(distinct) != 1 or distinct[0].parameters is None:
        return
    optimizer, parameters = distinct[0], distinct[0].parameters
    rates = [group for group in parameters.groups if "lr" in group.values]
    if len(parameters.groups) > 1 and rates:
        message = "The optimizer has groups of weights with rates of their own."
        yield shows("trained_part", "several_optimizers_or_groups", message, optimizer.spot.place(), 0.95)
        return
    networks = [network for network in training.networks if isinstance(network, Model)]
    if list(run.of("freeze")) or parameters.filtered or not networks:
        return
    if all(network in parameters.owners for network in training.networks) and sound:
        message = "One optimizer holds all weights of the network."
        yield shows("trained_part", "everything", message, optimizer.spot.place(), 0.95)
    elif (
        len(networks) == 1
        and any(owner in training.parts_of(networks[0]) for owner in parameters.owners if owner is not networks[0])
        and (networks[0].pretrained or _has_pretrained(training, networks[0]))
    ):
        message = "The optimizer holds a part of a pretrained network only."
        yield shows("trained_part", "head_or_adapter_only", message, optimizer.spot.place(), 0.95)
