"""A running triage: reports in, diagnosis out. The only place where state changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import copy
from typing import TYPE_CHECKING

from knowledge.base import AnyFinding, KnowledgeBase
from knowledge.errors import UnknownIdError
from triage.attaching import attached, digest_of, of_same_files
from triage.beliefs import (
    Report,
    answer_likelihood,
    compile_network,
    confusion_matrix,
    infer,
    merge,
    reading_likelihood,
    volunteered_findings,
)
from triage.conclusion import Beliefs, conclude, outlines_of
from triage.detectors import Reading
from triage.diagnosis import Diagnosis
from triage.errors import AnswerError
from triage.events import (
    DONT_KNOW,
    Attached,
    Event,
    Redone,
    Refreshed,
    Said,
    Stopped,
    Undone,
    Withdrawn,
    changes_that_count,
    supersedes,
    undone,
)
from triage.fitting import fitting, is_abnormal_symptom
from triage.history import History, read_history
from triage.interview import answers_to, compile_questions
from triage.plan import list_trials

if TYPE_CHECKING:
    from triage.history import Source

__all__ = ["DONT_KNOW", "Session", "diagnose"]

RELIABILITY_UNSTATED = 0.9
"""Reliability of a detector of which the knowledge says nothing."""

States = str | Sequence[str]


def diagnose(
    history: Source | Sequence[Source] | None = None,
    answers: Mapping[str, States] | None = None,
    *,
    volunteered: Mapping[str, States] | None = None,
    columns: Mapping[str, str] | None = None,
    base: KnowledgeBase | None = None,
) -> Diagnosis:
    """Diagnose a run in one call.

    Args:
        history: a path, ``-``, a pandas frame, a `History`, a sequence of those that belong to one run, or None.
        answers: finding -> state, several states where it is one of them, or ``unknown``.
        volunteered: the same of what somebody brought up unasked (`Session.volunteer`).
        columns: canonical name -> name in the file, where the columns should not be guessed.
        base: the knowledge; by default the built-in one.

    Raises:
        HistoryError: the history cannot be read.
        AnswerError: an answer names a finding or a state that does not exist; the message names the nearest.

    """
    session = Session(base)
    for finding, states in [*(answers or {}).items(), *(volunteered or {}).items()]:
        session.check_answer(finding, states)
    if history is not None:
        session.attach(read_history(history, columns), columns)
    for finding, states in (answers or {}).items():
        session.answer(finding, states)
    for finding, states in (volunteered or {}).items():
        session.volunteer(finding, states)
    return session.diagnosis()


class Session:
    """One triage from its first report to its last.

    Args:
        base: the knowledge; by default the built-in one.
        keep: is given every event before it counts, e.g. to save it; what it raises leaves the session as it was.

    """

    def __init__(self, base: KnowledgeBase | None = None, keep: Callable[[Event], None] | None = None) -> None:
        """Compile the knowledge; nothing is reported yet."""
        if base is None:
            from knowledge.loader import load

            base = load()
        self.base = base
        self._network = compile_network(base)
        self._questions = compile_questions(base, self._network)
        self._trials = list_trials(base, self._network.hypotheses.causes)
        self._outlines = outlines_of(base)
        self._keep = keep
        self._events: list[Event] = []
        self._curves: dict[str, History] = {}

    def another(self) -> Session:
        """A session of another run over the same knowledge, which takes long to compile and is shared."""
        session = copy(self)
        session._events, session._curves, session._keep = [], {}, None
        return session

    @property
    def history(self) -> History | None:
        """The curves of the history that counts, where they are at hand."""
        attached = self._attached()
        return None if attached is None else self._curves.get(attached.digest)

    @property
    def events(self) -> tuple[Event, ...]:
        """Everything that happened, in order."""
        return tuple(self._events)

    @property
    def reports(self) -> tuple[Report, ...]:
        """The reports that count, in the order in which they came."""
        reports: dict[tuple[str, str], Report] = {}
        for change in changes_that_count(self._events):
            match change:
                case Attached():
                    reports = {key: report for key, report in reports.items() if report.origin != "detector"}
                    for reading in change.readings:
                        reports[reading.finding, "detector"] = self._report_of_reading(reading)
                case Said():
                    reports[change.finding, "answer"] = self._report_of_answer(change)
                case Withdrawn():
                    reports.pop((change.finding, "answer"), None)
        return tuple(reports.values())

    def attach(self, history: History, columns: Mapping[str, str] | None = None) -> None:
        """Read the symptoms of a history; what an earlier one said is forgotten.

        Args:
            history: the curves.
            columns: canonical name -> name in the file, where the person said which column is which; it is kept, so
                that the file can be read again.

        """
        self.take_in(attached(history, columns), history)

    def take_in(self, event: Attached, history: History) -> None:
        """Attach a history of which the symptoms were read already, perhaps in another thread or process.

        Args:
            event: what `triage.attaching.attached` made of it.
            history: the curves.

        """
        self._happen(event)
        self._have(event.digest, history)

    def refresh(self, event: Attached, history: History) -> bool:
        """Take in the attached files as they are now that they have grown.

        It replaces what was read of them before and is undone and redone with it. Where other files count, or the same
        ones with other columns chosen, what was read came too late and is left.

        Args:
            event: what `triage.attaching.attached` made of them.
            history: the curves.

        Returns:
            Whether there was something new in them.

        """
        earlier = self._attached()
        if earlier is None or not of_same_files(earlier, event):
            return False
        if event.digest == earlier.digest:
            self._curves.setdefault(event.digest, history)
            return False
        self._happen(Refreshed(event))
        self._have(event.digest, history)
        return True

    def show(self, history: History, digest: str | None = None) -> None:
        """Have the curves at hand of a history that was attached in an earlier session.

        Args:
            history: the curves.
            digest: theirs, where it is known; to work it out takes a while for millions of rows.

        """
        self._curves[digest_of(history) if digest is None else digest] = history

    def check_answer(self, finding: str, states: States) -> None:
        """Hold that an answer can be taken; raises `AnswerError` with the nearest names if not."""
        self._said(finding, states, volunteered=False)

    def answer(self, finding: str, states: States) -> None:
        """Take the answer to a question; a later word on the same finding replaces the earlier one.

        Args:
            finding: id of a finding, or of a remedy that was tried (``no_effect``, ``helped``).
            states: a state, several where it is one of them, or ``unknown``.

        Raises:
            AnswerError: there is no such finding or state.

        """
        self._happen(self._said(finding, states, volunteered=False))

    def volunteer(self, finding: str, states: States) -> None:
        """Take what the person brings up unasked.

        As `answer`, but an abnormal symptom is weighed as chosen among those that a hypothesis would show.
        """
        self._happen(self._said(finding, states, volunteered=True))

    def withdraw(self, finding: str) -> None:
        """Take back what was said of a finding; nothing happens where nothing was."""
        if any(report.finding == finding and report.origin == "answer" for report in self.reports):
            self._happen(Withdrawn(finding))

    def stop(self) -> None:
        """Want no more questions."""
        self._happen(Stopped())

    def undo(self) -> bool:
        """Undo the last change that counts; False where there is none."""
        if not changes_that_count(self._events):
            return False
        self._happen(Undone())
        return True

    def redo(self) -> bool:
        """Redo what was undone last; False where there is nothing."""
        if not undone(self._events):
            return False
        self._happen(Redone())
        return True

    def replay(self, events: Iterable[Event]) -> list[str]:
        """Take over the events of an earlier session; they are not given to ``keep``.

        Returns:
            What could not be taken over because the knowledge no longer has it, one sentence each.

        """
        kept, lost = fitting(events, self.base)
        self._events += kept
        return lost

    def beliefs(self) -> Beliefs:
        """What is believed now, as the numbers behind `diagnosis`."""
        reports = self.reports
        telling = [report for report in reports if not report.says_nothing]
        evidence = merge(telling)
        changes = changes_that_count(self._events)
        return Beliefs(
            base=self.base,
            questions=self._questions,
            trials=self._trials,
            outlines=self._outlines,
            reports=reports,
            evidence=evidence,
            posterior=infer(self._network, evidence, volunteered_findings(telling)),
            asked=frozenset(report.finding for report in reports if report.origin == "answer"),
            attached=self._attached(),
            stopped_by_user=bool(changes) and isinstance(changes[-1], Stopped),
        )

    def diagnosis(self, most_questions: int = 3) -> Diagnosis:
        """What is believed now."""
        return conclude(self.beliefs(), most_questions)

    def _attached(self) -> Attached | None:
        changes = changes_that_count(self._events)
        return next((change for change in reversed(changes) if isinstance(change, Attached)), None)

    def _happen(self, event: Event) -> None:
        if self._keep is not None:
            self._keep(event)
        if self._events and supersedes(event, self._events[-1]):
            self._events.pop()
        self._events.append(event)

    def _have(self, digest: str, history: History) -> None:
        """Have curves at hand, and let go of those that can count no more."""
        self._curves[digest] = history
        changes = [*changes_that_count(self._events), *undone(self._events)]
        within_reach = {change.digest for change in changes if isinstance(change, Attached)}
        self._curves = {name: curves for name, curves in self._curves.items() if name in within_reach}

    def _said(self, finding: str, states: States, *, volunteered: bool) -> Said:
        names = (states,) if isinstance(states, str) else tuple(states)
        if not isinstance(finding, str) or not names or not all(isinstance(name, str) for name in names):
            raise AnswerError(f"expected the names of a finding and a state, found {finding!r}: {states!r}")
        try:
            known = self.base.finding(finding)
            if known.replaced_by is not None:
                raise UnknownIdError("finding", finding, [known.replaced_by])
            chosen = [] if names == (DONT_KNOW,) else [name for name in names if self._state(known, name)]
        except UnknownIdError as error:
            raise AnswerError(str(error)) from None
        if len(set(chosen)) == len(known.states):
            chosen = []
        brought_up = volunteered and is_abnormal_symptom(known, chosen)
        return Said(finding, tuple(dict.fromkeys(chosen)), volunteered=brought_up)

    def _state(self, known: AnyFinding, name: str) -> str:
        if name not in known.states:
            self.base.state(known.id, name)
        return name

    def _report_of_answer(self, said: Said) -> Report:
        known = self.base.finding(said.finding)
        if not said.states:
            return Report(said.finding, (1.0,) * len(known.states), "answer", "not known")
        names = list(known.states)
        answers = answers_to(known, self._network.background(said.finding))
        likelihood = answer_likelihood(answers, [names.index(state) for state in said.states])
        labels = " or ".join(known.states[state].label for state in said.states)
        message = f"{known.title}: {labels}"
        return Report(said.finding, likelihood, "answer", message, volunteered=said.volunteered)

    def _report_of_reading(self, reading: Reading) -> Report:
        finding = self.base.finding(reading.finding)
        stated = finding.detector if finding.kind == "symptom" else None
        states = tuple(finding.states)
        likelihood = reading_likelihood(
            states,
            self._network.background(reading.finding),
            reading.likelihood,
            RELIABILITY_UNSTATED if stated is None else stated.reliability,
            confusion_matrix(states, [] if stated is None else stated.look_alikes),
        )
        return Report(reading.finding, likelihood, "detector", reading.message, reading.steps)
