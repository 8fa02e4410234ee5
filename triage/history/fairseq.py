"""fairseq's logs: JSON behind the head of each line, or the older text.

::

    [2022-04-08 18:57:17,965][train_inner][INFO] - {"epoch": 1, "update": 0.4, "loss": "6.5", "num_updates": "200",
        "lr": "3.1e-06", "gnorm": "1.7", "loss_scale": "16"}
    [2022-04-08 18:58:04,035][valid][INFO] - {"epoch": 1, "valid_loss": "6.389", "valid_num_updates": "479"}
    [2022-04-08 18:58:04,035][train][INFO] - {"epoch": 1, "train_loss": "6.58", "train_gnorm": "1.5", ...}
    2020-05-01 10:00:00 | INFO | train_inner | epoch 001:    100 / 500 loss=9.1, ppl=550, num_updates=100, lr=1e-05
    | epoch 001 | valid on 'valid' subset | loss 8.2 | ppl 294 | num_updates 500
    | epoch 001 | loss 9.1 | gnorm 1.2 | lr 1e-05 | loss_scale 16

Numbers of the JSON are texts. Every kind of line counts its updates; the summary of an epoch is kept beside the lines
inside it, where there are such, and else is the training loss.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence

from triage.errors import HistoryError
from triage.history.format import Format
from triage.history.head import Head
from triage.history.json_numbers import number_in, numbers_in
from triage.history.opened import Opened
from triage.history.rows import Rows
from triage.history.table import Table

__all__ = ["FORMATS"]

_JSON = re.compile(r"(?:\]\[(?:train|train_inner|valid)\]\[\w+\] -|\| (?:train|train_inner|valid) \|) (\{.*\})\s*$")
_TEXT = re.compile(r"\| epoch (?P<epoch>\d+)(?: \| (?P<split>valid)[^|]*\||:\s+\d+ / \d+| \|)(?P<rest>.*)")
_PAIR = re.compile(r"([A-Za-z_]\w*)(?: |=)([-+0-9.a-zA-Z]+)(?=,| \||\s*$)")
_HEAD = re.compile(r"fairseq|\| epoch \d+[:| ]|\]\[(?:train|train_inner|valid)\]\[INFO\] - \{")

UPDATES = ("num_updates", "train_num_updates", "valid_num_updates")
STEP = "num_updates"


def _read(found: Opened) -> Sequence[Table]:
    rows = Rows()
    step = 0.0
    for row in _rows(found.lines()):
        counted = [row.pop(name) for name in UPDATES if name in row]
        step = counted[0] if counted else step
        rows.add({STEP: step, **row})
    columns = rows.columns()
    if len(columns) < 2:
        raise HistoryError(found.file, "expected lines of train_inner, train or valid with numbers, found none")
    known = {"step": STEP}
    loss = next((name for name in ("loss", "train_loss") if name in columns), None)
    if loss is not None:
        known["train_loss"] = loss
    return [Table(found.file, "fairseq log", columns, ignored=rows.ignored, known=known)]


def _rows(lines: Iterator[str]) -> Iterator[dict[str, float]]:
    for line in lines:
        if "epoch" not in line:
            continue
        if (found := _JSON.search(line)) and (row := _object(found[1])):
            yield numbers_in(row)
        elif found := _TEXT.search(line):
            numbers = _pairs(found["rest"])
            prefix = "valid_" if found["split"] else ""
            if numbers:
                yield {"epoch": float(found["epoch"]), **{f"{prefix}{name}": value for name, value in numbers.items()}}


def _object(text: str) -> Mapping[str, object]:
    try:
        row = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return row if isinstance(row, dict) else {}


def _pairs(text: str) -> dict[str, float]:
    return {name: value for name, written in _PAIR.findall(text) if (value := number_in(written)) is not None}


def _recognises(head: Head) -> bool:
    fitting = [line for line in head.lines if _HEAD.search(line)]
    return any("fairseq" in line and "][" in line[:60] for line in fitting[:50]) or any(
        _TEXT.search(line) or _JSON.search(line) for line in fitting
    )


FORMATS = (
    Format(
        name="fairseq log",
        written_by="fairseq: hydra_train.log, train.log",
        example='[2022-04-08 18:58:04,035][valid][INFO] - {"epoch": 1, "valid_loss": "6.389", ...}',
        recognises=_recognises,
        read=_read,
    ),
)
