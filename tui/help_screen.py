"""All keys and commands, made from the bindings as they are now, a keymap of the person's own included."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import ActiveBinding, Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Static

from triage.wording import Wording
from tui.commands import COMMANDS
from tui.pressable import say
from tui.wording import wording_of
from tui.words import content, joined

__all__ = ["HelpScreen"]

INTRODUCTION = (
    "Answer with the number of a choice, with arrows and Enter, or with the mouse. Begin to type and it goes to the "
    "line below: your own words, the path of a log, or a command. What was understood counts only once you say so."
)


class HelpScreen(ModalScreen[None]):
    """Keys and commands. One is kept and shown again: to arrange it anew takes several times as long as to paint it."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,f1,q", "dismiss", "Close", id="close_help")]

    def __init__(self) -> None:
        """Tell nothing yet."""
        super().__init__()
        self._commands = Static(markup=False, classes="help-keys")
        self._here = Static(markup=False, classes="help-text")
        self._others = Static(markup=False, classes="help-keys")

    def tell(self, active: Mapping[str, ActiveBinding]) -> None:
        """Tell these keys.

        Args:
            active: key -> binding, of the screen that help is asked on.

        """
        word = wording_of(self)
        others = Content("\n").join(_others(active, word))
        self._here.display = self._others.display = bool(others)
        say(self._commands, Content("\n").join(_commands(active, word)))
        say(self._others, others)

    def compose(self) -> ComposeResult:
        """A list of commands, then the keys of what has the focus."""
        with VerticalScroll(id="help-panel"):
            word = wording_of(self)
            say(self._here, content(word("Here, at this moment"), "bold"))
            yield Static(word("Keys and commands"), id="help-title", markup=False)
            yield Static(content(word(INTRODUCTION)), markup=False, classes="help-text")
            yield self._commands
            yield self._here
            yield self._others
            yield Button(word("Close"), id="help-close", compact=True)

    def on_screen_resume(self) -> None:
        """Begin at the top, where arrows scroll at once."""
        panel = self.query_one("#help-panel")
        panel.focus()
        panel.scroll_home(animate=False)

    def on_button_pressed(self) -> None:
        """Close."""
        self.dismiss()


def _commands(active: Mapping[str, ActiveBinding], word: Wording) -> list[Content]:
    return [_line(_keys_of(active, each.name) or each.key, f"/{each.name}", word(each.help)) for each in COMMANDS]


def _keys_of(active: Mapping[str, ActiveBinding], name: str) -> str:
    return _listed(item for item in active.values() if item.binding.id == name)


def _others(active: Mapping[str, ActiveBinding], word: Wording) -> list[Content]:
    known = {command.name for command in COMMANDS}
    by_description: dict[str, list[ActiveBinding]] = {}
    for item in active.values():
        if item.binding.id not in known and item.binding.description and not item.binding.system:
            by_description.setdefault(item.binding.description, []).append(item)
    return [_line(_listed(items), "", word(description)) for description, items in by_description.items()]


def _listed(items: Iterable[ActiveBinding]) -> str:
    return ", ".join(dict.fromkeys(item.node.app.get_key_display(item.binding) for item in items))


def _line(keys: str, name: str, words: str) -> Content:
    head = Content.styled(keys, "bold $accent")
    return joined(head, Content.styled(f" {name}" if name else "", "$primary"), "\n    ", content(words))
