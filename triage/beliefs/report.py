"""Reports: one piece of evidence on one finding, as a likelihood over its true states."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter

import numpy as np
from numpy.typing import NDArray

from knowledge.schema import LookAlike

__all__ = [
    "Report",
    "answer_likelihood",
    "answer_matrix",
    "confusion_matrix",
    "merge",
    "reading_likelihood",
    "volunteered_findings",
]

EVEN_GUESS = 0.25
"""Share of wrong answers that are as likely to be any state, look-alikes among them."""


@dataclass(frozen=True, slots=True)
class Report:
    """One piece of evidence on one finding.

    Args:
        finding: id of the finding.
        likelihood: P(what was reported | true state), one value per state of the finding, not all zero. All ones for
            "I don't know".
        origin: who says so: ``detector``, ``answer``, or the kind of file: ``config``, ``code``, ``weights``, ``data``.
        message: the sentence that goes with it.
        steps: first and last position in the history, where the report is about a place.
        volunteered: whether it is an abnormal symptom that the person brought up unasked.
        place: file and line where it stands, where it is from a file beside the log.

    """

    finding: str
    likelihood: tuple[float, ...]
    origin: str
    message: str = ""
    steps: tuple[float, float] | None = None
    volunteered: bool = False
    place: str = ""

    @property
    def says_nothing(self) -> bool:
        """True for "I don't know": every state is as likely to be reported so."""
        return max(self.likelihood) == min(self.likelihood)


def confusion_matrix(states: Sequence[str], look_alikes: Iterable[LookAlike]) -> NDArray[np.float64]:
    """P(what it is taken for | true state), shape (states, states): look-alikes of which the knowledge tells."""
    matrix = np.eye(len(states))
    for pair in look_alikes:
        row = matrix[states.index(pair.state)]
        for state, likelihood in pair.taken_for.items():
            row[states.index(state)] = likelihood.probability
        row[states.index(pair.state)] = 1.0 - sum(likelihood.probability for likelihood in pair.taken_for.values())
    return matrix


def answer_matrix(
    common: NDArray[np.float64], reliability: float, confusion: NDArray[np.float64]
) -> NDArray[np.float64]:
    """P(answer | true state) of a person, shape (states, answers).

    With probability ``reliability`` the answer is what the true state is taken for. Otherwise it is a guess, drawn
    mostly from how common the states are and partly evenly: people who are wrong seldom report something rare, and rare
    states that are reported are mostly there.

    Args:
        common: float64 of shape (states,), how common each state is where no cause acts.
        reliability: chance that the answer is no guess, below one.
        confusion: float64 of shape (states, states), as `confusion_matrix` makes it.

    """
    result: NDArray[np.float64] = reliability * confusion + (1.0 - reliability) * _guess(common)[None, :]
    return result


def _guess(common: NDArray[np.float64]) -> NDArray[np.float64]:
    result: NDArray[np.float64] = (1.0 - EVEN_GUESS) * common + EVEN_GUESS / common.size
    return result


def answer_likelihood(answers: NDArray[np.float64], chosen: Sequence[int]) -> tuple[float, ...]:
    """P(answer | true state) for each true state: the sum of the columns of `answer_matrix` that belong to the answer.

    Args:
        answers: float64 of shape (states, answers), as `answer_matrix` makes it.
        chosen: the state that was answered; several where the person says that it is one of them.

    """
    return tuple(answers[:, list(chosen)].sum(axis=1).tolist())


def reading_likelihood(
    states: Sequence[str],
    common: NDArray[np.float64],
    reading: Mapping[str, float],
    reliability: float,
    confusion: NDArray[np.float64],
) -> tuple[float, ...]:
    """P(reading | true state) of a detector.

    With probability ``reliability`` the detector's own likelihood holds of what the true state is taken for, what it
    leaves over being shared evenly by the states that it does not name. Otherwise the reading is a guess, as that of a
    person is: what is rare is seldom read where it is not.

    Args:
        states: the states of the finding.
        common: float64 of shape (states,), how common each state is where no cause acts.
        reading: state -> likelihood, as in `triage.detectors.Reading`.
        reliability: chance that the reading is no guess, below one.
        confusion: float64 of shape (states, states), as `confusion_matrix` makes it.

    """
    rest = max(0.0, 1.0 - sum(reading.values()))
    unnamed = len(states) - sum(state in states for state in reading)
    own = np.array([reading[state] if state in reading else rest / unnamed for state in states])
    guessed = float(own @ _guess(common)) / max(float(own.sum()), 1e-300)
    likelihood = reliability * (confusion @ own) + (1.0 - reliability) * guessed
    return tuple(likelihood.tolist())


def merge(reports: Iterable[Report]) -> dict[str, NDArray[np.float64]]:
    """Let reports on one finding meet at that finding.

    A later report on a finding from the same origin replaces the earlier one, so that what is said twice counts once;
    reports of different origins are independent given the true state, so their likelihoods are multiplied.

    Returns:
        finding -> likelihood over its states, float64 of shape (states,), scaled to a maximum of one.

    """
    latest = {(report.finding, report.origin): report for report in reports}
    merged: dict[str, NDArray[np.float64]] = {}
    for (finding, _), report in sorted(latest.items(), key=_key):
        if finding in merged:
            product = merged[finding] * np.array(report.likelihood, dtype=np.float64)
            merged[finding] = product / max(product.tolist())
        else:
            merged[finding] = _scaled(report.likelihood)
    return merged


_key = itemgetter(0)


@lru_cache(maxsize=1024)
def _scaled(likelihood: tuple[float, ...]) -> NDArray[np.float64]:
    """The likelihood with a maximum of one; kept, as logs of a kind show much the same."""
    largest = max(likelihood)
    scaled = np.array([value / largest for value in likelihood], dtype=np.float64)
    scaled.flags.writeable = False
    return scaled


def volunteered_findings(reports: Iterable[Report]) -> frozenset[str]:
    """The symptoms that the person brought up unasked."""
    return frozenset(report.finding for report in reports if report.volunteered)
