"""Whether one tensor is to be made like another: one learns, and the other is given or cut off from its weights."""

from __future__ import annotations

from triage.intake.scripts.aims import LIKENESS, Aim
from triage.intake.scripts.values import Array, Tensor, Unknown, Value

__all__ = ["UNIT", "alike", "is_unit"]

UNIT = "unit"
"""Name of the step that gives vectors a length of one."""

_STEPS = frozenset({"neutral", "arith", "merge", "flatten"})


def alike(one: Value, other: Value) -> Aim | None:
    """What is asked of their likeness; None where both learn, or none does."""
    learns = [_learns(side) for side in (one, other)]
    given = other if learns[0] else one
    if learns[0] is learns[1] or not isinstance(given, Tensor | Array | Unknown):
        return None
    return LIKENESS


def is_unit(tensor: Tensor) -> bool:
    """Whether its vectors have a length of one."""
    return bool(tensor.path) and tensor.path[-1].name == UNIT


def _learns(side: Value) -> bool:
    """Whether a gradient of it reaches weights."""
    if not isinstance(side, Tensor) or side.cut is not None:
        return False
    return bool(side.models) or any(layer.kind not in _STEPS for layer in side.path)
