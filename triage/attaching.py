"""`History` -> what a session keeps of it: everything that a diagnosis needs but the curves."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from triage.detectors import detect
from triage.diagnosis import HistoryView
from triage.events import Attached
from triage.facts import facts_of
from triage.history import History

__all__ = ["Read", "attached", "digest_of", "of_same_files"]


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
    view = HistoryView(
        format=history.format,
        files=[_text(file) for file in history.files],
        steps=history.rows,
        columns={name: _text(original) for name, original in history.columns.items()},
        warnings=[_text(warning) for warning in history.warnings],
    )
    folder = _text(str(Path.cwd()))
    return Attached(view, detect(history), facts_of(history), digest_of(history), dict(chosen or {}), folder)


def of_same_files(one: Attached, other: Attached) -> bool:
    """Whether two histories were read from the same files, with the same columns chosen; paths are not looked up."""
    return _places(one) == _places(other) and dict(one.chosen) == dict(other.chosen)


def _places(event: Attached) -> list[Path]:
    return [Path(event.folder) / file for file in event.history.files]


def _text(name: str) -> str:
    """A name with its bytes that are no text written out, as every report and file can hold it."""
    return name.encode("utf-8", "backslashreplace").decode()


def digest_of(history: History) -> str:
    """Hash over steps and values of every column."""
    digest = hashlib.blake2b(history.step.tobytes(), digest_size=16)
    for name in sorted(history.series):
        digest.update(name.encode("utf-8", "backslashreplace"))
        digest.update(history.series[name].values.tobytes())
        digest.update(history.series[name].logged.tobytes())
    return digest.hexdigest()
