r"""Output of Darknet's training: the summary line of each batch among those of the layers.

::

    Region 82 Avg IOU: -nan, Class: -nan, Obj: -nan, No Obj: 0.45, .5R: -nan, .75R: -nan,  count: 0     passed over
    3000: 1.387251, 0.973511 avg, 0.001000 rate, 3.214512 seconds, 192000 images
     3000: 1.387251, 0.973511 avg loss, 0.001000 rate, 3.214512 seconds, 192000 images, 5.4 hours left
    100, 0.512: 2.301234, 2.302585 avg, 0.100000 rate, 0.512345 seconds, 12800 images                   a classifier

Lines of layers hold ``-nan`` wherever a layer had no object, in healthy runs too. ``loss`` is that of the batch,
``avg`` its moving average.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from triage.history.format import Format
from triage.history.head import Head
from triage.history.log_lines import NUMBER, Expression, as_shown, how_many, number, table_of
from triage.history.opened import Opened
from triage.history.rows import Rows
from triage.history.table import Table

__all__ = ["FORMATS", "NAME", "read_lines", "starts_row"]

NAME = "darknet log"
EXAMPLE = "3000: 1.387251, 0.973511 avg, 0.001000 rate, 3.214512 seconds, 192000 images"

_SUMMARY = Expression(
    rf"(?:^|\s)(\d+)(?:, ({NUMBER}))?: ({NUMBER}), ({NUMBER}) avg(?: loss)?, ({NUMBER}) rate, {NUMBER} seconds, "
)
_REGION = Expression(
    r"^\s*(?:Region|v3 \(|Detection Layer|Region \d+) ?.*\b(?:Avg IOU|Avg \(IOU|avg_iou)", re.IGNORECASE
)


def starts_row(line: str) -> bool:
    """Whether this is a summary line."""
    return " rate, " in line and _SUMMARY.search(line) is not None


def read_lines(lines: Iterable[str], file: str) -> Sequence[Table]:
    """Read the output of a training; raises `HistoryError` where no summary line is in it."""
    rows = Rows()
    for line in as_shown(lines):
        if " rate, " in line and (found := _SUMMARY.search(line)):
            step, epoch, loss, average, rate = found.groups()
            row = {"step": step, "epoch": epoch, "loss": loss, "avg": average, "rate": rate}
            rows.add(
                {name: value for name, text in row.items() if text is not None and (value := number(text)) is not None}
            )
    return [table_of(file, NAME, rows, EXAMPLE, unit="step")]


def _recognises(head: Head) -> bool:
    if " rate, " in head.text and how_many(head, _SUMMARY) > 0:
        return True
    return "vg IOU" in head.text and how_many(head, _REGION) >= 3


def _read(found: Opened) -> Sequence[Table]:
    return read_lines(found.lines(), found.file)


FORMATS = (Format(NAME, "Darknet, the framework of YOLO up to v4", EXAMPLE, _recognises, _read),)
