"""Lines that differ in their numbers alone, read by one regular expression that is made of the first of them.

A log of millions of lines has a handful of shapes. To find out what the numbers of a line are takes long; to read the
next line of that shape then takes a tenth of it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from triage.history.log_lines import NUMBER, Expression

__all__ = ["Alike", "split_line"]

MOST_SHAPES = 6
"""Shapes that are tried before a line is taken apart."""

MOST_NUMBERS = 60

MOST_MADE = 300
"""Expressions that are made in all; where each line has its own shape none would ever be used again."""

_TIMESTAMP = (
    r"\d{4}[-/.]\d\d?[-/.]\d\d?(?:[T _]\d\d?:\d\d(?::\d\d(?:[.,]\d+)?)?)?(?:Z|[+-]\d\d:?\d\d)?\b"
    r"|\d\d?[/.]\d\d?[/.]\d{2,4}\b|\d+:\d\d:\d\d(?:[.,]\d+)?\b|\d+:\d\d\b(?![.\d])"
)
_GROUPED = r"[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?(?![\d,.])"
_TOKEN = Expression(rf"(?<![\w.@])({_TIMESTAMP}|{_GROUPED}|{NUMBER})")
_IS_NUMBER = Expression(NUMBER)
_SPACES = Expression(r"[ \t]{2,}|\t")

_ANY_NUMBER = r"(?>[-+]?(?:\d++\.?\d*+(?:[eE][-+]?\d++)?+|nan|NaN|inf)(?![.\d]))"
"""What `float` reads; a line with another spelling is taken apart. It matches in one way only, and so do the lines."""

_ANY_TIME = rf"(?>{_TIMESTAMP})"


_NEVER = re.compile(r"(?!)")
_NOTHING: Mapping[str, float] = MappingProxyType({})


class Alike:
    """The shapes of lines that were met last, and what the numbers of each are called."""

    def __init__(self) -> None:
        """None yet."""
        self._made: dict[tuple[str, ...], re.Pattern[str]] = {}
        self._known: list[tuple[re.Pattern[str], tuple[str, ...], Mapping[str, float], tuple[str, ...]]] = []

    def read(self, line: str) -> tuple[dict[str, float], tuple[str, ...]] | None:
        """The row of a line of a known shape, and what was said of that shape; None for any other."""
        for place, (pattern, names, above, said) in enumerate(self._known):
            found = pattern.fullmatch(line)
            if found is not None:
                if place:
                    self._known.insert(0, self._known.pop(place))
                row = dict(zip(names, map(float, found.groups()), strict=True))
                return {**row, **above} if above else row, said
        return None

    def learn(
        self,
        words: Sequence[str],
        numbers: Sequence[str],
        names: Mapping[int, str],
        above: Mapping[str, float] = _NOTHING,
        said: tuple[str, ...] = (),
    ) -> None:
        """Remember the shape of a line.

        Args:
            words, numbers: as `split_line` gives them.
            names: which of the numbers are values of what name.
            above: values that stand in lines above it, until `forget`.
            said: what `read` gives back for lines of this shape.

        """
        if len(numbers) > MOST_NUMBERS or not names:
            return
        key = (*words, *map(str, sorted(names)))
        pattern = self._made.get(key)
        if pattern is None:
            if len(self._made) >= MOST_MADE:
                return
            pattern = self._made[key] = _pattern(words, numbers, names)
        self._known = [known for known in self._known if known[0] is not pattern]
        if pattern is not _NEVER:
            self._known.insert(0, (pattern, tuple(names[at] for at in sorted(names)), above, said))
        del self._known[MOST_SHAPES:]

    def forget(self) -> None:
        """Take every line apart again, as names now mean something else."""
        self._known.clear()


def _pattern(words: Sequence[str], numbers: Sequence[str], names: Mapping[int, str]) -> re.Pattern[str]:
    parts = [_literal(words[0])]
    for at, number in enumerate(numbers):
        is_number = _IS_NUMBER.fullmatch(number) is not None
        if at in names and not is_number:
            return _NEVER
        any_of_them = _ANY_NUMBER if is_number else _ANY_TIME
        parts += [f"({any_of_them})" if at in names else any_of_them, _literal(words[at + 1])]
    return re.compile("".join(parts))


def split_line(line: str) -> tuple[list[str], list[str]]:
    """The words between the numbers of a line, one more than there are numbers, and the numbers and times."""
    if "  " in line or "\t" in line:
        line = _SPACES.sub(" ", line)
    pieces = _TOKEN.split(line)
    return pieces[::2], pieces[1::2]


def _literal(words: str) -> str:
    return re.escape(words).replace(r"\ ", r"[ \t]++")
