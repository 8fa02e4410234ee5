"""Where and how the result is written; nothing that is there is written over unasked."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import HorizontalGroup, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Input, OptionList, Static
from textual.widgets.option_list import Option

from tui.harmless import StandIns
from tui.messages import Export, Kind
from tui.words import content, joined

__all__ = ["ExportScreen"]

NAME = "triage-report"

KINDS: tuple[tuple[Kind, str, str, str], ...] = (
    ("markdown", ".md", "Markdown", "for an issue or a wiki"),
    ("html", ".html", "HTML", "one page with the curve"),
    ("json", ".json", "JSON", "for another program"),
    ("svg", ".svg", "SVG", "a picture of the screen"),
)
"""Kind, suffix, name, and what it is good for."""


class ExportScreen(ModalScreen[None]):
    """Form and path; Enter writes.

    Args:
        path: where to write, as it was typed; its suffix chooses the form. Empty for a name in the current folder.

    """

    AUTO_FOCUS = "#export-path"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Cancel", id="export.leave"),
        Binding("ctrl+s", "write", "Write", priority=True, id="export"),
    ]

    def __init__(self, path: str = "") -> None:
        """Markdown where the path does not say otherwise."""
        super().__init__()
        self._place = _form_of(path)
        self._suggested = path or f"{NAME}{KINDS[self._place][1]}"
        self._agreed: Path | None = None

    def compose(self) -> ComposeResult:
        """The forms, the path, what is wrong with it, and the buttons."""
        with VerticalScroll(id="export-panel", can_focus=False):
            yield Static(Content("Export the result"), id="export-title", markup=False)
            yield OptionList(*_options(self._place), id="export-kinds", markup=False)
            yield Static(Content("To the file"), classes="export-label", markup=False)
            yield Input(self._suggested, id="export-path", select_on_focus=False, compact=True, highlighter=StandIns())
            yield Static(id="export-problem", markup=False)
            with HorizontalGroup(id="export-buttons"):
                yield Button("Write", id="export-write", compact=True)
                yield Button("Cancel", id="export-cancel", compact=True)

    def on_mount(self) -> None:
        """Mark the form that is chosen."""
        self.query_one(OptionList).highlighted = self._place

    @on(OptionList.OptionHighlighted)
    def _on_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        if event.option_index == self._place:
            return
        self._place = event.option_index
        listed = self.query_one(OptionList)
        for place, option in enumerate(_options(self._place)):
            listed.replace_option_prompt_at_index(place, option.prompt)
        line = self.query_one(Input)
        if line.value == self._suggested:
            self._suggested = line.value = _in_form(self._suggested, self._place)
            line.cursor_position = len(line.value)
        self._say("")

    @on(OptionList.OptionSelected)
    def _on_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.query_one(Input).focus()

    @on(Input.Changed)
    def _on_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._say("")

    @on(Input.Submitted)
    def _on_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_write()

    @on(Button.Pressed)
    def _on_button(self, event: Button.Pressed) -> None:
        event.stop()
        if event.button.id == "export-write":
            self.action_write()
        else:
            self.action_leave()

    def action_leave(self) -> None:
        """Write nothing."""
        self.dismiss()

    def action_write(self) -> None:
        """Have it written; where a file is there, only when that is asked for twice."""
        typed = self.query_one(Input).value.strip()
        try:
            path = Path(typed).expanduser()
            taken = _is_there(path)
            problem = _problem(typed, path)
        except (OSError, ValueError, RuntimeError):
            path, taken, problem = Path(), False, "No file of that name can be written."
        if problem:
            self._say(problem)
        elif taken and path != self._agreed:
            self._say("There is such a file already. Once more writes over it.")
            self._agreed = path
            self._name_button("Write over it")
        else:
            app, export = self.app, Export(KINDS[self._place][0], path)
            self.dismiss()
            app.post_message(export)

    def _say(self, problem: str) -> None:
        """Say what is in the way; what was agreed to before is agreed to no more."""
        self._agreed = None
        self._name_button("Write")
        told = self.query_one("#export-problem", Static)
        told.update(joined("! ", content(problem, longest=300)) if problem else Content(""))

    def _name_button(self, name: str) -> None:
        button = self.query_one("#export-write", Button)
        button.label = Content(name)
        button.refresh(layout=True)


def _form_of(path: str) -> int:
    suffix = Path(path).suffix.lower()
    return next((place for place, (_, ending, _, _) in enumerate(KINDS) if ending == suffix), 0)


def _in_form(path: str, place: int) -> str:
    """The path with the ending of a form in place of that of another."""
    ending = Path(path).suffix
    known = {suffix for _, suffix, _, _ in KINDS}
    return f"{path.removesuffix(ending) if ending.lower() in known else path}{KINDS[place][1]}"


def _options(chosen: int) -> list[Option]:
    return [
        Option(joined(f"({'•' if place == chosen else ' '}) {name:<10}", Content.styled(use, "dim")))
        for place, (_, _, name, use) in enumerate(KINDS)
    ]


def _is_there(path: Path) -> bool:
    """Whether anything is; raises what `Path.exists` would pass over, such as a name that no file can have."""
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    return True


def _problem(typed: str, path: Path) -> str:
    if not typed:
        return "Say which file to write."
    if path.is_dir():
        return "This is a folder. Add the name of a file."
    if path.exists() and not path.is_file():
        return "This is no plain file."
    if not path.absolute().parent.is_dir():
        return "There is no such folder."
    return ""
