"""Axes of a drawn picture: where a value lies between its ends, and which round values to name."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from triage.report.figures import number

__all__ = ["Scale", "compact", "round_values", "scale_of"]

Floats = NDArray[np.float64]

MARGIN = 0.05
"""Share of the height that stays free above and below the curves."""

_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True, slots=True)
class Scale:
    """A vertical axis.

    Args:
        low, high: the smallest and the largest value drawn.
        logarithmic: whether equal ratios, not equal differences, are equally far apart.

    """

    low: float
    high: float
    logarithmic: bool

    def up(self, values: Floats) -> Floats:
        """Height of values in the picture, 0 at the bottom and 1 at the top."""
        low, high = self._placed(np.array([self.low, self.high]))
        if low == high:
            return np.full(values.shape, 0.5)
        share = (self._placed(values) - low) / (high - low)
        up: Floats = np.clip(MARGIN + (1.0 - 2.0 * MARGIN) * share, 0.0, 1.0)
        return up

    def ticks(self, most: int = 5) -> list[float]:
        """Round values to name on the axis."""
        if self.low == self.high:
            return [self.low]
        if not self.logarithmic:
            return round_values(self.low, self.high, most)
        low, high = math.ceil(math.log10(self.low) - 1e-9), math.floor(math.log10(self.high) + 1e-9)
        if high - low < 2:
            fine, coarse = (self._inside(digits, low - 1, high) for digits in ((1, 2, 5), (1, 3)))
            return fine if len(fine) <= most else coarse[:: max(1, math.ceil(len(coarse) / most))]
        every = max(1, math.ceil((high - low + 1) / most))
        return [10.0**power for power in range(low, high + 1) if (power - low) % every == 0]

    def _inside(self, digits: tuple[int, ...], first: int, last: int) -> list[float]:
        candidates = [digit * 10.0**power for power in range(first, last + 1) for digit in digits]
        return [value for value in candidates if self.low <= value <= self.high]

    def _placed(self, values: Floats) -> Floats:
        """Logarithms; or halves, so that the span between the largest doubles is still finite."""
        placed: Floats = np.log10(values) if self.logarithmic else values / 2.0
        return placed


def scale_of(low: float, high: float, *, logarithmic: bool) -> Scale:
    """The axis for values from ``low`` to ``high``; a logarithmic one only where both are positive."""
    return Scale(low, high, logarithmic and low > 0)


FEWEST_ULPS = 100
"""Steps are at least so many times what tells a number from the next one: smaller ones are no round values."""


def round_values(low: float, high: float, most: int = 5) -> list[float]:
    """At most ``most`` values from ``low`` to ``high`` at steps of 1, 2 or 5 times a power of ten.

    Args:
        low, high: the ends, both included.
        most: how many there may be.

    """
    span = high / 2.0 - low / 2.0
    if not 0 < span < math.inf:
        return [low]
    power = math.floor(math.log10(span)) - 1
    step = next(
        step
        for step in (digit * 10.0 ** (power + more) for more in range(4) for digit in (1, 2, 5))
        if step > 0 and span / step * 2 <= most - 0.5
    )
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    if last - first > most or not math.isfinite(step) or step < FEWEST_ULPS * math.ulp(max(-low, high)):
        return [low]
    return [index * step for index in range(first, last + 1)]


def compact(value: float) -> str:
    """A value in as few characters as can be: ``250k``, ``1.2M``, ``10⁻⁶``."""
    size = abs(value)
    for limit, unit in ((1e6, "M"), (1e4, "k")):
        if limit <= size < 1e9:
            return f"{value / (1e6 if unit == 'M' else 1e3):.3g}{unit}"
    if size and math.isfinite(value) and not 1e-4 <= size < 1e9:
        power = math.floor(math.log10(size))
        digits = f"{value / 10.0**power:.2g}" if power > -300 else f"{value:.1e}".split("e")[0]
        exponent = str(power).translate(_SUPERSCRIPTS)
        return f"10{exponent}" if digits == "1" else f"{digits}×10{exponent}"
    return number(value)
