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
from triage.report.escape import plain
from tui.key_line import KeyLine
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
        with Vertical(id="start-page"):
            yield Static(Content("triage"), id="start-title", markup=False)
            yield Static(Content(WHAT_IT_IS), id="start-sentence", markup=False)
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
        self._offer([*_beginnings(), _Line(Content("")), _Line(content("Looking for saved triages", "italic"))])
        self.call_after_refresh(self._look)

    def action_begin(self, how: str) -> None:
        """Begin a new triage, with or without a log."""
        self.dismiss(NewWithLog() if how == "log" else New())

    def action_resume(self) -> None:
        """Go on with the session that was changed last, if there is one."""
        last = next((line.choice for line in self._lines if isinstance(line.choice, Resume)), None)
        if last is None:
            self.notify("No triage is saved that could be resumed.", markup=False)
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
        self._offer([*_beginnings(), *_failures(event.failures), *_saved(event.entries, event.problem)])

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


def _beginnings() -> list[_Line]:
    return [
        _Line(Content("New triage"), New(), Content("Say what is wrong with the run and answer a few questions.")),
        _Line(
            Content("Attach a log and start"),
            NewWithLog(),
            Content(
                "CSV, JSON lines, TensorBoard, W&B, plain text and more; which column is what is recognised and shown."
            ),
        ),
    ]


def _failures(failures: Sequence[Failure]) -> list[_Line]:
    return [
        *_heading("Famous failures, to try it on"),
        *(
            _Line(
                content(failure.title),
                Example(failure.name),
                joined(
                    content(failure.story),
                    Content("\n"),
                    content(f"From: {failure.source_title}, {failure.source_address}"),
                ),
            )
            for failure in failures
        ),
    ]


def _saved(entries: Sequence[Entry], problem: str) -> list[_Line]:
    if problem:
        return [*_heading("Saved triages"), _Line(content(problem, longest=300))]
    if not entries:
        return [*_heading("Saved triages"), _Line(Content("None yet. What you begin here is saved by itself."))]
    now = datetime.now().astimezone()
    more = len(entries) - MOST_SESSIONS
    rest = [_Line(Content(f"{more:,} more; triage sessions list shows them all"))] if more > 0 else []
    return [*_heading("Saved triages"), *(_session(entry, now) for entry in entries[:MOST_SESSIONS]), *rest]


def _session(entry: Entry, now: datetime) -> _Line:
    when = _when(entry.changed, now)
    if entry.problem is not None:
        reason = entry.problem.removeprefix(plain(str(entry.path), 300)).lstrip(",: ")
        return _Line(joined(f"   {when:<16}  ", content(f"{entry.id} cannot be read: {reason}", longest=300)))
    answers = f"{entry.answers} answer{'' if entry.answers == 1 else 's'}"
    words = joined(f"{when:<16}  {answers:<10}  ", content(_files(entry.files), longest=200))
    begun = "" if entry.created is None else f", begun {_when(entry.created, now)}"
    files = ", ".join(entry.files) if entry.files else "no log"
    about = joined(content(f"{files}{begun}", longest=600), Content("\n"), content(f"Session {entry.id}", longest=200))
    return _Line(words, Resume(entry.id), about)


def _files(files: Sequence[str]) -> str:
    if not files:
        return "no log"
    name = PurePath(files[0]).name or files[0]
    return name if len(files) == 1 else f"{name} and {len(files) - 1} more"


def _when(moment: datetime, now: datetime) -> str:
    """The moment in the zone of ``now``: ``today 09:12``, ``yesterday 09:12``, ``2026-03-04 09:12``."""
    try:
        local = moment.astimezone(now.tzinfo)
    except OverflowError:
        local = moment.astimezone(UTC)
    clock = f"{local:%H:%M}"
    if local.date() == now.date():
        return f"today {clock}"
    if local.date() == (now - timedelta(days=1)).date():
        return f"yesterday {clock}"
    return f"{local:%Y-%m-%d} {clock}"
