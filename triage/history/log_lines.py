"""What the readers of text logs have in common: expressions, numbers, lines as they are shown, rows to a table."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from triage.errors import HistoryError
from triage.history.head import Head
from triage.history.numbers import NotANumber, parse_cell
from triage.history.rows import Rows
from triage.history.table import Table

__all__ = ["LONGEST_ROW", "NUMBER", "Expression", "as_shown", "how_many", "number", "row_of", "table_of"]

NUMBER = (
    r"(?:[-+]?(?:1\.\#(?:QNAN|SNAN|IND|INF)0*|\d++\.?\d*+(?:[eE][-+]?\d++)?|\.\d++(?:[eE][-+]?\d++)?"
    r"|(?:[nN][aA][nN](?:\(\w*\))?|[iI][nN][fF](?:inity)?)(?![A-Za-z_])))"
)
"""A number as C and Python print it, as a regular expression without groups."""


LONGEST_ROW = 4_000
"""Characters; a longer line is no row of a text log, but a list of arguments or a dump."""


def number(text: str) -> float | None:
    """A number as `NUMBER` finds it; None for anything else."""
    try:
        return float(text)
    except ValueError:
        pass
    try:
        return parse_cell(text)
    except NotANumber:
        return None


class Expression:
    """A regular expression that is compiled when it is first used: most files are read without most of them."""

    def __init__(self, source: str, flags: int = 0) -> None:
        """Keep the source."""
        self._source = source
        self._flags = flags

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return re.compile(self._source, self._flags)

    @cached_property
    def search(self) -> Callable[..., re.Match[str] | None]:
        """As of `re.Pattern`."""
        return self._compiled.search

    @cached_property
    def match(self) -> Callable[..., re.Match[str] | None]:
        """As of `re.Pattern`."""
        return self._compiled.match

    @cached_property
    def fullmatch(self) -> Callable[..., re.Match[str] | None]:
        """As of `re.Pattern`."""
        return self._compiled.fullmatch

    @cached_property
    def findall(self) -> Callable[..., list[Any]]:
        """As of `re.Pattern`."""
        return self._compiled.findall

    @cached_property
    def finditer(self) -> Callable[..., Iterator[re.Match[str]]]:
        """As of `re.Pattern`."""
        return self._compiled.finditer

    @cached_property
    def split(self) -> Callable[..., list[str]]:
        """As of `re.Pattern`."""
        return self._compiled.split

    @cached_property
    def sub(self) -> Callable[..., str]:
        """As of `re.Pattern`."""
        return self._compiled.sub


_ESCAPES = Expression(
    r"\x1b\[[0-9;?]*[A-Za-z]|\x1b\][^\x07\x1b]{0,200}+(?:\x07|\x1b\\)|\x1b[()][A-Za-z0-9]|[\x08\x07\x0f]"
)


def row_of(names: Sequence[str], texts: Sequence[str]) -> dict[str, float]:
    """Names and the numbers beside them, as `NUMBER` finds them, without what is none."""
    try:
        return dict(zip(names, map(float, texts), strict=True))
    except (TypeError, ValueError):
        found = {name: number(text) for name, text in zip(names, texts, strict=True) if text is not None}
        return {name: value for name, value in found.items() if value is not None}


def as_shown(lines: Iterable[str]) -> Iterator[str]:
    """Lines without colours and backspaces, and without those that are too long to be rows."""
    for line in lines:
        if len(line) > LONGEST_ROW:
            continue
        if "\x1b" in line or "\x08" in line or "\x0f" in line:
            yield _ESCAPES.sub("", line)
        else:
            yield line


def how_many(head: Head, row: Expression) -> int:
    """Lines of the head in which a row is found."""
    return sum(row.search(line) is not None for line in as_shown(head.lines))


def table_of(
    file: str, name: str, rows: Rows, expected: str, *, unit: str = "row", ignored: Mapping[str, str] | None = None
) -> Table:
    """The rows of one run as a table.

    Args:
        file, name: of the log, and of its format.
        rows: what was found.
        expected: a row as it should look, for the message.
        unit: as `Table.unit`.
        ignored: as `Table.ignored`.

    Raises:
        HistoryError: there are no rows.

    """
    if not len(rows):
        raise HistoryError(
            file,
            f"this does not look like a training history: expected lines of a {name} such as {expected!r}, found none",
        )
    columns = rows.columns()
    return Table(file, name, columns, unit=unit, ignored={**(ignored or {}), **rows.ignored})
