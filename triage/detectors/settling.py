"""Where a course without an event settles: flat from the start, high, near its floor, or not yet."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from triage.detectors.course import Course
from triage.detectors.words import mix, share_above

__all__ = ["Direction", "Likelihood", "fell", "flat_since", "late_direction", "level_since", "settling"]

Direction = Literal["falls", "flat", "rises"]

Likelihood = dict[str, float]

FLAT_CHANGE = 0.03
"""A net change below this share of the start is "a few percent": the loss has not moved."""

LATE_SHARE = 0.06
"""The fall over the last third, as a share of the whole fall, from which on the run is not done yet. An exponential
approach with five time constants in the run makes 0.03 there, with three 0.09."""

APART = 1.77
"""Two levels are medians: their difference has 1.25 * sqrt(2) times the noise of a mean."""

LAST_DOUBLING = 0.5
"""Share of the fall of one doubling of the run that the next still brings where a loss goes on by a power law; an
exponent of 0.1 to 0.5 makes 0.7 to 0.9, less a floor's part."""

SHORT = 20
"""Under so many values the noise cannot be told from the curve, and their order says more."""

BEYOND_DRIFT = 3.5
"""Standard deviations of Kendall's score from which on a long log falls, however noisy its single values are."""

BURIED = 0.3
"""Where the noise would hide a fall by this share of the start, a log without a fall says little."""

REACHED = 0.1
"""The level after a rise is reached where this share of the rise is left."""

HIGH_FLOOR = 0.5
"""A floor above this share of the start is too high; runs that learn their task usually end below a third."""


def settling(course: Course) -> Likelihood:
    """Likelihood over flat, plateau, falling and still falling from how much fell, when, and where it ended."""
    fall = course.initial - course.end
    noise = course.bin_noise / max(1.0, 0.1 * course.bins.size) ** 0.5
    moved = _moved(
        course,
        (course.initial, course.noise * (1.0 if len(course) < 50 else 0.6)),
        (course.level(0, 0.1), noise),
    )
    late_share = (course.level(0.6, 0.7) - course.end) / fall if fall > 0 else 0.0
    late_fall = late_share * fall
    still = share_above(late_share, LATE_SHARE) if late_fall > 3.0 * noise else 0.03
    flat_share = 1.0 - flat_since(course) / course.bins.size
    floor = course.end / course.initial if course.positive and course.initial > 0 else 0.0
    high = share_above(flat_share, 0.5, 8.0) * share_above(floor, HIGH_FLOOR, 5.0) * (1 - still)
    high *= 1 - _goes_on_slowly(course, noise)
    if floor < 0.3:
        high = min(high, 0.04)
    fallen = mix((high, {"plateau": 0.95}), ((1 - high) * still, {"still_falling_at_end": 0.95}))
    fallen = mix((1.0, fallen), ((1 - high) * (1 - still), {"falling": 0.95, "plateau": 0.02}))
    buried = share_above(3.0 * APART * noise / max(abs(course.initial), 1e-300), BURIED, 4.0)
    flat = mix(
        (1 - buried, {"flat_from_start": 0.93, "plateau": 0.03}),
        (buried, {"flat_from_start": 0.4, "falling": 0.35, "plateau": 0.1, "still_falling_at_end": 0.1}),
    )
    return mix((moved, fallen), (1 - moved, flat))


def _goes_on_slowly(course: Course, noise: float) -> float:
    """How surely each doubling of the run still brings its share, as in the power laws of large models.

    The last doubling brings a share of what the one before it brought; an exponential approach to a floor leaves next
    to nothing for it.
    """
    if course.bins.size < 8:
        return 0.0
    quarter, half, end = course.level(0.2, 0.3), course.level(0.45, 0.55), course.end
    before, last = quarter - half, half - end
    if not (before > 0 and last > 3.0 * APART * noise):
        return 0.0
    return share_above(last / before, LAST_DOUBLING, 6.0)


