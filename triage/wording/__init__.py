"""The sentences of the program in other languages: one JSON file per language, from the English sentence to its own.

English is what stands in the code, so that a line reads there as it is shown; what a file lacks stays English. The
knowledge brings its own translations (`knowledge.languages`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

__all__ = ["ENGLISH", "Wording", "phrases_in", "wording"]


@dataclass(frozen=True)
class Wording:
    """What the program says in one language.

    Args:
        language: code of two letters.
        phrases: English -> the same in the language; ``{name}`` stands for a value in both.

    """

    language: str
    phrases: Mapping[str, str]

    def __call__(self, english: str, **values: object) -> str:
        """The sentence in the language, with its values."""
        phrase = self.phrases.get(english, english)
        return phrase.format(**values) if values else phrase


ENGLISH = Wording("en", {})


@cache
def wording(language: str) -> Wording:
    """What triage says in a language; English where there is nothing in it.

    Args:
        language: code of two letters, as `knowledge.base.KnowledgeBase.language` has it.

    """
    return Wording(language, phrases_in(Path(__file__).parent, language))


def phrases_in(folder: Path, language: str) -> Mapping[str, str]:
    """The phrases that a folder has in a language; none where it has no file of it."""
    file = folder / f"{language}.json"
    if re.fullmatch("[a-z]{2}", language) is None or not file.is_file():
        return {}
    phrases: dict[str, str] = json.loads(file.read_text(encoding="utf-8"))
    return phrases
