"""What a folder holds, bounded: a folder may have a hundred thousand files, and may not be read at all."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from heapq import nsmallest
from itertools import islice
from pathlib import Path

from triage.report.escape import plain

__all__ = ["Listing", "Named", "list_folder", "shortened"]

MOST_LOOKED_AT = 200_000
MOST_LISTED = 200

_ENDINGS = (".csv", ".tsv", ".json", ".jsonl", ".log", ".txt", ".out", ".gz", ".yaml", ".yml")
_EVENT_FILE = "tfevents"


@dataclass(frozen=True, slots=True)
class Named:
    """One thing in a folder.

    Args:
        name: as the folder has it: anything but a slash.
        is_folder: whether it holds others.

    """

    name: str
    is_folder: bool


@dataclass(frozen=True, slots=True)
class Listing:
    """What a folder holds of those that begin as wanted.

    Args:
        entries: logs first, then folders, then other files, each by name; the first of them where there are many.
        matching: how many there are, as far as was looked.
        common: what all their names begin with.
        problem: why the folder cannot be listed, in one line; empty where it can.

    """

    entries: tuple[Named, ...] = ()
    matching: int = 0
    common: str = ""
    problem: str = ""


def list_folder(
    folder: Path, beginning: str = "", most: int = MOST_LISTED, stopped: Callable[[], bool] = lambda: False
) -> Listing:
    """List a folder; hidden files only where the beginning asks for them.

    Args:
        folder: any path.
        beginning: of the names; upper and lower case are the same.
        most: how many to list.
        stopped: asked again and again whether the answer is of no use any more.

    """
    wanted = beginning.lower()
    matching, common = 0, ""

    def matches(found: Iterator[os.DirEntry[str]]) -> Iterator[Named]:
        nonlocal matching, common
        for entry in islice(found, MOST_LOOKED_AT):
            if stopped():
                return
            name = entry.name
            if not name.lower().startswith(wanted) or (name.startswith(".") and not wanted.startswith(".")):
                continue
            common = _common(common, name) if matching else name
            matching += 1
            yield Named(name, _is_folder(entry))

    try:
        with os.scandir(folder) as found:
            entries = nsmallest(most, matches(found), key=_place)
    except (OSError, ValueError) as error:
        return Listing(problem=_problem(folder, error))
    return Listing(tuple(entries), matching, common)


def shortened(name: str, longest: int = 48) -> str:
    """A name that is long without its middle: what tells names of runs apart is mostly at their ends."""
    if len(name) <= longest:
        return name
    end = longest // 2
    return f"{name[: longest - end - 1]}…{name[-end:]}"


def _common(first: str, second: str) -> str:
    """What two names both begin with."""
    if second.startswith(first):
        return first
    pairs = enumerate(zip(first, second, strict=False))
    return first[: next((place for place, (one, other) in pairs if one != other), min(len(first), len(second)))]


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def _place(entry: Named) -> tuple[int, str, str]:
    name = entry.name.lower()
    is_log = name.endswith(_ENDINGS) or _EVENT_FILE in name
    return (1 if entry.is_folder else 0 if is_log else 2, name, entry.name)


def _problem(folder: Path, error: OSError | ValueError) -> str:
    shown = plain(str(folder), 120)
    match error:
        case PermissionError():
            return f"You may not look into {shown}"
        case NotADirectoryError():
            return f"{shown} is no folder"
        case FileNotFoundError():
            return f"There is no folder {shown}"
        case OSError():
            return f"{shown}: {error.strerror}"
    return f"{shown} cannot be a folder"
