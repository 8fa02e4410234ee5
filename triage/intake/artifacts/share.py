"""What share of the bytes has been read, told at once and then a few times a second."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeAlias

__all__ = ["Progress", "Share", "part_of"]

Progress: TypeAlias = Callable[[float], None]
"""Is given a share from 0 to 1 that never falls; what it raises ends the reading."""

INTERVAL = 0.05
"""Seconds between two tellings."""


class Share:
    """Counts bytes and tells what share of all of them that is."""

    def __init__(self, total: int, progress: Progress | None) -> None:
        """Nothing read yet, which is told.

        Args:
            total: bytes in all, as far as that is known.
            progress: what is told; None where nobody wants to know.

        """
        self._total = max(1, total)
        self._read = 0
        self._due = 0.0
        self._progress = progress
        self.add(0)

    def add(self, read: int) -> None:
        """So many bytes more."""
        self._read += read
        if self._progress is not None and time.monotonic() >= self._due:
            self._progress(min(1.0, self._read / self._total))
            self._due = time.monotonic() + INTERVAL

    def end(self) -> None:
        """All has been read."""
        if self._progress is not None:
            self._progress(1.0)


def part_of(progress: Progress | None, first: float, last: float) -> Progress | None:
    """What tells the share of one part of the work, which goes from one share of the whole to another."""
    if progress is None:
        return None
    return lambda share: progress(first + share * (last - first))
