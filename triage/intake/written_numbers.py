"""Numbers as people write them: ``3e-4``, ``.98``, ``1×10^-4``, ``10k``, ``4,096``, ``50 %``, ``ten``, ``5万``.

The patterns are for `re.ASCII`, so that a number may stand right beside Chinese characters.
"""

from __future__ import annotations

import math
import re

__all__ = ["NUMBER", "value_of"]

WORDS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12, "sixteen": 16, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60,
    "hundred": 100, "thousand": 1000, "两": 2, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9,
    "十": 10,
}  # fmt: skip

FACTORS = {"k": 1e3, "m": 1e6, "百": 1e2, "千": 1e3, "万": 1e4}

_POWER = r"10\s?(?:\^|\*\*)\s?[-−–]?[0-9]{1,2}"
_DIGITS = r"(?:[1-9][0-9]{0,2}(?:,[0-9]{3})+(?![0-9])|[0-9]{1,12})(?:\.[0-9]{1,12})?|\.[0-9]{1,12}"

NUMBER = (
    rf"(?<![\w.^])(?<![第几十百千万])(?:{_POWER}|(?:0,[0-9]{{1,9}}|{_DIGITS})(?:\s?[x×*]\s?{_POWER}|[eE][-−–+]?[0-9]{{1,3}}|[kKM](?![A-Za-z])|[万千百]|\s?%)?"
    rf"|(?:{'|'.join(WORDS)})(?!\w))(?:(?![\w^])|(?=[x×]\s?[A-Za-z]))(?!\.[0-9])"
)
"""Pattern of one number, without a sign; it never begins or ends inside of a word or a longer number."""

_RAISED = re.compile(r"10\s?(?:\^|\*\*)\s?([-−–]?)([0-9]{1,2})$")


def value_of(written: str) -> float | None:
    """The value of what `NUMBER` matches; None where it is none that a computer can hold."""
    text = written.strip().casefold()
    if text in WORDS:
        return float(WORDS[text])
    factor = 1.0
    if text.endswith("%"):
        text, factor = text[:-1].strip(), 0.01
    elif text[-1:] in FACTORS:
        text, factor = text[:-1], FACTORS[text[-1]]
    raised = _RAISED.search(text)
    before = text if raised is None else text[: raised.start()].rstrip("x×* ") or "1"
    power = 0 if raised is None else int(raised[2]) * (-1 if raised[1] else 1)
    if before.startswith("0,"):
        before = before.replace(",", ".")
    try:
        value = float(before.replace(",", "").replace("−", "-").replace("–", "-")) * factor * 10.0**power
    except (ValueError, OverflowError):
        return None
    return value if math.isfinite(value) else None
