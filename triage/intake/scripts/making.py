"""Layers from the calls that make them, with the arguments that matter."""

from __future__ import annotations

from triage.intake.scripts.applying import sort_of_activation
from triage.intake.scripts.layers import ACTIVATIONS, kind_of
from triage.intake.scripts.trace import Call
from triage.intake.scripts.values import Items, Known, Layer, Value, number

__all__ = ["dropped_inside", "keras_layer", "rate_of", "size_of", "torch_layer"]

_KERAS_ARGUMENTS = {
    "dense": ("units", "activation"),
    "conv": ("filters", "kernel_size", "strides"),
    "DepthwiseConv2D": ("kernel_size", "strides"),
    "recurrent": ("units", "activation"),
    "pool": ("pool_size", "strides"),
    "dropout": ("rate",),
    "Rescaling": ("scale", "offset"),
    "embedding": ("input_dim", "output_dim"),
}
"""Positions of arguments, by kind or by class."""

_DENSE = ("in_features", "out_features", "bias")
_CONVOLUTION = ("in_channels", "out_channels", "kernel_size", "stride", "padding", "dilation", "groups")


def torch_layer(name: str, call: Call) -> Layer:
    """A layer of PyTorch ("torch.nn", documentation of PyTorch)."""
    kind = kind_of(name)
    facts = dict(call.named)
    units: float | None = None
    activation: str | None = ""
    if kind in ("dense", "conv"):
        _positions(facts, call, _DENSE if kind == "dense" else _CONVOLUTION)
        if name.startswith("Lazy"):
            facts["out_features" if kind == "dense" else "out_channels"] = call.get(0, "out_features", "out_channels")
        if name == "Bilinear":
            facts["out_features"] = call.get(2, "out_features")
        units = number(facts.get("out_features" if kind == "dense" else "out_channels"))
    elif kind == "recurrent":
        _positions(facts, call, ("input_size", "hidden_size", "num_layers"))
        units = number(facts.get("hidden_size"))
        activation = "tanh"
    elif kind == "pool":
        _positions(facts, call, ("kernel_size", "stride"))
    elif kind == "dropout":
        _positions(facts, call, ("p",))
        facts.setdefault("p", Known(0.5))
    elif kind == "activation":
        activation = ACTIVATIONS.get(name.lower())
    elif kind == "attention":
        activation = None
        if name in ("TransformerEncoderLayer", "TransformerDecoderLayer"):
            _positions(facts, call, ("d_model", "nhead", "dim_feedforward", "dropout"))
            facts.setdefault("dropout", Known(0.1))
        if name in ("TransformerEncoder", "TransformerDecoder") and isinstance(call.get(0, "encoder_layer"), Layer):
            facts["inner"] = call.get(0, "encoder_layer", "decoder_layer")
        if name == "MultiheadAttention":
            _positions(facts, call, ("embed_dim", "num_heads", "dropout"))
    return Layer(kind or "unknown", name, call.spot, activation, units, facts)


def keras_layer(name: str, call: Call) -> Layer:
    """A layer of Keras ("Keras layers API", documentation of Keras); version 1 called arguments otherwise."""
    kind = kind_of(name)
    facts = dict(call.named)
    inner = call.get(0, "layer")
    if name == "TimeDistributed" and isinstance(inner, Layer):
        return inner
    if name == "Bidirectional" and isinstance(inner, Layer):
        return Layer(kind, name, call.spot, inner.activation, inner.units, {**inner.facts, **facts})
    _positions(facts, call, _KERAS_ARGUMENTS.get(name, _KERAS_ARGUMENTS.get(kind, ())))
    if kind == "activation" or name == "Activation":
        return Layer("activation", name, call.spot, _activation(name, call), None, facts)
    if "p" in facts:
        facts.setdefault("rate", facts["p"])
    units = next((facts[word] for word in ("units", "filters", "output_dim", "nb_filter") if word in facts), None)
    activation: str | None = ""
    if kind in ("dense", "conv"):
        activation = sort_of_activation(facts.get("activation"))
    elif kind == "recurrent":
        activation = sort_of_activation(facts["activation"]) if "activation" in facts else "tanh"
    sized = number(units) if kind in ("dense", "conv", "recurrent") and name != "EinsumDense" else None
    return Layer(kind or "unknown", name, call.spot, activation, sized, facts)


def _activation(name: str, call: Call) -> str | None:
    if name != "Activation":
        return ACTIVATIONS.get(name.lower())
    given = call.get(0, "activation")
    return sort_of_activation(given) if given is not None else None


def rate_of(layer: Layer) -> float | None:
    """Share that a layer of dropout drops."""
    return number(layer.facts.get("rate", layer.facts.get("p")))


def dropped_inside(layer: Layer) -> float:
    """Share that a recurrent or an attention layer drops by an argument of its own; 0 where none is told."""
    if (
        layer.name in ("LSTM", "GRU", "RNN")
        and "input_size" in layer.facts
        and number(layer.facts.get("num_layers")) in (None, 1)
    ):
        # PyTorch drops between stacked layers only.
        return 0.0
    return max(
        number(layer.facts.get(word)) or 0.0 for word in ("dropout", "recurrent_dropout", "dropout_W", "dropout_U")
    )


def size_of(value: Value) -> float | None:
    """A size, or the smallest of several."""
    if isinstance(value, Items):
        sizes = [number(part) for part in value.values]
        return min(size for size in sizes if size is not None) if sizes and None not in sizes else None
    return number(value)


def _positions(facts: dict[str, Value], call: Call, names: tuple[str, ...]) -> None:
    for position, name in enumerate(names):
        if name not in facts and position < len(call.args):
            facts[name] = call.args[position]
