r"""Logs of YOLOX, as loguru writes them.

::

    2021-09-03 19:05:28.330 | INFO     | yolox.core.trainer:after_iter:246 - epoch: 1/300, iter: 10/47, mem: 1491Mb,
    iter_time: 0.487s, data_time: 0.002s, total_loss: 10.7, iou_loss: 1.9, l1_loss: 0.0, conf_loss: 4.9, cls_loss: 4.0,
    lr: 7.073e-06, size: 640, ETA: 1:54:27                                                           all in one line

``step`` counts iterations over all epochs.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from triage.history.format import Format
from triage.history.head import Head
from triage.history.log_lines import NUMBER, Expression, as_shown, how_many, number, table_of
from triage.history.opened import Opened
from triage.history.rows import Rows
from triage.history.table import Table

__all__ = ["FORMATS", "NAME", "read_lines", "starts_row"]

NAME = "yolox log"
EXAMPLE = (
    "2021-09-03 19:05:28.330 | INFO     | yolox.core.trainer:after_iter:246 - epoch: 1/300, iter: 10/47, mem: 1491Mb, "
    "total_loss: 10.7, iou_loss: 1.9, lr: 7.073e-06, size: 640, ETA: 1:54:27"
)

_ROW = Expression(r"\bepoch: (\d+)/\d+, iter: (\d+)/(\d+), ")
_STARTS = Expression(r"\| INFO +\| +yolox\.core\.trainer:|\bepoch: \d+/\d+, iter: \d+/\d+, mem: \d+")
_PAIR = Expression(rf"\b(\w*loss|lr): ({NUMBER})(?=[,\s]|$)")


def starts_row(line: str) -> bool:
    """Whether this is the line of an iteration."""
    return "iter: " in line and "loss: " in line and _ROW.search(line) is not None


def read_lines(lines: Iterable[str], file: str) -> Sequence[Table]:
    """Read a log; raises `HistoryError` where no iteration is in it."""
    rows = Rows()
    for line in as_shown(lines):
        if "iter: " not in line or not (found := _ROW.search(line)):
            continue
        epoch, iteration, iterations = map(float, found.groups())
        row = {"step": (epoch - 1) * iterations + iteration, "epoch": epoch}
        for name, text in _PAIR.findall(line, found.end()):
            value = number(text)
            if value is not None:
                row[name] = value
        rows.add(row)
    return [table_of(file, NAME, rows, EXAMPLE, unit="step")]


def _recognises(head: Head) -> bool:
    return ("yolox" in head.text or "iter: " in head.text) and how_many(head, _STARTS) > 0


def _read(found: Opened) -> Sequence[Table]:
    return read_lines(found.lines(), found.file)


FORMATS = (Format(NAME, "YOLOX", EXAMPLE, _recognises, _read),)
