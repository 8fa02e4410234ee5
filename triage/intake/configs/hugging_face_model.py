"""The network of a Hugging Face model, ``config.json``, and an adapter to it, ``adapter_config.json``.

(transformers' documentation, "PretrainedConfig"; PEFT's, "Configuration").
"""

from __future__ import annotations

from collections.abc import Iterator

from triage.intake.configs import saying
from triage.intake.configs.saying import Item, sets
from triage.intake.configs.source import told_of
from triage.intake.configs.structured import Document
from triage.intake.configs.terms import activation_of, precision_of
from triage.intake.found import Found, Told

__all__ = ["is_adapter_config", "is_model_config", "read_adapter_config", "read_model_config"]

_NUMBERS = {
    "dropout": ("hidden_dropout_prob", "resid_pdrop", "dropout_rate", "hidden_dropout", "dropout", "attention_dropout"),
    "hidden_units": ("hidden_size", "n_embd", "d_model", "dim"),
}

_NORMS = ("layer_norm_eps", "rms_norm_eps", "layer_norm_epsilon", "layernorm_epsilon", "norm_eps", "norm_epsilon")

_CONVOLUTIONAL = frozenset(
    {
        "resnet", "convnext", "convnextv2", "regnet", "efficientnet", "mobilenet_v1", "mobilenet_v2", "poolformer",
        "timm_backbone", "van", "bit", "unet", "focalnet",
    }
)  # fmt: skip
_OTHER = frozenset({"mamba", "mamba2", "rwkv", "graphormer", "recurrent_gemma", "falcon_mamba"})

_TASKS = (
    ("ForSequenceClassification", "classification"),
    ("ForImageClassification", "classification"),
    ("ForAudioClassification", "classification"),
    ("ForVideoClassification", "classification"),
    ("ForSemanticSegmentation", "segmentation"),
    ("ForObjectDetection", "detection"),
    ("ForCausalLM", "language_model"),
    ("LMHeadModel", "language_model"),
    ("ForMaskedLM", "language_model"),
    ("ForCTC", "sequence_alignment"),
)
"""End of the name of an architecture -> task."""

_DEEP = 3
"""Blocks from which on a transformer has more than ten layers with weights one behind the other."""

USUAL_SPREAD = (0.002, 0.1)
"""Standard deviations of starting weights that published networks take: 0.02 mostly."""


def is_model_config(document: Document) -> bool:
    """Whether it names a type of model beside something that only such a file has."""
    beside = ("architectures", "transformers_version", "torch_dtype", "dtype", "hidden_size", "vocab_size", "n_embd")
    return document.at("model_type") is not None and any(document.has(key) for key in beside)


def is_adapter_config(document: Document) -> bool:
    """Whether it is the configuration of an adapter."""
    return document.has("peft_type")


def read_adapter_config(document: Document) -> Told:
    """What an adapter says: all else is frozen."""
    kind = document.at("peft_type") or document.root
    message = f"Only an adapter is trained: {kind.word or 'PEFT'}."
    place = document.place(kind)
    items: list[Item] = [
        sets("trained_part", "head_or_adapter_only", message, place),
        sets("framework", "hugging_face", "The adapter is one of PEFT.", place),
        *saying.numbers(document, {"dropout": ("lora_dropout",)}),
    ]
    base = document.at("base_model_name_or_path")
    if base is not None and base.word:
        message = f"The adapter is for the weights of {base.word[:60]}."
        items.append(sets("initialization", "pretrained", message, document.place(base)))
    return told_of([*document.notes, *items])


def read_model_config(document: Document) -> Told:
    """All that the description of a network says."""
    return told_of([*document.notes, *_items(document)])


def _items(document: Document) -> Iterator[Item]:
    yield from saying.numbers(document, _NUMBERS)
    kind = document.at("model_type")
    if kind is not None and kind.word:
        place = document.place(kind)
        network = "convolutional" if kind.word in _CONVOLUTIONAL else "other" if kind.word in _OTHER else "transformer"
        yield sets("network_kind", network, f"The network is of type {kind.word[:60]}.", place, 0.92)
        message = "The network is one of the transformers library."
        yield Found("framework", {"hugging_face": 0.8, "pytorch": 0.15}, message, place)
        if network == "transformer":
            yield from _transformer(document)
    yield from _activation(document)
    yield from _task(document)
    yield from _weights(document)


def _transformer(document: Document) -> Iterator[Item]:
    blocks = document.at("num_hidden_layers", "n_layer", "num_layers", "encoder_layers", "n_layers")
    if blocks is not None and blocks.number is not None and blocks.number >= 1:
        state = "deeper" if blocks.number >= _DEEP else "three_to_ten"
        yield sets("network_depth", state, f"There are {blocks.number:g} blocks.", document.place(blocks), 0.95)
    norm = document.at(*_NORMS)
    if norm is not None:
        message = "The blocks have layer norm or RMS norm."
        yield sets("normalization_layers", "layer_or_group_norm", message, document.place(norm), 0.93)


