"""DeepSpeed's configuration (its documentation, "DeepSpeed Configuration JSON").

``auto`` stands for a value that the Hugging Face Trainer fills in, and says nothing here. With fp16, DeepSpeed holds
the weights in fp16 beside a copy in fp32 that its optimizer updates, and scales the loss.
"""

from __future__ import annotations

from collections.abc import Iterator

from triage.intake.configs import saying
from triage.intake.configs.saying import Item, sets
from triage.intake.configs.source import told_of
from triage.intake.configs.structured import Document, Node
from triage.intake.found import Found, Stated, Told

__all__ = ["is_deepspeed", "items_of", "read_deepspeed"]

_OWN = (
    "zero_optimization", "train_micro_batch_size_per_gpu", "zero_allow_untested_optimizer", "gradient_clipping",
    "wall_clock_breakdown", "steps_per_print", "train_batch_size",
)  # fmt: skip

_NUMBERS = {
    "batch_size": ("train_micro_batch_size_per_gpu",),
    "accumulation_steps": ("gradient_accumulation_steps",),
    "clip_norm": ("gradient_clipping",),
    "learning_rate": ("optimizer.params.lr", "scheduler.params.warmup_max_lr", "scheduler.params.cycle_max_lr"),
    "epsilon": ("optimizer.params.eps",),
    "weight_decay": ("optimizer.params.weight_decay",),
    "momentum": ("optimizer.params.momentum",),
    "warmup_steps": ("scheduler.params.warmup_num_steps",),
    "warmup_ratio": ("scheduler.params.warmup_ratio",),
    "max_steps": ("scheduler.params.total_num_steps",),
}


def is_deepspeed(document: Document) -> bool:
    """Whether two of its own keys stand in it, or one beside the section of a format."""
    own = sum(document.has(key) for key in _OWN)
    formats = sum(document.has(key) for key in ("fp16.enabled", "bf16.enabled", "fp16.loss_scale"))
    return own >= 2 or (own == 1 and (formats > 0 or document.has("optimizer.params")))


def read_deepspeed(document: Document) -> Told:
    """All that a configuration says."""
    return told_of([*document.notes, *items_of(document)])


def items_of(document: Document, of: Node | None = None) -> Iterator[Item]:
    """The same, where it stands inside another file."""
    yield from saying.numbers(document, _NUMBERS, of)
    yield from saying.betas(document, document.at("optimizer.params.betas", of=of))
    kind = document.at("optimizer.type", of=of)
    decoupled = document.at("optimizer.params.adam_w_mode", of=of)
    if kind is not None and (kind.word or "").lower() == "adam":
        # DeepSpeed's Adam decouples the weight decay unless adam_w_mode is false.
        coupled = decoupled is not None and decoupled.flag is False
        yield Stated("optimizer", "adam" if coupled else "adamw", document.place(kind))
    else:
        yield from saying.optimizer(document, kind)
    yield from saying.schedule(document, document.at("scheduler.type", of=of))
    yield from _devices(document, of)
    yield from _precision(document, of)


def _devices(document: Document, of: Node | None) -> Iterator[Item]:
    """The whole batch is the product of that of one device, the accumulated batches and the devices."""
    nodes = [
        document.at(path, of=of)
        for path in ("train_batch_size", "train_micro_batch_size_per_gpu", "gradient_accumulation_steps")
    ]
    whole, micro, steps = (node.number if node is not None else None for node in nodes)
    if whole and micro and steps and nodes[0] is not None and whole % (micro * steps) == 0:
        yield Stated("devices", int(whole / (micro * steps)), document.place(nodes[0]))


def _precision(document: Document, of: Node | None) -> Iterator[Item]:
    enabled = {name: document.at(f"{name}.enabled", of=of) for name in ("fp16", "bf16", "amp")}
    if (own := enabled["bf16"]) is not None and own.flag:
        yield sets("precision", "bf16", "bf16 is enabled.", document.place(own))
        return
    for name in ("fp16", "amp"):
        if (own := enabled[name]) is not None and own.flag:
            scale = document.at(f"{name}.loss_scale", of=of)
            fixed = scale.number if scale is not None else None
            message = f"{name} is enabled"
            message += f" with a fixed loss scale of {fixed:g}." if fixed else ", the loss is scaled as it needs."
            yield sets("precision", "fp16_amp", message, document.place(own))
            return
    stated = [node for node in enabled.values() if node is not None]
    if len(stated) >= 2 and all(node.flag is False for node in stated):
        # Torch's own autocast can still be on in the script.
        likelihood = {"fp32": 0.9, "fp16_amp": 0.05, "bf16": 0.04}
        yield Found("precision", likelihood, "Neither fp16 nor bf16 is enabled.", document.place(stated[-1]))
