"""The SQLite database of an MLflow tracking server or of ``mlflow.db``.

::

    metrics(key, value, timestamp, run_uuid, step, is_nan)     NaN is 0.0 with is_nan = 1, infinity +-1.797e308
    runs(run_uuid, name, lifecycle_stage, ...)   tags(key, value, run_uuid)

A database may come from anywhere. It is opened so that SQLite neither writes nor looks at journals beside it; only
plain tables are read, with fixed statements, no function may be called, and a statement that runs too long is ended.
"""

from __future__ import annotations

import math
import sys
from array import array
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from triage.errors import HistoryError
from triage.history.format import Format
from triage.history.head import Head
from triage.history.opened import Opened
from triage.history.pieces import pieces
from triage.history.points import MOST_NAMES, Points, pivoted
from triage.history.table import Table

if TYPE_CHECKING:
    from sqlite3 import Connection

__all__ = ["FORMATS"]

NAME = "MLflow database"

LONGEST = 1_000_000
"""Bytes of a cell; SQLite reads none that is longer."""

MOST_STEPS = 2_000_000_000
"""Instructions of SQLite's machine for the whole file: some minutes' worth, and an end for what has none."""

LOOK = 1_000_000
"""Instructions between two looks at how many there were."""

MOST_RUNS = 20_000

LARGEST_COPY = 1 << 32
"""Bytes of a database that is unpacked to be read."""

INFINITE = sys.float_info.max
"""What MLflow writes in place of infinity."""

_MAGIC = b"SQLite format 3\0"

_COLUMNS = {
    "metrics": ("run_uuid", "key", "value", "step", "is_nan"),
    "runs": ("run_uuid", "name", "lifecycle_stage"),
    "tags": ("run_uuid", "key", "value"),
}
"""Table -> its columns that are read, in this order; old databases lack some."""

_NEEDED = {"metrics": ("run_uuid", "key", "value"), "runs": ("run_uuid",), "tags": ("run_uuid", "key", "value")}


@dataclass
class _Values:
    """What was logged of one run, in order."""

    names: dict[str, int] = field(default_factory=dict)
    name: array[int] = field(default_factory=lambda: array("q"))
    step: array[float] = field(default_factory=lambda: array("d"))
    value: array[float] = field(default_factory=lambda: array("d"))


def _recognises(head: Head) -> bool:
    return head.data.startswith(_MAGIC)


def _read(found: Opened) -> Sequence[Table]:
    import sqlite3

    with _on_disk(found) as path:
        try:
            with closing(_connected(path)) as connection:
                columns = _tables(connection, found.file)
                values = _values(connection, columns["metrics"], found)
                names = _names(connection, columns)
        except (sqlite3.Error, UnicodeError, OverflowError) as error:
            reason = " ".join(str(error).split())[:200]
            raise HistoryError(found.file, f"expected an MLflow database, found: {reason}") from None
    if not values:
        raise HistoryError(found.file, "expected an MLflow database with metrics, found none in it")
    return _as_tables(found.file, values, names, _waiting(found))


def _waiting(found: Opened) -> tuple[str, ...]:
    """A word on what was committed to the write-ahead log alone."""
    if found.path is None:
        return ()
    beside = found.path.with_name(found.path.name + "-wal")
    try:
        waits = beside.stat().st_size > 0
    except OSError:
        return ()
    return (f"what stands in {beside.name} was not read; close MLflow first",) if waits else ()


@contextmanager
def _on_disk(found: Opened) -> Iterator[Path]:
    """The path of the database; of a copy where it was compressed or came from standard input."""
    if found.path is not None:
        yield found.path
        return
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "mlflow.db"
        try:
            with copy.open("wb") as stream:
                size = 0
                for piece in pieces(found):
                    size += stream.write(piece)
                    if size > LARGEST_COPY:
                        raise HistoryError(found.file, "expected a database of at most 4 GiB, found a larger one")
        except OSError as error:
            raise HistoryError(found.file, f"expected room for a copy of the database, found: {error}") from None
        yield copy


