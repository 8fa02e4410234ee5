"""Values that files state, by name, and how they are read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TypeAlias

from triage.intake.found import Found, Stated

__all__ = ["SURE", "Rule", "Values", "found", "number", "word"]

Values: TypeAlias = Mapping[str, Stated]
"""Name -> what is stated of it."""

SURE = 0.998
"""Of a state that follows from one number alone."""

Rule: TypeAlias = Callable[[Values], Iterator[Found]]
"""What follows from one of them, beside the others."""


def number(values: Values, name: str) -> float:
    """A value that is stated, 0 where it is no number."""
    value = values[name].value
    return float(value) if not isinstance(value, str) else 0.0


def word(values: Values, name: str) -> str:
    """A value as text, empty where it is not stated."""
    return str(values[name].value) if name in values else ""


def found(finding: str, likelihood: Mapping[str, float], message: str, stated: Stated) -> Found:
    """A finding at the place of the value that it follows from."""
    return Found(finding, likelihood, message, stated.place)
