"""A line for paths: what follows is proposed as one types, files that are dropped on it are written as paths."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from textual import events, on, work
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Input
from textual.worker import get_current_worker

from tui.completion import Completion, completion_of
from tui.harmless import StandIns
from tui.pasted import LONGEST_TEXT, paths_in, written

__all__ = ["PathLine"]


class PathLine(Input):
    """A line for one path or several.

    Args:
        folder: where relative paths begin.

    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "complete", "Complete", id="path.complete"),
        Binding("down", "enter_proposals", "Proposals", show=False, id="path.proposals"),
    ]

    class Proposed(Message):
        """It is known how the text may go on."""

        def __init__(self, completion: Completion) -> None:
            """``completion``: of the text as it is now."""
            super().__init__()
            self.completion = completion

    class ProposalsWanted(Message):
        """The person wants to choose from what is proposed."""

    class _Found(Message):
        def __init__(self, completion: Completion, *, wanted: bool) -> None:
            super().__init__()
            self.completion = completion
            self.wanted = wanted

    def __init__(self, folder: Path, *, id: str | None = None) -> None:
        """Nothing is typed yet."""
        super().__init__(
            placeholder="path of a log, or drop files here",
            id=id,
            compact=True,
            max_length=LONGEST_TEXT,
            select_on_focus=False,
            highlighter=StandIns(),
        )
        self._folder = folder

    def on_mount(self) -> None:
        """Propose what the folder holds."""
        self.look()

    def look(self) -> None:
        """Find out how the text may go on."""
        self._look(self.value, wanted=False)

    def set_text(self, text: str) -> None:
        """Replace the text, to be typed on at its end."""
        self.value = text
        self.cursor_position = len(text)
        # Its end is in reach only once the longer text is laid out.
        self.call_after_refresh(lambda: self.scroll_to(x=self.max_scroll_x, animate=False, force=True))

    def action_complete(self) -> None:
        """Write as much as is certain; where nothing is, go on to the next thing as Tab does."""
        if self.value.strip():
            self._look(self.value, wanted=True)
        else:
            self.screen.focus_next()

    def action_enter_proposals(self) -> None:
        """Choose from what is proposed."""
        self.post_message(self.ProposalsWanted())

    @on(Input.Changed)
    def _changed(self) -> None:
        self.look()

    def _on_paste(self, event: events.Paste) -> None:
        """Write dropped files as paths; anything else is Input's."""
        if files := paths_in(event.text):
            event.stop()
            event.prevent_default()
            text = (
                str(files[0]) if len(files) == 1 and not self.value else " ".join(written(str(file)) for file in files)
            )
            blank = " " if self.value and not self.value[: self.cursor_position].endswith(" ") else ""
            self.insert_text_at_cursor(blank + text)

    @work(thread=True, exclusive=True, group="complete")
    def _look(self, text: str, *, wanted: bool) -> None:
        worker = get_current_worker()
        completion = completion_of(text, self._folder, lambda: worker.is_cancelled)
        if not worker.is_cancelled:
            self.post_message(self._Found(completion, wanted=wanted))

    @on(_Found)
    def _propose(self, event: _Found) -> None:
        event.stop()
        completion = event.completion
        if completion.text != self.value:
            return
        longer = completion.longest()
        if not event.wanted:
            self.post_message(self.Proposed(completion))
        elif longer != self.value:
            self.set_text(longer)
        elif self.has_focus:
            self.screen.focus_next()
