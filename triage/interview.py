"""Which question next, and when to stop.

A question's worth is the expected information gain over the hypotheses, times the share of people who can answer it,
over the effort it takes (Heckerman, Breese and Rommelse 1995, "Decision-theoretic troubleshooting", use the same trade
of value against cost).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cached_property
from math import prod
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from knowledge.base import AnyFinding, KnowledgeBase
from knowledge.fields import Condition
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

__all__ = [
    "SOUND",
    "Candidate",
    "Questions",
    "StopReason",
    "answers_to",
    "compile_questions",
    "rank_questions",
    "stop_reason",
]

Array = NDArray[np.float64]

StopReason = Literal["confident", "nothing_left_to_learn", "cheaper_to_try", "out_of_questions", "user_stopped"]

CONFIDENT = 0.9
"""Probability of the leading cause, or of no fault, from which on asking stops."""

WORTHLESS_BITS = 0.01
"""Expected gain below which an answer would not change what to do."""

SOUND = 0.5
"""Probability of no fault from which on a run is called sound, and nothing is tried."""

QUITE_SOUND = 0.75
"""Probability of no fault from which on it may be left at that before every question is asked."""

UNLIKELY = 0.05
"""Chance of a change of verdict that is not worth asking for."""

WEIGHED = 5
"""How many of the best questions are weighed against trying."""

SMALLEST = 1e-300
"""Stands for zero under a logarithm: 0 log 0 is 0."""

KNOWN = 0.75
"""Probability of its likeliest state from which on a finding that was reported need not be asked again."""


class Requirement(NamedTuple):
    """A finding that must be in one of some states; ``place`` is where its probability stands."""

    finding: str
    states: frozenset[str]
    place: int


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
        alternatives: of each question in turn its preconditions, one of which must hold; empty if there are none.
        required: of each requirement in turn P(the finding is in one of its states | hypothesis).

    """

    findings: tuple[str, ...]
    answers: Mapping[str, Array]
    outlook: Expansion
    starts: NDArray[np.int64]
    answerable: Array
    minutes: Array
    alternatives: tuple[tuple[tuple[Requirement, ...], ...], ...]
    required: Expansion

    @cached_property
    def place(self) -> Mapping[str, int]:
        """Finding -> index of its question."""
        return {name: index for index, name in enumerate(self.findings)}


class Candidate(NamedTuple):
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
    needed: dict[tuple[str, frozenset[str]], Requirement] = {}
    alternatives = tuple(
        tuple(_requirements(condition, needed) for condition in base.findings[name].asks_when) for name in findings
    )
    sizes = np.array([answers[name].shape[1] + 1 for name in findings])
    return Questions(
        findings=findings,
        answers=answers,
        outlook=expand(network, findings, [_outlook(answers[name]) for name in findings]),
        starts=np.cumsum(sizes) - sizes,
        answerable=np.array([base.findings[name].question.answerable for name in findings]),
        minutes=np.array([base.findings[name].minutes + READING_MINUTES for name in findings]),
        alternatives=alternatives,
        required=_probabilities(network, list(needed.values())),
    )


def _requirements(
    condition: Condition, needed: dict[tuple[str, frozenset[str]], Requirement]
) -> tuple[Requirement, ...]:
    """The requirements of one alternative; new ones are added to ``needed``, so that each stands there once."""
    keys = [(finding, frozenset(states)) for finding, states in condition.items()]
    return tuple(needed.setdefault(key, Requirement(*key, len(needed))) for key in keys)


def _probabilities(network: Network, needed: list[Requirement]) -> Expansion:
    def holds(requirement: Requirement) -> Callable[[Array], Array]:
        names = network.states[requirement.finding]
        chosen = np.array([[float(name in requirement.states)] for name in names])
        return lambda rows: rows @ chosen

    return expand(network, [requirement.finding for requirement in needed], [holds(item) for item in needed])


def answers_to(finding: AnyFinding, common: Array) -> Array:
    """P(answer | true state) of a finding's question, shape (states, answers); ``common`` is its background."""
    question = finding.question
    return answer_matrix(common, question.reliability, confusion_matrix(tuple(finding.states), question.look_alikes))


