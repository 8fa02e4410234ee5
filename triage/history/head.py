"""The beginning of a file, by which its format is recognised."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from functools import cached_property

from triage.history.csv_plain import PlainTable, plain_table

__all__ = ["HEAD", "Head", "encoding_of", "is_text"]

HEAD = 1 << 16
"""Bytes that are looked at before a format is chosen."""

LOOKED_AT = 4096
"""Bytes by which text is told from what is none."""

MOST_CONTROLS = 0.02
MOST_FOREIGN = 0.9
"""Shares of a text that control characters and bytes of another encoding may have: tables drawn with lines in an
encoding of old are bytes of it for the most part."""

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

_CONTROLS = bytes(set(range(32)) - set(b"\t\n\r\f\b\x1b")) + b"\x7f"


@dataclass(frozen=True)
class Head:
    """The first bytes of a file.

    Args:
        file: its name, as it was given. It may break a tie, but never decides by itself what a file is.
        data: at most `HEAD` bytes, decompressed.
        whole: whether that is all of it.

    """

    file: str
    data: bytes
    whole: bool

    @cached_property
    def text(self) -> str:
        """As text; empty where the bytes are none."""
        if not is_text(self.data):
            return ""
        return self.data.decode(encoding_of(self.data), errors="replace").replace("\0", "")

    @cached_property
    def plain(self) -> PlainTable | None:
        """The whole file as a table that is laid out in the plainest way; None where it is none."""
        return plain_table(self.data) if self.whole else None

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """Its lines that are not empty; the last only where it is there to its end."""
        lines = self.text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        if not self.whole and len(lines) > 1:
            lines.pop()
        return tuple(line for line in lines if line.strip())


def encoding_of(data: bytes) -> str:
    """The encoding that the first bytes of a text name, or show where they name none; UTF-8 where they do neither."""
    marked = next((name for mark, name in _BYTE_ORDER_MARKS if data.startswith(mark)), None)
    if marked is not None:
        return marked
    even, odd = data[:LOOKED_AT:2], data[1:LOOKED_AT:2]
    if len(odd) >= 4 and odd.count(0) > 0.9 * len(odd) and not even.count(0):
        return "utf-16-le"
    if len(odd) >= 4 and even.count(0) > 0.9 * len(even) and not odd.count(0):
        return "utf-16-be"
    return "utf-8"


def is_text(data: bytes) -> bool:
    """Whether a file that begins so is text, with a stray byte here and there at most."""
    start = data[:LOOKED_AT]
    encoding = encoding_of(start)
    if not encoding.startswith("utf-8"):
        start = start.decode(encoding, errors="ignore").encode("utf-8", errors="ignore")
    if b"\0" in start:
        return False
    controls = len(start) - len(start.translate(None, _CONTROLS))
    foreign = start.decode("utf-8", errors="replace").count("\ufffd")
    return controls <= MOST_CONTROLS * len(start) + 1 and foreign <= MOST_FOREIGN * len(start) + 3