def _activation(document: Document) -> Iterator[Item]:
    activation = document.at("hidden_act", "activation_function", "hidden_activation", "activation")
    state_of = activation_of(activation.word) if activation is not None and activation.word else None
    if activation is not None and state_of is not None:
        message = f"The hidden activation is {activation.word}."
        yield sets("hidden_activation", state_of, message, document.place(activation))


def _task(document: Document) -> Iterator[Item]:
    listed = document.at("architectures")
    first = listed.items[0] if listed is not None and listed.items else None
    name = (first.word if first is not None else None) or ""
    kind = document.at("problem_type")
    wanted = (kind.word if kind is not None else None) or ""
    task = next((task for end, task in _TASKS if name.endswith(end)), None)
    if first is None or task is None:
        return
    place = document.place(first)
    if task == "classification" and wanted == "regression" and kind is not None:
        yield sets("task", "regression", "The type of problem is regression.", document.place(kind))
        yield sets("loss_function", "squared_or_absolute_error", "A regression is fitted.", document.place(kind), 0.93)
        return
    yield sets("task", task, f"The network is built as {name[:60]}.", place, 0.93)
    if task == "classification" and wanted.startswith("multi_label") and kind is not None:
        message = "Each label is decided by itself."
        yield sets("loss_function", "binary_cross_entropy", message, document.place(kind), 0.93)
    elif task in ("classification", "language_model"):
        message = f"{name[:60]} takes cross-entropy of its raw scores."
        yield sets("loss_function", "cross_entropy_on_logits", message, place, 0.9)
    elif task == "sequence_alignment":
        yield sets("loss_function", "alignment_loss", "The network is trained with CTC.", place, 0.95)
        reduction = document.at("ctc_loss_reduction")
        infinite = document.at("ctc_zero_infinity")
        if infinite is not None and infinite.flag is False and reduction is not None:
            yield "An infinite CTC loss is not set to zero (ctc_zero_infinity is false)."
    if name.endswith(("ForCausalLM", "LMHeadModel")):
        yield sets("masking", "padding_or_attention_masks", "A language model masks what comes later.", place, 0.85)
    if task == "classification":
        yield from _classes(document)


def _classes(document: Document) -> Iterator[Item]:
    labels, count = document.at("id2label"), document.at("num_labels", "_num_labels")
    if labels is not None and labels.mapping:
        place = document.place(labels)
        yield from saying.number(document, "classes", count or type(labels)(len(labels.mapping), labels.line))
        if count is not None and count.number is not None and count.number != len(labels.mapping):
            more = count.number > len(labels.mapping)
            message = f"{count.number:g} classes are configured, {len(labels.mapping)} are named."
            state = "config_has_more" if more else "labels_out_of_range"
            yield sets("compare_class_counts", state, message, place, 0.9)
    else:
        yield from saying.number(document, "classes", count)


def _weights(document: Document) -> Iterator[Item]:
    """What the weights are stored in, and where they came from."""
    stored = document.at("torch_dtype", "dtype")
    state = precision_of(stored.value) if stored is not None else None
    if stored is not None and state is not None:
        # They may be loaded in another format than they are stored in, and mixed precision may be on beside it.
        likelihood = {
            "fp16_pure": {"fp16_pure": 0.5, "fp16_amp": 0.27, "fp32": 0.12, "bf16": 0.09},
            "bf16": {"bf16": 0.82, "fp16_amp": 0.06, "fp32": 0.06, "fp16_pure": 0.03},
            "fp32": {"fp32": 0.55, "fp16_amp": 0.22, "bf16": 0.18},
        }.get(state, {state: 0.8})
        message = f"The weights are stored in {saying.PRECISION_TITLES[state]}."
        yield Found("precision", likelihood, message, document.place(stored))
    origin = document.at("_name_or_path")
    if origin is not None and origin.word:
        message = f"The network was made from {origin.word[:60]}."
        yield sets("initialization", "pretrained", message, document.place(origin), 0.85)
        return
    spread = document.at("initializer_range", "init_std")
    value = spread.number if spread is not None else None
    if spread is not None and value is not None and not USUAL_SPREAD[0] <= value <= USUAL_SPREAD[1]:
        likelihood = {"own_scale": 0.7, "pretrained": 0.25}
        if value == 0:
            likelihood = {"zeros_or_constant": 0.7, "pretrained": 0.25}
        message = f"New weights are drawn with a standard deviation of {value:g}, where 0.02 is usual."
        yield Found("initialization", likelihood, message, document.place(spread))
