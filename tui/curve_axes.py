"""Where things lie in a plot: which steps are in sight, in which column a step stands, and the labels of both axes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from triage.report.figures import number
from triage.report.scale import MARGIN, Scale, compact, round_values

__all__ = ["Window", "across", "column_of", "placed_marks", "step_ticks", "value_ticks"]

Floats = NDArray[np.float64]

FLATTEST = 0.02
"""The smallest part of the height that can fill the plot."""

FEWEST = 4
"""Rows that stay in sight about, however closely one looks."""


@dataclass(frozen=True, slots=True)
class Window:
    """What is in sight of a drawing.

    Args:
        low, high: the first and the last step.
        bottom, top: the part of the height that fits the curves.

    """

    low: float
    high: float
    bottom: float = 0.0
    top: float = 1.0

    def zoomed(self, factor: float, at: float, whole: tuple[float, float], rows: int) -> Window:
        """See ``factor`` times as many steps.

        Args:
            factor: below 1 to look closer.
            at: the share of the width that stays where it is.
            whole: the first and the last step that there are.
            rows: how many there are.

        """
        span = whole[1] - whole[0]
        width = min(max((self.high - self.low) * factor, span * min(1.0, FEWEST / max(rows, 1))), span)
        return self._moved(self.low + at * (self.high - self.low - width), width, whole)

    def panned(self, share: float, whole: tuple[float, float]) -> Window:
        """Look further on by a share of the width, or back where it is negative."""
        width = self.high - self.low
        return self._moved(self.low + share * width, width, whole)

    def around(self, step: float, whole: tuple[float, float]) -> Window:
        """The same if the step is in sight, else moved so that it lies in the middle."""
        width = self.high - self.low
        return self if self.low <= step <= self.high else self._moved(step - width / 2.0, width, whole)

    def raised(self, share: float) -> Window:
        """Look higher by a share of the height, or lower where it is negative."""
        height = self.top - self.bottom
        bottom = min(max(self.bottom + share * height, 0.0), 1.0 - height)
        return replace(self, bottom=bottom, top=bottom + height)

    def stretched(self, factor: float, at: float = 0.5) -> Window:
        """See ``factor`` times as much of the height; ``at`` is the share of it that stays where it is."""
        height = min(max((self.top - self.bottom) * factor, FLATTEST), 1.0)
        bottom = min(max(self.bottom + at * (self.top - self.bottom - height), 0.0), 1.0 - height)
        return replace(self, bottom=bottom, top=bottom + height)

    def _moved(self, low: float, width: float, whole: tuple[float, float]) -> Window:
        if width >= whole[1] - whole[0]:
            return replace(self, low=whole[0], high=whole[1])
        begin = min(max(low, whole[0]), whole[1] - width)
        return replace(self, low=begin, high=min(begin + width, whole[1]))


def across(steps: Floats, low: float, high: float, columns: int) -> Floats:
    """Steps in the unit square: the first lies in the middle of the first column, the last in that of the last."""
    share = (steps - low) / (high - low) if high > low else np.full(steps.shape, 0.5)
    placed: Floats = (0.5 + share * (columns - 1)) / columns
    return placed


def column_of(step: float, low: float, high: float, columns: int) -> int:
    """The column of a step; below 0 or beyond the last where it is out of sight."""
    return int(np.floor(across(np.array([step]), low, high, columns)[0] * columns))


def step_ticks(low: float, high: float, columns: int) -> list[tuple[int, str]]:
    """Columns and labels of round steps."""
    steps = round_values(low, high, max(3, columns // 10))
    return [(column_of(step, low, high, columns), label) for step, label in zip(steps, _labels(steps), strict=True)]


def placed_marks(marks: Mapping[str, float], low: float, high: float, columns: int) -> dict[str, int]:
    """Labels -> the column at which each begins: at its step, or as near as the others leave room."""
    taken: set[int] = set()
    places = {}
    for label, step in marks.items():
        wanted = column_of(step, low, high, columns) if low <= step <= high else -1
        room = [
            column
            for column in range(columns - len(label) + 1)
            if taken.isdisjoint(range(column - 1, column + len(label) + 1))
        ]
        if wanted >= 0 and room:
            places[label] = min(room, key=lambda column: (abs(column - wanted), -column))
            taken.update(range(places[label], places[label] + len(label)))
    return places


def value_ticks(scale: Scale, part: tuple[float, float], rows: int) -> Iterator[tuple[float, str]]:
    """Heights and labels of round values, each in a row of its own; ``part`` of the height fills the unit square."""
    seen = Scale(_value_at(scale, part[0]), _value_at(scale, part[1]), scale.logarithmic)
    values = next((values for values in _candidates(seen, max(2, rows // 3)) if len(values) > 1), [seen.low])
    heights = (scale.up(np.array(values, dtype=np.float64)) - part[0]) / (part[1] - part[0])
    taken: set[int] = set()
    for height, label in zip(heights.tolist(), _labels(values), strict=True):
        row = int(height * rows)
        if 0.0 < height < 1.0 and row not in taken:
            taken.add(row)
            yield height, label


def _candidates(scale: Scale, most: int) -> Iterator[list[float]]:
    for more in range(3):
        yield scale.ticks(most + more)
    for more in range(3):
        yield round_values(scale.low, scale.high, most + more)
    yield sorted({float(f"{end:.2g}") for end in (scale.low, scale.high)})


def _value_at(scale: Scale, up: float) -> float:
    """The value at a height of the picture, the ends beyond the margin."""
    share = min(max((up - MARGIN) / (1.0 - 2.0 * MARGIN), 0.0), 1.0)
    if share in (0.0, 1.0) or not scale.logarithmic:
        return float(scale.low * (1.0 - share) + scale.high * share)
    return float(10.0 ** (np.log10(scale.low) * (1.0 - share) + np.log10(scale.high) * share))


def _labels(values: Sequence[float]) -> list[str]:
    """Values as short as tells them apart."""
    for write in (compact, number):
        labels = [write(value) for value in values]
        if len(set(labels)) == len(labels):
            return labels
    return [f"{value:.12g}" for value in values]
