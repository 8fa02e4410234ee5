"""Decibans as bars to the left and right of a zero line, in characters: sign and number always stand beside them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import isfinite
from typing import NamedTuple

from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget

from triage.report.cells import cells
from triage.wording import Wording
from tui.wording import wording_of
from tui.words import content

__all__ = ["BarRow", "EvidenceBars", "bar", "bar_lines", "probability_bar", "signed"]

FOR, AGAINST, ZERO = "█", "▒", "│"

SIDE_BY_SIDE = 62
"""Columns from which on a bar stands beside its words instead of under them."""

NUMBER = 8
"""Columns of a number and the blanks around it."""

SHORTEST, LONGEST = 6, 20
"""Columns of either half of a bar."""


class BarRow(NamedTuple):
    """One line: what speaks, by how many decibans, and whether it is the sum of those above it."""

    label: str
    decibans: float
    is_sum: bool = False


def signed(decibans: float) -> str:
    """Decibans with their sign: ``+8.4``, ``−2.1``."""
    if not isfinite(decibans):
        return "+∞" if decibans > 0 else "−∞"
    shown = f"{abs(decibans):.1f}"
    return shown if shown == "0.0" else f"{'+' if decibans > 0 else '−'}{shown}"


def bar(decibans: float, scale: float, half: int) -> Content:
    """A bar of ``2 * half + 1`` columns; what is not zero is at least one column long.

    Args:
        decibans: to the right where it is positive, to the left where it is negative.
        scale: decibans of a full half.
        half: columns of either half.

    """
    share = min(abs(decibans) / scale, 1.0) if isfinite(decibans) and scale > 0 else 1.0
    length = max(round(share * half), 1) if signed(decibans) != "0.0" else 0
    left = AGAINST * length if decibans < 0 else ""
    right = FOR * length if decibans > 0 else ""
    return Content.assemble(
        (left.rjust(half), "$text-warning"),
        (ZERO, "dim"),
        (right.ljust(half), "$text-primary"),
    )


def probability_bar(probability: float, width: int = 16) -> Content:
    """A probability as a filled part of a line; what is not zero fills at least one column."""
    filled = min(max(round(probability * width), 1 if probability > 0 else 0), width)
    return Content.assemble((FOR * filled, "$text-primary"), ("░" * (width - filled), "dim"))


def bar_lines(rows: Sequence[BarRow], width: int, word: Wording) -> list[Content]:
    """The rows as lines of at most ``width`` columns, under a line that says which side is which."""
    if not rows or width <= 0:
        return []
    scale = max((abs(row.decibans) for row in rows if isfinite(row.decibans)), default=0.0)
    if width < SIDE_BY_SIDE:
        half = max(min((width - NUMBER - 1) // 2, LONGEST), 1)
        return [_sides(half, 0, word), *(line for row in rows for line in _stacked(row, scale, half, width))]
    half = min(max(width // 6, SHORTEST), LONGEST)
    words = width - NUMBER - 2 * half - 1
    return [_sides(half, words + NUMBER, word), *(line for row in rows for line in _beside(row, scale, half, words))]


def _sides(half: int, indent: int, word: Wording) -> Content:
    against, speaks_for = (word("against"), word("for")) if half >= 8 else ("−", "+")
    blank = " " * (indent + half - 1 - cells(against))
    return Content.styled(f"{blank}{against} {ZERO} {speaks_for}", "dim")


def _beside(row: BarRow, scale: float, half: int, width: int) -> Iterator[Content]:
    first, *rest = _label(row, width - 1)
    number = Content.styled(f"{signed(row.decibans):>{NUMBER - 2}}  ", "bold")
    yield Content("").join([first.pad_right(width - first.cell_length), number, bar(row.decibans, scale, half)])
    empty = Content.styled(f"{'':{NUMBER + half}}{ZERO}", "dim")
    for line in rest:
        yield Content("").join([line.pad_right(width - line.cell_length), empty])


def _stacked(row: BarRow, scale: float, half: int, width: int) -> Iterator[Content]:
    yield from _label(row, width)
    number = Content.styled(f" {signed(row.decibans)}", "bold")
    yield Content("").join([bar(row.decibans, scale, half), number])


def _label(row: BarRow, width: int) -> list[Content]:
    return content(row.label, "bold" if row.is_sum else "", 300).wrap(max(width, 2)) or [Content("")]


class EvidenceBars(Widget):
    """Rows of bars that keep to the width there is."""

    DEFAULT_CSS = "EvidenceBars { height: auto; }"

    def __init__(self, rows: Sequence[BarRow] = (), *, id: str | None = None) -> None:
        """``rows``: what is shown first."""
        super().__init__(id=id)
        self._rows = tuple(rows)
        self._drawn: tuple[tuple[BarRow, ...], int, list[Content]] = ((), 0, [])

    def say(self, rows: Sequence[BarRow]) -> None:
        """Show other rows; nothing is drawn where they are the same, nothing is moved where they are as many lines."""
        if tuple(rows) != self._rows:
            width = self.content_size.width
            before = len(self._lines(width))
            self._rows = tuple(rows)
            self.refresh(layout=len(self._lines(width)) != before)

    def render(self) -> Content:
        """The lines."""
        return Content("\n").join(self._lines(self.content_size.width))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """One for each line."""
        return len(self._lines(width))

    def _lines(self, width: int) -> list[Content]:
        """Drawn once for each width: a layout asks for them many times."""
        if self._drawn[:2] != (self._rows, width):
            self._drawn = (self._rows, width, bar_lines(self._rows, width, wording_of(self)))
        return self._drawn[2]
