"""A table that grows by a row at a time: one array per name, doubled when it is full."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from triage.history.gaps import with_gaps
from triage.history.model import Series
from triage.history.table import Table

__all__ = ["LOGGED", "STEP", "GrowingTable"]

LOGGED = "<training>"
"""Name that stands for the values that were logged, where a file's would stand."""

STEP = "step"

FIRST_ROWS = 1024

MOST_COLUMNS = 1000
"""Names that are kept; a name made up for each step would fill the memory."""

NO_NUMBER, TOO_MANY = "no number", f"beyond the first {MOST_COLUMNS} names"
"""Why a value is not kept."""


class GrowingTable:
    """The values that were logged: eight bytes for each and one that says that it was."""

    def __init__(self) -> None:
        """Start without rows."""
        self.rows = 0
        self._columns: dict[str, tuple[NDArray[np.float64], NDArray[np.bool_]]] = {}
        self._ignored: dict[str, str] = {}
        self._infinite: set[str] = set()

    def add(self, step: object, values: Mapping[str, object]) -> bool:
        """Add a row; values that are no numbers are left out, and None is a gap.

        Args:
            step: its position; anything that `float` takes.
            values: name -> value; what is no float yet is converted here, which may wait for a device.

        Returns:
            Whether the first NaN or infinity of a column is in it.

        Raises:
            TypeError, ValueError: the position is no number.

        """
        position = float(step)  # type: ignore[arg-type]
        if not math.isfinite(position):
            raise ValueError(f"expected a finite step, found {position}")
        row, self.rows = self.rows, self.rows + 1
        self._put(STEP, row, position)
        is_alarming = False
        for name, value in values.items():
            number = value if type(value) is float else self._number(name, value)
            if number is None or name == STEP:
                continue
            self._put(name, row, number)
            if not math.isfinite(number) and name not in self._infinite:
                self._infinite.add(name)
                is_alarming = True
        return is_alarming

    def table(self) -> Table:
        """What was logged up to now; later rows do not change it."""
        columns = {}
        for name, (values, logged) in self._columns.items():
            there = min(self.rows, values.size)
            whole = Series(np.full(self.rows, np.nan), np.zeros(self.rows, dtype=np.bool_))
            whole.values[:there], whole.logged[:there] = values[:there], logged[:there]
            columns[name] = whole
        return Table(LOGGED, "training callback", with_gaps(columns), ignored=dict(self._ignored))

    def _number(self, name: str, value: object) -> float | None:
        if value is None:
            return None
        try:
            if isinstance(value, str | bytes):
                raise TypeError
            return float(value)  # type: ignore[arg-type]
        except (TypeError, ValueError, OverflowError, RuntimeError):
            if name not in self._columns and len(self._ignored) < MOST_COLUMNS:
                self._ignored[name] = NO_NUMBER
            return None

    def _put(self, name: str, row: int, number: float) -> None:
        column = self._columns.get(name)
        if column is None or row >= column[0].size:
            column = self._with_room(name, row)
            if column is None:
                return
        column[0][row] = number
        column[1][row] = True

    def _with_room(self, name: str, row: int) -> tuple[NDArray[np.float64], NDArray[np.bool_]] | None:
        """The column with at least ``row`` + 1 rows; None where there are too many names already."""
        held = self._columns.get(name)
        if held is None and len(self._columns) >= MOST_COLUMNS:
            if len(self._ignored) < MOST_COLUMNS:
                self._ignored[name] = TOO_MANY
            return None
        rows = FIRST_ROWS
        while rows <= row:
            rows *= 2
        values, logged = np.full(rows, np.nan), np.zeros(rows, dtype=np.bool_)
        if held is not None:
            values[: held[0].size], logged[: held[1].size] = held
        self._columns[name] = values, logged
        return values, logged
