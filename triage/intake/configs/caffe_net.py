"""What the layers of a Caffe net say of the network: its kind, size, activations, pooling and starting weights."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from triage.intake.configs.caffe_data import data_findings, has_test_data
from triage.intake.configs.caffe_layers import (
    ACTIVATIONS,
    CONVOLUTIONS,
    DATA,
    LINEAR,
    RECURRENT,
    SAME_BRANCH,
    WEIGHTED,
    Layer,
    Net,
    producer,
)
from triage.intake.configs.caffe_losses import Loss, loss_findings, losses_of
from triage.intake.found import Found, Stated, shows

__all__ = ["net_findings"]

BATCH_NORM = frozenset({"batchnorm", "batchrenorm", "bn", "cudnnbatchnorm"})
DETECTION = frozenset({"multiboxloss", "detectionoutput", "roipooling", "proposal"})
ALIGNMENT = frozenset({"ctcloss", "warpctc", "warpctcloss"})
OTHER_NONLINEAR = frozenset({"absval", "eltwise", "exp", "log", "maxout", "power", "python", "threshold"})
"""Types that may bend what passes through them, so that a net with them and no activation is not surely linear."""

DEFAULT_FILLERS = frozenset({"xavier", "msra", "positive_unitball", "bilinear", "orthogonal"})
NAMED = 8
"""Layers that are named one by one."""

Item = Stated | Found | str


def net_findings(net: Net) -> Iterator[Item]:
    """All that a net says."""
    losses = losses_of(net)
    yield from data_findings(net)
    yield from loss_findings(net, losses)
    yield from _kind(net)
    yield from _size(net, losses)
    yield from _hidden_activation(net, losses)
    yield from _pooling(net)
    yield from _normalization(net)
    yield from _dropout(net)
    if losses:
        yield from _starting_weights(net)
        yield from _trained_part(net)


def _kind(net: Net) -> Iterator[Found]:
    kinds = Counter(layer.kind for layer in net.layers)
    first = {layer.kind: layer for layer in reversed(net.layers)}
    recurrent = next((first[kind] for kind in sorted(RECURRENT & kinds.keys())), None)
    convolution = next((first[kind] for kind in sorted(CONVOLUTIONS & kinds.keys())), None)
    if recurrent is not None:
        likelihood = {"recurrent": 0.65, "convolutional": 0.32} if convolution is not None else {"recurrent": 0.98}
        place = net.source.place(recurrent.line)
        yield Found("network_kind", likelihood, "The network has recurrent layers.", place)
    elif convolution is not None:
        place = net.source.place(convolution.line)
        yield shows("network_kind", "convolutional", "The network has convolutional layers.", place)
    elif "innerproduct" in kinds:
        place = net.source.place(first["innerproduct"].line)
        yield shows("network_kind", "dense", "All layers with weights are inner products.", place, 0.95)
    for state, wanted in (("detection", DETECTION), ("sequence_alignment", ALIGNMENT)):
        layer = next((first[kind] for kind in sorted(wanted & kinds.keys())), None)
        if layer is not None:
            yield shows(
                "task", state, f"The layer {layer.name[:40]!r} is one of this task.", net.source.place(layer.line)
            )


def _size(net: Net, losses: list[Loss]) -> Iterator[Stated]:
    weighted = net.of(WEIGHTED)
    if not weighted:
        return
    yield Stated("layers", float(len(weighted)), net.source.place(weighted[-1].line))
    outputs = _output_layers(net, losses)
    hidden = []
    for layer in weighted:
        if layer.kind == "innerproduct" and layer.index not in outputs:
            held = layer.parameters("inner_product_param")
            if (units := held.number("num_output")) is not None and units > 0:
                hidden.append((units, held.line_of("num_output")))
    if hidden and losses:
        units, line = min(hidden)
        yield Stated("hidden_units", units, net.source.place(line))


def _output_layers(net: Net, losses: list[Loss]) -> set[int]:
    """Layers with weights that feed a loss, and those that nothing else reads."""
    read = {bottom for layer in net.layers if not layer.in_place for bottom in layer.bottoms}
    found = {layer.index for layer in net.of(WEIGHTED) if not set(layer.tops) & read}
    for loss in losses:
        for bottom in loss.layer.bottoms:
            layer = producer(net, bottom, loss.layer.index)
            while layer is not None and layer.kind in ("softmax", "sigmoid", "tanh", "relu") and layer.bottoms:
                layer = producer(net, layer.bottoms[0], layer.index)
            if layer is not None:
                found.add(layer.index)
    return found


def _hidden_activation(net: Net, losses: list[Loss]) -> Iterator[Found]:
    """The activation behind the hidden layers; one that only changes the input is none of them."""
    outputs = _output_layers(net, losses)
    hidden = [layer for layer in net.of(WEIGHTED - RECURRENT) if layer.index not in outputs]
    feeding = {
        layer.index
        for loss in losses
        for bottom in loss.layer.bottoms
        if (layer := producer(net, bottom, loss.layer.index)) is not None
    }
    read = {bottom for layer in net.layers if not layer.in_place for bottom in layer.bottoms}
    states: Counter[str] = Counter()
    first: dict[str, Layer] = {}
    on_input: Layer | None = None
    for layer in net.layers:
        if layer.kind not in ACTIVATIONS or layer.index in feeding or not read & set(layer.tops) or not layer.bottoms:
            continue
        made_by = producer(net, layer.bottoms[0], layer.index, SAME_BRANCH)
        if made_by is None or made_by.kind in DATA:
            on_input = layer
            continue
        state = (
            "leaky_or_smooth" if layer.parameters("relu_param").number("negative_slope") else ACTIVATIONS[layer.kind]
        )
        states[state] += 1
        first.setdefault(state, layer)
    bare = _bare(net, {layer.index for layer in hidden})
    bends = any(layer.kind in OTHER_NONLINEAR | RECURRENT for layer in net.layers)
    if not states and hidden and not bends:
        bare = hidden
    if bare:
        states["none_between_layers"] += len(bare)
        first["none_between_layers"] = bare[0]
    if not states:
        return
    whole = sum(states.values())
    state, most = states.most_common(1)[0]
    place = net.source.place(first[state].line)
    message = f"Of {whole} activations between layers {most} are of the type {first[state].kind}."
    if state == "none_between_layers":
        message = f"{len(bare)} of {len(hidden)} hidden layers have no activation, {first[state].name[:40]!r} first."
        if on_input is not None:
            message += f" The activation {on_input.name[:40]!r} acts on the input alone."
    elif bare:
        message = (
            f"Of {len(hidden)} hidden layers {most} are followed by {first[state].kind}, {len(bare)} by no activation."
        )
    elif most == whole:
        message = f"Every activation between layers is of the type {first[state].kind}: {whole} of {whole}."
    yield Found("hidden_activation", {name: 0.97 * number / whole for name, number in states.items()}, message, place)


def _bare(net: Net, hidden: set[int]) -> list[Layer]:
    """Hidden layers whose values reach the next layer with weights without an activation between."""
    found: dict[int, Layer] = {}
    for layer in net.of(WEIGHTED):
        before = producer(net, layer.bottoms[0], layer.index, LINEAR) if layer.bottoms else None
        if before is not None and before.index in hidden:
            found.setdefault(before.index, before)
    return list(found.values())


def _pooling(net: Net) -> Iterator[Item]:
    """Each pooling layer that steps further than its window is wide; one over the whole input has no step."""
    widths = 0
    above: list[Found] = []
    last: Layer | None = None
    for layer in net.of(frozenset({"pooling"})):
        held = layer.parameters("pooling_param")
        if held.flag("global_pooling"):
            continue
        for side in ("h", "w"):
            kernel = held.number(f"kernel_{side}") or held.number("kernel_size") or held.number("kernelsize")
            named = f"stride_{side}" if held.number(f"stride_{side}") is not None else "stride"
            stride = held.number(named) or 1.0
            if kernel is None:
                continue
            widths, last = widths + 1, layer
            if stride > kernel:
                message = f"The pooling layer {layer.name[:40]!r} has stride {stride:g} above its kernel of {kernel:g}."
                above.append(shows("pooling_stride", "above_kernel", message, net.source.place(held.line_of(named))))
                break
    yield from above[:NAMED]
    if len(above) > NAMED:
        yield f"{len(above) - NAMED} more pooling layers have a stride above their kernel."
    if widths and not above and last is not None:
        message = "No pooling layer has a stride above its kernel."
        yield shows("pooling_stride", "at_most_kernel", message, net.source.place(last.line))


def _normalization(net: Net) -> Iterator[Item]:
    layers = net.of(BATCH_NORM)
    if not layers:
        other = net.of(frozenset({"mvn", "groupnorm", "layernorm", "instancenorm"}))
        if other:
            place = net.source.place(other[0].line)
            yield shows("normalization_layers", "layer_or_group_norm", "The network normalises by MVN.", place, 0.85)
        elif net.of(WEIGHTED):
            yield shows("normalization_layers", "not_used", "The network has no batch norm.", net.source.place(), 0.95)
        return
    message = f"The network has {len(layers)} layer{'' if len(layers) == 1 else 's'} of batch norm."
    yield shows("normalization_layers", "batch_norm", message, net.source.place(layers[0].line))
    tested = {id(layer.message) for layer in net.testing} if has_test_data(net) else set()
    for layer in layers:
        held = layer.parameters("batch_norm_param", "bn_param")
        stored = held.flag("use_global_stats")
        place = net.source.place(held.line_of("use_global_stats"))
        if stored is True:
            message = "Batch norm uses its stored statistics in training too and does not update them."
            yield Found("batch_norm_statistics", {"never_updated": 0.55, "plausible": 0.42}, message, place)
            return
        if stored is False and id(layer.message) in tested:
            message = "Batch norm uses the statistics of the batch in the test phase too."
            yield shows("evaluation_code", "mode_not_switched", message, place, 0.8)
            return


def _dropout(net: Net) -> Iterator[Stated]:
    shares = []
    for layer in net.of(frozenset({"dropout"})):
        held = layer.parameters("dropout_param")
        given = held.number("dropout_ratio")
        shares.append((0.5 if given is None else given, held.line_of("dropout_ratio")))
    if shares:
        share, line = max(shares)
        yield Stated("dropout", share, net.source.place(line))
    elif net.of(WEIGHTED):
        yield Stated("dropout", 0.0, net.source.place())


def _starting_weights(net: Net) -> Iterator[Found]:
    """Where the weights start; without a filler Caffe sets them to 0, which only a net that loads weights can mean."""
    groups: dict[str, list[tuple[Layer, int, str]]] = {}
    for layer in net.of(WEIGHTED - RECURRENT):
        held = layer.parameters("inner_product_param", "convolution_param", "embed_param", "local_conv_param")
        filler = held.message("weight_filler")
        if filler is None:
            groups.setdefault("missing", []).append((layer, layer.line, "no filler"))
            continue
        kind = filler.word("type").lower() or "constant"
        state = "own_scale" if kind in ("gaussian", "uniform") else "constant" if kind == "constant" else "default"
        spread = filler.number("std")
        words = f"{kind} with std {1.0 if spread is None else spread:g}" if kind == "gaussian" else kind
        if state == "default" and kind not in DEFAULT_FILLERS:
            continue
        groups.setdefault(state, []).append((layer, filler.line, words))
    whole = sum(map(len, groups.values()))
    if not whole:
        return
    constant = groups.get("constant", [])
    if constant:
        names = ", ".join(repr(layer.name[:40]) for layer, _, _ in constant[:NAMED])
        message = f"The weights of {len(constant)} of {whole} layers start at one constant: {names}."
        sure = 0.95 if 2 * len(constant) >= whole else 0.5
        rest = {"own_scale": 0.2, "framework_default": 0.2} if sure < 0.9 else {}
        place = net.source.place(constant[0][1])
        yield Found("initialization", {"zeros_or_constant": sure, **rest}, message, place)
        return
    state = max(groups, key=lambda name: len(groups[name]))
    layer, line, words = groups[state][0]
    message = f"The weights of {len(groups[state])} of {whole} layers start as {layer.name[:40]!r} does: {words}."
    likelihood = {
        "missing": {"pretrained": 0.75, "zeros_or_constant": 0.2},
        "own_scale": {"own_scale": 0.9, "pretrained": 0.08},
        "default": {"framework_default": 0.88, "pretrained": 0.1},
    }[state]
    yield Found("initialization", likelihood, message, net.source.place(line))


def _trained_part(net: Net) -> Iterator[Found]:
    """By the factors of the rate that the layers have; 0 freezes a layer."""
    weighted = net.of(WEIGHTED)
    rates = {layer.index: rate for layer in weighted if (rate := _factor(layer)) is not None}
    frozen = [layer for layer in weighted if rates.get(layer.index) == 0.0]
    if frozen and len(frozen) == len(weighted):
        message = "The factor of the rate is 0 in all layers with weights: none of them is trained."
        yield shows("weights_change", "none_change", message, net.source.place(frozen[0].line))
    elif frozen:
        message = f"{len(frozen)} of {len(weighted)} layers with weights are frozen by a factor of 0."
        share = len(frozen) / len(weighted)
        sure = {"head_or_adapter_only": 0.9} if share >= 0.5 else {"head_or_adapter_only": 0.5, "everything": 0.4}
        yield Found("trained_part", sure, message, net.source.place(frozen[0].line))
    elif len(set(rates.values()) | ({1.0} if len(rates) < len(weighted) else set())) > 1:
        message = "The layers have different factors of the rate."
        layer = next(layer for layer in weighted if rates.get(layer.index, 1.0) != 1.0)
        likelihood = {"several_optimizers_or_groups": 0.65, "everything": 0.32}
        yield Found("trained_part", likelihood, message, net.source.place(layer.line))
    elif weighted:
        message = "All layers with weights are trained at the same rate."
        yield shows("trained_part", "everything", message, net.source.place(), 0.93)


def _factor(layer: Layer) -> float | None:
    """Factor of the rate of a layer's weights, its first parameter."""
    own = layer.own or layer.message
    if (old := own.all("blobs_lr")) or (old := layer.message.all("blobs_lr")):
        return old[0].number
    first = next(layer.message.messages("param"), None)
    return first.number("lr_mult") if first is not None else None
