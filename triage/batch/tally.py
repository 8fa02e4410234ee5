"""Records, counted as they come: which faults a sweep shows, and against which of its settings.

Of a run no more is kept than which fault leads and what its settings are: a few bytes, so that a million of them fit.
"""

from __future__ import annotations

from array import array
from collections import Counter
from dataclasses import dataclass, field

from triage.batch.record import Record, Setting

__all__ = ["HEALTHY", "NOT_LISTED", "Column", "Example", "Tally"]

HEALTHY = ""
"""Outcome of a run in which nothing is wrong; the others are ids of causes and ``not_listed``."""

NOT_LISTED = "not_listed"
"""Outcome of a run whose likeliest fault is one that the knowledge does not have."""

MOST_COLUMNS = 100
"""Settings that are counted."""

MOST_WORDS = 10_000
"""Different texts of one setting that are told apart; one with so many is a name of the run."""

MOST_ERRORS = 20
"""Runs that could not be read and are named."""


@dataclass
class Column:
    """The values of one setting over the runs that state it.

    Args:
        rows: which runs, by their number among those that were judged.
        values: its number, or that of a text in ``words``.
        words: texts -> their numbers; truth values are texts.
        numbers: whether all values are numbers; where texts come among them, the numbers are texts, too.

    """

    rows: array[int] = field(default_factory=lambda: array("L"))
    values: array[float] = field(default_factory=lambda: array("d"))
    words: dict[str, int] = field(default_factory=dict)
    numbers: bool = True

    def add(self, row: int, value: Setting) -> None:
        """Count one run."""
        word = value if isinstance(value, str) else str(value).lower() if isinstance(value, bool) else f"{value:g}"
        is_number = not isinstance(value, bool | str)
        if self.numbers and not is_number:
            self.values = array("d", [self._number_of(f"{number:g}") for number in self.values])
            self.numbers = False
        self.values.append(float(value) if self.numbers else self._number_of(word))
        self.rows.append(row)

    def _number_of(self, word: str) -> float:
        known = self.words.get(word)
        if known is None and len(self.words) >= MOST_WORDS:
            return float(MOST_WORDS)
        return float(self.words.setdefault(word, len(self.words)))


@dataclass(frozen=True, slots=True)
class Example:
    """A run by which something is shown: its path, and what is wrong with it."""

    path: str
    error: str = ""


@dataclass
class Tally:
    """What was counted so far.

    Args:
        outcomes: for each run that was judged, the number of its outcome in ``names``.
        names: outcome -> its number.
        expected: cause -> sum of its probabilities over all faulty runs.
        seen: finding and state -> runs that show it.
        columns: setting -> its values.
        examples: cause -> the run that shows it most surely, and how surely.
        unreadable: how many runs could not be read.
        errors: the first of them.

    """

    outcomes: array[int] = field(default_factory=lambda: array("L"))
    names: dict[str, int] = field(default_factory=lambda: {HEALTHY: 0})
    expected: dict[str, float] = field(default_factory=dict)
    seen: Counter[tuple[str, str]] = field(default_factory=Counter)
    columns: dict[str, Column] = field(default_factory=dict)
    examples: dict[str, tuple[float, str]] = field(default_factory=dict)
    unreadable: int = 0
    errors: list[Example] = field(default_factory=list)

    def add(self, record: Record) -> None:
        """Count one record."""
        if record.verdict == "unreadable":
            self.unreadable += 1
            if len(self.errors) < MOST_ERRORS:
                self.errors.append(Example(record.path, record.error))
            return
        row = len(self.outcomes)
        leading = record.leading
        self.outcomes.append(self.names.setdefault(leading, len(self.names)))
        for seen in record.findings:
            self.seen[seen.finding, seen.state] += 1
        if leading:
            self._add_fault(record, leading)
        for name, value in record.settings.items():
            if name in self.columns or len(self.columns) < MOST_COLUMNS:
                self.columns.setdefault(name, Column()).add(row, value)

    def _add_fault(self, record: Record, leading: str) -> None:
        for cause, probability in {**record.causes, NOT_LISTED: record.not_listed or 0.0}.items():
            self.expected[cause] = self.expected.get(cause, 0.0) + probability
        sure = record.causes.get(leading, record.not_listed or 0.0)
        if sure > self.examples.get(leading, (-1.0, ""))[0]:
            self.examples[leading] = (sure, f"{record.path} ({record.run})" if record.run else record.path)
