"""A small picture of the loss curves in characters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from triage.history import Curve, History
from triage.report.figures import number

__all__ = ["LOG_RATIO", "is_logarithmic", "plot_losses"]

Floats = NDArray[np.float64]

BRAILLE = 0x2800
DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
"""Bits of the eight dots of a braille character, by row and column."""

LOG_RATIO = 30.0
"""Positive curves whose largest value is this many times the smallest are drawn on a logarithmic axis."""

LABEL = 9
"""Characters for the values beside the axis; more where a value needs more."""

NARROWEST = 20
"""Characters that the picture itself keeps, however narrow the whole is asked to be."""


def plot_losses(history: History, marks: Mapping[str, float], width: int = 96, height: int = 8) -> list[str]:
    """Draw training and validation loss against the steps.

    Args:
        history: what to draw.
        marks: label of one character -> step to which it points, drawn below the axis.
        width, height: of the picture in characters, axis and labels included in the width only.

    Returns:
        The lines, without line ends; empty where there is no finite loss.

    """
    curves = [curve for name in ("train_loss", "val_loss") if (curve := history.curve(name)) is not None]
    finite = [curve.finite for curve in curves if len(curve.finite)]
    if not finite:
        return []
    low_step = min(float(np.nanmin(curve.steps)) for curve in curves)
    high_step = max(float(np.nanmax(curve.steps)) for curve in curves)
    lowest = min(float(curve.values.min()) for curve in finite)
    highest = max(float(curve.values.max()) for curve in finite)
    labels = {height - 1: number(lowest)} if lowest == highest else {0: number(highest), height - 1: number(lowest)}
    gutter = max(LABEL, *map(len, labels.values()))
    columns = max(NARROWEST, width - gutter - 2)
    logarithmic = is_logarithmic(finite)
    heights = [_scaled(curve.values, logarithmic) for curve in finite]
    bottom = min(float(values.min()) for values in heights)
    top = max(float(values.max()) for values in heights)
    span = (top - bottom) or 1.0
    cells = np.zeros((height, columns), dtype=np.int64)
    letters: dict[tuple[int, int], str] = {}
    dotted = finite[0].name
    for curve, values in zip(finite, heights, strict=True):
        across = _across(curve.steps, low_step, high_step)
        up = (values - bottom) / span
        if curve.name == dotted:
            _draw_dots(cells, across, up)
        else:
            _draw_letters(letters, cells.shape, across, up)
    lost = _draw_lost(curves, low_step, high_step, columns)
    rows = [
        "".join(
            letters.get((row, column)) or (chr(BRAILLE + bits) if bits else " ") for column, bits in enumerate(line)
        )
        for row, line in enumerate(cells.tolist())
    ]
    picture = [f"{labels.get(row, ''):>{gutter}} │{line}".rstrip() for row, line in enumerate(rows)]
    picture.append(f"{'':>{gutter}} └{lost or '─' * columns}")
    picture += [f"{'':>{gutter + 2}}{line}" for line in _pointers(marks, low_step, high_step, columns)]
    legend = _legend([curve.name for curve in finite], logarithmic, bool(lost))
    picture.append(f"{'':>{gutter + 2}}{_axis(history.step_unit, low_step, high_step, columns, legend)}".rstrip())
    return picture


def is_logarithmic(curves: Sequence[Curve]) -> bool:
    """Whether finite curves are drawn on a logarithmic axis: all positive, and more than `LOG_RATIO` apart."""
    low = min(float(curve.values.min()) for curve in curves)
    high = max(float(curve.values.max()) for curve in curves)
    return low > 0 and high / LOG_RATIO > low


def _scaled(values: Floats, logarithmic: bool) -> Floats:
    """Values on the axis; linear ones are halved so that the span of the largest doubles is still finite."""
    return np.log10(values) if logarithmic else values / 2.0


def _across(steps: Floats, low: float, high: float) -> Floats:
    return (steps - low) / ((high - low) or 1.0)


def _draw_dots(cells: NDArray[np.int64], across: Floats, up: Floats) -> None:
    """Join the curve's extremes per dot column, so that a spike of one step among millions is still seen."""
    height, columns = cells.shape
    column = np.minimum((across * columns * 2).astype(np.int64), columns * 2 - 1)
    row = np.minimum(((1.0 - up) * height * 4).astype(np.int64), height * 4 - 1)
    highest = np.full(columns * 2, height * 4)
    lowest = np.full(columns * 2, -1)
    np.minimum.at(highest, column, row)
    np.maximum.at(lowest, column, row)
    for x in np.flatnonzero(lowest >= 0):
        for y in range(highest[x], lowest[x] + 1):
            cells[y // 4, x // 2] |= DOTS[y % 4][x % 2]


def _draw_letters(letters: dict[tuple[int, int], str], shape: tuple[int, int], across: Floats, up: Floats) -> None:
    height, columns = shape
    column = np.minimum((across * columns).astype(np.int64), columns - 1)
    for x in np.unique(column):
        middle = float(np.median(up[column == x]))
        letters[min(int((1.0 - middle) * height), height - 1), int(x)] = "o"


def _draw_lost(curves: list[Curve], low: float, high: float, columns: int) -> str | None:
    """The axis with a cross wherever a loss is NaN or infinite; None if it is so nowhere."""
    line = ["─"] * columns
    for curve in curves:
        bad = ~np.isfinite(curve.values)
        for x in np.unique((_across(curve.steps[bad], low, high) * columns).astype(np.int64)):
            line[min(int(x), columns - 1)] = "×"
    return "".join(line) if "×" in line else None


def _pointers(marks: Mapping[str, float], low: float, high: float, columns: int) -> list[str]:
    """The marks below the axis, each at its column or, where that is taken, at the nearest free one."""
    line = [" "] * columns
    for label, step in marks.items():
        if not low <= step <= high:
            continue
        x = min(int(_across(np.array([step]), low, high)[0] * columns), columns - 1)
        free = [column for column in range(columns) if line[column] == " "]
        if free:
            line[min(free, key=lambda column: (abs(column - x), -column))] = label
    text = "".join(line).rstrip()
    return [text] if text else []


def _legend(drawn: Sequence[str], logarithmic: bool, lost: bool) -> str:
    if len(drawn) > 1:
        names = ["⣿ train", "o validation"]
    else:
        names = ["⣿ training loss" if drawn[0] == "train_loss" else "⣿ validation loss"]
    return "  ".join([*names, *(["× NaN or Inf"] if lost else []), *(["log scale"] if logarithmic else [])])


def _axis(unit: str, low: float, high: float, columns: int, legend: str) -> str:
    left, right = f"{unit} {number(low)}", number(high)
    return f"{left}{legend:^{max(columns - len(left) - len(right), len(legend) + 2)}}{right}"
