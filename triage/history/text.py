"""Bytes of a file -> lines of text, in bounded memory and with a clear word on what is not text."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import BinaryIO

from triage.errors import HistoryError
from triage.history.head import LOOKED_AT, encoding_of, is_text

__all__ = ["LONGEST_LINE", "lines"]

LONGEST_LINE = 1_000_000
"""Characters; a longer line is no row of a log."""


def lines(stream: BinaryIO, file: str) -> Iterator[str]:
    """The lines of a text file without their ends.

    A log in which a few bytes are no text is read all the same: they are shown as U+FFFD. Zero bytes, which a machine
    that crashed leaves in the file that it was writing, are left out.

    Args:
        stream: its bytes.
        file: its name for messages.

    Raises:
        HistoryError: the file is empty, is not text, or has a line that no log has.

    """
    try:
        head = stream.peek(LOOKED_AT)[:LOOKED_AT] if hasattr(stream, "peek") else b""
    except OSError as error:
        raise HistoryError(file, f"expected a file that can be read, found: {error.strerror}") from None
    if not head:
        raise HistoryError(file, "expected a history, found an empty file")
    if not is_text(head):
        raise HistoryError(file, "expected text, found binary data")
    text = io.TextIOWrapper(stream, encoding=encoding_of(head), errors="replace", newline=None)
    number = 0
    try:
        while line := text.readline(LONGEST_LINE + 1):
            number += 1
            if len(line) > LONGEST_LINE:
                raise HistoryError(
                    file, f"expected lines of at most {LONGEST_LINE:,} characters, found a longer one", number
                )
            if "\0" in line:
                line = line.replace("\0", "")
            yield line.rstrip("\n")
    except OSError as error:
        raise HistoryError(file, f"expected a file that can be read, found: {error.strerror}", number + 1) from None
    finally:
        if not stream.closed:
            text.detach()
