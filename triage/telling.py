"""What a person writes in their own words -> what a session takes of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from triage.events import Enclosed, Kind
from triage.history import History
from triage.intake.pasted_files import NAME, without_files
from triage.intake.pasted_log import without_log
from triage.intake.statements import statements
from triage.intake.words import LONGEST, Understood, WordIndex

__all__ = ["Telling", "telling_of"]


@dataclass(frozen=True, slots=True)
class Telling:
    """What a text holds.

    Args:
        understood: what it says of findings.
        history: the lines of a log that were pasted into it.
        enclosed: the programs and configurations that were.
        unread: characters at its end that were too many to read.

    """

    understood: tuple[Understood, ...]
    history: History | None
    enclosed: tuple[Enclosed, ...]
    unread: int

    @property
    def is_empty(self) -> bool:
        """Whether nothing in it was recognised."""
        return not (self.understood or self.history or self.enclosed)

    @property
    def findings(self) -> Mapping[str, tuple[str, ...]]:
        """Finding -> the states that it may be in."""
        return {item.finding: item.states for item in self.understood}


def telling_of(index: WordIndex, texts: Sequence[str]) -> Telling:
    """Read texts about one run.

    Args:
        index: the compiled words of the knowledge.
        texts: what was written, in its order; later words on a finding count.

    """
    understood: dict[str, Understood] = {}
    history, unread = None, 0
    enclosed: dict[Kind, Enclosed] = {}
    for text in texts:
        files, rest = without_files(text)
        enclosed |= {file.kind: Enclosed(file.kind, (NAME,), file.told, "") for file in files}
        found, rest = without_log(rest)
        history = history or found
        unread += max(0, len(rest) - LONGEST)
        understood |= {item.finding: item for item in statements(index, rest)}
    return Telling(tuple(understood.values()), history, tuple(enclosed.values()), unread)
