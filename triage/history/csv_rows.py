"""Lines of a table -> columns, one cell after the other, whatever stands in them."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import replace

from triage.errors import HistoryError
from triage.history.csv_dialect import SPACES, Layout, is_number
from triage.history.csv_portion import Portion, Strange
from triage.history.numbers import parse_column, with_decimal_points
from triage.history.table import unique_names

__all__ = ["portions_of"]

MOST_CELLS = 2_000_000
"""Cells that are held as text at once."""

SPARSEST = 10
"""Cells for which a row may have no more than one character."""

MOST_HEADERS = 1000

NO_NAMES = frozenset(["", *"0123456789+-."])
"""How no name of a column begins."""

LONGEST_CELL = 10
"""Lines that one quoted cell may run over."""

csv.field_size_limit(1_000_000)


def portions_of(lines: Sequence[str], first: int, layout: Layout, file: str) -> Iterator[tuple[Layout, Portion]]:
    """The rows in a run of lines, with the layout that holds for them.

    Empty lines and comments are no rows. A header that comes again, as a run that is taken up again writes it, is none
    either; where it names other columns, these hold from there on.

    Args:
        lines: without their ends.
        first: number of the first of them.
        layout: what holds for it.
        file: its name for messages.

    Raises:
        HistoryError: they are no table.

    """
    numbered = [
        (number, line)
        for number, line in enumerate(lines, start=first)
        if line.strip() and not line.lstrip().startswith("#")
    ]
    if len(numbered) * len(layout.names) > MOST_CELLS + SPARSEST * sum(len(line) for _, line in numbered):
        raise HistoryError(
            file,
            f"expected rows about as wide as the header of {len(layout.names):,} cells, found rows of far fewer",
            first,
        )
    size = max(1, MOST_CELLS // len(layout.names))
    for start in range(0, len(numbered), size):
        some = numbered[start : start + size]
        rows, starts = _rows([line for _, line in some], layout, file, some[0][0])
        begin = 0
        numbers = [some[start][0] for start in starts]
        for place in _headers(rows, layout):
            names = _renamed(rows[place])
            yield layout, _portion(rows[begin:place], numbers[begin:place], layout)
            begin = place + 1
            if names == layout.names:
                continue
            layout = replace(layout, names=names, headers=layout.headers + 1)
            if layout.headers > MOST_HEADERS:
                raise HistoryError(
                    file, f"expected at most {MOST_HEADERS:,} headers in one file, found more", numbers[place]
                )
        yield layout, _portion(rows[begin:], numbers[begin:], layout)


def _rows(lines: list[str], layout: Layout, file: str, first: int) -> tuple[list[list[str]], Sequence[int]]:
    """The cells of each row and the line at which it begins.

    A quoted cell may run over a few lines; a quote that is never closed would swallow all rows below it, so where one
    does not close soon, quotes are taken for ordinary characters.
    """
    if layout.delimiter == SPACES:
        return [line.split() for line in lines], range(len(lines))
    rows: list[list[str]] = []
    starts: list[int] = []
    width = len(layout.names)
    try:
        reader = csv.reader(lines, delimiter=layout.delimiter)
        start = 0
        for row in reader:
            spans = reader.line_num - start
            if spans > LONGEST_CELL or (spans > 1 and len(row) != width):
                return list(csv.reader(lines, delimiter=layout.delimiter, quoting=csv.QUOTE_NONE)), range(len(lines))
            rows.append(row)
            starts.append(start)
            start = reader.line_num
    except csv.Error as error:
        raise HistoryError(file, f"expected a separated table, found: {error}", first) from None
    return rows, starts


def _headers(rows: Sequence[Sequence[str]], layout: Layout) -> list[int]:
    """The rows that name columns: they begin with the name of one, and no cell of them is a number or empty."""
    if layout.headerless:
        return []
    place, names = _named_first(layout), set(layout.names)
    likely = [at for at, row in enumerate(rows) if len(row) > place and row[place].strip() in names]
    return [at for at in likely if _names_columns([cell.strip() for cell in rows[at][place:]])]


def _names_columns(cells: Sequence[str]) -> bool:
    return not any(cell[:1] in NO_NAMES for cell in cells) and not any(map(is_number, cells))


def _named_first(layout: Layout) -> int:
    """The first column that has a name; an index that pandas writes has none."""
    return 1 if layout.names[0] == "column 1" and len(layout.names) > 1 else 0


def _renamed(row: Sequence[str]) -> tuple[str, ...]:
    return tuple(unique_names(cell.strip() or f"column {place}" for place, cell in enumerate(row, start=1)))


def _portion(rows: Sequence[list[str]], numbers: Sequence[int], layout: Layout) -> Portion:
    """The columns of rows, beside each of which stands the number of its line."""
    if not rows:
        return Portion({}, {}, 0)
    width = len(layout.names)
    ragged = [row for row in rows if len(row) != width]
    fitted = [[*row[:width], *[""] * (width - len(row))] for row in rows] if ragged else rows
    columns = {}
    strange = {}
    for name, cells in zip(layout.names, zip(*fitted, strict=True), strict=True):
        columns[name], odd = parse_column(with_decimal_points(cells) if layout.decimal_comma else cells)
        if odd:
            strange[name] = Strange(len(odd), numbers[odd[0]], cells[odd[0]])
    return Portion(columns, strange, len(rows), sum(not _fits(row, width) for row in ragged))


def _fits(row: Sequence[str], width: int) -> bool:
    """Whether a row is longer only by empty cells, as rows are that end in a separator."""
    return len(row) > width and not "".join(row[width:]).strip()
