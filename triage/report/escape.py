"""Text from outside, made safe to show: no control character, no direction override, no megabyte of one line."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote

__all__ = ["MOST_MARKS", "folded", "is_mark", "plain", "plain_json", "plain_lines", "web_address"]

LONGEST_ADDRESS = 2000

MOST_MARKS = 4
"""Accents on one letter; no writing has more."""

_ACTING = re.compile("[\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
_UNSHOWN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def plain(text: str, longest: int = 200) -> str:
    r"""The text on one line, with what a terminal would act on written as ``\x1b`` or ``\u202e``.

    Of the accents on one letter the first four stay: a tower of them covers the lines above.

    Args:
        text: anything.
        longest: characters of the text after which the rest is cut and an ellipsis stands.

    """
    cut = text if len(text) <= longest else text[: max(longest - 1, 0)] + "…"
    if cut.isascii() and cut.isprintable():
        return cut
    shown, marks = [], 0
    for character in cut:
        marks = marks + 1 if is_mark(character) else 0
        if marks > MOST_MARKS:
            shown += ["…"] if marks == MOST_MARKS + 1 else []
        else:
            shown.append(_written_out(character) if unicodedata.category(character) in _UNSHOWN else character)
    return "".join(shown)


def folded(text: str, longest: int = 200) -> str:
    """The same for prose: line breaks and runs of blanks become one blank each."""
    return plain(" ".join(text.split()), longest)


def is_mark(character: str) -> bool:
    """Whether it stands on the letter before it and takes no room of its own."""
    return unicodedata.category(character) in ("Mn", "Me")


def plain_lines(text: str, most: int = 200, longest: int = 400) -> list[str]:
    """The same for code: line breaks and indentation are kept, tabs become four spaces.

    Args:
        text: anything.
        most: lines after which the rest is cut and an ellipsis stands.
        longest: characters after which a line is cut.

    """
    lines = re.split(r"\r\n|\n|\r", text.rstrip(), maxsplit=most)
    if len(lines) > most:
        lines[most:] = ["…"]
    return [plain(line.replace("\t", "    "), longest) for line in lines]


def plain_json(document: str) -> str:
    r"""The same JSON with what a terminal would act on as ``\u009b``: such characters stand in its strings alone."""
    return _ACTING.sub(lambda found: f"\\u{ord(found[0]):04x}", document)


def web_address(text: str) -> str | None:
    """The address percent-encoded, fit for a link; None for what is not ``http`` or ``https``.

    Args:
        text: what is given as an address: ``javascript:`` and the like, control characters, quotes are all possible.

    """
    if len(text) > LONGEST_ADDRESS or not re.match(r"https?://[^/?#\s]", text, re.IGNORECASE):
        return None
    try:
        return quote(text, safe=":/?#[]@!$&'()*+,;=%~")
    except UnicodeEncodeError:
        return None


def _written_out(character: str) -> str:
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
