r"""Comma-, tab- or semicolon-separated tables, as Keras, Lightning and hand-written loops write them.

::

    epoch,accuracy,loss,val_accuracy,val_loss      Keras CSVLogger: an epoch per row, counted from 0
    0,0.41,1.83,0.52,1.41

    epoch,step,train_loss,val_loss                 Lightning: train and validation on rows of their own, gaps empty
    0,49,0.71,
    0,62,,0.68

    step,loss                                      any loop

A file of bare numbers, one a line, is read as a training loss. Rows may end in ``\r\r\n`` (Keras on Windows).
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice

import numpy as np

from triage.errors import HistoryError
from triage.history.gaps import with_gaps
from triage.history.model import Series
from triage.history.numbers import NotANumber, parse_cell, parse_column
from triage.history.table import TEXT_SHARE, Table, unique_names

__all__ = ["read_csv_table"]

CHUNK_ROWS = 20_000
MOST_COLUMNS = 100_000
LONGEST_CELL = 10
"""Lines that one quoted cell may run over."""

DELIMITERS = ",\t;|"

_MEASURES = re.compile(r"loss|acc|error|rate|^lr$", re.IGNORECASE)
"""Names of columns that are missed when they cannot be read."""

csv.field_size_limit(1_000_000)


def read_csv_table(lines: Iterable[str], file: str) -> Table:
    """Read a separated table.

    Args:
        lines: its lines.
        file: its name for messages.

    Raises:
        HistoryError: it has no header, no rows, or rows that do not fit the header.

    """
    numbered = _without_comments((number, line) for number, line in enumerate(lines, start=1) if line.strip())
    first = next(numbered, None)
    if first is None:
        raise HistoryError(file, "expected a history, found an empty file")
    delimiter = _delimiter(first[1])
    names, headerless = _header(first[1], delimiter, file)
    body = chain([first], numbered) if headerless else numbered
    chunks: dict[str, list[Series]] = {name: [] for name in names}
    strange: dict[str, list[tuple[int, str]]] = {name: [] for name in names}
    width_problems = 0
    rows = 0
    for numbers, cells, ragged in _chunks(body, delimiter, len(names), file):
        rows += len(numbers)
        width_problems += ragged
        for name, column in zip(names, cells, strict=True):
            series, odd = parse_column(column)
            chunks[name].append(series)
            strange[name] += [(numbers[row], column[row]) for row in odd]
    if rows == 0:
        raise HistoryError(file, "expected rows below the header, found none", first[0])
    columns, warnings = _joined(chunks, strange, rows)
    if not columns:
        raise HistoryError(file, "expected columns of numbers, found only text", first[0])
    if headerless:
        warnings.append("the file has no header; its numbers were taken for a training loss")
    if width_problems:
        warnings.append(
            f"{width_problems} rows have more or fewer cells than the header; what is missing was not logged"
        )
    text = tuple(name for name in names if name not in columns)
    return Table(file, _format(names, delimiter, headerless), with_gaps(columns), tuple(warnings), text)


def _without_comments(numbered: Iterator[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """The lines but those that begin with #; the last of them at the top is the header where the rows below fit it."""
    comment: tuple[int, str] | None = None
    started = False
    for number, line in numbered:
        if line.lstrip().startswith("#"):
            comment = (number, line.lstrip().lstrip("#"))
            continue
        if not started and comment is not None and _heads(comment[1], line):
            yield comment
        started = True
        yield number, line


def _heads(comment: str, line: str) -> bool:
    """Whether a comment names the columns of a line of numbers."""
    delimiter = _delimiter(line)
    names, cells = _split(comment, delimiter), _split(line, delimiter)
    return len(names) == len(cells) and all(map(_is_number, cells)) and not any(map(_is_number, names))


def _delimiter(header: str) -> str:
    return max(DELIMITERS, key=header.count) if any(map(header.count, DELIMITERS)) else ","


