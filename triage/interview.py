"""Which question next, and when to stop.

A question's worth is the expected information gain over the hypotheses, times the share of people who can answer it,
over the effort it takes (Heckerman, Breese and Rommelse 1995, "Decision-theoretic troubleshooting", use the same trade
of value against cost).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from knowledge.base import AnyFinding, KnowledgeBase
from knowledge.schema import Condition
from triage.beliefs import (
    Expansion,
    Network,
    Posterior,
    answer_matrix,
    confusion_matrix,
    expand,
    mean,
    states_given_reports,
)
from triage.plan import READING_MINUTES, Trials, expected_minutes

__all__ = ["Candidate", "Questions", "StopReason", "answers_to", "compile_questions", "rank_questions", "stop_reason"]

Array = NDArray[np.float64]

StopReason = Literal["confident", "nothing_left_to_learn", "cheaper_to_try", "out_of_questions", "user_stopped"]

CONFIDENT = 0.9
"""Probability of the leading cause, or of no fault, from which on asking stops."""

WORTHLESS_BITS = 0.01
"""Expected gain below which an answer would not change what to do."""

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
        outlook: of each question in turn P(answer | hypothesis) for each answer, then H(answer | hypothesis) in bits.
        starts: int64 of shape (questions,), where the quantities of each question begin.
        answerable: float64 of shape (questions,), share of people who can answer.
        minutes: float64 of shape (questions,), time to answer, reading included.
        conditions: finding -> alternatives, one of which must hold for it to be asked; empty if it always can.
        required: finding that some condition names -> where its states stand in ``states``.
        states: P(state | hypothesis) of those findings.

    """

    findings: tuple[str, ...]
    answers: Mapping[str, Array]
    outlook: Expansion
    starts: NDArray[np.int64]
    answerable: Array
    minutes: Array
    conditions: Mapping[str, tuple[Condition, ...]]
    required: Mapping[str, slice]
    states: Expansion


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
    findings = tuple(name for name, finding in base.findings.items() if finding.replaced_by is None)
    answers = {name: answers_to(base.findings[name], network.background(name)) for name in findings}
    conditions = {name: tuple(base.findings[name].asks_when) for name in findings}
    needed = list(dict.fromkeys(name for name in findings for condition in conditions[name] for name in condition))
    sizes = np.array([answers[name].shape[1] + 1 for name in findings])
    ends = np.cumsum([len(network.states[name]) for name in needed], dtype=np.int64)
    return Questions(
        findings=findings,
        answers=answers,
        outlook=expand(network, findings, [_outlook(answers[name]) for name in findings]),
        starts=np.cumsum(sizes) - sizes,
        answerable=np.array([base.findings[name].question.answerable for name in findings]),
        minutes=np.array([base.findings[name].minutes + READING_MINUTES for name in findings]),
        conditions=conditions,
        required={name: slice(end - len(network.states[name]), end) for name, end in zip(needed, ends, strict=True)},
        states=expand(network, needed or findings[:1], [_unchanged] * max(len(needed), 1)),
    )


def answers_to(finding: AnyFinding, common: Array) -> Array:
    """P(answer | true state) of a finding's question, shape (states, answers); ``common`` is its background."""
    question = finding.question
    return answer_matrix(common, question.reliability, confusion_matrix(tuple(finding.states), question.look_alikes))


def _outlook(answers: Array) -> Callable[[Array], Array]:
    def quantities(rows: Array) -> Array:
        given: Array = rows @ answers
        return np.concatenate([given, _entropy(given)[:, None]], axis=1)

    return quantities


def _unchanged(rows: Array) -> Array:
    return rows


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
    known = _known_states(posterior, evidence)
    settled = {name for name, (_, sure) in known.items() if sure >= KNOWN} | asked
    gains = information_gain(
        questions, posterior, {name: value for name, value in evidence.items() if name not in settled}
    )
    expected = gains * questions.answerable
    likely = mean(questions.states, posterior)
    opened: dict[str, float] = {}
    ready = []
    place = {name: index for index, name in enumerate(questions.findings)}
    for index, name in enumerate(questions.findings):
        if name in settled:
            continue
        missing = _missing_precondition(questions, likely, posterior.network.states, name, known, asked)
        if missing is None:
            continue
        if not missing.findings:
            ready.append(name)
        for needed in missing.findings:
            cost = questions.minutes[place[needed]] + questions.minutes[index]
            value = float(missing.probability * expected[index] / cost)
            opened[needed] = max(opened.get(needed, 0.0), value)
    worth = (expected / questions.minutes).tolist()
    gain, minutes = gains.tolist(), questions.minutes.tolist()
    candidates = [
        Candidate(name, gain[place[name]], minutes[place[name]], max(worth[place[name]], opened.get(name, 0.0)))
        for name in ready
    ]
    return sorted(candidates, key=lambda candidate: (-candidate.worth, candidate.finding))


def information_gain(questions: Questions, posterior: Posterior, evidence: Mapping[str, Array]) -> Array:
    """Expected information gain of each question about the hypotheses, in bits, shape (questions,).

    EIG(q) = H(A) - sum over h of p(h) H(A | h), the mutual information of answer and hypothesis. Both means over h are
    tabulated, but for findings of ``evidence``, where the answer also depends on what was reported of the true state.
    """
    quantities = mean(questions.outlook, posterior)
    ends = np.append(questions.starts[1:], quantities.size) - 1
    conditional = quantities[ends]
    surprise = -quantities * np.log2(np.maximum(quantities, SMALLEST))
    surprise[ends] = 0.0
    gains = np.add.reduceat(surprise, questions.starts) - conditional
    for index, name in enumerate(questions.findings):
        if name in evidence:
            states = states_given_reports(posterior.network.tables[name], evidence[name])
            given = states @ questions.answers[name]
            gains[index] = _entropy(posterior.probability @ given) - posterior.probability @ _entropy(given)
    result: Array = np.maximum(gains, 0.0)
    return result


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
    """Where no remedy can help (no fault, a fault that is not listed), trying costs the same either way: left out."""
    blame = posterior.network.hypotheses.blame
    given = posterior.network.tables[best.finding] @ questions.answers[best.finding]
    after = best.minutes + sum(expected_minutes(trials, blame(posterior.probability * answer)) for answer in given.T)
    return expected_minutes(trials, blame(posterior.probability)) <= after


@dataclass(frozen=True, slots=True)
class _Missing:
    """What is not known yet of a question's preconditions, and how probable it is that they hold."""

    findings: tuple[str, ...]
    probability: float


def _missing_precondition(
    questions: Questions,
    likely: Array,
    states: Mapping[str, tuple[str, ...]],
    name: str,
    known: Mapping[str, tuple[str, float]],
    asked: Set[str],
) -> _Missing | None:
    """What to ask first; no findings where an alternative holds; None where none can hold any more."""
    if not questions.conditions[name]:
        return _NOTHING_MISSING
    best = None
    for condition in questions.conditions[name]:
        if any(needed in known and known[needed][0] not in condition[needed] for needed in condition):
            continue
        wanted = tuple(needed for needed in condition if needed not in known)
        if not wanted:
            return _NOTHING_MISSING
        if not any(needed in asked for needed in wanted):
            probability = 1.0
            for needed in wanted:
                distribution = likely[questions.required[needed]]
                probability *= sum(distribution[states[needed].index(state)] for state in condition[needed])
            if best is None or probability > best.probability:
                best = _Missing(wanted, probability)
    return best


_NOTHING_MISSING = _Missing((), 1.0)


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
