"""Files and folders that a path may go on with, as a list."""

from __future__ import annotations

from typing import ClassVar

from textual import events, on
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from triage.report.escape import plain
from tui.completion import Completion
from tui.folders import shortened
from tui.words import content, joined

__all__ = ["Proposals"]


class Proposals(OptionList):
    """What a path may go on with; the line above it is one step up from the first."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "up_or_out", "Up", show=False, id="proposals.up"),
    ]

    class Taken(Message):
        """One was chosen."""

        def __init__(self, text: str, *, is_folder: bool) -> None:
            """``text``: what the line becomes; ``is_folder``: whether it goes on."""
            super().__init__()
            self.text = text
            self.is_folder = is_folder

    class Left(Message):
        """The person goes back to the line."""

        def __init__(self, typed: str = "") -> None:
            """``typed``: a character that is meant for the line."""
            super().__init__()
            self.typed = typed

    def __init__(self, *, id: str | None = None) -> None:
        """Nothing is proposed yet."""
        super().__init__(id=id, markup=False)
        self._completion: Completion | None = None

    def propose(self, completion: Completion) -> None:
        """Show what a text may go on with."""
        listing = completion.listing
        options = [
            Option(joined(Content(plain(shortened(entry.name))), "/" if entry.is_folder else ""))
            for entry in listing.entries
        ]
        left = listing.matching - len(listing.entries)
        if left:
            options.append(Option(content(f"({left:,} more: type the beginning of the name)"), disabled=True))
        elif not options:
            options.append(
                Option(content("(no name begins so)" if completion.beginning else "(nothing here)"), disabled=True)
            )
        self._completion = completion
        self.set_options(options)

    def action_up_or_out(self) -> None:
        """Go up, from the first to the line above."""
        if self.highlighted:
            self.action_cursor_up()
        else:
            self.post_message(self.Left())

    def on_focus(self) -> None:
        """Begin at the first."""
        if self.highlighted is None:
            self.action_first()

    def on_key(self, event: events.Key) -> None:
        """Type on in the line."""
        if event.is_printable and event.character and event.character != " ":
            event.stop()
            self.post_message(self.Left(event.character))

    @on(OptionList.OptionSelected)
    def _choose(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        completion = self._completion
        if completion is not None and event.option_index < len(completion.listing.entries):
            entry = completion.listing.entries[event.option_index]
            self.post_message(self.Taken(completion.taking(entry), is_folder=entry.is_folder))
