"""The bytes of a binary file, piece by piece."""

from __future__ import annotations

from collections.abc import Iterator

from triage.errors import HistoryError
from triage.history.opened import Opened

__all__ = ["PIECE", "pieces"]

PIECE = 1 << 16
"""Bytes of a piece: small, for the meter takes a hundred of them at a time."""


def pieces(found: Opened) -> Iterator[bytes]:
    """All of a file from its beginning, told to its meter.

    Raises:
        HistoryError: the file cannot be read on.

    """
    return found.told(_read(found))


def _read(found: Opened) -> Iterator[bytes]:
    try:
        while piece := found.stream.read(PIECE):
            yield piece
    except OSError as error:
        reason = error.strerror or error
        raise HistoryError(found.file, f"expected a file that can be read, found: {reason}") from None
