"""A large plain table in one go, through the reader of pandas that takes a file apart by itself.

Since pandas 3.1 that reader hands parts of a local file to its threads and puts the columns together without Python
between. `csv_fast` feeds the same parser block by block, which takes longer, but tells how far it is and needs less
memory: that of two blocks beside the columns. So this way is for files of a size at which neither matters.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from triage.history.csv_dialect import SPACES, Layout
from triage.history.csv_fast import MOST_COLUMNS, PLUS, fast_portion, is_zero_or_one, parsed, series_of
from triage.history.csv_portion import Portion

__all__ = ["whole_portion"]

SMALLEST, LARGEST = 1 << 26, 1 << 30
"""Bytes of a file that is read in one go."""

PART = 1 << 18
"""Bytes that are looked at together, as they fit the cache."""

THREADS = 2

END = ord("\n")


def whole_portion(path: Path, block: bytes, layout: Layout) -> Portion | None:
    """All rows of a file, or None where it is not laid out plainly, or too small or large to be read in one go.

    Args:
        path: the file, which is not compressed.
        block: how it begins, whole lines.
        layout: the layout of the table.

    """
    try:
        size = path.stat().st_size
        start = block.index(b"\n") + 1 if layout.first else 0
        if not SMALLEST <= size <= LARGEST or not _begins_plainly(block, start, layout):
            return None
        with ThreadPoolExecutor(THREADS) as pool:
            return _portion(path, start, size, layout, pool)
    except (OSError, ValueError):
        return None


def _begins_plainly(block: bytes, start: int, layout: Layout) -> bool:
    return (
        layout.first <= 1
        and layout.delimiter != SPACES
        and not layout.decimal_comma
        and len(layout.names) <= MOST_COLUMNS
        and b"\r" not in block[:start]
        and fast_portion(block[start:], layout) is not None
    )


def _portion(path: Path, start: int, size: int, layout: Layout, pool: Executor) -> Portion | None:
    lines = _lines_of_bare_cells(path, start, size, layout, pool)
    if not lines:
        return None
    # An absolute path is never taken for an address.
    frame = parsed(str(path.resolve()), layout, skiprows=layout.first)
    if frame is None or len(frame) != lines:
        return None
    values = [frame[place].to_numpy() for place in range(len(layout.names))]
    columns = dict(zip(layout.names, pool.map(series_of, values), strict=True))
    if any(map(is_zero_or_one, columns.values())):  # which may have been true and false
        return None
    if layout.delimiter.isspace() and not columns[layout.names[0]].logged.all():  # a row of tabs alone is empty
        return None
    return Portion(columns, {}, lines)


def _lines_of_bare_cells(path: Path, start: int, size: int, layout: Layout, pool: Executor) -> int:
    """How many lines there are from some byte on; 0 where they are not all rows of bare cells and of one width."""
    bounds = [start + (size - start) * part // THREADS for part in range(THREADS + 1)]
    delimiter = ord(layout.delimiter)
    counts = np.sum(list(pool.map(lambda first, end: _counts(path, first, end, delimiter), bounds, bounds[1:])), axis=0)
    lines, delimiters, low, endless = counts.tolist()
    expected = lines + (delimiters if delimiter < PLUS else 0)
    is_bare = low == expected and delimiters == lines * (len(layout.names) - 1) and not endless
    return lines if is_bare and _last(path, size) == END else 0


def _counts(path: Path, start: int, end: int, delimiter: int) -> NDArray[np.int64]:
    """Ends of lines, delimiters, characters with which no number begins, and parts without an end of a line."""
    counts = np.zeros(4, dtype=np.int64)
    for part in _parts(path, start, end):
        lines = int(np.count_nonzero(part == END))
        counts += np.array([lines, np.count_nonzero(part == delimiter), np.count_nonzero(part < PLUS), not lines])
    return counts


def _parts(path: Path, start: int, end: int) -> Iterator[NDArray[np.uint8]]:
    """The bytes of a file from one place to another, each part in the same memory as the one before it."""
    buffer = bytearray(PART)
    read = np.frombuffer(buffer, dtype=np.uint8)
    with path.open("rb", buffering=0) as stream:
        stream.seek(start)
        while start < end and (count := stream.readinto(memoryview(buffer)[: end - start])):
            yield read[:count]
            start += count


def _last(path: Path, size: int) -> int:
    with path.open("rb", buffering=0) as stream:
        stream.seek(size - 1)
        return ord(stream.read(1) or b"\0")
