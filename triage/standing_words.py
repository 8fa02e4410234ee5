"""What is believed, in sentences: which explanations lead, how that moved, and what each answer would do to it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from knowledge.base import KnowledgeBase
from triage.diagnosis import Choice, Diagnosis
from triage.report.choice import RANKING_NOTE
from triage.spoken_numbers import spoken_percent
from triage.wording import Wording, wording

if TYPE_CHECKING:
    from triage.outlook import Ahead

__all__ = ["misgivings", "movement", "outlook", "ranking"]

TOP = 5
"""Causes that are listed."""


class Standing(NamedTuple):
    """One explanation, by the id of its cause, and how probable it is; no fault and not listed are explanations too."""

    key: str
    title: str
    probability: float


def outlook(
    diagnosis: Diagnosis, base: KnowledgeBase, choices: Sequence[Choice], ahead: Sequence[Ahead]
) -> Iterator[str]:
    """What each answer would do to the explanation that leads, and which would lead then."""
    say = wording(base.language)
    now = _standing(diagnosis)[0]
    was = spoken_percent(now.probability, say)
    yield say("Leading now: {title}, {percent}.", title=now.title, percent=was)
    by_state = {item.state: item for item in ahead}
    for index, choice in enumerate(choices, start=1):
        item = by_state[choice.state]
        causes = [Standing(key, base.causes[key].title, value) for key, value in item.causes.items()]
        leading, *others = _with_others(causes, item.none, item.not_listed, say)
        after = next(entry for entry in (leading, *others) if entry.key == now.key).probability
        shown = spoken_percent(after, say)
        moves = (
            say("it stays at {percent}", percent=shown)
            if shown == was
            else say("it rises to {percent}", percent=shown)
            if after > now.probability
            else say("it falls to {percent}", percent=shown)
        )
        if leading.key != now.key:
            share = spoken_percent(leading.probability, say)
            moves += say(", and then {title} leads with {percent}", title=leading.title, percent=share)
        yield say("If {n}, {label}: {moves}.", n=index, label=choice.label, moves=moves)


def movement(before: Diagnosis, after: Diagnosis) -> str:
    """How things firm up: the two likeliest explanations, the first with what it was before."""
    say = wording(after.language)
    was = {entry.key: entry.probability for entry in _standing(before)}
    first, second = _standing(after)[:2]
    now, earlier = spoken_percent(first.probability, say), spoken_percent(was.get(first.key, 0.0), say)
    change = (
        "" if before is after else say(", as before") if now == earlier else say(", was {percent}", percent=earlier)
    )
    return say(
        "Most likely now: {first} ({now}{change}), then {second} ({percent}).",
        first=first.title,
        now=now,
        change=change,
        second=second.title,
        percent=spoken_percent(second.probability, say),
    )


def misgivings(before: Diagnosis, after: Diagnosis) -> Iterator[str]:
    """What does not fit together now and did before: sources that disagree, findings in conflict."""
    known = {item.finding for item in before.disagreements}
    yield from (item.message for item in after.disagreements if item.finding not in known)
    if after.conflict.banner and not before.conflict.banner:
        yield after.conflict.banner


def ranking(diagnosis: Diagnosis) -> Iterator[str]:
    """The likeliest causes, then no fault and a fault that is not listed, and the banner of a conflict."""
    say = wording(diagnosis.language)
    yield say("What it may be:")
    for index, cause in enumerate(diagnosis.causes[:TOP], start=1):
        share = spoken_percent(cause.probability, say)
        yield say("{n}. {title}: {percent}.", n=index, title=cause.title, percent=share)
    yield say("No fault: {percent}.", percent=spoken_percent(diagnosis.no_fault, say))
    yield say("A fault that is not listed here: {percent}.", percent=spoken_percent(diagnosis.not_listed, say))
    if len(diagnosis.causes) > 1:
        note = say(RANKING_NOTE)
        yield say("{sentence}.", sentence=f"{note[0].upper()}{note[1:]}")
    if diagnosis.conflict.banner:
        yield diagnosis.conflict.banner


def _standing(diagnosis: Diagnosis) -> list[Standing]:
    causes = [Standing(cause.id, cause.title, cause.probability) for cause in diagnosis.causes]
    return _with_others(causes, diagnosis.no_fault, diagnosis.not_listed, wording(diagnosis.language))


def _with_others(causes: list[Standing], none: float, not_listed: float, say: Wording) -> list[Standing]:
    others = [
        Standing("", say("no fault"), none),
        Standing("not listed", say("a fault that is not listed here"), not_listed),
    ]
    return sorted([*causes, *others], key=lambda entry: -entry.probability)
