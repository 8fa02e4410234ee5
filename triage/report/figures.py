"""Numbers as a person reads them."""

from __future__ import annotations

import math

from triage.wording import ENGLISH, Wording

__all__ = ["counted", "duration", "number", "percent"]


def number(value: float) -> str:
    """Four significant digits, whole numbers in full, an exponent only where a person would write one.

    ``0.008``, ``1,500``, ``1,234,567``, ``2.9e+15``.
    """
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Inf" if value > 0 else "-Inf"
    if value == 0:
        return "0"
    if float(value).is_integer() and abs(value) < 1e7:
        return f"{int(value):,}"
    if 1e-4 <= abs(value) < 1000:
        shown = f"{value:,.4g}"
        return shown.rstrip("0").rstrip(".") if "." in shown else shown
    return f"{value:,.0f}" if 1000 <= abs(value) < 1e6 else f"{value:.3g}"


def counted(count: int, what: str) -> str:
    """How many of something there are, in English: ``1 error``, ``2,000 errors``."""
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"


def percent(probability: float) -> str:
    """A probability in whole percents, with the ends told apart: ``<1 %``, ``>99 %``."""
    if probability <= 0.005:
        return "<1 %"
    if probability >= 0.995:
        return ">99 %"
    return f"{probability:.0%}".replace("%", " %")


def duration(minutes: float, say: Wording = ENGLISH) -> str:
    """Minutes in the unit that fits: ``20 s``, ``5 min``, ``2.5 h``, ``7 days``.

    Args:
        minutes: how many.
        say: the language of the unit.

    """
    seconds = max(10, round(minutes * 6) * 10)
    if seconds < 60:
        return say("{n} s", n=seconds)
    if minutes < 90:
        return say("{n} min", n=f"{minutes:.0f}")
    hours = minutes / 60
    if hours < 48:
        return say("{n} h", n=f"{hours:.1f}".removesuffix(".0"))
    return say("{n} days", n=f"{hours / 24:.0f}")
