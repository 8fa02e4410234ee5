"""A `History` written to a folder and mapped from there: its curves take memory only where they are looked at."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from triage.history.model import History, Series

__all__ = ["map_history", "write_history"]

WORDS = "history.json"
NUMBERS = "numbers.npy"
"""Float64 of shape (columns, rows): steps, then epochs if they are known, then the values of each series."""

LOGGED = "logged.npy"
"""Bool of shape (series, rows)."""


def write_history(history: History, folder: Path) -> None:
    """Write a history into three files of a folder; raises `OSError` where there is no room for them.

    All columns share two of them: a log can have more columns than a process may open files.
    """
    positions = [history.step] if history.epoch is None else [history.step, history.epoch]
    series = history.series.values()
    _write_rows(folder / NUMBERS, [*positions, *(column.values for column in series)], np.dtype(np.float64))
    _write_rows(folder / LOGGED, [column.logged for column in series], np.dtype(np.bool_))
    words = {
        "has_epoch": history.epoch is not None,
        "series": list(history.series),
        "columns": dict(history.columns),
        "format": history.format,
        "files": history.files,
        "step_unit": history.step_unit,
        "ignored": dict(history.ignored),
        "warnings": history.warnings,
        "resumes": history.resumes,
    }
    (folder / WORDS).write_text(json.dumps(words), encoding="ascii")


def map_history(folder: Path) -> History:
    """The history that was written there; its arrays cannot be changed.

    The folder may be removed at once: what is mapped stays until the last array is let go. Windows cannot remove a file
    that is mapped, so there the arrays are read.
    """
    words = json.loads((folder / WORDS).read_text(encoding="ascii"))
    numbers, logged = (_read_only(folder / name) for name in (NUMBERS, LOGGED))
    first = 2 if words["has_epoch"] else 1
    return History(
        step=numbers[0],
        epoch=numbers[1] if words["has_epoch"] else None,
        series={name: Series(numbers[first + place], logged[place]) for place, name in enumerate(words["series"])},
        columns=words["columns"],
        format=words["format"],
        files=tuple(words["files"]),
        step_unit=words["step_unit"],
        ignored=words["ignored"],
        warnings=tuple(words["warnings"]),
        resumes=tuple(words["resumes"]),
    )


def _write_rows(path: Path, rows: list[NDArray[Any]], kind: np.dtype[Any]) -> None:
    """One array with these rows, without ever having it in memory."""
    head = {
        "descr": np.lib.format.dtype_to_descr(kind),
        "fortran_order": False,
        "shape": (len(rows), rows[0].size),
    }
    with path.open("wb") as stream:
        np.lib.format.write_array_header_1_0(stream, head)
        for row in rows:
            stream.write(np.ascontiguousarray(row, dtype=kind).data)


def _read_only(path: Path) -> NDArray[Any]:
    array = np.asarray(np.load(path, mmap_mode=None if os.name == "nt" else "r", allow_pickle=False))
    array.setflags(write=False)
    return array
