"""A picture of the screen as SVG, in which characters that are two columns wide have the room of two."""

from __future__ import annotations

import re
from html import unescape

from triage.report.cells import cells

__all__ = ["widened"]

_TEXT = re.compile(r'(<text\b[^>]*\btextLength=")([0-9.]+)("[^>]*>)([^<]*)(</text>)')


def widened(svg: str) -> str:
    """The picture that Textual draws, each text as wide as its columns.

    Rich gives a text the width of as many columns as it has characters, which presses Chinese together to half its
    width.

    Args:
        svg: what `textual.app.App.export_screenshot` returns.

    """
    return _TEXT.sub(_widened, svg)


def _widened(found: re.Match[str]) -> str:
    before, length, between, shown, after = found.groups()
    text = unescape(shown)
    if not text or cells(text) == len(text):
        return found[0]
    return f"{before}{float(length) * cells(text) / len(text):g}{between}{shown}{after}"
