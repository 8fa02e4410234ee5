"""Layers of a Caffe net as training sees them, in one form for the three syntaxes that Caffe has had.

``layer { type: "InnerProduct" }`` is that of today, ``layers { type: INNER_PRODUCT }`` the one before, and
``layers { layer { type: "innerproduct" num_output: 10 } }`` the first, with the parameters of a layer in the layer
itself (caffe.proto; the upgrade between them: upgrade_proto.cpp).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from triage.intake.configs.source import Source
from triage.intake.configs.textproto import Message

__all__ = [
    "ACTIVATIONS",
    "CONVOLUTIONS",
    "DATA",
    "LINEAR",
    "RECURRENT",
    "SAME_BRANCH",
    "WEIGHTED",
    "Layer",
    "Net",
    "layers_of",
    "net_of",
    "producer",
]

CONVOLUTIONS = frozenset({"convolution", "deconvolution", "convolutiondepthwise", "depthwiseconvolution"})
RECURRENT = frozenset({"lstm", "rnn", "recurrent", "lstmstatic", "gru"})
WEIGHTED = CONVOLUTIONS | RECURRENT | {"innerproduct", "embed", "local"}
DATA = frozenset({
    "annotateddata", "data", "dummydata", "hdf5data", "imagedata", "imagesegdata", "denseimagedata", "input",
    "memorydata", "videodata", "windowdata",
})  # fmt: skip

ACTIVATIONS: Mapping[str, str] = {
    "relu": "relu", "relu6": "relu", "prelu": "leaky_or_smooth", "elu": "leaky_or_smooth", "swish": "leaky_or_smooth",
    "mish": "leaky_or_smooth", "bnll": "leaky_or_smooth", "sigmoid": "saturating", "tanh": "saturating",
}  # fmt: skip
"""Type of a layer -> state of ``hidden_activation``; ReLU with a slope is told apart by its parameter."""

_OTHER_NAMES = {"conv": "convolution", "pool": "pooling", "softmaxloss": "softmaxwithloss", "local": "local"}

SAME_VALUES = frozenset({"crop", "dropout", "flatten", "interp", "permute", "reshape", "slice", "split", "transpose"})
"""Types that pass on what they get, which an activation before them still bounds."""

LINEAR = SAME_VALUES | {"batchnorm", "batchrenorm", "bias", "bn", "cudnnbatchnorm", "scale"}
"""Types that scale and shift what they get."""

SAME_BRANCH = LINEAR | {"lrn", "mvn", "pooling"}
"""Types that may stand between a layer and its activation."""

LONGEST_CHAIN = 50
"""Layers that a value is followed through without being bent."""


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer.

    Args:
        index: its place in the order of the net.
        name: as the file has it.
        kind: its type in small letters, without underscores, as of today's syntax.
        bottoms: names of the blobs that it reads.
        tops: names of the blobs that it writes.
        message: its fields.
        own: the message that holds its parameters in the first syntax.
        line: where it begins.

    """

    index: int
    name: str
    kind: str
    bottoms: tuple[str, ...]
    tops: tuple[str, ...]
    message: Message
    own: Message | None
    line: int

    def parameters(self, *names: str) -> Message:
        """The first of these messages that it has; one without fields where it has none."""
        if self.own is not None:
            return self.own
        return next((found for name in names if (found := self.message.message(name)) is not None), Message(self.line))

    @property
    def in_place(self) -> bool:
        """Whether it writes over what it reads."""
        return bool(self.bottoms) and self.bottoms[:1] == self.tops[:1]


@dataclass(frozen=True, slots=True)
class Net:
    """One net.

    Args:
        source: its file.
        message: its fields.
        layers: those of the training phase, in their order.
        testing: those of the test phase.
        writers: name of a blob -> the training layers that write it, in their order.

    """

    source: Source
    message: Message
    layers: Sequence[Layer]
    testing: Sequence[Layer]
    writers: Mapping[str, Sequence[int]]

    def of(self, kinds: frozenset[str]) -> list[Layer]:
        """The training layers of some types."""
        return [layer for layer in self.layers if layer.kind in kinds]


def layers_of(message: Message) -> list[Message]:
    """The messages of the layers, of either syntax."""
    return [*message.messages("layers"), *message.messages("layer")]


def net_of(message: Message, source: Source) -> Net:
    """Take the fields of a net apart into its layers."""
    training: list[Layer] = []
    testing: list[Layer] = []
    writers: dict[str, list[int]] = {}
    for item in layers_of(message):
        if _takes_part(item, "test"):
            testing.append(_layer(item, len(testing)))
        if _takes_part(item, "train"):
            layer = _layer(item, len(training))
            training.append(layer)
            for top in dict.fromkeys(layer.tops):
                writers.setdefault(top, []).append(layer.index)
    return Net(source, message, training, testing, writers)


def producer(net: Net, blob: str, before: int, passed: frozenset[str] = SAME_VALUES) -> Layer | None:
    """The layer that made the values of a blob.

    Args:
        net: all layers.
        blob: its name.
        before: index of the layer that reads it, since layers may write in place.
        passed: types of layers behind which to look further.

    """
    for _ in range(LONGEST_CHAIN):
        writers = net.writers.get(blob, ())
        at = bisect_left(writers, before)
        if at == 0:
            return None
        layer = net.layers[writers[at - 1]]
        if layer.kind not in passed or not layer.bottoms:
            return layer
        blob, before = layer.bottoms[0], layer.index
    return None


def _layer(message: Message, index: int) -> Layer:
    inner = message.message("layer")
    own = inner if inner is not None and inner.word("type") else None
    named = own or message
    kind = named.word("type").replace("_", "").lower()
    return Layer(
        index,
        named.word("name"),
        _OTHER_NAMES.get(kind, kind),
        _words(message, "bottom"),
        _words(message, "top"),
        message,
        own,
        message.line,
    )


def _words(message: Message, name: str) -> tuple[str, ...]:
    return tuple(item.value for item in message.all(name) if isinstance(item.value, str))


def _takes_part(layer: Message, phase: str) -> bool:
    """Whether a layer belongs to a phase, by its rules; stages and levels stand at their defaults."""
    included = list(layer.messages("include"))
    if included:
        return any(_matches(rule, phase) for rule in included)
    return not any(_matches(rule, phase) for rule in layer.messages("exclude"))


def _matches(rule: Message, phase: str) -> bool:
    item = rule.last("phase")
    value = "" if item is None else str(item.value).lower()
    named = {"0.0": "train", "1.0": "test"}.get(value, value)
    lowest = rule.number("min_level")
    return named in ("", phase) and not rule.all("stage") and (lowest is None or lowest <= 0)
