"""The conversation so far.

It is one widget that draws its lines itself: with a widget for every utterance each answer would take several layouts
and frames, and more with every answer given.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence

from textual.content import Content
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.selection import Selection
from textual.strip import Strip
from textual.visual import Visual

from tui.consultation import Entry
from tui.words import broken, content, joined

__all__ = ["Conversation"]

MOST_ENTRIES = 400
"""Utterances that are kept on the screen; what was said longer ago is still in the evidence."""

INDENT = 2
"""Columns by which what the person said stands farther right."""

MOST_LINES = 100
"""Lines of one utterance; what comes after them stands in the last."""


class Conversation(ScrollView, can_focus=True):
    """What the system and the person said, the last of it in view."""

    def __init__(self, *, id: str | None = None) -> None:
        """Nothing is said yet."""
        super().__init__(id=id)
        self._entries: deque[Entry] = deque(maxlen=MOST_ENTRIES)
        self._strips: deque[list[Strip]] = deque(maxlen=MOST_ENTRIES)
        self._lines: list[Strip] = []
        self._width = 0
        self._is_low = False

    def add(self, entries: Sequence[Entry]) -> None:
        """Say something more."""
        if not entries:
            return
        self._entries += entries
        if self._width:
            self._strips += [self._drawn(entry) for entry in entries]
            self._place()
            self.scroll_end(animate=False, immediate=True)

    def render_line(self, y: int) -> Strip:
        """One line; the last stands at the bottom."""
        width, style = self.size.width, self.rich_style
        place = self.scroll_offset.y + y - max(self.size.height - len(self._lines), 0)
        if not 0 <= place < len(self._lines):
            return Strip.blank(width, style)
        line = self._lines[place].crop_extend(0, width, style)
        if (selection := self.text_selection) is not None and (span := selection.get_span(place)) is not None:
            line = self._marked(line, *span)
        return line.apply_offsets(0, place)

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """The text that is selected with the mouse."""
        return selection.extract("\n".join(line.text.rstrip() for line in self._lines)), "\n"

    def selection_updated(self, selection: Selection | None) -> None:
        """Show what is selected."""
        self.refresh()

    def notify_style_update(self) -> None:
        """Draw everything in the colours of another theme, and closer together on a low screen."""
        super().notify_style_update()
        if self._width:
            self._draw_anew()

    def _size_updated(self, size: Size, virtual_size: Size, container_size: Size, layout: bool = True) -> bool:
        """Stay at the end where it was in sight; done here, this takes no frame of its own as a later event would."""
        was_at_end = self.is_vertical_scroll_end
        is_resized = super()._size_updated(size, virtual_size, container_size, layout)
        width, is_low = self.scrollable_content_region.width, self.screen.has_class("-short")
        if (width, is_low) != (self._width, self._is_low):
            self._width, self._is_low = width, is_low
            self._draw_anew()
        if was_at_end:
            self._stand_at_end()
        return is_resized

    def _stand_at_end(self) -> None:
        """Scroll without asking for another frame: the one that follows a layout is still to come."""
        end = self.max_scroll_y
        if self.scroll_y != end:
            self.set_reactive(Conversation.scroll_y, float(end))
            self.set_reactive(Conversation.scroll_target_y, float(end))
            self._set_dirty()
            if self.show_vertical_scrollbar:
                self.vertical_scrollbar.position = end

    def _draw_anew(self) -> None:
        self._strips = deque(map(self._drawn, self._entries), maxlen=MOST_ENTRIES)
        self._place()

    def _place(self) -> None:
        """Put the utterances below each other."""
        self._lines = [line for strips in self._strips for line in strips]
        self.set_reactive(Conversation.virtual_size, Size(self._width, len(self._lines)))
        self._scroll_update(self.virtual_size)
        self.refresh()

    def _drawn(self, entry: Entry) -> list[Strip]:
        """An utterance as lines, with an empty one after it where there is room."""
        indent = INDENT if entry.who == "you" else 0
        width = max(self._width - indent, 1)
        strips = Visual.to_strips(self, _told(entry, width), width, None, self.visual_style, apply_selection=False)
        before = Strip.blank(indent, self.rich_style)
        gap = [] if self._is_low else [Strip.blank(0)]
        return [*(Strip.join([before, strip]) for strip in strips), *gap]

    def _marked(self, line: Strip, start: int, end: int) -> Strip:
        end = line.cell_length if end == -1 else min(end, line.cell_length)
        if start >= end:
            return line
        cuts = [cut for cut in (start, end, line.cell_length) if cut]
        parts = list(line.divide(cuts))
        place = 1 if start else 0
        parts[place] = parts[place].apply_style(self.screen.get_component_rich_style("screen--selection"))
        return Strip.join(parts)


def _told(entry: Entry, width: int) -> Content:
    style = {"triage": "", "you": "bold", "note": "dim"}[entry.who]
    sign = {"triage": "", "you": "› ", "note": ""}[entry.who]
    return joined(
        Content.styled(sign, "bold $primary"), Content("\n").join(_paragraphs(entry, style, width - len(sign)))
    )


def _paragraphs(entry: Entry, style: str, width: int) -> Iterator[Content]:
    yield from (broken(content(line, style), width) for line in entry.text.split("\n", MOST_LINES))
    yield from (joined("• ", broken(content(message), width - 2)) for _, _, message in entry.findings)
