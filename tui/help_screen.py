"""All keys and commands, made from the bindings as they are now, a keymap of the person's own included."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import ActiveBinding, Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Static

from tui.commands import COMMANDS
from tui.words import content, joined

__all__ = ["HelpScreen"]

INTRODUCTION = (
    "Answer with the number of a choice, with arrows and Enter, or with the mouse. Begin to type and it goes to the "
    "line below: your own words, the path of a log, or a command. What was understood counts only once you say so."
)


class HelpScreen(ModalScreen[None]):
    """Keys and commands.

    Args:
        active: key -> binding, of the screen that help is asked on.

    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,f1,q", "dismiss", "Close", id="close_help")]

    def __init__(self, active: Mapping[str, ActiveBinding]) -> None:
        """Show the bindings that are active now."""
        super().__init__()
        self._active = dict(active)

    def compose(self) -> ComposeResult:
        """A list of commands, then the keys of what has the focus."""
        with VerticalScroll(id="help-panel"):
            yield Static("Keys and commands", id="help-title", markup=False)
            yield Static(content(INTRODUCTION), markup=False, classes="help-text")
            yield Static(Content("\n").join(self._commands()), markup=False, classes="help-keys")
            others = self._others()
            if others:
                yield Static(content("Here, at this moment", "bold"), markup=False, classes="help-text")
                yield Static(Content("\n").join(others), markup=False, classes="help-keys")
            yield Button("Close", id="help-close", compact=True)

    def on_mount(self) -> None:
        """Arrows scroll at once."""
        self.query_one("#help-panel").focus()

    def on_button_pressed(self) -> None:
        """Close."""
        self.dismiss()

    def _keys_of(self, name: str) -> str:
        keys = [self.app.get_key_display(item.binding) for item in self._active.values() if item.binding.id == name]
        return ", ".join(dict.fromkeys(keys))

    def _commands(self) -> list[Content]:
        return [
            _line(self._keys_of(command.name) or command.key, f"/{command.name}", command.help) for command in COMMANDS
        ]

    def _others(self) -> list[Content]:
        known = {command.name for command in COMMANDS}
        lines: dict[str, list[str]] = {}
        for item in self._active.values():
            binding = item.binding
            if binding.id not in known and binding.description and not binding.system:
                lines.setdefault(binding.description, []).append(self.app.get_key_display(binding))
        return [_line(", ".join(dict.fromkeys(keys)), "", description) for description, keys in lines.items()]


def _line(keys: str, name: str, words: str) -> Content:
    head = Content.styled(keys, "bold $accent")
    return joined(head, Content.styled(f" {name}" if name else "", "$primary"), "\n    ", content(words))
