"""Configurations of Lightning's command line, of Hydra's trees and of MMEngine as YAML or JSON.

::

    trainer:
      max_epochs: 100
      precision: 16-mixed
      gradient_clip_val: 1.0
    optimizer:
      class_path: torch.optim.AdamW
      init_args: {lr: 0.0003}

(Lightning's documentation, "Trainer"; Hydra's, "Instantiating objects"; MMEngine's, "Config".)
"""

from __future__ import annotations

from collections.abc import Iterator

from triage.intake.configs import general, named, saying
from triage.intake.configs.saying import Item, sets
from triage.intake.configs.source import told_of
from triage.intake.configs.structured import Document, Node
from triage.intake.found import Stated, Told

__all__ = ["is_lightning", "read_lightning"]

_OWN = frozenset(
    {
        "max_epochs", "precision", "gradient_clip_val", "gradient_clip_algorithm", "accumulate_grad_batches",
        "accelerator", "check_val_every_n_epoch", "num_sanity_val_steps", "val_check_interval", "log_every_n_steps",
        "limit_train_batches", "fast_dev_run", "enable_checkpointing", "min_epochs",
    }
)  # fmt: skip

_NUMBERS = {
    "epochs": ("max_epochs",),
    "max_steps": ("max_steps",),
    "accumulation_steps": ("accumulate_grad_batches",),
}

_MM_NUMBERS = {
    "epochs": ("train_cfg.max_epochs", "runner.max_epochs"),
    "max_steps": ("train_cfg.max_iters", "runner.max_iters"),
    "accumulation_steps": ("optim_wrapper.accumulative_counts", "optimizer_config.cumulative_iters"),
    "clip_norm": ("optim_wrapper.clip_grad.max_norm", "optimizer_config.grad_clip.max_norm"),
    "batch_size": ("train_dataloader.batch_size", "data.samples_per_gpu"),
    "warmup_steps": ("lr_config.warmup_iters",),
}

_OTHER_ACCELERATORS = frozenset({"tpu", "mps", "hpu", "ipu"})


def is_lightning(document: Document) -> bool:
    """Whether a trainer of Lightning, a class to be built or a section of MMEngine stands in it."""
    if _trainer(document) is not None or document.has("optim_wrapper") or document.has("lr_config", "optimizer"):
        return True
    return any(call.sure for call in named.calls(document))


def read_lightning(document: Document) -> Told:
    """All that the file says."""
    return told_of([*document.notes, *general.items_of(document, list(_items(document)))])


def _items(document: Document) -> Iterator[Item]:
    trainer = _trainer(document)
    if trainer is not None:
        yield from _of_trainer(document, trainer)
    yield from _of_mmengine(document)
    resumed = document.root.mapping.get("ckpt_path")
    if resumed is not None and resumed.word and not resumed.off:
        message = "Training goes on from a checkpoint."
        yield sets("start_point", "resumed", message, document.place(resumed), 0.9)


def _trainer(document: Document) -> Node | None:
    """The mapping of the trainer's arguments."""
    for path, node in document.walk():
        target = node.mapping.get("_target_", node.mapping.get("class_path"))
        name = target.word if target is not None and target.word else ""
        if name.endswith(("lightning.Trainer", "lightning.trainer.Trainer")):
            return document.at("init_args", of=node) or node
        key = path[-1] if path else ""
        if key in ("trainer", "pl_trainer", "lightning_trainer", "trainer_args") and len(_OWN & node.mapping.keys()):
            return node
    return None


def _of_trainer(document: Document, trainer: Node) -> Iterator[Item]:
    place = document.place(trainer)
    yield sets("framework", "pytorch", "The trainer is that of Lightning.", place)
    yield sets("gradients_reset", "reset_each_update", "Lightning resets the gradients.", place, 0.9)
    yield from saying.numbers(document, _NUMBERS, trainer)
    yield from saying.precision(document, document.at("precision", of=trainer))
    limit = trainer.mapping.get("gradient_clip_val")
    if limit is not None and limit.off:
        yield Stated("clip_norm", 0, document.place(limit))
    elif limit is not None:
        way = document.at("gradient_clip_algorithm", of=trainer)
        by_value = way is not None and (way.word or "").lower() == "value"
        yield from saying.number(document, "clip_value" if by_value else "clip_norm", limit)
    yield from _devices(document, trainer)
    resumed = trainer.mapping.get("resume_from_checkpoint")
    if resumed is not None and not resumed.off:
        message = "Training resumes from a checkpoint."
        yield sets("start_point", "resumed", message, document.place(resumed), 0.95)


def _devices(document: Document, trainer: Node) -> Iterator[Item]:
    kind, used = document.at("accelerator", of=trainer), document.at("devices", "gpus", of=trainer)
    word = (kind.word or "").lower() if kind is not None else ""
    if kind is not None and word == "cpu":
        yield sets("devices", "cpu", "The accelerator is the CPU.", document.place(kind))
    elif kind is not None and word in _OTHER_ACCELERATORS:
        yield sets("devices", "mps_tpu_or_other", f"The accelerator is {word}.", document.place(kind))
    elif used is not None:
        count = len(used.items) or used.number
        text = used.word or ""
        if used.number is None and text.replace(",", "").replace(" ", "").isdecimal():
            count = len([part for part in text.split(",") if part.strip()])
        nodes = document.at("num_nodes", of=trainer)
        several = nodes.number if nodes is not None and nodes.number and nodes.number >= 1 else 1
        if count is not None and count >= 1:
            yield Stated("devices", int(count * several), document.place(used))


def _of_mmengine(document: Document) -> Iterator[Item]:
    if not (document.has("optim_wrapper") or document.has("lr_config") or document.has("train_dataloader")):
        return
    yield from saying.numbers(document, _MM_NUMBERS)
    policy = document.at("lr_config.policy")
    if policy is not None:
        yield from saying.schedule(document, policy)
    wrapper = document.at("optim_wrapper.type")
    scaled = document.at("fp16.loss_scale", "optim_wrapper.loss_scale")
    if wrapper is not None and wrapper.word == "AmpOptimWrapper":
        dtype = document.at("optim_wrapper.dtype")
        state = "bf16" if dtype is not None and dtype.word == "bfloat16" else "fp16_amp"
        yield sets("precision", state, "Mixed precision is switched on.", document.place(wrapper), 0.95)
    elif scaled is not None:
        yield sets("precision", "fp16_amp", "The loss is scaled for fp16.", document.place(scaled), 0.95)
    shuffled = document.at("train_dataloader.sampler.shuffle")
    if shuffled is not None and shuffled.flag is not None:
        state = "every_epoch" if shuffled.flag else "not_shuffled"
        message = f"The sampler of the training data is {'' if shuffled.flag else 'not '}shuffled."
        yield sets("shuffling", state, message, document.place(shuffled), 0.95)
    for key, state, finding in (
        ("resume_from", "resumed", "start_point"),
        ("load_from", "pretrained", "initialization"),
    ):
        node = document.at(key)
        if node is not None and node.word and not node.off:
            yield sets(finding, state, "A checkpoint is loaded before training.", document.place(node), 0.93)
