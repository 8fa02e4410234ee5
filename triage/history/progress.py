"""How much of the files has been read, told a few times a second."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import accumulate, islice
from os import PathLike
from pathlib import Path
from typing import BinaryIO, TypeAlias

__all__ = ["Meter", "Progress", "meters"]

Progress: TypeAlias = Callable[[int, int], None]
"""Is given the bytes that were read and the bytes in all."""

Meter: TypeAlias = Callable[[Iterator[str], BinaryIO], Iterator[str]]
"""Gives the lines of a file on, and tells meanwhile how far its stream has been read."""

INTERVAL = 0.05
"""Seconds between two tellings."""

BLOCK = 100
"""Lines between two looks at the clock; a look costs about as much as ten lines."""


def meters(sources: Sequence[object], progress: Progress | None) -> list[Meter]:
    """For each source of one run what tells how far all of them have been read.

    A file may grow while it is read, so the bytes in all that are told are never below those that were read. Of a
    source that is no file nothing is told.

    Args:
        sources: in the order in which they are read.
        progress: what is told; what it raises ends the reading. None where nobody wants to know.

    """
    if progress is None:
        return [lambda lines, _: lines] * len(sources)
    sizes = [_size(source) for source in sources]
    return [
        partial(_telling, before=before, size=sum(sizes), progress=progress)
        for before in accumulate(sizes[:-1], initial=0)
    ]


def _telling(lines: Iterator[str], stream: BinaryIO, before: int, size: int, progress: Progress) -> Iterator[str]:
    if _position(stream) is None:
        yield from lines
        return
    due = time.monotonic() + INTERVAL
    while block := list(islice(lines, BLOCK)):
        yield from block
        if time.monotonic() >= due:
            _tell(stream, before, size, progress)
            due = time.monotonic() + INTERVAL
    _tell(stream, before, size, progress)


def _tell(stream: BinaryIO, before: int, size: int, progress: Progress) -> None:
    read = before + (_position(stream) or 0)
    progress(read, max(read, size))


def _position(stream: BinaryIO) -> int | None:
    """Where the stream is; None for one that does not know, such as a pipe."""
    try:
        return stream.tell()
    except OSError:
        return None


def _size(source: object) -> int:
    """Bytes of a file; nothing of what is no file, or of one that cannot be looked at."""
    if not isinstance(source, str | PathLike):
        return 0
    try:
        return Path(source).stat().st_size
    except (OSError, ValueError):
        return 0
