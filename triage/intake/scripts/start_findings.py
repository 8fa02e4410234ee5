"""Where the weights start: drawn as usual, from elsewhere, at a scale of one's own, or all alike."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from triage.intake.found import Found, shows
from triage.intake.scripts.bare_weights import Weight, set_of_weights
from triage.intake.scripts.initializers import FILLS, KERAS_FILLS, initializer_of
from triage.intake.scripts.optimizers import Optimizer, Parameters, Scheduler
from triage.intake.scripts.source import Spot
from triage.intake.scripts.trace import Event
from triage.intake.scripts.training import Training
from triage.intake.scripts.values import Bound, Layer, Model, Unknown

__all__ = ["start_findings"]

_WEIGHTED = frozenset({"dense", "conv", "recurrent", "embedding"})
_OWN = frozenset({"normal_", "uniform_", "trunc_normal_"})
_USUAL = frozenset({"xavier_uniform_", "xavier_normal_", "kaiming_uniform_", "kaiming_normal_", "orthogonal_"})

_KERAS_OWN = frozenset({"randomnormal", "randomuniform", "truncatednormal", "random_normal", "random_uniform",
                        "truncated_normal", "normal", "uniform"})  # fmt: skip


def start_findings(training: Training) -> Iterator[Found]:
    """Findings of the starting weights."""
    if training.learns and not _set_later(training):
        made = set_of_weights(training.run, training.networks)
        if len(made) >= 2 and all(weight.alike for weight in made):
            message = "All matrices of weights start with one value, so that the units of a layer stay alike."
            yield shows("initialization", "zeros_or_constant", message, made[0].spot.place())
            return
    for network in training.networks:
        if not isinstance(network, Model):
            continue
        found = next(_of_network(training, network), None)
        if found is not None:
            yield found
            return


def _set_later(training: Training) -> bool:
    """Whether weights may have other values when training begins than those they were made with."""
    run = training.run
    begins = min(e.at for e in (*training.backwards, *training.fits, *run.of("gradient", "minimize", "lightning")))
    events = run.of("init", "load_state_dict", "load_weights", "assign_weights", "set", "stored", "unknown_call")
    return any(event.at < begins and _sets(event) for event in events)


def _sets(event: Event) -> bool:
    """Whether an event gives weights values that need not be alike; what is loaded on a condition is a resumed run."""
    subject, name = event.subject, event.facts.get("name", "")
    if event.kind == "init":
        return isinstance(subject, Parameters) and name not in FILLS
    if event.kind in ("load_state_dict", "load_weights"):
        return not event.guards and not isinstance(subject, Optimizer | Scheduler)
    if event.kind == "assign_weights":
        return True
    if event.kind == "unknown_call":
        return isinstance(subject, Weight) and name.endswith("_")
    return isinstance(subject.owner if isinstance(subject, Bound) else subject, Weight)


def _of_network(training: Training, network: Model) -> Iterator[Found]:
    parts = list(training.parts_of(network))
    layers = [part for part in parts if isinstance(part, Layer) and part.kind in _WEIGHTED]
    events = [event for event in training.run.of("init") if _on_weights(event, network, layers)]
    same = [event for event in events if event.facts["name"] in FILLS and not _last_only(event, layers)]
    if same:
        message = "The weights start all alike."
        yield shows("initialization", "zeros_or_constant", message, same[-1].spot.place())
        return
    yield from _keras(layers)
    ready = [part for part in parts if isinstance(part, Model) and part.kind == "ready"]
    pretrained = [part for part in ready if part.pretrained]
    if pretrained:
        message = f"The weights of {pretrained[0].name} are pretrained."
        yield shows("initialization", "pretrained", message, pretrained[0].spot.place())
        return
    own = [event for event in events if event.facts["name"] in _OWN]
    if own:
        message = "The weights are drawn at a scale of the program's own."
        yield shows("initialization", "own_scale", message, own[-1].spot.place(), 0.95)
        return
    if any(part.pretrained is not False for part in parts if isinstance(part, Model)) or not layers:
        return
    others = any(True for _ in training.run.of("assign_weights", "load_weights", "load_state_dict"))
    given = any(event.facts["name"] not in _USUAL and event.facts["name"] not in FILLS for event in events)
    if not others and not given and all(part.kind != "unknown" for part in parts if isinstance(part, Layer)):
        spot = events[-1].spot if events else network.spot
        yield shows("initialization", "framework_default", "The weights start as is usual.", spot.place(), 0.95)


def _on_weights(event: Event, network: Model, layers: list[Layer]) -> bool:
    """Whether what is set are weights of the network, and no biases or scales of batch norm."""
    subject = event.subject
    if isinstance(subject, Bound) and subject.method == "bias":
        return False
    guard = " ".join(ast.unparse(g.node.test) for g in event.guards if g.holds and isinstance(g.node, ast.If)).lower()
    otherwise = [g for g in event.guards if not g.holds]
    if ("bias" in guard and "weight" not in guard) or (
        "norm" in guard and "linear" not in guard and "conv" not in guard
    ):
        return False
    if any(word in guard for word in ("bias", "norm")) and "fan" in guard:
        return False
    if isinstance(subject, Bound) and isinstance(subject.owner, Layer):
        if "norm" in guard or "bn" in guard:
            return False
        if any(word in guard for word in ("conv", "linear")) and not _fits(subject.owner, guard):
            return False
        return subject.owner in layers
    weights = subject.owner if isinstance(subject, Bound) else subject
    if isinstance(weights, Parameters):
        if otherwise or ("dim" in guard and event.facts["name"] in FILLS):
            return False
        return any(owner is network or owner in layers for owner in weights.owners)
    return False


def _fits(layer: Layer, guard: str) -> bool:
    if layer.kind == "dense":
        return "linear" in guard
    return "conv" in guard if layer.kind == "conv" else layer.name.lower() in guard


def _last_only(event: Event, layers: list[Layer]) -> bool:
    """Whether only the last layer is set, which may start at zero by design."""
    owner = event.subject.owner if isinstance(event.subject, Bound) else None
    return len(layers) > 1 and owner is layers[-1]


def _keras(layers: list[Layer]) -> Iterator[Found]:
    for layer in layers:
        given = layer.facts.get("kernel_initializer", layer.facts.get("init"))
        if given is None or isinstance(given, Unknown):
            continue
        name = initializer_of(given)
        spot = layer.spot
        if name in KERAS_FILLS and (layer is not layers[-1] or len(layers) == 1):
            yield shows("initialization", "zeros_or_constant", f"The weights of {layer.name} start all alike ({name}).",
                        _line(layer, spot).place())  # fmt: skip
            return
    for layer in layers:
        given = layer.facts.get("kernel_initializer", layer.facts.get("init"))
        name = initializer_of(given)
        if name in _KERAS_OWN:
            yield shows("initialization", "own_scale", f"The weights of {layer.name} are drawn by {name}.",
                        layer.spot.place(), 0.95)  # fmt: skip
            return


def _line(layer: Layer, spot: Spot) -> Spot:
    """Line of the argument, where it stands in one of its own."""
    source = spot.source
    for line in range(spot.line, min(spot.line + 6, len(source.lines)) + 1):
        if "initializer" in source.lines[line - 1] or "init=" in source.lines[line - 1]:
            return Spot(source, line)
    return spot
