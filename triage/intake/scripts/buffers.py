"""Gradients of a tape, and the variables in which a program adds them up ("tf.GradientTape", "tf.Variable")."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace

from triage.intake.scripts.optimizers import Parameters
from triage.intake.scripts.trace import Call, Event, Loop, Run
from triage.intake.scripts.values import Items, Known, Tensor, Value, number

__all__ = ["Buffer", "Gradients", "buffer_method", "changed", "element", "made_buffer"]


@dataclass(frozen=True, slots=True, eq=False)
class Gradients:
    """What a tape yields.

    Args:
        event: where it was asked; None of what a buffer holds.
        loss: of what.
        shrunk: whether they were divided.
        summed: whether others were added.
        buffer: that they were read from.
        name: for those that ask any value for one.

    """

    event: Event | None
    loss: Value = None
    shrunk: bool = False
    summed: bool = False
    buffer: Buffer | None = None
    name: str = "gradients"


@dataclass(frozen=True, slots=True, eq=False)
class Buffer:
    """A variable that is no weight; `loops` are those in which it is made."""

    loops: tuple[Loop, ...]


def made_buffer(run: Run, call: Call) -> Buffer | None:
    """A variable made of an array; one of a number or of outputs is not followed."""
    first = call.get(0, "initial_value")
    return None if first is None or isinstance(first, Known | Tensor) else Buffer(tuple(run.loops))


def buffer_method(run: Run, owner: Buffer, name: str, call: Call) -> Value | None:
    """What a method of a variable does; None for one that is not known."""
    given = call.get(0)
    if isinstance(given, Gradients) and (name == "assign_add" or (name == "assign" and _is_sum(given, owner))):
        run.happens("accumulated", call.spot, owner, gradients=given)
    elif name in ("assign", "assign_sub", "assign_add", "scatter_update"):
        run.happens("assigned", call.spot, owner, value=given)
    elif name in ("read_value", "value", "numpy"):
        return Gradients(None, buffer=owner)
    else:
        return None
    return owner


def _is_sum(given: Gradients, owner: Buffer) -> bool:
    """Whether a variable is given what it has held, and more."""
    return given.summed and given.buffer is owner


def changed(op: ast.operator, left: Value, right: Value) -> Value | None:
    """Arithmetic on gradients; None where there are none."""
    if not isinstance(left, Gradients | Buffer) and not isinstance(right, Gradients | Buffer):
        return None
    sides = [Gradients(None, buffer=side) if isinstance(side, Buffer) else side for side in (left, right)]
    held = [side for side in sides if isinstance(side, Gradients)]
    if len(held) == 2 or isinstance(op, ast.Add):
        fresh = next((side for side in held if side.event is not None), held[0])
        buffer = next((side.buffer for side in held if side.buffer is not None), None)
        return replace(fresh, summed=True, buffer=buffer, shrunk=any(side.shrunk for side in held))
    size = number(right if isinstance(sides[0], Gradients) else left)
    if isinstance(op, ast.Div) or (isinstance(op, ast.Mult) and (size is None or abs(size) < 1)):
        return replace(held[0], shrunk=True)
    return held[0]


def element(side: Value) -> Value | None:
    """One of several gradients, weights or variables; None of all else."""
    if isinstance(side, Gradients | Parameters):
        return side
    if isinstance(side, Items) and side.values and isinstance(side.values[0], Buffer | Gradients):
        return side.values[0]
    return None
