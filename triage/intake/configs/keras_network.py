"""What the layers of a Keras model say of the network: its kind, size, activations, pooling and starting weights."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping

from triage.intake.configs.keras_layers import Layer, Model
from triage.intake.configs.source import Source
from triage.intake.configs.terms import activation_of, name_of, precision_of
from triage.intake.found import Found, Place, Stated, shows

__all__ = ["network_findings"]

CONVOLUTION = re.compile(r"(?:Separable|Depthwise)?Conv[123]D(?:Transpose)?|LocallyConnected[12]D|Convolution[12]D")
RECURRENT = frozenset({"LSTM", "GRU", "SimpleRNN", "RNN", "ConvLSTM1D", "ConvLSTM2D", "CuDNNLSTM", "CuDNNGRU"})
ATTENTION = frozenset({"MultiHeadAttention", "GroupedQueryAttention", "Attention", "AdditiveAttention"})
OTHER_WEIGHTED = frozenset({"Dense", "EinsumDense", "Embedding"}) | ATTENTION - {"Attention", "AdditiveAttention"}
POOLING = re.compile(r"(?:Max|Average|Avg)Pool(?:ing)?[123]D")

ACTIVATION_LAYERS = {
    "ReLU": "relu", "LeakyReLU": "leaky_or_smooth", "PReLU": "leaky_or_smooth", "ELU": "leaky_or_smooth",
    "ThresholdedReLU": "relu",
}  # fmt: skip
NORMALIZATIONS = {
    "BatchNormalization": "batch_norm", "SyncBatchNormalization": "batch_norm", "BatchNorm": "batch_norm",
    "LayerNormalization": "layer_or_group_norm", "GroupNormalization": "layer_or_group_norm",
    "RMSNormalization": "layer_or_group_norm", "InstanceNormalization": "layer_or_group_norm",
}  # fmt: skip
INITIALIZERS = {
    "zeros": "zeros_or_constant", "zero": "zeros_or_constant", "ones": "zeros_or_constant",
    "constant": "zeros_or_constant", "randomnormal": "own_scale", "truncatednormal": "own_scale",
    "randomuniform": "own_scale", "uniform": "own_scale", "normal": "own_scale",
}  # fmt: skip
"""Name of an initializer without marks -> state; He, LeCun, Glorot and their kin are what is left."""

DROPOUTS = re.compile(r"(?:Spatial)?(?:Alpha|Gaussian)?Dropout(?:[123]D)?")
OUTPUTS = frozenset({"linear", "softmax", "sigmoid", "relu", "tanh"})
NAMED = 8

Item = Stated | Found | str


def network_findings(model: Model, source: Source) -> Iterator[Item]:
    """All that the layers say."""
    weighted = [layer for layer in model.layers if _weighted(layer)]
    if not weighted:
        yield f"No layer with weights is known in {source.file}."
        return
    ends = {layer.name for layer in model.outputs}
    yield from _network(model, weighted, source)
    yield from _size(model, weighted, ends, source)
    yield from _output(model, source)
    yield from _hidden(model, weighted, ends, source)
    yield from _pooling(model, source)
    yield from _normalization(model, source)
    yield from _dropout(model, source)
    yield from _starting_weights(weighted, source)
    yield from _inputs(model, source)
    yield from _trained_part(weighted, source)
    precision = precision_of(weighted[0].word("dtype"))
    if precision is not None:
        message = f"The layers compute in {weighted[0].word('dtype')[:40]}."
        yield shows("precision", precision, message, _place(weighted[0], source), 0.95)


def _weighted(layer: Layer) -> bool:
    return layer.kind in OTHER_WEIGHTED | RECURRENT or CONVOLUTION.fullmatch(layer.kind) is not None


def _place(layer: Layer, source: Source) -> Place:
    return source.place(layer.at.line, layer.at.column)


def _network(model: Model, weighted: list[Layer], source: Source) -> Iterator[Found]:
    attention = next((layer for layer in model.layers if layer.kind in ATTENTION), None)
    recurrent = next((layer for layer in weighted if layer.kind in RECURRENT), None)
    convolution = next((layer for layer in weighted if CONVOLUTION.fullmatch(layer.kind)), None)
    if attention is not None and recurrent is None:
        likelihood = {"transformer": 0.9, "convolutional": 0.07}
        yield Found(
            "network_kind", likelihood, f"The network has attention: {attention.kind}.", _place(attention, source)
        )
    elif recurrent is not None:
        likelihood = {"recurrent": 0.98} if convolution is None else {"recurrent": 0.65, "convolutional": 0.32}
        yield Found(
            "network_kind",
            likelihood,
            f"The network has recurrent layers: {recurrent.kind}.",
            _place(recurrent, source),
        )
    elif convolution is not None:
        message = f"The network has convolutional layers: {convolution.kind}."
        yield shows("network_kind", "convolutional", message, _place(convolution, source))
    elif all(layer.kind in ("Dense", "Embedding") for layer in weighted):
        message = "All layers with weights are dense."
        yield shows("network_kind", "dense", message, _place(weighted[0], source), 0.95)


def _size(model: Model, weighted: list[Layer], ends: set[str], source: Source) -> Iterator[Stated]:
    yield Stated("layers", float(len(weighted)), _place(weighted[-1], source))
    last = _last_weighted(model, ends)
    plain = model.in_a_row or not any(CONVOLUTION.fullmatch(layer.kind) for layer in weighted)
    hidden = [
        (units, layer)
        for layer in weighted
        if layer.kind in RECURRENT | {"Dense"} and layer.name not in last
        if (units := layer.number("units", "output_dim")) is not None and units > 0
    ]
    if hidden and plain:
        units, layer = min(hidden, key=lambda item: item[0])
        yield Stated("hidden_units", units, _place(layer, source))


def _last_weighted(model: Model, ends: set[str]) -> set[str]:
    """Names of the layers that give the outputs, and of the last with weights, which a bare activation may follow."""
    last = next((layer.name for layer in reversed(model.layers) if _weighted(layer)), "")
    return ends | {last}


def _activation(layer: Layer) -> str:
    """The activation of a layer, as Keras names it; empty where it has none to set."""
    if layer.kind in ("Softmax",):
        return "softmax"
    return name_of(layer.word("activation")) if layer.kind == "Activation" or _weighted(layer) else ""


def _output(model: Model, source: Source) -> Iterator[Item]:
    found = {_activation(layer) or ("relu" if layer.kind == "ReLU" else "") for layer in model.outputs}
    if len(found) != 1 or not model.outputs:
        return
    [activation] = found
    last = model.outputs[-1]
    state = "softmax" if activation == "logsoftmax" else activation
    if state in OUTPUTS:
        message = f"The last layer {last.name[:40]!r} ends in {activation}."
        if state == "linear":
            message = f"The last layer {last.name[:40]!r} has no activation."
        yield shows("output_activation", state, message, _place(last, source))
    if state == "softmax":
        with_weights = (each for each in reversed(model.layers) if _weighted(each))
        before = last if last.number("units") else next(with_weights, last)
        units = before.number("units", "output_dim") if before.kind == "Dense" else None
        if units == 1:
            where = f"{source.file}, line {last.at.line}"
            yield f"The softmax of {last.name[:40]!r} has one unit, so that it is always 1 ({where})."
        elif units is not None and units > 1:
            yield Stated("classes", units, _place(before, source))


def _hidden(model: Model, weighted: list[Layer], ends: set[str], source: Source) -> Iterator[Found]:
    """Activations of all layers but the last; those within recurrent layers are no choice between layers."""
    last = _last_weighted(model, ends)
    others = RECURRENT | ATTENTION | {"Embedding"}
    hidden = [layer for layer in weighted if layer.name not in last and layer.kind not in others]
    states: Counter[str] = Counter()
    first: dict[str, Layer] = {}
    for layer in model.layers:
        if layer.name in ends or layer.kind in RECURRENT | ATTENTION:
            continue
        state = ACTIVATION_LAYERS.get(layer.kind) or activation_of(_activation(layer))
        if state is not None and state != "none_between_layers":
            states[state] += 1
            first.setdefault(state, layer)
    bare = _without(model, hidden, ends)
    if bare:
        states["none_between_layers"] += len(bare)
        first.setdefault("none_between_layers", bare[0])
    whole = sum(states.values())
    if not hidden or not whole:
        return
    state, most = states.most_common(1)[0]
    title = _activation(first[state]) or first[state].kind
    message = f"{most} of {whole} activations between layers are like that of {first[state].name[:40]!r}: {title}."
    if state == "none_between_layers":
        message = f"{most} of {len(hidden)} hidden layers have no activation, {first[state].name[:40]!r} first."
    likelihood = {name: 0.97 * number / whole for name, number in states.items()}
    yield Found("hidden_activation", likelihood, message, _place(first[state], source))


def _without(model: Model, hidden: list[Layer], ends: set[str]) -> list[Layer]:
    """Hidden layers that no activation follows before the next layer with weights.

    Beside activations elsewhere the maximum of a pooling layer counts as one, as in LeNet.
    """
    linear = {id(layer) for layer in hidden if _activation(layer) in ("", "linear")}
    bends = [layer for layer in model.layers if layer.kind in ACTIVATION_LAYERS or layer.kind == "Activation"]
    if not model.in_a_row:
        all_linear = len(linear) == len(hidden) and not any(layer.name not in ends for layer in bends)
        known = not any(layer.kind in RECURRENT | ATTENTION for layer in model.layers)
        return list(hidden) if all_linear and known else []
    waiting: Layer | None = None
    found: list[Layer] = []
    if bends or len(linear) < len(hidden):
        bends += [layer for layer in model.layers if POOLING.fullmatch(layer.kind) and layer.kind.startswith("Max")]
    bends += [layer for layer in model.layers if layer.kind in RECURRENT | ATTENTION]
    bending = {id(layer) for layer in bends}
    for layer in model.layers:
        if id(layer) in bending:
            waiting = None
        elif _weighted(layer):
            found += [waiting] if waiting is not None else []
            waiting = layer if id(layer) in linear else None
    return found


def _pooling(model: Model, source: Source) -> Iterator[Item]:
    pools = [layer for layer in model.layers if POOLING.fullmatch(layer.kind)]
    above: list[Found] = []
    for layer in pools:
        sizes, strides = layer.numbers("pool_size"), layer.numbers("strides")
        wide = [(stride, size) for stride, size in zip(strides, sizes, strict=False) if stride > size]
        if wide:
            stride, size = wide[0]
            message = f"The pooling layer {layer.name[:40]!r} has stride {stride:g} above its pool_size of {size:g}."
            above.append(shows("pooling_stride", "above_kernel", message, _place(layer, source)))
    yield from above[:NAMED]
    if len(above) > NAMED:
        yield f"{len(above) - NAMED} more pooling layers have a stride above their pool_size."
    if pools and not above:
        message = "No pooling layer has a stride above its pool_size."
        yield shows("pooling_stride", "at_most_kernel", message, _place(pools[-1], source))


def _normalization(model: Model, source: Source) -> Iterator[Found]:
    first: dict[str, Layer] = {}
    for layer in model.layers:
        if layer.kind in NORMALIZATIONS:
            first.setdefault(NORMALIZATIONS[layer.kind], layer)
    state = next((each for each in ("batch_norm", "layer_or_group_norm") if each in first), None)
    if state is None:
        yield shows("normalization_layers", "not_used", "No layer normalises.", source.place(), 0.95)
    else:
        message = f"The network has layers of the kind {first[state].kind}."
        yield shows("normalization_layers", state, message, _place(first[state], source))


def _dropout(model: Model, source: Source) -> Iterator[Stated]:
    shares = [
        (share, layer)
        for layer in model.layers
        if DROPOUTS.fullmatch(layer.kind) or layer.kind in RECURRENT | ATTENTION
        if (share := layer.number("rate", "dropout", "p")) is not None and 0 <= share <= 1
    ]
    share, layer = max(shares, key=lambda item: item[0], default=(0.0, None))
    yield Stated("dropout", share, _place(layer, source) if layer is not None and share else source.place())


def _starting_weights(weighted: list[Layer], source: Source) -> Iterator[Found]:
    groups: dict[str, list[Layer]] = {}
    for layer in weighted:
        named = name_of(_initializer(layer))
        if named:
            groups.setdefault(INITIALIZERS.get(named, "framework_default"), []).append(layer)
    whole = sum(map(len, groups.values()))
    if not whole:
        return
    constant = groups.get("zeros_or_constant", [])
    state = "zeros_or_constant" if constant else max(groups, key=lambda name: len(groups[name]))
    layer = groups[state][0]
    spread = _spread(layer)
    words = _initializer(layer) + (f" with a spread of {spread:g}" if spread is not None else "")
    message = f"The weights of {len(groups[state])} of {whole} layers start as {layer.name[:40]!r} does: {words[:60]}."
    likelihoods: Mapping[str, Mapping[str, float]] = {
        "zeros_or_constant": {"zeros_or_constant": 0.95},
        "own_scale": {"own_scale": 0.85, "framework_default": 0.06, "pretrained": 0.06},
        "framework_default": {"framework_default": 0.85, "pretrained": 0.12},
    }
    likelihood = likelihoods[state]
    if constant and 2 * len(constant) < whole:
        likelihood = {"zeros_or_constant": 0.5, "framework_default": 0.35, "own_scale": 0.1}
    yield Found("initialization", likelihood, message, _place(layer, source))


def _initializer(layer: Layer) -> str:
    return layer.word("kernel_initializer") or layer.word("depthwise_initializer") or layer.word("init")


def _spread(layer: Layer) -> float | None:
    given = layer.config.mapping.get("kernel_initializer")
    config = given.mapping.get("config") if given is not None else None
    spread = config.mapping.get("stddev") if config is not None else None
    return spread.number if spread is not None else None


def _inputs(model: Model, source: Source) -> Iterator[Item]:
    """Layers that scale or change the inputs; without them that may be done anywhere else."""
    for layer in model.layers:
        scale = layer.number("scale") if layer.kind == "Rescaling" else None
        if scale is not None and 1 / 300 <= scale <= 1 / 100:
            message = f"The inputs are multiplied by {scale:.4g}."
            yield shows("input_scaling", "zero_to_one", message, _place(layer, source), 0.95)
        elif layer.kind == "Normalization":
            message = "A layer brings the inputs to mean 0 and spread 1."
            yield shows("input_scaling", "standardised", message, _place(layer, source), 0.93)
    changes = {
        layer.kind: layer for layer in model.layers if layer.kind.startswith("Random") and layer.kind[6:7].isupper()
    }
    if changes:
        yield Stated("augmentations", float(len(changes)), _place(next(iter(changes.values())), source))


def _trained_part(weighted: list[Layer], source: Source) -> Iterator[Found]:
    frozen = [layer for layer in weighted if not layer.trained]
    if not frozen:
        message = "All layers with weights are trained."
        yield shows("trained_part", "everything", message, source.place(), 0.88)
    elif len(frozen) == len(weighted):
        message = "All layers with weights are frozen: none of them is trained."
        yield shows("weights_change", "none_change", message, _place(frozen[0], source), 0.9)
    else:
        message = f"{len(frozen)} of {len(weighted)} layers with weights are frozen."
        sure = 0.93 if 2 * len(frozen) >= len(weighted) else 0.6
        yield shows("trained_part", "head_or_adapter_only", message, _place(frozen[0], source), sure)
