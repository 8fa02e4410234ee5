"""What a person is to say something on next; every front asks by it.

It follows from the session alone and from a few wishes of the person: to pass over the opening, to be asked on although
a reason to stop holds, to come back to a question later, to tell what came of a step, to answer something again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from knowledge.base import KnowledgeBase
from triage.beliefs import state_probabilities
from triage.conclusion import Beliefs, conclude
from triage.diagnosis import Choice, Diagnosis
from triage.report.choice import best_checks, best_remedies
from triage.session import Session
from triage.wording import wording

__all__ = ["NONE_OF_THESE", "Topic", "Wishes", "complaints", "states_of", "steps_to_take", "topic_of"]

NONE_OF_THESE = "None of these"

MOST_QUESTIONS = 3
"""Questions that a diagnosis names."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the person wants of the interview beside answering it.

    Args:
        opening_passed: nothing of what is offered first is wrong.
        asking_on: to be asked although a reason to stop holds.
        later: findings that were put off -> how many reports there are to be before they are asked again. Where nothing
            else is left to ask they are asked at once.
        outcome: id of a check or trial of which they want to tell what came of it; empty for none.
        revised: id of a finding that they want to say something else of; empty for none.

    """

    opening_passed: bool = False
    asking_on: bool = False
    later: Mapping[str, int] = field(default_factory=dict)
    outcome: str = ""
    revised: str = ""


@dataclass(frozen=True, slots=True)
class Topic:
    """What the person is to say something on.

    Args:
        stage: what is wrong, a question, what came of a step, an earlier answer, or what to do after the result.
        diagnosis: what is believed meanwhile.
        choices: what a number stands for; of the opening ``FINDING=STATE``, of the end the finding that tells what came
            of a step.
        finding: what a question, an outcome or a revision is about.

    """

    stage: Literal["opening", "question", "outcome", "revision", "end"]
    diagnosis: Diagnosis
    choices: tuple[Choice, ...]
    finding: str = ""


def topic_of(session: Session, wishes: Wishes) -> Topic:
    """What to put to the person now."""
    beliefs = session.beliefs()
    diagnosis = conclude(beliefs, MOST_QUESTIONS + len(wishes.later))
    if wishes.outcome:
        return Topic("outcome", diagnosis, states_of(session.base, wishes.outcome), wishes.outcome)
    if wishes.revised:
        return Topic("revision", diagnosis, states_of(session.base, wishes.revised), wishes.revised)
    unheard = not beliefs.reports and diagnosis.history is None and not wishes.opening_passed
    if unheard and (offered := complaints(session.base, beliefs)):
        return Topic(
            "opening", diagnosis, (*offered, Choice(state="", label=wording(session.base.language)(NONE_OF_THESE)))
        )
    if diagnosis.next_questions and (diagnosis.stopped is None or wishes.asking_on):
        waiting = [question.finding for question in diagnosis.next_questions]
        finding = next((name for name in waiting if wishes.later.get(name, 0) <= len(beliefs.reports)), waiting[0])
        return Topic("question", diagnosis, states_of(session.base, finding), finding)
    return Topic("end", diagnosis, tuple(steps_to_take(diagnosis, session.base)))


def complaints(base: KnowledgeBase, beliefs: Beliefs) -> tuple[Choice, ...]:
    """What people complain of, each under FINDING=STATE, the most probable first."""
    found = []
    for name, finding in base.findings.items():
        if finding.replaced_by is None and any(state.complaint for state in finding.states.values()):
            probabilities = state_probabilities(beliefs.posterior, name, beliefs.evidence).tolist()
            for (state, described), probability in zip(finding.states.items(), probabilities, strict=True):
                if described.complaint:
                    found.append((-probability, Choice(state=f"{name}={state}", label=described.complaint)))
    return tuple(choice for _, choice in sorted(found, key=lambda item: item[0]))


def states_of(base: KnowledgeBase, finding: str) -> tuple[Choice, ...]:
    """The states of a finding, or of a remedy that was tried, as choices."""
    states = base.finding(finding).states
    return tuple(Choice(state=name, label=state.label) for name, state in states.items())


def steps_to_take(diagnosis: Diagnosis, base: KnowledgeBase) -> Iterator[Choice]:
    """The first checks and changes, each under the finding that tells what came of it."""
    for _, check in best_checks(diagnosis):
        yield Choice(state=check.id, label=check.title)
    for _, remedy in best_remedies(diagnosis):
        yield Choice(state=base.remedies[remedy.id].trial or remedy.id, label=remedy.title)
