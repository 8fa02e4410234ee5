"""The result of the line-mode interview: paragraphs that make sense when they are read aloud."""

from __future__ import annotations

from collections.abc import Iterator

from knowledge.base import KnowledgeBase
from triage.diagnosis import Diagnosis
from triage.report.choice import (
    MOST_EVIDENCE,
    best_checks,
    best_remedies,
    explained_causes,
    finding_words,
    first_sentences,
    stop_sentence,
    verdict,
)
from triage.report.escape import plain
from triage.report.figures import number
from triage.spoken_numbers import spoken, spoken_time
from triage.standing_words import ranking
from triage.wording import wording

__all__ = ["after_closing", "closing", "why_no_more"]

_STOPPED_HERE = {"cheaper_to_try": "Trying the changes below in their order is quicker now than finding out more."}
"""The reasons for stopping that speak of a place in the report, as they are where they stand before it."""


def closing(diagnosis: Diagnosis, base: KnowledgeBase, *, full: bool) -> Iterator[str]:
    """The result: verdict, why asking stops, ranking, evidence, what to check and what to change.

    Args:
        diagnosis: what is believed now.
        base: the knowledge.
        full: whether evidence, instructions and values are wanted, or the titles alone because they were read before.

    """
    say = wording(diagnosis.language)
    yield say("{sentence}.", sentence=spoken(verdict(diagnosis), say))
    yield why_no_more(diagnosis)
    yield ""
    yield from ranking(diagnosis)
    if full:
        yield from _why(diagnosis, base)
    yield from _checks(diagnosis, full=full)
    yield from _changes(diagnosis, full=full)
    if full and (checks := best_checks(diagnosis, 1)):
        yield ""
        yield say("The code: {command}", command=f"triage knowledge show {checks[0][1].id}")


def after_closing(diagnosis: Diagnosis) -> str:
    """What can be typed once the result was told."""
    say = wording(diagnosis.language)
    steps = (
        say("A number tells what came of that check or change; h and its number, such as h 1, prints its code. ")
        if diagnosis.plan
        else ""
    )
    on = say("The letter a asks on, ") if diagnosis.next_questions else ""
    return say(
        "Enter ends. {steps}FINDING=STATE tells anything else. {on}s says where we stand, b takes back.",
        steps=steps,
        on=on,
    )


def why_no_more(diagnosis: Diagnosis) -> str:
    """Why no more is asked."""
    if diagnosis.stopped is None:
        return wording(diagnosis.language)("There is nothing left to ask.")
    here = _STOPPED_HERE.get(diagnosis.stopped)
    return stop_sentence(diagnosis) if here is None else wording(diagnosis.language)(here)


def _why(diagnosis: Diagnosis, base: KnowledgeBase) -> Iterator[str]:
    explained, say = explained_causes(diagnosis), wording(base.language)
    for cause in explained:
        yield ""
        yield say("What speaks for and against: {title}.", title=cause.title)
        for item in (*cause.evidence_for[:MOST_EVIDENCE], *cause.evidence_against[:MOST_EVIDENCE]):
            title, label = finding_words(base, item.finding, item.state)
            told = (
                "For, {decibans} decibans: {title}: {label}."
                if item.decibans > 0
                else "Against, {decibans} decibans: {title}: {label}."
            )
            yield say(told, decibans=f"{abs(item.decibans):.1f}", title=title, label=label)
    if explained:
        yield say("3 decibans double the odds or halve them, 10 change them tenfold.")


def _checks(diagnosis: Diagnosis, *, full: bool) -> Iterator[str]:
    chosen, say = best_checks(diagnosis), wording(diagnosis.language)
    if chosen:
        yield ""
        yield say("What to check first:")
    for index, (cause, check) in enumerate(chosen, start=1):
        yield say(
            "{n}. {check}, about {time}, for: {cause}.",
            n=index,
            check=check.title,
            time=spoken_time(check.minutes, say),
            cause=cause.title,
        )
        if full:
            yield check.instructions if index == 1 else first_sentences(check.instructions)


def _changes(diagnosis: Diagnosis, *, full: bool) -> Iterator[str]:
    chosen, say = best_remedies(diagnosis), wording(diagnosis.language)
    if chosen:
        yield ""
        yield say("What to change, once confirmed:")
    for index, (cause, remedy) in enumerate(chosen, start=1 + len(best_checks(diagnosis))):
        yield say("{n}. {remedy}, against: {cause}.", n=index, remedy=remedy.title, cause=cause.title)
        if full:
            yield remedy.change if index == 1 + len(best_checks(diagnosis)) else first_sentences(remedy.change)
        for name, value in remedy.values.items():
            yield f"{plain(name).replace('_', ' ').capitalize()}: {number(value)}."
