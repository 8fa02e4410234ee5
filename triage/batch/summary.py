"""What a sweep shows: the faults in it, what was seen, and the settings that go with them.

A setting goes with the outcome as far as it tells of it: mutual information between its values and what leads in each
run, in bits, less what as many values would tell by chance, (values - 1)(outcomes - 1) / (2 n ln 2) (Miller 1955, "Note
on the bias of information estimates"). What is not above that by itself is not listed with its values.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from knowledge.base import KnowledgeBase
from triage.batch.tally import HEALTHY, Column, Example, Tally
from triage.report.figures import number

__all__ = ["Fault", "SettingTable", "SettingValue", "Sight", "Summary", "summarise"]

MOST_VALUES = 8
"""Values of a setting that stand by themselves; of more, numbers are put in ranges and the rarest texts in one."""

RANGES = 4
FEWEST = 2
MOST_SIGHTS = 20


@dataclass(frozen=True, slots=True)
class Fault:
    """A cause across the sweep.

    Args:
        cause: its id, or ``not_listed``.
        title: what it is called.
        leads: in how many faulty runs it is the likeliest.
        expected: sum of its probabilities over all faulty runs: how many it is to be expected in.
        example: the run that shows it most surely.
        probability: how surely.

    """

    cause: str
    title: str
    leads: int
    expected: float
    example: str
    probability: float


@dataclass(frozen=True, slots=True)
class Sight:
    """A finding in one state, and how many runs show it."""

    finding: str
    title: str
    state: str
    label: str
    runs: int


@dataclass(frozen=True, slots=True)
class SettingValue:
    """The runs with one value of a setting, or with one in a range.

    Args:
        value: in words: ``0.1``, ``0.001 to 0.01``, ``adam``.
        runs: how many there are.
        faulty: in how many of them something is wrong.
        faults: id of the leading cause -> runs, the most frequent first.

    """

    value: str
    runs: int
    faulty: int
    faults: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class SettingTable:
    """A setting that differs between the runs, and what came of its values.

    Args:
        setting: its name.
        bits: what it tells of the outcome, less what would come by chance; 0 where it is no more than that.
        values: in their order.

    """

    setting: str
    bits: float
    values: Sequence[SettingValue]


@dataclass(frozen=True, slots=True)
class Summary:
    """All that is said of a sweep.

    Args:
        runs: how many there are, in all.
        healthy: those in which nothing wrong was found.
        faulty: the others that could be read.
        unreadable: those that could not.
        faults: the most frequent first.
        sights: the most frequent first.
        settings: those that differ, what tells most of the outcome first.
        errors: the first runs that could not be read, and why.

    """

    runs: int
    healthy: int
    faulty: int
    unreadable: int
    faults: Sequence[Fault]
    sights: Sequence[Sight]
    settings: Sequence[SettingTable]
    errors: Sequence[Example]


def summarise(tally: Tally, base: KnowledgeBase) -> Summary:
    """Sum up what was counted; ``base`` gives titles and labels."""
    outcomes = np.array(tally.outcomes, dtype=np.int64)
    counts = np.bincount(outcomes, minlength=len(tally.names))
    healthy = int(counts[0])
    tables = [_table(name, column, outcomes, list(tally.names)) for name, column in tally.columns.items()]
    return Summary(
        runs=outcomes.size + tally.unreadable,
        healthy=healthy,
        faulty=int(outcomes.size) - healthy,
        unreadable=tally.unreadable,
        faults=_faults(tally, counts, base),
        sights=_sights(tally, base),
        settings=sorted((table for table in tables if table is not None), key=lambda table: -table.bits),
        errors=tuple(tally.errors),
    )


def _faults(tally: Tally, counts: NDArray[np.int64], base: KnowledgeBase) -> list[Fault]:
    found = [
        Fault(
            cause,
            base.causes[cause].title if cause in base.causes else "A fault that is not listed",
            int(counts[place]),
            round(tally.expected.get(cause, 0.0), 1),
            tally.examples[cause][1],
            tally.examples[cause][0],
        )
        for cause, place in tally.names.items()
        if cause != HEALTHY
    ]
    return sorted(found, key=lambda fault: (-fault.leads, -fault.expected))


def _sights(tally: Tally, base: KnowledgeBase) -> list[Sight]:
    found = []
    for (finding, state), runs in tally.seen.most_common():
        known = base.findings.get(finding)
        if known is not None and state in known.states and known.kind == "symptom":
            found.append(Sight(finding, known.title, state, known.states[state].label, runs))
    return found[:MOST_SIGHTS]


def _table(name: str, column: Column, outcomes: NDArray[np.int64], names: Sequence[str]) -> SettingTable | None:
    """None where the setting does not differ, or differs between any two runs without an order."""
    values = np.array(column.values, dtype=np.float64)
    rows = np.array(column.rows, dtype=np.int64)
    distinct, group = np.unique(values, return_inverse=True)
    if distinct.size < FEWEST or (not column.numbers and distinct.size > max(MOST_VALUES, rows.size // 2)):
        return None
    group, labels = _grouped(distinct, group, column)
    if len(labels) < FEWEST:
        return None
    table = np.zeros((len(labels), len(names)), dtype=np.int64)
    np.add.at(table, (group, outcomes[rows]), 1)
    return SettingTable(
        name, _bits(table), [_value(label, row, names) for label, row in zip(labels, table, strict=True)]
    )


def _value(label: str, counts: NDArray[np.int64], names: Sequence[str]) -> SettingValue:
    order = [int(place) for place in np.argsort(-counts, kind="stable") if place and counts[place]]
    runs = int(counts.sum())
    return SettingValue(label, runs, runs - int(counts[0]), {names[place]: int(counts[place]) for place in order})


def _grouped(
    distinct: NDArray[np.float64], group: NDArray[np.int64], column: Column
) -> tuple[NDArray[np.int64], list[str]]:
    """For each run the group of its value, and what the groups are called."""
    words = list(column.words)
    if distinct.size <= MOST_VALUES:
        return group, [number(value) if column.numbers else _word(words, value) for value in distinct.tolist()]
    counts = np.bincount(group, minlength=distinct.size)
    if column.numbers:
        # A range ends at a value, so that equal ones are never apart.
        range_of = np.minimum((np.cumsum(counts) - counts) * RANGES // counts.sum(), RANGES - 1)
        _, range_of = np.unique(range_of, return_inverse=True)
        labels = []
        for place in range(int(range_of.max()) + 1):
            inside = distinct[range_of == place]
            low, high = number(float(inside[0])), number(float(inside[-1]))
            labels.append(low if low == high else f"{low} to {high}")
        return range_of[group], labels
    often = np.argsort(-counts, kind="stable")[: MOST_VALUES - 1]
    place_of = np.full(distinct.size, MOST_VALUES - 1)
    place_of[often] = np.arange(often.size)
    return place_of[group], [*(_word(words, distinct[place]) for place in often), "others"]


def _word(words: Sequence[str], value: float) -> str:
    return words[int(value)] if value < len(words) else "others"


def _bits(table: NDArray[np.int64]) -> float:
    """Mutual information of a table of counts, shape (values, outcomes), less its expectation by chance."""
    total = table.sum()
    rows, columns = table.sum(axis=1), table.sum(axis=0)
    there = table > 0
    joint = table[there] / total
    apart = (rows[:, None] * columns[None, :])[there] / total**2
    bits = float((joint * np.log2(joint / apart)).sum())
    chance = (np.count_nonzero(rows) - 1) * (np.count_nonzero(columns) - 1) / (2.0 * float(total) * math.log(2.0))
    return max(0.0, round(bits - chance, 4))
