"""The curated graph of causes, findings and remedies, and the models that read it.

>>> import knowledge
>>> base = knowledge.load()
>>> base.cause("learning_rate_too_high").title
'Learning rate too high'
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from knowledge.errors import KnowledgeError, Problem, UnknownIdError

if TYPE_CHECKING:
    from knowledge.base import KnowledgeBase as KnowledgeBase
    from knowledge.loader import load as load

__all__ = ["KnowledgeBase", "KnowledgeError", "Problem", "UnknownIdError", "load"]

_LAZY = {"KnowledgeBase": "knowledge.base", "load": "knowledge.loader"}


def __getattr__(name: str) -> object:
    """Import what is asked for when it is asked for, so that importing the package costs nothing."""
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    loaded: object = getattr(import_module(_LAZY[name]), name)
    return loaded