def _outlook(answers: Array) -> Callable[[Array], Array]:
    def quantities(rows: Array) -> Array:
        given: Array = rows @ answers
        return np.concatenate([given, _entropy(given)[:, None]], axis=1)

    return quantities


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
    expected = (gains * questions.answerable).tolist()
    gain, minutes = gains.tolist(), questions.minutes.tolist()
    holds = mean(questions.required, posterior).tolist()
    place = questions.place
    opened: dict[str, float] = {}
    ready = []
    for index, name in enumerate(questions.findings):
        if name in settled:
            continue
        if not questions.alternatives[index]:
            ready.append(name)
            continue
        missing = _missing_precondition(questions.alternatives[index], holds, known, asked)
        if missing is None:
            continue
        if not missing.findings:
            ready.append(name)
        for needed in missing.findings:
            value = missing.probability * expected[index] / (minutes[place[needed]] + minutes[index])
            opened[needed] = max(opened.get(needed, 0.0), value)
    worth = [(-max(expected[place[name]] / minutes[place[name]], opened.get(name, 0.0)), name) for name in ready]
    worth.sort()
    return [Candidate(name, gain[place[name]], minutes[place[name]], -value) for value, name in worth]


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

    Asking on is dearer than trying when, for each of the best questions, the minutes that it takes are not won back by
    the better order of trials after it: E[minutes of trying] <= minutes(q) + sum over answers a of P(a) x E[minutes of
    trying after a], "I don't know" being an answer that changes nothing. A run that is quite surely sound is left at
    that once no answer to the best questions is likely to change it.
    """
    if max(posterior.none, float(posterior.cause_probability.max(initial=0.0))) >= CONFIDENT:
        return "confident"
    if not candidates:
        return "out_of_questions"
    if max(candidate.gain_bits for candidate in candidates) < WORTHLESS_BITS:
        return "nothing_left_to_learn"
    best = candidates[:WEIGHED]
    if posterior.none >= SOUND:
        settled = posterior.none >= QUITE_SOUND and all(
            _chance_to_call_it_faulty(questions, posterior, candidate) < UNLIKELY for candidate in best
        )
        return "nothing_left_to_learn" if settled else None
    return "cheaper_to_try" if _cheaper_to_try(questions, posterior, best, trials) else None


def _chance_to_call_it_faulty(questions: Questions, posterior: Posterior, candidate: Candidate) -> float:
    """How probable an answer is after which the run would no longer be called sound."""
    given = posterior.network.tables[candidate.finding] @ questions.answers[candidate.finding]
    answer = posterior.probability @ given
    return float(answer[posterior.none * given[0] < SOUND * answer].sum())


def _cheaper_to_try(
    questions: Questions, posterior: Posterior, candidates: Sequence[Candidate], trials: Trials
) -> bool:
    """Where no remedy can help (no fault, a fault that is not listed), trying costs the same either way: left out."""
    blame = posterior.network.hypotheses.blame
    now = expected_minutes(trials, blame(posterior.probability))
    for candidate in candidates:
        share = questions.answerable[questions.place[candidate.finding]]
        given = posterior.network.tables[candidate.finding] @ questions.answers[candidate.finding]
        then = sum(expected_minutes(trials, blame(posterior.probability * answer)) for answer in given.T)
        if candidate.minutes + share * then + (1.0 - share) * now < now:
            return False
    return True


class _Missing(NamedTuple):
    """What is not known yet of a question's preconditions, and how probable it is that they hold."""

    findings: tuple[str, ...]
    probability: float


def _missing_precondition(
    alternatives: tuple[tuple[Requirement, ...], ...],
    holds: Sequence[float],
    known: Mapping[str, tuple[str, float]],
    asked: Set[str],
) -> _Missing | None:
    """What to ask first; no findings where an alternative holds; None where none can hold any more."""
    best = None
    for requirements in alternatives:
        wanted = []
        for requirement in requirements:
            state = known.get(requirement.finding)
            if state is None:
                wanted.append(requirement)
            elif state[0] not in requirement.states:
                break
        else:
            if not wanted:
                return _Missing((), 1.0)
            if asked.isdisjoint([requirement.finding for requirement in wanted]):
                probability = prod([holds[requirement.place] for requirement in wanted])
                if best is None or probability > best.probability:
                    best = _Missing(tuple([requirement.finding for requirement in wanted]), probability)
    return best


def _known_states(posterior: Posterior, evidence: Mapping[str, Array]) -> dict[str, tuple[str, float]]:
    """Finding -> its likeliest state and how sure that is, of the findings that something was reported on.

    Sure is what the reports say by themselves, or together with how common the state is.
    """
    known = {}
    for name, likelihood in evidence.items():
        alone = likelihood.tolist()
        highest = max(alone)
        if highest > min(alone):
            best = alone.index(highest)
            weighed = (likelihood * posterior.network.background(name)).tolist()
            sure = max(highest / sum(alone), weighed[best] / sum(weighed))
            known[name] = (posterior.network.states[name][best], sure)
    return known


def _entropy(probability: Array) -> Array:
    """Entropy in bits over the last axis."""
    logarithm = np.log2(np.maximum(probability, SMALLEST))
    result: Array = -(probability * logarithm) @ np.ones(probability.shape[-1])
    return result
