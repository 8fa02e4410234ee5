"""What an answer would change, worked out before it is given.

The probability of an answer a and of a hypothesis h together is P(h | reports) P(a | h, reports): its sum over h is the
probability of getting the answer, and divided by that it is the posterior after it. Nothing is sampled or left out, so
what stands here is what the same answer then brings about.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from knowledge.errors import UnknownIdError
from triage.beliefs import (
    Posterior,
    choice_likelihood,
    infer,
    mean,
    merge,
    states_given_reports,
    volunteered_findings,
)
from triage.conclusion import Beliefs
from triage.errors import AnswerError
from triage.interview import answers_to, rank_questions

__all__ = ["Ahead", "Movement", "Outcome", "answers_ahead", "hypotheses_with", "strongest_changes"]

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Ahead:
    """What would be believed after one answer.

    Args:
        state: the answer.
        probability: of getting this answer.
        causes: cause id -> its probability after the answer.
        none: probability after it that nothing is wrong.
        not_listed: probability after it of a fault that the knowledge does not have.

    """

    state: str
    probability: float
    causes: Mapping[str, float]
    none: float
    not_listed: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one answer would make of one cause.

    Args:
        state: the answer.
        probability: of getting this answer.
        after: probability of the cause after it.

    """

    state: str
    probability: float
    after: float


@dataclass(frozen=True, slots=True)
class Movement:
    """How far the answer to a question would move the probability of a cause.

    Args:
        finding: id of what is asked.
        expected_change: sum over answers a of P(a) |P(cause | a) - P(cause)|.
        raises: the answer after which the cause is likeliest.
        lowers: the answer after which it is least likely.

    """

    finding: str
    expected_change: float
    raises: Outcome
    lowers: Outcome


def answers_ahead(beliefs: Beliefs, finding: str) -> list[Ahead]:
    """What each answer to a question would lead to, in the order of the states.

    A person's answer replaces what the same person said of the finding before, so their own report on it is left out
    first: the probabilities of the answers are then those of someone who has not said anything of it yet, and what is
    believed after the answer that was given is what is believed now. Reports of a detector stay.

    Args:
        beliefs: what is believed now.
        finding: id of a finding, or of a remedy that may be tried.

    Raises:
        AnswerError: there is no such finding; the message names the nearest.

    """
    answers = _answers(beliefs, finding)
    basis = _without_own_word(beliefs, finding)
    joint = _joint(basis, finding, answers)
    hypotheses = basis.posterior.network.hypotheses
    ahead = []
    for state, column in zip(basis.posterior.network.states[finding], joint.T, strict=True):
        probability = float(column.sum())
        after = column / probability
        ahead.append(
            Ahead(
                state=state,
                probability=probability,
                causes=dict(zip(hypotheses.causes, hypotheses.marginal(after).tolist(), strict=True)),
                none=float(after[0]),
                not_listed=float(after[-1]),
            )
        )
    return ahead


def strongest_changes(beliefs: Beliefs, cause: str, most: int = 5) -> list[Movement]:
    """The questions whose answers would move the probability of a cause most, the strongest first.

    Only what may be asked now is looked at (`triage.interview.rank_questions`): a question whose precondition is
    unknown is not among them, its precondition is.

    Args:
        beliefs: what is believed now.
        cause: id.
        most: how many questions at most.

    Raises:
        AnswerError: there is no such cause; the message names the nearest.

    """
    posterior, questions = beliefs.posterior, beliefs.questions
    containing = hypotheses_with(beliefs, cause)
    before = float(posterior.probability @ containing)
    if before <= 0.0:
        return []
    basis = _Basis(posterior, beliefs.evidence, volunteered_findings(beliefs.reports))
    tabulated = mean(questions.outlook, posterior)
    given_cause = mean(questions.outlook, replace(posterior, probability=posterior.probability * containing / before))
    places = {name: place for place, name in enumerate(questions.findings)}
    movements = []
    for candidate in rank_questions(questions, posterior, beliefs.evidence, beliefs.asked):
        name = candidate.finding
        if _own_distribution(basis, name):
            joint = _joint(basis, name, questions.answers[name])
            chance, together = joint.sum(axis=0), containing @ joint
        else:
            start = questions.starts[places[name]]
            answers = slice(start, start + questions.answers[name].shape[1])
            chance, together = tabulated[answers], before * given_cause[answers]
        movements.append(_movement(name, posterior.network.states[name], chance, together / chance, before))
    movements.sort(key=lambda movement: (-movement.expected_change, movement.finding))
    return movements[:most]


