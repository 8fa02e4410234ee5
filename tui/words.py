"""Text from anywhere -> content that a terminal shows as text: never markup, never a control sequence."""

from __future__ import annotations

from textual.content import Content

from triage.report.escape import folded, plain_lines

__all__ = ["code_content", "content", "joined"]

LONGEST = 3000


def content(text: str, style: str = "", longest: int = LONGEST) -> Content:
    """Prose as content of one style.

    Args:
        text: anything.
        style: a Textual style such as ``bold $accent``; ours, never from outside.
        longest: characters after which the rest is cut.

    """
    shown = folded(text, longest)
    return Content.styled(shown, style) if style else Content(shown)


def joined(*parts: Content | str) -> Content:
    """Several pieces in a row; plain strings are ours and shown as they are."""
    return Content("").join([part if isinstance(part, Content) else Content(part) for part in parts])


def code_content(text: str) -> Content:
    """Code as lines."""
    return Content("\n".join(plain_lines(text)))
