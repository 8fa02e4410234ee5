"""`History` -> what a session keeps of it: everything that a diagnosis needs but the curves."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np

from triage.detectors import Reading, detect
from triage.diagnosis import HistoryView
from triage.events import Attached
from triage.facts import facts_of
from triage.history import History

__all__ = ["Read", "attached", "digest_of", "of_same_files", "view_of"]

LONG = 1_000_000
"""Rows from which on a second thread is worth its start."""

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


def observed(history: History) -> tuple[tuple[Reading, ...], dict[str, float], str]:
    """The symptoms, the facts and the digest of a history; of a long one two threads share the work."""
    if history.rows < LONG:
        return detect(history), facts_of(history), digest_of(history)
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(1) as beside:
        digest = beside.submit(digest_of, history)
        facts = beside.submit(facts_of, history)
        return detect(history), facts.result(), digest.result()


def digest_of(history: History) -> str:
    """Hash over steps and values of every column."""
    digest = hashlib.sha256(np.ascontiguousarray(history.step).data)
    for name in sorted(history.series):
        digest.update(name.encode("utf-8", "backslashreplace"))
        digest.update(np.ascontiguousarray(history.series[name].values).data)
        digest.update(np.ascontiguousarray(history.series[name].logged).data)
    return digest.hexdigest()
