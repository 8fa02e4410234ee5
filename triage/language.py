"""The language of what is shown: of the flag ``--language``, else of the person's preferences, else English.

The locale chooses nothing: reports are passed on and searched, and a server's locale says little of who reads them.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from triage.errors import TriageError
from triage.own_settings import settings_folder

if TYPE_CHECKING:
    from knowledge.base import KnowledgeBase

__all__ = ["PREFERENCES", "add_language_flag", "spoken"]

PREFERENCES = "preferences.yaml"
"""File of the person's own settings, of which ``language`` is one."""

LARGEST_FILE = 100_000


def add_language_flag(group: argparse._ArgumentGroup) -> None:
    """Add ``--language``."""
    group.add_argument(
        "--language",
        metavar="CODE",
        help="language of questions and results: en or zh (中文); by default that of your preferences, else English",
    )


def spoken(base: KnowledgeBase, language: str | None) -> KnowledgeBase:
    """The knowledge in the language that is wanted.

    Args:
        base: the knowledge.
        language: what the flag says; None where it was not given.

    Raises:
        TriageError: there is no such language, and it was asked for with the flag.

    """
    if language is None:
        preferred = _preferred(settings_folder() / PREFERENCES)
        return base.in_language(preferred) if preferred in base.languages else base
    if language not in base.languages:
        raise TriageError(f"expected one of {', '.join(base.languages)} for --language, found {language!r}")
    return base.in_language(language)


def _preferred(file: Path) -> str | None:
    """The language in a file of preferences; what is wrong with the file is told by whoever shows the others of it."""
    from knowledge.errors import KnowledgeError
    from knowledge.reading import load_plain

    try:
        if not file.is_file():
            return None
        with file.open(encoding="utf-8-sig") as stream:
            text = stream.read(LARGEST_FILE)
        settings = load_plain(text, str(file))
    except (OSError, ValueError, KnowledgeError):
        return None
    language = settings.get("language") if isinstance(settings, dict) else None
    return language if isinstance(language, str) else None
