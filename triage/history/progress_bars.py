r"""Progress bars of tqdm that show a loss, as Lightning and many loops print them.

::

    Epoch 3: 100%|██████████| 50/50 [00:10<00:00,  4.95it/s, loss=0.52, v_num=0, val_loss=0.61]          Lightning
    Epoch 3/9 ━━━━━━━━━━ 50/50 0:00:10 • 0:00:00 4.95it/s loss: 0.52                                  Lightning, rich
    Epoch 4/10:  45%|████▌     | 450/1000 [01:10<01:26,  6.4it/s, loss=0.52]                            any loop
     45%|████▌     | 450/1000 [01:10<01:26,  6.4it/s, loss=0.52]

A bar is written again and again. Over several epochs its last state in each is a row; of a single epoch, or without
any, every state is one.
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

NAME = "progress bars"
EXAMPLE = "Epoch 3: 100%|██████████| 50/50 [00:10<00:00,  4.95it/s, loss=0.52, v_num=0, val_loss=0.61]"
FEWEST_EPOCHS = 3

_BAR = Expression(
    r"\d{1,3}%\|[^|]*\|\s*(?P<done>\d+)/(?P<all>\d+) \[[^\]<]*<[^\],]*,[^\],]*(?P<rest>[^\]]*)\]"
    r"|(?<![━╸╺])[━╸╺]{3,}+[━╸╺\s]*+(?P<done_>\d+)/(?P<all_>\d+)\s+[\d:]+ [•·]\s*[\d:-]+\s+[\d.]*\s*"
    r"it/s\s+(?P<rest_>.*)"
)
_EPOCH = Expression(r"\bepoch\s*[:=#\[]?\s*(\d+)(?:\s*/\s*(\d+))?", re.IGNORECASE)
_PAIR = Expression(rf"(?<![\w./-])((?:[A-Za-z_][\w./-]*+ )?[A-Za-z_][\w./-]*+)\s*+[=:]\s*+({NUMBER})(?=[,:;|\s\]%)]|$)")
LONGEST_LABEL = 100
_OTHER = Expression(r"valid|eval|test|sanity|predict|download|map\b", re.IGNORECASE)


def starts_row(line: str) -> bool:
    """Whether this is a bar that shows a loss."""
    return "oss" in line and (found := _BAR.search(line)) is not None and "loss" in _shown(line, found).lower()


def read_lines(lines: Iterable[str], file: str) -> Sequence[Table]:
    """Read an output; raises `HistoryError` where no bar shows a loss."""
    every, last = Rows(), Rows()
    row: dict[str, float] = {}
    before = 0.0
    epochs: set[float] = set()
    for line in as_shown(lines):
        if "oss" not in line or not (found := _BAR.search(line)):
            continue
        label = line[: found.start()][-LONGEST_LABEL:]
        if _OTHER.search(label):
            continue
        new = {name.strip(): value for name, text in _PAIR.findall(_shown(line, found))
               if (value := number(text)) is not None and name.strip() != "v_num"}  # fmt: skip
        if not any("loss" in name.lower() for name in new):
            continue
        done, length = float(found["done"] or found["done_"]), float(found["all"] or found["all_"])
        epoch = float(named[1]) if (named := _EPOCH.search(label)) else None
        if row and (row.get("epoch") != epoch or done < before):
            last.add({name: value for name, value in row.items() if name != "step"})
        if epoch is None:
            row = {"step": done, **new}
        else:
            epochs.add(epoch)
            row = {"step": epoch * length + done, "epoch": epoch, **new}
        before = done
        every.add({name: value for name, value in row.items() if not name.lower().startswith("val")})
    if row:
        last.add({name: value for name, value in row.items() if name != "step"})
    if len(epochs) >= FEWEST_EPOCHS:
        return [table_of(file, NAME, last, EXAMPLE, unit="epoch")]
    return [table_of(file, NAME, every, EXAMPLE, unit="step")]


def _shown(line: str, found: re.Match[str]) -> str:
    """What stands before and behind the bar itself."""
    return f"{line[: found.start()][-LONGEST_LABEL:]} , {found['rest'] or found['rest_'] or ''}"


def _recognises(head: Head) -> bool:
    if "%|" not in head.text and "━" not in head.text:
        return False
    rows = sum(map(starts_row, as_shown(head.lines)))
    return rows >= 3 or (rows > 0 and rows * 2 > len(head.lines) and how_many(head, _EPOCH) > 0)


def _read(found: Opened) -> Sequence[Table]:
    return read_lines(found.lines(), found.file)


FORMATS = (Format(NAME, "tqdm and rich: Lightning and many other loops on a console", EXAMPLE, _recognises, _read),)
