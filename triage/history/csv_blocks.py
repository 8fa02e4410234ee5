"""A table of text -> blocks of whole lines in UTF-8, without a last line that is still being written."""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator, Sequence
from itertools import islice
from math import isfinite
from typing import BinaryIO

from triage.errors import HistoryError
from triage.history.csv_dialect import Layout, cells_of, is_number
from triage.history.head import HEAD, encoding_of
from triage.history.numbers import parse_cell
from triage.history.opened import Opened
from triage.history.text import LONGEST_LINE

__all__ = ["blocks_of", "lines_of", "parts_of", "without_torn"]

BLOCK = 1 << 24
"""Bytes of a block: smaller ones cost `csv_fast` more, larger ones more memory."""

SMALL = 1 << 19
"""Bytes of a part of a block that is read cell by cell."""

LINES = 10_000
"""Lines of a block of text in another encoding."""

ROWS_BEFORE = 50
"""Rows beside which a last row that may be torn is looked at."""

FEWEST_ROWS = 20
"""So many of them must be there before a short last cell counts as torn."""


def blocks_of(found: Opened) -> Iterator[bytes]:
    """Blocks that end where a line ends, the last perhaps without its end; the first is about as long as the head.

    Raises:
        HistoryError: the file cannot be read.

    """
    if encoding_of(found.head.data).startswith("utf-8"):
        return _of_whole_lines(found.told(_readable(_pieces(found), found.file)))
    return _encoded(found.lines())


def parts_of(block: bytes) -> Iterator[bytes]:
    """A block in parts of whole lines, the cells of which do not fill the memory."""
    start = 0
    while len(block) - start > SMALL:
        cut = block.find(b"\n", start + SMALL) + 1
        if not cut:
            break
        yield block[start:cut]
        start = cut
    if start < len(block):
        yield block[start:] if start else block


def lines_of(block: bytes, first: int, file: str) -> list[str]:
    """The lines of a block without their ends.

    Args:
        block: UTF-8, but for single bytes.
        first: number of its first line.
        file: its name for messages.

    Raises:
        HistoryError: a line of it is longer than any of a log.

    """
    text = block.decode("utf-8", errors="replace").replace("\0", "")
    lines = [line.removesuffix("\n") for line in io.StringIO(text, newline=None)]
    for number, line in enumerate(lines, start=first):
        if len(line) > LONGEST_LINE:
            raise HistoryError(
                file, f"expected lines of at most {LONGEST_LINE:,} characters, found a longer one", number
            )
    return lines


def without_torn(block: bytes, layout: Layout) -> bytes:
    """The last block of a file without the line that a program is just writing.

    A last line without an end is torn where it has fewer cells than the rows above it, or where its last cell is no
    number or shorter than those of all the rows above it, of which there must be a few: numbers that are written whole
    are of one length, or of many.
    """
    if block.endswith((b"\n", b"\r")):
        return block
    start = max(block.rfind(b"\n"), block.rfind(b"\r")) + 1
    last = block[start:].decode("utf-8", errors="replace")
    above = block[max(0, start - ROWS_BEFORE * (len(last) + 100)) : start].decode("utf-8", errors="replace")
    rows = [cells_of(line, layout.delimiter) for line in above.splitlines()[1:] if line.strip()][-ROWS_BEFORE:]
    return block[:start] if _is_torn(cells_of(last, layout.delimiter), rows, len(layout.names)) else block


def _is_torn(last: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> bool:
    if not last or not rows:
        return False
    if len(last) < width:
        return all(len(row) >= width for row in rows)
    cell = last[-1].strip()
    above = [row[-1].strip() for row in rows if len(row) == len(last)]
    numbers = [other for other in above if is_number(other)]
    if len(numbers) < FEWEST_ROWS or not cell or cell in above:
        return False
    if not is_number(cell):
        return True
    return isfinite(parse_cell(cell) or 0.0) and len(cell) < min(map(len, numbers))


def _of_whole_lines(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """One block behind what was read, so that the last has rows above its last line."""
    ready = rest = b""
    for number, piece in enumerate(pieces):
        data = rest + (piece if number else piece.removeprefix(codecs.BOM_UTF8))
        cut = _last_end(data)
        if not cut and len(data) <= 4 * LONGEST_LINE:
            rest = data
            continue
        whole, rest = (data[:cut], data[cut:]) if cut else (data, b"")
        if ready and len(whole) < SMALL:
            ready += whole
            continue
        if ready:
            yield ready
        ready = whole
    if ready or rest:
        yield ready + rest


def _pieces(found: Opened) -> Iterator[bytes]:
    """The first about as long as the head, and each with the rest of its last line, so that nothing is cut twice."""
    piece_of = _piece_at_once if found.path is not None and found.stream.seekable() else _piece
    size = HEAD
    while piece := piece_of(found.stream, size):
        yield piece
        size = BLOCK


def _piece(stream: BinaryIO, size: int) -> bytes:
    piece = stream.read(size)
    return piece + stream.readline(LONGEST_LINE) if piece else piece


def _piece_at_once(stream: BinaryIO, size: int) -> bytes:
    """The same of a file in which one can go back, without a copy: first where the line ends, then all up to there."""
    start = stream.tell()
    stream.seek(start + size)
    end = start + size + len(stream.readline(LONGEST_LINE))
    stream.seek(start)
    return stream.read(end - start)


def _last_end(data: bytes) -> int:
    """Behind the last end of a line that is surely whole: a return may be followed by a newline that was not read."""
    return data.rfind(b"\n") + 1 or data.rfind(b"\r", 0, -1) + 1


def _readable(pieces: Iterator[bytes], file: str) -> Iterator[bytes]:
    try:
        yield from pieces
    except OSError as error:
        raise HistoryError(file, f"expected a file that can be read, found: {error.strerror or error}") from None


def _encoded(lines: Iterator[str]) -> Iterator[bytes]:
    while some := list(islice(lines, LINES)):
        yield "".join(f"{line}\n" for line in some).encode("utf-8", errors="replace")
