"""Several runs in one file: the one that is meant, or a word on which there are."""

from __future__ import annotations

from collections.abc import Sequence

from triage.errors import SeveralRunsError
from triage.history.table import Table

__all__ = ["one_run", "run_named"]


def one_run(file: str, tables: Sequence[Table], run: str) -> Table:
    """The table of the run that is meant.

    Args:
        file: its name for messages.
        tables: one for each run, at least one.
        run: the name of the run, or its beginning where no other begins so; empty where none was named. A file with one
            run is read whatever it is called.

    Raises:
        SeveralRunsError: there are several, and none was named.
        HistoryError: none of them is called so.

    """
    if len(tables) == 1:
        return tables[0]
    return tables[run_named(file, [table.run for table in tables], run)]


def run_named(place: str, names: Sequence[str], run: str) -> int:
    """Which of several names is meant; errors as `one_run` raises them."""
    if not run:
        raise SeveralRunsError(place, names)
    fitting = [number for number, name in enumerate(names) if name == run] or [
        number for number, name in enumerate(names) if name.startswith(run)
    ]
    if len(fitting) != 1:
        raise SeveralRunsError(place, names, run)
    return fitting[0]
