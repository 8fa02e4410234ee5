"""Tables of text and Parquet as parts of a set of data, portion by portion as pandas and pyarrow read them."""

from __future__ import annotations

import csv
import io
import re
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from triage.errors import IntakeError
from triage.intake.artifacts.data_names import is_label, is_row_number, split_of
from triage.intake.artifacts.portions import Matrix, Part, Portion
from triage.intake.artifacts.row_keys import keys_of
from triage.intake.artifacts.share import Share
from triage.intake.artifacts.stretches import opened

if TYPE_CHECKING:
    import pandas as pd
    from pandas.io.parsers import TextFileReader

__all__ = ["is_parquet", "part_of_csv", "part_of_parquet"]

SAMPLE = 1 << 16
LONGEST_LINE = 1 << 23
MOST_COLUMNS = 20_000
CELLS, MOST_ROWS = 500_000, 50_000
"""Cells and rows of one portion."""

FEWEST_ROWS = 150
"""Rows of a portion of a wide table, since pandas takes its time for every column of every portion."""

FIRST_ROWS = 2000
"""Rows by which columns are told apart."""

MOST_PENDING = 1 << 28
"""Bytes that may be taken in before a portion is whole: a quote that never ends would take in all of them."""

MOSTLY = 0.9
"""Share of the cells that are numbers, in a column of numbers with some texts in it."""

NUMBER = re.compile(r"\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\s*|\s*|nan|NaN|NA|inf|-inf")
SEPARATORS = ",;\t|"

COORDINATES = frozenset({"x", "y", "z"})
"""Beside the other two, ``y`` is no label."""


@dataclass(frozen=True, slots=True)
class _Roles:
    """Which columns are what, told by the first portion."""

    inputs: tuple[str, ...]
    texts: tuple[str, ...]
    labels: tuple[str, ...]


def part_of_csv(file: str, size: int) -> Part:
    """A table of text.

    Args:
        file: as it was given.
        size: its bytes.

    Raises:
        IntakeError: it is no table.

    """
    layout = _layout(file)
    return _part(file, size, lambda share, most: _frames_of_csv(file, layout, share, most))


def is_parquet(head: bytes) -> bool:
    """Whether a file begins as Parquet does."""
    return head[:4] == b"PAR1"


def part_of_parquet(file: str, size: int) -> Part:
    """A table in Parquet.

    Raises:
        IntakeError: pyarrow is not installed, or the file is broken.

    """
    return _part(file, size, lambda share, most: _frames_of_parquet(file, size, share, most))


_Frames = Callable[[Share, int], "Iterator[pd.DataFrame]"]


def _part(file: str, size: int, frames: _Frames) -> Part:
    first = next(frames(Share(1, None), FIRST_ROWS), None)
    if first is None or not len(first.columns) or not len(first):
        raise IntakeError(file, "expected a table with rows, found none")
    if not first.columns.is_unique:
        raise IntakeError(file, "expected every column once, found one twice")
    roles = _roles(first)
    notes: list[str] = []
    if roles.texts:
        notes.append(f"Columns of text were not judged: {_listed(roles.texts)}.")
    if not roles.labels:
        notes.append("No column is called label, target, class or y, so no labels were judged.")
    return Part(
        file=file,
        name="",
        split=split_of("", file),
        columns=roles.inputs,
        width=1,
        kind="f",
        layout=(roles.inputs, roles.texts),
        label=roles.labels[0] if roles.labels else "",
        sides=len(roles.labels),
        rows=0,
        apart=True,
        size=size,
        portions=lambda share: _portions(file, frames(share, MOST_ROWS), roles),
        notes=tuple(notes),
    )


def _portions(file: str, frames: Iterator[pd.DataFrame], roles: _Roles) -> Iterator[Portion]:
    for frame in frames:
        missing = [name for name in (*roles.inputs, *roles.texts, *roles.labels) if name not in frame.columns]
        if missing:
            raise IntakeError(file, f"expected the column {missing[0][:40]!r} in all rows, found it in some")
        inputs = _numbers(frame, roles.inputs) if roles.inputs else None
        yield Portion(inputs, _labels(frame, roles.labels), _keys(frame, inputs, roles.texts))


