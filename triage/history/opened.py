"""A file, decompressed and at its beginning."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, TypeVar, cast

from triage.errors import HistoryError
from triage.history.compressed import decompressed
from triage.history.head import HEAD, Head
from triage.history.progress import Meter
from triage.history.text import lines

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

__all__ = ["STANDARD_INPUT", "Opened", "opened"]

STANDARD_INPUT = "-"
"""Name of a file that stands for standard input."""

Item = TypeVar("Item")

LINES = 100
"""Lines between two looks at the clock; a look costs about as much as ten lines."""


@dataclass(frozen=True)
class Opened:
    """A file that can be read once, from its beginning.

    Args:
        file: its name for messages, as it was given.
        head: how it begins.
        stream: its bytes, decompressed.
        path: where the very same bytes lie, for what maps or opens files by itself; None for standard input and where
            they are compressed.
        meter: what is told how far the file has been read.
        raw: its bytes as they lie, by which that is told.

    """

    file: str
    head: Head
    stream: BinaryIO
    path: Path | None
    meter: Meter
    raw: BinaryIO

    def lines(self) -> Iterator[str]:
        """Its lines without their ends; raises `HistoryError` where it is no text."""
        return self.meter(lines(self.stream, self.file), self.raw, LINES)

    def told(self, items: Iterator[Item]) -> Iterator[Item]:
        """Pass on what is read of the file, and tell meanwhile how far that is; for readers of anything but lines."""
        return self.meter(items, self.raw, 1)


@contextmanager
def opened(file: str, meter: Meter) -> Iterator[Opened]:
    """Open a file or standard input.

    Args:
        file: a path, or ``-``.
        meter: what is told how far it was read.

    Raises:
        HistoryError: there is nothing that can be read.

    """
    with _raw(file) as raw, decompressed(raw, file) as stream:
        data, whole = _beginning(stream, file)
        if not data:
            raise HistoryError(file, "expected a history, found an empty file")
        path = Path(file) if file != STANDARD_INPUT and stream is raw else None
        yield Opened(file, Head(file, data, len(data) < HEAD), whole, path, meter, raw)


def _beginning(stream: BinaryIO, file: str) -> tuple[bytes, BinaryIO]:
    """The first bytes, and a stream of all of them."""
    try:
        data = stream.read(HEAD)
        if stream.seekable():
            stream.seek(-len(data), io.SEEK_CUR)
            return data, stream
    except OSError as error:
        raise HistoryError(file, f"expected a file that can be read, found: {error.strerror or error}") from None
    return data, io.BufferedReader(_Joined(data, stream), HEAD)


class _Joined(io.RawIOBase):
    """Bytes that were read already, and then the stream that they came from."""

    def __init__(self, data: bytes, stream: BinaryIO) -> None:
        super().__init__()
        self._data = data
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        view = memoryview(buffer).cast("B")
        data = self._data[: len(view)] or self._stream.read(len(view))
        self._data = self._data[len(data) :]
        view[: len(data)] = data
        return len(data)


@contextmanager
def _raw(file: str) -> Iterator[io.BufferedReader]:
    if file == STANDARD_INPUT:
        if sys.stdin is None:
            raise HistoryError(file, "expected a history on standard input, found it closed")
        if sys.stdin.isatty():
            sys.stderr.write("triage: the history is read from this terminal; an end of file (Ctrl-D) ends it\n")
        yield cast("io.BufferedReader", sys.stdin.buffer)
        return
    path = Path(file)
    try:
        if path.is_dir():
            raise HistoryError(file, "expected a file, found a folder")
        stream = path.open("rb")
    except FileNotFoundError:
        raise HistoryError(file, "expected a history, found no such file") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise HistoryError(file, f"expected a file that can be read, found: {reason}") from None
    with stream:
        yield stream
