"""Whether files have changed since they were last looked at, without reading them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Stamp", "grown", "stamp_of"]


@dataclass(frozen=True, slots=True)
class Stamp:
    """What files were like at one moment.

    Args:
        files: for each its size in bytes and the time of its last change in nanoseconds; None where it is not there.

    """

    files: tuple[tuple[int, int] | None, ...]


def stamp_of(files: Sequence[str]) -> Stamp:
    """Look at files; to be taken before they are read, so that what is written meanwhile is not missed."""
    return Stamp(tuple(map(_look, files)))


def grown(files: Sequence[str], since: Stamp | None) -> Stamp | None:
    """The present stamp where there is something new to read, else None.

    A file that has vanished is waited for: programs that rewrite a log remove it for a moment.

    Args:
        files: those that are followed.
        since: their stamp when they were last read; None where they were not.

    """
    now = stamp_of(files)
    return None if now == since or None in now.files else now


def _look(file: str) -> tuple[int, int] | None:
    try:
        found = Path(file).stat()
    except (OSError, ValueError):
        return None
    return found.st_size, found.st_mtime_ns
