"""How the screens look, one file each."""

from __future__ import annotations

from pathlib import Path, PurePath

__all__ = ["style_files"]


def style_files(*screens: str) -> list[str | PurePath]:
    """The style files of some screens."""
    return [Path(__file__).parent / f"{screen}.tcss" for screen in screens]
