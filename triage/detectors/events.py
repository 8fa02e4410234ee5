"""What happens to a course: a jump that stays, spikes, a tail that runs away. All in scaled values."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from triage.detectors.course import Course, Floats, noise_of
from triage.detectors.median import largest, median, quantile, running_median, smallest, trailing_minima, window_medians

__all__ = [
    "Hill",
    "Jump",
    "Runaway",
    "Spikes",
    "find_hill",
    "find_jump",
    "find_runaway",
    "find_spikes",
    "is_rhythmic",
]

SPIKE_NOISE = 10.0
"""A spike stands at least this many standard deviations above the course; Gaussian noise never does."""

SPIKE_HEIGHT = 0.15
"""... and at least this share of the local level: language-model spikes of a sixth of the loss are talked about."""

SPIKE_SHARE_OF_FALL = 0.05
"""... and at least this share of all that the loss fell: near zero, a factor of three is nothing."""

SPIKE_SHARE = 0.01
"""More peaks than this share of the rows, in no rhythm, are heavy-tailed noise and not spikes."""

SPIKE_OVER_TAIL = 4.0
"""... and this many times as high as the 99th percentile of the rest: heavy-tailed noise has no such gap (Gaussian
noise and a threshold of ten standard deviations make 4.3)."""

NOT_BACK = 0.05
"""A tail that ends at this share of its height, and above everything before it, has not come back."""

OPENING = 0.05
"""Spikes in the first twentieth belong to the start: healthy record runs have them at step 2."""


@dataclass(frozen=True, slots=True)
class Jump:
    """The largest rise within a few rows: `row` is the first one up there."""

    row: int
    before: float
    after: float

    @property
    def height(self) -> float:
        """Level after minus level before."""
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class Runaway:
    """A tail that leaves the course upwards and does not come back.

    Its first row, the level before, its last and its highest value (the last one again, where it is nearly as high),
    and its number of rows.
    """

    row: int
    before: float
    last: float
    top: float
    rows: int


@dataclass(frozen=True, slots=True)
class Spikes:
    """Peaks of short excursions, arrays of shape (n,): rows in order, level of the course there, rows above half."""

    rows: NDArray[np.int64]
    levels: Floats
    widths: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Hill:
    """The largest rise of the smoothed course that is undone later, with the share of the run it takes."""

    first_row: int
    last_row: int
    height: float
    width: float


def find_jump(course: Course) -> Jump | None:
    """The largest step up between two windows of the bins, its row made exact on the values.

    A jump of a long run may take a few rows: the windows stand a fortieth of the run apart.
    """
    bins = course.bins
    width = max(1, min(5, bins.size // 8))
    apart = width + bins.size // 40
    if bins.size < 4:
        return None
    windows = window_medians(bins, width)
    rises = windows[apart:] - windows[:-apart]
    if rises.size == 0:
        return None
    edge = int(np.argmax(rises)) + apart
    before, after = float(windows[edge - apart]), float(windows[edge])
    middle = 0.5 * (before + after)
    low = course.row_of_bin(max(0, edge - apart))
    high = min(len(course), course.row_of_bin(edge) + (width + 1) * course.rows)
    above = course.scaled[low:high] > middle
    row = low + _best_split(above)
    return Jump(row, before, after)


def find_runaway(course: Course) -> Runaway | None:
    """A tail of at most a fifth of the run that ends far above everything before it and grew on the way."""
    values = course.scaled
    size = values.size
    if size < 4:
        return None
    reach = max(2, min(size // 5, 400))
    tail = values[-reach:]
    body = values[:-reach]
    last, highest = float(tail[-1]), largest(body)
    if last <= highest:
        return None
    before, top = median(body[-max(5, 2 * reach) :]), largest(tail)
    ceiling = max(highest, before + 8.0 * course.noise)
    if not (last > ceiling and last - before >= NOT_BACK * (top - before)):
        return None
    inside = np.flatnonzero(tail <= before + max(8.0 * course.noise, 0.3 * abs(before)))
    first = int(inside[-1]) + 1 if inside.size else 0
    if first >= reach:
        return None
    rows = reach - first
    return Runaway(size - rows, before, last, last if last >= 0.9 * top else top, rows)


def find_spikes(course: Course) -> Spikes:
    """Short excursions far above the course that come back to it.

    The course is a running median of the bins over an eighth of the run; neighbouring high rows are one spike.
    """
    size = len(course)
    if size < 12:
        return _no_spikes()
    half = max(1, course.bins.size // 16)
    opening = max(3, int(OPENING * size))
    if course.rows == 1 and not _outlying(course, half, opening):
        return _no_spikes()
    base = running_median(course.bins, 2 * half + 1)
    fall = max(course.initial - smallest(base), 0.0)
    height = np.maximum(SPIKE_HEIGHT * np.abs(base), SPIKE_SHARE_OF_FALL * fall)
    # The local noise, which takes longer, only makes the limit higher.
    lowest_limit = base + np.maximum(SPIKE_NOISE * course.noise, height)
    if not np.count_nonzero(_exceeding(course, lowest_limit) >= opening):
        return _no_spikes()
    spread = _local_noise(course)
    limit = np.maximum(SPIKE_NOISE * spread, height)
    high = _exceeding(course, base + limit)
    high = high[high >= opening]
    if high.size == 0 or high.size > 0.2 * size:
        return _no_spikes()
    peaks = _peaks(course, high, limit, max(2, size // 200))
    if peaks.size == 0 or not (peaks.size <= max(3.0, SPIKE_SHARE * size) or is_rhythmic(peaks)):
        return _no_spikes()
    bins = np.minimum(peaks // course.rows, base.size - 1)
    levels = base[bins]
    over = median((course.scaled[peaks] - levels) / (spread[bins] + 1e-12))
    if over < SPIKE_OVER_TAIL * _tail(course, base, spread, high):
        return _no_spikes()
    half_up = 0.5 * (course.scaled[peaks] + levels)
    last = size - 1
    beside = (course.scaled[np.minimum(peaks + 1, last)] > half_up).astype(np.int64)
    beside += course.scaled[np.maximum(peaks - 1, 0)] > half_up
    return Spikes(peaks, levels, 1 + beside)


def _no_spikes() -> Spikes:
    return Spikes(np.zeros(0, dtype=np.int64), np.zeros(0), np.zeros(0, dtype=np.int64))


def _outlying(course: Course, half: int, opening: int) -> bool:
    """Whether any value behind the opening may stand as far above the running median as a spike does.

    The median of a value and `half` on each side is no less than the least of it and those before it, which are more
    than half of them.
    """
    least = trailing_minima(course.bins, half + 1)
    return bool(np.count_nonzero(course.bins[opening:] > least[opening:] + SPIKE_NOISE * course.noise))


def is_rhythmic(rows: NDArray[np.int64]) -> bool:
    """Whether at least four rows follow each other at nearly equal distances (spread under a fifth of the median)."""
    if rows.size < 4:
        return False
    gaps = np.diff(rows)
    return bool(np.median(np.abs(gaps - np.median(gaps))) <= 0.1 * np.median(gaps) and gaps.std() <= 0.5 * gaps.mean())


def find_hill(course: Course, least: float = 0.0) -> Hill | None:
    """The largest rise after the opening that was undone again before the end.

    Args:
        course: the course.
        least: None comes of a rise that is no higher.

    """
    smooth = course.smooth
    if smooth.size < 8:
        return None
    rise = smooth - np.minimum.accumulate(smooth)
    if not largest(rise) > least:
        return None
    undone = smooth - np.minimum.accumulate(smooth[::-1])[::-1]
    heights = np.minimum(rise, undone)
    heights[: max(1, int(OPENING * smooth.size))] = 0.0
    top = int(np.argmax(heights))
    height = float(heights[top])
    if not height > max(least, 0.0):
        return None
    foot = smooth[top] - 0.5 * height
    left = np.flatnonzero(smooth[:top] < foot)
    right = np.flatnonzero(smooth[top:] < foot)
    first = int(left[-1]) + 1 if left.size else 0
    last = top + int(right[0]) - 1 if right.size else smooth.size - 1
    return Hill(course.row_of_bin(first), course.row_of_bin(last), height, (last - first + 1) / smooth.size)


def _best_split(above: NDArray[np.bool_]) -> int:
    """Index from which on most are true and before which most are false."""
    signed = np.where(above, 1, -1)
    before = np.concatenate([[0], np.cumsum(-signed)])
    after = np.concatenate([np.cumsum(signed[::-1])[::-1], [0]])
    return min(int(np.argmax(before + after)), above.size - 1)


def _local_noise(course: Course) -> Floats:
    """Noise of one value around each bin: the run's own, or that of the neighbourhood where it is noisier."""
    bins = course.bins
    spread = np.full(bins.size, course.noise)
    sections = min(16, bins.size // 16)
    if sections < 2:
        return spread
    edges = np.linspace(0, bins.size, sections + 1).astype(int).tolist()
    for first, last in pairwise(edges):
        rows = course.scaled[first * course.rows : last * course.rows]
        spread[first:last] = max(course.noise, noise_of(rows, 10_000))
    return spread


def _tail(course: Course, base: Floats, spread: Floats, high: NDArray[np.int64]) -> float:
    """99th percentile of the values over the course, in units of the local noise, spikes and opening left out."""
    size = len(course)
    stride = max(1, size // 50_000)
    rows = np.arange(int(OPENING * size), size, stride)
    near = np.searchsorted(high, rows)
    gap = max(2, size // 200)
    after = np.abs(rows - high[np.minimum(near, high.size - 1)]) <= gap
    before = np.abs(rows - high[np.maximum(near - 1, 0)]) <= gap
    rest = rows[~(after | before)]
    if rest.size < 5:
        return 0.0
    bins = np.minimum(rest // course.rows, base.size - 1)
    return max(0.0, quantile((course.scaled[rest] - base[bins]) / (spread[bins] + 1e-12), 0.99))


def _exceeding(course: Course, limit: Floats) -> NDArray[np.int64]:
    """Rows above the limit of their bin; only bins whose maximum exceeds it are looked at."""
    if course.rows == 1:
        return np.flatnonzero(course.scaled > limit).astype(np.int64)
    full = len(course) // course.rows
    table = course.scaled[: full * course.rows].reshape(full, course.rows)
    hot = np.flatnonzero(table.max(axis=1) > limit[:full])
    found = [np.flatnonzero(table[index] > limit[index]) + index * course.rows for index in hot]
    rest = course.scaled[full * course.rows :]
    if rest.size:
        found.append(np.flatnonzero(rest > limit[-1]) + full * course.rows)
    return np.concatenate(found).astype(np.int64) if found else np.zeros(0, dtype=np.int64)


def _peaks(course: Course, high: NDArray[np.int64], limit: Floats, gap: int) -> NDArray[np.int64]:
    """The highest row of each group of high rows.

    A group that the log ends in has not come back, and one that does not rise above what stood right before it is the
    edge of a fall: both are left out.
    """
    values = course.scaled
    starts = np.concatenate([[0], np.flatnonzero(np.diff(high) > gap) + 1])
    tops = np.maximum.reduceat(values[high], starts)
    ends = high[np.concatenate([starts[1:] - 1, [high.size - 1]])]
    firsts = high[starts]
    before = np.max(np.stack([values[np.maximum(firsts - back, 0)] for back in (2, 3)]), axis=0)
    needed = 0.6 * limit[np.minimum(firsts // course.rows, limit.size - 1)]
    keep = (ends < len(course) - 1) & (tops - before > needed)
    groups = np.split(high, starts[1:])
    return np.asarray([g[np.argmax(values[g])] for g, kept in zip(groups, keep, strict=True) if kept], dtype=np.int64)
