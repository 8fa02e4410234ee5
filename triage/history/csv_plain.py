"""Small tables of numbers, laid out in the plainest way, read at once.

Of the histories that come by the thousand nearly all are such: one line that names the columns, and below it rows of as
many numbers with commas between them, a cell empty where nothing was logged. There is one meaning of a table, that of
`csv_table`; whatever is not as plain as this is left to it.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from pydantic_core import from_json

from triage.history.gaps import with_gaps
from triage.history.model import Series

__all__ = ["PlainTable", "plain_names", "plain_rows", "plain_table"]

SAMPLE = 50
SOME = 0.6
"""Of so many rows this share must hold a number in one column, as `csv_table.is_table` asks."""

FEWEST_COLUMNS = 2

_NAME = re.compile(r" *[A-Za-z_][A-Za-z0-9_./()@%\- ]*")
_NUMBERS = frozenset({"nan", "inf", "infinity", "na", "null", "none", "missing"})
"""Names that could as well be cells of a row."""

_OF_NUMBERS = b"0123456789+-.eEnaif "
"""What the cells are made of: numbers, nan and inf."""


@dataclass(frozen=True, slots=True)
class PlainTable:
    """The names of the columns, and their values; NaN that stand for gaps are not logged."""

    names: tuple[str, ...]
    columns: dict[str, Series]


def plain_table(data: bytes) -> PlainTable | None:
    """The table in a file; None where it is none, or not laid out plainly.

    Args:
        data: all of the file.

    """
    header, _, body = data.partition(b"\n")
    names = _names_in(header)
    grid = None if names is None else _grid(body, len(names))
    if names is None or grid is None:
        return None
    values, logged, has_gaps = grid
    if has_gaps:
        rows = values.shape[1]
        if np.count_nonzero(logged[:, :SAMPLE], axis=1).max() < SOME * min(rows, SAMPLE):
            return None
    columns = _columns(names, values, logged)
    # A NaN has an n, and so have few tables.
    return PlainTable(names, with_gaps(columns) if b"n" in body else columns)


def plain_names(header: bytes) -> tuple[str, ...] | None:
    """The names in the first line of a table, without its end; None where they are not plainly names."""
    return _names_in(header)


def plain_rows(names: tuple[str, ...], body: bytes) -> dict[str, Series] | None:
    """Whole lines from below a header, every NaN as logged; None where one of them is not laid out plainly.

    Args:
        names: of the columns.
        body: the lines with their ends.

    """
    grid = _grid(body, len(names))
    return None if grid is None else _columns(names, *grid[:2])


def _columns(names: tuple[str, ...], values: NDArray[np.float64], logged: NDArray[np.bool_]) -> dict[str, Series]:
    return {name: Series(values[place], logged[place]) for place, name in enumerate(names)}


def _grid(body: bytes, width: int) -> tuple[NDArray[np.float64], NDArray[np.bool_], bool] | None:
    """Values and whether they were logged, of shape (columns, rows), and whether any was not.

    None where the lines are not as long as that, the last one has no end, or a cell is no number, or a whole one that
    float64 cannot hold.
    """
    # What is left of plain rows without what numbers are made of is as many commas to each end of a line.
    between = body.translate(None, _OF_NUMBERS)
    rows = len(between) // width
    if not body.endswith(b"\n") or between != (b"," * (width - 1) + b"\n") * rows:
        return None
    shape = (rows, width)
    cells = body[:-1].replace(b"\n", b",")
    numbers = _numbers_in(cells)
    whole = None if numbers is None else _packed(numbers)
    # Without a zero none has a sign, and to look for that takes a third of the time of reading.
    if whole is not None and (whole.all() or not _holds_minus_zero(cells)):
        values = whole.reshape(shape).T.copy()
        return values, np.ones(values.shape, dtype=np.bool_), False
    found = _values_in(cells.split(b","))
    if found is None:
        return None
    logged = np.array([value is not None for value in found])
    try:
        values = np.array(found, dtype=np.float64).reshape(shape).T.copy()
    except OverflowError:
        return None
    return values, logged.reshape(shape).T.copy(), not logged.all()


def _numbers_in(cells: bytes) -> list[float | None] | None:
    """Numbers, or null, with commas between them, as JSON has them; None where a cell is something else.

    As JSON they are read five times as fast as by `float`, and the same to the last bit but for the sign of a whole -0.
    """
    if b"n" in cells:
        cells = cells.replace(b"nan", b"NaN").replace(b"inf", b"Infinity")
    try:
        found: list[float | None] = from_json(b"[" + cells + b"]")
    except ValueError:
        return None
    return found


def _holds_minus_zero(cells: bytes) -> bool:
    """Whether a cell may be a whole -0."""
    return b"-" in cells and (b"-0," in cells or cells.endswith(b"-0"))


def _packed(numbers: Sequence[float | None]) -> NDArray[np.float64] | None:
    """The numbers as an array, in half the time of `numpy.array`; None where one of them is null or too large."""
    try:
        return np.frombuffer(struct.pack(f"{len(numbers)}d", *numbers))
    except struct.error:
        return None


def _values_in(cells: Sequence[bytes]) -> list[float | None] | None:
    """The numbers in the cells, None for each that is empty; None where something else is among them."""
    joined = b",".join(cell or b"null" for cell in cells)
    found = None if _holds_minus_zero(joined) else _numbers_in(joined)
    try:
        return [float(cell) if cell else None for cell in cells] if found is None else found
    except ValueError:
        return None


@lru_cache(maxsize=64)
def _names_in(header: bytes) -> tuple[str, ...] | None:
    """The names of the columns; None where they are not plainly names."""
    try:
        cells = header.decode("ascii").split(",")
    except UnicodeDecodeError:
        return None
    names = tuple(cell.strip() for cell in cells)
    plain = all(map(_NAME.fullmatch, cells)) and not any(name.lower() in _NUMBERS for name in names)
    return names if plain and len(set(names)) == len(names) >= FEWEST_COLUMNS else None
