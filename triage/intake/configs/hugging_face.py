"""Arguments of the Hugging Face Trainer and of what is built on it, and the state that it saves.

``training_args.json``, the YAML of LLaMA-Factory, axolotl, TRL and Accelerate, settings that W&B keeps of a run, and
``trainer_state.json`` (transformers' documentation, "TrainingArguments"; axolotl's, "Config Reference").
"""

from __future__ import annotations

from collections.abc import Iterator

from triage.intake.configs import deepspeed, saying
from triage.intake.configs.saying import Item, sets
from triage.intake.configs.source import told_of
from triage.intake.configs.structured import Document, Node
from triage.intake.configs.terms import precision_of
from triage.intake.found import Found, Told

__all__ = ["is_trainer_state", "is_training_arguments", "items_of", "read_trainer_state", "read_training_arguments"]

_OWN = frozenset(
    {
        "per_device_train_batch_size", "per_gpu_train_batch_size", "per_device_eval_batch_size", "num_train_epochs",
        "lr_scheduler_type", "max_grad_norm", "adam_epsilon", "adam_beta2", "gradient_accumulation_steps",
        "warmup_ratio", "micro_batch_size", "base_model", "model_name_or_path", "load_best_model_at_end",
        "save_strategy", "eval_strategy", "evaluation_strategy", "gradient_checkpointing", "finetuning_type",
        "sample_packing", "sequence_len", "per_device_batch_size", "dataloader_num_workers",
        "remove_unused_columns", "lora_r", "lora_alpha", "resume_from_checkpoint", "cutoff_len", "logging_steps",
    }
)  # fmt: skip
"""Keys by which the arguments are told."""

_ENOUGH = 3
_UNMISTAKABLE = ("per_device_train_batch_size", "per_gpu_train_batch_size")
_ACCELERATE = ("mixed_precision", "num_processes", "distributed_type")

_NUMBERS = {
    "learning_rate": ("learning_rate",),
    "batch_size": ("per_device_train_batch_size", "micro_batch_size", "per_gpu_train_batch_size"),
    "accumulation_steps": ("gradient_accumulation_steps",),
    "weight_decay": ("weight_decay",),
    "beta1": ("adam_beta1",),
    "beta2": ("adam_beta2",),
    "epsilon": ("adam_epsilon",),
    "clip_norm": ("max_grad_norm", "gradient_clipping"),
    "epochs": ("num_train_epochs", "num_epochs"),
    "max_steps": ("max_steps", "max_train_steps"),
    "warmup_ratio": ("warmup_ratio",),
    "dropout": ("lora_dropout", "peft_config.lora_dropout", "lora.dropout"),
}

_STATE_NUMBERS = {
    "batch_size": ("train_batch_size",),
    "max_steps": ("max_steps",),
    "epochs": ("num_train_epochs",),
}

_ADAPTERS = frozenset({"lora", "qlora", "dora", "ia3", "oft", "prefix", "prompt", "llama_adapter", "freeze", "adalora"})
_OF_LANGUAGE = ("sequence_len", "cutoff_len", "finetuning_type", "sample_packing", "max_seq_length", "max_seq_len")


def is_training_arguments(document: Document) -> bool:
    """Whether enough keys of the Trainer, or those of Accelerate, stand in one mapping of it."""
    return _scope(document) is not None or document.has(*_ACCELERATE)


def is_trainer_state(document: Document) -> bool:
    """Whether it is the state of a Trainer."""
    return document.has("log_history", "global_step")


def read_training_arguments(document: Document) -> Told:
    """All that the arguments say."""
    return told_of([*document.notes, *items_of(document, _scope(document) or document.root)])


def read_trainer_state(document: Document) -> Told:
    """Batch, steps and epochs; the losses in it are read as a history."""
    items = [*document.notes, *saying.numbers(document, _STATE_NUMBERS), *_framework(document, document.root)]
    return told_of(items)


def items_of(document: Document, scope: Node) -> Iterator[Item]:
    """What the arguments in one mapping of a file say."""
    yield from saying.numbers(document, _NUMBERS, scope)
    warmup = document.at("warmup_steps", "num_warmup_steps", of=scope)
    if warmup is not None and warmup.number is not None:
        # Since version 5 a share of the steps may be given under the same name.
        name = "warmup_ratio" if 0 < warmup.number < 1 else "warmup_steps"
        yield from saying.number(document, name, warmup)
    yield from saying.optimizer(document, document.at("optim", "optimizer", "optimizer_type", of=scope))
    yield from saying.schedule(document, document.at("lr_scheduler_type", "lr_scheduler", of=scope))
    yield from _framework(document, scope)
    yield from _precision(document, scope)
    yield from _start(document, scope)
    yield from _trained_part(document, scope)
    yield from _devices(document, scope)
    nested = document.at("deepspeed", "deepspeed_config", of=scope)
    if nested is not None and nested.mapping:
        yield from deepspeed.items_of(document, nested)
    language = document.at(*_OF_LANGUAGE, of=scope)
    if language is not None:
        place = document.place(language)
        yield sets("task", "language_model", "Sequences of tokens are trained on.", place, 0.9)
        yield sets("network_kind", "transformer", "A language model is trained.", place, 0.9)
    fixed = document.at("disable_shuffling", of=scope)
    if fixed is not None and fixed.flag:
        yield sets("shuffling", "not_shuffled", "Shuffling is disabled.", document.place(fixed))