def _roles(frame: pd.DataFrame) -> _Roles:
    names = [name for name in map(str, frame.columns) if not is_row_number(name)]
    in_space = COORDINATES.issubset(name.lower() for name in names)
    labels = [name for name in names if is_label(name) and not (in_space and name.lower() in COORDINATES)]
    chosen = set(labels)
    numeric = {name: _is_numeric(frame[name]) for name in names if name not in chosen}
    inputs = [name for name, is_number in numeric.items() if is_number]
    texts = [name for name, is_number in numeric.items() if not is_number]
    if len(labels) > 1 and not all(_is_numeric(frame[name]) for name in labels):
        texts, labels = texts + labels[1:], labels[:1]
    return _Roles(tuple(inputs), tuple(texts), tuple(labels))


def _is_numeric(column: pd.Series) -> bool:
    import pandas as pd

    if column.dtype.kind in "biuf":
        return True
    if column.dtype.kind in "mMc":
        return False
    present = column.dropna()
    if not len(present):
        return True
    try:
        return float(pd.to_numeric(present, errors="coerce").notna().mean()) >= MOSTLY
    except TypeError:
        return False


def _numbers(frame: pd.DataFrame, names: tuple[str, ...]) -> Matrix:
    """Of shape (rows, columns), NaN for what is no number."""
    import pandas as pd

    chosen = frame if len(names) == len(frame.columns) else frame[list(names)]
    if all(dtype.kind in "biuf" for dtype in chosen.dtypes):
        return chosen.to_numpy(dtype=np.float64, na_value=np.nan)
    columns = [
        pd.to_numeric(chosen[name], errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan) for name in names
    ]
    return np.stack(columns).T


def _labels(frame: pd.DataFrame, names: tuple[str, ...]) -> Matrix | None:
    if not names:
        return None
    if len(names) > 1 or frame[names[0]].dtype.kind in "biuf":
        return _numbers(frame, names)
    return np.asarray(frame[names[0]].to_numpy(dtype=object))


def _keys(frame: pd.DataFrame, inputs: Matrix | None, texts: tuple[str, ...]) -> Matrix | None:
    import pandas as pd

    if inputs is None and not texts:
        return None
    keys: list[Matrix] = [] if inputs is None else [keys_of(inputs)]
    keys += [
        pd.util.hash_pandas_object(frame[name].astype(str), index=False).to_numpy(dtype=np.uint64) for name in texts
    ]
    return keys[0] if len(keys) == 1 else keys_of(np.stack(keys, axis=1))


@dataclass(frozen=True, slots=True)
class _Layout:
    separator: str
    encoding: str
    header: bool
    columns: int


def _layout(file: str) -> _Layout:
    """How the text is written, by its beginning."""
    with opened(file) as stream:
        data = stream.read(SAMPLE)
    encoding = _encoding(data)
    text = data.decode(encoding, errors="replace").lstrip("\ufeff")
    if "\0" in text:
        raise IntakeError(file, "expected data (CSV, Parquet, npy or npz), found something else")
    lines = [line for line in text.splitlines()[:50] if line.strip()]
    if not lines:
        raise IntakeError(file, "expected a table with rows, found an empty file")
    separator = _separator(lines)
    first = _cells(lines[0], separator)
    if len(first) > MOST_COLUMNS:
        raise IntakeError(file, f"expected at most {MOST_COLUMNS:,} columns, found more")
    header = not all(NUMBER.fullmatch(cell) for cell in first)
    return _Layout(separator, encoding, header, len(first))


