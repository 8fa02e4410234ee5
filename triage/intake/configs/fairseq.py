"""Configurations of fairseq: Hydra's YAML, and the settings that its log prints ("Command-line Tools" of its manual).

The printed ones nest the same groups, or are the flat options of the older versions. With fp16, fairseq holds the
weights in fp16 beside a copy in fp32 and scales the loss; the memory-efficient variant has no such copy. A batch is
measured in tokens, unless ``batch_size`` limits its samples too.
"""

from __future__ import annotations

from collections.abc import Iterator

from triage.intake.configs import saying
from triage.intake.configs.saying import Item, sets
from triage.intake.configs.source import told_of
from triage.intake.configs.structured import Document, Node
from triage.intake.found import Stated, Told

__all__ = ["is_fairseq", "read_fairseq"]

_GROUPS = ("optimization", "criterion", "lr_scheduler", "checkpoint", "distributed_training", "common", "dataset")
_FLAT = ("update_freq", "clip_norm", "max_tokens", "max_update", "warmup_updates", "arch", "criterion", "sentence_avg")

_NUMBERS = {
    "max_steps": ("optimization.max_update", "max_update"),
    "epochs": ("optimization.max_epoch", "max_epoch"),
    "clip_norm": ("optimization.clip_norm", "clip_norm"),
    "epsilon": ("optimizer.adam_eps", "adam_eps"),
    "weight_decay": ("optimizer.weight_decay", "weight_decay"),
    "momentum": ("optimizer.momentum", "momentum"),
    "warmup_steps": ("lr_scheduler.warmup_updates", "lr_scheduler.warmup_steps", "warmup_updates"),
    "batch_size": ("dataset.batch_size", "batch_size", "max_sentences"),
    "devices": ("distributed_training.distributed_world_size", "distributed_world_size"),
    "dropout": ("model.dropout", "dropout"),
    "classes": ("task.num_classes", "num_classes"),
}

_LOSSES = {
    "label_smoothed_cross_entropy": "cross_entropy_on_logits",
    "cross_entropy": "cross_entropy_on_logits",
    "adaptive_loss": "cross_entropy_on_logits",
    "masked_lm": "cross_entropy_on_logits",
    "sentence_prediction": "cross_entropy_on_logits",
    "label_smoothed_cross_entropy_with_alignment": "cross_entropy_on_logits",
    "ctc": "alignment_loss",
    "wav2vec": "own_formula",
    "hubert": "own_formula",
}
"""Criterion -> state; fairseq's cross-entropies take the logarithm of the softmax themselves."""

_TASKS = {
    "translation": "language_model",
    "translation_multi_simple_epoch": "language_model",
    "language_modeling": "language_model",
    "masked_lm": "language_model",
    "multilingual_translation": "language_model",
    "sentence_prediction": "classification",
}

_SCHEDULES = {"inverse_sqrt": "decay", "fixed": "constant", "reduce_lr_on_plateau": "plateau", "tri_stage": "decay",
              "polynomial_decay": "decay", "cosine": "decay", "triangular": "cyclic", "pass_through": ""}  # fmt: skip


def is_fairseq(document: Document) -> bool:
    """Whether groups of fairseq stand in it, or enough of its flat options."""
    groups = sum(document.has(key) for key in _GROUPS)
    own = (
        document.has("optimization.max_update") or document.has("optimization.lr") or document.has("dataset.max_tokens")
    )
    return (groups >= 3 and own) or sum(document.has(key) for key in _FLAT) >= 4


def read_fairseq(document: Document) -> Told:
    """All that a configuration says."""
    return told_of([*document.notes, *_items(document)])


