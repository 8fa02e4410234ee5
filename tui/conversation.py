"""The conversation so far."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from tui.consultation import Entry
from tui.words import content, joined

__all__ = ["Conversation"]

MOST_ENTRIES = 400
"""Utterances that are kept on the screen; what was said longer ago is still in the evidence."""


class Conversation(VerticalScroll):
    """What the system and the person said, the last of it in view."""

    can_focus = True

    def compose(self) -> ComposeResult:
        """Empty; `add` fills it."""
        yield from ()

    def add(self, entries: Sequence[Entry]) -> None:
        """Say something more."""
        if not entries:
            return
        said = [Static(_told(entry), classes=f"entry -{entry.who}", markup=False) for entry in entries]
        self.mount_all(said)
        if len(self.children) > MOST_ENTRIES:
            self.remove_children(list(self.children)[: len(self.children) - MOST_ENTRIES])
        self.scroll_end(animate=False)


def _told(entry: Entry) -> Content:
    style = {"triage": "", "you": "bold", "note": "dim"}[entry.who]
    sign = {"triage": "", "you": "› ", "note": ""}[entry.who]
    lines = [content(line, style) for line in entry.text.split("\n")]
    lines += [joined("• ", content(message)) for _, _, message in entry.findings]
    return joined(Content.styled(sign, "bold $primary"), Content("\n").join(lines))
