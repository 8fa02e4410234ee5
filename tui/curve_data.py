"""A history -> what is drawn of it: few points in a unit square.

A long curve is kept on two levels: an overview, made once, and the rows themselves, of which a narrow window takes a
slice. Nothing here knows of widgets.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from triage.history import Curve, History
from triage.report.plot import is_logarithmic
from triage.report.reduction import lost_stretches, reduced
from triage.report.scale import scale_of
from tui.curve_axes import across, column_of, value_ticks

__all__ = [
    "LOSSES",
    "OVERVIEW",
    "Drawing",
    "Overview",
    "Pane",
    "Picture",
    "Stroke",
    "drawing_of",
    "has_grown",
    "panes_of",
    "picture_of",
    "suits_logarithm",
]

Floats = NDArray[np.float64]

LOSSES = ("train_loss", "val_loss")

OVERVIEW = 20_000
"""Points of an overview."""

SLICE = 100_000
"""Rows up to which a window is drawn from the rows themselves."""

CHUNK = 250_000
"""Rows that are reduced at a time, which bounds the memory and lets other threads run."""

FARTHEST = 1e300
"""Steps beyond it cannot be told apart on an axis and are left out."""

DOTS = 2
"""Dots of a character side by side; of each such sliver the smallest and the largest value are drawn."""

MOST_COMPONENTS = 8


@dataclass(frozen=True, slots=True)
class Pane:
    """Curves that share a vertical axis. The title of a loss component is a name from outside."""

    title: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Overview:
    """One curve on both levels.

    Args:
        curve: every logged value that has a step.
        thin: in order of steps, at most about `OVERVIEW` finite values with every extreme; NaN where the line breaks.
        is_ordered: whether the steps of ``curve`` never go back.
        lost: first and last step of the stretches that are NaN or infinite.
        lost_values: how many values are.

    """

    curve: Curve
    thin: Curve
    is_ordered: bool
    lost: tuple[tuple[float, float], ...]
    lost_values: int

    @property
    def is_finite_somewhere(self) -> bool:
        """Whether there is anything to draw but lost values."""
        return bool(self.thin.values.size)

    @property
    def is_positive(self) -> bool:
        """Whether every finite value has a logarithm."""
        return not bool((self.thin.values <= 0).any())


@dataclass(frozen=True, slots=True)
class Drawing:
    """What is ready to be drawn of a history.

    Args:
        history: which one.
        low, high: its first and last step.
        curves: name -> its overview; None where nothing was logged.

    """

    history: History
    low: float
    high: float
    curves: Mapping[str, Overview | None]

    def of(self, names: Sequence[str]) -> list[Overview]:
        """The overviews that there are among these."""
        return [found for name in names if (found := self.curves.get(name)) is not None]


@dataclass(frozen=True, slots=True)
class Stroke:
    """Points to join in the unit square; part of the first curve of its pane or of another."""

    name: str
    is_first: bool
    x: Floats
    y: Floats


@dataclass(frozen=True, slots=True)
class Picture:
    """What a plot shows.

    Args:
        strokes: in drawing order.
        ticks: heights in the unit square and the values there.
        lost: columns in which a value is NaN or infinite.

    """

    strokes: tuple[Stroke, ...] = ()
    ticks: tuple[tuple[float, str], ...] = ()
    lost: tuple[int, ...] = ()


def panes_of(history: History) -> tuple[Pane, ...]:
    """What can be drawn below the losses."""
    panes = [
        Pane("learning rate", ("learning_rate",)),
        Pane("gradient norm", ("grad_norm",)),
        Pane("accuracy", ("train_accuracy", "val_accuracy")),
        Pane("loss scale", ("loss_scale",)),
    ]
    parts = dict.fromkeys(name.split("/", 1)[1] for name in history.series if name.startswith(LOSSES) and "/" in name)
    panes += [
        Pane(f"loss component {part}", tuple(f"{total}/{part}" for total in LOSSES))
        for part in list(parts)[:MOST_COMPONENTS]
    ]
    there = [Pane(pane.title, tuple(name for name in pane.names if name in history.series)) for pane in panes]
    return tuple(pane for pane in there if pane.names)


def has_grown(earlier: History, later: History) -> bool:
    """Whether one history is the other, read again after the run went on."""
    return (
        earlier.files == later.files
        and earlier.step_unit == later.step_unit
        and 0 < earlier.rows <= later.rows
        and bool(earlier.step[0] == later.step[0])
    )


def drawing_of(history: History, names: Sequence[str], known: Drawing | None = None) -> Drawing:
    """Make curves ready to be drawn; passes over every row once.

    Args:
        history: whose.
        names: which.
        known: what is ready of the same history.

    """
    low, high = _extent(history.step) if known is None else (known.low, known.high)
    curves = dict(known.curves) if known is not None else {}
    for name in names:
        if name not in curves:
            curve = history.curve(name)
            curves[name] = None if curve is None else _overview(curve)
    return Drawing(history, low, high, curves)


def suits_logarithm(curves: Sequence[Overview]) -> bool:
    """Whether a logarithmic axis shows more of them."""
    finite = [curve.thin.finite for curve in curves if curve.is_finite_somewhere]
    return bool(finite) and is_logarithmic(finite)


def picture_of(
    curves: Sequence[Overview],
    low: float,
    high: float,
    size: tuple[int, int],
    *,
    logarithmic: bool,
    part: tuple[float, float] = (0.0, 1.0),
) -> Picture:
    """Draw curves over the steps from ``low`` to ``high``; the vertical axis fits what is in sight.

    Args:
        curves: what to draw, the most telling first.
        low, high: the first and the last step in sight.
        size: columns and rows of characters.
        logarithmic: the vertical axis; values that are not positive are left out then.
        part: the part of the fitted height that is in sight.

    """
    columns, rows = size
    drawn = [(curve, _line(curve, low, high, columns, logarithmic)) for curve in curves]
    lost = sorted({column for curve in curves for column in _lost_columns(curve, low, high, columns)})
    if logarithmic:
        drawn = [(curve, [kept for piece in pieces for kept in _positive(*piece)]) for curve, pieces in drawn]
    values = [piece[1] for _, pieces in drawn for piece in pieces]
    if not values:
        return Picture(lost=tuple(lost))
    scale = scale_of(
        min(float(some.min()) for some in values), max(float(some.max()) for some in values), logarithmic=logarithmic
    )
    strokes = [
        Stroke(
            curve.curve.name,
            index == 0,
            across(steps, low, high, columns),
            (scale.up(heights) - part[0]) / (part[1] - part[0]),
        )
        for index, (curve, pieces) in enumerate(drawn)
        for steps, heights in pieces
    ]
    return Picture(tuple(strokes), tuple(value_ticks(scale, part, rows)), tuple(lost))


def _extent(steps: Floats) -> tuple[float, float]:
    ends = [(float(part.min()), float(part.max())) for part in _chunks(steps) if part.size]
    return (min(low for low, _ in ends), max(high for _, high in ends)) if ends else (0.0, 0.0)


def _chunks(steps: Floats) -> Iterator[Floats]:
    for first in range(0, steps.size, CHUNK):
        part = np.asarray(steps[first : first + CHUNK])
        yield part[np.abs(part) <= FARTHEST]


def _overview(curve: Curve) -> Overview:
    curve = _with_steps(curve)
    most = OVERVIEW / max(len(curve), OVERVIEW)
    steps: list[Floats] = []
    values: list[Floats] = []
    lost: list[tuple[float, float]] = []
    lost_values = 0
    is_ordered, is_broken, last = True, False, -np.inf
    for first in range(0, len(curve), CHUNK):
        chunk = Curve(curve.name, curve.steps[first : first + CHUNK], curve.values[first : first + CHUNK])
        low, high = float(chunk.steps.min()), float(chunk.steps.max())
        is_ordered = is_ordered and bool(chunk.steps[0] >= last) and not bool((np.diff(chunk.steps) < 0).any())
        last = float(chunk.steps[-1])
        bad = int(np.count_nonzero(~np.isfinite(chunk.values)))
        lost_values += bad
        if bad:
            shares = lost_stretches([chunk], low, high)
            lost += [(low + begin * (high - low), low + end * (high - low)) for begin, end in shares]
            is_broken = is_broken or not np.isfinite(chunk.values[0])
        for index, (there, heights) in enumerate(reduced(chunk, low, high, max(4, round(most * len(chunk))))):
            if index or is_broken:
                steps.append(there[:1])
                values.append(np.array([np.nan]))
            steps.append(there)
            values.append(heights)
            is_broken = False
        is_broken = is_broken or not np.isfinite(chunk.values[-1])
    thin = Curve(curve.name, np.concatenate([*steps, np.empty(0)]), np.concatenate([*values, np.empty(0)]))
    if not is_ordered:
        order = np.argsort(thin.steps, kind="stable")
        thin = Curve(curve.name, thin.steps[order], thin.values[order])
    return Overview(curve, thin, is_ordered, tuple(lost), lost_values)


def _with_steps(curve: Curve) -> Curve:
    """The same curve if every step has its place on an axis, else a copy without those that have none."""
    if all(part.size == min(CHUNK, len(curve) - index * CHUNK) for index, part in enumerate(_chunks(curve.steps))):
        return curve
    kept = np.abs(curve.steps) <= FARTHEST
    return Curve(curve.name, curve.steps[kept], curve.values[kept])


def _line(overview: Overview, low: float, high: float, columns: int, logarithmic: bool) -> list[tuple[Floats, Floats]]:
    """The finite parts in sight, each led on to the edges where its line goes on beyond them."""
    curve, first, end = _slice(overview, low, high)
    inside = Curve(curve.name, curve.steps[first:end], curve.values[first:end])
    parts = reduced(inside, low, high, DOTS * 2 * columns)
    before = (curve.steps[first - 1], curve.values[first - 1]) if first > 0 else None
    after = (curve.steps[end], curve.values[end]) if end < len(curve) else None
    if first == end:
        if before is None or after is None:
            return []
        line = _chained(*(_edge(before, after, step, logarithmic) for step in (low, high)))
        return [line] if line[0].size else []
    if parts and before is not None and np.isfinite(inside.values[0]):
        second = parts[0][0][0], parts[0][1][0]
        parts[0] = _chained(_edge(before, second, low, logarithmic), parts[0])
    if parts and after is not None and np.isfinite(inside.values[-1]):
        last = parts[-1][0][-1], parts[-1][1][-1]
        parts[-1] = _chained(parts[-1], _edge(last, after, high, logarithmic))
    return parts


def _slice(overview: Overview, low: float, high: float) -> tuple[Curve, int, int]:
    """The level to draw from, and which of its rows are in sight."""
    if overview.is_ordered:
        first, end = _rows(overview.curve.steps, low, high)
        if end - first <= SLICE:
            return overview.curve, first, end
    first, end = _rows(overview.thin.steps, low, high)
    return overview.thin, first, end


def _rows(steps: Floats, low: float, high: float) -> tuple[int, int]:
    return int(np.searchsorted(steps, low, "left")), int(np.searchsorted(steps, high, "right"))


Point = tuple[np.float64, np.float64]


def _edge(before: Point, after: Point, step: float, logarithmic: bool) -> tuple[Floats, Floats]:
    """The point at a step on the line between two others; none where that line is not drawn."""
    one, other = float(before[1]), float(after[1])
    if not (np.isfinite(one) and np.isfinite(other)) or (logarithmic and min(one, other) <= 0):
        return np.empty(0), np.empty(0)
    share = float((step - before[0]) / (after[0] - before[0])) if after[0] > before[0] else 0.0
    if logarithmic:
        value = 10.0 ** (np.log10(one) * (1.0 - share) + np.log10(other) * share)
    else:
        value = one * (1.0 - share) + other * share
    return np.array([step]), np.array([min(max(value, min(one, other)), max(one, other))])


def _chained(*pieces: tuple[Floats, Floats]) -> tuple[Floats, Floats]:
    return np.concatenate([steps for steps, _ in pieces]), np.concatenate([values for _, values in pieces])


def _positive(steps: Floats, values: Floats) -> Iterator[tuple[Floats, Floats]]:
    """The stretches of a part that a logarithm has."""
    there = np.flatnonzero(values > 0)
    if there.size:
        for run in np.split(there, np.flatnonzero(np.diff(there) > 1) + 1):
            yield steps[run], values[run]


def _lost_columns(overview: Overview, low: float, high: float, columns: int) -> Iterator[int]:
    if not overview.lost_values:
        return
    curve, first, end = _slice(overview, low, high)
    if curve is overview.curve:
        bad = curve.steps[first:end][~np.isfinite(curve.values[first:end])]
        yield from np.unique(np.floor(across(bad, low, high, columns) * columns).astype(np.int64)).tolist()
        return
    for begin, until in overview.lost:
        if begin <= high and until >= low:
            ends = [column_of(min(max(step, low), high), low, high, columns) for step in (begin, until)]
            yield from range(ends[0], ends[1] + 1)
