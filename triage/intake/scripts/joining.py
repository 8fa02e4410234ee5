"""What a name stands for behind a branch that may have been taken or not."""

from __future__ import annotations

from dataclasses import replace

from triage.intake.scripts.optimizers import Optimizer, Scheduler
from triage.intake.scripts.trace import Run
from triage.intake.scripts.values import OPAQUE, Items, Known, Tensor, Unknown, Value

__all__ = ["joined"]


def joined(run: Run, one: Value, other: Value) -> Value:
    """What both have in common."""
    if one is other:
        return one
    if isinstance(one, Known) and isinstance(other, Known):
        if one.value == other.value and type(one.value) is type(other.value):
            return one
        if other.value is None:
            return one if not one.settled else Unknown("either", run.tick())
        return Unknown("either", run.tick())
    if isinstance(one, Known) and one.value is None:
        return other
    if isinstance(other, Known) and other.value is None:
        return one
    if isinstance(one, Tensor) and isinstance(other, Tensor):
        return _tensors(one, other)
    if isinstance(one, Optimizer) and isinstance(other, Optimizer):
        same = one.parameters if _alike(one, other) else None
        return Optimizer("", one.spot, {}, same, one.born, one.framework)
    if isinstance(one, Scheduler) and isinstance(other, Scheduler):
        return Scheduler("", one.spot, {}, one.optimizer)
    if isinstance(one, Items) and isinstance(other, Items) and len(one.values) == len(other.values):
        return Items([joined(run, a, b) for a, b in zip(one.values, other.values, strict=True)], one.open or other.open)
    return Unknown("either", run.tick())


def _alike(one: Optimizer, other: Optimizer) -> bool:
    a, b = one.parameters, other.parameters
    return a is not None and b is not None and a.owners == b.owners and a.whole == b.whole and not a.groups


def _tensors(one: Tensor, other: Tensor) -> Tensor:
    if one.path == other.path and one.terms == other.terms and one.sign == other.sign:
        return replace(one, cut=one.cut if other.cut else None)
    longer = one if len(one.path) >= len(other.path) else other
    models = tuple(dict.fromkeys([*one.models, *other.models]))
    if one.path == other.path:
        # The same output, scored or scaled in one of two ways.
        cut = one.cut if other.cut else None
        return replace(one, terms=(), cut=cut, sign=1, shrunk=one.shrunk or other.shrunk)
    return Tensor((*longer.path, OPAQUE), models)
