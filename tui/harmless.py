"""What keeps text that a person types or pastes from acting on the terminal: lines of input, and all that is sent.

Everything else that comes from outside is escaped where it becomes content, in `tui.words`.
"""

from __future__ import annotations

import unicodedata

from rich.cells import set_cell_size
from rich.highlighter import Highlighter
from rich.segment import Segment
from rich.text import Text
from textual.color import Color
from textual.filter import LineFilter

from triage.report.escape import MOST_MARKS, is_mark, plain

__all__ = ["Harmless", "StandIns"]

STAND_IN = "\N{REPLACEMENT CHARACTER}"

_SENT = {"Zs", "Co", "Cn"}
"""Categories of what is not printable to Python and yet nothing that a terminal would act on."""


class StandIns(Highlighter):
    """For an `Input`, whose value stays as it is: a sign in place of each character that has none of its own."""

    def highlight(self, text: Text) -> None:
        """Replace them, one for one, so that the cursor stands where it belongs."""
        marks, signs = 0, []
        for character in text.plain:
            marks = marks + 1 if is_mark(character) else 0
            signs.append(_sign(character) if marks <= MOST_MARKS else STAND_IN)
        text.plain = "".join(signs)


class Harmless(LineFilter):
    """Leaves out of what is sent to the terminal the characters on which it would act, in whatever widget they stand.

    The width is kept: a line that is longer or shorter than it was measured would move what stands beside it.
    """

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The segments without such characters."""
        return segments if all(map(_is_harmless, segments)) else list(map(_harmless, segments))


def _sign(character: str) -> str:
    if plain(character) == character:
        return character
    code = ord(character)
    return chr(0x2400 + code) if code < 0x20 else "\N{SYMBOL FOR DELETE}" if code == 0x7F else STAND_IN


def _is_harmless(segment: Segment) -> bool:
    return segment.control is not None or segment.text.isprintable()


def _harmless(segment: Segment) -> Segment:
    if _is_harmless(segment):
        return segment
    kept = "".join(filter(_is_sent, segment.text))
    return segment if kept == segment.text else Segment(set_cell_size(kept, segment.cell_length), segment.style)


def _is_sent(character: str) -> bool:
    return character.isprintable() or unicodedata.category(character) in _SENT
