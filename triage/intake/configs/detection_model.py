"""What a detection pipeline says of its network and losses (ssd.proto and its neighbours in the API)."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping

from triage.intake.configs.source import Source
from triage.intake.configs.textproto import Message
from triage.intake.found import Found, Stated, shows

__all__ = ["model_findings"]

CLASS_LOSSES: Mapping[str, Mapping[str, float]] = {
    "weighted_softmax": {"cross_entropy_on_logits": 0.65, "squared_or_absolute_error": 0.25},
    "weighted_logits_softmax": {"cross_entropy_on_logits": 0.65, "squared_or_absolute_error": 0.25},
    "weighted_sigmoid": {"binary_cross_entropy": 0.65, "squared_or_absolute_error": 0.25},
    "bootstrapped_sigmoid": {"binary_cross_entropy": 0.5, "squared_or_absolute_error": 0.2, "own_formula": 0.2},
    "weighted_sigmoid_focal": {"binary_cross_entropy": 0.4, "own_formula": 0.35, "squared_or_absolute_error": 0.2},
    "penalty_reduced_logistic_focal_loss": {"own_formula": 0.6, "binary_cross_entropy": 0.2},
}
"""Loss of the classes -> states of ``loss_function``, beside the one of the boxes."""

TERMS = {"ssd": 2, "faster_rcnn": 4, "center_net": 3}
"""Terms of the loss: of classes and boxes, for both stages of Faster R-CNN, and of CenterNet's offsets as well."""

WEIGHTS = (
    "classification_weight", "localization_weight", "first_stage_localization_loss_weight",
    "first_stage_objectness_loss_weight", "second_stage_localization_loss_weight",
    "second_stage_classification_loss_weight", "second_stage_mask_prediction_loss_weight",
)  # fmt: skip

FAR_APART = 100.0
"""Ratio of two weights from which one term hardly counts beside the other, if they are of a size."""

ACTIVATIONS = {"RELU": "relu", "RELU_6": "relu", "SWISH": "leaky_or_smooth", "NONE": "none_between_layers"}

Item = Stated | Found | str


def model_findings(name: str, model: Message, source: Source) -> Iterator[Item]:
    """All that the model of a pipeline says.

    Args:
        name: its kind, such as ``ssd``.
        model: the message of that kind.
        source: its file.

    """
    within = list(_within(model))
    kind = {"transformer": 0.75, "convolutional": 0.2} if name == "detr" else {"convolutional": 0.97}
    yield Found("network_kind", kind, f"The model is of the kind {name}.", source.place(model.line))
    message = "The targets are boxes, as a detector takes them."
    yield shows("target_form", "boxes_or_masks", message, source.place(model.line), 0.95)
    yield from _losses(name, model, within, source)
    yield from _normalization(model, within, source)
    yield from _layers(within, source)


def _within(message: Message) -> Iterator[tuple[str, Message]]:
    """All messages of a message with their names, those of an outer one first."""
    waiting = deque([("", message)])
    while waiting:
        name, current = waiting.popleft()
        yield name, current
        waiting.extend((inner, each) for inner in current.fields for each in current.messages(inner))


def _losses(name: str, model: Message, within: list[tuple[str, Message]], source: Source) -> Iterator[Item]:
    given = {
        field: (value, message.line_of(field))
        for _, message in within
        for field in WEIGHTS
        if (value := message.number(field)) is not None
    }
    off = sum(value == 0 for value, _ in given.values())
    held = model.message("loss")
    if name in TERMS:
        terms = TERMS[name] + int("second_stage_mask_prediction_loss_weight" in given) - off
        yield Stated("loss_terms", float(max(terms, 1)), source.place((held or model).line))
    weights = {field: item for field, item in given.items() if item[0] > 0}
    if weights:
        least, most = min(weights, key=lambda key: weights[key][0]), max(weights, key=lambda key: weights[key][0])
        if weights[most][0] >= FAR_APART * weights[least][0]:
            ends = (f"{field} is {weights[field][0]:g} (line {weights[field][1]})" for field in (least, most))
            yield f"The weights of the losses lie far apart: {', '.join(ends)}."
    for field, message in within:
        named = next((each for each in message.fields if each in CLASS_LOSSES), "")
        if field in ("classification_loss", "second_stage_classification_loss") and named:
            place = source.place(message.line_of(named))
            text = f"The loss of the classes is {named}, beside one of the boxes."
            yield Found("loss_function", CLASS_LOSSES[named], text, place)
            text = "The loss takes raw scores; they are converted only behind training."
            yield shows("output_activation", "linear", text, place, 0.95)
            return
    if name == "faster_rcnn":
        text = "The loss of the classes is a softmax cross-entropy, beside one of the boxes."
        yield Found("loss_function", CLASS_LOSSES["weighted_softmax"], text, source.place(model.line))


def _normalization(model: Message, within: list[tuple[str, Message]], source: Source) -> Iterator[Item]:
    for field, state in (("batch_norm", "batch_norm"), ("group_norm", "layer_or_group_norm")):
        found = next((message for name, message in within if name == field), None)
        if found is not None:
            text = f"The layers are normalised: {field.replace('_', ' ')}."
            yield shows("normalization_layers", state, text, source.place(found.line), 0.95)
            if found.flag("train") is False:
                yield f"Batch norm is not trained (line {found.line_of('train')})."
            break
    if model.flag("freeze_batchnorm"):
        yield f"Batch norm is frozen (line {model.line_of('freeze_batchnorm')})."


def _layers(within: list[tuple[str, Message]], source: Source) -> Iterator[Item]:
    """Activation, weight decay and dropout of the layers that the pipeline itself defines."""
    for _, message in within:
        state = ACTIVATIONS.get(message.word("activation"), "")
        if state and state != "none_between_layers":
            place = source.place(message.line_of("activation"))
            yield shows("hidden_activation", state, f"The activation is {message.word('activation')}.", place, 0.93)
            break
    decays = [
        (weight, message.line_of("weight"))
        for name, message in within
        if name == "l2_regularizer" and (weight := message.number("weight")) is not None
    ]
    if decays:
        weight, line = max(decays)
        yield Stated("weight_decay", weight, source.place(line))
    for _, message in within:
        switched = message.flag("use_dropout")
        if switched is None:
            continue
        kept = message.number("dropout_keep_probability")
        line = message.line_of("dropout_keep_probability" if switched and kept is not None else "use_dropout")
        yield Stated("dropout", 1.0 - (0.5 if kept is None else kept) if switched else 0.0, source.place(line))
