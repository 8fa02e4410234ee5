"""Numbers as programs write them into logs, with NaN and nothing kept apart."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

import numpy as np

from triage.history.model import Series

__all__ = ["DECIMAL_COMMA", "GROUPED", "NotANumber", "looked_at", "parse_cell", "parse_column", "with_decimal_points"]

MOST_KNOWN = 1000
"""Cells that are kept in mind, as what is no plain number often comes again."""

MISSING = frozenset({"", "null", "none", "na", "n/a", "<na>", "--", "-", "missing", "no log"})
"""What stands where nothing was logged: Keras' CSVLogger writes NA, the table of a Hugging Face notebook No log."""

_NAN = re.compile(r"[+-]?(nan(\(.*\))?|1\.#(qnan|snan|ind)0*)", re.IGNORECASE)
_INFINITE = re.compile(r"([+-]?)(inf|infinity|1\.#inf0*)", re.IGNORECASE)
_WRAPPED = re.compile(r"(?:tensor|array|np\.float\d*|float\d*)\(\s*([^,)]+)(?:,.*)?\)", re.IGNORECASE)

GROUPED = re.compile(r"[+-]?[1-9]\d{0,2}(,\d{3})+(\.\d*)?")
"""Thousands that are kept apart by commas."""

DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+(e[+-]?\d+)?", re.IGNORECASE)
"""A number that may be written with a comma in place of the point."""

_EUROPEAN = re.compile(r"\s*[+-]?(\d{1,3}(\.\d{3})+|\d*)(,\d*)?(e[+-]?\d+)?\s*", re.IGNORECASE)


class NotANumber(ValueError):
    """A cell holds text that is no number, no NaN and no known mark of a missing value."""


def parse_column(cells: Sequence[str]) -> tuple[Series, list[int]]:
    """Read a column of text.

    Returns:
        The column, and the positions of cells that hold something else than a number; they count as not logged.

    """
    try:
        values = np.array(list(map(float, cells)), dtype=np.float64)
        return Series(values, np.ones(values.shape, dtype=np.bool_)), []
    except ValueError:
        pass
    values = np.full(len(cells), np.nan)
    logged = np.zeros(len(cells), dtype=np.bool_)
    strange = []
    known: dict[str, tuple[float | None, bool]] = {"": (None, False)}
    for row, cell in enumerate(cells):
        if cell not in known:
            if len(known) > MOST_KNOWN:
                known = {"": (None, False)}
            known[cell] = looked_at(cell)
        value, odd = known[cell]
        if value is not None:
            values[row] = value
            logged[row] = True
        elif odd:
            strange.append(row)
    return Series(values, logged), strange


def looked_at(cell: str) -> tuple[float | None, bool]:
    """The value of a cell, and whether it is no number."""
    try:
        return parse_cell(cell), False
    except NotANumber:
        return None, True


def with_decimal_points(cells: Sequence[str]) -> list[str]:
    """Cells of a table in which 0,5 is a half and 1.000 a thousand, as they are written elsewhere."""
    return [cell.replace(".", "").replace(",", ".") if _EUROPEAN.fullmatch(cell) else cell for cell in cells]


def parse_cell(cell: str) -> float | None:
    """One cell: its value, which may be NaN or infinite, or None where nothing was logged.

    Raises:
        NotANumber: the cell holds other text.

    """
    text = cell.strip()
    try:
        return float(text)
    except ValueError:
        pass
    text = text.strip("'\"").rstrip(",;")
    if text.lower() in MISSING:
        return None
    if _NAN.fullmatch(text):
        return math.nan
    if infinite := _INFINITE.fullmatch(text):
        return -math.inf if infinite[1] == "-" else math.inf
    if wrapped := _WRAPPED.fullmatch(text):
        return parse_cell(wrapped[1])
    if text.endswith("%") and len(text) > 1:
        return parse_cell(text[:-1])
    if GROUPED.fullmatch(text):
        text = text.replace(",", "")
    elif DECIMAL_COMMA.fullmatch(text):
        text = text.replace(",", ".")
    try:
        return float(text)
    except ValueError:
        raise NotANumber(text) from None
