"""The tables of the files that one run wrote -> fewer tables, where they are pieces of one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import PurePath

import numpy as np

from triage.history.model import Series
from triage.history.points import Points, pivoted
from triage.history.table import Table

__all__ = ["joined"]

METRICS = "metrics"
"""Folder below which a program keeps a file for each measurement."""

EVENTS = "TensorBoard events"
"""Format of which a run writes another file into its folder each time it is taken up."""

COUNTS = ("step", "epoch")


def joined(tables: Sequence[Table]) -> list[Table]:
    """Join what is in pieces: one file for each measurement side by side, event files of one folder one below another.

    Args:
        tables: of the files of one run, in the order in which they were given.

    """
    found: list[Table] = []
    for (kind, _), group in groupby(tables, key=_kind):
        pieces = list(group)
        if len(pieces) == 1 or not kind:
            found += pieces
        elif kind == METRICS:
            found.append(_side_by_side(pieces))
        else:
            found.append(_below_each_other(pieces))
    return found


def _kind(table: Table) -> tuple[str, str]:
    path = PurePath(table.file)
    if METRICS in path.parts[:-1] and len(_measured(table)) == 1:
        return METRICS, str(PurePath(*path.parts[: len(path.parts) - path.parts[::-1].index(METRICS)]))
    if table.format == EVENTS:
        return EVENTS, str(path.parent)
    return "", ""


def _measured(table: Table) -> list[str]:
    return [name for name in table.columns if not name.startswith(COUNTS)]


def _side_by_side(tables: Sequence[Table]) -> Table:
    names = [_measured(table)[0] for table in tables]
    steps = [_steps(table) for table in tables]
    values = [table.columns[name] for table, name in zip(tables, names, strict=True)]
    name = np.repeat(np.arange(len(names)), [series.values.size for series in values])
    step = np.concatenate(steps)
    # Each file has fallen back as often as the others when the run was taken up again.
    falls = np.concatenate([np.cumsum(np.diff(own, prepend=own[:1]) < 0) for own in steps])
    logged = np.concatenate([series.logged for series in values])
    order = np.lexsort((step, falls))
    order = order[logged[order]]
    value = np.concatenate([series.values for series in values])
    found = pivoted(Points(names, name[order], step[order], value[order]))
    return replace(
        tables[0],
        columns=found.columns,
        files=_files(tables),
        warnings=tuple(dict.fromkeys([*_warnings(tables), *found.warnings])),
        ignored={**_ignored(tables), **found.ignored},
    )


def _steps(table: Table) -> np.ndarray:
    for name in COUNTS:
        if name in table.columns and np.isfinite(table.columns[name].values).all():
            return table.columns[name].values
    return np.arange(next(iter(table.columns.values())).values.size, dtype=np.float64)


def _below_each_other(tables: Sequence[Table]) -> Table:
    rows = [next(iter(table.columns.values())).values.size for table in tables]
    names = dict.fromkeys(name for table in tables for name in table.columns)
    return replace(
        tables[0],
        columns={
            name: _stacked([table.columns.get(name) or _gap(size) for table, size in zip(tables, rows, strict=True)])
            for name in names
        },
        files=_files(tables),
        warnings=tuple(dict.fromkeys(_warnings(tables))),
        ignored=_ignored(tables),
        known={wanted: name for table in reversed(tables) for wanted, name in table.known.items()},
    )


def _gap(size: int) -> Series:
    return Series(np.full(size, np.nan), np.zeros(size, dtype=np.bool_))


def _stacked(parts: Sequence[Series]) -> Series:
    return Series(np.concatenate([part.values for part in parts]), np.concatenate([part.logged for part in parts]))


def _files(tables: Sequence[Table]) -> tuple[str, ...]:
    return tuple(file for table in tables for file in table.files or (table.file,))


def _warnings(tables: Sequence[Table]) -> Iterator[str]:
    for table in tables:
        yield from table.warnings


def _ignored(tables: Sequence[Table]) -> dict[str, str]:
    return {name: why for table in tables for name, why in table.ignored.items()}
