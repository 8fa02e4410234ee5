"""Text from anywhere -> content that a terminal shows as text: never markup, never a control sequence."""

from __future__ import annotations

from textual.content import Content

from triage.report.cells import cells, has_wide, wrapped
from triage.report.escape import folded

__all__ = ["LONGEST_NAME", "broken", "content", "hanging", "joined"]

LONGEST = 3000

LONGEST_NAME = 200
"""Of a title or a label among others; none of ours is half as long."""

NARROWEST = 12
"""Columns of text beside a head, however little room there is."""


def content(text: str, style: str = "", longest: int = LONGEST) -> Content:
    """Prose as content of one style.

    Args:
        text: anything.
        style: a Textual style such as ``bold $accent``; ours, never from outside.
        longest: characters after which the rest is cut.

    """
    shown = folded(text, longest)
    return Content.styled(shown, style) if style else Content(shown)


def joined(*parts: Content | str) -> Content:
    """Several pieces in a row; plain strings are ours and shown as they are."""
    return Content("").join([part if isinstance(part, Content) else Content(part) for part in parts])


def broken(text: Content, width: int) -> Content:
    """The same with line breaks where it holds Chinese, which Textual breaks at blanks alone.

    Args:
        text: one paragraph.
        width: columns that there are.

    """
    plain_text = text.plain
    if width < NARROWEST or not has_wide(plain_text) or cells(plain_text) <= width:
        return text
    ends, place = [], 0
    for line in wrapped(plain_text, width)[:-1]:
        place = plain_text.index(line, place) + len(line)
        ends.append(place)
    parts = text.divide(ends)
    return Content("\n").join([part if number == 0 else _without_blank(part) for number, part in enumerate(parts)])


def _without_blank(text: Content) -> Content:
    return text[1:] if text.plain.startswith(" ") else text


def hanging(head: Content, text: Content, width: int) -> Content:
    """A head, then text beside it that never runs on below it.

    Args:
        head: a number or a sign, with the blank behind it.
        text: what may take several lines.
        width: columns that there are in all.

    """
    room = max(width - head.cell_length, NARROWEST)
    first, *others = broken(text, room).wrap(room) or [Content("")]
    indent = " " * head.cell_length
    return Content("\n").join([joined(head, first), *(joined(indent, line) for line in others)])
