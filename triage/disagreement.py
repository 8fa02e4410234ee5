"""Where two sources say different things of one finding: what a person said, what the log shows, what a file states."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from knowledge.base import KnowledgeBase
from triage.beliefs import Report
from triage.diagnosis import Disagreement
from triage.wording import wording

__all__ = ["disagreements_among"]

APART = 10.0
"""Factor between the two states, each way, from which on two sources disagree; below it they are only unsure."""

SPEAKERS = {
    "answer": "you said",
    "detector": "the log shows",
    "config": "the configuration says",
    "code": "the script says",
    "weights": "the weights show",
    "data": "the data show",
}


def disagreements_among(base: KnowledgeBase, reports: Sequence[Report]) -> list[Disagreement]:
    """Findings on which two origins contradict each other, in the order in which they were first spoken of."""
    found = []
    for one, other in combinations([report for report in reports if not report.says_nothing], 2):
        if one.finding == other.finding and one.origin != other.origin and _contradict(one, other):
            found.append(_disagreement(base, *sorted((one, other), key=_weight, reverse=True)))
    return found


def _contradict(one: Report, other: Report) -> bool:
    """Whether each finds its own state far likelier than that of the other."""
    mine, theirs = _best(one), _best(other)
    return (
        one.likelihood[mine] > APART * one.likelihood[theirs]
        and other.likelihood[theirs] > APART * other.likelihood[mine]
    )


def _best(report: Report) -> int:
    return max(range(len(report.likelihood)), key=lambda place: report.likelihood[place])


def _weight(report: Report) -> float:
    """How much likelier its own state is than the others together."""
    return max(report.likelihood) / max(sum(report.likelihood) - max(report.likelihood), 1e-300)


def _disagreement(base: KnowledgeBase, heavier: Report, lighter: Report) -> Disagreement:
    finding = base.finding(heavier.finding)
    states = list(finding.states)
    chosen = [states[_best(heavier)], states[_best(lighter)]]
    say = wording(base.language)
    told = [
        say(
            '{who} "{label}"',
            who=say(SPEAKERS.get(report.origin, report.origin)) + (f" ({report.place})" if report.place else ""),
            label=finding.states[state].label,
        )
        for report, state in zip((heavier, lighter), chosen, strict=True)
    ]
    message = say(
        "{title}: {first}, {second}; the first weighs more.", title=finding.title, first=told[0], second=told[1]
    )
    return Disagreement(
        finding=heavier.finding, states=chosen, origins=[heavier.origin, lighter.origin], message=message
    )
