"""The table that the charts of Weights & Biases are exported as: many runs beside each other, all cells quoted.

::

    "Step","calm-sky-4 - train/loss","calm-sky-4 - train/loss__MIN","calm-sky-4 - train/loss__MAX","red-sun-5 - ..."
    "0","2.31","2.31","2.31",""
    "1","2.12","2.12","2.12","2.29"

A run is a table of its own: the axis, and its measurements at the rows on which it has any. What is said of the lowest
and the highest value of a group of runs or of a portion of steps is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from triage.errors import HistoryError
from triage.history.csv_dialect import cells_of
from triage.history.csv_table import read_table
from triage.history.format import Format
from triage.history.head import Head
from triage.history.model import Series
from triage.history.opened import Opened
from triage.history.table import Table

__all__ = ["FORMATS"]

BETWEEN = " - "
"""Stands between the name of a run and that of a measurement."""

ENVELOPE = ("__MIN", "__MAX")


def _recognises(head: Head) -> bool:
    """Whether every column but the first is named after a run and a measurement, as nothing else names columns."""
    if not head.lines or not head.lines[0].startswith('"') or BETWEEN not in head.lines[0]:
        return False
    axis, *others = cells_of(head.lines[0], ",")
    return bool(others) and BETWEEN not in axis and all(BETWEEN in name for name in others)


def _read(found: Opened) -> Sequence[Table]:
    table = read_table(found)
    axis = next(iter(table.columns))
    tables = [_of_run(table, axis, run) for run in _runs(table.columns, axis)]
    shown = [one for one in tables if len(one.columns) > 1 and len(one.columns[axis].values)]
    if not shown:
        raise HistoryError(found.file, "expected runs with numbers in an export of Weights & Biases, found none")
    return shown


def _runs(names: Iterable[str], axis: str) -> list[str]:
    """The names of the runs, in the order in which they come."""
    return list(dict.fromkeys(_parts(name)[0] for name in names if name != axis))


def _parts(name: str) -> tuple[str, str]:
    """The run and the measurement of a column; a run may be called anything, a measurement hardly has a dash."""
    run, _, measurement = name.rpartition(BETWEEN)
    return run, measurement


def _of_run(table: Table, axis: str, run: str) -> Table:
    own = {_parts(name)[1]: series for name, series in table.columns.items() if name != axis and _parts(name)[0] == run}
    kept = {name: series for name, series in own.items() if not name.endswith(ENVELOPE)}
    there = np.logical_or.reduce([series.logged for series in kept.values()] or [np.zeros(0, dtype=np.bool_)])
    columns = {axis: table.columns[axis], **kept}
    if there.size:
        columns = {name: Series(series.values[there], series.logged[there]) for name, series in columns.items()}
    return Table(
        file=table.file,
        format="wandb csv",
        columns=columns,
        warnings=table.warnings,
        text=tuple(_parts(name)[1] for name in table.text if _parts(name)[0] == run),
        run=run,
    )


FORMATS = (
    Format(
        name="Weights & Biases export",
        written_by="the menu of a chart in Weights & Biases, Export as CSV",
        example='"Step","calm-sky-4 - train/loss","calm-sky-4 - train/loss__MIN","calm-sky-4 - train/loss__MAX"\n'
        '"0","2.31","2.31","2.31"',
        recognises=_recognises,
        read=_read,
    ),
)
