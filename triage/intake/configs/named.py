"""Mappings that name a class beside its arguments.

::

    _target_: torch.optim.AdamW          Hydra: the arguments stand beside the name
    class_path: torch.optim.AdamW        Lightning's and jsonargparse's: they stand in init_args
    type: AdamW                          MMEngine and many others
    name: adamw                          anybody's, where the key above says what it is
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from triage.intake.configs import saying
from triage.intake.configs.saying import Item, sets
from triage.intake.configs.structured import Document, Node
from triage.intake.configs.terms import loss_of, name_of, optimizer_of
from triage.intake.found import Stated

__all__ = ["Call", "calls", "items_of"]

_SURE = ("_target_", "class_path", "target")
_LIKELY = ("type", "name", "_name", "_name_", "class_name", "class", "method")
_INSIDE = ("init_args", "params", "args", "kwargs", "config", "hyperparams")

_OF_OPTIMIZERS = {
    "learning_rate": ("lr", "learning_rate", "base_lr"),
    "weight_decay": ("weight_decay", "weightdecay"),
    "momentum": ("momentum",),
    "epsilon": ("eps", "epsilon", "adam_eps"),
    "beta1": ("beta1", "beta_1"),
    "beta2": ("beta2", "beta_2"),
}
_OF_SCHEDULES = {
    "warmup_steps": ("num_warmup_steps", "warmup_steps", "warmup_iters", "warmup_updates"),
    "max_steps": ("num_training_steps", "total_steps", "max_steps"),
    "warmup_ratio": ("warmup_fraction", "pct_start"),
}
_CLIMBS = ("linearlr", "constantlr", "linearwarmup", "warmuplr", "linearwarmuplr")


@dataclass(frozen=True, slots=True)
class Call:
    """A class with its arguments.

    Args:
        name: as it is written, with its module or without.
        at: where the name stands.
        node: the mapping that names it.
        path: the keys that lead there.
        sure: whether the key can only name a class.

    """

    name: str
    at: Node
    node: Node
    path: tuple[str, ...]
    sure: bool

    def under(self, *parts: str) -> bool:
        """Whether the key above says that it is one of these."""
        return any(part in key for key in self.path[-2:] for part in parts)


def calls(document: Document) -> Iterator[Call]:
    """All classes that the file names, in its order."""
    for path, node in document.walk():
        for key in (*_SURE, *_LIKELY):
            name = node.mapping.get(key)
            if name is not None and name.word:
                yield Call(name.word, name, node, path, key in _SURE)
                break


def items_of(document: Document) -> Iterator[Item]:
    """What the optimizers, schedules and losses among them say."""
    found = list(calls(document))
    optimizers = [call for call in found if _is_optimizer(document, call)]
    if optimizers:
        yield from _of_optimizers(document, optimizers)
    for call in found:
        # OneCycleLR's own rate is the highest of the run.
        if _is_schedule(call):
            yield from _of_schedule(document, call)
        elif call.under("loss", "criterion") or (call.sure and "loss" in name_of(call.name)):
            yield from _of_loss(document, call, [other for other in found if other is not call])


def _is_optimizer(document: Document, call: Call) -> bool:
    if optimizer_of(call.name) is None or call.under("sched"):
        return False
    if call.under("optim") or ".optim" in call.name:
        return True
    return call.sure and _argument(document, call, *_OF_OPTIMIZERS["learning_rate"]) is not None


def _of_optimizers(document: Document, optimizers: list[Call]) -> Iterator[Item]:
    first = optimizers[0]
    if len({call.path[:-1] if call.under("optim") else call.path for call in optimizers}) > 1 or len(optimizers) > 1:
        place = document.place(optimizers[1].at)
        message = f"There are {len(optimizers)} optimizers."
        yield sets("trained_part", "several_optimizers_or_groups", message, place, 0.9)
    for name, keys in _OF_OPTIMIZERS.items():
        stated = [list(saying.number(document, name, _argument(document, call, *keys))) for call in optimizers]
        values = {item.value for items in stated for item in items if isinstance(item, Stated)}
        if len(values) == 1:
            yield from next(items for items in stated if items)
        elif values:
            yield f"The optimizers differ in {name.replace('_', ' ')}, so it was left out."
    if len({optimizer_of(call.name) for call in optimizers}) == 1:
        yield from saying.optimizer(document, first.at)
    if len(optimizers) == 1:
        yield from saying.betas(document, _argument(document, first, "betas", "adam_betas", "opt_betas"))


def _is_schedule(call: Call) -> bool:
    return "lr_scheduler" in call.name or call.under("lr_sched", "scheduler", "lr_config", "lr_policy", "lr_schedule")


def _of_schedule(document: Document, call: Call) -> Iterator[Item]:
    if name_of(call.name) in _CLIMBS:
        begin, end = (_argument(document, call, key) for key in ("begin", "end"))
        by_epoch = _argument(document, call, "by_epoch")
        counted = by_epoch is not None and by_epoch.flag is False
        if counted and begin is not None and end is not None and begin.number == 0:
            yield from saying.number(document, "warmup_steps", end)
        return
    yield from saying.schedule(document, call.at)
    for name, keys in _OF_SCHEDULES.items():
        yield from saying.number(document, name, _argument(document, call, *keys))


def _of_loss(document: Document, call: Call, others: list[Call]) -> Iterator[Item]:
    losses = [other for other in others if other.under("loss", "criterion") and loss_of(other.name) is not None]
    if not losses:
        yield from saying.loss(document, call.at)
    elif loss_of(call.name) is not None and call.at.line < losses[0].at.line:
        yield Stated("loss_terms", len(losses) + 1, document.place(call.at))


def _argument(document: Document, call: Call, *keys: str) -> Node | None:
    inside = (f"{outer}.{key}" for key in keys for outer in _INSIDE)
    return document.at(*keys, *inside, of=call.node)
