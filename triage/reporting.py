"""What is said, read and found -> reports: likelihoods over the states of findings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from knowledge.base import KnowledgeBase
from triage.beliefs import Network, Report, answer_likelihood, confusion_matrix, reading_likelihood
from triage.detectors import Reading
from triage.intake.found import Found
from triage.interview import answers_to
from triage.wording import wording

if TYPE_CHECKING:
    from triage.events import Said

__all__ = ["Reporting"]

RELIABILITY_UNSTATED = 0.9
"""Reliability of a detector of which the knowledge says nothing."""

RELIABILITY_OF_FILES = 0.998
"""Share of files that are those of the run: what stands in them is no guess, but may belong to another run."""

MOST_READ = 4096
"""Readings of which it is kept in mind what they say."""


class Reporting:
    """Reports under one knowledge; what the same readings say is worked out once.

    Args:
        base: the knowledge.
        network: the same, compiled.

    """

    def __init__(self, base: KnowledgeBase, network: Network) -> None:
        """Nothing is worked out yet."""
        self._base = base
        self._network = network
        self._confusions: dict[str, NDArray[np.float64]] = {}
        self._read: dict[tuple[str, tuple[tuple[str, float], ...]], tuple[float, ...]] = {}

    def of_answer(self, said: Said) -> Report:
        """What a person said of a finding, through the reliability of people's answers to its question."""
        known, say = self._base.finding(said.finding), wording(self._base.language)
        if not said.states:
            return Report(said.finding, (1.0,) * len(known.states), "answer", say("not known"))
        names = list(known.states)
        answers = answers_to(known, self._network.background(said.finding))
        likelihood = answer_likelihood(answers, [names.index(state) for state in said.states])
        labels = say(" or ").join(known.states[state].label for state in said.states)
        message = say("{title}: {label}", title=known.title, label=labels)
        return Report(said.finding, likelihood, "answer", message, volunteered=said.volunteered)

    def of_reading(self, reading: Reading) -> Report:
        """What a detector read in a history, through its measured confusion."""
        key = reading.finding, tuple(reading.likelihood.items())
        if key not in self._read:
            if len(self._read) >= MOST_READ:
                self._read.clear()
            self._read[key] = self._likelihood_of_reading(reading)
        return Report(reading.finding, self._read[key], "detector", reading.message, reading.steps)

    def _likelihood_of_reading(self, reading: Reading) -> tuple[float, ...]:
        finding = self._base.finding(reading.finding)
        stated = finding.detector if finding.kind == "symptom" else None
        states = tuple(finding.states)
        if reading.finding not in self._confusions:
            look_alikes = [] if stated is None else stated.look_alikes
            self._confusions[reading.finding] = confusion_matrix(states, look_alikes)
        return reading_likelihood(
            states,
            self._network.background(reading.finding),
            reading.likelihood,
            RELIABILITY_UNSTATED if stated is None else stated.reliability,
            self._confusions[reading.finding],
        )

    def of_file(self, found: Found, kind: str) -> Report:
        """What files of one kind say.

        Args:
            found: the finding, and what they say of it.
            kind: of the files.

        """
        states = tuple(self._base.finding(found.finding).states)
        likelihood = reading_likelihood(
            states,
            self._network.background(found.finding),
            found.likelihood,
            RELIABILITY_OF_FILES,
            confusion_matrix(states, []),
        )
        return Report(found.finding, likelihood, kind, found.message, place=str(found.place))
