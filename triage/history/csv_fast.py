"""Large blocks of a plain table -> columns, through the parser of pandas.

That parser reads some 250 MB/s and lets other threads run meanwhile, where `csv_rows` reads 15; but it takes half a
second to import, so only large files go through it. There is one meaning of a table, that of `csv_rows`: what holds
anything but numbers and empty cells, all rows of one width, is left to it.

Since pandas 3.1 each number is rounded as `float` rounds it. Before, one of more than 15 digits may differ in the last
bit.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from triage.history.csv_dialect import SPACES, Layout
from triage.history.csv_portion import Portion
from triage.history.model import Series
from triage.history.text import LONGEST_LINE

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["fast_portion"]

MOST_COLUMNS = 1000
"""A wider table is read no faster."""

LETTERS = (b"u", b"U", b"s", b"S")
"""One of these stands in each true and each false, which pandas takes for 1 and 0."""

SAMPLE = 100

PART = 1 << 18

PLUS = ord("+")
"""The lowest character that a number may begin with."""


def fast_portion(block: bytes, layout: Layout) -> Portion | None:
    """The rows of a block, or None where it is not laid out plainly.

    Args:
        block: whole lines.
        layout: the layout of the table.

    """
    width = len(layout.names)
    if not block.endswith(b"\n"):
        block += b"\n"
    lines = _count(block, "\n")
    text = _plain(block, lines, layout)
    if text is None or width > MOST_COLUMNS or _has_long_lines(text):
        return None
    if text[: text.index(b"\n")].count(layout.delimiter.encode()) != width - 1:
        return None
    frame = _parsed(text, layout)
    if frame is None or len(frame) != lines:
        return None
    columns = {name: _series(frame[place].to_numpy()) for place, name in enumerate(layout.names)}
    first, last = columns[layout.names[0]].logged, columns[layout.names[-1]].logged
    # A row that is too short ends in gaps, and one of tabs alone is empty.
    if not last.all() and _count(text, layout.delimiter) != len(frame) * (width - 1):
        return None
    if layout.delimiter.isspace() and not first.all():
        return None
    if any(map(_is_zero_or_one, columns.values())) and any(letter in text for letter in LETTERS):
        return None
    return Portion(columns, {}, len(frame))


def _plain(block: bytes, lines: int, layout: Layout) -> bytes | None:
    """A block of so many lines without quotes; None where that needs a closer look."""
    if layout.delimiter == SPACES or (layout.decimal_comma and b"." in block):
        return None
    if block.startswith(codecs.BOM_UTF8):  # pandas would leave it out, and it is none in the middle of a file
        return None
    if _holds_only_numbers(block, lines, layout.delimiter):
        return block
    if b"\0" in block:
        return None
    if b"\r" in block and not block.count(b"\r") == block.count(b"\n") == block.count(b"\r\n"):
        return None
    if b'"' in block:
        return block.replace(b'"', b"") if _all_quoted(block.replace(b"\r", b""), layout.delimiter.encode()) else None
    return block


def _all_quoted(block: bytes, delimiter: bytes) -> bool:
    """Whether every cell stands in quotes and none holds one: then there is one on each side of all that divides."""
    quotes = block.count(b'"')
    dividers = block.count(delimiter) + block.count(b"\n")
    behind = 1 + block.count(delimiter + b'"') + block.count(b'\n"')
    before = block.count(b'"' + delimiter) + block.count(b'"\n')
    return block.startswith(b'"') and behind == before == dividers and quotes == 2 * dividers


def _has_long_lines(block: bytes) -> bool:
    """Whether there is a line that may be too long for a log."""
    half = LONGEST_LINE // 2
    return any(block.find(b"\n", start, start + half) < 0 for start in range(0, len(block) - half, half))


def _parsed(block: bytes, layout: Layout) -> pd.DataFrame | None:
    """The cells as numbers, NaN where one is empty; None where one is something else, or a row is too long."""
    import pandas as pd

    try:
        return pd.read_csv(
            io.BytesIO(block),
            sep=layout.delimiter,
            header=None,
            names=list(range(len(layout.names))),
            index_col=False,
            dtype=np.float64,
            na_values=[""],
            keep_default_na=False,
            decimal="," if layout.decimal_comma else ".",
            quoting=csv.QUOTE_NONE,
            engine="c",
        )
    except ValueError:
        return None


def _series(values: NDArray[np.float64]) -> Series:
    return Series(values, ~np.isnan(values))


def _is_zero_or_one(series: Series) -> bool:
    """Whether a column holds nothing else, looked for in a few of its rows first; true and false are read so."""
    size = series.values.size
    return all(
        bool(((values == 0) | (values == 1) | np.isnan(values)).all())
        for values in (series.values[:: 1 + size // SAMPLE], series.values)
    )


def _holds_only_numbers(block: bytes, lines: int, delimiter: str) -> bool:
    """Whether there is no return, quote or other mark below the plus but the ends of lines, and what separates."""
    marks = sum(int(np.count_nonzero(part < PLUS)) for part in _in_parts(block))
    return marks == lines + (_count(block, delimiter) if ord(delimiter) < PLUS else 0)


def _count(block: bytes, mark: str) -> int:
    return sum(int(np.count_nonzero(part == ord(mark))) for part in _in_parts(block))


def _in_parts(block: bytes) -> Iterator[NDArray[np.uint8]]:
    """The bytes in parts that fit the cache; numpy lets other threads run meanwhile, and `bytes.count` does not."""
    data = np.frombuffer(block, dtype=np.uint8)
    return (data[start : start + PART] for start in range(0, data.size, PART))
