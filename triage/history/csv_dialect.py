"""How a table of text is laid out: what separates its cells, where its header stands, how its decimals are written."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from triage.errors import HistoryError
from triage.history.numbers import DECIMAL_COMMA, GROUPED, NotANumber, parse_cell
from triage.history.table import unique_names

__all__ = ["SPACES", "Layout", "cells_of", "is_number", "layout_of"]

DELIMITERS = ",\t;|"

SPACES = " "
"""Cells that are kept apart by any number of spaces, as a table that is printed aligned has them."""

SAMPLE = 50
"""Rows by which a layout is judged."""

PREAMBLE = 20
"""Lines of other text that may stand above the header."""

MOST_COLUMNS = 100_000

_SEPARATOR_LINE = re.compile(r'"?sep=(.)"?')
"""What Excel wants to be told in the first line."""

_THOUSANDS_POINT = re.compile(r"[+-]?[1-9]\d{0,2}(\.\d{3})+")


@dataclass(frozen=True, slots=True)
class Layout:
    """The layout of a table.

    Args:
        names: of its columns, each once.
        delimiter: one character; `SPACES` stands for any number of spaces.
        headerless: whether its first line is a row already.
        decimal_comma: whether 0,5 is a half, and 1.000 a thousand.
        first: index of the first line below the header.
        line: number of the line of the header, from 1.
        headers: how many headers there were, other columns named each time.

    """

    names: tuple[str, ...]
    delimiter: str
    headerless: bool = False
    decimal_comma: bool = False
    first: int = 0
    line: int = 1
    headers: int = 1


def layout_of(lines: Sequence[str], file: str) -> Layout:
    """Judge a table by its first lines.

    The header is the first line that is no comment, a comment that names the columns of the numbers below it, or, below
    a few lines of other text, the one that is as wide as what follows.

    Args:
        lines: the first lines of the file, empty ones and comments too.
        file: its name for messages.

    Raises:
        HistoryError: there is nothing in them, or several columns of numbers without a name.

    """
    forced, start = _named_delimiter(lines)
    written = [place for place in range(start, len(lines)) if lines[place].strip()]
    content = [place for place in written if not lines[place].lstrip().startswith("#")][: SAMPLE + PREAMBLE + 1]
    if not written:
        raise HistoryError(file, "expected a history, found an empty file")
    if not content:
        raise HistoryError(file, "expected a table, found only comments", written[0] + 1)
    rows = [lines[place] for place in content]
    comments = [place for place in written if place < content[0]]
    if comments and (layout := _commented(lines[comments[-1]], rows, forced)):
        return replace(_with_decimals(layout, rows), first=comments[-1] + 1, line=comments[-1] + 1)
    header = _header(rows, forced)
    layout = _layout(rows[header:], forced, file, content[header] + 1)
    below = content[header] if layout.headerless else content[header] + 1
    return replace(_with_decimals(layout, rows[header + 1 :]), first=below, line=content[header] + 1)


def cells_of(line: str, delimiter: str) -> list[str]:
    """The cells of one line, as they stand there."""
    if delimiter == SPACES:
        return line.split()
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return line.split(delimiter)


def is_number(cell: str) -> bool:
    """Whether a cell holds a number, NaN and infinity included."""
    try:
        return parse_cell(cell) is not None
    except NotANumber:
        return False


def _named_delimiter(lines: Sequence[str]) -> tuple[str, int]:
    first = next((place for place, line in enumerate(lines) if line.strip()), 0)
    match = _SEPARATOR_LINE.fullmatch(lines[first].strip("\r\n ")) if lines else None
    return (match[1], first + 1) if match and match[1] in DELIMITERS else ("", 0)


def _commented(comment: str, rows: Sequence[str], forced: str) -> Layout | None:
    """The layout of rows whose columns a comment names."""
    text = comment.lstrip().lstrip("#")
    for delimiter in forced or _delimiters_in(rows[0]):
        names, cells = cells_of(text, delimiter), cells_of(rows[0], delimiter)
        if len(names) == len(cells) and all(map(is_number, cells)) and not any(map(is_number, names)):
            return Layout(_named(names), delimiter)
    return None


def _header(rows: Sequence[str], forced: str) -> int:
    """Which of the lines is the header: text that is wider or narrower than the line below it is none."""
    for place in range(min(PREAMBLE, len(rows) - 1)):
        delimiter = forced or _delimiter(rows[place:])
        here, below = cells_of(rows[place], delimiter), cells_of(rows[place + 1], delimiter)
        if len(here) == len(below) or any(map(is_number, below)):
            return place
    return 0


def _layout(rows: Sequence[str], forced: str, file: str, line: int) -> Layout:
    delimiter = forced or _delimiter(rows)
    cells = [cell.strip() for cell in cells_of(rows[0], delimiter)]
    if len(cells) > MOST_COLUMNS:
        raise HistoryError(file, f"expected at most {MOST_COLUMNS:,} columns, found {len(cells):,}", line)
    if not all(map(is_number, cells)):
        return Layout(_named(_with_index(cells, rows[1:], delimiter)), delimiter)
    if len(cells) == 1:
        return Layout(("loss",), delimiter, headerless=True)
    if len(cells) == 2 and _counts(rows, delimiter):
        return Layout(("step", "loss"), delimiter, headerless=True)
    raise HistoryError(
        file,
        "this does not look like a training history: expected a header that names the columns, found only numbers",
        line,
    )


def _delimiter(rows: Sequence[str]) -> str:
    """What separates the cells: of what stands in the header, that which leaves the most numbers below it."""
    header, below = rows[0], rows[1 : SAMPLE + 1]
    candidates = _delimiters_in(header)
    if not candidates:
        return next((mark for mark in DELIMITERS if not any(mark in row for row in below)), DELIMITERS[0])
    if len(candidates) == 1:
        return candidates[0]
    sample = below or [header]
    return max(
        candidates,
        key=lambda mark: (sum(sum(map(is_number, cells_of(row, mark))) for row in sample), header.count(mark)),
    )


def _delimiters_in(header: str) -> list[str]:
    found = [mark for mark in DELIMITERS if len(cells_of(header, mark)) > 1]
    return found or ([SPACES] if len(header.split()) > 1 and '"' not in header else [])


def _with_index(cells: list[str], rows: Sequence[str], delimiter: str) -> list[str]:
    """The names, with one for an index that stands before every row without a name of its own, as R prints it."""
    widths = {len(cells_of(row, delimiter)) for row in rows[:SAMPLE]}
    if widths != {len(cells) + 1}:
        return cells
    ends = {cells_of(row, delimiter)[-1].strip() for row in rows[:SAMPLE]}
    return cells if ends == {""} else ["", *cells]


def _counts(rows: Sequence[str], delimiter: str) -> bool:
    """Whether the first of two columns counts the rows, so that the other must be what was measured."""
    pairs = [cells_of(row, delimiter) for row in rows[:SAMPLE]]
    if len(pairs) < 3 or any(len(pair) != 2 or not pair[0].strip().isdecimal() for pair in pairs):
        return False
    count = [int(pair[0][:18]) for pair in pairs]
    steps = {later - earlier for earlier, later in pairwise(count)}
    return len(steps) == 1 and min(steps) > 0


def _with_decimals(layout: Layout, rows: Sequence[str]) -> Layout:
    """The layout with its decimals: a comma is one where it can be nothing else and no point is."""
    if layout.delimiter == ",":
        return layout
    cells = [cell.strip() for row in rows[:SAMPLE] for cell in cells_of(row, layout.delimiter)]
    commas = [cell for cell in cells if DECIMAL_COMMA.fullmatch(cell)]
    points = [cell for cell in cells if "." in cell and "," not in cell and is_number(cell)]
    sure = layout.delimiter == ";" or any(not GROUPED.fullmatch(cell) for cell in commas)
    return replace(layout, decimal_comma=bool(commas) and sure and all(map(_THOUSANDS_POINT.fullmatch, points)))


def _named(cells: Sequence[str]) -> tuple[str, ...]:
    return tuple(unique_names(cell.strip() or f"column {place}" for place, cell in enumerate(cells, start=1)))
