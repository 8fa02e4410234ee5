"""Probabilities and times in words that make sense when they are read aloud."""

from __future__ import annotations

from triage.report.figures import duration, percent
from triage.wording import Wording

__all__ = ["spoken", "spoken_percent", "spoken_time"]

_TIMES = {
    "s": ("{n} second", "{n} seconds"),
    "min": ("{n} minute", "{n} minutes"),
    "h": ("{n} hour", "{n} hours"),
    "days": ("{n} day", "{n} days"),
}
"""Unit of a time -> one of it, and several."""


def spoken(text: str, say: Wording) -> str:
    """The percentages of a sentence without signs that are not read aloud."""
    return text.replace("<1 %", say("under 1 %")).replace(">99 %", say("over 99 %"))


def spoken_percent(probability: float, say: Wording) -> str:
    """A probability in whole percents, its ends in words."""
    return spoken(percent(probability), say)


def spoken_time(minutes: float, say: Wording) -> str:
    """A time with its unit in full."""
    amount, unit = duration(minutes).split()
    return say(_TIMES[unit][amount != "1"], n=amount)
