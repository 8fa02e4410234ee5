"""Numbers as programs write them into logs, with NaN and nothing kept apart."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

import numpy as np

from triage.history.model import Series

__all__ = ["NotANumber", "parse_cell", "parse_column"]

MISSING = frozenset({"", "null", "none", "na", "n/a", "<na>", "--", "-", "missing", "no log"})
"""What stands where nothing was logged: Keras' CSVLogger writes NA, the table of a Hugging Face notebook No log."""

_NAN = re.compile(r"[+-]?(nan(\(.*\))?|1\.#(qnan|snan|ind)0*)", re.IGNORECASE)
_INFINITE = re.compile(r"([+-]?)(inf|infinity|1\.#inf0*)", re.IGNORECASE)
_WRAPPED = re.compile(r"(?:tensor|array|np\.float\d*|float\d*)\(\s*([^,)]+)(?:,.*)?\)", re.IGNORECASE)
_GROUPED = re.compile(r"[+-]?[1-9]\d{0,2}(,\d{3})+(\.\d*)?")
_DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+(e[+-]?\d+)?", re.IGNORECASE)


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
    for row, cell in enumerate(cells):
        try:
            value = parse_cell(cell)
        except NotANumber:
            strange.append(row)
            continue
        if value is not None:
            values[row] = value
            logged[row] = True
    return Series(values, logged), strange


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
    if _GROUPED.fullmatch(text):
        text = text.replace(",", "")
    elif _DECIMAL_COMMA.fullmatch(text):
        text = text.replace(",", ".")
    try:
        return float(text)
    except ValueError:
        raise NotANumber(text) from None
