r"""Boxes of names and values, as the loggers of OpenAI Baselines, guided-diffusion and Stable Baselines print them.

::

    ----------------------------           -----------------------------
    | grad_norm     | 0.0168   |           | rollout/           |      |
    | loss          | 0.00394  |           |    ep_len_mean     | 22.1 |
    | step          | 1e+03    |           | train/             |      |
    ----------------------------           |    loss            | 0.52 |
                                           -----------------------------

A box is a row. A name without a value is the group of those below it: ``train/loss``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from triage.history.format import Format
from triage.history.head import Head
from triage.history.log_lines import NUMBER, Expression, as_shown, number, table_of
from triage.history.opened import Opened
from triage.history.rows import Rows
from triage.history.table import Table

__all__ = ["FORMATS", "NAME", "read_lines"]

NAME = "boxed table log"
EXAMPLE = (
    "----------------------------\n| loss          | 0.00394  |\n| step          | 1e+03    |\n"
    "----------------------------"
)
MOST_NAMES = 1_000
"""Names in one box."""

_BORDER = Expression(r"^\s*-{8,}\s*$")
_CELL = Expression(r"^\s*\|( +)([^|\s][^|]*)\|([^|]*)\|\s*$")
_VALUE = Expression(NUMBER)


def read_lines(lines: Iterable[str], file: str) -> Sequence[Table]:
    """Read a log; raises `HistoryError` where no box is in it."""
    rows = Rows()
    row: dict[str, float] = {}
    group = ""
    for line in as_shown(lines):
        if "|" in line and (found := _CELL.match(line)):
            indent, name, text = found[1], found[2].rstrip(), found[3].strip()
            if not text:
                group = name
            elif _VALUE.fullmatch(text) and (value := number(text)) is not None and len(row) < MOST_NAMES:
                row[(group if len(indent) > 1 else "") + name] = value
        elif row or group:
            if row:
                rows.add(row)
            row, group = {}, ""
    if row:
        rows.add(row)
    return [table_of(file, NAME, rows, "| loss | 0.5 |")]


def _recognises(head: Head) -> bool:
    """Whether there is a border of dashes with rows of names and numbers below it."""
    if "--------" not in head.text:
        return False
    shown = list(as_shown(head.lines))
    for place, line in enumerate(shown[:-1]):
        if "-----" not in line or not _BORDER.match(line):
            continue
        box = shown[place + 1 : place + 60]
        cells = [cell for cell in map(_CELL.match, box) if cell]
        if _CELL.match(box[0]) and sum(_VALUE.fullmatch(cell[3].strip()) is not None for cell in cells) >= 2:
            return True
    return False


def _read(found: Opened) -> Sequence[Table]:
    return read_lines(found.lines(), found.file)


FORMATS = (Format(NAME, "OpenAI Baselines, guided-diffusion, Stable Baselines", EXAMPLE, _recognises, _read),)
