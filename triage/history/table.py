"""What a reader makes of a file, and how that becomes a `History`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from triage.errors import HistoryError
from triage.history.columns import ColumnMap, map_columns
from triage.history.model import History, Series
from triage.history.positions import Placed, placed

__all__ = ["TEXT_SHARE", "Table", "listed", "merge_histories", "to_history", "unique_names", "with_loss"]

TEXT_SHARE = 0.1
"""A column with a larger share of cells that are no numbers is text, not a measurement."""


UNKNOWN, NEVER_COMPUTED, TEXT = "not a quantity that is looked at", "zero on every row, so never computed", "no numbers"
"""Why a column is not used."""


@dataclass(frozen=True)
class Table:
    """The columns of a file under the names that they have there.

    Args:
        file: the file as it was given.
        format: name of the format that was recognised.
        columns: name -> values, all of the same length, in file order.
        warnings: what the reader wants to be known.
        text: names of the columns that hold no numbers.
        run: what the run is called, where the file holds several.
        unit: what its rows count where no column says so: ``row``, or ``step`` or ``epoch`` where the format does.
        ignored: names of what the reader left out -> why.
        files: all files that it was joined from; none where it is of ``file`` alone.
        known: canonical name (or ``step``, ``epoch``) -> name in the file, where the format says more than the name.

    """

    file: str
    format: str
    columns: Mapping[str, Series]
    warnings: tuple[str, ...] = ()
    text: tuple[str, ...] = ()
    run: str = ""
    unit: str = "row"
    ignored: Mapping[str, str] = field(default_factory=dict)
    files: tuple[str, ...] = ()
    known: Mapping[str, str] = field(default_factory=dict)


def to_history(table: Table, chosen: Mapping[str, str] | None = None) -> History:
    """Give the columns their canonical names.

    Args:
        table: what a reader found.
        chosen: canonical name -> name in the file, where the person says so; every name must be there.

    """
    mapped = map_columns(table.columns, {**_still_free(table.known, chosen or {}), **(chosen or {})})
    series = {wanted: table.columns[name] for wanted, name in mapped.canonical.items()}
    series |= {part: table.columns[name] for part, name in mapped.components.items()}
    names = {**mapped.canonical, **mapped.components}
    for total in ("train_loss", "val_loss"):
        parts = [part for part in mapped.components if part.startswith(f"{total}/")]
        if total not in series and parts:
            series[total] = _sum([series[part] for part in parts])
            names[total] = " + ".join(mapped.components[part] for part in parts)
    positions, unit = _positions(table, mapped)
    epoch = None if mapped.epoch is None else _filled(table.columns[mapped.epoch])
    at = placed(positions, unit, _telling(series), epoch if unit == "step" else None)
    kept = _without_never_computed(series)
    return History(
        step=at.positions,
        epoch=None if epoch is None else at.positions if unit == "epoch" else _epochs_counted_on(epoch, at),
        series=kept if at.order is None else {name: _in_order(column, at.order) for name, column in kept.items()},
        columns={name: original for name, original in names.items() if name in kept},
        format=table.format,
        files=table.files or (table.file,),
        step_unit=unit,
        ignored={
            **dict.fromkeys(mapped.ignored, UNKNOWN),
            **{names[name]: NEVER_COMPUTED for name in names if name not in kept},
            **dict.fromkeys(table.text, TEXT),
            **table.ignored,
        },
        warnings=(*table.warnings, *([at.warning] if at.warning else [])),
        resumes=at.resumes,
    )


def _telling(series: Mapping[str, Series]) -> NDArray[np.bool_] | None:
    """The rows by which a resume is told: those of the training loss."""
    for name in ("train_loss", "val_loss"):
        if name in series and np.count_nonzero(series[name].logged):
            return series[name].logged
    return None


def _epochs_counted_on(epochs: NDArray[np.float64], at: Placed) -> NDArray[np.float64]:
    """Epochs in the order of the rows; where they start again with the steps they are counted on as those are."""
    ordered = epochs.copy() if at.order is None else epochs[at.order]
    with np.errstate(over="ignore", invalid="ignore"):
        gaps = np.diff(epochs)
        stride = float(np.median(gaps[gaps > 0])) if (gaps > 0).any() else 1.0
        for row in at.resumes:
            if row and at.positions[row] > at.positions[row - 1] and ordered[row] < ordered[row - 1]:
                ordered[row:] += ordered[row - 1] + stride - ordered[row]
    return ordered


def _in_order(series: Series, order: NDArray[np.int64]) -> Series:
    return Series(series.values[order], series.logged[order])


def _still_free(known: Mapping[str, str], chosen: Mapping[str, str]) -> dict[str, str]:
    """What a format knows of its columns, but for those that the person takes for something else."""
    return {wanted: name for wanted, name in known.items() if name not in chosen.values()}


def with_loss(history: History) -> History:
    """The history itself; raises `HistoryError` where no column of it is a loss, or a loss without a value."""
    losses = [history.series[name] for name in ("train_loss", "val_loss") if name in history.series]
    if any(np.count_nonzero(loss.logged) for loss in losses):
        return history
    if losses:
        raise HistoryError(_named(history), "expected values in the column of the loss, found only empty cells")
    found = listed([*history.columns.values(), *history.ignored])
    unread = (warning for warning in history.warnings if "not used" in warning)
    advice = next(unread, "name it with --column train_loss=NAME")
    raise HistoryError(
        _named(history),
        "this does not look like a training history: "
        f"expected a column with the loss (such as loss, train_loss or val_loss) in numbers, found {found}; {advice}",
    )


def merge_histories(histories: list[History]) -> History:
    """The files of one run as one history; where two have a value at one position, the first file's counts.

    The rows of the first file stay as they are, repeated and restarted steps too; a row of another file goes to the
    first of them that stands at its position, and makes a row of its own where there is none.

    Raises:
        HistoryError: the files count in different units, so that their rows cannot be brought together.

    """
    first, *others = histories
    for other in others:
        if other.step_unit != first.step_unit:
            raise HistoryError(
                _named(other),
                f"expected positions in {first.step_unit}s as in {_named(first)}, found {other.step_unit}s; "
                "name the column to join on with --column step=NAME",
            )
        first = _joined(first, other)
    return first


def _joined(first: History, other: History) -> History:
    rows, new = _rows_in(first.step, other.step)
    order = _in_time(np.concatenate([first.step, other.step[new]]), first.step)
    own = np.arange(first.rows)
    size = first.rows + int(new.sum())
    placed = {name: _placed(series, own, size, order) for name, series in first.series.items()}
    added = {name: _placed(series, rows, size, order) for name, series in other.series.items()}
    doubled = [name for name in placed if name in added and (placed[name].logged & added[name].logged).any()]
    epochs = np.full(int(new.sum()), np.nan) if other.epoch is None else other.epoch[new]
    place = np.empty_like(order)
    place[order] = np.arange(size)
    return replace(
        first,
        step=np.concatenate([first.step, other.step[new]])[order],
        epoch=None if first.epoch is None else np.concatenate([first.epoch, epochs])[order],
        series={
            name: _completed(placed[name], added[name]) if name in placed and name in added else series
            for name, series in {**added, **placed}.items()
        },
        columns={**other.columns, **first.columns},
        files=first.files + other.files,
        ignored={**other.ignored, **first.ignored},
        warnings=(
            *first.warnings,
            *other.warnings,
            *(f"{name} also stands in {_named(other)}; {_named(first)} was used" for name in doubled),
        ),
        resumes=tuple(sorted({*place[list(first.resumes)].tolist(), *place[rows[list(other.resumes)]].tolist()})),
    )


def _rows_in(steps: NDArray[np.float64], others: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """For every other position the row where it goes, and whether that row is a new one behind all of ``steps``.

    A position that comes again in the other file gets a row of its own, so that none of its values is lost.
    """
    known, at = np.unique(steps, return_index=True)
    place = np.minimum(np.searchsorted(known, others), known.size - 1)
    again = np.ones(others.size, dtype=np.bool_)
    again[np.unique(others, return_index=True)[1]] = False
    new = (known[place] != others) | again
    rows = at[place].astype(np.int64)
    rows[new] = steps.size + np.arange(int(new.sum()))
    return rows, new


def _in_time(positions: NDArray[np.float64], first: NDArray[np.float64]) -> NDArray[np.int64]:
    """Order of the joined rows: by position where the first file is so, else its rows and then the new ones."""
    if np.all(np.diff(first) >= 0):
        return np.argsort(positions, kind="stable")
    return np.arange(positions.size)


def _completed(series: Series, other: Series) -> Series:
    """A column with the values of another where it has none of its own."""
    return Series(np.where(series.logged, series.values, other.values), series.logged | other.logged)


def _named(history: History) -> str:
    return history.files[0] if history.files else "<History>"


def _placed(series: Series, rows: NDArray[np.int64], size: int, order: NDArray[np.int64]) -> Series:
    values = np.full(size, np.nan)
    logged = np.zeros(size, dtype=np.bool_)
    values[rows[series.logged]] = series.values[series.logged]
    logged[rows[series.logged]] = True
    return Series(values[order], logged[order])


def _positions(table: Table, mapped: ColumnMap) -> tuple[NDArray[np.float64], str]:
    """Steps before epochs before rows; steps that are the same on every row say less than epochs that are not."""
    found = [
        (_filled(table.columns[name]), unit)
        for name, unit in ((mapped.step, "step"), (mapped.epoch, "epoch"))
        if name is not None and np.count_nonzero(table.columns[name].logged)
    ]
    for positions, unit in found:
        if positions.size == 1 or np.count_nonzero(positions != positions[0]):
            return positions, unit
    if found and table.unit == "row":
        return found[0]
    rows = len(next(iter(table.columns.values())).values)
    return np.arange(rows, dtype=np.float64), table.unit


def _filled(series: Series) -> NDArray[np.float64]:
    """Positions without gaps: a row that does not say where it is stands where the row before it stood."""
    known = series.logged & np.isfinite(series.values)
    there = np.count_nonzero(known)
    if there == known.size:
        return series.values
    if not there:
        return np.arange(series.values.size, dtype=np.float64)
    last = np.maximum.accumulate(np.where(known, np.arange(known.size), -1))
    return series.values[np.where(last < 0, int(known.argmax()), last)]


def _sum(parts: list[Series]) -> Series:
    logged = np.logical_and.reduce([part.logged for part in parts])
    total = np.where(logged, 0.0, np.nan)
    with np.errstate(invalid="ignore", over="ignore"):
        for part in parts:
            total += part.values
    return Series(total, logged)


def _without_never_computed(series: Mapping[str, Series]) -> dict[str, Series]:
    """Leave out validation losses that are zero on every row: some tools print 0 for what they did not compute."""
    return {name: column for name, column in series.items() if not name.startswith("val_loss") or _was_computed(column)}


def _was_computed(column: Series) -> bool:
    return not np.count_nonzero(column.logged) or bool(np.count_nonzero(column.values[column.logged]))


def unique_names(names: Iterable[str]) -> list[str]:
    """The names of columns, each once: one that was there before gets its position beside it."""
    seen: dict[str, None] = {}
    for position, name in enumerate(names, start=1):
        other = name
        while other in seen:
            other = f"{other} ({position})"
        seen[other] = None
    return list(seen)


def listed(columns: Iterable[str]) -> str:
    """The names of columns for a message: the first eight, each cut to forty characters."""
    names = [repr(name if len(name) <= 40 else name[:37] + "...") for name in columns]
    return (", ".join(names[:8]) + (f" and {len(names) - 8} more" if len(names) > 8 else "")) or "none"
