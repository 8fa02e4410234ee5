"""The state of a Hugging Face Trainer: ``trainer_state.json`` of an output folder or a checkpoint.

::

    {"best_metric": null, "global_step": 3000, "log_history": [
      {"epoch": 0.43, "learning_rate": 0.0199, "loss": 4.26, "grad_norm": 1.1, "step": 10},
      {"epoch": 0.43, "eval_loss": 3.98, "eval_runtime": 28.5, "step": 10},
      {"epoch": 3.0, "step": 3000, "train_loss": 1.2, "train_runtime": 845.2, "total_flos": 1e17}
    ]}

The last row holds averages of the whole run, which are no point of its curve. What was logged at one step, such as
several sets that were evaluated, is one row.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from triage.errors import HistoryError
from triage.history.format import Format
from triage.history.head import Head
from triage.history.json_document import document_in
from triage.history.json_numbers import described, numbers_in, parsed
from triage.history.opened import Opened
from triage.history.rows import Rows
from triage.history.table import Table

__all__ = ["FORMATS"]

PLACES = {"step", "epoch"}
_EVALUATED = re.compile(r"eval_\w*loss")


def _read(found: Opened) -> Sequence[Table]:
    state = parsed(document_in(found), found.file)
    logged = state.get("log_history") if isinstance(state, dict) else None
    if not isinstance(logged, list) or not all(isinstance(row, dict) for row in logged):
        raise HistoryError(
            found.file,
            f"this does not look like a training history: expected rows in log_history, found {described(state)}",
        )
    rows = Rows()
    for row in _by_step(numbers_in(row) for row in logged if "train_runtime" not in row):
        rows.add(row)
    columns = rows.columns()
    if not columns:
        raise HistoryError(found.file, "expected losses in log_history, found no rows that were logged on the way")
    evaluated = [name for name in columns if _EVALUATED.fullmatch(name)]
    known = {} if not evaluated or "eval_loss" in evaluated else {"val_loss": evaluated[0]}
    warnings = [f"{len(evaluated)} sets were evaluated; {evaluated[0]} is the validation loss"] if known else []
    return [
        Table(found.file, "Hugging Face trainer state", columns, tuple(warnings), ignored=rows.ignored, known=known)
    ]


def _by_step(rows: Iterable[dict[str, float]]) -> Iterable[Mapping[str, float]]:
    """Rows that follow each other at one step, and say different things of it, as one."""
    present: dict[str, float] = {}
    for row in rows:
        same_place = "step" in row and row["step"] == present.get("step")
        if present and same_place and not (row.keys() & present.keys()) - PLACES:
            present |= row
            continue
        if present:
            yield present
        present = row
    if present:
        yield present


def _recognises(head: Head) -> bool:
    return head.text.lstrip("\ufeff \t\r\n").startswith("{") and '"log_history"' in head.text


FORMATS = (
    Format(
        name="Hugging Face trainer state",
        written_by="transformers.Trainer and what builds on it: trainer_state.json",
        example='{"log_history": [{"epoch": 0.43, "learning_rate": 0.0199, "loss": 4.26, "step": 10}]}',
        recognises=_recognises,
        read=_read,
    ),
)
