"""Bytes of a file -> lines of text, in bounded memory and with a clear word on what is not text."""

from __future__ import annotations

import codecs
import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from triage.errors import HistoryError

__all__ = ["STANDARD_INPUT", "lines", "opened"]

STANDARD_INPUT = "-"
"""Name of a file that stands for standard input."""

LONGEST_LINE = 1_000_000
"""Characters; a longer line is no row of a log."""

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@contextmanager
def opened(file: str) -> Iterator[BinaryIO]:
    """The bytes of a file or of standard input; raises `HistoryError` where there are none to be had."""
    if file == STANDARD_INPUT:
        if sys.stdin is None:
            raise HistoryError(file, "expected a history on standard input, found it closed")
        yield sys.stdin.buffer
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


def lines(stream: BinaryIO, file: str) -> Iterator[str]:
    """The lines of a text file without their ends.

    Args:
        stream: its bytes.
        file: its name for messages.

    Raises:
        HistoryError: the file is empty, is not text, or has a line that no log has.

    """
    try:
        head = stream.peek(4096)[:4096] if hasattr(stream, "peek") else b""
    except OSError as error:
        raise HistoryError(file, f"expected a file that can be read, found: {error.strerror}") from None
    if not head:
        raise HistoryError(file, "expected a history, found an empty file")
    encoding = next((name for mark, name in _BYTE_ORDER_MARKS if head.startswith(mark)), "utf-8")
    if encoding.startswith("utf-8") and b"\0" in head:
        raise HistoryError(file, "expected text, found binary data")
    text = io.TextIOWrapper(stream, encoding=encoding, errors="strict", newline=None)
    number = 0
    try:
        while line := text.readline(LONGEST_LINE + 1):
            number += 1
            if len(line) > LONGEST_LINE:
                raise HistoryError(
                    file, f"expected lines of at most {LONGEST_LINE:,} characters, found a longer one", number
                )
            if "\0" in line:
                raise HistoryError(file, "expected text, found binary data", number)
            yield line.rstrip("\n")
    except UnicodeDecodeError as error:
        before = error.object[: error.start].decode(error.encoding, errors="ignore")
        number += 1 + before.replace("\r\n", "\n").replace("\r", "\n").count("\n")
        raise HistoryError(file, f"expected {encoding.upper()} text, found bytes that are none", number) from None
    except OSError as error:
        raise HistoryError(file, f"expected a file that can be read, found: {error.strerror}", number + 1) from None
    finally:
        if not stream.closed:
            text.detach()