def hypotheses_with(beliefs: Beliefs, cause: str) -> Array:
    """1 for every hypothesis that contains the cause and 0 for the others, shape (hypotheses,).

    Raises:
        AnswerError: there is no such cause; the message names the nearest.

    """
    hypotheses = beliefs.posterior.network.hypotheses
    try:
        beliefs.base.cause(cause)
    except UnknownIdError as error:
        raise AnswerError(str(error)) from None
    if cause not in hypotheses.causes:
        raise AnswerError(f"expected a cause that is in use, found {cause!r}, which was retired")
    return np.array([cause in causes for causes in hypotheses.sets], dtype=np.float64)


@dataclass(frozen=True, slots=True)
class _Basis:
    """What an answer would be added to."""

    posterior: Posterior
    evidence: Mapping[str, Array]
    volunteered: Set[str]


def _answers(beliefs: Beliefs, finding: str) -> Array:
    """P(answer | true state), shape (states, answers)."""
    network = beliefs.posterior.network
    try:
        known = beliefs.base.finding(finding)
    except UnknownIdError as error:
        raise AnswerError(str(error)) from None
    if finding not in network.states:
        raise AnswerError(f"expected a finding that is in use, found {finding!r}, which was retired")
    return answers_to(known, network.background(finding))


def _without_own_word(beliefs: Beliefs, finding: str) -> _Basis:
    """What is believed when the person's own answer on the finding is left out."""
    kept = [r for r in beliefs.reports if not r.says_nothing and not (r.finding == finding and r.origin == "answer")]
    volunteered = volunteered_findings(kept)
    if len(kept) == sum(not report.says_nothing for report in beliefs.reports):
        return _Basis(beliefs.posterior, beliefs.evidence, volunteered)
    evidence = merge(kept)
    return _Basis(infer(beliefs.posterior.network, evidence, volunteered), evidence, volunteered)


def _joint(basis: _Basis, finding: str, answers: Array) -> Array:
    """P(hypothesis, answer | reports), shape (hypotheses, answers)."""
    posterior = basis.posterior
    table = posterior.network.tables[finding]
    states = states_given_reports(table, basis.evidence[finding]) if finding in basis.evidence else table
    if _could_have_been_brought_up(basis, finding):
        states = states_given_reports(states, _choices(basis, finding, states.shape))
    result: Array = posterior.probability[:, None] * (states @ answers)
    return result


def _choices(basis: _Basis, finding: str, shape: tuple[int, ...]) -> Array:
    """P(the person chose the symptoms that were brought up | hypothesis, state of this one), shape as given.

    The chance of the choice is linear in the probability that a symptom is abnormal (`choice_likelihood`), so these two
    values of it, weighed by that probability, give the chance that is believed now.
    """
    choices = np.empty(shape)
    for column, normal in ((slice(0, 1), True), (slice(1, None), False)):
        certain = np.full(shape[1], float(not normal))
        certain[0] = float(normal)
        told = {**basis.evidence, finding: certain}
        choices[:, column] = choice_likelihood(basis.posterior.network, told, basis.volunteered)[:, None]
    return choices


def _own_distribution(basis: _Basis, finding: str) -> bool:
    """Whether the true state depends on more than the hypothesis, so that the tabulated means do not hold."""
    return finding in basis.evidence or _could_have_been_brought_up(basis, finding)


def _could_have_been_brought_up(basis: _Basis, finding: str) -> bool:
    """Whether it tells something of a symptom that the person brought up others, but not this one."""
    return bool(basis.volunteered) and finding in basis.posterior.network.noticed and finding not in basis.volunteered


def _movement(finding: str, states: Sequence[str], chance: Array, after: Array, before: float) -> Movement:
    highest, lowest = int(after.argmax()), int(after.argmin())
    outcomes = list(_outcomes(states, chance, after))
    return Movement(finding, float(chance @ np.abs(after - before)), outcomes[highest], outcomes[lowest])


def _outcomes(states: Sequence[str], chance: Array, after: Array) -> Iterator[Outcome]:
    for state, probability, value in zip(states, chance.tolist(), after.tolist(), strict=True):
        yield Outcome(state, probability, value)
