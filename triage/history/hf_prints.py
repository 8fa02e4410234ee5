r"""Rows that the Trainer of Hugging Face prints, between the progress bars and warnings of a console.

::

      0%|          | 10/5000 [00:05<41:35,  2.00it/s]
    {'loss': 2.3012, 'grad_norm': 1.23, 'learning_rate': 4.9e-05, 'epoch': 0.02}
    {'eval_loss': 2.1011, 'eval_runtime': 3.2, 'eval_samples_per_second': 31.2, 'epoch': 1.0}
    {'train_runtime': 812.3, 'train_samples_per_second': 12.3, 'train_loss': 1.9, 'epoch': 3.0}      no row of the curve

Numbers may be quoted. The rows are taken apart with a regular expression; nothing is evaluated.
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

NAME = "hugging face output"
EXAMPLE = "{'loss': 2.3012, 'grad_norm': 1.23, 'learning_rate': 4.9e-05, 'epoch': 0.02}"

_ROW = Expression(r"\{(?=')(?=[^{}]*loss')(?=[^{}]*'(?:epoch|step)':)[^{}]*\}")
_PAIR = Expression(rf"'([^'\s:]{{1,100}})': '?({NUMBER})'?(?=[,}}\s])")
_TIMES = Expression(r"runtime|_per_second|_time$|total_flos|jit_compilation")


def starts_row(line: str) -> bool:
    """Whether there is a row in the line, but for that at the end of training."""
    return "loss'" in line and "'train_runtime'" not in line and _ROW.search(line) is not None


def read_lines(lines: Iterable[str], file: str) -> Sequence[Table]:
    """Read an output; raises `HistoryError` where no row is in it."""
    rows = Rows()
    for line in as_shown(lines):
        if "loss'" not in line or "'train_runtime'" in line:
            continue
        for text in _ROW.findall(line):
            rows.add(
                {
                    name: value
                    for name, cell in _PAIR.findall(text)
                    if (value := number(cell)) is not None and not _TIMES.search(name)
                }
            )
    return [table_of(file, NAME, rows, EXAMPLE)]


def _recognises(head: Head) -> bool:
    rows = how_many(head, _ROW) if "loss'" in head.text else 0
    return rows >= 3 or rows * 2 > len(head.lines) > 0


def _read(found: Opened) -> Sequence[Table]:
    return read_lines(found.lines(), found.file)


FORMATS = (Format(NAME, "the Trainer of Hugging Face on a console", EXAMPLE, _recognises, _read),)
