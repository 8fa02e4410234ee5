"""The text logs of known programs, and which of them a line of the middle of a file belongs to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

from triage.errors import HistoryError
from triage.history import (
    boxed_table,
    caffe,
    darknet,
    hf_prints,
    keras_bars,
    megatron,
    mmengine_text,
    nanogpt,
    progress_bars,
    yolo_console,
    yolox,
)
from triage.history.format import Format
from triage.history.table import Table

__all__ = ["FORMATS", "Reader", "known"]

FEWEST = 3
"""Rows of a format whose rows are so plain that a text about it may show one."""

Reader: TypeAlias = Callable[[Iterable[str], str], Sequence[Table]]
"""The lines of a file, or what is left of them, and its name -> its runs."""

FORMATS: tuple[Format, ...] = (
    *caffe.FORMATS,
    *megatron.FORMATS,
    *yolox.FORMATS,
    *mmengine_text.FORMATS,
    *darknet.FORMATS,
    *nanogpt.FORMATS,
    *hf_prints.FORMATS,
    *boxed_table.FORMATS,
    *yolo_console.FORMATS,
    *keras_bars.FORMATS,
    *progress_bars.FORMATS,
)

_SIGNS: tuple[tuple[str, Callable[[str], bool], Reader], ...] = (
    ("solver.cpp", caffe.starts_row, caffe.read_lines),
    (" rate, ", darknet.starts_row, darknet.read_lines),
    ("iteration", megatron.starts_row, megatron.read_lines),
    ("iter: ", yolox.starts_row, yolox.read_lines),
    ("lr: ", mmengine_text.starts_row, mmengine_text.read_lines),
    ("loss'", hf_prints.starts_row, hf_prints.read_lines),
    ("Epoch ", yolo_console.starts_row, yolo_console.read_lines),
)
"""What every such line holds, what it looks like and who reads it."""


def known(line: str) -> Reader | None:
    """The reader of the format whose rows look so; None where the line could be of any log.

    Logs begin with whatever was printed before training: arguments, a network, the source code itself. Their format
    then shows late.
    """
    for sign, starts_row, reader in _SIGNS:
        if sign in line and starts_row(line):
            return reader
    if "loss" in line or "s:" in line:
        name = nanogpt.starts_row(line)
        if name is not None:
            return lambda lines, file: _more_than_shown(nanogpt.read_lines(lines, file, name), file)
    return None


def _more_than_shown(tables: Sequence[Table], file: str) -> Sequence[Table]:
    rows = len(next(iter(tables[0].columns.values())).values)
    if rows >= FEWEST:
        return tables
    raise HistoryError(
        file,
        f"this does not look like a training history: expected a log, found {rows} rows of a {tables[0].format} in "
        "other text",
    )
