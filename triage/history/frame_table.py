"""A pandas frame as a table, with its missing values and its NaN kept apart where pandas can tell them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from triage.errors import HistoryError
from triage.history.model import Series
from triage.history.numbers import parse_column
from triage.history.table import Table

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["FRAME", "read_frame"]

FRAME = "<DataFrame>"
"""Name that stands for a frame in messages."""


def read_frame(frame: pd.DataFrame) -> Table:
    """Read a frame with a row per logged position.

    In columns of nullable types, ``pd.NA`` is a gap. In plain float columns NaN is what the run produced, but where it
    alternates with numbers, as when train and validation stand on rows of their own.

    Raises:
        HistoryError: the frame has no rows or no columns of numbers.

    """
    import pandas as pd

    if not len(frame):
        raise HistoryError(FRAME, "expected rows, found an empty frame")
    columns: dict[str, Series] = {}
    for name in frame.columns:
        column = frame[name]
        if pd.api.types.is_extension_array_dtype(column.dtype) and pd.api.types.is_numeric_dtype(column.dtype):
            logged = ~column.isna().to_numpy()
            columns[str(name)] = Series(column.to_numpy(dtype=np.float64, na_value=np.nan), logged)
        elif pd.api.types.is_numeric_dtype(column.dtype):
            values = column.to_numpy(dtype=np.float64)
            columns[str(name)] = Series(values, np.ones(values.shape, dtype=np.bool_))
        else:
            series, strange = parse_column(["" if cell is None else str(cell) for cell in column])
            if len(strange) <= 0.1 * len(frame):
                columns[str(name)] = series
    if not columns:
        raise HistoryError(FRAME, "expected columns of numbers, found only text")
    return Table(FRAME, "pandas frame", _with_gaps(columns))


def _with_gaps(columns: dict[str, Series]) -> dict[str, Series]:
    """Take a column's NaN for gaps where they alternate with its numbers over the whole frame.

    A run that turned NaN stays NaN; a column that is filled on every tenth row was not logged on the others.
    """
    found = {}
    for name, column in columns.items():
        missing = np.isnan(column.values) & column.logged
        changes = int(np.count_nonzero(np.diff(missing)))
        alternates = bool(missing.any()) and changes >= 3 and missing.sum() >= 0.3 * missing.size
        found[name] = Series(column.values, column.logged & ~missing) if alternates else column
    return found
