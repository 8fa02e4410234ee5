"""Which question next, and when to stop.

A question's worth is the expected information gain over the hypotheses, times the share of people who can answer it,
over the effort it takes (Heckerman, Breese and Rommelse 1995, "Decision-theoretic troubleshooting", use the same trade
of value against cost).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from knowledge.base import KnowledgeBase
from knowledge.schema import Condition
from triage.beliefs import Network, Posterior, answer_matrix, states_given_reports
from triage.plan import Trials, expected_minutes

__all__ = ["Candidate", "Questions", "StopReason", "compile_questions", "rank_questions", "stop_reason"]

Array = NDArray[np.float64]

StopReason = Literal["confident", "nothing_left_to_learn", "cheaper_to_try", "out_of_questions", "user_stopped"]

CONFIDENT = 0.9
"""Probability of the leading cause, or of no fault, from which on asking stops."""

WORTHLESS_BITS = 0.01
"""Expected gain below which an answer would not change what to do."""

READING_MINUTES = 2.0
"""Minutes of attention that any question costs, however quick its answer."""

SMALLEST = 1e-300
"""Stands for zero under a logarithm: 0 log 0 is 0."""

KNOWN = 0.75
"""Probability of its likeliest state from which on a finding that was reported need not be asked again."""


@dataclass(frozen=True)
class Questions:
    """What can be asked, tabulated once per network.

    Args:
        findings: ids, one per question.
        answers: finding -> float64 of shape (states, answers), P(answer | true state).
        given: finding -> float64 of shape (hypotheses, answers), P(answer | hypothesis).
        entropy: float64 of shape (hypotheses, questions), H(answer | hypothesis) in bits.
        answerable: float64 of shape (questions,), share of people who can answer.
        minutes: float64 of shape (questions,), time to answer, reading included.
        conditions: finding -> alternatives, one of which must hold for it to be asked; empty if it always can.

    """

    findings: tuple[str, ...]
    answers: Mapping[str, Array]
    given: Mapping[str, Array]
    entropy: Array
    answerable: Array
    minutes: Array
    conditions: Mapping[str, tuple[Condition, ...]]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A question that may be asked now.

    Args:
        finding: id.
        gain_bits: expected information gain over the hypotheses, in bits.
        minutes: time that answering takes.
        worth: gain times the share who can answer, over minutes; of a precondition also that of what it opens.

    """

    finding: str
    gain_bits: float
    minutes: float
    worth: float


def compile_questions(base: KnowledgeBase, network: Network) -> Questions:
    """Tabulate the questions of a knowledge base."""
    findings = tuple(network.states)
    answers = {
        name: answer_matrix(network.background(name), base.findings[name].question.reliability) for name in findings
    }
    given = {name: network.tables[name] @ answers[name] for name in findings}
    return Questions(
        findings=findings,
        answers=answers,
        given=given,
        entropy=np.stack([_entropy(given[name]) for name in findings], axis=1),
        answerable=np.array([base.findings[name].question.answerable for name in findings]),
        minutes=np.array([base.findings[name].minutes + READING_MINUTES for name in findings]),
        conditions={name: tuple(base.findings[name].asks_when) for name in findings},
    )


def rank_questions(
    questions: Questions, posterior: Posterior, evidence: Mapping[str, Array], asked: Set[str]
) -> list[Candidate]:
    """The questions that may be asked now, best first.

    Args:
        questions: the tabulated questions.
        posterior: the beliefs.
        evidence: finding -> likelihood over its states, what was reported so far.
        asked: findings that the person was asked already, with whatever answer.

    Returns:
        One candidate per question whose preconditions hold. A question whose precondition is unknown is not among
        them; the precondition is, with the larger of its own worth and that of what it would open.

    """
    gains = information_gain(questions, posterior, evidence)
    worth = gains * questions.answerable / questions.minutes
    known = _known_states(posterior, evidence)
    place = {name: index for index, name in enumerate(questions.findings)}
    opened = dict.fromkeys(questions.findings, 0.0)
    ready = []
    for name in questions.findings:
        if name in asked or (name in known and known[name][1] >= KNOWN):
            continue
        missing = _missing_precondition(questions.conditions[name], posterior, known, asked)
        if missing is None:
            continue
        if not missing.findings:
            ready.append(name)
        for needed in missing.findings:
            cost = questions.minutes[place[needed]] + questions.minutes[place[name]]
            value = missing.probability * gains[place[name]] * questions.answerable[place[name]] / cost
            opened[needed] = max(opened[needed], float(value))
    candidates = [
        Candidate(
            name,
            float(gains[place[name]]),
            float(questions.minutes[place[name]]),
            max(float(worth[place[name]]), opened[name]),
        )
        for name in ready
    ]
    return sorted(candidates, key=lambda candidate: (-candidate.worth, candidate.finding))


