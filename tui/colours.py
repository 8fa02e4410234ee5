"""Themes: dark, light, and the colours of the terminal itself."""

from __future__ import annotations

from typing import Literal

from textual.theme import Theme

__all__ = ["THEMES", "name_of_theme", "next_theme", "preference_of_theme"]

THEMES = (
    Theme(
        name="dark",
        primary="#7aa2f7",
        secondary="#9ece6a",
        accent="#e0af68",
        success="#9ece6a",
        warning="#ff9e64",
        error="#f7768e",
        foreground="#d5d9e8",
        background="#16181f",
        surface="#1c1f28",
        panel="#262a36",
        dark=True,
    ),
    Theme(
        name="light",
        primary="#2f5aa8",
        secondary="#4a7a2c",
        accent="#8f5a00",
        success="#3b6e22",
        warning="#a34a00",
        error="#b3261e",
        foreground="#22252d",
        background="#fbfaf7",
        surface="#f3f1ec",
        panel="#e6e3db",
        dark=False,
    ),
)

ORDER = ("dark", "light", "ansi-dark", "ansi-light")
"""The last two take the colours that the terminal is set to."""


def name_of_theme(preferred: str) -> str:
    """The theme of a preference; ``terminal`` is the terminal's own colours on dark."""
    return "ansi-dark" if preferred == "terminal" else preferred if preferred in ORDER else ORDER[0]


def preference_of_theme(theme: str) -> Literal["dark", "light", "terminal"]:
    """What is kept of a theme that was chosen."""
    return "terminal" if theme.startswith("ansi") else "light" if theme == "light" else "dark"


def next_theme(current: str) -> str:
    """The theme after this one."""
    place = ORDER.index(current) if current in ORDER else -1
    return ORDER[(place + 1) % len(ORDER)]
