"""The line in which the person says anything in their own words, and what was understood of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import HorizontalGroup, Vertical
from textual.content import Content
from textual.message import Message
from textual.suggester import SuggestFromList
from textual.widgets import Button, Input, OptionList, Static
from textual.widgets.option_list import Option

from tui.commands import COMMANDS
from tui.harmless import StandIns
from tui.messages import Brought
from tui.wording import wording_of
from tui.words import LONGEST_NAME, content, joined

__all__ = ["Chip", "ChipList", "Prompt", "PromptLine"]

LONGEST = 4000
"""Characters of what is said at once."""

WAITING = "Understood as follows. Enter lets it count; choose a line to remove it."


@dataclass(frozen=True, slots=True)
class Chip:
    """One finding that was understood.

    Args:
        finding: id.
        states: those that it may be.
        label: what is shown.

    """

    finding: str
    states: tuple[str, ...]
    label: str


class PromptLine(Input):
    """The line itself."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,down", "leave", "To the choices", show=False, id="to_choices"),
        Binding("escape", "clear", "Clear", show=False, id="clear"),
    ]

    class Left(Message):
        """The person goes back to the choices."""

    class Pasted(Message):
        """Something was pasted into the empty line."""

        def __init__(self, text: str) -> None:
            """``text``: all of it."""
            super().__init__()
            self.text = text

    def action_leave(self) -> None:
        """Go to the choices."""
        self.post_message(self.Left())

    def action_clear(self) -> None:
        """Empty the line and go to the choices."""
        self.value = ""
        self.post_message(self.Left())

    def _on_paste(self, event: events.Paste) -> None:
        if not self.value and event.text:
            event.prevent_default()
            event.stop()
            self.post_message(self.Pasted(event.text))


class ChipList(OptionList):
    """What was understood; Enter, Delete or a click removes it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "select", "Remove", id="remove_chip"),
        Binding("delete,backspace", "drop", "Remove", show=False, id="drop_chip"),
    ]

    class Dropped(Message):
        """A chip is not meant."""

        def __init__(self, place: int) -> None:
            """``place``: which, from zero."""
            super().__init__()
            self.place = place

    def action_drop(self) -> None:
        """Remove the highlighted chip."""
        if self.highlighted is not None:
            self.post_message(self.Dropped(self.highlighted))


class Prompt(Vertical):
    """The line, and chips of what was understood; they count once Enter is pressed again."""

    class Told(Message):
        """A line was typed."""

        def __init__(self, text: str) -> None:
            """``text``: the line."""
            super().__init__()
            self.text = text

    def compose(self) -> ComposeResult:
        """Chips above the line."""
        yield Static(id="chips-head", markup=False)
        yield ChipList(id="chips", markup=False)
        yield Button(wording_of(self)("Let it count"), id="count-chips", compact=True)
        with HorizontalGroup(id="prompt-row"):
            yield Static("›", id="prompt-sign", markup=False)
            yield PromptLine(
                placeholder=wording_of(self)("Say it in your own words, paste a path, or /help"),
                max_length=LONGEST,
                suggester=SuggestFromList([f"/{command.name}" for command in COMMANDS]),
                select_on_focus=False,
                compact=True,
                highlighter=StandIns(),
                id="prompt",
            )

    def on_mount(self) -> None:
        """No chips yet."""
        self._chips: list[Chip] = []
        self._draw()

    @property
    def line(self) -> PromptLine:
        """The line."""
        return self.query_one(PromptLine)

    @property
    def waiting(self) -> tuple[Chip, ...]:
        """What was understood and does not count yet."""
        return tuple(self._chips)

    def understand(self, chips: Sequence[Chip]) -> None:
        """Show what was understood."""
        replaced = {chip.finding for chip in chips}
        self._chips = [*(chip for chip in self._chips if chip.finding not in replaced), *chips]
        self._draw()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take the line; an empty one takes the chips."""
        event.stop()
        text = event.value.strip()
        self.line.value = ""
        if text:
            self.post_message(self.Told(text))
        elif self._chips:
            self.count()

    def count(self) -> None:
        """Let the chips count."""
        self.post_message(Brought([(chip.finding, chip.states) for chip in self._chips]))
        self._chips = []
        self._draw()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Let the chips count."""
        event.stop()
        self.count()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Remove a chip."""
        event.stop()
        self.drop_chip(event.option_index)

    def on_chip_list_dropped(self, event: ChipList.Dropped) -> None:
        """Remove a chip."""
        event.stop()
        self.drop_chip(event.place)

    def drop_chip(self, place: int) -> None:
        """Remove the chip at a place."""
        del self._chips[place]
        self._draw()
        if not self._chips:
            self.line.focus()

    def _draw(self) -> None:
        shown = bool(self._chips)
        self.screen.set_class(shown, "-chips")
        for name in ("#chips-head", "#chips", "#count-chips"):
            self.query_one(name).display = shown
        self.query_one("#chips-head", Static).update(content(wording_of(self)(WAITING), "dim"))
        chips = [
            Option(joined(Content.styled("✕ ", "bold $warning"), content(chip.label, longest=3 * LONGEST_NAME)))
            for chip in self._chips
        ]
        self.query_one(ChipList).set_options(chips)