def _scope(document: Document) -> Node | None:
    """The mapping that holds the arguments: the file itself, or one inside it."""
    for path, node in document.walk():
        keys = node.mapping.keys()
        if len(path) <= 3 and (any(key in keys for key in _UNMISTAKABLE) or len(_OWN & keys) >= _ENOUGH):
            return node
    return document.root if document.has(*_ACCELERATE) else None


def _framework(document: Document, scope: Node) -> Iterator[Item]:
    first = document.at(*_UNMISTAKABLE, "log_history", "micro_batch_size", "mixed_precision", *_OWN, of=scope)
    if first is None:
        return
    place = document.place(first)
    message = "The settings are those of the Hugging Face Trainer or its kin."
    yield sets("framework", "hugging_face", message, place, 0.95)
    if document.at(*_ACCELERATE[1:], of=scope) is None:
        # A loop of one's own under Accelerate resets the gradients itself.
        yield sets("gradients_reset", "reset_each_update", "The Trainer resets the gradients.", place, 0.95)


def _precision(document: Document, scope: Node) -> Iterator[Item]:
    """The flags of the Trainer count first, then the format in which the weights are loaded."""
    for key in ("bf16", "bfloat16", "pure_bf16"):
        if (node := document.at(key, of=scope)) is not None and node.flag:
            yield sets("precision", "bf16", "bf16 is switched on.", document.place(node))
            return
    chosen = document.at("bf16", of=scope)
    if chosen is not None and chosen.word == "auto":
        likelihood = {"bf16": 0.82, "fp16_amp": 0.12}
        yield Found("precision", likelihood, "bf16 is used where the card has it.", document.place(chosen))
        return
    if (node := document.at("fp16", of=scope)) is not None and node.flag:
        yield sets("precision", "fp16_amp", "fp16 is switched on, with a loss scale.", document.place(node))
        return
    mixed = document.at("mixed_precision", of=scope)
    if mixed is not None and precision_of(mixed.value) is not None:
        yield from saying.precision(document, mixed)
        return
    loaded = document.at("torch_dtype", "dtype", "model_init_kwargs.torch_dtype", "model_args.torch_dtype", of=scope)
    state = precision_of(loaded.value) if loaded is not None else None
    if loaded is not None and state is not None and state != "fp32":
        message = f"The weights are loaded in {saying.PRECISION_TITLES[state]}."
        yield sets("precision", state, message, document.place(loaded), 0.85)
        return
    whole = document.at("load_in_4bit", "load_in_8bit", of=scope)
    if whole is not None and whole.flag:
        message = "The weights are loaded in few bits."
        likelihood = {"tf32_or_other": 0.6, "bf16": 0.2, "fp16_amp": 0.12}
        yield Found("precision", likelihood, message, document.place(whole))
        return
    both = [document.at(key, of=scope) for key in ("fp16", "bf16")]
    refused = [node for node in (*both, mixed) if node is not None and (node.flag is False or node.word == "no")]
    if len(refused) == 2 or (mixed is not None and mixed in refused):
        tf32 = document.at("tf32", of=scope)
        state = "tf32_or_other" if tf32 is not None and tf32.flag else "fp32"
        message = "tf32 is switched on." if state != "fp32" else "No mixed precision is switched on."
        node = tf32 if state != "fp32" and tf32 is not None else refused[-1]
        yield sets("precision", state, message, document.place(node), 0.9)


def _start(document: Document, scope: Node) -> Iterator[Item]:
    resumed = scope.mapping.get("resume_from_checkpoint")
    if resumed is not None and not resumed.off:
        yield sets("start_point", "resumed", "Training resumes from a checkpoint.", document.place(resumed))
    elif resumed is not None:
        yield sets("start_point", "fresh", "No checkpoint is resumed from.", document.place(resumed), 0.88)
    name = document.at(
        "model_name_or_path", "base_model", "pretrained_model_name_or_path", "model_args.model_name_or_path", of=scope
    ) or document.at("model_name_or_path", "base_model", "model.model_name_or_path", "model_args.model_name_or_path")
    if name is not None and name.word and name.number is None:
        message = f"Training starts from the weights of {name.word[:60]}."
        yield sets("initialization", "pretrained", message, document.place(name), 0.95)


def _trained_part(document: Document, scope: Node) -> Iterator[Item]:
    named = document.at("adapter", "finetuning_type", "peft_method", "peft_type", of=scope)
    if named is not None and (named.word or "").lower() in _ADAPTERS:
        message = f"Only an adapter or a part of the network is trained: {named.word}."
        yield sets("trained_part", "head_or_adapter_only", message, document.place(named))
        return
    if named is not None and (named.word or "").lower() == "full":
        yield sets("trained_part", "everything", "All weights are trained.", document.place(named))
        return
    used = document.at("use_peft", "use_lora", "lora", "peft", of=scope)
    if used is not None and used.flag:
        yield sets("trained_part", "head_or_adapter_only", "Only an adapter is trained.", document.place(used))


def _devices(document: Document, scope: Node) -> Iterator[Item]:
    alone = document.at("use_cpu", "no_cuda", of=scope)
    if alone is not None and alone.flag:
        yield sets("devices", "cpu", "Training is kept to the CPU.", document.place(alone))
        return
    kind = document.at("distributed_type", of=scope)
    if kind is not None and (kind.word or "").upper() in ("TPU", "XLA", "MULTI_NPU", "MPS"):
        yield sets("devices", "mps_tpu_or_other", f"Training runs on {kind.word}.", document.place(kind))
        return
    yield from saying.number(document, "devices", document.at("num_processes", "_n_gpu", "world_size", of=scope))
