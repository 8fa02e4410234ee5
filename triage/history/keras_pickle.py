"""Pickles of ``model.fit(...).history``, which many keep as ``trainHistoryDict``; they are never unpickled.

::

    {"loss": [1.69, 1.51, ...], "val_loss": [...]}     lists or arrays, one number an epoch: floats or numpy scalars
    [1.69, 1.51, ...]                                  any loop: taken for a training loss
    [{"loss": 1.69, "lr": 0.1}, ...]                   any loop: a dict for each row
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np

from triage.errors import HistoryError
from triage.history.format import Format
from triage.history.head import Head
from triage.history.model import Series
from triage.history.opened import Opened
from triage.history.pickled import PickleError, plain_data
from triage.history.pieces import pieces
from triage.history.points import MOST_CELLS, MOST_NAMES
from triage.history.table import TEXT_SHARE, Table, unique_names

__all__ = ["FORMATS"]

NAME = "Keras history pickle"

LARGEST = 1 << 26
"""Bytes of a pickle that is read; a history of a million epochs is smaller."""

_START = re.compile(rb"\x80[\x02-\x05]|\([dl]p\d+\n|[\]}]q[\x00\x01]")
"""How pickles of protocol 2 and later begin, and those of dicts and lists before."""

_WRAPPERS = ("history", "log_history")
"""Under these a dict may hold the one that is meant."""


def _recognises(head: Head) -> bool:
    return _START.match(head.data) is not None


def _read(found: Opened) -> Sequence[Table]:
    data = b"".join(_bounded(found))
    try:
        content = plain_data(data)
    except PickleError as error:
        raise HistoryError(found.file, f"expected a pickled dict of lists of numbers, found {error}") from None
    return [_table(found.file, content)]


def _bounded(found: Opened) -> Sequence[bytes]:
    parts, size = [], 0
    for piece in pieces(found):
        parts.append(piece)
        size += len(piece)
        if size > LARGEST:
            raise HistoryError(found.file, f"expected a pickle of at most {LARGEST:,} bytes, found a longer one")
    return parts


def _table(file: str, content: object) -> Table:
    if isinstance(content, Mapping):
        inner = next((content[key] for key in _WRAPPERS if isinstance(content.get(key), dict | list)), content)
        if isinstance(inner, list):
            return _table(file, inner)
        return _of_columns(file, {_text(key): _cells(value) for key, value in inner.items()})
    if isinstance(content, list) and content and all(isinstance(row, Mapping) for row in content):
        return _of_columns(file, _by_name(file, content), "row")
    if isinstance(content, list | tuple) and content and all(_number(cell) is not None for cell in content):
        warning = "the file names no columns; its numbers were taken for a training loss"
        return _of_columns(file, {"loss": content}, "row", (warning,))
    raise HistoryError(
        file,
        "this does not look like a training history: expected a pickled dict of lists of numbers, "
        f"found one of {type(content).__name__.strip('_').lower()}",
    )


def _of_columns(
    file: str, cells: Mapping[str, Sequence[object]], unit: str = "epoch", warnings: tuple[str, ...] = ()
) -> Table:
    rows = max(map(len, cells.values()), default=0)
    if rows == 0:
        raise HistoryError(file, "expected a pickled dict of lists of numbers, found no list with anything in it")
    if rows * len(cells) > MOST_CELLS or len(cells) > MOST_NAMES:
        raise HistoryError(file, f"expected at most {MOST_CELLS:,} cells, found {len(cells):,} columns of {rows:,}")
    columns: dict[str, Series] = {}
    text: list[str] = []
    short: list[str] = []
    for name, original in zip(unique_names(cells), cells, strict=True):
        series, strange = _series(cells[original], rows)
        if strange > TEXT_SHARE * rows or not cells[original]:
            text.append(name)
            continue
        columns[name] = series
        if len(cells[original]) < rows:
            short.append(name)
    if not columns:
        raise HistoryError(file, "expected a pickled dict of lists of numbers, found no numbers in it")
    if short:
        names = ", ".join(repr(name[:40]) for name in short[:3]) + (" and others" if len(short) > 3 else "")
        warnings = (*warnings, f"{names} end before row {rows}; what is missing was not logged")
    return Table(file, NAME, columns, warnings, tuple(text), unit=unit)


def _series(cells: Sequence[object], rows: int) -> tuple[Series, int]:
    """The column, with gaps up to the number of rows, and how many of its cells are no numbers."""
    values = np.full(rows, np.nan)
    logged = np.zeros(rows, dtype=np.bool_)
    strange = 0
    for row, cell in enumerate(cells):
        number = _number(cell)
        if number is not None:
            values[row] = number
            logged[row] = True
        elif cell is not None:
            strange += 1
    return Series(values, logged), strange


def _number(cell: object) -> float | None:
    if isinstance(cell, list) and len(cell) == 1:
        cell = cell[0]
    if isinstance(cell, int | float):
        try:
            return float(cell)
        except OverflowError:
            return None
    return None


def _cells(value: object) -> Sequence[object]:
    return value if isinstance(value, list | tuple) else ()


def _by_name(file: str, rows: Sequence[Mapping[object, object]]) -> dict[str, list[object]]:
    names = list(dict.fromkeys(_text(key) for row in rows for key in row))
    if len(names) * len(rows) > MOST_CELLS:
        raise HistoryError(
            file, f"expected at most {MOST_CELLS:,} cells, found {len(names):,} columns of {len(rows):,}"
        )
    columns: dict[str, list[object]] = {name: [None] * len(rows) for name in names}
    for number, row in enumerate(rows):
        for key, value in row.items():
            columns[_text(key)][number] = value
    return columns


def _text(key: object) -> str:
    return key.decode("utf-8", errors="replace") if isinstance(key, bytes) else str(key)


FORMATS = (
    Format(
        name=NAME,
        written_by="pickle.dump(model.fit(...).history, file), and any loop that pickles a dict of lists",
        example="trainHistoryDict",
        recognises=_recognises,
        read=_read,
    ),
)
