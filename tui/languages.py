"""The languages that the screen can be switched between, in the order of the switch."""

from __future__ import annotations

from typing import Literal, get_args

__all__ = ["ENGLISH", "Language", "next_language"]

Language = Literal["en", "zh"]

ENGLISH: Language = "en"


def next_language(language: str) -> Language:
    """The one after it; English after one that is none of them."""
    known: tuple[Language, ...] = get_args(Language)
    return next((known[place - 1] for place, name in enumerate(known) if name == language), ENGLISH)
