"""What to check and what to change, in order of probability over cost."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from knowledge.base import KnowledgeBase
from knowledge.schema import Cause, Check, Edge, Remedy
from knowledge.trial import reliefs

__all__ = [
    "READING_MINUTES",
    "TRIAL_MINUTES",
    "Step",
    "Trials",
    "checks_of",
    "expected_minutes",
    "list_trials",
    "rank_checks",
    "rank_remedies",
    "remedies_of",
]

READING_MINUTES = 2.0
"""Minutes of attention that any question or check costs, however quick its answer."""

TRIAL_MINUTES = 20.0
"""Minutes of a run that shows whether a change helped, on top of making the change."""


@dataclass(frozen=True)
class Trials:
    """The remedies as something to try.

    Args:
        remedies: ids.
        relief: float64 of shape (remedies, causes), the chance that each helps if this cause is the one.
        minutes: float64 of shape (remedies,), to make the change and to see whether it helped.

    """

    remedies: tuple[str, ...]
    relief: NDArray[np.float64]
    minutes: NDArray[np.float64]


def list_trials(base: KnowledgeBase, causes: Sequence[str]) -> Trials:
    """Every remedy that is linked to a cause, against the causes in the order of the hypotheses."""
    known = reliefs((base.causes[cause] for cause in causes), base.remedies)
    linked = {remedy for remedy, _ in known}
    names = tuple(name for name in base.remedies if name in linked)
    relief = np.array([[known.get((name, cause), 0.0) for cause in causes] for name in names])
    return Trials(names, relief, np.array([base.remedies[name].minutes + TRIAL_MINUTES for name in names]))


def expected_minutes(trials: Trials, probability: NDArray[np.float64]) -> float:
    """Expected minutes of trying remedies, in order of probability over cost, until one helps.

    A trial is paid for with the probability that no trial before it helped; of each cause, what remains after a trial
    is its probability times the chance that the remedy does not relieve it. The order is the one that is optimal for
    exclusive causes (Heckerman, Breese and Rommelse 1995, "Decision-theoretic troubleshooting", section 3).

    Args:
        trials: what can be tried.
        probability: float64 of shape (causes,), probability of each cause; what two causes share is split between them.

    """
    order = np.argsort(-(trials.relief @ probability) / trials.minutes, kind="stable")
    failing = np.cumprod(1.0 - trials.relief[order], axis=0)
    before = np.concatenate([np.ones((1, probability.size)), failing[:-1]])
    return float(trials.minutes[order] @ (before @ probability))


@dataclass(frozen=True, slots=True)
class Step:
    """Something to do: a check or a remedy.

    Args:
        id: of the check or remedy.
        cause: the cause that it is most likely about.
        probability: that the check confirms a cause which is there, or that the remedy helps.
        minutes: what it takes.

    """

    id: str
    cause: str
    probability: float
    minutes: float


def rank_checks(
    base: KnowledgeBase, causes: Sequence[str], probability: NDArray[np.float64], done: Set[str]
) -> list[Step]:
    """The checks that may confirm a cause, in order of the probability that they do over the minutes they take.

    A check confirms a cause that is there with the chance of the states that the cause gives it, less the chance of
    the same states without any fault.

    Args:
        base: the knowledge.
        causes: ids, in the order of ``probability``.
        probability: float64 of shape (causes,), probability of each cause.
        done: findings that are known already.

    """
    parts: dict[str, list[tuple[float, str]]] = {}
    for cause, probable in zip(causes, probability.tolist(), strict=True):
        for edge in base.causes[cause].checks:
            if edge.confirms and edge.finding not in done:
                parts.setdefault(edge.finding, []).append((probable * _telling(base, edge), cause))
    steps = [
        Step(name, max(shares)[1], min(sum(share for share, _ in shares), 1.0), base.findings[name].minutes)
        for name, shares in parts.items()
    ]
    return sorted(steps, key=lambda step: (-step.probability / (step.minutes + READING_MINUTES), step.id))


def rank_remedies(
    base: KnowledgeBase, trials: Trials, causes: Sequence[str], probability: NDArray[np.float64], done: Set[str]
) -> list[Step]:
    """The remedies that were not tried yet, in order of the probability that they help over the minutes they take.

    Args:
        base: the knowledge.
        trials: the remedies as trials.
        causes: ids, in the order of ``probability``.
        probability: float64 of shape (causes,), what two causes share being split between them.
        done: findings that are known already; a remedy whose trial is one of them was tried.

    """
    helps = trials.relief * probability
    steps = [
        Step(name, causes[int(helps[row].argmax())], float(helps[row].sum()), float(trials.minutes[row]))
        for row, name in enumerate(trials.remedies)
        if (base.remedies[name].trial or name) not in done
    ]
    return sorted(steps, key=lambda step: (-step.probability / step.minutes, step.id))


def _telling(base: KnowledgeBase, edge: Edge) -> float:
    """How much likelier the outcomes that an edge lists are with its cause than without any."""
    states = base.findings[edge.finding].states
    normal = next(iter(states))
    listed = [state for state in edge.states if state != normal]
    with_cause = sum(edge.states[state].probability for state in listed)
    return max(with_cause - sum(states[state].leak or 0.0 for state in listed), 0.0)


def checks_of(base: KnowledgeBase, cause: Cause) -> list[Check]:
    """The checks that bear on a cause: first those that confirm it, each group by what it tells over its minutes.

    What a check tells is how much likelier an abnormal outcome is with the cause than without any.
    """

    def rank(finding: str) -> tuple[bool, float]:
        edge = next(edge for edge in cause.checks if edge.finding == finding)
        check = base.findings[finding]
        normal = next(iter(check.states))
        abnormal = sum(likelihood.probability for state, likelihood in edge.states.items() if state != normal)
        anyway = 1.0 - (check.states[normal].leak or 0.0)
        return (not edge.confirms, -max(abnormal - anyway, 0.01) / check.minutes)

    found = [base.findings[name] for name in sorted((edge.finding for edge in cause.checks), key=rank)]
    return [check for check in found if isinstance(check, Check)]


def remedies_of(base: KnowledgeBase, cause: Cause) -> list[Remedy]:
    """The remedies of a cause, best first: by the chance that they help over the minutes they take."""
    relief = reliefs([cause], base.remedies)
    linked = [base.remedies[link.remedy] for link in cause.remedies]
    return sorted(linked, key=lambda remedy: -relief[remedy.id, cause.id] / (remedy.minutes + TRIAL_MINUTES))
