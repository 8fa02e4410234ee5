"""What the screen says in the language of its app: the sentences of the screen beside those of the engine."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from triage.wording import Wording, phrases_in, wording

if TYPE_CHECKING:
    from textual.dom import DOMNode

__all__ = ["screen_wording", "wording_of"]


@cache
def screen_wording(language: str) -> Wording:
    """What the screen says in a language; English where there is nothing in it.

    Args:
        language: code of two letters.

    """
    return Wording(language, {**wording(language).phrases, **phrases_in(Path(__file__).parent, language)})


def wording_of(node: DOMNode) -> Wording:
    """The same of the app that a widget belongs to."""
    return screen_wording(getattr(node.app, "language", "en"))