def _items(document: Document) -> Iterator[Item]:
    yield from saying.numbers(document, _NUMBERS)
    yield from _rates(document)
    yield from saying.betas(document, document.at("optimizer.adam_betas", "adam_betas"))
    named = _named(document, "optimizer")
    if named is not None and named.word == "adam":
        # What fairseq calls adam decouples the weight decay, as AdamW does.
        yield Stated("optimizer", "adamw", document.place(named))
    else:
        yield from saying.optimizer(document, named)
    schedule = _named(document, "lr_scheduler")
    if schedule is not None and _SCHEDULES.get(schedule.word or ""):
        yield Stated("schedule", _SCHEDULES[schedule.word or ""], document.place(schedule))
    phases = document.at("lr_scheduler.phase_ratio", "phase_ratio")
    if phases is not None and len(phases.items) == 3:
        yield from saying.number(document, "warmup_ratio", phases.items[0])
    yield from _precision(document)
    yield from _network(document)
    yield from _start(document)
    tokens = document.at("dataset.max_tokens", "max_tokens")
    if tokens is not None and document.at(*_NUMBERS["batch_size"]) is None:
        yield f"A batch is limited to {tokens.value} tokens, so the number of its samples is not known."
    first = document.at("optimization", "update_freq", "max_update", "common", "arch") or document.root
    place = document.place(first)
    yield sets("framework", "pytorch", "The settings are those of fairseq, which runs on PyTorch.", place)
    yield sets("gradients_reset", "reset_each_update", "fairseq resets the gradients.", place, 0.95)


def _named(document: Document, group: str) -> Node | None:
    """The choice of a group: ``optimizer._name``, or the flat option."""
    found = document.at(f"{group}._name", f"{group}.name", group)
    return found if found is not None and found.word else None


def _rates(document: Document) -> Iterator[Item]:
    """The highest of the rates, which are listed by epoch, and how many batches make an update."""
    for name, paths in (
        ("learning_rate", ("optimization.lr", "lr", "optimizer.lr")),
        ("accumulation_steps", ("optimization.update_freq", "update_freq")),
    ):
        node = document.at(*paths)
        if node is None:
            continue
        listed = [item for item in node.items if item.number is not None]
        text = (node.word or "").strip("[] ").split(",")
        parts = listed or [Node(part, node.line, column=node.column) for part in text[:20] if part]
        highest = max(parts, key=lambda item: item.number or 0.0, default=None) if not node.number else node
        if highest is not None and highest.number is not None:
            yield from saying.number(document, name, Node(highest.value, node.line, column=node.column))


def _precision(document: Document) -> Iterator[Item]:
    for key, state, message in (
        ("memory_efficient_bf16", "bf16", "bf16 is switched on."),
        ("bf16", "bf16", "bf16 is switched on."),
        ("memory_efficient_fp16", "fp16_pure", "fp16 is switched on without a copy of the weights in fp32."),
        ("fp16", "fp16_amp", "fp16 is switched on, with a loss scale."),
        ("amp", "fp16_amp", "Mixed precision is switched on."),
    ):
        node = document.at(f"common.{key}", key)
        if node is not None and node.flag:
            yield sets("precision", state, message, document.place(node))
            return
    off = document.at("common.fp16", "fp16")
    if off is not None and off.flag is False:
        yield sets("precision", "fp32", "fp16 is switched off.", document.place(off), 0.95)


def _network(document: Document) -> Iterator[Item]:
    loss = _named(document, "criterion")
    if loss is not None and loss.word in _LOSSES:
        yield sets("loss_function", _LOSSES[loss.word], f"The criterion is {loss.word}.", document.place(loss), 0.95)
    task = _named(document, "task")
    if task is not None and task.word in _TASKS:
        yield sets("task", _TASKS[task.word], f"The task is {task.word}.", document.place(task), 0.95)
    if loss is not None and loss.word == "ctc":
        yield sets("task", "sequence_alignment", "The criterion is CTC.", document.place(loss), 0.95)
    arch = document.at("model._name", "arch", "model.arch")
    kinds = {"transformer": "transformer", "wav2vec": "transformer", "hubert": "transformer", "roberta": "transformer",
             "bart": "transformer", "mbart": "transformer", "lstm": "recurrent", "fconv": "convolutional"}  # fmt: skip
    name = (arch.word or "") if arch is not None else ""
    kind = next((kind for start, kind in kinds.items() if name.startswith(start)), None)
    if arch is not None and kind is not None:
        yield sets("network_kind", kind, f"The network is {name[:60]}.", document.place(arch), 0.95)


def _start(document: Document) -> Iterator[Item]:
    origin = document.at("checkpoint.finetune_from_model", "finetune_from_model", "model.w2v_path", "w2v_path")
    if origin is not None and origin.word and not origin.off:
        message = "Training starts from the weights of another network."
        yield sets("initialization", "pretrained", message, document.place(origin), 0.95)