def _encoding(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    try:
        data[:-4].decode("utf-8")
    except UnicodeDecodeError:
        return "latin-1"
    return "utf-8-sig"


def _separator(lines: list[str]) -> str:
    """The one that stands in all of the first lines, most often in the first."""
    some = lines[:-1] or lines
    counts = {mark: lines[0].count(mark) for mark in SEPARATORS if all(mark in line for line in some)}
    if counts:
        return max(counts, key=lambda mark: counts[mark])
    return r"\s+" if all(len(line.split()) > 1 for line in some) and NUMBER.fullmatch(some[-1].split()[0]) else ","


def _cells(line: str, separator: str) -> list[str]:
    if separator == r"\s+":
        return line.split()
    try:
        return next(csv.reader([line], delimiter=separator), [])
    except csv.Error:
        return line.split(separator)


class _Watched(io.RawIOBase):
    """A file that is read by pandas: what it takes in is counted, and it ends where that goes too far."""

    def __init__(self, raw: io.FileIO) -> None:
        super().__init__()
        self._raw = raw
        self.taken = 0
        self.pending = 0
        self.line = 0
        self.refused = ""

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        if self.refused:
            return b""
        data = self._raw.read(SAMPLE * 4 if size < 0 else size)
        end = data.rfind(b"\n")
        self.line = self.line + len(data) if end < 0 else len(data) - end
        self.taken += len(data)
        self.pending += len(data)
        if self.line > LONGEST_LINE:
            self.refused = f"a line of more than {LONGEST_LINE:,} bytes"
        elif self.pending > MOST_PENDING:
            self.refused = f"a row of more than {MOST_PENDING:,} bytes: a quote that does not end"
        return b"" if self.refused else data


def _frames_of_csv(file: str, layout: _Layout, share: Share, most: int) -> Iterator[pd.DataFrame]:
    import pandas as pd

    rows = max(FEWEST_ROWS, min(most, CELLS // layout.columns))
    with ExitStack() as stack:
        watched = _Watched(stack.enter_context(opened(file)))
        try:
            frames = pd.read_csv(
                watched,
                sep=layout.separator,
                header="infer" if layout.header else None,
                encoding=layout.encoding,
                encoding_errors="replace",
                chunksize=rows,
                low_memory=False,
                skipinitialspace=True,
                index_col=False,
            )
            told = 0
            frames = stack.enter_context(frames)
            while (frame := _next(frames)) is not None and not watched.refused:
                share.add(watched.taken - told)
                told, watched.pending = watched.taken, 0
                frame.columns = (
                    frame.columns.map(str) if layout.header else [f"column {n + 1}" for n in range(len(frame.columns))]
                )
                yield frame
        except (ValueError, OverflowError, RecursionError, csv.Error, UnicodeError, OSError) as error:
            if not watched.refused:
                raise IntakeError(file, f"expected a table, found: {' '.join(str(error).split())[:160]}") from None
        if watched.refused:
            raise IntakeError(file, f"expected a table, found {watched.refused}")


def _next(frames: TextFileReader) -> pd.DataFrame | None:
    """Rows with a cell too many at their end are cut there, of which pandas warns."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return next(frames, None)


def _frames_of_parquet(file: str, size: int, share: Share, most: int) -> Iterator[pd.DataFrame]:
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError:
        raise IntakeError(
            file, "expected data, found Parquet, which needs pyarrow: pip install 'loss-triage[parquet]'"
        ) from None
    try:
        with pq.ParquetFile(file) as table:
            columns = max(1, len(table.schema_arrow.names))
            if columns > MOST_COLUMNS:
                raise IntakeError(file, f"expected at most {MOST_COLUMNS:,} columns, found {columns:,}")
            total = max(1, table.metadata.num_rows)
            for batch in table.iter_batches(
                batch_size=max(FEWEST_ROWS, min(most, CELLS // columns)), use_threads=False
            ):
                share.add(size * batch.num_rows // total)
                frame = batch.to_pandas()
                frame.columns = frame.columns.map(str)
                yield frame
    except (pa.ArrowException, OSError, ValueError, TypeError, KeyError, MemoryError, OverflowError) as error:
        raise IntakeError(file, f"expected a whole Parquet file, found: {' '.join(str(error).split())[:160]}") from None


def _listed(names: tuple[str, ...]) -> str:
    more = f" and {len(names) - 4:,} more" if len(names) > 4 else ""
    return ", ".join(repr(name[:40]) for name in names[:4]) + more
