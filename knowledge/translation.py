"""Models of the files in other languages than English: findings, and titles of causes and remedies."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from knowledge.fields import ForeignText, Identifier
from knowledge.schema import Strict

__all__ = ["StateTranslation", "Titles", "Translation", "TrialWords"]


class StateTranslation(Strict):
    """One state of a finding in another language; the words are those that people write in it."""

    label: ForeignText
    complaint: ForeignText | None = None
    words: list[ForeignText] = Field(default=[])


class Translation(Strict):
    """A finding in another language: what is shown of it, and what people say. The folder names the language."""

    id: Identifier
    title: ForeignText
    prompt: ForeignText
    why: ForeignText
    states: Annotated[dict[Identifier, StateTranslation], Field(min_length=2)]


class TrialWords(Strict):
    """How a remedy that was tried is asked about; in ``title`` and ``prompt`` ``{remedy}`` stands for its title."""

    title: ForeignText
    prompt: ForeignText
    why: ForeignText
    no_effect: ForeignText
    helped: ForeignText


class Titles(Strict):
    """Titles of causes and remedies in another language than English, whose code of two letters is the id."""

    id: Identifier
    trial: TrialWords | None = None
    causes: dict[Identifier, ForeignText] = Field(default={})
    remedies: dict[Identifier, ForeignText] = Field(default={})
