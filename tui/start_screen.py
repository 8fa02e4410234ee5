"""The first screen: begin a triage, go on with one, or look at a famous failure.

It is painted before anything of the engine is imported; what lies on the disk is listed after that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import PurePath
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.screen import Screen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from triage.errors import TriageError
from triage.report.cells import padded
from triage.report.escape import plain
from triage.wording import Wording
from tui.key_line import KeyLine
from tui.wording import wording_of
from tui.words import content, joined

if TYPE_CHECKING:
    from triage.shelf import Entry
    from tui.examples import Example as Failure

__all__ = ["Choice", "Example", "New", "NewWithLog", "Resume", "StartScreen"]

WHAT_IT_IS = "Finds out why a training run went wrong, from its log and a few questions."

MOST_SESSIONS = 50
"""Saved sessions that are listed; `triage sessions list` has all of them."""

DIGITS = 9


@dataclass(frozen=True, slots=True)
class New:
    """A new triage."""


@dataclass(frozen=True, slots=True)
class NewWithLog:
    """A new triage that begins with attaching a log."""


@dataclass(frozen=True, slots=True)
class Resume:
    """A saved session; an empty id is the one that was changed last."""

    session_id: str


@dataclass(frozen=True, slots=True)
class Example:
    """A famous failure, by its name."""

    name: str


Choice = New | NewWithLog | Resume | Example


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of the list: a choice, or a heading or a note where there is none; ``about`` is told below the list."""

    words: Content
    choice: Choice | None = None
    about: Content | None = None


class _Found(Message):
    """What lies on the disk."""

    def __init__(self, failures: Sequence[Failure], entries: Sequence[Entry], problem: str) -> None:
        """``problem``: why something could not be listed, or empty."""
        super().__init__()
        self.failures = tuple(failures)
        self.entries = tuple(entries)
        self.problem = problem


class StartScreen(Screen[Choice]):
    """What to begin with.

    Args:
        notes: what is to be said first, such as why a session could not be opened.

    """

    AUTO_FOCUS = "#start-list"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "begin('new')", "New triage", id="start.new"),
        Binding("o", "begin('log')", "Attach a log", id="start.log"),
        Binding("r", "resume", "Resume the last", id="start.resume"),
        Binding("l", "app.command('language')", "中文 / English", id="start.language"),
        Binding("escape,ctrl+q", "app.quit", "Quit", id="quit"),
        *(
            Binding(str(digit), f"number({digit})", f"Choose {digit}", show=False, id=f"start.{digit}")
            for digit in range(1, DIGITS + 1)
        ),
    ]

    def __init__(self, notes: Sequence[str] = ()) -> None:
        """Nothing is read before the first paint."""
        super().__init__()
        self._notes = tuple(notes)
        self._lines: list[_Line] = []

    def compose(self) -> ComposeResult:
        """A title, a sentence, notes, the list, and a word on what is highlighted."""
        word = wording_of(self)
        with Vertical(id="start-page"):
            yield Static(Content("triage"), id="start-title", markup=False)
            yield Static(Content(word(WHAT_IT_IS)), id="start-sentence", markup=False)
            yield from (
                Static(joined("! ", content(note, longest=600)), classes="start-note", markup=False)
                for note in self._notes
            )
            yield OptionList(id="start-list", markup=False)
            with VerticalScroll(id="start-told", can_focus=False):
                yield Static(id="start-about", markup=False)
        yield KeyLine()

    def on_mount(self) -> None:
        """Offer what needs nothing from the disk; look for the rest once that is painted."""
        word = wording_of(self)
        looking = _Line(content(word("Looking for saved triages"), "italic"))
        self._offer([*_beginnings(word), _Line(Content("")), looking])
        self.call_after_refresh(self._look)

    def action_begin(self, how: str) -> None:
        """Begin a new triage, with or without a log."""
        self.dismiss(NewWithLog() if how == "log" else New())

    def action_resume(self) -> None:
        """Go on with the session that was changed last, if there is one."""
        last = next((line.choice for line in self._lines if isinstance(line.choice, Resume)), None)
        if last is None:
            self.notify(wording_of(self)("No triage is saved that could be resumed."), markup=False)
        else:
            self.dismiss(last)

    def action_number(self, number: int) -> None:
        """Take the choice of that number."""
        choices = [line.choice for line in self._lines if line.choice is not None]
        if number <= len(choices):
            self.dismiss(choices[number - 1])

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Take a choice of the list."""
        event.stop()
        choice = self._lines[event.option_index].choice
        if choice is not None:
            self.dismiss(choice)

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Say more of what is highlighted."""
        event.stop()
        if event.option_index < len(self._lines):
            self.query_one("#start-about", Static).update(self._lines[event.option_index].about or Content(""))
            self.query_one("#start-told").scroll_home(animate=False)

    @work(thread=True, exclusive=True, group="start")
    def _look(self) -> None:
        from tui.examples import examples

        failures = examples()
        from triage.shelf import saved_sessions

        try:
            entries, problem = saved_sessions(), ""
        except TriageError as error:
            entries, problem = [], str(error)
        self.post_message(_Found(failures, entries, problem))
        # What a triage takes is imported while the person reads.
        import tui.beginning
        import tui.triage_screen  # noqa: F401

    def on__found(self, event: _Found) -> None:
        """List the failures and the saved sessions."""
        event.stop()
        word = wording_of(self)
        saved = _saved(event.entries, event.problem, word)
        self._offer([*_beginnings(word), *_failures(event.failures, word), *saved])

    def _offer(self, lines: Sequence[_Line]) -> None:
        listed = self.query_one("#start-list", OptionList)
        kept = listed.highlighted
        self._lines = list(lines)
        options, number = [], 0
        for line in lines:
            number += line.choice is not None
            sign = "" if line.choice is None else f"{number}  " if number <= DIGITS else "   "
            words = joined(Content.styled(sign, "dim"), line.words)
            options.append(Option(words, disabled=line.choice is None))
        listed.set_options(options)
        listed.highlighted = kept or 0


