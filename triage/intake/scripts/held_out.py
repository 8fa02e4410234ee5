"""Names by which people call data, loops and functions that are for validation or testing."""

from __future__ import annotations

import re

__all__ = ["is_held_out"]

_WORDS = r"val|valid|validate|validation|validating|test|testing|eval|evaluate|evaluation|dev|holdout"
_HOLDERS = r"loader|set|data|dl|ds|iter|gen|generator|batches|images|step"
_HELD_OUT = re.compile(rf"(?<![a-z])(?:(?:{_WORDS})(?![a-z])|(?:val|valid|test|eval|dev)(?:{_HOLDERS}))")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")


def is_held_out(words: str) -> bool:
    """Whether a name or a piece of code speaks of data that are held out of training."""
    return _HELD_OUT.search(_HUMP.sub("_", words).lower()) is not None
