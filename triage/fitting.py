"""Events of an earlier session, as far as the knowledge still has what they are about."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from itertools import compress

from knowledge.base import AnyFinding, KnowledgeBase
from triage.detectors import Reading
from triage.events import DONT_KNOW, Attached, Enclosed, Event, Refreshed, Said, Withdrawn
from triage.intake.found import Found

__all__ = ["fitting", "is_abnormal_symptom"]

LARGEST_LIKELIHOOD = 1.0 + 1e-9
"""One, and what rounding may add."""


def fitting(events: Iterable[Event], base: KnowledgeBase) -> tuple[list[Event], list[str]]:
    """The events as far as the knowledge has what they are about, and what is left out of them.

    Each stays one event, so that what is undone and redone stays the same.

    Args:
        events: what happened, perhaps with other knowledge, perhaps in a file from elsewhere.
        base: the knowledge.

    Returns:
        The events to go on with, and a sentence for everything that is left out.

    """
    kept: list[Event] = []
    lost: list[str] = []
    for event in events:
        if isinstance(event, Said):
            said = _fitting_answer(event, base)
            kept.append(Withdrawn(event.finding) if said is None else said)
            if said is None:
                answer = f"{event.finding}={','.join(event.states) or DONT_KNOW}"
                lost.append(f"the answer {answer} is left out: the knowledge no longer has it so")
        elif isinstance(event, Attached):
            usable, left_out = _fitting_history(event, base)
            kept.append(usable)
            lost += left_out
        elif isinstance(event, Enclosed):
            enclosed, left_out = _fitting_files(event, base)
            kept.append(enclosed)
            lost += left_out
        elif isinstance(event, Refreshed):
            usable, left_out = _fitting_history(event.now, base)
            kept.append(replace(event, now=usable))
            lost += left_out
        else:
            kept.append(event)
    return kept, lost


def _fitting_history(event: Attached, base: KnowledgeBase) -> tuple[Attached, list[str]]:
    """The history with the readings that the knowledge can take, and a sentence for each of the others."""
    usable = [_is_usable(reading, base) for reading in event.readings]
    return replace(event, readings=tuple(compress(event.readings, usable))), [
        f"what the history shows of {reading.finding} is left out: the knowledge no longer has it so"
        for reading, is_usable in zip(event.readings, usable, strict=True)
        if not is_usable
    ]


def _fitting_files(event: Enclosed, base: KnowledgeBase) -> tuple[Enclosed, list[str]]:
    """The files with what the knowledge can take of them, and a sentence for the rest."""
    found = event.told.found
    usable = [_is_usable(item, base) for item in found]
    return replace(event, told=replace(event.told, found=tuple(compress(found, usable)))), [
        f"what {item.place} shows of {item.finding} is left out: the knowledge no longer has it so"
        for item, is_usable in zip(found, usable, strict=True)
        if not is_usable
    ]


def _fitting_answer(said: Said, base: KnowledgeBase) -> Said | None:
    """The answer, if the knowledge has its finding and states."""
    finding = _in_use(said.finding, base)
    states = () if said.states == (DONT_KNOW,) else said.states
    if finding is None or not set(states) <= finding.states.keys():
        return None
    volunteered = said.volunteered and is_abnormal_symptom(finding, states)
    return replace(said, states=tuple(dict.fromkeys(states)), volunteered=volunteered)


def is_abnormal_symptom(finding: AnyFinding, states: Collection[str]) -> bool:
    """Whether an answer tells of something that the run shows and should not: only that is ever brought up."""
    return finding.kind == "symptom" and bool(states) and next(iter(finding.states)) not in states


def _in_use(name: str, base: KnowledgeBase) -> AnyFinding | None:
    """The finding, if the knowledge has it and has not retired it."""
    finding = base.findings.get(name) or base.trials.get(name)
    return None if finding is None or finding.replaced_by is not None else finding


def _is_usable(reading: Reading | Found, base: KnowledgeBase) -> bool:
    """Whether a reading is about states that there are, and its numbers are those of a likelihood."""
    finding = _in_use(reading.finding, base)
    return (
        finding is not None
        and set(reading.likelihood) <= set(finding.states)
        and all(0.0 <= value <= LARGEST_LIKELIHOOD for value in reading.likelihood.values())
        and sum(reading.likelihood.values()) > 0.0
    )