def _heading(text: str) -> list[_Line]:
    return [_Line(Content("")), _Line(content(text, "bold"))]


def _beginnings(word: Wording) -> list[_Line]:
    new = Content(word("Say what is wrong with the run and answer a few questions."))
    files = "CSV, JSON lines, TensorBoard, W&B, plain text and more; which column is what is recognised and shown."
    return [
        _Line(Content(word("New triage")), New(), new),
        _Line(Content(word("Attach a log and start")), NewWithLog(), Content(word(files))),
    ]


def _failures(failures: Sequence[Failure], word: Wording) -> list[_Line]:
    return [
        *_heading(word("Famous failures, to try it on")),
        *(
            _Line(
                content(failure.title),
                Example(failure.name),
                joined(
                    content(failure.story),
                    Content("\n"),
                    content(word("From: {title}, {place}", title=failure.source_title, place=failure.source_address)),
                ),
            )
            for failure in failures
        ),
    ]


def _saved(entries: Sequence[Entry], problem: str, word: Wording) -> list[_Line]:
    heading = _heading(word("Saved triages"))
    if problem:
        return [*heading, _Line(content(problem, longest=300))]
    if not entries:
        return [*heading, _Line(Content(word("None yet. What you begin here is saved by itself.")))]
    now = datetime.now().astimezone()
    more = len(entries) - MOST_SESSIONS
    told = word("{n} more; {command} shows them all", n=f"{more:,}", command="triage sessions list")
    rest = [_Line(Content(told))] if more > 0 else []
    return [*heading, *(_session(entry, now, word) for entry in entries[:MOST_SESSIONS]), *rest]


def _session(entry: Entry, now: datetime, word: Wording) -> _Line:
    when = padded(_when(entry.changed, now, word), 16)
    if entry.problem is not None:
        reason = entry.problem.removeprefix(plain(str(entry.path), 300)).lstrip(",: ")
        told = word("{id} cannot be read: {reason}", id=entry.id, reason=reason)
        return _Line(joined(f"   {when}  ", content(told, longest=300)))
    answers = padded(word("{n} answer" if entry.answers == 1 else "{n} answers", n=entry.answers), 10)
    words = joined(f"{when}  {answers}  ", content(_files(entry.files, word), longest=200))
    begun = "" if entry.created is None else word(", begun {when}", when=_when(entry.created, now, word))
    files = ", ".join(entry.files) if entry.files else word("no log")
    session = word("Session {id}", id=entry.id)
    about = joined(content(f"{files}{begun}", longest=600), Content("\n"), content(session, longest=200))
    return _Line(words, Resume(entry.id), about)


def _files(files: Sequence[str], word: Wording) -> str:
    if not files:
        return word("no log")
    name = PurePath(files[0]).name or files[0]
    return name if len(files) == 1 else word("{name} and {n} more", name=name, n=len(files) - 1)


def _when(moment: datetime, now: datetime, word: Wording) -> str:
    """The moment in the zone of ``now``: ``today 09:12``, ``yesterday 09:12``, ``2026-03-04 09:12``."""
    try:
        local = moment.astimezone(now.tzinfo)
    except OverflowError:
        local = moment.astimezone(UTC)
    clock = f"{local:%H:%M}"
    if local.date() == now.date():
        return word("today {clock}", clock=clock)
    if local.date() == (now - timedelta(days=1)).date():
        return word("yesterday {clock}", clock=clock)
    return f"{local:%Y-%m-%d} {clock}"
