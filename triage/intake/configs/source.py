"""The text of one file with its lines, and what was gathered from it."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

from triage.errors import IntakeError
from triage.intake.found import NUMBERS, Found, Place, Stated, Told

__all__ = ["LARGEST", "Source", "source_of", "told_of"]

LARGEST = 20_000_000
"""Characters of a configuration; the largest nets that are written out have some hundred thousand."""

LONGEST_WORDS = 120


@dataclass(frozen=True, slots=True)
class Source:
    """A file as text.

    Args:
        file: as it was given.
        text: without a byte-order mark, its lines ended by a line feed alone.
        lines: the same, split.

    """

    file: str
    text: str
    lines: tuple[str, ...]

    def place(self, line: int | None = None, column: int = 0) -> Place:
        """Where something stands.

        Args:
            line: counted from one; None for the file as a whole.
            column: from where on a line counts that is too long to be shown whole.

        """
        if line is None or not 1 <= line <= len(self.lines):
            return Place(self.file)
        whole = self.lines[line - 1].strip()
        if len(whole) > LONGEST_WORDS:
            whole = self.lines[line - 1][column:].strip()
        return Place(self.file, line, " ".join(whole[:LONGEST_WORDS].split()))


def source_of(text: str, file: str) -> Source:
    """Take a text as a source; raises `IntakeError` where it is too large."""
    if len(text) > LARGEST:
        raise IntakeError(file, f"expected at most {LARGEST:,} characters, found {len(text):,}")
    plain = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    return Source(file, plain, tuple(plain.split("\n")))


def told_of(items: Iterable[Stated | Found | str]) -> Told:
    """Gather values, findings and notes; of a value that is stated twice in one file, the last counts.

    Numbers that are not finite are left out, since nothing follows from them.
    """
    stated: dict[tuple[str, str], Stated] = {}
    found: list[Found] = []
    notes: dict[str, None] = {}
    for item in items:
        if isinstance(item, str):
            notes.setdefault(_one_line(item))
        elif isinstance(item, Found):
            found.append(replace(item, message=_one_line(item.message)))
        elif item.name not in NUMBERS or math.isfinite(float(item.value)):
            key = (item.name, item.place.file)
            stated.pop(key, None)
            stated[key] = item
    return Told(tuple(stated.values()), tuple(found), tuple(notes))


def _one_line(text: str) -> str:
    """A sentence whatever the names in it hold."""
    return " ".join(text.split())
