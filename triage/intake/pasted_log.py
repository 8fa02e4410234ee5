"""Lines of a log inside a text -> a history, and the text without them."""

from __future__ import annotations

import re
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from triage.errors import HistoryError
from triage.history import History, read_history

__all__ = ["without_log"]

FEWEST_ROWS = 2
"""Rows below which nothing is a course."""

MOST_CHARACTERS = 2_000_000

NAME = "pasted lines"
"""What a history is called that no file holds."""

_NUMBER = re.compile(r"(?<![\w.])[-+]?(?:\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+|nan|inf(?:inity)?)(?![\w])", re.IGNORECASE)
MARKS = ("\t", ";", "|", ",")
"""What stands between the columns of a table."""


def without_log(text: str) -> tuple[History | None, str]:
    """The history that lines of a text hold, and the text without these lines.

    Rows of a log repeat one another but for their numbers, which prose does not. A stretch of rows counts where the
    readers of histories find a loss in two of them or more; the longest such stretch is the log.

    Args:
        text: anything; of more than two million characters nothing is taken for a log.

    """
    if len(text) > MOST_CHARACTERS or "\n" not in text:
        return None, text
    lines = text.splitlines()
    for first, last in sorted(_stretches(lines), key=lambda stretch: stretch[0] - stretch[1]):
        history = _read(lines[first:last])
        if history is not None:
            return history, "\n".join([*lines[:first], *lines[last:]])
    return None, text


def _stretches(lines: list[str]) -> Iterator[tuple[int, int]]:
    """First and last line of every stretch of rows, with a head before them where there is one."""
    shapes = [_shape(line) for line in lines]
    common = {shape for shape, count in Counter(shapes).items() if shape is not None and count >= FEWEST_ROWS}
    rows = [place for place, shape in enumerate(shapes) if shape in common]
    for stretch in _joined(rows, lines):
        first = stretch[0]
        yield first - (first > 0 and _is_head(lines[first - 1], lines[first])), stretch[-1] + 1


def _is_head(line: str, row: str) -> bool:
    """Whether a line names the columns of the row below it."""
    mark = next((mark for mark in MARKS if mark in row), None)
    return mark is not None and line.count(mark) == row.count(mark) and not _NUMBER.search(line)


def _joined(rows: list[int], lines: list[str]) -> Iterator[list[int]]:
    """Rows with nothing but blank lines between them."""
    stretch: list[int] = []
    for row in rows:
        if stretch and any(line.strip() for line in lines[stretch[-1] + 1 : row]):
            yield stretch
            stretch = []
        stretch.append(row)
    if stretch:
        yield stretch


def _shape(line: str) -> str | None:
    """What is left of a row without its numbers, which other rows of the log have too; None where it is no row."""
    shape, numbers = _NUMBER.subn("#", line)
    return " ".join(shape.split()) if numbers >= 2 else None


def _read(lines: list[str]) -> History | None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "pasted.txt"
        file.write_text("\n".join(lines) + "\n", encoding="utf-8")
        try:
            history = read_history(str(file))
        except HistoryError:
            return None
    losses = [curve for name in ("train_loss", "val_loss") if (curve := history.curve(name)) is not None]
    if not any(len(curve) >= FEWEST_ROWS for curve in losses):
        return None
    warnings = tuple(warning.replace(str(file), NAME) for warning in history.warnings)
    return replace(history, files=(NAME,), warnings=warnings)
