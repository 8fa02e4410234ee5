"""What is followed: files, which need not be there yet, patterns, and folders in which new runs appear."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from triage.batch.runs import Run, runs_in
from triage.errors import TriageError
from triage.history.folder import NEVER
from triage.report.escape import plain

__all__ = ["Followed", "Places"]

MOST_ENTRIES = 20_000
"""Files and folders below one that are looked at."""

DEEPEST = 8

MOST_NAMED = 3
"""Places that are named in a message."""

SHARE = 0.02
"""Share of the time that may go into looking through folders; large trees are looked through less often."""


@dataclass(frozen=True, slots=True)
class Followed:
    """One run that is followed.

    Args:
        name: the path as it was given or found.
        files: what is read.
        is_named: whether it was given itself, so that what is wrong with it is told.

    """

    name: str
    files: tuple[str, ...]
    is_named: bool


@dataclass
class _Folder:
    """A folder and what was found in it when it was last looked through."""

    path: str
    due: float = 0.0
    entries: dict[str, int] | None = None
    runs: list[Followed] = field(default_factory=list)


class Places:
    """The runs in what was given, as they come and go.

    Args:
        paths: files, folders, and patterns, which are looked up again and again.

    Raises:
        TriageError: nothing was given, or standard input.

    """

    def __init__(self, paths: Sequence[str]) -> None:
        """Nothing is looked at yet."""
        if not paths:
            raise TriageError("expected files, folders or patterns of them, found none")
        if "-" in paths:
            raise TriageError("expected files or folders, found -; a history on standard input goes to --log -")
        self._paths = list(dict.fromkeys(os.path.normpath(path) for path in paths))
        self._folders: dict[str, _Folder] = {}

    @property
    def words(self) -> str:
        """What was given, the first of it."""
        named = ", ".join(plain(path, 120) for path in self._paths[:MOST_NAMED])
        more = len(self._paths) - MOST_NAMED
        return f"{named} and {more:,} more" if more > 0 else named

    def look(self) -> list[Followed]:
        """The runs that there are now; a file that was given and is not there is among them."""
        found: dict[str, Followed] = {}
        for path in self._paths:
            for run in self._at(path):
                found.setdefault(run.name, run)
        return list(found.values())

    def _at(self, path: str) -> list[Followed]:
        if os.path.isdir(path):  # noqa: PTH112 - every path, every time
            return self._in_folder(self._folders.setdefault(path, _Folder(path)))
        if path in self._folders or not any(mark in path for mark in "*?["):
            return [Followed(path, (path,), is_named=True)]
        return [run for found in _matching(path) for run in self._at(found)]

    def _in_folder(self, folder: _Folder) -> list[Followed]:
        began = time.monotonic()
        if began < folder.due:
            return folder.runs
        entries = _entries(folder.path)
        known = {file for run in folder.runs for file in run.files}
        others = {name: size if name not in known else 0 for name, size in entries.items()}
        if others != folder.entries:
            folder.runs = [_followed(run) for run in runs_in([folder.path])]
            known = {file for run in folder.runs for file in run.files}
            folder.entries = {name: size if name not in known else 0 for name, size in entries.items()}
        now = time.monotonic()
        folder.due = now + (now - began) / SHARE
        return folder.runs


def _followed(run: Run) -> Followed:
    return Followed(run.path, run.files or (run.path,), is_named=False)


def _matching(pattern: str) -> list[str]:
    from glob import iglob
    from itertools import islice

    return sorted(islice(iglob(pattern, recursive=True), MOST_ENTRIES))  # noqa: PTH207 - as it was given


def _entries(root: str) -> dict[str, int]:
    """Files below a folder that may hold a history -> their sizes."""
    found: dict[str, int] = {}
    waiting = [(root, 0)]
    while waiting and len(found) < MOST_ENTRIES:
        folder, depth = waiting.pop()
        try:
            with os.scandir(folder) as entries:
                for entry in entries:
                    if entry.name.startswith(".") or entry.name == "__pycache__":
                        continue
                    if entry.is_dir(follow_symlinks=False):
                        waiting += [(entry.path, depth + 1)] if depth < DEEPEST else []
                    elif Path(entry.name).suffix.lower() not in NEVER and entry.is_file():
                        found[entry.path] = entry.stat().st_size
        except OSError:
            continue
    return found
