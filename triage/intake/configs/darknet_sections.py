"""Sections of a Darknet network, ``[name]`` and ``key=value`` lines below it (Darknet, parser.c and option_list.c)."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from triage.errors import IntakeError
from triage.intake.configs.source import Source

__all__ = ["Option", "Section", "sections_of"]

MOST_SECTIONS = 100_000

_NUMBER = re.compile(r"\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)")


@dataclass(frozen=True, slots=True)
class Option:
    """One value and its line."""

    value: str
    line: int


@dataclass(frozen=True, slots=True)
class Section:
    """One section.

    Args:
        kind: its name in small letters, without the brackets.
        line: where it begins.
        options: key -> the first value, which is the one that Darknet finds.

    """

    kind: str
    line: int
    options: Mapping[str, Option]

    def numbers(self, key: str) -> list[float]:
        """The finite numbers of a list; as Darknet does, what follows a number is passed over."""
        option = self.options.get(key)
        parts = option.value.split(",") if option is not None else []
        found = [float(match[1]) for part in parts if (match := _NUMBER.match(part)) is not None]
        return [value for value in found if math.isfinite(value)]

    def number(self, key: str) -> float | None:
        """A finite number, or None."""
        return next(iter(self.numbers(key)), None)

    def word(self, key: str) -> str:
        """A word in small letters; empty where there is none."""
        option = self.options.get(key)
        return option.value.strip().lower() if option is not None else ""

    def line_of(self, key: str) -> int:
        """Where a value stands; the section itself where there is none."""
        option = self.options.get(key)
        return option.line if option is not None else self.line


def sections_of(source: Source) -> Sequence[Section]:
    """Take a text apart; raises `IntakeError` where a line is none of these."""
    sections: list[Section] = []
    options: dict[str, Option] = {}
    for number, raw in enumerate(source.lines, 1):
        line = raw.strip().strip("\0")
        if not line or line[0] in "#;":
            continue
        if line[0] == "[":
            if len(sections) >= MOST_SECTIONS:
                raise IntakeError(source.file, f"expected at most {MOST_SECTIONS:,} sections, found more", number)
            options = {}
            sections.append(Section(line.split("]", 1)[0].strip("[] \t").lower(), number, options))
            continue
        key, equals, value = line.partition("=")
        if not equals or not sections:
            raise IntakeError(source.file, f"expected '[section]' or 'key=value', found {line[:40]!r}", number)
        options.setdefault("".join(key.split()), Option(value.strip(), number))
    return sections
