"""Settings of a training in YAML, JSON or TOML of nobody in particular.

Only keys count that can hold nothing else, with a value of the right kind; what a file gives twice with different
values, and neither nearer to the optimizer or to the top, is left out with a note.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass

from triage.intake.configs import named, saying
from triage.intake.configs.general_keys import (
    ANYWHERE,
    BESIDE_A_RATE,
    ELSEWHERE,
    NETWORKS,
    RATES,
    TASKS,
    WORDS,
)
from triage.intake.configs.saying import Item, sets
from triage.intake.configs.source import told_of
from triage.intake.configs.structured import Document, Node, key_of
from triage.intake.configs.terms import NORMALIZATIONS, activation_of, name_of, precision_of
from triage.intake.found import Found, Stated, Told

__all__ = ["is_general", "items_of", "read_general"]

_NAMES = ("name", "type", "_target_", "class_path", "_name_", "_name", "method", "kind")
_OF_TRAINING = ("train", "optim", "solver", "hyper", "hparams", "hyp")
_IMAGENET = (0.485, 0.456, 0.406)


@dataclass(frozen=True, slots=True)
class _Seen:
    """A value under one of the keys that are looked for.

    Args:
        node: the value.
        rank: how near to the optimizer or to the top it stands, 0 the nearest.

    """

    node: Node
    rank: int


def is_general(document: Document) -> bool:
    """Whether anything is said in it under a key that is known."""
    return any(not isinstance(item, str) for item in items_of(document, ()))


def read_general(document: Document) -> Told:
    """All that such a file says."""
    return told_of([*document.notes, *items_of(document, ())])


def items_of(document: Document, own: Sequence[Item]) -> Sequence[Item]:
    """What the classes that a file names and its keys say.

    Args:
        document: the file.
        own: what is told already of a trainer of its own; the rest does not repeat it.

    """
    told = [*named.items_of(document), *own]
    known = {_name(item) for item in told if not isinstance(item, str)}
    if "clip_value" in known:
        # The trainer's one limit is of the components, and no limit of the norm as its key would be elsewhere.
        known.add("clip_norm")
    return [*told, *_others(document, known)]


def _name(item: Stated | Found) -> str:
    return item.name if isinstance(item, Stated) else item.finding


def _others(document: Document, known: Set[str]) -> Iterator[Item]:
    for item in _all(document, _index(document)):
        if not (any(_spoken(name) in item for name in known) if isinstance(item, str) else _name(item) in known):
            yield item


def _spoken(name: str) -> str:
    """The name of a value as a note has it."""
    return name.replace("_", " ")


def _all(document: Document, index: Mapping[str, Sequence[_Seen]]) -> Iterator[Item]:
    for name, keys in ANYWHERE.items():
        yield from _number(document, index, name, keys)
    for name, keys in BESIDE_A_RATE.items():
        yield from _number(document, index, name, [f"optimizer/{key}" for key in keys])
    yield from saying.betas(document, _one(index, ("betas", "adam_betas", "opt_betas")))
    yield from saying.optimizer(document, _word(index, "optimizer"))
    yield from saying.schedule(document, _word(index, "schedule"))
    yield from saying.loss(document, _word(index, "loss"))
    yield from _schedule(document, index)
    yield from _precision(document, index)
    yield from _network(document, index)
    yield from _start(document, index)
    yield from _data(document, index)
    yield from _hardware(document, index)


def _index(document: Document) -> Mapping[str, Sequence[_Seen]]:
    """All values by key, those of the sections of the training."""
    index: dict[str, list[_Seen]] = {}
    for path, node in document.walk():
        if ELSEWHERE.intersection(path):
            continue
        near = any(part in key for key in path for part in ("optim", "solver"))
        near = near and not any("sched" in key for key in path)
        trained = any(part in key for key in path for part in _OF_TRAINING)
        rank = 0 if near else 1 if not path else 2 if trained else 3
        beside = near or any(rate in node.mapping for rate in RATES)
        for key, value in node.mapping.items():
            index.setdefault(key, []).append(_Seen(value, rank))
            if beside:
                index.setdefault(f"optimizer/{key}", []).append(_Seen(value, rank))
            if rank == 2 or (path and "clip" in path[-1]):
                index.setdefault(f"training/{key}", []).append(_Seen(value, rank))
    return index


def _number(document: Document, index: Mapping[str, Sequence[_Seen]], name: str, keys: Sequence[str]) -> Iterator[Item]:
    """The number under the first of the keys; nearer ones count before others, and all of them must agree."""
    seen = [one for key in keys for one in index.get(key, ())]
    found = [
        (one.rank, item)
        for one in seen
        for item in saying.number(document, name, _number_of(one.node, name))
        if isinstance(item, Stated)
    ]
    if not found:
        return
    nearest = min(rank for rank, _ in found)
    items = [item for rank, item in found if rank == nearest]
    values = sorted({item.value for item in items}, key=str)
    if len(values) == 1:
        yield items[0]
    else:
        listed = ", ".join(f"{value:g}" for value in values[:4])
        yield f"Several values are given for {_spoken(name)} ({listed}), so it was left out."


def _number_of(node: Node, name: str) -> Node:
    """A switch that is off is a limit of zero; a list of one number is the number."""
    if name in ("clip_norm", "clip_value") and (node.value is None or node.flag is False):
        return Node(0, node.line, column=node.column)
    if len(node.items) == 1:
        return Node(node.items[0].value, node.line, column=node.column)
    return node


def _one(index: Mapping[str, Sequence[_Seen]], keys: Sequence[str]) -> Node | None:
    """The value under the first of the keys that has one, nearest first."""
    for key in keys:
        seen = sorted((one for one in index.get(key, ()) if one.node.value is not None), key=lambda one: one.rank)
        if seen:
            return seen[0].node
    return None


def _word(index: Mapping[str, Sequence[_Seen]], kind: str) -> Node | None:
    """The word under one of its keys, or under the name in the mapping that stands there."""
    for key in WORDS[kind]:
        for one in sorted(index.get(key, ()), key=lambda seen: seen.rank):
            if one.node.word:
                return one.node
            inner = next((one.node.mapping[name] for name in _NAMES if name in one.node.mapping), None)
            if inner is not None and inner.word:
                return inner
    return None


def _schedule(document: Document, index: Mapping[str, Sequence[_Seen]]) -> Iterator[Item]:
    decays, warmup = (
        _one(index, ("decay_lr", "schedule_lr", "use_lr_scheduler")),
        _one(index, ("warmup_epochs", "num_warmup_epochs", "lr_warmup_epochs")),
    )
    if decays is not None and decays.flag is not None:
        yield Stated("schedule", "decay" if decays.flag else "constant", document.place(decays))
    epochs = _one(index, ANYWHERE["epochs"])
    length = warmup.number if warmup is not None else None
    if warmup is None or length is None or length < 0:
        return
    if length == 0:
        yield Stated("warmup_steps", 0, document.place(warmup))
    elif epochs is not None and epochs.number and epochs.number >= length:
        yield Stated("warmup_ratio", length / epochs.number, document.place(warmup))


def _precision(document: Document, index: Mapping[str, Sequence[_Seen]]) -> Iterator[Item]:
    for key, state in (("bf16", "bf16"), ("use_bf16", "bf16"), ("fp16", "fp16_amp"), ("use_fp16", "fp16_amp")):
        node = _one(index, (key,))
        if node is not None and node.flag:
            yield sets("precision", state, f"{key} is switched on.", document.place(node), 0.93)
            return
    amp = _one(index, ("amp", "use_amp", "mixed_precision", "amp_enabled", "enable_amp", "native_amp", "autocast"))
    if amp is not None and amp.flag:
        likelihood = {"fp16_amp": 0.86, "bf16": 0.12}
        yield Found("precision", likelihood, "Mixed precision is switched on.", document.place(amp))
        return
    if amp is not None and precision_of(amp.value) is not None:
        yield from saying.precision(document, amp)
        return
    chosen = _one(index, ("precision", "dtype", "torch_dtype", "model_dtype", "param_dtype"))
    state_of = precision_of(chosen.value) if chosen is not None else None
    if chosen is not None and state_of is not None:
        # float16 alone does not tell whether weights in fp32 stand beside it, as they do in nanoGPT.
        likelihood = {"fp16_pure": {"fp16_amp": 0.55, "fp16_pure": 0.42}}.get(state_of, {state_of: 0.92})
        message = f"The number format is set to {str(chosen.value)[:30]}."
        yield Found("precision", likelihood, message, document.place(chosen))
    elif amp is not None and (amp.flag is False or amp.word == "no"):
        message = "Mixed precision is switched off."
        yield Found("precision", {"fp32": 0.9, "tf32_or_other": 0.04}, message, document.place(amp))


def _network(document: Document, index: Mapping[str, Sequence[_Seen]]) -> Iterator[Item]:
    activation, norm, model, task = (_word(index, kind) for kind in ("activation", "norm", "model", "task"))
    state = activation_of(activation.word) if activation is not None and activation.word else None
    if activation is not None and state not in (None, "none_between_layers"):
        message = f"The hidden activation is {activation.word}."
        yield sets("hidden_activation", str(state), message, document.place(activation), 0.88)
    state = NORMALIZATIONS.get(name_of(norm.word)) if norm is not None and norm.word else None
    batch_norm = _one(index, ("batch_norm", "use_batch_norm", "use_batchnorm", "batchnorm", "use_bn"))
    if norm is not None and state is not None:
        message = f"The normalisation is {norm.word}."
        yield sets("normalization_layers", state, message, document.place(norm), 0.9)
    elif batch_norm is not None and batch_norm.flag:
        yield sets("normalization_layers", "batch_norm", "Batch norm is used.", document.place(batch_norm), 0.93)
    name = key_of(re.sub(r"[./ ]", "_", model.word)) if model is not None and model.word else ""
    kind = next((kind for pattern, kind in NETWORKS if re.search(pattern, name[:200])), None)
    if model is not None and kind is not None:
        message = f"The network is {(model.word or '')[:60]}."
        yield sets("network_kind", kind, message, document.place(model), 0.88)
    wanted = TASKS.get(key_of(task.word)) if task is not None and task.word else None
    if task is not None and wanted is not None:
        yield sets("task", wanted, f"The task is {task.word}.", document.place(task), 0.93)
    yield from _gpt(document, index)


def _gpt(document: Document, index: Mapping[str, Sequence[_Seen]]) -> Iterator[Item]:
    """A length of context beside heads and an embedding is a language model's."""
    context, heads = (
        _one(index, ("block_size", "context_length", "n_ctx")),
        _one(index, ("n_head", "n_heads", "num_heads")),
    )
    blocks = _one(index, ("n_layer", "n_layers", "num_layers"))
    if context is None or heads is None or context.number is None or heads.number is None:
        return
    yield sets("network_kind", "transformer", "The network has attention heads.", document.place(heads), 0.95)
    yield sets("task", "language_model", "The network has a length of context.", document.place(context), 0.85)
    if blocks is not None and blocks.number is not None and blocks.number >= 3:
        message = f"There are {blocks.number:g} blocks."
        yield sets("network_depth", "deeper", message, document.place(blocks), 0.95)


