"""A pandas frame as a table, with its missing values and its NaN kept apart where pandas can tell them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from triage.errors import HistoryError
from triage.history.gaps import with_gaps
from triage.history.model import Series
from triage.history.numbers import parse_column
from triage.history.table import TEXT_SHARE, Table, unique_names

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["FRAME", "read_frame"]

FRAME = "<DataFrame>"
"""Name that stands for a frame in messages."""


def read_frame(frame: pd.DataFrame) -> Table:
    """Read a frame with a row per logged position.

    In columns of nullable types and of text, a missing value is a gap. In plain float columns NaN is what the run
    produced, but where it alternates with numbers, as when train and validation stand on rows of their own.

    Raises:
        HistoryError: the frame has no rows or no columns of numbers.

    """
    import pandas as pd

    if frame.index.name is not None and frame.index.name not in frame.columns:
        frame = frame.reset_index()
    if not len(frame):
        raise HistoryError(FRAME, "expected rows, found an empty frame")
    columns: dict[str, Series] = {}
    names = unique_names(map(str, frame.columns))
    for position, name in enumerate(names):
        column = frame.iloc[:, position]
        nullable = pd.api.types.is_extension_array_dtype(column.dtype)
        if pd.api.types.is_numeric_dtype(column.dtype) and not pd.api.types.is_complex_dtype(column.dtype):
            with np.errstate(over="ignore"):
                values = column.to_numpy(dtype=np.float64, na_value=np.nan) if nullable else column.to_numpy(np.float64)
            logged = ~column.isna().to_numpy() if nullable else np.ones(values.shape, dtype=np.bool_)
            columns[name] = Series(values, logged)
        else:
            gaps = column.isna() if nullable else [False] * len(column)
            series, strange = parse_column(
                ["" if gap else _written(cell) for cell, gap in zip(column, gaps, strict=True)]
            )
            if len(strange) <= TEXT_SHARE * len(frame):
                columns[name] = series
    if not columns:
        raise HistoryError(FRAME, "expected columns of numbers, found only text")
    text = tuple(name for name in names if name not in columns)
    return Table(FRAME, "pandas frame", with_gaps(columns), text=text)


def _written(cell: object) -> str:
    try:
        return "" if cell is None else str(cell)
    except ValueError:  # an integer of more digits than Python writes out
        return type(cell).__name__
