"""The dialog that asks which files are to be read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Static

from tui.folder_tree import FolderTree
from tui.folders import shortened
from tui.messages import Attach
from tui.pasted import files_named, path_of, problem_with, split_run
from tui.path_line import PathLine
from tui.proposals import Proposals
from tui.words import content, joined

__all__ = ["AttachScreen"]

MOST_NAMED = 3
"""Attached files that are named."""

_HELP = "Tab completes, the arrows choose, Enter attaches."
_WHICH = "Is it another file of the same run, or another run?"


class AttachScreen(ModalScreen[None]):
    """Asks for files by typing, by choosing or by dropping them; posts `Attach` and closes.

    Args:
        attached: the files of the run that is attached; empty where there is none.
        folder: where relative paths and the choice begin.
        named: files that are named already, as they were typed.

    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "Cancel", id="attach.cancel"),
        Binding("ctrl+b,f3", "browse", "Browse folders", id="attach.browse"),
    ]

    def __init__(self, attached: tuple[str, ...], folder: Path, named: str = "") -> None:
        """Only what is named is chosen yet."""
        super().__init__()
        self._named = named
        self._run_files = tuple(attached)
        self._folder = folder

    def compose(self) -> ComposeResult:
        """Title, line, what is proposed beside folders, and what to do."""
        with Vertical(id="attach-dialog"):
            yield Static(content("Attach a log"), id="attach-title", markup=False)
            if self._run_files:
                yield Static(content(_attached_already(self._run_files)), id="attach-now", markup=False)
            yield PathLine(self._folder, id="attach-path")
            yield Static("", id="attach-hint", markup=False)
            with Horizontal(id="attach-choice"):
                yield Proposals(id="attach-proposals")
                yield FolderTree(self._folder, id="attach-folders")
            with Horizontal(id="attach-do"):
                if self._run_files:
                    yield Button("Another file of the same run", id="attach-beside", compact=True)
                    yield Button("Another run instead", id="attach-instead", compact=True)
                else:
                    yield Button("Attach", id="attach-only", compact=True)
                    yield from _other_buttons()
            if self._run_files:
                with Horizontal(id="attach-else"):
                    yield from _other_buttons()

    def on_mount(self) -> None:
        """Begin in the line; where files are named already, with the question what they are."""
        line = self.query_one(PathLine)
        line.focus()
        self._hint(_HELP)
        if self._named:
            with self.prevent(Input.Changed):
                line.set_text(self._named)
            line.look()
            self._submit()

    def action_cancel(self) -> None:
        """Close without attaching anything."""
        self.dismiss()

    def action_browse(self) -> None:
        """Show the folders in place of what is proposed, or the other way; where both are shown, go to the other."""
        tree, line = self.query_one(FolderTree), self.query_one(PathLine)
        if self.has_class("-wide"):
            (line if tree.has_focus else tree).focus()
            return
        browsing = self.toggle_class("-browsing").has_class("-browsing")
        self.query_one("#attach-browse", Button).label = "Type a path" if browsing else "Browse folders"
        (tree if browsing else line).focus()

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        event.stop()
        match event.button.id:
            case "attach-browse":
                self.action_browse()
            case "attach-cancel":
                self.action_cancel()
            case pressed:
                self._hand_over(beside=pressed == "attach-beside")

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self._submit()

    def _submit(self) -> None:
        if not self._run_files:
            self._hand_over(beside=False)
        elif self._is_usable():
            self._hint(_WHICH)
            self.query_one("#attach-beside", Button).focus()

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._hint(_HELP)

    @on(PathLine.Proposed)
    def _propose(self, event: PathLine.Proposed) -> None:
        event.stop()
        self.query_one(Proposals).propose(event.completion)
        if event.completion.listing.problem:
            self._complain(event.completion.listing.problem)

    @on(PathLine.ProposalsWanted)
    def _go_down(self, event: PathLine.ProposalsWanted) -> None:
        event.stop()
        (self.query_one(FolderTree) if self.has_class("-browsing") else self.query_one(Proposals)).focus()

    @on(Proposals.Left)
    def _go_up(self, event: Proposals.Left) -> None:
        event.stop()
        line = self.query_one(PathLine)
        line.focus()
        line.insert_text_at_cursor(event.typed)

    @on(Proposals.Taken)
    def _take(self, event: Proposals.Taken) -> None:
        event.stop()
        self._write(event.text)

    @on(FolderTree.Chosen)
    def _take_file(self, event: FolderTree.Chosen) -> None:
        event.stop()
        self._write(str(event.path))

    def _write(self, text: str) -> None:
        line = self.query_one(PathLine)
        line.set_text(text)
        line.focus()

    def _hand_over(self, *, beside: bool) -> None:
        if self._is_usable():
            named, run = split_run(self.query_one(PathLine).value)
            self.app.post_message(Attach(files_named(named, self._folder), beside=beside, run=run))
            self.dismiss()

    def _is_usable(self) -> bool:
        """Whether the line names files; where it names a folder, what that holds is proposed."""
        line = self.query_one(PathLine)
        problem = problem_with(split_run(line.value)[0], self._folder)
        if not problem:
            return True
        self._complain(problem)
        line.focus()
        text = line.value.strip()
        if text and not text.endswith("/") and _is_folder(path_of(text, self._folder)):
            with self.prevent(Input.Changed):
                line.set_text(f"{text}/")
            line.look()
        return False

    def _hint(self, text: str) -> None:
        self.query_one("#attach-hint", Static).update(content(text))

    def _complain(self, problem: str) -> None:
        self.query_one("#attach-hint", Static).update(joined(content("!", "bold $text-error"), " ", content(problem)))


def _other_buttons() -> Iterator[Button]:
    yield Button("Browse folders", id="attach-browse", compact=True)
    yield Button("Cancel", id="attach-cancel", compact=True)


def _attached_already(files: tuple[str, ...]) -> str:
    names = ", ".join(shortened(Path(file).name) for file in files[:MOST_NAMED])
    more = len(files) - MOST_NAMED
    return f"Attached already: {names}{f' and {more} more' if more > 0 else ''}"


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False
