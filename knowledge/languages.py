"""Findings in other languages than English, and whether their translations are whole."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from knowledge.errors import Problem, UnknownIdError

if TYPE_CHECKING:
    from knowledge.base import AnyFinding, KnowledgeBase
    from knowledge.schema import Translation

__all__ = ["ENGLISH", "incomplete_translations", "translated"]

ENGLISH = "en"


def translated(base: KnowledgeBase, language: str) -> KnowledgeBase:
    """The same knowledge with the findings in a language; what is not translated stays English.

    Words stay those of the English files, and what people say in the language stays with the translations, so that a
    text is understood in any language whatever the language of the questions.

    Args:
        base: the knowledge.
        language: code of two letters.

    Raises:
        UnknownIdError: there are no translations into it.

    """
    if language == ENGLISH:
        return base
    if language not in base.translations:
        raise UnknownIdError("language", language, [ENGLISH, *base.translations])
    known = base.translations[language]
    findings = {
        name: _translated(finding, known[name]) if name in known else finding for name, finding in base.findings.items()
    }
    return replace(base, findings=findings)


def _translated(finding: AnyFinding, translation: Translation) -> AnyFinding:
    states = {
        name: state.model_copy(update={"label": said.label, "complaint": said.complaint})
        if (said := translation.states.get(name)) is not None
        else state
        for name, state in finding.states.items()
    }
    question = finding.question.model_copy(update={"prompt": translation.prompt, "why": translation.why})
    return finding.model_copy(update={"title": translation.title, "states": states, "question": question})


def incomplete_translations(base: KnowledgeBase) -> Iterator[Problem]:
    """Translations of what does not exist, and those that leave out a part of what they translate."""
    for language, translations in base.translations.items():
        for name, translation in translations.items():
            here = f"languages/{language}/{name}"
            if name not in base.findings:
                yield Problem(here, f"expected a finding, found the unknown id {name!r}")
                continue
            finding = base.findings[name]
            for state in translation.states:
                if state not in finding.states:
                    yield Problem(here, f"expected a state of {name} ({', '.join(finding.states)}), found {state!r}")
            for state, english in finding.states.items():
                said = translation.states.get(state)
                if said is None:
                    yield Problem(here, f"expected all states of {name}, found no {state!r}")
                elif (said.complaint is None) != (english.complaint is None):
                    yield Problem(here, f"expected a complaint of {state!r} just where the English file has one")
                elif english.words and not said.words:
                    yield Problem(here, f"expected words of {state!r}, as the English file has some")
            labels = [said.label for said in translation.states.values()]
            if len(set(labels)) < len(labels):
                yield Problem(here, "expected a label of its own for each state, found one twice")
