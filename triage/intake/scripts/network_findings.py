"""The network itself: activations between layers, normalisation, pooling, starting weights, kind."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from triage.intake.found import Found, Stated, shows
from triage.intake.scripts.making import dropped_inside, rate_of, size_of
from triage.intake.scripts.source import Spot
from triage.intake.scripts.training import Training, flow_of
from triage.intake.scripts.values import Items, Known, Layer, Model, Tensor, Value, number

__all__ = ["network_findings"]

_PASSES = frozenset({"flatten", "dropout", "neutral", "pool", "batch_norm", "other_norm"})
"""Kinds that stand between two layers and leave them linear; pooling bends a little."""

LONGEST_BRANCH = 3
"""Layers with weights of a residual branch."""

_STATES = {
    "relu": "relu", "leaky": "leaky_or_smooth", "smooth": "leaky_or_smooth", "sigmoid": "saturating",
    "tanh": "saturating", "saturating": "saturating",
}  # fmt: skip

_NAMES = {"relu": "ReLU", "leaky_or_smooth": "a leaky or smooth function", "saturating": "sigmoid or tanh"}


def network_findings(training: Training) -> Iterator[Found | Stated]:
    """Findings of the network that is trained."""
    networks = [network for network in training.networks if isinstance(network, Model)]
    layers = [network for network in training.networks if isinstance(network, Layer)]
    if not networks and not layers:
        networks = [event.subject for event in training.run.of("unmade", "compile") if isinstance(event.subject, Model)]
    yield from _pooling(training, networks)
    if len(networks) != 1:
        return
    network = networks[0]
    path = flow_of(training.run, network)
    goals = [goal for goal in training.goals if goal.model is network and goal.path]
    if goals and goals[-1].path:
        path = goals[-1].path
    parts = [part for part in training.parts_of(network) if isinstance(part, Layer)]
    for layer in path or ():
        if layer not in parts and layer.kind not in ("unknown", "ready", "arith"):
            parts.append(layer)
    whole = (
        path is not None and not any(layer.kind in ("unknown", "ready") for layer in path) and _known(training, network)
    )
    if path is not None:
        yield from _between(training, path, whole)
    yield from _normalisation(network, parts, whole)
    yield from _kind(network, parts, whole)
    yield from _sizes(network, path, parts, whole)


def _known(training: Training, network: Model) -> bool:
    return all(
        part.whole and part.kind != "ready" if isinstance(part, Model) else part.kind != "unknown"
        for part in training.parts_of(network)
    )


def _between(training: Training, path: Sequence[Layer], whole: bool) -> Iterator[Found]:
    """What stands between layers with weights."""
    first = path[0] if path else None
    if whole and first is not None and first.kind == "activation" and first.activation in _STATES:
        training.run.note(f"Line {first.spot.line}: an activation is applied to the input itself.")
    joints = list(_joints(path))
    sorts = [joint.activation for joint in joints if joint.activation is not None]
    codes = {_last_weighted(event.subject) for event in training.run.of("cut") if isinstance(event.subject, Tensor)}
    bare = [joint for joint in joints if joint.activation is None and not _meant(joint.first, joint.second, path)]
    bare = [joint for joint in bare if joint.first not in codes]
    if len(bare) * 2 < len(joints):
        # Where most have an activation, pooling that bends the function may have been meant to do.
        bare = [joint for joint in bare if whole and not joint.pooled]
    yield from _told(training, sorts, bare, len(joints), path)


@dataclass(frozen=True, slots=True, eq=False)
class _Joint:
    """Two layers with weights, one behind the other, and the activation between them."""

    first: Layer
    second: Layer
    activation: tuple[str, Layer] | None
    pooled: bool


def _joints(path: Sequence[Layer]) -> Iterator[_Joint]:
    """Neighbours between which everything is told."""
    last: Layer | None = None
    activation: tuple[str, Layer] | None = None
    pooled = False
    for layer in path:
        if layer.kind == "activation" and layer.activation is not None:
            activation = (layer.activation, layer) if layer.activation else activation
        elif layer.kind in ("dense", "conv"):
            if last is not None:
                yield _Joint(last, layer, activation, pooled)
            pooled = False
            activation = (layer.activation, layer) if layer.activation else None
            last = layer if layer.activation is not None else None
        elif layer.kind == "pool":
            pooled = pooled or "max" in layer.name.lower()
        elif layer.kind not in _PASSES:
            # What merges, loops or cannot be told may hold an activation or be linear by design.
            last, activation = None, None


def _meant(first: Layer, second: Layer, path: Sequence[Layer]) -> bool:
    """Whether two layers in a row are linear by design: separable convolutions, codes, stems of residual nets."""
    if _begins_branch(second, path):
        return True
    for layer in (first, second):
        if "Depthwise" in layer.name or "Separable" in layer.name or (number(layer.facts.get("groups")) or 1) > 1:
            return True
        size = layer.facts.get("kernel_size")
        if isinstance(size, Items) and len({number(part) for part in size.values}) > 1:
            return True
    if first.kind == "conv" and second.kind == "conv" and _point(first) != _point(second):
        return True
    weighted = [layer for layer in path if layer.kind in ("dense", "conv")]
    position = weighted.index(first)
    before, after = first.facts.get("in_features"), second.units
    wide = number(before) if before is not None else weighted[position - 1].units if position else None
    if first.units is None or "Transpose" in second.name or "Transpose" in first.name:
        return True
    # The code of an autoencoder is linear: narrower than what stands before and behind it.
    return wide is not None and first.units < wide and (after is None or first.units < after)


def _last_weighted(code: Tensor) -> Layer | None:
    """The layer that a code comes of, which is used by itself too and so may be linear."""
    return next((layer for layer in reversed(code.path) if layer.kind in ("dense", "conv")), None)


def _begins_branch(layer: Layer, path: Sequence[Layer]) -> bool:
    """Whether a residual branch may begin there: its inputs, which are linear, are added again a few layers on."""
    weighted = 0
    for other in path[path.index(layer) :]:
        if other.kind == "merge" and other.name in ("plus", "Add", "add"):
            return True
        weighted += other.kind in ("dense", "conv")
        if weighted > LONGEST_BRANCH:
            return False
    return False


def _point(layer: Layer) -> bool:
    return size_of(layer.facts.get("kernel_size")) == 1


def _told(
    training: Training, sorts: list[tuple[str, Layer]], bare: list[_Joint], pairs: int, path: Sequence[Layer]
) -> Iterator[Found]:
    states = [(_STATES[sort], layer) for sort, layer in sorts if sort in _STATES]
    if bare and (pairs <= 6 or len(bare) >= 0.3 * pairs):
        sure = {"none_between_layers": 0.98}
        if len(bare) < pairs and states:
            share = len(bare) / pairs
            common = max((state for state, _ in states), key=[state for state, _ in states].count)
            sure = {"none_between_layers": max(0.6, 0.95 * share), common: min(0.35, 0.95 * (1 - share))}
        message, spot = _gap(training, bare[0])
        yield Found("hidden_activation", sure, message, spot.place())
        return
    if not states:
        recurrent = [layer for layer in path if layer.kind == "recurrent" and layer.activation in _STATES]
        if recurrent and pairs == 0 and recurrent[0].activation == "relu":
            yield shows("hidden_activation", "relu", "The recurrent layers use ReLU.", recurrent[0].spot.place(), 0.9)
        return
    names = [state for state, _ in states]
    common = max(dict.fromkeys(names), key=names.count)
    layer = next(layer for state, layer in states if state == common)
    message = f"{_NAMES[common][:1].upper()}{_NAMES[common][1:]} stands between the layers."
    likelihood = {common: 0.98} if names.count(common) == len(names) else {common: 0.9}
    yield Found("hidden_activation", likelihood, message, layer.spot.place())


def _gap(training: Training, joint: _Joint) -> tuple[str, Spot]:
    """What is to be said of two layers without an activation between them, and where it would be put."""
    if any(word in joint.first.facts for word in ("units", "filters")):
        # A layer of Keras takes its activation as an argument.
        return f"Behind this {joint.first.name} there is no activation before the next layer.", joint.first.spot
    message = f"Between this {joint.second.name} and the layer before it there is no activation."
    return message, training.run.used.get(joint.second, joint.second.spot)


def _normalisation(network: Model, parts: Sequence[Layer], whole: bool) -> Iterator[Found]:
    batch = [layer for layer in parts if layer.kind == "batch_norm"]
    other = [layer for layer in parts if layer.kind == "other_norm"]
    if batch:
        yield shows("normalization_layers", "batch_norm", "The network has batch norm.", batch[0].spot.place())
    elif other and whole:
        message = f"The network has {other[0].name} and no batch norm."
        yield shows("normalization_layers", "layer_or_group_norm", message, other[0].spot.place())
    elif whole and not any(layer.kind == "attention" for layer in parts):
        message = "The network has no normalisation layers."
        yield shows("normalization_layers", "not_used", message, network.spot.place())


def _pooling(training: Training, networks: Sequence[Model]) -> Iterator[Found]:
    """Windows of pooling against the steps by which they move, in layers and in functions."""
    held = [part for network in networks for part in training.parts_of(network) if isinstance(part, Layer)]
    # Functions in the forward pass of PyTorch are events; Keras makes that pass itself.
    whole = networks if len(networks) == 1 else [network for network in networks if network.framework == "keras"]
    passed = [layer for network in whole for layer in flow_of(training.run, network) or ()]
    called = [event.subject for event in training.run.of("pool")]
    known: list[Layer] = []
    for layer in (layer for layer in (*held, *passed, *called) if layer.kind == "pool"):
        widths = layer.facts.get("pool_size", layer.facts.get("kernel_size"))
        strides = layer.facts.get("strides", layer.facts.get("stride"))
        if widths is None and layer.name.endswith("D"):
            widths = Known(2)
        for width, stride in _by_axis(widths, strides):
            known.append(layer)
            # A window of one picks every n-th value, which is what it is written for.
            if stride > width > 1:
                message = f"The pooling moves by {stride:g} with a window of {width:g}."
                yield shows("pooling_stride", "above_kernel", message, layer.spot.place())
                return
    if known:
        message = "No pooling moves further than its window is wide."
        yield shows("pooling_stride", "at_most_kernel", message, known[0].spot.place(), 0.95)


def _by_axis(widths: Value, strides: Value) -> list[tuple[float, float]]:
    """Width of the window and step along each axis, where both are told."""
    sides = [value.values if isinstance(value, Items) and not value.open else [value] for value in (widths, strides)]
    longest = max(len(side) for side in sides)
    if any(len(side) not in (1, longest) for side in sides):
        return []
    pairs = zip(*(side * longest if len(side) == 1 else side for side in sides), strict=True)
    return [(w, s) for one, other in pairs if (w := number(one)) is not None and (s := number(other)) is not None]


def _kind(network: Model, parts: Sequence[Layer], whole: bool) -> Iterator[Found]:
    kinds = {layer.kind for layer in parts}
    spot = network.spot.place()
    if "attention" in kinds:
        yield shows("network_kind", "transformer", "The network has attention layers.", spot, 0.9)
    elif "recurrent" in kinds:
        yield shows("network_kind", "recurrent", "The network has recurrent layers.", spot, 0.9)
    elif "conv" in kinds:
        yield shows("network_kind", "convolutional", "The network is convolutional.", spot, 0.95)
    elif "dense" in kinds and whole and "embedding" not in kinds:
        yield shows("network_kind", "dense", "The network has dense layers only.", spot, 0.95)


def _sizes(network: Model, path: Sequence[Layer] | None, parts: Sequence[Layer], whole: bool) -> Iterator[Stated]:
    rates = [(rate_of(layer), layer) for layer in parts if layer.kind == "dropout" and "Noise" not in layer.name]
    known = [(rate, layer) for rate, layer in rates if rate is not None and 0 <= rate <= 1]
    inside = [(dropped_inside(layer), layer) for layer in parts if layer.kind in ("recurrent", "attention")]
    known += [(rate, layer) for rate, layer in inside if 0 < rate <= 1]
    if known and len(known) >= len(rates):
        rate, layer = max(known, key=lambda pair: pair[0])
        yield Stated("dropout", rate, layer.spot.place())
    elif whole and not rates and not any(layer.kind in ("recurrent", "attention") for layer in parts):
        yield Stated("dropout", 0.0, network.spot.place())
    if not whole or path is None:
        return
    weighted = [layer for layer in path if layer.kind in ("dense", "conv", "recurrent")]
    if weighted and not any(layer.kind in ("attention", "merge") for layer in path):
        yield Stated("layers", len(weighted), network.spot.place())
    hidden = [layer for layer in weighted[:-1] if layer.kind in ("dense", "recurrent") and layer.units is not None]
    if hidden and weighted[-1].kind == "dense":
        narrowest = min(hidden, key=lambda layer: layer.units or 0.0)
        yield Stated("hidden_units", narrowest.units or 0, narrowest.spot.place())
