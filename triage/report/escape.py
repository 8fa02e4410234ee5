"""Text from outside, made safe to show: no control character, no direction override, no megabyte of one line."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote

__all__ = ["folded", "plain", "plain_lines", "web_address"]

LONGEST_ADDRESS = 2000

_UNSHOWN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def plain(text: str, longest: int = 200) -> str:
    r"""The text on one line, with what a terminal would act on written as ``\x1b`` or ``\u202e``.

    Args:
        text: anything.
        longest: characters of the text after which the rest is cut and an ellipsis stands.

    """
    cut = text if len(text) <= longest else text[: max(longest - 1, 0)] + "…"
    return "".join(
        character if unicodedata.category(character) not in _UNSHOWN else _written_out(character) for character in cut
    )


def folded(text: str, longest: int = 200) -> str:
    """The same for prose: line breaks and runs of blanks become one blank each."""
    return plain(" ".join(text.split()), longest)


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
