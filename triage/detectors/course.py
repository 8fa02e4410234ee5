"""One curve made ready to be judged: in order, scaled, its noise known, compressed to a few hundred medians."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from triage.detectors.median import largest, median, row_medians, running_median, smallest
from triage.history.model import Curve

__all__ = [
    "MAX_BINS",
    "Course",
    "Floats",
    "course_in_order",
    "course_of",
    "finite_of",
    "in_order",
    "noise_of",
    "restarts",
    "typical",
]

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]

MAX_BINS = 400
"""A shape is judged on at most this many medians: finer than any plot, and the cost no longer grows with the rows."""

BIN_SAMPLE = 2048
"""The median of a bin is taken over at most this many of its rows; its error is then 3 % of their noise."""

NOISE_SAMPLE = 100_000
"""Noise is estimated from at most this many evenly spread triples; its error is then below one percent."""

SHUFFLED_SHARE = 0.25
"""Rows in random order step back at every second row; a log with restarts or a counter per epoch does so rarely."""

MAD_TO_SIGMA = 1.4826
MEDIAN_EFFICIENCY = 1.2533


@dataclass(frozen=True, slots=True)
class Course:
    """The finite values of one curve in time order.

    Args:
        name: canonical name.
        steps: positions, shape (n,).
        values: finite values as logged, shape (n,).
        scaled: the values times a power of two so that the largest magnitude lies in [0.5, 1); shape (n,).
        exponent: ``values = scaled * 2**exponent``.
        rows: values per bin.
        bins: medians of `rows` consecutive scaled values, shape (<= MAX_BINS + 1,).
        smooth: running median of the bins, same shape.
        noise: standard deviation of one scaled value about the course, robust.
        bin_noise: the same for one bin.
        initial: scaled value at the start.
        end: scaled level of the last tenth.
        lowest: the least of ``smooth``.
        low: the least value as logged.
        high: the largest one.
        positive: whether no scaled value is below zero.

    """

    name: str
    steps: Floats
    values: Floats
    scaled: Floats
    exponent: int
    rows: int
    bins: Floats
    smooth: Floats
    noise: float
    bin_noise: float
    initial: float
    end: float
    lowest: float
    low: float
    high: float
    positive: bool
    _levels: dict[tuple[float, float], float] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __len__(self) -> int:
        """Number of finite values."""
        return int(self.values.size)

    def level(self, low: float, high: float) -> float:
        """Median of the scaled bins between two fractions of the run; always at least one bin."""
        between = low, high
        known = self._levels.get(between)
        if known is None:
            known = self._levels[between] = _level(self.bins, low, high)
        return known

    def unscaled(self, value: float) -> float:
        """A scaled level in the units of the log."""
        try:
            return math.ldexp(value, self.exponent)
        except OverflowError:
            return math.copysign(math.inf, value)

    def row_of_bin(self, index: int) -> int:
        """First row of a bin."""
        return min(int(index) * self.rows, len(self) - 1)


def course_of(curve: Curve | None) -> Course | None:
    """Make a curve ready; None where it has no finite value."""
    return None if curve is None else course_in_order(finite_of(in_order(curve)))


def course_in_order(curve: Curve) -> Course | None:
    """As `course_of`, of a curve that is in the order of time already and has finite values alone."""
    steps, values = curve.steps, curve.values
    if values.size == 0:
        return None
    low, high = smallest(values), largest(values)
    _, exponent = math.frexp(max(high, -low))
    # A product with a power of two is rounded as ldexp rounds, ten times as fast; but 2**1024 is no float.
    scaled = values * 2.0**-exponent if exponent > -1024 else np.ldexp(values, -exponent)
    rows = -(-values.size // MAX_BINS)
    bins = _medians(scaled, rows)
    noise = noise_of(scaled)
    expected = MEDIAN_EFFICIENCY * noise / min(rows, BIN_SAMPLE) ** 0.5
    width = 5 if bins.size >= 25 else 3 if bins.size >= 9 else 1
    smooth = running_median(bins, width)
    return Course(
        name=curve.name,
        steps=steps,
        values=values,
        scaled=scaled,
        exponent=exponent,
        rows=rows,
        bins=bins,
        smooth=smooth,
        noise=noise,
        bin_noise=noise if rows == 1 else max(expected, noise_of(bins)),
        initial=_initial(scaled, noise),
        end=_level(bins, 0.9, 1.0),
        lowest=smallest(smooth),
        low=low,
        high=high,
        positive=low >= 0 or smallest(scaled) >= 0,
    )


def _initial(scaled: Floats, noise: float) -> float:
    """The first value of a short log, the median of five of a long one.

    A first value far above the next four counts too: the log may be so coarse that most of the fall lies between its
    first two rows.
    """
    first = float(scaled[0])
    if scaled.size < 50:
        return first
    early = median(scaled[:5])
    return first if first - early > max(5.0 * noise, 0.25 * abs(early)) else early


def _level(bins: Floats, low: float, high: float) -> float:
    size = bins.size
    first = min(int(low * size), size - 1)
    last = max(first + 1, round(high * size))
    return median(bins[first:last])


def in_order(curve: Curve) -> Curve:
    """The curve in the order of time.

    Rows stand in a log in the order in which they were written, so steps that go back mean a restart and the rows
    stay where they are. Steps in disorder, or pieces that do not overlap, are sorted instead.
    """
    steps = curve.steps
    falls = steps[1:] < steps[:-1]
    if not np.count_nonzero(falls):
        return curve
    back = np.flatnonzero(falls)
    if back.size <= SHUFFLED_SHARE * (steps.size - 1) and _pieces_overlap(steps, back + 1):
        return curve
    order = np.argsort(steps, kind="stable")
    return Curve(curve.name, steps[order], curve.values[order])


def restarts(curve: Curve) -> Indices:
    """Rows, in the order of time, at which the steps start over."""
    steps = in_order(curve).steps
    return np.flatnonzero(steps[1:] < steps[:-1]) + 1


def finite_of(curve: Curve) -> Curve:
    """The curve without NaN and infinite values; itself, not a copy, where it has none."""
    values = curve.values
    # Where the sum of their squares is finite, all of them are, and it takes a third of the time.
    if math.isfinite(values.dot(values)) or np.count_nonzero(np.isfinite(values)) == values.size:
        return curve
    return curve.finite


def typical(values: Floats) -> float:
    """Median of evenly spread values, at most NOISE_SAMPLE of them."""
    return median(values[:: max(1, values.size // NOISE_SAMPLE)])


def noise_of(values: Floats, sample: int = NOISE_SAMPLE) -> float:
    """Standard deviation of the noise on a curve, from second differences, which a straight trend leaves at zero.

    For independent noise the second difference has variance 6 sigma^2; the median absolute value makes it robust
    against spikes and jumps.
    """
    if values.size < 3:
        return 0.0
    stride = max(1, (values.size - 2) // sample)
    second = values[:-2:stride] - 2.0 * values[1:-1:stride] + values[2::stride]
    return float(MAD_TO_SIGMA * median(np.abs(second)) / 6.0**0.5)


def _medians(values: Floats, rows: int) -> Floats:
    """Median of each run of `rows` values; what is left at the end is a bin of its own."""
    if rows == 1:
        return values
    full = values.size // rows
    stride = -(-rows // BIN_SAMPLE)
    medians = row_medians(values[: full * rows].reshape(full, rows)[:, ::stride])
    rest = values[full * rows :: stride]
    return np.append(medians, median(rest)) if rest.size else medians


def _pieces_overlap(steps: Floats, starts: Indices) -> bool:
    """Whether the rising pieces that begin at `starts` share any range of steps."""
    begins = np.concatenate([[0], starts])
    lows = steps[begins]
    highs = steps[np.concatenate([starts - 1, [steps.size - 1]])]
    order = np.argsort(lows, kind="stable")
    return bool(np.any(highs[order][:-1] >= lows[order][1:]))
