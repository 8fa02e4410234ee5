"""The main screen: the conversation on one side, what is believed and the curve on the other."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, HorizontalGroup, Vertical
from textual.message import Message
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Button, ProgressBar, Static

from triage.report.choice import finding_words, verdict
from tui.choices import ChoiceList
from tui.commands import bindings
from tui.consultation import Entry
from tui.conversation import Conversation
from tui.curve_panel import CurvePanel
from tui.evidence_panel import EvidencePanel
from tui.key_line import KeyLine
from tui.messages import Brought, Command, Heard, Revise, Said
from tui.pasted import folder_in, paths_in
from tui.pressable import say
from tui.prompt import LONGEST, Chip, Prompt, PromptLine
from tui.question_panel import QuestionPanel
from tui.standing import CausesPanel, CausesStrip
from tui.styles import style_files
from tui.view import View
from tui.wording import screen_wording, wording_of
from tui.words import content

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.types import CSSPathType

    from triage.telling import Telling

__all__ = ["PassedOver", "TriageScreen"]

VIEWS = ("talk", "causes", "curve", "evidence")
"""What is shown one at a time where there is no room for all."""

VIEW_NAMES = {"talk": "Talk", "causes": "Causes", "curve": "Curve", "evidence": "Evidence"}


class PassedOver(Message):
    """None of what was offered first is wrong."""


STYLES = ("triage_screen", "attach_screen", "cause_screen", "curve_panel", "export_screen", "verdict_screen")
"""Not needed for the first paint; those of the screens that open from here are among them, as Textual reads all styles
anew whenever some are added."""


class TriageScreen(Screen[None]):
    """Conversation, causes, curve and evidence; side by side where there is room, else one at a time.

    Args:
        hear: text -> what it says, and what was pasted into it.

    """

    CSS_PATH: ClassVar[CSSPathType | None] = [*style_files(*STYLES)]
    BINDINGS: ClassVar[list[BindingType]] = [*bindings()]
    AUTO_FOCUS = "#choices"

    def __init__(self, hear: Callable[[str], Telling]) -> None:
        """Nothing is shown before `show`."""
        super().__init__()
        self._hear = hear
        self._view: View | None = None
        self._said: list[Entry] = []
        self._ready = False

    def compose(self) -> ComposeResult:
        """All panels; the style sheet arranges them."""
        word = wording_of(self)
        yield Static(id="verdict-line", markup=False)
        with HorizontalGroup(id="views"):
            for name in VIEWS:
                yield Button(word(VIEW_NAMES[name]), id=f"view-{name}", name=name, compact=True)
        with Horizontal(id="body"):
            with Vertical(id="talk"):
                yield CausesStrip(id="strip")
                yield Conversation(id="conversation")
                with HorizontalGroup(id="reading"):
                    yield Static(word("Reading the log"), id="reading-words", markup=False)
                    yield ProgressBar(id="reading-bar", show_eta=False)
                    yield Button(word("Cancel"), id="cancel", compact=True)
                yield QuestionPanel(id="question")
                yield Prompt(id="prompt-panel")
            with Vertical(id="sides"):
                yield CausesPanel(id="causes")
                yield CurvePanel(id="curve")
                yield EvidencePanel(id="evidence")
        yield KeyLine(palette=True)

    def on_mount(self) -> None:
        """Show what was given before."""
        self._ready = True
        self.look_at("talk")
        self.read_so_far(None)
        said, self._said = self._said, []
        self.add(said)
        view, self._view = self._view, None
        if view is not None:
            self.show(view)

    def show(self, view: View) -> None:
        """Show what is believed now."""
        earlier, self._view = self._view, view
        if not self._ready:
            return
        say(self.query_one("#verdict-line", Static), content(verdict(view.diagnosis), "bold"))
        self.query_one(CausesStrip).show(view)
        self.query_one(CausesPanel).show(view)
        self.query_one(EvidencePanel).show(view)
        self.query_one(CurvePanel).show(view)
        if earlier is None or not _same_topic(earlier, view):
            self.query_one(QuestionPanel).show(view)

    def add(self, entries: Sequence[Entry]) -> None:
        """Say something in the conversation."""
        if self._ready:
            self.query_one(Conversation).add(entries)
        else:
            self._said += entries

    def look_at(self, name: str) -> None:
        """Bring a view to the front, and the focus to it."""
        for view in VIEWS:
            self.set_class(view == name, f"-view-{view}")
            self.query_one(f"#view-{view}").set_class(view == name, "-shown")
        widget = self._target(name)
        focused = self.focused

        def move_on() -> None:
            if self.focused is focused:  # else the person has begun to type meanwhile
                self.set_focus(widget)

        self.call_after_refresh(move_on)

    def watch_focused(self) -> None:
        """Keys always lead somewhere, also where what had the focus is hidden now."""
        self.call_after_refresh(self._keep_focus)

    def _keep_focus(self) -> None:
        shown = next((view for view in VIEWS if self.has_class(f"-view-{view}")), None)
        if shown is None or not self.is_current or not self.app.app_focus:
            return
        if self.focused is None or not _is_displayed(self.focused):
            self.set_focus(self._target(shown))

    def _target(self, name: str) -> Widget:
        """What has the focus first in a view."""
        target = {"talk": "#choices", "curve": "#curve", "causes": "#causes", "evidence": "#evidence"}[name]
        widget = self.query_one(target)
        if widget.can_focus:
            return widget
        return next((child for child in widget.query("*") if child.can_focus), widget)

    def read_so_far(self, share: float | None, words: str = "") -> None:
        """Show how much of a log is read; None where none is being read."""
        if not self._ready:
            return
        self.query_one("#reading").display = share is not None
        if share is not None:
            say(self.query_one("#reading-words", Static), content(words, longest=60))
            self.query_one(ProgressBar).update(total=1.0, progress=share)

    def _command(self, name: str) -> None:
        """Carry out a command that a button, or a key in the choices, asks for."""
        self.post_message(Command(name, ""))

    @on(Button.Pressed)
    def _on_button(self, event: Button.Pressed) -> None:
        button = event.button
        if button.id is None:
            return
        event.stop()
        name = button.name if button.id.startswith("view-") and button.name else button.id
        self._command(name)

    @on(ChoiceList.Chosen)
    def _on_chosen(self, event: ChoiceList.Chosen) -> None:
        event.stop()
        self._take(event.states)

    def before_key(self, event: events.Key) -> None:
        """Give the line the focus where a key that is about to be passed on begins a sentence."""
        focused = self.focused
        if isinstance(focused, ChoiceList) and focused.begins_sentence(event.character):
            self.set_focus(self.query_one(PromptLine))

    @on(ChoiceList.Typed)
    def _on_typed(self, event: ChoiceList.Typed) -> None:
        event.stop()
        self._command("why" if event.character == "?" else "unknown")

    @on(PromptLine.Left)
    def _on_left(self) -> None:
        self.query_one(ChoiceList).focus()

    @on(PromptLine.Pasted)
    def _on_pasted(self, event: PromptLine.Pasted) -> None:
        event.stop()
        self._told(event.text)

    @on(Prompt.Told)
    def _on_told(self, event: Prompt.Told) -> None:
        event.stop()
        self._told(event.text)

    def on_paste(self, event: object) -> None:
        """A path that is dropped on the window arrives as a paste, whatever has the focus."""
        text = getattr(event, "text", "")
        if text:
            self._told(text)

    def _told(self, text: str) -> None:
        """A command, files, the number of an answer, or something in the person's own words."""
        if text.startswith("/") and (command := re.fullmatch(r"/([a-z]+)(?:\s+(.*))?", text, re.DOTALL)):
            self.post_message(Command(command[1], (command[2] or "").strip()))
        elif paths_in(text) or folder_in(text):
            self.post_message(Command("attach", text))
        elif text.strip() in ("?", "？", "0"):
            self._command("unknown" if text.strip() == "0" else "why")
        elif re.fullmatch(r"[0-9]{1,2}([ ,，、]+[0-9]{1,2})*", text.strip()):
            self._numbers([int(number) for number in re.findall(r"[0-9]+", text)])
        else:
            self._own_words(text)

    def _numbers(self, numbers: Sequence[int]) -> None:
        choices = self.query_one(ChoiceList).choices
        if all(1 <= number <= len(choices) for number in numbers):
            self._take([choices[number - 1].state for number in dict.fromkeys(numbers)])
        else:
            self.add([Entry("note", wording_of(self)("Expected numbers from 1 to {n}.", n=len(choices)))])

    def _own_words(self, text: str) -> None:
        if self._view is None:
            return
        telling = self._hear(text)
        self.add([Entry("you", " ".join(text[:LONGEST].split()))])
        if telling.is_empty:
            nothing = "I did not recognise a symptom or a setting in that; nothing of it counts."
            self.add([Entry("note", wording_of(self)(nothing))])
            return
        if telling.history is not None or telling.enclosed:
            self.post_message(Heard(telling))
        base = self._view.base
        chips = []
        for item in telling.understood:
            labels = [finding_words(base, item.finding, state) for state in item.states]
            word = screen_wording(base.language)
            several = word(" or ").join(label for _, label in labels)
            label = word("{title}: {label}", title=labels[0][0], label=several)
            chips.append(Chip(item.finding, item.states, label))
        self.query_one(Prompt).understand(chips)
        self.query_one(PromptLine).focus()

    def _take(self, states: Sequence[str]) -> None:
        """Take choices of the present topic."""
        if self._view is None:
            return
        topic = self._view.topic
        if topic.stage == "opening":
            self._open([state for state in states if state])
        elif topic.stage == "end":
            self.post_message(Revise(states[0]))
        else:
            self.post_message(Said(topic.finding, states))

    def _open(self, states: Sequence[str]) -> None:
        brought: dict[str, list[str]] = {}
        for finding, _, state in (name.partition("=") for name in states):
            brought.setdefault(finding, []).append(state)
        if brought:
            self.post_message(Brought([(finding, tuple(found)) for finding, found in brought.items()]))
        else:
            self.post_message(PassedOver())


def _is_displayed(widget: Widget) -> bool:
    return all(node.display for node in widget.ancestors_with_self)


def _same_topic(one: View, other: View) -> bool:
    return (one.topic.stage, one.topic.finding, one.topic.choices, len(one.answers), one.can_undo) == (
        other.topic.stage,
        other.topic.finding,
        other.topic.choices,
        len(other.answers),
        other.can_undo,
    )
