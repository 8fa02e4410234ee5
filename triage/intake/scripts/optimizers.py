"""Optimizers of a program, the weights that they hold, and the schedules of their rates."""

from __future__ import annotations

from dataclasses import dataclass, field

from triage.intake.scripts.source import Spot
from triage.intake.scripts.values import Table, Value

__all__ = ["Optimizer", "Parameters", "Scheduler"]


@dataclass(frozen=True, slots=True, eq=False)
class Parameters:
    """Weights of networks; `groups` of them where each has arguments of its own."""

    owners: tuple[Value, ...]
    groups: tuple[Table, ...] = ()
    whole: bool = True
    filtered: bool = False


@dataclass(slots=True, eq=False)
class Optimizer:
    """An optimizer: class in small letters (empty where there are several to choose from) and its arguments."""

    name: str
    spot: Spot
    facts: dict[str, tuple[Value, Spot]]
    parameters: Parameters | None = None
    born: int = 0
    framework: str = "pytorch"


@dataclass(slots=True, eq=False)
class Scheduler:
    """A schedule of the rate."""

    name: str
    spot: Spot
    facts: dict[str, Value]
    optimizer: Value = None
    lines: dict[str, Spot] = field(default_factory=dict)
