"""Readers that take in what was added to a file and read nothing twice, for the formats that allow it.

Tables of plain numbers, lines of JSON and TensorBoard events mean the same whatever comes behind them. In other logs a
line may change what those above it mean; they are read anew each time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import BinaryIO, Protocol

import numpy as np
from numpy.typing import NDArray

from triage.errors import HistoryError
from triage.history import csv_table, json_lines, tensorboard
from triage.history.csv_plain import plain_names, plain_rows
from triage.history.gaps import with_gaps
from triage.history.model import Series
from triage.history.pieces import PIECE
from triage.history.table import Table
from triage.history.text import LONGEST_LINE
from triage.history.tfrecord import records

__all__ = ["Growing", "growing_of"]

PORTION = 1 << 22
"""Bytes that are taken together."""


class Growing(Protocol):
    """A file that was read up to some byte."""

    taken: int
    """Bytes that were read."""

    def take(self, stream: BinaryIO) -> bool:
        """Take what is whole of the rest of the file.

        Args:
            stream: the file, at the byte up to which it was read.

        Returns:
            Whether that could be done; if not, the file has to be read from its beginning by its own reader.

        """

    def tables(self) -> Sequence[Table]:
        """All that was taken up to now; raises `HistoryError` where that is no history."""


def growing_of(name: str, path: str) -> Growing | None:
    """A reader of a file that was not read yet.

    Args:
        name: of its format.
        path: where it lies.

    """
    begin = _READERS.get(name)
    return None if begin is None else begin(path)


class _PlainTable:
    """Numbers with commas between them, below a line of names."""

    def __init__(self, path: str) -> None:
        self.taken = 0
        self._path = path
        self._names: tuple[str, ...] | None = None
        self._columns: dict[str, _Column] = {}

    def take(self, stream: BinaryIO) -> bool:
        for data in _whole_lines(stream):
            body = data
            if self._names is None:
                header, _, body = data.partition(b"\n")
                self._names = plain_names(header)
                if self._names is None:
                    return False
                self._columns = {name: _Column() for name in self._names}
            if body:
                rows = plain_rows(self._names, body)
                if rows is None:
                    return False
                for name, series in rows.items():
                    self._columns[name].add(series)
            self.taken += len(data)
        return True

    def tables(self) -> Sequence[Table]:
        if not any(column.size for column in self._columns.values()):
            raise HistoryError(self._path, "expected rows below the header, found none")
        columns = {name: column.series() for name, column in self._columns.items()}
        return [csv_table.plain_of(self._path, with_gaps(columns))]


class _Lines:
    """Objects of JSON, one a line."""

    def __init__(self, path: str) -> None:
        self.taken = 0
        self._read = json_lines.JsonLines(path)

    def take(self, stream: BinaryIO) -> bool:
        for data in _whole_lines(stream):
            text = data.decode("utf-8-sig" if self.taken == 0 else "utf-8", errors="replace").replace("\0", "")
            lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")[:-1]
            if any(len(line) > LONGEST_LINE for line in lines):
                return False
            self._read.take(lines)
            self.taken += len(data)
        return True

    def tables(self) -> Sequence[Table]:
        return [replace(table, columns=_copied(table.columns)) for table in self._read.tables()]


class _Events:
    """Records of TensorBoard."""

    def __init__(self, path: str) -> None:
        self.taken = 0
        self._path = path
        self._gathered = tensorboard.Gathered()

    def take(self, stream: BinaryIO) -> bool:
        taken = self.taken
        for block in records(iter(partial(stream.read, PIECE), b"")):
            if block.broken_at is not None:
                return False
            if block.starts.size:
                self._gathered.add(block)
                tensorboard.check_tags(self._gathered, self._path)
                self.taken = taken + block.behind
        return True

    def tables(self) -> Sequence[Table]:
        return [tensorboard.table_of(self._gathered, self._path, Path(self._path))]


class _Column:
    """A column to which rows are added; its room is doubled when it is full."""

    def __init__(self) -> None:
        self.size = 0
        self._values: NDArray[np.float64] = np.empty(0)
        self._logged: NDArray[np.bool_] = np.empty(0, dtype=np.bool_)

    def add(self, series: Series) -> None:
        """Add rows."""
        end = self.size + series.values.size
        if end > self._values.size:
            room = max(end, 2 * self._values.size, 1024)
            self._values = np.concatenate([self._values[: self.size], np.empty(room - self.size)])
            self._logged = np.concatenate([self._logged[: self.size], np.zeros(room - self.size, dtype=np.bool_)])
        self._values[self.size : end], self._logged[self.size : end] = series.values, series.logged
        self.size = end

    def series(self) -> Series:
        """The rows up to now; they do not change when more are added."""
        return Series(self._values[: self.size], self._logged[: self.size])


def _whole_lines(stream: BinaryIO) -> Iterator[bytes]:
    """The rest of a file up to the end of its last whole line, in portions of whole lines."""
    rest = b""
    while portion := stream.read(PORTION):
        data = rest + portion
        end = data.rfind(b"\n") + 1
        if end:
            yield data[:end]
        rest = data[end:]
        if len(rest) > PORTION:
            return


def _copied(columns: Mapping[str, Series]) -> dict[str, Series]:
    return {name: Series(series.values.copy(), series.logged.copy()) for name, series in columns.items()}


_READERS: Mapping[str, Callable[[str], Growing]] = {
    csv_table.PLAIN.name: _PlainTable,
    json_lines.NAME: _Lines,
    tensorboard.NAME: _Events,
}
