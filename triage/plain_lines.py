"""Paragraphs and code as lines of at most 80 columns, safe to show."""

from __future__ import annotations

import textwrap

from triage.report import cells
from triage.report.escape import folded, plain_lines

__all__ = ["code_lines", "wrapped"]

WIDTH = 80
TIED = "\0"
"""Stands for a blank at which no line is broken; text that is safe to show holds none."""


def wrapped(text: str) -> list[str]:
    """A paragraph as lines."""
    shown = folded(text, 3000).replace(" %", f"{TIED}%")
    return [line.replace(TIED, " ") for line in cells.wrapped(shown, WIDTH)]


def code_lines(code: str) -> list[str]:
    """Code as lines; one that is too long is broken between words where it can be, and indented further."""
    return [part for line in plain_lines(code) for part in _broken(line)]


def _broken(line: str) -> list[str]:
    indent = line[: len(line) - len(line.lstrip())]
    return textwrap.wrap(line, WIDTH, subsequent_indent=indent[: WIDTH // 2] + "    ", break_on_hyphens=False) or [""]
