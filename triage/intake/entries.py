"""What the knowledge lists for each state, ready to be looked for: patterns with the findings and states they mean."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from knowledge.base import AnyFinding, KnowledgeBase
from triage.intake.concepts import Lexicon
from triage.intake.phrases import Phrase, phrase_of
from triage.intake.tokens import words_of
from triage.intake.trade import Trade
from triage.intake.vocabulary import HELP, LATER, NOTHING_CAME, SUBJECTS, UNDECIDED

__all__ = [
    "NOTHING_GAINED",
    "Entry",
    "compile_entries",
    "folded_words",
    "listed",
    "listed_in_other_languages",
    "other_states",
    "whole_texts",
]

NOTHING_GAINED = ("no_effect", "no_better", "no_further_gain", "no_change")
"""States of trials that changed nothing."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One pattern and what it means.

    Args:
        phrase: the pattern.
        anchor: number of its concept that the fewest patterns have.
        finding: id of the finding.
        kind: symptom, setting or check.
        states: the states that list it.
        denied: what is left if a text denies it; none if that says nothing.
        written: how its only word must be inflected if that is an everyday word of a setting or check; else empty.
        normal: it says that nothing is wrong.
        subjects: if it names none itself, what its finding is said of; empty if that may be anything.
        plain: it shows by itself that a text is about training.
        spelled: how it must be written, signs and capitals and all, where its words alone may mean anything.
        foreign: it is listed in another language than English, and looked for in texts that hold some of it.

    """

    phrase: Phrase
    anchor: int
    finding: str
    kind: str
    states: tuple[str, ...]
    denied: tuple[str, ...]
    written: str
    normal: bool
    subjects: frozenset[str]
    plain: bool
    spelled: str
    foreign: bool


def listed_in_other_languages(base: KnowledgeBase) -> Iterator[tuple[AnyFinding, str, str]]:
    """(Finding, state, words) of everything that people are known to say in them, complaints included."""
    for translations in base.translations.values():
        for translation in translations.values():
            finding = base.findings.get(translation.id)
            if finding is None or finding.replaced_by is not None:
                continue
            for name, said in translation.states.items():
                if name in finding.states:
                    complaint = () if said.complaint is None else (said.complaint,)
                    yield from ((finding, name, words) for words in (*said.words, *complaint))


def listed(base: KnowledgeBase) -> Iterator[tuple[AnyFinding, str, str]]:
    """(Finding, state, words) of everything that people are known to say, complaints included."""
    for finding in base.findings.values():
        if finding.replaced_by is None:
            for name, state in finding.states.items():
                yield from ((finding, name, words) for words in state.words)
                if state.complaint is not None:
                    yield finding, name, state.complaint


def whole_texts(base: KnowledgeBase) -> dict[str, dict[str, tuple[str, ...]]]:
    """Texts that are nothing but one entry, or a label that only one finding has -> finding -> states."""
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for finding, state, words in (*listed(base), *listed_in_other_languages(base)):
        found[folded_words(words)][finding.id].append(state)
    labels: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for finding in base.findings.values():
        for name, described in finding.states.items():
            labels[folded_words(described.label)].append((finding.id, name))
    for translations in base.translations.values():
        for translation in translations.values():
            for name, said in translation.states.items():
                labels[folded_words(said.label)].append((translation.id, name))
    for label, meant in labels.items():
        if label not in found and len({finding for finding, _ in meant}) == 1:
            for finding_id, name in meant:
                found[label][finding_id].append(name)
    return {
        text: {finding: tuple(dict.fromkeys(states)) for finding, states in meant.items()}
        for text, meant in found.items()
    }


def folded_words(text: str) -> str:
    """A text by which a whole one is looked up: small letters, single blanks, no stop at its end."""
    return " ".join(text.casefold().split()).strip(" .!?,;")


def compile_entries(base: KnowledgeBase, lexicon: Lexicon, trade: Trade) -> tuple[Entry, ...]:
    """Every entry of the knowledge as a pattern; entries of one finding that read alike are one."""
    alike: dict[tuple[object, ...], tuple[AnyFinding, Phrase, list[str], bool]] = {}
    english = [(*item, False) for item in listed(base)]
    for finding, state, words, foreign in (*english, *((*item, True) for item in listed_in_other_languages(base))):
        phrase = phrase_of(lexicon, words)
        if phrase is not None and not _only_tried(finding, phrase):
            signature = (
                foreign,
                finding.id,
                phrase.strong,
                phrase.denied,
                phrase.dotted,
                frozenset(phrase.weak),
                phrase.timed,
                phrase.moment,
                phrase.first,
            )
            alike.setdefault(signature, (finding, phrase, [], foreign))[2].append(state)
    common = Counter(concept for _, phrase, *_ in alike.values() for concept in set(phrase.strong))
    spoken: dict[str, set[str]] = defaultdict(set)
    for finding, phrase, *_ in alike.values():
        if finding.kind == "symptom":
            spoken[finding.id] |= SUBJECTS & set(phrase.strong)
    return tuple(
        Entry(
            phrase=phrase,
            anchor=min(range(len(phrase.strong)), key=lambda number: common[phrase.strong[number]]),
            finding=finding.id,
            kind=finding.kind,
            states=tuple(dict.fromkeys(states)),
            denied=other_states(finding, states),
            written="" if finding.kind == "symptom" and not _normal(finding, states) else _written(phrase, trade),
            normal=_normal(finding, states),
            subjects=frozenset() if spoken[finding.id] & set(phrase.strong) else frozenset(spoken[finding.id]),
            plain=_plain(phrase, trade),
            spelled="" if foreign else _spelled(phrase),
            foreign=foreign,
        )
        for finding, phrase, states, foreign in alike.values()
    )


def _only_tried(finding: AnyFinding, phrase: Phrase) -> bool:
    """Whether it names a trial without an outcome, which is found by the words of trying instead."""
    told = (HELP | LATER | NOTHING_CAME) & set(phrase.strong)
    return finding.kind == "check" and phrase.tried and not told


def _normal(finding: AnyFinding, states: Sequence[str]) -> bool:
    return finding.kind == "symptom" and set(states) == {next(iter(finding.states))}


def other_states(finding: AnyFinding, states: Sequence[str]) -> tuple[str, ...]:
    """What is left of a finding if some of its states are denied.

    Words that half of the abnormal states of a symptom share, such as NaN, speak of what is wrong as such; to deny them
    leaves the normal state.
    """
    normal, *abnormal = finding.states
    if finding.kind == "check" and normal in NOTHING_GAINED and normal in states:
        return ()  # That a trial did not fail in some way does not say that it helped.
    if finding.kind == "symptom" and normal not in states and 2 * len(set(states)) >= max(len(abnormal), 4):
        return (normal,)
    return tuple(state for state in (normal, *abnormal) if state not in states)


def _plain(phrase: Phrase, trade: Trade) -> bool:
    named = trade.names & set(phrase.strong)
    constant = any(
        number and len(concept.strip("-0.%").replace(".", "")) >= 3
        for number, concept in zip(phrase.numbers, phrase.strong, strict=True)
    )
    return bool(named - trade.everyday or (named and len(phrase.strong) > 1)) or (constant and len(phrase.strong) == 1)


def _spelled(phrase: Phrase) -> str:
    signs = all(phrase.numbers) and re.fullmatch(r"[\d.,%]+|.*[A-Za-z].*", phrase.text) is None
    everyday = len(phrase.strong) == 1 and phrase.strong[0] in UNDECIDED
    code = len(phrase.strong) == 1 and "_" in phrase.text and len(words_of(phrase.text)) > 1 + len(phrase.weak)
    return phrase.text if signs or everyday or (code and phrase.strong[0] in phrase.text) else ""


def _written(phrase: Phrase, trade: Trade) -> str:
    everyday = len(phrase.strong) == 1 and phrase.strong[0] not in trade.names - trade.everyday
    return phrase.first if everyday else ""
