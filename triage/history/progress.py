"""How much of the files has been read, told at once and then a few times a second."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import accumulate, islice
from os import PathLike
from pathlib import Path
from typing import BinaryIO, Protocol, TypeAlias, TypeVar

__all__ = ["Meter", "Progress", "meters"]

Item = TypeVar("Item")

Progress: TypeAlias = Callable[[int, int], None]
"""Is given the bytes that were read and the bytes in all."""


class Meter(Protocol):
    """Gives the lines or records of a file on, and tells meanwhile how far its stream has been read."""

    def __call__(self, items: Iterator[Item], stream: BinaryIO, each: int, /) -> Iterator[Item]:
        """The same items; after how many of them the clock is looked at."""


INTERVAL = 0.05
"""Seconds between two tellings."""


def meters(sources: Sequence[object], progress: Progress | None) -> list[Meter]:
    """For each source of one run what tells how far all of them have been read.

    A file may grow while it is read, so the bytes in all that are told are never below those that were read. Of a
    source that is no file nothing is told.

    Args:
        sources: in the order in which they are read.
        progress: what is told; what it raises ends the reading. None where nobody wants to know.

    """
    if progress is None:
        return [_silent] * len(sources)
    sizes = [_size(source) for source in sources]
    return [
        partial(_telling, before=before, size=sum(sizes), progress=progress)
        for before in accumulate(sizes[:-1], initial=0)
    ]


def _telling(
    items: Iterator[Item], stream: BinaryIO, each: int, before: int, size: int, progress: Progress
) -> Iterator[Item]:
    if _position(stream) is None:
        yield from items
        return
    due = time.monotonic()
    while block := list(islice(items, each)):
        yield from block
        if time.monotonic() >= due:
            _tell(stream, before, size, progress)
            due = time.monotonic() + INTERVAL
    _tell(stream, before, size, progress)


def _silent(items: Iterator[Item], _: BinaryIO, __: int) -> Iterator[Item]:
    return items


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
