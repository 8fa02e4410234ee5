"""`History` -> what a session keeps of it: everything that a diagnosis needs but the curves."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from triage.diagnosis import HistoryView
from triage.events import Attached
from triage.history import History
from triage.observing import observed

__all__ = ["Read", "attached", "of_same_files", "view_of"]

MOST_IGNORED = 100
"""Names that were not used and are kept."""


@dataclass(frozen=True, slots=True)
class Read:
    """What was read, ready for `Session.take_in` and `Session.refresh`.

    Args:
        event: what a session keeps of it.
        history: the curves.

    """

    event: Attached
    history: History


def attached(history: History, chosen: Mapping[str, str] | None = None) -> Attached:
    """Read the symptoms and the facts of a history.

    Args:
        history: the curves.
        chosen: canonical name -> name in the file, where the person said which column is which.

    """
    folder = _text(os.getcwd())  # noqa: PTH109 - to make a Path takes longer than this
    readings, facts, digest = observed(history)
    return Attached(view_of(history), readings, facts, digest, dict(chosen or {}), folder)


def view_of(history: History) -> HistoryView:
    """What was read, in words: the format, the rows, which column became what, and what was left out and why."""
    return HistoryView(
        format=history.format,
        files=[_text(file) for file in history.files],
        steps=history.rows,
        columns={name: _text(original) for name, original in history.columns.items()},
        warnings=[_text(warning) for warning in history.warnings],
        ignored={_text(name): _text(why) for name, why in islice(history.ignored.items(), MOST_IGNORED)},
    )


def of_same_files(one: Attached, other: Attached) -> bool:
    """Whether two histories were read from the same files, with the same columns chosen; paths are not looked up."""
    return _places(one) == _places(other) and dict(one.chosen) == dict(other.chosen)


def _places(event: Attached) -> list[Path]:
    return [Path(event.folder) / file for file in event.history.files]


def _text(name: str) -> str:
    """A name with its bytes that are no text written out, as every report and file can hold it."""
    return name.encode("utf-8", "backslashreplace").decode()
