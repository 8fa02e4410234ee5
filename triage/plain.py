"""The interview in lines of plain text, for screen readers, pipes and terminals that can do no more.

What is asked follows from the session alone, and from two wishes of the person: to pass over the opening, and to be
asked on although a reason to stop holds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Literal, TextIO

from triage import plain_words as words
from triage.diagnosis import Diagnosis
from triage.errors import AnswerError
from triage.events import Attached, Change, changes_that_count, undone
from triage.outlook import answers_ahead
from triage.packs import with_flags
from triage.plain_closing import after_closing, closing
from triage.plain_how import how_to
from triage.plain_input import Command, Heard, Picked, Told, understood
from triage.plain_lines import wrapped
from triage.session import DONT_KNOW, Session
from triage.standing_words import misgivings, movement, outlook
from triage.topics import NONE_OF_THESE, Topic, Wishes, topic_of
from triage.wording import Wording, wording

__all__ = ["interview"]

LONGEST_LINE = 2_000
"""Characters of a typed line; what is longer is no answer."""

_Next = Literal["present", "prompt", "over"]
"""What follows a line: the question in full, its prompt alone, or nothing."""


def interview(session: Session, read: TextIO, write: TextIO, notes: Sequence[str] = (), flags: str = "") -> Diagnosis:
    """Lead a session in lines of plain text until the person ends it or the input does.

    Args:
        session: what is known already; it is driven on.
        read: where the person's lines come from.
        write: where lines of at most 80 columns go; flushed whenever the person is to answer.
        notes: sentences to say first, such as what a resumed session could not take over.
        flags: for commands that are told, as `triage.packs.flags_again` has them.

    Returns:
        What is believed at the end.

    Raises:
        TriageError: what is to be kept of the session cannot be saved.

    """
    return _Interview(session, read, write, flags).run(notes)


class _Interview:
    def __init__(self, session: Session, read: TextIO, write: TextIO, flags: str) -> None:
        self.session = session
        self.wording = wording(session.base.language)
        self.read = read
        self.write = write
        self.flags = flags
        self.wishes = Wishes()
        self.concluded = False
        self.opened: tuple[Change, ...] = ()
        self.asked_here: set[str] = set()

    def run(self, notes: Sequence[str]) -> Diagnosis:
        self._say(words.beginning(self.session.diagnosis(), self.session.base, len(self.session.answers), notes))
        following: _Next = "present"
        while following != "over":
            topic = topic_of(self.session, self.wishes)
            if following == "present":
                self._say(["", *self._presented(topic)])
            self._say([_prompt(topic, self.wording)])
            line = self._line()
            heard = Command("q") if line is None else understood(line, topic.choices, self.wording)
            following = self._take(topic, heard)
        return self.session.diagnosis()

    def _presented(self, topic: Topic) -> Iterator[str]:
        diagnosis, base, say = topic.diagnosis, self.session.base, self.wording
        if topic.stage == "end":
            yield from closing(diagnosis, base, full=not self.concluded)
            yield from ("", after_closing(diagnosis))
            self.concluded = True
            return
        if topic.stage == "opening":
            yield say("What is wrong? Choose all that fit, such as 1 3.")
        elif topic.stage == "outcome":
            yield base.finding(topic.finding).question.prompt
        else:
            if self.concluded and not self.wishes.asking_on:
                yield say("There is more worth asking now.")
            answered = {report.finding for report in self.session.answers} & self.asked_here
            head = say("Question {n}", n=len(answered) + 1)
            yield from words.question(diagnosis, base, base.finding(topic.finding), head)
            self.concluded = False
        yield from words.numbered(topic.choices)

    def _take(self, topic: Topic, heard: Heard) -> _Next:
        match heard:
            case Picked(places):
                return self._pick(topic, [topic.choices[place].state for place in places])
            case Told(finding, states):
                return self._tell(finding, states, asked=finding == topic.finding)
            case Command(name, argument):
                return self._obey(topic, name, argument)
            case problem:
                return self._refuse(topic, problem)

    def _pick(self, topic: Topic, chosen: list[str]) -> _Next:
        if topic.stage == "opening":
            return self._open(topic, chosen)
        if topic.stage == "question":
            self.asked_here.add(topic.finding)
            return self._change(lambda: self.session.answer(topic.finding, chosen))
        if topic.stage == "outcome":
            self.wishes = replace(self.wishes, outcome="")
            return self._change(lambda: self.session.volunteer(topic.finding, chosen))
        if len(chosen) > 1:
            return self._refuse(topic, self.wording("Found several numbers."))
        self.wishes = replace(self.wishes, outcome=chosen[0])
        return "present"

    def _open(self, topic: Topic, chosen: list[str]) -> _Next:
        if "" in chosen and len(chosen) > 1:
            say = self.wording
            return self._refuse(topic, say("{choice} goes alone.", choice=say(NONE_OF_THESE)))
        if chosen == [""]:
            self.wishes = replace(self.wishes, opening_passed=True)
            return "present"
        brought_up: dict[str, list[str]] = {}
        for finding, state in (name.split("=") for name in chosen):
            brought_up.setdefault(finding, []).append(state)

        def volunteer_all() -> None:
            for finding, states in brought_up.items():
                self.session.volunteer(finding, states)
            self.opened = tuple(changes_that_count(self.session.events)[-len(brought_up) :])

        return self._change(volunteer_all)

    def _tell(self, finding: str, states: tuple[str, ...], *, asked: bool) -> _Next:
        """Anything that the person says of their own accord; of what was just asked it is the answer."""
        try:
            self.session.check_answer(finding, states)
        except AnswerError as error:
            self._say([f"{str(error)[:1].upper()}{str(error)[1:]}."])
            return "prompt"
        if asked:
            self.asked_here.add(finding)
            self.wishes = replace(self.wishes, outcome="")
        say = self.session.answer if asked else self.session.volunteer
        return self._change(lambda: say(finding, states))

    def _obey(self, topic: Topic, name: str, argument: str) -> _Next:
        match name:
            case "":
                return "over" if topic.stage == "end" else "present"
            case "q":
                return self._quit(topic)
            case "help":
                self._say([self.wording(words.HELP)])
            case "?":
                self._say(self._reasons(topic))
            case "h":
                return self._show_how(topic, argument)
            case "u" if topic.stage != "end":
                return self._leave_open(topic)
            case "b":
                return self._take_back(argument)
            case "r":
                return self._redo()
            case "s":
                self._say(["", *words.where_we_stand(topic.diagnosis, self.session.base, self.session.answers)])
                return "prompt" if topic.stage == "end" else "present"
            case "a" if topic.stage == "end":
                self.wishes = replace(self.wishes, asking_on=bool(topic.diagnosis.next_questions))
                self._say([] if self.wishes.asking_on else [self.wording("There is nothing left to ask.")])
                return "present" if self.wishes.asking_on else "prompt"
            case _:
                return self._refuse(topic, self.wording("{word} means nothing here.", word=name))
        return "prompt"

    def _quit(self, topic: Topic) -> _Next:
        if topic.stage in ("opening", "question"):
            self.session.stop()
            self._say(["", *closing(self.session.diagnosis(), self.session.base, full=True)])
        return "over"

    def _reasons(self, topic: Topic) -> Iterator[str]:
        if topic.stage == "opening":
            yield self.wording("What you bring up yourself tells most, and decides what is asked next.")
        elif topic.stage == "end":
            yield self.wording("What comes of a check or a change tells the causes apart that are left.")
        else:
            base = self.session.base
            yield base.finding(topic.finding).question.why
            ahead = answers_ahead(self.session.beliefs(), topic.finding)
            yield from outlook(topic.diagnosis, base, topic.choices, ahead)

    def _show_how(self, topic: Topic, argument: str) -> _Next:
        command, thing = "h", topic.finding
        if topic.stage == "end":
            number, _, argument = argument.partition(" ")
            if not number.isdecimal() or not 1 <= int(number) <= len(topic.choices):
                problem = "h goes with the number of a check or a change, such as h 1."
                return self._refuse(topic, self.wording(problem))
            command, thing = f"h {number}", topic.choices[int(number) - 1].state
        if topic.stage == "opening":
            return self._refuse(topic, self.wording("There is nothing to look up here."))
        self._print(how_to(topic.diagnosis, self.session.base, thing, argument, command))
        return "prompt" if topic.stage == "end" else "present"

    def _leave_open(self, topic: Topic) -> _Next:
        if topic.stage == "question":
            self.asked_here.add(topic.finding)
            self.session.answer(topic.finding, DONT_KNOW)
            self._say([self.wording("Noted; it is not asked again.")])
        self.wishes = replace(
            self.wishes, opening_passed=self.wishes.opening_passed or topic.stage == "opening", outcome=""
        )
        return "present"

    def _take_back(self, argument: str) -> _Next:
        if argument:
            return self._withdraw(argument)
        changes = changes_that_count(self.session.events)
        if self.wishes.outcome or (not changes and self.wishes.opening_passed):
            self.wishes = replace(self.wishes, outcome="", opening_passed=False)
            return "present"
        if not changes or isinstance(changes[-1], Attached):
            self._say([self.wording("There is nothing to take back.")])
            return "prompt"
        together = self.opened if self.opened and tuple(changes[-len(self.opened) :]) == self.opened else changes[-1:]
        self._say(
            self.wording("Taken back: {what}.", what=words.words_of_change(self.session.base, change))
            for change in together
        )
        return self._change(lambda: [self.session.undo() for _ in together])

    def _withdraw(self, argument: str) -> _Next:
        answers = self.session.answers
        if not argument.isdecimal() or not 1 <= int(argument) <= len(answers):
            expected = "Expected b alone, or with a number from 1 to {n} as s lists them."
            self._say([self.wording(expected, n=len(answers))])
            return "prompt"
        report = answers[int(argument) - 1]
        self._say([self.wording("Taken back: {what}.", what=words.words_of_report(self.session.base, report))])
        return self._change(lambda: self.session.withdraw(report.finding))

    def _redo(self) -> _Next:
        waiting = undone(self.session.events)[::-1]
        if not waiting:
            self._say([self.wording("There is nothing to redo.")])
            return "prompt"
        together = self.opened if self.opened and tuple(waiting[: len(self.opened)]) == self.opened else waiting[:1]
        self._say(
            self.wording("It counts again: {what}.", what=words.words_of_change(self.session.base, change))
            for change in together
        )
        return self._change(lambda: [self.session.redo() for _ in together])

    def _change(self, act: Callable[[], object]) -> _Next:
        """Do it, and say what it did to what is believed."""
        before = self.session.diagnosis()
        act()
        after = self.session.diagnosis()
        self._say([movement(before, after), *misgivings(before, after)])
        return "present"

    def _refuse(self, topic: Topic, problem: str) -> _Next:
        self._say([self.wording("{problem} {expected}", problem=problem, expected=_expected(topic, self.wording))])
        return "prompt"

    def _line(self) -> str | None:
        """What the person types; None at the end of the input."""
        try:
            line = rest = self.read.readline(LONGEST_LINE)
            while len(rest) == LONGEST_LINE and not rest.endswith("\n"):
                rest = self.read.readline(LONGEST_LINE)
        except UnicodeDecodeError as error:
            # Bytes that end in the middle of a character are raised again and again once the input is at its end.
            return None if error.end == len(error.object) else "\N{REPLACEMENT CHARACTER}"
        return line or None

    def _say(self, paragraphs: Iterable[str]) -> None:
        told = (with_flags(paragraph, self.flags) for paragraph in paragraphs)
        self._print(line for paragraph in told for line in wrapped(paragraph) or [""])

    def _print(self, lines: Iterable[str]) -> None:
        encoding = self.write.encoding or "utf-8"
        for line in lines:
            self.write.write(line.encode(encoding, "replace").decode(encoding) + "\n")
        self.write.flush()


def _prompt(topic: Topic, say: Wording) -> str:
    if topic.stage == "end":
        return say("Enter to end, or what next:")
    return say("Your answer, 1 to {n}:", n=len(topic.choices))


def _expected(topic: Topic, say: Wording) -> str:
    """What could have been typed."""
    if topic.stage == "end":
        return say("Expected Enter, a number, FINDING=STATE, or one of h, a, s, b, r and q.")
    expected = "Expected a number from 1 to {n}, the beginning of an answer, FINDING=STATE, or help for more."
    return say(expected, n=len(topic.choices))