def information_gain(questions: Questions, posterior: Posterior, evidence: Mapping[str, Array]) -> Array:
    """Expected information gain of each question about the hypotheses, in bits, shape (questions,).

    EIG(q) = H(A) - sum over h of p(h) H(A | h), the mutual information of answer and hypothesis. H(A | h) is tabulated,
    but for findings that have reports already, where the answer also depends on what was reported of the true state.
    """
    marginal = np.array([_entropy(posterior.probability @ questions.given[name]) for name in questions.findings])
    gains = marginal - posterior.probability @ questions.entropy
    for index, name in enumerate(questions.findings):
        if name in evidence:
            states = states_given_reports(posterior.network.tables[name], evidence[name])
            given = states @ questions.answers[name]
            gains[index] = _entropy(posterior.probability @ given) - posterior.probability @ _entropy(given)
    return np.maximum(gains, 0.0)


def stop_reason(
    questions: Questions, posterior: Posterior, candidates: Sequence[Candidate], trials: Trials
) -> StopReason | None:
    """Why asking on is not worth it, or None if it is.

    Asking on is dearer than trying when the minutes that the best question takes are not won back by the better order
    of trials after it: E[minutes of trying] <= minutes(q) + sum over answers a of P(a) E[minutes of trying after a].
    """
    if max(posterior.none, float(posterior.cause_probability.max(initial=0.0))) >= CONFIDENT:
        return "confident"
    if not candidates:
        return "out_of_questions"
    if max(candidate.gain_bits for candidate in candidates) < WORTHLESS_BITS:
        return "nothing_left_to_learn"
    if posterior.none < 0.5 and _cheaper_to_try(questions, posterior, candidates[0], trials):
        return "cheaper_to_try"
    return None


def _cheaper_to_try(questions: Questions, posterior: Posterior, best: Candidate, trials: Trials) -> bool:
    given = questions.given[best.finding]
    blame = (
        posterior.network.hypotheses.members / np.maximum(posterior.network.hypotheses.members.sum(axis=1), 1)[:, None]
    )
    after = best.minutes
    for answer in range(given.shape[1]):
        joint = posterior.probability * given[:, answer]
        if joint.sum() > 0.0:
            after += joint.sum() * expected_minutes(trials, (joint / joint.sum()) @ blame)
    return expected_minutes(trials, posterior.probability @ blame) <= after


@dataclass(frozen=True, slots=True)
class _Missing:
    """What is not known yet of a question's preconditions, and how probable it is that they hold."""

    findings: tuple[str, ...]
    probability: float


def _missing_precondition(
    conditions: tuple[Condition, ...],
    posterior: Posterior,
    known: Mapping[str, tuple[str, float]],
    asked: Set[str],
) -> _Missing | None:
    """What to ask first; no findings where an alternative holds; None where none can hold any more."""
    if not conditions:
        return _Missing((), 1.0)
    open_alternatives = []
    for condition in conditions:
        wanted = [name for name in condition if name not in known]
        if any(known[name][0] not in condition[name] for name in condition if name in known):
            continue
        if not wanted:
            return _Missing((), 1.0)
        if not any(name in asked for name in wanted):
            probability = float(np.prod([_probability_of(posterior, name, condition[name]) for name in wanted]))
            open_alternatives.append(_Missing(tuple(wanted), probability))
    return max(open_alternatives, key=lambda missing: missing.probability, default=None)


def _probability_of(posterior: Posterior, finding: str, states: list[str]) -> float:
    names = posterior.network.states[finding]
    chosen = [names.index(state) for state in states]
    return float((posterior.probability @ posterior.network.tables[finding])[chosen].sum())


def _known_states(posterior: Posterior, evidence: Mapping[str, Array]) -> dict[str, tuple[str, float]]:
    """Finding -> its likeliest state and how sure that is, of the findings that something was reported on.

    Sure is what the reports say by themselves, or together with how common the state is.
    """
    known = {}
    for name, likelihood in evidence.items():
        if likelihood.max() > likelihood.min():
            best = int(likelihood.argmax())
            weighed = likelihood * posterior.network.background(name)
            sure = max(likelihood[best] / likelihood.sum(), weighed[best] / weighed.sum())
            known[name] = (posterior.network.states[name][best], float(sure))
    return known


def _entropy(probability: Array) -> Array:
    """Entropy in bits over the last axis."""
    logarithm = np.log2(np.maximum(probability, SMALLEST))
    result: Array = -(probability * logarithm) @ np.ones(probability.shape[-1])
    return result
