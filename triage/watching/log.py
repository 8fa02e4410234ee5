"""One file that a program writes to -> its tables, without a last line that is not there to its end."""

from __future__ import annotations

import io
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from stat import S_ISREG
from typing import TYPE_CHECKING, BinaryIO

from triage.history import csv_table, fairseq, json_lines, key_values, text_logs
from triage.history.formats import format_of
from triage.history.head import HEAD, Head, encoding_of
from triage.history.opened import Opened, opened
from triage.history.progress import meters
from triage.history.table import Table
from triage.watching.growing import Growing, growing_of

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

__all__ = ["Log", "Look", "look"]

LINES = frozenset(
    known.name
    for known in (
        csv_table.PLAIN,
        *fairseq.FORMATS,
        *json_lines.FORMATS,
        *key_values.FORMATS,
        *text_logs.FORMATS,
    )
)
"""Formats that are written line by line."""

TAIL = 1 << 16
"""Bytes at the end of a file in which its last line is looked for."""

BEGINNING = END = 256
"""Bytes at the beginning and before the place up to which it was read by which a file is known again."""


@dataclass(frozen=True, slots=True)
class Look:
    """What a file is like from outside.

    Args:
        device, inode: which file it is.
        size: its bytes.
        changed: when it was last written to, in nanoseconds.

    """

    device: int
    inode: int
    size: int
    changed: int


def look(path: str) -> Look | None:
    """Look at a file without opening it; None where there is none: a pipe or a device would be waited for."""
    try:
        found = os.stat(path)  # noqa: PTH116 - every file, every time
    except (OSError, ValueError):
        return None
    return None if not S_ISREG(found.st_mode) else Look(found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns)


class Log:
    """A file that is read again and again, from where it was read before where its format allows that.

    Args:
        path: where it lies.

    """

    def __init__(self, path: str) -> None:
        """Nothing is read yet."""
        self.path = path
        self.is_torn = False
        """Whether the last reading left out a line that had no end."""
        self._growing: Growing | None = None
        self._which: tuple[int, int, bytes] | None = None
        self._end = b""

    def read(self, *, settled: bool) -> Sequence[Table]:
        """The tables of the file as it is now, one for each run in it.

        Args:
            settled: whether nobody seems to be writing, so that a last line without an end counts.

        Raises:
            HistoryError: it is no history, or not yet.
            OSError: it cannot be opened.

        """
        with Path(self.path).open("rb") as stream:
            found = os.fstat(stream.fileno())
            beginning = stream.read(BEGINNING)
            which = found.st_dev, found.st_ino, beginning
            if not (settled and self.is_torn):
                if not self._is_same(which, stream):
                    stream.seek(0)
                    self._growing = _begun(self.path, stream.read(HEAD))
                    self._which = which
                if self._growing is not None:
                    stream.seek(self._growing.taken)
                    if self._growing.take(stream):
                        self._end = _before(stream, self._growing.taken)
                        self.is_torn = self._growing.taken < found.st_size
                        return self._growing.tables()
            self._growing = None
        return self._whole(settled=settled)

    def _is_same(self, which: tuple[int, int, bytes], stream: BinaryIO) -> bool:
        """Whether the file is the one that was read before, and has only grown."""
        if self._which is None or which[:2] != self._which[:2] or not which[2].startswith(self._which[2]):
            return False
        return self._growing is None or _before(stream, self._growing.taken) == self._end

    def _whole(self, *, settled: bool) -> Sequence[Table]:
        with opened(self.path, meters([""], None)[0]) as found:
            self.is_torn = False
            known = format_of(found.head)
            if known.name not in LINES or settled or found.path is None:
                return known.read(found)
            end = _end_of_lines(found.path)
            self.is_torn = end is not None
            return known.read(found if end is None else _up_to(found, end))


def _begun(path: str, data: bytes) -> Growing | None:
    """A reader for a file that begins so, where it can be read portion by portion."""
    if not data or not encoding_of(data).startswith("utf-8"):
        return None
    return growing_of(format_of(Head(path, data, len(data) < HEAD)).name, path)


def _before(stream: BinaryIO, place: int) -> bytes:
    """The bytes of a file before a place in it."""
    stream.seek(max(0, place - END))
    return stream.read(min(place, END))


def _end_of_lines(path: Path) -> int | None:
    """Where the last whole line ends; None where that is the end of the file, or far before it."""
    with path.open("rb") as stream:
        size = stream.seek(0, io.SEEK_END)
        start = stream.seek(max(0, size - TAIL))
        tail = stream.read()
    end = max(tail.rfind(b"\n"), tail.rfind(b"\r")) + 1
    return None if end in (0, len(tail)) else start + end


def _up_to(found: Opened, end: int) -> Opened:
    """The same file as if it ended there."""
    data = found.head.data[:end]
    head = Head(found.file, data, whole=end <= len(data) < HEAD)
    stream = io.BufferedReader(_Limited(found.stream, end), HEAD)
    return Opened(found.file, head, stream, None, found.meter, found.raw)


class _Limited(io.RawIOBase):
    """The first bytes of a stream."""

    def __init__(self, stream: BinaryIO, size: int) -> None:
        super().__init__()
        self._stream = stream
        self._left = size

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        view = memoryview(buffer).cast("B")
        data = self._stream.read(min(len(view), self._left))
        self._left -= len(data)
        view[: len(data)] = data
        return len(data)
