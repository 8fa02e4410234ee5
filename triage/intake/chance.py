"""A loss or an accuracy that a text names beside a number of classes -> whether it is that of a blind guess."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from triage.intake.found import Found, Place, Stated, shows
from triage.intake.quantities import LONGEST, LONGEST_WORDS
from triage.intake.written_numbers import NUMBER, value_of

__all__ = ["chance_levels"]

TOLERANCE = 0.012
"""Share of itself by which a value may differ from that of a guess, as people round it."""

_STAYS = (
    r"(?:stays?|stayed|stuck|remains?|remained|hovers?|sits|constant|constantly|always|plateaus?|is|hangs|converges)"
)
_LEVEL = re.compile(
    rf"(?<!val[\s_])(?<!validation\s)(?<!initial\s)(?<!first\s)\b(?P<what>loss|cost|accuracy|acc)\b"
    rf"(?:\s+(?:just|only|is|has|been|got|gets|keeps?|always))*\s*{_STAYS}"
    rf"(?:\s+(?:at|around|near|about|exactly|of|to|stuck|a|constant))*\s*(?P<value>{NUMBER})",
    re.IGNORECASE | re.ASCII,
)
_CHINESE = re.compile(
    rf"(?<!验证)(?<!测试)(?<!验证集)(?<!测试集)(?P<what>loss|损失|准确率)(?:一直|始终|总是|都|就)*(?:停?在|卡在|是|为|保持在|维持在)\s*"
    rf"(?P<value>{NUMBER})",
    re.IGNORECASE | re.ASCII,
)


def chance_levels(text: str, stated: Sequence[Stated]) -> list[Found]:
    """That the loss stays where a blind guess among the stated classes puts it.

    Args:
        text: what a person wrote; of a longer one the first `LONGEST` characters are read.
        stated: the values that it names.

    """
    classes = next((float(item.value) for item in stated if item.name == "classes" and item.value), 0.0)
    if classes < 2:
        return []
    text = text[:LONGEST]
    for match in (*_LEVEL.finditer(text), *_CHINESE.finditer(text)):
        value = value_of(match["value"])
        guess = math.log(classes) if match["what"].casefold() in {"loss", "cost", "损失"} else 1.0 / classes
        if value is not None and abs(value - guess) <= TOLERANCE * guess:
            message = f"It stays at {match['value']}, as a blind guess among {classes:g} classes does."
            place = Place("", None, match[0][:LONGEST_WORDS])
            return [shows("loss_signature", "at_chance", message, place, 0.9)]
    return []
