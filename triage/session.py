"""A running triage: reports in, diagnosis out. The only place where state changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from knowledge.base import AnyFinding, KnowledgeBase
from knowledge.errors import UnknownIdError
from triage.attaching import attached, of_same_files
from triage.beliefs import Report, compile_network, infer, merge, volunteered_findings
from triage.conclusion import Beliefs, conclude, outlines_of
from triage.diagnosis import Diagnosis
from triage.errors import AnswerError
from triage.events import (
    DONT_KNOW,
    Attached,
    Change,
    Enclosed,
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
from triage.history import History
from triage.intake.found import Found, Stated
from triage.intake.meaning import facts_stated, findings_of
from triage.interview import compile_questions
from triage.observing import digest_of
from triage.plan import list_trials
from triage.provenance import marked
from triage.reporting import Reporting

if TYPE_CHECKING:
    from triage.intake.words import WordIndex
    from triage.telling import Telling

__all__ = ["DONT_KNOW", "Session"]

States = str | Sequence[str]


class Session:
    """One triage from its first report to its last.

    Args:
        base: the knowledge; by default the built-in one. What packs brought or changed says so in its title.
        keep: is given every event before it counts, e.g. to save it; what it raises leaves the session as it was.

    """

    def __init__(self, base: KnowledgeBase | None = None, keep: Callable[[Event], None] | None = None) -> None:
        """Compile the knowledge; nothing is reported yet."""
        if base is None:
            from knowledge.loader import load

            base = load()
        base = marked(base)
        self.base = base
        self._network = compile_network(base)
        self._questions = compile_questions(base, self._network)
        self._trials = list_trials(base, self._network.hypotheses.causes)
        self._outlines = outlines_of(base)
        self._reporting = Reporting(base, self._network)
        self._words: list[WordIndex] = []
        self._keep = keep
        self._events: list[Event] = []
        self._curves: dict[str, History] = {}

    def another(self) -> Session:
        """A session of another run over the same knowledge, which takes long to compile and is shared."""
        session = Session.__new__(Session)
        # As `copy.copy` does, in a fifth of the time.
        session.__dict__.update(self.__dict__)
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
        """The reports that count, in the order in which they came; those of files after those of the log."""
        reports: dict[tuple[str, str], Report] = {}
        changes = changes_that_count(self._events)
        for change in changes:
            match change:
                case Attached():
                    reports = {key: report for key, report in reports.items() if report.origin != "detector"}
                    for reading in change.readings:
                        reports[reading.finding, "detector"] = self._reporting.of_reading(reading)
                case Enclosed():
                    reports = {key: report for key, report in reports.items() if report.origin != change.kind}
                    for found in self._findings_in(change, changes):
                        reports[found.finding, change.kind] = self._reporting.of_file(found, change.kind)
                case Said():
                    reports[change.finding, "answer"] = self._reporting.of_answer(change)
                case Withdrawn():
                    reports.pop((change.finding, "answer"), None)
        return tuple(reports.values())

    @property
    def answers(self) -> tuple[Report, ...]:
        """What the person said, of the reports that count."""
        return tuple(report for report in self.reports if report.origin == "answer")

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

    def enclose(self, event: Enclosed) -> None:
        """Take what files beside the log say; what earlier ones of their kind said is forgotten.

        Args:
            event: what `triage.enclosing.enclosed` read in them.

        """
        self._happen(event)

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

    def hear(self, text: str | Sequence[str]) -> Telling:
        """What words say, and the log that was pasted among them; nothing of it counts before it is taken.

        The first call takes a third of a second for the words of the knowledge.

        Args:
            text: what somebody wrote, or several such texts in their order.

        """
        from triage.intake.words import compile_words
        from triage.telling import telling_of

        if not self._words:
            self._words.append(compile_words(self.base))
        return telling_of(self._words[0], [text] if isinstance(text, str) else text)

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
        if any(report.finding == finding for report in self.answers):
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
            enclosed=tuple(_enclosed(changes).values()),
            facts=self._facts(changes),
            stopped_by_user=bool(changes) and isinstance(changes[-1], Stopped),
        )

    def diagnosis(self, most_questions: int = 3) -> Diagnosis:
        """What is believed now."""
        return conclude(self.beliefs(), most_questions).shown_with(self.base, self.history)

    def _attached(self) -> Attached | None:
        changes = changes_that_count(self._events)
        return next((change for change in reversed(changes) if isinstance(change, Attached)), None)

    def _facts(self, changes: Sequence[Change]) -> dict[str, float]:
        """The numbers of the run's setup; the log says what was, a file what was meant."""
        attached = self._attached()
        meant = facts_stated([event.told for event in _enclosed(changes).values()])
        return {**meant, **({} if attached is None else attached.facts)}

    def _findings_in(self, event: Enclosed, changes: Sequence[Change]) -> tuple[Found, ...]:
        """What files say, each value read beside what the files of other kinds state."""
        others = [other for kind, other in _enclosed(changes).items() if kind != event.kind]
        beside: list[Stated] = [item for other in others for item in other.told.stated]
        known = self.base.findings
        return tuple(found for found in findings_of(event.told, beside) if found.finding in known)

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


def _enclosed(changes: Sequence[Change]) -> dict[str, Enclosed]:
    """Kind -> the files that count."""
    return {change.kind: change for change in changes if isinstance(change, Enclosed)}
