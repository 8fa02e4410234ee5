"""The session that is on the screen: every change goes through here and is told in words for the conversation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import TYPE_CHECKING, Literal

from triage.diagnosis import Diagnosis, HistoryView
from triage.errors import SessionError
from triage.events import Attached, Enclosed, changes_that_count, is_worth_keeping, undone
from triage.history import History
from triage.journal import Journal
from triage.outlook import answers_ahead
from triage.plain_closing import why_no_more
from triage.plain_words import words_of_change, words_of_report
from triage.report.choice import FILES, notable_findings, seen_message, verdict
from triage.report.escape import plain
from triage.session import DONT_KNOW, Session
from triage.spoken_numbers import spoken_percent
from triage.standing_words import misgivings, movement, outlook
from triage.topics import Topic, Wishes, topic_of
from triage.why import explain
from triage.wording import Wording
from tui.view import View
from tui.wording import screen_wording

if TYPE_CHECKING:
    from tui.log_reader import Purpose

__all__ = ["Consultation", "Entry"]

MOVES_MOST = "What would change that most, and to what:"
MOVES_LITTLE = "No single answer would change that much."
PUT_OFF = 3
"""Further answers after which a question that was put off is asked again."""

MOST_NOTES = 5
"""Sentences on what was left out of files, of one reading."""

WELCOME = "What is wrong with your run? Attach its log, choose below, or say it in your own words."


@dataclass(frozen=True, slots=True)
class Entry:
    """One utterance.

    Args:
        who: the system, the person, or a side note of the program.
        text: what was said.
        findings: what stands out, each as id, state and message; shown as a list below the text.

    """

    who: Literal["triage", "you", "note"]
    text: str
    findings: tuple[tuple[str, str, str], ...] = ()


class Consultation:
    """A session, what the person wishes of the interview, and what was believed before the last change.

    Args:
        session: what is known.
        journal: where it is saved; None where it is not.
        notes: what is to be said first.

    """

    def __init__(self, session: Session, journal: Journal | None, notes: Sequence[str] = ()) -> None:
        """Nothing is changed yet."""
        self.session = session
        self.journal = journal
        self.notes = tuple(notes)
        self.wishes = Wishes()
        self.told: list[Entry] = []
        self.before: Diagnosis | None = None
        self.topic: Topic = topic_of(session, self.wishes)

    @property
    def saved_id(self) -> str | None:
        """Id of the saved session; None where it is not saved, or holds nothing worth saving."""
        if self.journal is None or not is_worth_keeping(self.session.events):
            return None
        return self.journal.id

    def close(self) -> None:
        """Let go of the saved session; one in which nothing was ever attached or said is not kept."""
        if self.journal is None:
            return
        self.journal.close()
        if self.saved_id is None:
            from triage.shelf import remove

            with suppress(SessionError):
                remove(self.journal.id)

    def view(self) -> View:
        """What the screens show now."""
        session = self.session
        return View(
            base=session.base,
            beliefs=session.beliefs(),
            diagnosis=self.topic.diagnosis,
            before=self.before,
            topic=self.topic,
            history=session.history,
            answers=self.session.answers,
            can_undo=bool(changes_that_count(session.events)),
            can_redo=bool(undone(session.events)),
        )

    def opening(self) -> list[Entry]:
        """What is said before anything happens: notes, and what is known already."""
        diagnosis, word = self.topic.diagnosis, self._word
        entries = [*self.told, *(Entry("note", note) for note in self.notes)]
        if self.told:
            return entries
        if diagnosis.history is not None:
            entries.append(self._seen(diagnosis.history))
        answers = len(self.session.answers)
        if answers:
            counted = "{n} answer counts already." if answers == 1 else "{n} answers count already."
            entries.append(Entry("note", word(counted, n=answers)))
        if diagnosis.history is None and not answers:
            entries.append(Entry("triage", word(WELCOME)))
        else:
            entries.append(Entry("triage", word("{sentence}.", sentence=verdict(diagnosis))))
        return entries

    def say(self, finding: str, states: Sequence[str]) -> list[Entry]:
        """Take the answer to a question, or what came of a step."""
        asked = self.topic
        prompt = self.session.base.finding(finding).question.prompt
        self.wishes = replace(
            self.wishes,
            outcome="",
            revised="",
            later={name: due for name, due in self.wishes.later.items() if name != finding},
        )
        unasked = asked.stage == "outcome" or finding != asked.finding
        report = self.session.volunteer if unasked else self.session.answer
        moved = self._change(lambda: report(finding, list(states)))
        return [Entry("triage", prompt), Entry("you", self._words_of(finding)), *moved]

    def bring_up(self, findings: Sequence[tuple[str, tuple[str, ...]]]) -> list[Entry]:
        """Take what the person brings up, each finding with its states."""
        self.wishes = replace(self.wishes, opening_passed=True, revised="", outcome="")

        def volunteer_all() -> None:
            for finding, states in findings:
                self.session.volunteer(finding, list(states))

        moved = self._change(volunteer_all)
        return [*(Entry("you", self._words_of(finding)) for finding, _ in findings), *moved]

    def withdraw(self, finding: str) -> list[Entry]:
        """Take an answer back."""
        said = self._words_of(finding)
        return [
            Entry("note", self._word("Taken back: {what}.", what=said)),
            *self._change(lambda: self.session.withdraw(finding)),
        ]

    def undo(self) -> list[Entry]:
        """Undo the last change."""
        changes = changes_that_count(self.session.events)
        if not changes:
            return [Entry("note", self._word("There is nothing to undo."))]
        undone_words = self._word("Undone: {what}.", what=words_of_change(self.session.base, changes[-1]))
        return [Entry("note", undone_words), *self._change(self.session.undo)]

    def redo(self) -> list[Entry]:
        """Redo what was undone last."""
        waiting = undone(self.session.events)
        if not waiting:
            return [Entry("note", self._word("There is nothing to redo."))]
        again = self._word("It counts again: {what}.", what=words_of_change(self.session.base, waiting[-1]))
        return [Entry("note", again), *self._change(self.session.redo)]

    def pass_over(self) -> list[Entry]:
        """None of what is offered first is wrong."""
        self.wishes = replace(self.wishes, opening_passed=True)
        return self._again([Entry("you", self._word("None of these."))])

    def leave_open(self) -> list[Entry]:
        """I don't know; it is not asked again."""
        if self.topic.stage == "opening":
            return self.pass_over()
        if self.topic.stage in ("question", "revision"):
            return self.say(self.topic.finding, [DONT_KNOW])
        return self.leave()

    def put_off(self) -> list[Entry]:
        """Come to the present question after a few others."""
        if self.topic.stage != "question":
            return self.leave()
        finding = self.topic.finding
        due = len(self.session.reports) + PUT_OFF
        self.wishes = replace(self.wishes, later={**self.wishes.later, finding: due})
        prompt = self.session.base.finding(finding).question.prompt
        return self._again([Entry("note", self._word("Later: {prompt}", prompt=prompt))])

    def revise(self, finding: str) -> list[Entry]:
        """Say something else on a finding."""
        is_step = self.session.base.finding(finding).kind in ("check", "trial")
        outcome, revised = (finding, "") if is_step else ("", finding)
        self.wishes = replace(self.wishes, outcome=outcome, revised=revised)
        return self._again([])

    def go_back(self) -> list[Entry]:
        """Ask the last answered question again."""
        answers = self.session.answers
        if self.wishes.revised or self.wishes.outcome:
            return self.leave()
        if not answers:
            return [Entry("note", self._word("There is no earlier question."))]
        return self.revise(answers[-1].finding)

    def leave(self) -> list[Entry]:
        """Leave a revision or an outcome as it was."""
        self.wishes = replace(self.wishes, outcome="", revised="")
        return self._again([])

    def ask_on(self) -> list[Entry]:
        """Be asked although a reason to stop holds."""
        if not self.topic.diagnosis.next_questions:
            return [Entry("note", self._word("There is nothing left to ask."))]
        self.wishes = replace(self.wishes, asking_on=True, outcome="", revised="")
        return self._again([])

    def take_in(self, event: Attached, history: History) -> list[Entry]:
        """Attach a history that was read."""
        self.wishes = replace(self.wishes, opening_passed=True)
        moved = self._change(lambda: self.session.take_in(event, history))
        return [self._seen(event.history), *moved]

    def enclose(self, event: Enclosed) -> list[Entry]:
        """Take what files beside the log say."""
        self.wishes = replace(self.wishes, opening_passed=True)
        before = {(item.finding, item.message) for item in self.topic.diagnosis.findings if item.origin == event.kind}
        moved = self._change(lambda: self.session.enclose(event))
        diagnosis = self.topic.diagnosis
        new = tuple(
            (
                item.finding.finding,
                item.finding.state,
                _placed(item.finding.place) + seen_message(self.session.base, item.finding),
            )
            for item in notable_findings(diagnosis, self.session.base)
            if item.finding.origin == event.kind and (item.finding.finding, item.finding.message) not in before
        )
        files = ", ".join(plain(PurePath(file).name or file, 60) for file in event.files)
        read = sum(item.origin == event.kind for item in diagnosis.findings)
        count = "{files}: {kind}; {n} thing read in it." if read == 1 else "{files}: {kind}; {n} things read in it."
        told = self._word(count, files=files, kind=self._word(FILES[event.kind]), n=read)
        stands_out = self._word("What stands out:") if new else self._word("Nothing in it stands out.")
        return [
            Entry("triage", f"{told} {stands_out}", new),
            *(Entry("note", plain(note, 300)) for note in event.told.notes[:MOST_NOTES]),
            *moved,
        ]

    def receive(self, purpose: Purpose, event: Attached, history: History) -> list[Entry]:
        """Take what was read of a log, as is right for what it was read for."""
        match purpose:
            case "attach":
                return self.take_in(event, history)
            case "again":
                return self._show_again(event, history)
            case "refresh":
                return self._refresh(event, history)

    def _show_again(self, event: Attached, history: History) -> list[Entry]:
        """Have the curves of a resumed session at hand, if they are still those that were read."""
        attached = self.session.beliefs().attached
        if attached is None or attached.digest != event.digest:
            changed = "The log has changed since, so its curve is not shown; what was read then counts."
            return [Entry("note", self._word(changed))]
        self.session.show(history, event.digest)
        return []

    def _refresh(self, event: Attached, history: History) -> list[Entry]:
        """Take in the same files after they grew; says something only where what they show has changed."""
        earlier = {(finding, state) for finding, state, _ in self._readings()}
        moved = self._change(lambda: self.session.refresh(event, history))
        new = tuple(item for item in self._readings() if item[:2] not in earlier)
        grown = self._word("The log has grown, and shows something new.")
        return [Entry("triage", grown, new), *moved] if new else []

    def reasons(self) -> list[Entry]:
        """Why the present question is asked, and what each answer would do."""
        topic, base = self.topic, self.session.base
        if topic.stage == "opening":
            first = "What you bring up yourself tells most, and decides what is asked next."
            return [Entry("triage", self._word(first))]
        if topic.stage == "end":
            last = "What comes of a check or a change tells the causes apart that are left."
            return [Entry("triage", self._word(last))]
        ahead = answers_ahead(self.session.beliefs(), topic.finding)
        moves = "\n".join(outlook(topic.diagnosis, base, topic.choices, ahead))
        return [Entry("triage", base.finding(topic.finding).question.why), Entry("triage", moves)]

    def doubts(self) -> list[Entry]:
        """What would change the mind of the system on its leading cause."""
        diagnosis = self.topic.diagnosis
        if not diagnosis.causes:
            return [Entry("triage", self._word("No cause leads yet."))]
        leading = diagnosis.causes[0]
        told = explain(self.session.beliefs(), leading.id)
        changes = tuple(
            (
                change.finding,
                "",
                self._word(
                    "{prompt} {low}: {lower}. {high}: {higher}.",
                    prompt=change.prompt,
                    low=change.lowers.label,
                    lower=spoken_percent(change.lowers.after, self._word),
                    high=change.raises.label,
                    higher=spoken_percent(change.raises.after, self._word),
                ),
            )
            for change in told.changes
        )
        share = spoken_percent(leading.probability, self._word)
        head = self._word("{title} stands at {percent}. ", title=leading.title, percent=share)
        return [Entry("triage", head + self._word(MOVES_MOST if changes else MOVES_LITTLE), changes)]

    @property
    def _word(self) -> Wording:
        return screen_wording(self.session.base.language)

    def _words_of(self, finding: str) -> str:
        report = next((report for report in self.session.answers if report.finding == finding), None)
        if report is None:
            title = self.session.base.finding(finding).title
            return self._word("{title}: {label}", title=title, label=self._word("not known"))
        return words_of_report(self.session.base, report)

    def _readings(self) -> list[tuple[str, str, str]]:
        diagnosis = self.topic.diagnosis
        return [
            (item.finding.finding, item.finding.state, seen_message(self.session.base, item.finding))
            for item in notable_findings(diagnosis, self.session.base)
            if item.finding.origin == "detector"
        ]

    def _seen(self, history: HistoryView) -> Entry:
        files = ", ".join(plain(PurePath(file).name or file, 60) for file in history.files) or self._word("The history")
        rows = f"{history.steps:,}"
        head = self._word("{files}: {format}, {rows} rows.", files=files, format=history.format, rows=rows)
        findings = tuple(self._readings())
        told = self._word("This is what it shows:") if findings else self._word("It shows nothing unusual.")
        return Entry("triage", f"{head} {told}", findings)

    def _change(self, act: Callable[[], object]) -> list[Entry]:
        """Do it, and say what it did to what is believed."""
        before = self.topic.diagnosis
        act()
        self.topic = topic_of(self.session, self.wishes)
        after = self.topic.diagnosis
        self.before = before
        moved = [Entry("triage", movement(before, after))]
        moved += [Entry("note", text) for text in misgivings(before, after)]
        if after.stopped is not None and before.stopped != after.stopped and self.topic.stage == "end":
            moved.append(Entry("triage", why_no_more(after)))
        return moved

    def _again(self, entries: list[Entry]) -> list[Entry]:
        self.topic = topic_of(self.session, self.wishes)
        return entries


def _placed(place: str | None) -> str:
    """Line and file before a message: ``train.py:41: ``; the folder is that of all of them."""
    return "" if place is None else f"{plain(PurePath(place).name, 60)}: "
