"""Rows of named numbers, gathered one by one while a log is read."""

from __future__ import annotations

from array import array
from collections.abc import Mapping

import numpy as np

from triage.history.model import Series

__all__ = ["Rows"]

NAN = float("nan")

MOST_GAPS = 50_000_000
"""Cells without a value in all columns together; a column that would need more is dropped. A log of ten million rows
needs ten million for each column that it seldom has; rows that all have other names would fill the memory with gaps."""


SELDOM = "logged too seldom in too long a log"


class Rows:
    """Rows in file order, in about nine bytes a cell; columns may come late and rows may leave any of them out."""

    def __init__(self) -> None:
        """No rows yet."""
        self._values: dict[str, array[float]] = {}
        self._logged: dict[str, bytearray] = {}
        self._count = 0
        self._gaps = 0
        self._dropped: set[str] = set()

    def __len__(self) -> int:
        """Number of rows."""
        return self._count

    @property
    def ignored(self) -> dict[str, str]:
        """Columns that would be gaps for the most part of a large log, and why they are left out."""
        return dict.fromkeys(sorted(self._dropped), SELDOM)

    def add(self, row: Mapping[str, float]) -> None:
        """Take the next row.

        Args:
            row: name -> value, which may be NaN or infinite; what was not logged is left out.

        """
        count = self._count
        for name, value in row.items():
            values = self._values.get(name)
            if values is None:
                if name in self._dropped:
                    continue
                values = self._values[name] = array("d")
                self._logged[name] = bytearray()
            if len(values) < count and not self._filled(name, count):
                continue
            values.append(value)
            self._logged[name].append(1)
        self._count = count + 1

    def columns(self) -> dict[str, Series]:
        """The columns, in the order in which they first came; all are as long as there are rows."""
        columns = {}
        for name in list(self._values):
            if self._filled(name, self._count):
                columns[name] = Series(
                    np.frombuffer(self._values[name], dtype=np.float64),
                    np.frombuffer(self._logged[name], dtype=np.bool_),
                )
        return columns

    def _filled(self, name: str, count: int) -> bool:
        """Bring a column to so many rows; False where that took too many gaps, and it is dropped."""
        values, logged = self._values[name], self._logged[name]
        missing = count - len(values)
        if missing == 0:
            return True
        if self._gaps + missing > MOST_GAPS:
            self._gaps -= logged.count(0)
            del self._values[name], self._logged[name]
            self._dropped.add(name)
            return False
        self._gaps += missing
        values.extend(array("d", (NAN,)) * missing)
        logged.extend(bytes(missing))
        return True
