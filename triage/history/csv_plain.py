"""Small tables of numbers, laid out in the plainest way, read at once.

Of the histories that come by the thousand nearly all are such: one line that names the columns, and below it rows of as
many numbers with commas between them, a cell empty where nothing was logged. There is one meaning of a table, that of
`csv_table`; whatever is not as plain as this is left to it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from pydantic_core import from_json

from triage.history.model import Series

__all__ = ["PlainTable", "plain_names", "plain_rows", "plain_table"]

SAMPLE = 50
SOME = 0.6
"""Of so many rows this share must hold a number in one column, as `csv_table.is_table` asks."""

FEWEST_COLUMNS = 2

_NAME = re.compile(r" *[A-Za-z_][A-Za-z0-9_./()@%\- ]*")
_NUMBERS = frozenset({"nan", "inf", "infinity", "na", "null", "none", "missing"})
"""Names that could as well be cells of a row."""

_OF_NUMBERS = b"0123456789+-.eE,\nnaif "
"""What the rows are made of: numbers, nan and inf."""


@dataclass(frozen=True, slots=True)
class PlainTable:
    """The names of the columns, and their values: a column of float64 and one of bool for each."""

    names: tuple[str, ...]
    columns: dict[str, Series]


def plain_table(data: bytes) -> PlainTable | None:
    """The table in a file; None where it is none, or not laid out plainly.

    Args:
        data: all of the file.

    """
    header, _, body = data.partition(b"\n")
    names = _names_in(header)
    if names is None or not body.endswith(b"\n") or body.translate(None, _OF_NUMBERS):
        return None
    grid = _grid(body, len(names))
    if grid is None:
        return None
    values, logged, has_gaps = grid
    if has_gaps:
        rows = values.shape[1]
        if np.count_nonzero(logged[:, :SAMPLE], axis=1).max() < SOME * min(rows, SAMPLE):
            return None
    return PlainTable(names, _columns(names, values, logged))


def plain_names(header: bytes) -> tuple[str, ...] | None:
    """The names in the first line of a table, without its end; None where they are not plainly names."""
    return _names_in(header)


def plain_rows(names: tuple[str, ...], body: bytes) -> dict[str, Series] | None:
    """Whole lines from below a header; None where one of them is not laid out plainly.

    Args:
        names: of the columns.
        body: the lines with their ends.

    """
    grid = None if not body.endswith(b"\n") or body.translate(None, _OF_NUMBERS) else _grid(body, len(names))
    return None if grid is None else _columns(names, *grid[:2])


def _columns(names: tuple[str, ...], values: NDArray[np.float64], logged: NDArray[np.bool_]) -> dict[str, Series]:
    return {name: Series(values[place], logged[place]) for place, name in enumerate(names)}


def _grid(body: bytes, width: int) -> tuple[NDArray[np.float64], NDArray[np.bool_], bool] | None:
    """Values and whether they were logged, of shape (columns, rows), and whether any was not."""
    lines = body[:-1].split(b"\n")
    if {line.count(b",") for line in lines} != {width - 1}:
        return None
    cells = _values_in(body[:-1].replace(b"\n", b","))
    if cells is None:
        return None
    shape = (len(lines), width)
    values = np.array(cells, dtype=np.float64).reshape(shape).T.copy()
    if None not in cells:
        return values, np.ones(values.shape, dtype=np.bool_), False
    return values, np.array([cell is not None for cell in cells]).reshape(shape).T.copy(), True


def _values_in(cells: bytes) -> list[float | None] | None:
    """Numbers with commas between them, None for an empty cell; None where something else is among them.

    As JSON they are read five times as fast as by `float`, and the same to the last bit but for the sign of a whole -0.
    """
    if b"-0," not in cells and not cells.endswith(b"-0"):
        try:
            found: list[float | None] = from_json(b"[" + _as_json(cells) + b"]")
            return found
        except ValueError:
            pass
    try:
        return [float(cell) if cell else None for cell in cells.decode("ascii").split(",")]
    except ValueError:
        return None


def _as_json(cells: bytes) -> bytes:
    """The cells with null for each empty one, and NaN and infinity as JSON has them where it has them at all."""
    if b"n" in cells:
        cells = cells.replace(b"nan", b"NaN").replace(b"inf", b"Infinity")
    if b",," not in cells and not cells.startswith(b",") and not cells.endswith(b","):
        return cells
    return b",".join(cell or b"null" for cell in cells.split(b","))


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