def _start(document: Document, index: Mapping[str, Sequence[_Seen]]) -> Iterator[Item]:
    begun = _one(index, ("init_from",))
    if begun is not None and begun.word:
        state = {"scratch": ("start_point", "fresh"), "resume": ("start_point", "resumed")}.get(begun.word)
        finding, value = state or ("initialization", "pretrained")
        yield sets(finding, value, f"The network is initialised from {begun.word[:40]}.", document.place(begun), 0.93)
    for key in ("resume_from_checkpoint", "resume_from", "resume", "auto_resume"):
        resumed = next((one.node for one in index.get(key, ()) if one.rank < 3), None)
        if resumed is not None and (resumed.flag or (resumed.word and not resumed.off)) and key != "auto_resume":
            message = "Training resumes from a checkpoint."
            yield sets("start_point", "resumed", message, document.place(resumed), 0.85)
            break
    loaded = _one(
        index, ("pretrained", "use_pretrained", "pretrained_model_name_or_path", "pretrained_model", "encoder_weights")
    )
    if loaded is not None and (loaded.flag or (loaded.word and not loaded.off)):
        message = "Training starts from pretrained weights."
        yield sets("initialization", "pretrained", message, document.place(loaded), 0.93)
    elif loaded is not None and loaded.flag is False:
        likelihood = {"framework_default": 0.82, "own_scale": 0.1}
        yield Found("initialization", likelihood, "No pretrained weights are taken.", document.place(loaded))
    frozen = _one(index, ("freeze_backbone", "freeze_encoder", "freeze_base", "linear_probe", "use_lora", "use_peft"))
    if frozen is not None and frozen.flag:
        message = "A part of the network is frozen."
        yield sets("trained_part", "head_or_adapter_only", message, document.place(frozen), 0.92)


