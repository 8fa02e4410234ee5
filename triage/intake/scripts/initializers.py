"""What gives weights their first values, by name."""

from __future__ import annotations

from triage.intake.scripts.values import Library, Table, Value, text

__all__ = ["FILLS", "KERAS_FILLS", "initializer_of"]

FILLS = frozenset({"zeros_", "zero_", "ones_", "constant_", "fill_"})
"""Functions and methods of PyTorch that give all weights one value."""

KERAS_FILLS = frozenset({"zeros", "zero", "ones", "one", "constant"})
"""Initializers of Keras that do."""


def initializer_of(given: Value) -> str:
    """The initializer of Keras that an argument stands for, in small letters; empty where that is not told."""
    name = given.name.rsplit(".", 1)[-1] if isinstance(given, Table | Library) else text(given) or ""
    return name.lower()
