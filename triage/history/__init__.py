"""Histories of training runs: one reader per family of formats, one model for all of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from os import PathLike
from typing import TYPE_CHECKING, TypeAlias

from triage.errors import HistoryError
from triage.history.csv_table import read_csv_table
from triage.history.model import CANONICAL, Curve, History, Series
from triage.history.progress import Meter, Progress, meters
from triage.history.table import Table, listed, merge_histories, to_history, with_loss
from triage.history.text import lines, opened

if TYPE_CHECKING:
    import pandas as pd

    Source: TypeAlias = str | PathLike[str] | pd.DataFrame | History

__all__ = ["CANONICAL", "Curve", "History", "HistoryError", "Series", "read_history"]


def read_history(
    source: Source | Sequence[Source],
    columns: Mapping[str, str] | None = None,
    *,
    progress: Progress | None = None,
) -> History:
    """Read the history of one run.

    Args:
        source: a path, ``-`` for standard input, a pandas frame, a `History`, or a sequence of paths and frames that
            belong to one run.
        columns: canonical name -> name in the file, where the names should not be guessed.
        progress: is told a few times a second how many bytes of the files were read, and how many there are in all;
            what it raises ends the reading.

    Raises:
        HistoryError: what was given is not a history that can be read; the message says what was expected, what was
            found and where.

    """
    parts = [source] if isinstance(source, str) or not isinstance(source, Sequence) else list(source)
    if not parts:
        raise HistoryError("-", "expected at least one file, found none")
    tables = [
        part if isinstance(part, History) else _read_table(part, meter)
        for part, meter in zip(parts, meters(parts, progress), strict=True)
    ]
    chosen = _chosen_in([table for table in tables if isinstance(table, Table)], columns or {})
    return with_loss(
        merge_histories([table if isinstance(table, History) else to_history(table, chosen(table)) for table in tables])
    )


def _read_table(source: str | PathLike[str] | pd.DataFrame, meter: Meter) -> Table:
    if isinstance(source, str | PathLike):
        file = str(source)
        with opened(file) as stream:
            return read_csv_table(meter(lines(stream, file), stream), file)
    import pandas as pd

    from triage.history.frame_table import read_frame

    if not isinstance(source, pd.DataFrame):
        raise HistoryError(type(source).__name__, "expected a path, a pandas frame or a History")
    return read_frame(source)


def _chosen_in(tables: Sequence[Table], columns: Mapping[str, str]) -> Callable[[Table], dict[str, str]]:
    """Of several files, each is asked for the chosen columns that it has; one of them must have each."""
    for wanted, name in columns.items():
        if wanted not in ("step", "epoch", *CANONICAL) and not wanted.startswith(("train_loss/", "val_loss/")):
            raise HistoryError(
                "columns", f"expected step, epoch, {', '.join(CANONICAL)} or train_loss/PART, found {wanted!r}"
            )
        if not any(name in table.columns for table in tables):
            file, found = (tables[0].file, listed(tables[0].columns)) if tables else ("-", "none")
            raise HistoryError(file, f"expected a column {name!r} for {wanted}, found {found}")
    return lambda table: {wanted: name for wanted, name in columns.items() if name in table.columns}
