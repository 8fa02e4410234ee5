"""Figures and positions in plain words, and how certain a likelihood may be."""

from __future__ import annotations

import math
from collections.abc import Mapping
from operator import itemgetter

__all__ = ["CEILING", "FACT", "at", "certain", "count", "figure", "mix", "share_above"]

CEILING = 0.97
"""The most that one reading puts on its states together: a detector is never sure to the last percent."""


FACT = 0.9998
"""What a reading puts on a state that stands in the log in so many words: a NaN, a negative number, an exact zero."""


_first = itemgetter(0)


def figure(value: float) -> str:
    """A value in four digits at most, short: ``2.31``, ``0.00012``, ``1.2e+09``, ``NaN``, ``Inf``."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Inf" if value > 0 else "-Inf"
    return f"{value:.4g}"


def count(number: float) -> str:
    """A position or a number of things with separators: ``1,204``; fractions keep three digits."""
    if math.isfinite(number) and number == round(number) and abs(number) < 1e15:
        return f"{int(number):,}"
    return f"{number:.3g}"


def at(unit: str, step: float) -> str:
    """A position with the word of its unit: ``step 1,204``, ``epoch 3``, ``row 17``."""
    return f"{unit} {count(step)}"


def share_above(value: float, middle: float, steepness: float = 3.0) -> float:
    """A soft threshold on a positive quantity: 0.5 at `middle`, near 1 well above, near 0 well below.

    Logistic in the logarithm, so only the ratio to `middle` matters; with the default steepness a factor of two
    from the middle gives 0.89.
    """
    if not value > 0:
        return 0.0
    if middle <= 0 or math.isinf(value):
        return 1.0
    exponent = steepness * (math.log(value) - math.log(middle))
    within = 50.0 if exponent > 50.0 else -50.0 if exponent < -50.0 else exponent
    return 1.0 / (1.0 + math.exp(-within))


def mix(*parts: tuple[float, Mapping[str, float]]) -> dict[str, float]:
    """Weighted sum of likelihoods; weights are taken as they are."""
    total: dict[str, float] = {}
    for weight, likelihood in parts:
        if not weight:
            continue
        for state, value in likelihood.items():
            total[state] = total.get(state, 0.0) + weight * value
    return total


def certain(likelihood: Mapping[str, float], ceiling: float = CEILING) -> dict[str, float]:
    """The same proportions with a sum of `ceiling`, the largest first, negligible ones left out."""
    total = sum(likelihood.values())
    scaled = [(ceiling * value / total, state) for state, value in likelihood.items()]
    scaled.sort(key=_first, reverse=True)
    return {state: round(value, 4) for value, state in scaled if value >= 0.002}