def _all_down(course: Course) -> float:
    """How surely a log falls, by the order of its values alone (Mann 1945, "Nonparametric tests against trend").

    Kendall's score counts pairs that fall against pairs that rise; without a trend it is normal with mean 0 and
    variance n (n - 1) (2 n + 5) / 18. A long log has many chances to drift, so it must be far beyond that; of a few
    values no more can be asked than that they fall one after the other.
    """
    size = course.bins.size
    if size < 3:
        return 0.0
    # Ranks compare as the values do, in an eighth of the time.
    ranks = np.searchsorted(np.sort(course.bins), course.bins).astype(np.int16)
    rises = ranks[None, :] > ranks[:, None]
    # Each pair of different values stands once in the table: above the diagonal where it rises, else below it.
    upwards = int(np.count_nonzero(rises & _above_diagonal(size)))
    return _surely_down(size, float(int(np.count_nonzero(rises)) - 2 * upwards))


def _surely_down(size: int, score: float) -> float:
    """The same by Kendall's score."""
    deviation = (score - 1.0) / math.sqrt(size * (size - 1) * (2 * size + 5) / 18.0)
    if deviation <= 0:
        return 0.0
    return math.erf(deviation / math.sqrt(2.0)) if size < SHORT else share_above(deviation, BEYOND_DRIFT, 6.0)


@lru_cache(maxsize=8)
def _above_diagonal(size: int) -> NDArray[np.bool_]:
    """Of a square table the places to the right of the diagonal."""
    return ~np.tri(size, dtype=np.bool_)


def _moved(course: Course, *starts: tuple[float, float]) -> float:
    """How surely the end lies below one of some starts: a few percent at least, and beyond noise.

    What is within noise counts as far as the order of the values speaks for a fall.

    Args:
        course: the course.
        starts: each with the noise up to which it is known.

    """
    falls = [
        (share_above(fall / reference, FLAT_CHANGE), share_above(fall / (4.0 * noise), 1.0, 4.0) if noise > 0 else 1.0)
        for start, noise in starts
        if (fall := start - course.end) > 0 and (reference := max(abs(start), abs(course.end))) > 0
    ]
    # The order takes most of the time, and is not asked where it cannot say more than the noise does.
    asked = any(beyond < _most_down(course.bins.size) for _, beyond in falls)
    down = _all_down(course) if asked else 0.0
    return max([0.02, *(material * max(beyond, down) for material, beyond in falls)])


@lru_cache(maxsize=1024)
def _most_down(size: int) -> float:
    """The most that `_all_down` can say of so many values."""
    return _surely_down(size, size * (size - 1) / 2) if size >= 3 else 0.0


def flat_since(course: Course) -> int:
    """First bin from which on the smoothed course stays within noise, or 4 % of the fall, of its final level."""
    fall = course.initial - course.end
    near = max(3.0 * course.bin_noise, 0.04 * abs(fall))
    away = (np.abs(course.smooth - course.end) > near).nonzero()[0]
    return int(away[-1]) + 1 if away.size else 0


def level_since(course: Course) -> int:
    """First row after the minimum from which on the course stays at the level that it rose to."""
    lowest = int(course.smooth.argmin())
    near = max(3.0 * course.bin_noise, REACHED * (course.end - float(course.smooth[lowest])))
    away = (np.abs(course.smooth - course.end) > near).nonzero()[0]
    last = int(away[-1]) if away.size else lowest
    return course.row_of_bin(min(max(last, lowest) + 1, course.smooth.size - 1))


def fell(course: Course) -> bool:
    """Whether the net fall is more than noise and a few percent."""
    fall = course.initial - course.end
    return fall > max(3.0 * course.bin_noise, FLAT_CHANGE * abs(course.initial))


def late_direction(course: Course) -> Direction:
    """What the last half does: the levels at half time and at the end against noise and 3 % of level and fall."""
    middle, end = course.level(0.45, 0.55), course.end
    least = max(3.0 * course.bin_noise, FLAT_CHANGE * abs(middle), 0.02 * abs(course.initial - end))
    if middle - end > least:
        return "falls"
    return "rises" if end - middle > least else "flat"
