"""Text from outside, made safe for GitHub-flavoured Markdown."""

from __future__ import annotations

import re

from triage.report.escape import folded, plain, plain_lines, web_address

__all__ = ["code", "fenced", "link", "prose"]

_MARKS = str.maketrans({mark: f"\\{mark}" for mark in "\\`*_[]~|$"} | {"<": "&lt;", ">": "&gt;", "&": "&amp;"})
_FIRST = re.compile(r"^(\d{1,9}(?=[.)](?:\s|$))|(?=[-+#=:]))(.)")
_NOTIFIES = re.compile(r"(?<=[@#])(?=[\w/])|(?<=[Gg][Hh]-)(?=\d)")
_ADDRESS = re.compile(r"(?i)(?<=[a-z])(?=://)|(?<=www)(?=\.)|(?<=mailto|..xmpp)(?=:)")

BREAK = "&#8203;"
"""A space without width: it ends what GitHub would turn into a link or a notification."""


def prose(text: str, longest: int = 300) -> str:
    """Text on one line, in which nothing is a mark, a link, a mention or HTML.

    Args:
        text: anything.
        longest: characters after which the rest is cut.

    """
    kept = folded(text, longest)
    parts = _ADDRESS.sub("\0", _NOTIFIES.sub("\0", kept)).split("\0")
    return _FIRST.sub(r"\1\\\2", BREAK.join(part.translate(_MARKS) for part in parts))


def code(text: str, longest: int = 200) -> str:
    """Text as a code span, fenced by more backticks than it has in a row.

    Args:
        text: anything.
        longest: characters after which the rest is cut.

    """
    kept = plain(text, longest) or " "
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", kept)), default=0))
    padding = " " if kept.startswith(("`", " ")) or kept.endswith(("`", " ")) else ""
    return f"{fence}{padding}{kept}{padding}{fence}"


def fenced(text: str, language: str = "") -> list[str]:
    """Lines of code between fences that the code cannot close.

    Args:
        text: the code.
        language: a word that we chose, for colours.

    """
    lines = plain_lines(text)
    longest = max((len(run) for run in re.findall("`+", "\n".join(lines))), default=0)
    fence = "`" * max(3, longest + 1)
    return [f"{fence}{language}", *lines, fence]


def link(title: str, address: str) -> str:
    """A link to an ``http`` address; of anything else the title, and the address as code."""
    safe = web_address(address)
    if safe is None:
        return f"{prose(title)} ({code(address, 80)})"
    return f"[{prose(title)}](<{safe.replace('&', '&amp;')}>)"
