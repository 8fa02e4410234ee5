"""A portion of the rows of a table, and the columns that all portions make together."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from triage.history.model import Series
from triage.history.room import room_of_flags, room_of_numbers
from triage.history.table import TEXT_SHARE

__all__ = ["Gathered", "Portion", "Strange"]

_MEASURES = re.compile(r"loss|acc|error|rate|^lr$", re.IGNORECASE)
"""Names of columns that are missed when they cannot be read."""


@dataclass(frozen=True, slots=True)
class Strange:
    """Cells of a column that are no numbers.

    Args:
        count: how many there are.
        line: where the first stands.
        cell: what it holds.

    """

    count: int
    line: int
    cell: str


@dataclass(frozen=True, slots=True)
class Portion:
    """Rows that follow each other.

    Args:
        columns: name -> values, all of one length.
        strange: name of a column -> its cells that are no numbers; they count as not logged.
        rows: how many rows there are.
        ragged: how many of them have other cells than the header says.

    """

    columns: Mapping[str, Series]
    strange: Mapping[str, Strange]
    rows: int
    ragged: int = 0


@dataclass(slots=True)
class _Column:
    """Values of one column, with room for more behind them.

    Args:
        values, logged: the room, filled up to some row.
        filled: that row.
        strange: the cells that are no numbers.
        count: rows of portions that have the column.

    """

    values: NDArray[np.float64]
    logged: NDArray[np.bool_]
    filled: int = 0
    strange: Strange = Strange(0, 0, "")
    count: int = 0

    def put(self, row: int, series: Series) -> None:
        """Take values from some row on; what lies between was not logged."""
        end = row + series.values.size
        if end > self.values.size:
            self._grow(end + end // 2)
        self.skip(row)
        self.values[row:end] = series.values
        self.logged[row:end] = series.logged
        self.filled = end
        self.count += series.values.size

    def skip(self, row: int) -> None:
        """Nothing was logged up to some row, for which there is room."""
        if row > self.filled:
            self.values[self.filled : row] = np.nan
            self.logged[self.filled : row] = False
            self.filled = row

    def whole(self, rows: int) -> Series:
        """The column as long as the table."""
        if rows > self.values.size:
            self._grow(rows)
        self.skip(rows)
        return Series(self.values[:rows], self.logged[:rows])

    def _grow(self, size: int) -> None:
        values, logged = room_of_numbers(size), room_of_flags(size)
        values[: self.filled] = self.values[: self.filled]
        logged[: self.filled] = self.logged[: self.filled]
        self.values, self.logged = values, logged


@dataclass(slots=True)
class Gathered:
    """All portions so far; a column that a portion lacks was not logged there.

    Args:
        expected: how many rows may come. Room for them is set aside, which takes no memory before it is filled.
        rows: how many have come.
        ragged: how many of them have other cells than the header says.
        filled: how many cells they have.

    """

    expected: int = 0
    rows: int = 0
    ragged: int = 0
    filled: int = 0
    _columns: dict[str, _Column] = field(default_factory=dict)

    @property
    def cells(self) -> int:
        """How many cells the table has, filled or not."""
        return self.rows * len(self._columns)

    def add(self, portion: Portion) -> None:
        """Take the next portion."""
        for name, series in portion.columns.items():
            if name not in self._columns:
                room = self.expected if self.rows == 0 else 0
                self._columns[name] = _Column(room_of_numbers(room), room_of_flags(room))
            column = self._columns[name]
            column.put(self.rows, series)
            if (strange := portion.strange.get(name)) is not None:
                known = column.strange if column.strange.count else replace(strange, count=0)
                column.strange = replace(known, count=known.count + strange.count)
        self.rows += portion.rows
        self.filled += portion.rows * len(portion.columns)
        self.ragged += portion.ragged

    def columns(self) -> tuple[dict[str, Series], tuple[str, ...], list[str]]:
        """The columns of numbers, the names of those of text, and what is to be known of both."""
        columns: dict[str, Series] = {}
        text: list[str] = []
        warnings: list[str] = []
        for name, column in self._columns.items():
            strange = column.strange
            first = f"the first {strange.cell[:40]!r} in line {strange.line}"
            if strange.count > TEXT_SHARE * column.count:
                text.append(name)
                if strange.count < column.count or _MEASURES.search(name):
                    warnings.append(
                        f"{name} was not used: {strange.count} of {column.count} cells are no numbers, {first}"
                    )
                continue
            columns[name] = column.whole(self.rows)
            if strange.count:
                warnings.append(f"{name}: {strange.count} cells are no numbers, {first}")
        return columns, tuple(text), warnings
