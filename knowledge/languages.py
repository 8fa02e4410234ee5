"""The knowledge in other languages than English, and whether the translations are whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from knowledge.errors import Problem, UnknownIdError
from knowledge.schema import Cause, Remedy
from knowledge.translation import Titles

if TYPE_CHECKING:
    from knowledge.base import AnyFinding, KnowledgeBase
    from knowledge.translation import Translation

__all__ = ["ENGLISH", "incomplete_translations", "translated"]

ENGLISH = "en"

Titled = TypeVar("Titled", Cause, Remedy)


def translated(base: KnowledgeBase, language: str) -> KnowledgeBase:
    """The same knowledge with findings, and titles of causes and remedies, in a language; the rest stays English.

    Words stay those of the English files, and what people say in the language stays with the translations, so that a
    text is understood in any language whatever the language of the questions.

    Args:
        base: the knowledge.
        language: code of two letters.

    Raises:
        UnknownIdError: there are no translations into it.

    """
    if language == base.language:
        return base
    english = base if base.english is None else base.english
    if language == ENGLISH:
        return english
    if language not in base.languages:
        raise UnknownIdError("language", language, list(base.languages))
    known = english.translations.get(language, {})
    titles = english.titles.get(language, Titles(id=language))
    return replace(
        english,
        causes=_titled(english.causes, titles.causes),
        remedies=_titled(english.remedies, titles.remedies),
        findings={
            name: _translated(finding, known[name]) if name in known else finding
            for name, finding in english.findings.items()
        },
        language=language,
        english=english,
    )


def _titled(things: Mapping[str, Titled], titles: Mapping[str, str]) -> dict[str, Titled]:
    return {
        name: thing.model_copy(update={"title": titles[name]}) if name in titles else thing
        for name, thing in things.items()
    }


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
    yield from _unfit_titles(base)
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


def _unfit_titles(base: KnowledgeBase) -> Iterator[Problem]:
    """Titles of what does not exist, and titles that two things share."""
    for language, titles in base.titles.items():
        here = f"titles/{language}"
        for kind, said, known in (("cause", titles.causes, base.causes), ("remedy", titles.remedies, base.remedies)):
            yield from (
                Problem(here, f"expected a {kind}, found the unknown id {name!r}") for name in said if name not in known
            )
            if len(set(said.values())) < len(said):
                yield Problem(here, f"expected a title of its own for each {kind}, found one twice")
        if titles.trial is not None and not all(
            "{remedy}" in text for text in (titles.trial.title, titles.trial.prompt)
        ):
            yield Problem(here, "expected {remedy} in title and prompt of a trial, found one without it")
