r"""Text logs of MMEngine and of MMCV before it: MMDetection, MMSegmentation, MMPose and the others.

::

    2023/06/05 20:10:13 - mmengine - INFO - Epoch(train)   [1][ 50/500]  lr: 1.0e-03  eta: 4:59:11  time: 0.9
    data_time: 0.1  loss: 2.1  loss_cls: 1.1  loss_bbox: 1.0                                         all in one line
    2023/06/05 20:20:13 - mmengine - INFO - Epoch(val) [1][117/117]    coco/bbox_mAP: 0.31  data_time: 0.1  time: 0.2
    2023/06/05 20:10:13 - mmengine - INFO - Iter(train) [  50/80000]  lr: 1.0e-02  eta: 9:59:11  loss: 2.1

    2021-06-05 20:10:13,123 - mmdet - INFO - Epoch [1][50/500]	lr: 2.0e-02, eta: 4:59:11, time: 0.9, loss: 2.1
    2021-06-05 20:20:13,123 - mmdet - INFO - Epoch(val) [1][117]	bbox_mAP: 0.31, bbox_mAP_50: 0.5

``step`` counts iterations over all epochs; a row of validation stands at the last iteration before it, and its names
begin with ``val/``.
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

NAME = "mmengine log"
EXAMPLE = (
    "2023/06/05 20:10:13 - mmengine - INFO - Epoch(train)   [1][ 50/500]  lr: 1.000000e-03  eta: 4:59:11  "
    "time: 0.978710  data_time: 0.113012  loss: 2.121912  loss_cls: 1.021912"
)

_ROW = Expression(
    r"\b(?:Epoch(?:\((?P<mode>train|val)\))? +\[(?P<epoch>\d+)\]\[ *(?P<in_epoch>\d+)(?:/ *(?P<length>\d+))?\]"
    r"|Iter(?:\((?P<mode_>train|val)\))? +\[ *(?P<iteration>\d+)(?:/ *\d+)?\])(?P<rest>.*)"
)
_STARTS = Expression(r" - mm\w+ - INFO - ")
_PAIR = Expression(rf"(?<![\w./@-])([A-Za-z][\w./@-]*+(?: [\w.()@]++)?): ({NUMBER})(?=[,\s]|$)")
_TIMES = frozenset({"time", "data_time", "memory", "eta"})


def starts_row(line: str) -> bool:
    """Whether this is the line of an iteration of training."""
    return "loss" in line and (found := _ROW.search(line)) is not None and "loss" in found["rest"]


def read_lines(lines: Iterable[str], file: str) -> Sequence[Table]:
    """Read a log; raises `HistoryError` where no iteration is in it."""
    rows = Rows()
    step: float | None = None
    for line in as_shown(lines):
        if "[" not in line or not (found := _ROW.search(line)):
            continue
        prefix = "val/" if "val" in (found["mode"], found["mode_"]) else ""
        if not prefix:
            step = _step(found)
        row = {} if step is None else {"step": step}
        if found["epoch"]:
            row["epoch"] = float(found["epoch"])
        places = len(row)
        for name, text in _PAIR.findall(found["rest"]):
            value = number(text)
            if value is not None and name not in _TIMES:
                row[prefix + name] = value
        if len(row) > places:
            rows.add(row)
    return [table_of(file, NAME, rows, EXAMPLE, unit="step", ignored=dict.fromkeys(sorted(_TIMES), "a time or a size"))]


def _step(found: re.Match[str]) -> float:
    if found["iteration"]:
        return float(found["iteration"])
    return (float(found["epoch"]) - 1) * float(found["length"] or 0) + float(found["in_epoch"])


def _recognises(head: Head) -> bool:
    if " - mm" in head.text and how_many(head, _STARTS) > 0:
        return True
    return "lr: " in head.text and (sum(map(starts_row, head.lines)) >= 3 and how_many(head, _OLDER) >= 3)


_OLDER = Expression(r"\b(?:Epoch|Iter)(?:\(train\))? +\[[^\]]*\](?:\[[^\]]*\])?\s+(?:base_)?lr: ")


def _read(found: Opened) -> Sequence[Table]:
    return read_lines(found.lines(), found.file)


FORMATS = (
    Format(NAME, "MMEngine and MMCV: MMDetection, MMSegmentation, MMPose and others", EXAMPLE, _recognises, _read),
)