def _header(line: str, delimiter: str, file: str) -> tuple[list[str], bool]:
    cells = [cell.strip() for cell in _split(line, delimiter)]
    if all(_is_number(cell) for cell in cells):
        if len(cells) > 1:
            raise HistoryError(file, "expected a header that names the columns, found only numbers", 1)
        return ["loss"], True
    return unique_names(cell or f"column {position}" for position, cell in enumerate(cells, start=1)), False


def _chunks(
    numbered: Iterator[tuple[int, str]], delimiter: str, width: int, file: str
) -> Iterator[tuple[list[int], list[tuple[str, ...]], int]]:
    """Runs of rows as columns of text: line numbers, columns, and how many rows had another width than the header."""
    if width > MOST_COLUMNS:
        raise HistoryError(file, f"expected at most {MOST_COLUMNS:,} columns, found {width:,}", 1)
    while chunk := list(islice(numbered, CHUNK_ROWS if width <= 100 else CHUNK_ROWS * 100 // width)):
        rows, starts = _rows([line for _, line in chunk], delimiter, width, file, chunk[0][0])
        fitted = [row if len(row) == width else _fit(row, width) for row in rows]
        ragged = sum(len(row) != width for row in rows)
        yield [chunk[start][0] for start in starts], list(zip(*fitted, strict=True)), ragged


def _rows(lines: list[str], delimiter: str, width: int, file: str, first: int) -> tuple[list[list[str]], Sequence[int]]:
    """The cells of each row and the line at which it begins.

    A quoted cell may run over a few lines; a quote that is never closed would swallow all rows below it, so where one
    does not close soon, quotes are taken for ordinary characters.
    """
    rows: list[list[str]] = []
    starts: list[int] = []
    try:
        reader = csv.reader(lines, delimiter=delimiter)
        start = 0
        for row in reader:
            spans = reader.line_num - start
            if spans > LONGEST_CELL or (spans > 1 and len(row) != width):
                return list(csv.reader(lines, delimiter=delimiter, quoting=csv.QUOTE_NONE)), range(len(lines))
            rows.append(row)
            starts.append(start)
            start = reader.line_num
    except csv.Error as error:
        raise HistoryError(file, f"expected a separated table, found: {error}", first) from None
    return rows, starts


def _fit(row: Sequence[str], width: int) -> list[str]:
    return [*row[:width], *[""] * (width - len(row))]


def _joined(
    chunks: dict[str, list[Series]], strange: dict[str, list[tuple[int, str]]], rows: int
) -> tuple[dict[str, Series], list[str]]:
    columns: dict[str, Series] = {}
    warnings: list[str] = []
    for name, parts in chunks.items():
        odd = strange[name]
        if len(odd) > TEXT_SHARE * rows:
            if len(odd) < rows or _MEASURES.search(name):
                warnings.append(
                    f"{name} was not used: {len(odd)} of {rows} cells are no numbers, the first {odd[0][1][:40]!r} "
                    f"in line {odd[0][0]}"
                )
            continue
        columns[name] = Series(
            np.concatenate([part.values for part in parts]), np.concatenate([part.logged for part in parts])
        )
        if odd:
            line, cell = odd[0]
            warnings.append(f"{name}: {len(odd)} cells are no numbers, the first {cell[:40]!r} in line {line}")
    return columns, warnings


def _format(names: Sequence[str], delimiter: str, headerless: bool) -> str:
    kind = "tsv" if delimiter == "\t" else "csv"
    if headerless:
        return f"{kind} without header"
    if {"epoch", "loss"} <= set(names) or {"loss", "val_loss"} <= set(names):
        return f"keras {kind}"
    if {"epoch", "step"} <= set(names) and any(name.startswith(("train_", "val_")) for name in names):
        return f"lightning {kind}"
    return kind


def _split(line: str, delimiter: str) -> list[str]:
    return next(csv.reader([line], delimiter=delimiter))


def _is_number(cell: str) -> bool:
    try:
        return parse_cell(cell) is not None
    except NotANumber:
        return False
