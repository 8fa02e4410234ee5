"""Histories of training runs: one reader per family of formats, one model for all of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from os import PathLike
from typing import TYPE_CHECKING, TypeAlias

from triage.errors import HistoryError
from triage.history.csv_table import read_plain
from triage.history.folder import files_of
from triage.history.joining import joined
from triage.history.model import CANONICAL, Curve, History, Series
from triage.history.opened import STANDARD_INPUT, opened
from triage.history.progress import Meter, Progress, meters
from triage.history.runs import one_run
from triage.history.table import Table, listed, merge_histories, to_history, with_loss

if TYPE_CHECKING:
    import pandas as pd

    Source: TypeAlias = str | PathLike[str] | pd.DataFrame | History

__all__ = ["CANONICAL", "Curve", "History", "HistoryError", "Series", "read_history"]

RUN = "run"
"""Beside the canonical names: which of several runs is meant."""


def read_history(
    source: Source | Sequence[Source],
    columns: Mapping[str, str] | None = None,
    *,
    run: str = "",
    progress: Progress | None = None,
) -> History:
    """Read the history of one run.

    Args:
        source: a path of a file or of a run's folder, ``-`` for standard input, a pandas frame, a `History`, or a
            sequence of them that belong to one run.
        columns: canonical name -> name in the file, where the names should not be guessed; ``run`` -> name of the run
            says the same as the argument of that name.
        run: which run is meant, where a file or folder holds several.
        progress: is told a few times a second how many bytes of the files were read, and how many there are in all;
            what it raises ends the reading.

    Raises:
        SeveralRunsError: there are several runs, and none of them was chosen.
        HistoryError: what was given is not a history that can be read; the message says what was expected, what was
            found and where.

    """
    if isinstance(source, str | PathLike) and not columns and progress is None and (table := _plain(str(source))):
        return with_loss(to_history(table))
    given = [source] if isinstance(source, str) or not isinstance(source, Sequence) else list(source)
    if not given:
        raise HistoryError("-", "expected at least one file, found none")
    wanted = dict(columns or {})
    name = run or wanted.pop(RUN, "")
    parts = [part for whole in given for part in _parts(whole, name)]
    tables = _joined(
        [
            part if isinstance(part, History) else _read_table(part, name, meter)
            for part, meter in zip(parts, meters(parts, progress), strict=True)
        ]
    )
    chosen = _chosen_in([table for table in tables if isinstance(table, Table)], wanted)
    return with_loss(
        merge_histories([table if isinstance(table, History) else to_history(table, chosen(table)) for table in tables])
    )


def _plain(file: str) -> Table | None:
    return None if file == STANDARD_INPUT else read_plain(file)


def _parts(source: Source, run: str) -> Sequence[Source]:
    return files_of(str(source), run) if isinstance(source, str | PathLike) else [source]


def _read_table(source: str | PathLike[str] | pd.DataFrame, run: str, meter: Meter) -> Table:
    if isinstance(source, str | PathLike):
        # The readers of all formats take longer to import than all else here.
        from triage.history.formats import format_of

        file = str(source)
        with opened(file, meter) as found:
            return one_run(file, format_of(found.head).read(found), run)
    import pandas as pd

    from triage.history.frame_table import read_frame

    if not isinstance(source, pd.DataFrame):
        raise HistoryError(type(source).__name__, "expected a path, a pandas frame or a History")
    return read_frame(source)


def _joined(tables: Sequence[Table | History]) -> Sequence[Table | History]:
    """Pieces of one table made one, where all are tables."""
    found = [table for table in tables if isinstance(table, Table)]
    return joined(found) if len(found) == len(tables) else tables


def _chosen_in(tables: Sequence[Table], columns: Mapping[str, str]) -> Callable[[Table], dict[str, str]]:
    """Of several files, each is asked for the chosen columns that it has; one of them must have each."""
    for wanted, name in columns.items():
        if wanted not in ("step", "epoch", *CANONICAL) and not wanted.startswith(("train_loss/", "val_loss/")):
            raise HistoryError(
                "columns", f"expected step, epoch, run, {', '.join(CANONICAL)} or train_loss/PART, found {wanted!r}"
            )
        if not any(name in table.columns for table in tables):
            file, found = (tables[0].file, listed(tables[0].columns)) if tables else ("-", "none")
            raise HistoryError(file, f"expected a column {name!r} for {wanted}, found {found}")
    return lambda table: {wanted: name for wanted, name in columns.items() if name in table.columns}
