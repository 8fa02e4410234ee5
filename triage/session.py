"""A running triage: reports in, diagnosis out. The only place where state changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from knowledge.base import AnyFinding, KnowledgeBase
from knowledge.errors import UnknownIdError
from triage.beliefs import Report, answer_likelihood, compile_network, infer, merge, reading_likelihood
from triage.conclusion import conclude
from triage.detectors import Reading, detect
from triage.diagnosis import Diagnosis
from triage.errors import AnswerError
from triage.history import History, read_history
from triage.interview import compile_questions
from triage.plan import list_trials

if TYPE_CHECKING:
    from triage.history import Source

__all__ = ["DONT_KNOW", "Session", "diagnose"]

DONT_KNOW = "unknown"
"""The answer that changes nothing but is not asked for again."""


def diagnose(
    history: Source | Sequence[Source] | None = None,
    answers: Mapping[str, str] | None = None,
    *,
    columns: Mapping[str, str] | None = None,
    base: KnowledgeBase | None = None,
) -> Diagnosis:
    """Diagnose a run in one call.

    Args:
        history: a path, ``-``, a pandas frame, a `History`, a sequence of those that belong to one run, or None.
        answers: finding -> state, or ``unknown``.
        columns: canonical name -> name in the file, where the columns should not be guessed.
        base: the knowledge; by default the built-in one.

    Raises:
        HistoryError: the history cannot be read.
        AnswerError: an answer names a finding or a state that does not exist; the message names the nearest.

    """
    session = Session(base)
    for finding, state in (answers or {}).items():
        session.check_answer(finding, state)
    if history is not None:
        session.attach(read_history(history, columns))
    for finding, state in (answers or {}).items():
        session.answer(finding, state)
    return session.diagnosis()


class Session:
    """One triage from its first report to its last.

    Args:
        base: the knowledge; by default the built-in one.

    """

    def __init__(self, base: KnowledgeBase | None = None) -> None:
        """Compile the knowledge; nothing is reported yet."""
        if base is None:
            from knowledge.loader import load

            base = load()
        self.base = base
        self.history: History | None = None
        self._network = compile_network(base)
        self._questions = compile_questions(base, self._network)
        self._trials = list_trials(base, self._network.hypotheses.causes)
        self._reports: dict[tuple[str, str], Report] = {}

    @property
    def reports(self) -> tuple[Report, ...]:
        """The reports that count, in the order in which they came."""
        return tuple(self._reports.values())

    def attach(self, history: History) -> None:
        """Read the symptoms of a history; what an earlier one said is forgotten."""
        self._reports = {key: report for key, report in self._reports.items() if report.origin != "detector"}
        self.history = history
        for reading in detect(history):
            self._add(self._report_of(reading))

    def check_answer(self, finding: str, state: str) -> None:
        """Hold that an answer can be taken; raises `AnswerError` with the nearest names if not."""
        if not isinstance(finding, str) or not isinstance(state, str):
            raise AnswerError(f"expected the names of a finding and a state, found {finding!r}: {state!r}")
        try:
            self.base.finding(finding)
            if state != DONT_KNOW:
                self.base.state(finding, state)
        except UnknownIdError as error:
            raise AnswerError(str(error)) from None

    def answer(self, finding: str, state: str) -> None:
        """Take an answer; a later answer on the same finding replaces the earlier one.

        Raises:
            AnswerError: there is no such finding or state.

        """
        self.check_answer(finding, state)
        known = self.base.finding(finding)
        states = tuple(known.states)
        if state == DONT_KNOW:
            self._add(Report(finding, (1.0,) * len(states), "answer", "not known"))
        else:
            common = self._network.background(finding)
            likelihood = answer_likelihood(common, states.index(state), known.question.reliability)
            self._add(Report(finding, likelihood, "answer", f"{known.title}: {known.states[state].label}"))

    def withdraw(self, finding: str) -> None:
        """Take an answer back; nothing happens where there is none."""
        self._reports.pop((finding, "answer"), None)

    def diagnosis(self, most_questions: int = 3) -> Diagnosis:
        """What is believed now."""
        evidence = merge(report for report in self._reports.values() if not report.says_nothing)
        posterior = infer(self._network, evidence)
        asked = {finding for finding, origin in self._reports if origin == "answer"}
        return conclude(
            self.base,
            posterior,
            self._questions,
            self._trials,
            self.reports,
            evidence,
            self.history,
            asked,
            most_questions,
        )

    def _add(self, report: Report) -> None:
        self._reports[report.finding, report.origin] = report

    def _report_of(self, reading: Reading) -> Report:
        finding: AnyFinding = self.base.finding(reading.finding)
        reliability = finding.detector.reliability if finding.kind == "symptom" and finding.detector else 0.9
        common = self._network.background(reading.finding)
        likelihood = reading_likelihood(tuple(finding.states), common, reading.likelihood, reliability)
        return Report(reading.finding, likelihood, "detector", reading.message, reading.steps)
