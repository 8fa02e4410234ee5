r"""Tables of text, as Keras, Lightning, Ultralytics, DVCLive, fastai, Stable Baselines and any loop write them.

::

    epoch,accuracy,loss,val_accuracy,val_loss      Keras CSVLogger: an epoch per row, counted from 0
    0,0.41,1.83,0.52,1.41

    epoch,step,train_loss,val_loss                 Lightning: train and validation on rows of their own, gaps empty
    0,49,0.71,
    0,62,,0.68

           epoch,   train/box_loss,     val/box_loss   Ultralytics: padded
               0,           1.6655,             1.25

    step    loss                                   DVCLive: one file per metric, plots/metrics/val/loss.tsv
    0       9.64

    sep=;                                          Excel, where a comma is the decimal point
    step;loss
    1;0,5

    step,loss                                      any loop

A file of bare numbers, one a line, is read as a training loss; beside a column that counts the rows too. Rows may end
in ``\r\r\n`` (Keras on Windows), cells may be quoted, and lines that begin with # are comments. A header that comes
again below, as a run that is taken up again writes it, may name other columns. The last line of a file that is being
written is left out where it is torn (see `csv_blocks.without_torn`).
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import chain
from pathlib import PurePath
from stat import S_ISREG

from triage.errors import HistoryError
from triage.history.csv_blocks import blocks_of, lines_of, parts_of, without_torn
from triage.history.csv_dialect import SAMPLE, SPACES, Layout, cells_of, is_number, layout_of
from triage.history.csv_fast import fast_portion
from triage.history.csv_plain import plain_names, plain_table
from triage.history.csv_portion import Gathered, Portion
from triage.history.csv_rows import portions_of
from triage.history.format import Format
from triage.history.gaps import with_gaps
from triage.history.head import HEAD, Head
from triage.history.model import Series
from triage.history.opened import Opened
from triage.history.table import Table

__all__ = ["PLAIN", "is_table", "plain_of", "read_plain", "read_table"]

THREADS = 2
"""Blocks that are read beside each other."""

AHEAD = 3
"""Blocks that are read before they are needed."""

LARGE = 1 << 22
"""Bytes behind the first block from which on the fast way is worth the import that it takes; a smaller table is read at
once where it is plain."""

MOST_EXPECTED = 20_000_000
"""Rows for which room is set aside at most; where more come, more is."""

MOST_CELLS = 20_000_000
EMPTIEST = 20
"""A larger table may have so many cells for each that stands in the file."""

SOME, MOST = 0.6, 0.9
"""Share of the first rows in which the column with the most numbers has one: of several columns, and of one alone."""


def read_plain(file: str) -> Table | None:
    """The table in a file of up to 4 MB that is laid out in the plainest way; None for any other, or none at all."""
    try:
        # A pipe that is opened is used up.
        if not S_ISREG(os.stat(file).st_mode):  # noqa: PTH116 - to make a Path takes longer than this
            return None
        # A file object would ask for the same once more.
        stream = os.open(file, os.O_RDONLY | getattr(os, "O_BINARY", 0))
        try:
            data = _whole(stream)
        finally:
            os.close(stream)
    except (OSError, ValueError):
        return None
    plain = None if data is None else plain_table(data)
    return None if plain is None else plain_of(file, plain.columns)


def _whole(stream: int) -> bytes | None:
    """All of a file; None where it is too large, or does not begin as a plain table does."""
    data = os.read(stream, HEAD)
    if len(data) < HEAD:
        return data
    if plain_names(data.partition(b"\n")[0]) is None:
        return None
    data += os.read(stream, LARGE - HEAD)
    return data if len(data) < LARGE else None


def plain_of(file: str, columns: Mapping[str, Series]) -> Table:
    """The table of a file whose cells are read already."""
    return _named_by_path(Table(file, _format(Layout(tuple(columns), ",")), columns))


def read_table(found: Opened) -> Table:
    """Read a separated table.

    Raises:
        HistoryError: it has no header, no rows, or rows that do not fit the header.

    """
    plain = found.head.plain
    if plain is not None:
        # Read to its end, so that this is told.
        deque(found.told(iter(partial(found.stream.read, HEAD), b"")), maxlen=0)
        return plain_of(found.file, plain.columns)
    blocks = blocks_of(found)
    block = next(blocks, b"")
    lines = lines_of(block, 1, found.file)
    layout = layout_of(lines, found.file)
    whole = lines_of(without_torn(block, layout), 1, found.file)
    gathered = Gathered(_expected_rows(found, len(block), len(lines)))
    latest = layout
    for known, portion in portions_of(whole[layout.first :], layout.first + 1, layout, found.file):
        latest = known
        gathered.add(portion)
    for portion in _portions(blocks, len(lines) + 1, latest, found.file):
        gathered.add(portion)
        _check_filled(gathered, found.file)
    if gathered.rows == 0:
        raise HistoryError(found.file, "expected rows below the header, found none", layout.line)
    ragged = gathered.ragged
    columns, text, warnings = gathered.columns()
    if not columns:
        raise HistoryError(found.file, "expected columns of numbers, found only text", layout.line)
    if layout.headerless:
        warnings.append("the file has no header; its numbers were taken for a training loss")
    if ragged:
        warnings.append(f"{ragged} rows have more or fewer cells than the header; what is missing was not logged")
    return _named_by_path(Table(found.file, _format(layout), with_gaps(columns), tuple(warnings), text))


def _check_filled(gathered: Gathered, file: str) -> None:
    """Headers that name ever new columns make a table that is empty nearly everywhere; no program writes one."""
    if gathered.cells > MOST_CELLS and gathered.cells > EMPTIEST * gathered.filled:
        raise HistoryError(
            file,
            f"expected rows that fill the columns, found {gathered.filled:,} of {gathered.cells:,} cells",
        )


def _expected_rows(found: Opened, size: int, lines: int) -> int:
    """How many rows a file may have whose first block has so many bytes and lines; 0 where that cannot be told."""
    try:
        whole = found.path.stat().st_size if found.path is not None else 0
    except OSError:
        return 0
    return min(int(1.1 * whole / max(size, 1) * lines) + 1, MOST_EXPECTED) if whole > size else lines


def is_table(head: Head) -> bool:
    """Whether a file begins as a table of numbers with a header does, or is nothing but numbers."""
    lines = head.lines
    if not lines or lines[0].lstrip()[:1] in "{[<":
        return False
    try:
        layout = layout_of(lines, head.file)
    except HistoryError:
        return _is_all_numbers(lines)
    rows = [line for line in lines[layout.first :] if not line.lstrip().startswith("#")][:SAMPLE]
    if not rows:
        return any("loss" in name.lower() and len(name) < 60 for name in layout.names)
    width = len(layout.names)
    if sum(map(is_number, layout.names)) >= width / 2:
        return False
    cells = [cells_of(line, layout.delimiter) for line in rows]
    fitting = [row for row in cells if width / 2 <= len(row) <= 2 * width]
    counts = [sum(place < len(row) and is_number(row[place]) for row in fitting) for place in range(width)]
    if layout.delimiter == SPACES:
        return sum(counts) >= SOME * width * len(rows)
    return max(counts) >= (MOST if width == 1 or layout.headerless else SOME) * len(rows)


def _is_all_numbers(lines: Sequence[str]) -> bool:
    return all(is_number(cell) for line in lines[:SAMPLE] for cell in line.replace(",", " ").split())


def _portions(blocks: Iterator[bytes], first: int, layout: Layout, file: str) -> Iterator[Portion]:
    """The rows of the blocks behind the first, in order."""
    block = next(blocks, b"")
    if len(block) >= LARGE:
        yield from _fast_portions(chain([block], blocks), first, layout, file)
        return
    for small in chain([block], blocks):
        first, layout = yield from _plain_portions(without_torn(small, layout), first, layout, file)


def _fast_portions(blocks: Iterator[bytes], first: int, layout: Layout, file: str) -> Iterator[Portion]:
    """The same through `fast_portion`, two blocks beside each other; those that it leaves are read as ever."""
    from concurrent.futures import Future, ThreadPoolExecutor

    # Two threads that import one module meet in the middle of it.
    import pandas  # noqa: F401

    waiting: deque[tuple[bytes, Layout, Future[Portion | None]]] = deque()
    with ThreadPoolExecutor(THREADS) as pool:
        block = next(blocks, None)
        while block is not None or waiting:
            while block is not None and len(waiting) < AHEAD:
                whole = without_torn(block, layout)
                waiting.append((whole, layout, pool.submit(fast_portion, whole, layout)))
                block = next(blocks, None)
            ready, known, future = waiting.popleft()
            portion = future.result() if known == layout else fast_portion(ready, layout)
            if portion is None:
                first, layout = yield from _plain_portions(ready, first, layout, file)
                continue
            yield portion
            first += portion.rows


def _plain_portions(
    block: bytes, first: int, layout: Layout, file: str
) -> Generator[Portion, None, tuple[int, Layout]]:
    """The rows of a block; ends with the number of the line below it, and the layout that holds there."""
    latest = layout
    for part in parts_of(block):
        lines = lines_of(part, first, file)
        for known, portion in portions_of(lines, first, latest, file):
            latest = known
            yield portion
        first += len(lines)
    return first, latest


def _named_by_path(table: Table) -> Table:
    """A table of DVCLive with the full name of its metric, the last part of which alone stands in the file."""
    if not table.file.endswith(".tsv"):
        return table
    path = PurePath(table.file)
    *_, last = table.columns
    if path.stem != last or "metrics" not in path.parts[:-1] or len(table.columns) > 3:
        return table
    behind = path.parts[len(path.parts) - path.parts[::-1].index("metrics") : -1]
    name = "/".join([*behind, last])
    return replace(
        table,
        format="dvclive tsv",
        columns={name if other == last else other: series for other, series in table.columns.items()},
    )


def _format(layout: Layout) -> str:
    kind = "tsv" if layout.delimiter == "\t" else "csv"
    names = set(layout.names)
    if layout.headerless:
        return f"{kind} without header"
    if {"train/box_loss", "metrics/recall"} <= names or {"train/box_loss", "metrics/recall(B)"} <= names:
        return f"ultralytics {kind}"
    if {"epoch", "loss"} <= names or {"loss", "val_loss"} <= names:
        return f"keras {kind}"
    if {"epoch", "step"} <= names and any(name.startswith(("train_", "val_")) for name in names):
        return f"lightning {kind}"
    return kind


def _read(found: Opened) -> Sequence[Table]:
    return [read_table(found)]


PLAIN = Format(
    name="CSV or TSV",
    written_by="Keras CSVLogger, Lightning CSVLogger, Ultralytics, DVCLive, fastai, Stable Baselines, any loop "
    "that writes a table",
    example="epoch,accuracy,loss,val_accuracy,val_loss\n0,0.41,1.83,0.52,1.41",
    recognises=is_table,
    read=_read,
)
