"""Text on a terminal, where a Chinese character takes two columns and a line may end behind almost any of them."""

from __future__ import annotations

import re
import textwrap
import unicodedata
from collections.abc import Iterator

__all__ = ["cells", "has_wide", "padded", "wrapped"]

NOT_AT_THE_BEGINNING = "，。、；：？！）》」』】％…,.;:?!)]}%"
"""No line begins with one of these where the line can be broken elsewhere."""

NOT_AT_THE_END = "（《「『【([{"
"""No line ends with one of these."""


def cells(text: str) -> int:
    """How many columns a line of text takes."""
    return len(text) if text.isascii() else sum(map(_columns, text))


def has_wide(text: str) -> bool:
    """Whether any character takes two columns."""
    return not text.isascii() and any(map(_is_wide, text))


def padded(text: str, columns: int) -> str:
    """The text with blanks behind it up to so many columns."""
    return text + " " * (columns - cells(text))


def wrapped(text: str, width: int, head: str = "", tail: str = "") -> list[str]:
    """A paragraph as lines of at most so many columns.

    Args:
        text: without line breaks.
        width: columns.
        head: what stands before the first line.
        tail: what stands before the others.

    """
    if not has_wide(text):
        return textwrap.wrap(text, width, initial_indent=head, subsequent_indent=tail, break_on_hyphens=False)
    lines, line, is_empty = [], head, True
    for piece in _pieces(text):
        shown = piece.lstrip() if is_empty else piece
        if not is_empty and cells(line) + cells(shown) > width:
            lines.append(line)
            line, shown = tail, piece.lstrip()
        while cells(line) + cells(shown) > width and shown:
            end = _fitting(shown, width - cells(line))
            lines.append(line + shown[:end])
            line, shown = tail, shown[end:]
        line += shown
        is_empty = False
    return lines if is_empty else [*lines, line]


def _pieces(text: str) -> Iterator[str]:
    """What is not broken, each with the blank before it."""
    for word in re.findall(r"\s*\S+", text):
        start = 0
        for place in range(1, len(word)):
            before, after = word[place - 1], word[place]
            if (
                not before.isspace()
                and (_is_wide(before) or _is_wide(after))
                and after not in NOT_AT_THE_BEGINNING
                and before not in NOT_AT_THE_END
            ):
                yield word[start:place]
                start = place
        yield word[start:]


def _fitting(text: str, width: int) -> int:
    """How many characters fit, one at least."""
    taken = 0
    for place, character in enumerate(text):
        taken += _columns(character)
        if taken > width:
            return max(place, 1)
    return len(text)


def _columns(character: str) -> int:
    if _is_wide(character):
        return 2
    return 0 if unicodedata.category(character) in ("Mn", "Me") else 1


def _is_wide(character: str) -> bool:
    return unicodedata.east_asian_width(character) in "WF"
