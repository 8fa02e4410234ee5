"""What the loss layers of a Caffe net say: the loss, its terms, and the activation that feeds it (caffe.proto)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from triage.intake.configs.caffe_layers import RECURRENT, WEIGHTED, Layer, Net, producer
from triage.intake.found import Found, Stated, shows

__all__ = ["Loss", "loss_findings", "losses_of"]

SOFTMAX = frozenset({"softmaxwithloss", "softmaxcentrewithloss", "weightedsoftmaxwithloss", "softmaxwithlossignore"})
SIGMOID = frozenset({"sigmoidcrossentropyloss", "weightedsigmoidcrossentropyloss"})

FUNCTIONS: Mapping[str, frozenset[str]] = {
    "cross_entropy_on_logits": SOFTMAX,
    "binary_cross_entropy": SIGMOID,
    "cross_entropy_on_probabilities": frozenset({"multinomiallogisticloss"}),
    "squared_or_absolute_error": frozenset({"euclideanloss", "huberloss", "l1loss", "smoothl1loss"}),
    "alignment_loss": frozenset({"ctcloss", "warpctc", "warpctcloss"}),
    "overlap_loss": frozenset({"diceloss", "iouloss"}),
}
"""State of ``loss_function`` -> types of loss layers; any other loss is a rare one."""

DETECTION = {"cross_entropy_on_logits": 0.6, "squared_or_absolute_error": 0.3}
"""MultiBoxLoss, which adds up one of the classes and one of the boxes."""

OUTPUTS = {"softmax": "softmax", "sigmoid": "sigmoid", "relu": "relu", "tanh": "tanh"}

NAMES = {
    "softmaxwithloss": "SoftmaxWithLoss", "sigmoidcrossentropyloss": "SigmoidCrossEntropyLoss", "warpctc": "WarpCTC",
    "multinomiallogisticloss": "MultinomialLogisticLoss", "euclideanloss": "EuclideanLoss", "ctcloss": "CTCLoss",
    "smoothl1loss": "SmoothL1Loss", "infogainloss": "InfogainLoss", "contrastiveloss": "ContrastiveLoss",
    "hingeloss": "HingeLoss", "multiboxloss": "MultiBoxLoss", "tripletloss": "TripletLoss", "l1loss": "L1Loss",
}  # fmt: skip

FAR_APART = 100.0
"""Ratio of two weights from which one term hardly counts beside the other, if they are of a size."""

Item = Stated | Found | str


@dataclass(frozen=True, slots=True)
class Loss:
    """A layer that is part of what training minimises.

    Args:
        layer: the layer.
        weight: what its value is multiplied by.
        line: where the weight stands, or else the layer.

    """

    layer: Layer
    weight: float
    line: int

    @property
    def name(self) -> str:
        """Its type as Caffe spells it."""
        return NAMES.get(self.layer.kind, self.layer.kind[:40])


def losses_of(net: Net) -> list[Loss]:
    """The loss layers of the training phase with a weight; a layer of another type is one where it has a weight."""
    found = []
    for layer in net.layers:
        given = [item.number for item in layer.message.all("loss_weight") if item.number is not None]
        default = 1.0 if "loss" in layer.kind or layer.kind == "warpctc" else 0.0
        weight = max(given, key=abs, default=default)
        if weight:
            found.append(Loss(layer, weight, layer.message.line_of("loss_weight")))
    return found


def loss_findings(net: Net, losses: list[Loss]) -> Iterator[Item]:
    """All that the loss layers say."""
    if not losses:
        return
    source = net.source
    terms = sum(2 if loss.layer.kind == "multiboxloss" else 1 for loss in losses)
    yield Stated("loss_terms", float(terms), source.place(losses[-1].layer.line))
    yield from _apart(losses)
    yield _function(net, losses)
    main = max(losses, key=lambda loss: abs(loss.weight))
    if main.layer.kind in frozenset().union(*FUNCTIONS.values()):
        yield from _output(net, main)
    if main.layer.kind in SOFTMAX:
        message = "The targets are class numbers, as SoftmaxWithLoss takes them."
        yield shows("target_form", "class_indices", message, source.place(main.layer.line))
        yield from _classes(net, main)
    held = main.layer.parameters("loss_param")
    if held.all("ignore_label"):
        place = source.place(held.line_of("ignore_label"))
        yield shows("masking", "ignored_targets", "Targets of one label are ignored by the loss.", place)
    if held.flag("normalize") is False or held.word("normalization").upper() == "NONE":
        line = held.line_of("normalize" if held.all("normalize") else "normalization")
        yield f"The loss is a sum, not a mean: it is not normalised ({source.file}, line {line})."


def _apart(losses: list[Loss]) -> Iterator[str]:
    least, most = min(losses, key=lambda loss: abs(loss.weight)), max(losses, key=lambda loss: abs(loss.weight))
    if abs(most.weight) >= FAR_APART * abs(least.weight):
        yield (
            f"The weights of the losses lie far apart: {least.weight:g} for {least.layer.name[:40]!r} (line "
            f"{least.line}), {most.weight:g} for {most.layer.name[:40]!r} (line {most.line})."
        )


def _function(net: Net, losses: list[Loss]) -> Found:
    """The loss, its main part being the one with the largest weight."""
    whole = sum(abs(loss.weight) for loss in losses)
    likelihood: dict[str, float] = {}
    for loss in losses:
        for state, share in _states(loss).items():
            likelihood[state] = likelihood.get(state, 0.0) + share * abs(loss.weight) / whole
    main = max(losses, key=lambda loss: abs(loss.weight))
    message = f"The loss is {main.name}."
    if len({loss.layer.kind for loss in losses}) > 1:
        message = f"The loss is a sum of {', '.join(dict.fromkeys(loss.name for loss in losses))}."
    return Found("loss_function", likelihood, message, net.source.place(main.layer.line))


def _states(loss: Loss) -> Mapping[str, float]:
    if loss.layer.kind == "multiboxloss":
        return DETECTION
    return {next((state for state, kinds in FUNCTIONS.items() if loss.layer.kind in kinds), "own_formula"): 0.97}


def _output(net: Net, loss: Loss) -> Iterator[Found]:
    """The activation of the values that the loss is fed with."""
    last = producer(net, loss.layer.bottoms[0], loss.layer.index) if loss.layer.bottoms else None
    if last is None:
        return
    place = net.source.place(last.line)
    name = last.name[:40]
    if last.kind in OUTPUTS:
        state = OUTPUTS[last.kind]
        message = f"The loss is fed by {name!r}, which applies {state}."
        if (state, loss.layer.kind) == ("softmax", "softmaxwithloss"):
            message = f"{name!r} applies softmax, and SoftmaxWithLoss behind it applies softmax again."
        elif state == "sigmoid" and loss.layer.kind in SIGMOID:
            message = f"{name!r} applies a sigmoid, and {loss.name} behind it applies one again."
        yield shows("output_activation", state, message, place)
    elif last.kind in WEIGHTED - RECURRENT:
        yield shows("output_activation", "linear", f"The loss is fed by {name!r} without an activation.", place)


def _classes(net: Net, loss: Loss) -> Iterator[Stated]:
    """Outputs of the last layer before a softmax, one for each class."""
    blob, before = loss.layer.bottoms[:1], loss.layer.index
    while blob:
        last = producer(net, blob[0], before)
        if last is None:
            return
        if last.kind in WEIGHTED - RECURRENT:
            held = last.parameters("inner_product_param", "convolution_param")
            outputs = held.number("num_output")
            if outputs is not None and outputs > 1:
                yield Stated("classes", outputs, net.source.place(held.line_of("num_output")))
            return
        blob, before = (last.bottoms[:1] if last.kind == "softmax" else ()), last.index
