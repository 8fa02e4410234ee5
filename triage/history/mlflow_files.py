"""The file of one metric in MLflow's file store, as it lies below ``metrics/`` in the folder of a run.

::

    1664364007310 3.2727866172790527 0             milliseconds, value, step: mlruns/0/RUN/metrics/train_loss
    1664364009582 nan 1

What the metric is called stands in its path only: ``metrics/val/loss`` is ``val/loss``. Very old files lack the step;
new ones may name a data set and a model behind it.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Sequence
from pathlib import PurePath

import numpy as np

from triage.errors import HistoryError
from triage.history.format import Format
from triage.history.head import Head
from triage.history.model import Series
from triage.history.opened import Opened
from triage.history.table import Table

__all__ = ["FORMATS", "metric_name"]

NAME = "MLflow metric file"

UNNAMED = "metric"

_LINE = re.compile(
    r"\d{12,14} ([+-]?(?:\d[\d.]{0,400}(?:[eE][+-]?\d{1,3})?|nan|inf|infinity))(?: (-?\d{1,18})(?: \S.*)?)?\s*",
    re.IGNORECASE,
)

_FLATTENED = re.compile(r"(?:^|.*_)metrics_(.+)")


def metric_name(file: str) -> str:
    """What a metric file holds: its path below ``metrics``, also where a copy has it in its name with underscores."""
    *folders, name = PurePath(file).parts or ("",)
    if "metrics" in folders:
        below = len(folders) - folders[::-1].index("metrics")
        return "/".join((*folders[below:], name))
    flattened = _FLATTENED.fullmatch(name)
    return flattened[1] if flattened else name.strip("-") or UNNAMED


def _recognises(head: Head) -> bool:
    return bool(head.lines) and all(_LINE.fullmatch(line) for line in head.lines[:5])


def _read(found: Opened) -> Sequence[Table]:
    steps, values = array("d"), array("d")
    for number, line in enumerate(found.lines(), start=1):
        match = _LINE.fullmatch(line)
        if match is None:
            if line.strip():
                raise HistoryError(found.file, f"expected 'timestamp value step', found {line.strip()[:60]!r}", number)
            continue
        try:
            values.append(float(match[1]))
        except ValueError:
            raise HistoryError(found.file, f"expected a number, found {match[1][:60]!r}", number) from None
        steps.append(float(match[2] or 0))
    logged = np.ones(len(values), dtype=np.bool_)
    position = np.frombuffer(steps, dtype=np.float64)
    columns = {metric_name(found.file): Series(np.frombuffer(values, dtype=np.float64), logged)}
    # MLflow counts every value as step 0 where the program names none.
    if np.ptp(position) or position.size == 1:
        columns = {"step" if "step" not in columns else "step (counted)": Series(position, logged), **columns}
    return [Table(found.file, NAME, columns)]


FORMATS = (
    Format(
        name=NAME,
        written_by="MLflow with a file store (mlruns/EXPERIMENT/RUN/metrics/NAME)",
        example="1664364007310 3.2727866172790527 0\n1664364009582 nan 1",
        recognises=_recognises,
        read=_read,
    ),
)