def _data(document: Document, index: Mapping[str, Sequence[_Seen]]) -> Iterator[Item]:
    shuffled = _one(index, ("shuffle", "shuffle_train", "train_shuffle"))
    flags = {one.node.flag for one in index.get("shuffle", ())}
    if shuffled is not None and shuffled.flag is not None and len(flags) <= 1:
        state = "every_epoch" if shuffled.flag else "not_shuffled"
        message = "The samples are shuffled." if shuffled.flag else "The samples are not shuffled."
        yield sets("shuffling", state, message, document.place(shuffled), 0.88)
    augmented = _one(index, ("augment", "augmentation", "data_augmentation", "use_augmentation", "augmentations"))
    if augmented is not None and augmented.flag is False:
        yield Stated("augmentations", 0, document.place(augmented))
    elif augmented is not None and augmented.flag:
        likelihood = {"moderate": 0.7, "strong": 0.26}
        yield Found("augmentation", likelihood, "Augmentation is switched on.", document.place(augmented))
    mean = _one(index, ("mean", "pixel_mean", "image_mean"))
    values = tuple(item.number for item in mean.items) if mean is not None else ()
    if mean is not None and values == _IMAGENET:
        message = "The inputs are standardised with the mean of ImageNet."
        yield sets("input_scaling", "standardised", message, document.place(mean), 0.93)


def _hardware(document: Document, index: Mapping[str, Sequence[_Seen]]) -> Iterator[Item]:
    device = _one(index, ("device", "accelerator"))
    word = (device.word or "").lower() if device is not None else ""
    if device is not None and word in ("cpu", "mps", "tpu", "xla"):
        state = "cpu" if word == "cpu" else "mps_tpu_or_other"
        yield sets("devices", state, f"The device is {word}.", document.place(device), 0.93)
        return
    used = _one(index, ("num_gpus", "n_gpu", "n_gpus", "ngpu", "ngpus", "num_gpu", "world_size", "gpus", "gpu_ids"))
    if used is None:
        return
    listed = len(used.items) or len([part for part in (used.word or "").split(",") if part.strip().isdecimal()])
    if listed > 1:
        yield Stated("devices", listed, document.place(used))
    elif used.word is None:
        yield from saying.number(document, "devices", used)
