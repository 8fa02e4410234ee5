"""One JSON document with all of a run: a list per quantity, or a row per logged position.

::

    {"loss": [1.8, 1.4], "val_loss": [1.5, 1.3]}              Keras History.history, any loop
    {"loss": {"0": 1.8, "1": 1.4}, "lr": {"0": 0.1, ...}}     pandas DataFrame.to_json
    [{"epoch": 0, "loss": 1.8}, {"epoch": 1, "loss": 1.4}]    a list of rows
    {"columns": ["loss"], "index": [0, 1], "data": [[1.8], [1.4]]}

Either may stand inside an object under a name such as ``history``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import numpy as np

from triage.errors import HistoryError
from triage.history.format import Format
from triage.history.head import Head, encoding_of
from triage.history.json_lines import table_of_lines
from triage.history.json_numbers import described, number_in, numbers_in, parsed
from triage.history.model import Series
from triage.history.opened import Opened
from triage.history.rows import Rows
from triage.history.table import Table

__all__ = ["FORMATS", "document_in"]

LARGEST = 64_000_000
"""Bytes of a document; all of it must be in memory at once, and takes some ten times as much there."""

INSIDE = ("history", "logs", "log", "metrics", "records", "results", "data", "train_history", "training_history")
"""Names under which the history may stand in an object."""


def document_in(found: Opened) -> str:
    """The text of a file that is one document; raises `HistoryError` where it is too large for that."""
    data = b"".join(found.told(iter(lambda: found.stream.read(1 << 20), b"")))[: LARGEST + 1]
    if len(data) > LARGEST:
        raise HistoryError(
            found.file, f"expected a JSON document of at most {LARGEST // 1_000_000} MB, found a larger one"
        )
    return data.decode(encoding_of(data), errors="replace")


def _read(found: Opened) -> Sequence[Table]:
    text = document_in(found)
    try:
        value: object = json.loads(text)
    except json.JSONDecodeError as error:
        if error.msg == "Extra data":
            return table_of_lines(iter(text.splitlines()), found.file)
        value = parsed(text, found.file)
    except (RecursionError, ValueError):
        value = parsed(text, found.file)
    columns, unit = _columns(value, found.file)
    if not columns:
        raise HistoryError(found.file, f"expected numbers in its rows, found none in {described(value)}")
    return [Table(found.file, "JSON history", columns, unit=unit)]


def _columns(value: object, file: str) -> tuple[dict[str, Series], str]:
    """The columns, and what their rows count where no column says so."""
    if isinstance(value, list) and value and all(isinstance(row, dict) for row in value):
        return _of_rows(value), "row"
    if isinstance(value, dict):
        if {"columns", "data"} <= value.keys() and (columns := _of_split(value)):
            return columns, "row"
        inside = next((value[name] for name in INSIDE if _holds_lists(value.get(name))), None)
        if inside is not None:
            return _columns(inside, file)
        if columns := _of_lists(value):
            return columns, "epoch"
        if "_timestamp" in value and "_step" in value:
            raise HistoryError(
                file,
                "expected a history, found a summary of W&B with the last values alone; attach run-*.wandb or an "
                "export of its history",
            )
    raise HistoryError(
        file,
        "this does not look like a training history: expected lists of numbers by name, or rows of them, found "
        + described(value),
    )


def _holds_lists(value: object) -> bool:
    """Whether it is rows, or an object with something in it that may be a column."""
    if isinstance(value, list):
        return bool(value) and all(isinstance(row, dict) for row in value)
    return isinstance(value, dict) and any(isinstance(inner, list | dict) for inner in value.values())


def _of_rows(rows: Sequence[Mapping[str, object]]) -> dict[str, Series]:
    gathered = Rows()
    for row in rows:
        gathered.add(numbers_in(row))
    return gathered.columns()


def _of_split(value: Mapping[str, object]) -> dict[str, Series]:
    names, data = value["columns"], value["data"]
    if not (isinstance(names, list) and isinstance(data, list) and all(isinstance(row, list) for row in data)):
        return {}
    return _of_rows([dict(zip(map(str, names), row, strict=False)) for row in data])


def _of_lists(value: Mapping[str, object]) -> dict[str, Series]:
    """A column for every list of numbers; a shorter one was not logged to the end."""
    lists = {
        name: inner if isinstance(inner, list) else list(inner.values())
        for name, inner in value.items()
        if inner and (isinstance(inner, list) or (isinstance(inner, dict) and all(map(str.isdecimal, inner))))
    }
    columns = {
        name: read
        for name, cells in lists.items()
        if (read := [number_in(cell) for cell in cells]).count(None) < len(cells)
    }
    if not columns:
        return {}
    rows = max(map(len, columns.values()))
    return {name: _series(cells, rows) for name, cells in columns.items()}


def _series(cells: Sequence[float | None], rows: int) -> Series:
    values, logged = np.full(rows, np.nan), np.zeros(rows, dtype=np.bool_)
    logged[: len(cells)] = [cell is not None for cell in cells]
    values[: len(cells)] = [np.nan if cell is None else cell for cell in cells]
    return Series(values, logged)


def _recognises(head: Head) -> bool:
    return head.text.lstrip("\ufeff \t\r\n")[:1] in ("{", "[") and _is_json(head)


def _is_json(head: Head) -> bool:
    """Whether it goes on as JSON does: a name, a value, a bracket; a line of a log may begin with ``[12:30]`` too."""
    text = head.text.lstrip("\ufeff \t\r\n")
    inner = text[1:].lstrip()
    return inner[:1] in ('"', "}") if text[0] == "{" else inner[:1] in ("{", "[", "]")


FORMATS = (
    Format(
        name="JSON history",
        written_by="json.dump of Keras' History.history, pandas DataFrame.to_json, any loop",
        example='{"loss": [1.83, 1.41], "val_loss": [1.52, 1.33]}',
        recognises=_recognises,
        read=_read,
    ),
)
