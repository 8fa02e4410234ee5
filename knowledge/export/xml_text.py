"""Text that XML 1.0 can hold."""

from __future__ import annotations

import re

__all__ = ["attribute", "content", "xml_text"]

_UNHELD = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What is no character of XML 1.0 (section 2.2), and the carriage return, which its readers take for a line feed."""


def xml_text(text: str) -> str:
    """The text with line feeds for line ends, and U+FFFD for every character that XML does not allow."""
    return _UNHELD.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))


def content(text: str) -> str:
    """The text as it stands between tags; ``]]>`` is broken up too."""
    return xml_text(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def attribute(text: str) -> str:
    """The text as it stands between double quotes; line feeds and tabs are kept."""
    return content(text).replace('"', "&quot;").replace("\n", "&#10;").replace("\t", "&#9;")
