r"""What YOLOv5, v7, v8 and their followers print while they train.

::

          Epoch    GPU_mem   box_loss   obj_loss   cls_loss  Instances       Size
           0/99      3.9G     0.1204    0.06516     0.0421        52        640: 100%|██████████| 25/25 [00:08<00:00]
                     Class     Images  Instances          P          R      mAP50   mAP50-95: 100%|██████████| 4/4
                       all        128        929      0.642      0.514      0.558      0.361

The losses are averages over the epoch so far, so the last line of each epoch counts. They are named ``train/box_loss``,
and what is measured on the class ``all`` ``metrics/mAP50``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from triage.history.format import Format
from triage.history.head import Head
from triage.history.log_lines import NUMBER, Expression, as_shown, number, table_of
from triage.history.opened import Opened
from triage.history.rows import Rows
from triage.history.table import Table

__all__ = ["FORMATS", "NAME", "read_lines", "starts_row"]

NAME = "yolo output"
EXAMPLE = (
    "      Epoch    GPU_mem   box_loss   obj_loss   cls_loss  Instances       Size\n"
    "       0/99      3.9G     0.1204    0.06516     0.0421        52        640: 100%|██████████| 25/25 [00:08<00:00]"
)

_HEADER = Expression(r"^\s*Epoch\s+(?:GPU_mem|gpu_mem)\s+(?P<names>\S+(?:\s+\S+)*?)\s+(?:Size|img_size)\s*$")
_ROW = Expression(rf"^\s*(?P<epoch>\d+)/\d+\s+(?:[\d.]+[GM]B?|0)\s+(?P<values>{NUMBER}(?:\s+{NUMBER})*)(?:\s*:|\s*$)")
_CLASSES = Expression(r"^\s*Class\s+Images\s+(?:Instances|Labels|Targets)\s+(?P<names>[^:]*+(?::\.95[^:]*+)?)")
_ALL = Expression(rf"^\s*all\s+\d+\s+\d+\s+(?P<values>{NUMBER}(?:\s+{NUMBER})*)\s*$")
_COUNTS = frozenset({"instances", "labels", "targets"})


def starts_row(line: str) -> bool:
    """Whether this is the header above the losses of an epoch."""
    return "Epoch" in line and _HEADER.match(line) is not None


def read_lines(lines: Iterable[str], file: str) -> Sequence[Table]:
    """Read an output; raises `HistoryError` where no epoch is in it."""
    rows = Rows()
    names: list[str] = []
    measures: list[str] = []
    row: dict[str, float] = {}
    for line in as_shown(lines):
        if "Epoch" in line and (found := _HEADER.match(line)):
            names = [_name(name) for name in found["names"].split()]
        elif names and "/" in line and (found := _ROW.match(line)):
            if row and row["epoch"] != float(found["epoch"]):
                rows.add(row)
            row = {"epoch": float(found["epoch"]), **_cells(names, found["values"])}
        elif "Class" in line and (found := _CLASSES.match(line)):
            measures = [
                f"metrics/{name}" for name in found["names"].replace("mAP@.5 mAP@.5:.95", "mAP50 mAP50-95").split()
            ]
        elif row and " all " in line and (found := _ALL.match(line)):
            row |= _cells(measures, found["values"])
            rows.add(row)
            row = {}
    if row:
        rows.add(row)
    return [table_of(file, NAME, rows, EXAMPLE.splitlines()[1].strip(), unit="epoch")]


def _name(word: str) -> str:
    lower = word.lower()
    if lower in _COUNTS:
        return ""
    return f"train/{word}" if lower.endswith("loss") else f"train/{word}_loss"


def _cells(names: Sequence[str], values: str) -> dict[str, float]:
    return {
        name: value
        for name, text in zip(names, values.split(), strict=False)
        if name and (value := number(text)) is not None
    }


def _recognises(head: Head) -> bool:
    if "PU_mem" not in head.text and "pu_mem" not in head.text:
        return False
    shown = list(as_shown(head.lines))
    return any(map(starts_row, shown)) and any(map(_ROW.match, shown))


def _read(found: Opened) -> Sequence[Table]:
    return read_lines(found.lines(), found.file)


FORMATS = (Format(NAME, "YOLOv5, YOLOv7, YOLOv8 and their followers on a console", EXAMPLE, _recognises, _read),)
