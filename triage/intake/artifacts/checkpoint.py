"""What one file of weights holds, whatever its format."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from triage.intake.artifacts.tensor import Tensor

__all__ = ["PIECE", "Checkpoint", "Moment", "counted"]


PIECE = re.compile(r"-(\d{5})-of-(\d{5})\.")
"""How files are named that make up one checkpoint together."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A tensor that the optimizer keeps.

    Args:
        slot: what it is called there: ``exp_avg_sq``, ``momentum_buffer``.
        tensor: the tensor.
        epsilon: of its group of parameters; 0 where none is known.

    """

    slot: str
    tensor: Tensor
    epsilon: float = 0.0


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """All that is known of a file of weights before its numbers are read.

    Args:
        file: as it was given.
        format: ``safetensors``, ``pytorch``, ``keras`` or ``numpy``.
        weights: parameters and buffers.
        moments: what the optimizer keeps.
        groups: what the optimizer is set to, for each group of parameters.
        progress: how far the training had come: ``epoch``, ``step``.
        parts: which of ``optimizer``, ``schedule``, ``scaler`` stand beside the weights.
        words: what else is known of it by name: ``optimizer``, ``writer``.
        notes: what was left out.
        pieces: how many files make it up.

    """

    file: str
    format: str
    weights: tuple[Tensor, ...]
    moments: tuple[Moment, ...] = ()
    groups: tuple[Mapping[str, object], ...] = ()
    progress: Mapping[str, float] = field(default_factory=dict)
    parts: frozenset[str] = frozenset()
    words: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    pieces: int = 1


def counted(count: int, thing: str) -> str:
    """A number of things: ``1 layer``, ``2,000 layers``."""
    return f"{count:,} {thing if count == 1 else thing + 's'}"
