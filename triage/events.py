"""What happens in a session, one plain record each; the reports that count are a fold over them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from triage.detectors import Reading
from triage.diagnosis import HistoryView
from triage.intake.found import Told

__all__ = [
    "DONT_KNOW",
    "Attached",
    "Change",
    "Enclosed",
    "Event",
    "Kind",
    "Redone",
    "Refreshed",
    "Said",
    "Stopped",
    "Undone",
    "Withdrawn",
    "changes_that_count",
    "is_worth_keeping",
    "supersedes",
    "undone",
]


Kind: TypeAlias = Literal["config", "code", "weights", "data"]
"""What a file beside the log is."""

DONT_KNOW = "unknown"
"""The answer that changes nothing but is not asked for again."""


@dataclass(frozen=True, slots=True)
class Attached:
    """A history was attached; what an earlier one showed is forgotten.

    Args:
        history: what was read.
        readings: what the detectors saw in it.
        facts: what remedies compute their values from.
        digest: hash over the curves, by which a file that is read again is known to be the same.
        chosen: canonical name -> name in the file, where the person said which column is which.
        folder: the folder that names of files are relative to.

    """

    history: HistoryView
    readings: tuple[Reading, ...]
    facts: Mapping[str, float]
    digest: str
    chosen: Mapping[str, str]
    folder: str
    event: Literal["attached"] = "attached"


@dataclass(frozen=True, slots=True)
class Enclosed:
    """Files beside the log were read; what earlier ones of their kind said is forgotten.

    Args:
        kind: what they are.
        files: as they were given.
        told: what they say.
        folder: the folder that names of files are relative to.

    """

    kind: Kind
    files: tuple[str, ...]
    told: Told
    folder: str
    event: Literal["enclosed"] = "enclosed"


@dataclass(frozen=True, slots=True)
class Said:
    """The person answered a question, or brought something up; a later word on the same finding replaces this one.

    Args:
        finding: id.
        states: the state, several where it is one of them, none for "I don't know".
        volunteered: whether it was brought up unasked.

    """

    finding: str
    states: tuple[str, ...]
    volunteered: bool
    event: Literal["said"] = "said"


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """What was said of a finding is taken back."""

    finding: str
    event: Literal["withdrawn"] = "withdrawn"


@dataclass(frozen=True, slots=True)
class Stopped:
    """The person wants no more questions; whatever is said later takes it back."""

    event: Literal["stopped"] = "stopped"


@dataclass(frozen=True, slots=True)
class Undone:
    """The last change that counts is undone."""

    event: Literal["undone"] = "undone"


@dataclass(frozen=True, slots=True)
class Redone:
    """The last change that was undone counts again."""

    event: Literal["redone"] = "redone"


@dataclass(frozen=True, slots=True)
class Refreshed:
    """The files of the history that counts were read again after they grew.

    It is no change of its own: what the history shows now stands in its place among the changes, and is undone and
    redone with it.

    Args:
        now: what is in the files now.

    """

    now: Attached
    event: Literal["refreshed"] = "refreshed"


Change: TypeAlias = Attached | Enclosed | Said | Withdrawn | Stopped
Event: TypeAlias = Change | Undone | Redone | Refreshed


def changes_that_count(events: Iterable[Event]) -> list[Change]:
    """What is left when everything that was undone is left out."""
    return _folded(events)[0]


def undone(events: Iterable[Event]) -> list[Change]:
    """What can be redone, the next one last; a new change clears it."""
    return _folded(events)[1]


def is_worth_keeping(events: Iterable[Event]) -> bool:
    """Whether anything was ever attached or said."""
    return any(isinstance(event, Attached | Enclosed | Said) for event in events)


def supersedes(event: Event, last: Event) -> bool:
    """Whether the event makes the one just before it as if it had never happened, so that only it need be kept.

    A log that is followed for days is read again thousands of times; without this, so many events would be kept.
    """
    return isinstance(event, Refreshed) and isinstance(last, Refreshed)


def _folded(events: Iterable[Event]) -> tuple[list[Change], list[Change]]:
    done: list[Change] = []
    back: list[Change] = []
    for event in events:
        if isinstance(event, Undone):
            if done:
                back.append(done.pop())
        elif isinstance(event, Redone):
            if back:
                done.append(back.pop())
        elif isinstance(event, Refreshed):
            place = next((place for place in reversed(range(len(done))) if isinstance(done[place], Attached)), None)
            if place is not None:
                done[place] = event.now
        else:
            done.append(event)
            back.clear()
    return done, back