def _connected(path: Path) -> Connection:
    import sqlite3

    connection = sqlite3.connect(path.absolute().as_uri() + "?mode=ro&immutable=1", uri=True)
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LONGEST)
    connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute("PRAGMA cell_size_check = ON")
    connection.execute("PRAGMA query_only = ON")
    connection.execute("PRAGMA mmap_size = 0")
    looks = iter(range(MOST_STEPS // LOOK))
    connection.set_progress_handler(lambda: next(looks, None) is None, LOOK)
    connection.set_authorizer(_allowed)
    return connection


def _allowed(action: int, table: str | None, column: str | None, *_: str | None) -> int:
    """Reading of known tables and nothing else: no functions, no pragmas but one, nothing attached."""
    import sqlite3

    reads = action == sqlite3.SQLITE_READ and table in (*_COLUMNS, "sqlite_master", "sqlite_schema")
    asks = action == sqlite3.SQLITE_PRAGMA and table == "table_xinfo"
    return sqlite3.SQLITE_OK if reads or asks or action == sqlite3.SQLITE_SELECT else sqlite3.SQLITE_DENY


def _tables(connection: Connection, file: str) -> dict[str, frozenset[str]]:
    """The plain columns of the tables that are read; a table that is none, or is computed, counts as not there."""
    found = {}
    for table, needed in _NEEDED.items():
        kinds = connection.execute("SELECT type, sql FROM sqlite_master WHERE name = ?", (table,)).fetchmany(2)
        plain = [sql for kind, sql in kinds if kind == "table" and not str(sql).upper().startswith("CREATE VIRTUAL")]
        rows = connection.execute(f"PRAGMA table_xinfo({table})").fetchmany(1000) if len(plain) == 1 else []
        names = frozenset(str(row[1]) for row in rows if row[6] == 0)
        found[table] = names if names.issuperset(needed) else frozenset()
    if not found["metrics"]:
        raise HistoryError(
            file,
            "this does not look like a training history: expected an MLflow database with a table of metrics, "
            "found another SQLite database",
        )
    return found


def _selected(table: str, there: frozenset[str]) -> str:
    """A statement over the columns that are there, whose names are those of this module; none comes from the file.

    Without an index the rows come in the order in which they were written.
    """
    columns = ", ".join(name if name in there else "0" for name in _COLUMNS[table])
    return f"SELECT {columns} FROM {table} NOT INDEXED"  # noqa: S608


def _values(connection: Connection, there: frozenset[str], found: Opened) -> dict[str, _Values]:
    """Run -> what it logged, in the order in which it was written."""
    runs: dict[str, _Values] = {}
    names = 0
    rows = connection.execute(_selected("metrics", there))
    for run, key, value, step, is_nan in found.told(rows):
        if not isinstance(run, str) or not isinstance(key, str) or not isinstance(step, int):
            continue
        if not isinstance(value, int | float):
            continue
        of_run = runs.get(run)
        if of_run is None:
            of_run = runs[run] = _Values()
        number = of_run.names.get(key)
        if number is None:
            number = of_run.names[key] = len(of_run.names)
            names += 1
            if len(of_run.names) > MOST_NAMES or names > 10 * MOST_NAMES:
                raise HistoryError(found.file, f"expected at most {MOST_NAMES:,} metrics of a run, found more")
        of_run.name.append(number)
        of_run.step.append(float(step))
        of_run.value.append(math.nan if is_nan else _unbounded(float(value)))
    return runs


def _unbounded(value: float) -> float:
    return math.copysign(math.inf, value) if abs(value) == INFINITE else value


def _names(connection: Connection, there: Mapping[str, frozenset[str]]) -> dict[str, str]:
    """Run -> what it is called, for all that were not deleted."""
    names: dict[str, str] = {}
    if there["runs"]:
        for run, name, stage in connection.execute(_selected("runs", there["runs"])):
            if isinstance(run, str) and stage != "deleted":
                names[run] = name if isinstance(name, str) else ""
    if there["tags"]:
        statement = _selected("tags", there["tags"]) + " WHERE key = 'mlflow.runName'"
        for run, _, name in connection.execute(statement):
            if run in names and isinstance(name, str) and name:
                names[run] = name
    return names


def _as_tables(
    file: str, runs: Mapping[str, _Values], names: Mapping[str, str], warnings: tuple[str, ...]
) -> list[Table]:
    chosen = [run for run in runs if run in names] or list(runs)
    if len(chosen) > MOST_RUNS:
        raise HistoryError(file, f"expected at most {MOST_RUNS:,} runs, found {len(chosen):,}")
    called = [names.get(run, "") for run in chosen]
    times = Counter(called)
    tables = []
    for run, name in zip(chosen, called, strict=True):
        values = runs[run]
        pivot = pivoted(
            Points(
                list(values.names),
                np.array(values.name, dtype=np.int64),
                np.array(values.step),
                np.array(values.value),
            )
        )
        unique = name if name and times[name] == 1 else f"{name} ({run[:8]})".strip()
        tables.append(Table(file, NAME, pivot.columns, (*warnings, *pivot.warnings), run=unique, ignored=pivot.ignored))
    return tables


FORMATS = (
    Format(
        name=NAME,
        written_by="MLflow with sqlite:///mlflow.db",
        example="mlflow.db",
        recognises=_recognises,
        read=_read,
    ),
)
