"""JSON of strangers -> numbers under their names."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping

from triage.errors import HistoryError
from triage.history.numbers import NotANumber, parse_cell

__all__ = ["DEEPEST", "described", "number_in", "numbers_in", "parsed"]

DEEPEST = 3
"""Objects inside each other in which numbers are looked for."""

LONGEST_NUMBER = 60
"""Characters of a text that may be a number."""

_BEGINNINGS = frozenset("+-.0123456789nNiItT")
"""What a number that is written as a text begins with; most texts are none, and are passed over by a look."""


def parsed(text: str, file: str, line: int | None = None) -> object:
    """The value that a JSON text writes; NaN and infinities may stand in it as programs write them.

    Args:
        text: all of it.
        file: its name for messages.
        line: where it stands, if it is a line of a file.

    Raises:
        HistoryError: it is no JSON.

    """
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise HistoryError(file, f"expected JSON, found: {error.msg}", line or error.lineno) from None
    except RecursionError:
        raise HistoryError(file, "expected JSON, found brackets inside each other without end", line) from None
    except ValueError:
        raise HistoryError(file, "expected JSON, found a number of thousands of digits", line) from None


def numbers_in(row: Mapping[str, object]) -> dict[str, float]:
    """The numbers of an object: name -> value; those of objects inside it under ``outer/inner``.

    What is null was not logged; so were words, lists, true and false.
    """
    found: dict[str, float] = {}
    _gather(row, "", 1, found)
    return found


def number_in(value: object) -> float | None:
    """A number, also where it is written as a text; None where there is none."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        try:
            return float(value)
        except OverflowError:
            return math.inf if value > 0 else -math.inf
    if isinstance(value, str) and value[:1] in _BEGINNINGS and ":" not in value and len(value) <= LONGEST_NUMBER:
        try:
            return parse_cell(value)
        except NotANumber:
            return None
    return None


def described(value: object) -> str:
    """What a JSON value is, in a few words for a message."""
    if isinstance(value, dict):
        names = ", ".join(repr(str(name)[:30]) for name in list(value)[:4])
        return f"an object with {names}{' and more' if len(value) > 4 else ''}" if value else "an empty object"
    if isinstance(value, list):
        return f"a list that begins with {described(value[0])}" if value else "an empty list"
    return "null" if value is None else "a text" if isinstance(value, str) else "a single value"


def _gather(row: Mapping[str, object], prefix: str, depth: int, into: dict[str, float]) -> None:
    for name, value in row.items():
        kind = type(value)
        if kind is float:
            into[prefix + name] = value  # type: ignore[assignment]  # a float, by its exact type
        elif value is None or kind is bool:
            continue
        elif isinstance(value, dict):
            if depth < DEEPEST:
                _gather(value, f"{prefix}{name}/", depth + 1, into)
        elif isinstance(value, list):
            if len(value) == 1 and (only := number_in(value[0])) is not None:
                into[prefix + name] = only
        elif (number := number_in(value)) is not None:
            into[prefix + name] = number
