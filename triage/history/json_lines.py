"""A JSON object per line, as many trainers write them.

::

    {"current_steps": 5, "total_steps": 8712, "loss": 1.7, "eval_loss": null, ...}     LLaMA-Factory trainer_log.jsonl
    {"iteration": 19, "total_loss": 2.1, "loss_cls": 0.7, "lr": 1.6e-05, ...}          Detectron2 metrics.json
    {"lr": 4e-08, "loss": 0.42, "epoch": 1, "iter": 1, "step": 1}                      MMEngine scalars.json
    {"coco/AP": 0.1, "step": 1}                                                        its evaluation: step is the epoch
    {"mode": "train", "epoch": 1, "iter": 50, "lr": 0.02, "loss": 2.1}                 mmcv *.log.json
    {"train_loss": 24.5, "test_loss": 23.9, "epoch": 0}                                DETR, MAE log.txt
    {"_step": 0, "_runtime": 4.9, "loss": 1.2}                                         W&B wandb-history.jsonl

Lines that are no objects are passed over, and so is a last line that breaks off: the run may be writing it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from triage.errors import HistoryError
from triage.history.format import Format
from triage.history.head import Head
from triage.history.json_numbers import numbers_in
from triage.history.opened import Opened
from triage.history.rows import Rows
from triage.history.table import Table

__all__ = ["FORMATS", "NAME", "JsonLines", "table_of_lines"]

NAME = "JSON lines"

RUN_NAMES = ("run_id", "run_name", "run")
MOST_RUNS = 1000
MOST_STRANGE = 0.5
"""Share of lines that may be no objects."""


@dataclass
class _Run:
    """Rows of one run, and where it stands."""

    rows: Rows = field(default_factory=Rows)
    step: float = 0.0
    """Of the last training row."""

    before: float = 0.0
    """Iterations of the epochs that are over, where a log counts them anew in each."""

    epoch: float | None = None
    iteration: float = 0.0


def table_of_lines(lines: Iterable[str], file: str) -> Sequence[Table]:
    """Read the lines of a file; raises `HistoryError` where they are no rows of numbers.

    Args:
        lines: without their ends.
        file: its name for messages.

    """
    read = JsonLines(file)
    read.take(lines)
    return read.tables()


class JsonLines:
    """The lines of a file, taken in as they come.

    Args:
        file: its name for messages.

    """

    def __init__(self, file: str) -> None:
        """Start without lines."""
        self.file = file
        self._runs: dict[str, _Run] = {}
        self._strange: list[int] = []
        self._count = self._number = 0

    def take(self, lines: Iterable[str]) -> None:
        """Take the next lines, without their ends; raises `HistoryError` where they are of too many runs."""
        for line in lines:
            self._number += 1
            if not line.strip():
                continue
            self._count += 1
            row = _object(line)
            if row is None:
                self._strange.append(self._number)
                continue
            name = _run_of(row)
            if name not in self._runs and len(self._runs) >= MOST_RUNS:
                raise HistoryError(self.file, f"expected at most {MOST_RUNS} runs, found more", self._number)
            _take(self._runs.setdefault(name, _Run()), row)

    def tables(self) -> Sequence[Table]:
        """A table for each run; no line can be taken while the arrays in it are held.

        Raises:
            HistoryError: the lines are no rows of numbers.

        """
        strange = self._strange
        if len(strange) > MOST_STRANGE * self._count:
            raise HistoryError(self.file, "expected a JSON object in each line, found other lines", strange[0])
        if strange[-1:] == [self._number] and len(strange) == 1:
            strange = []
        warnings = [f"{len(strange)} lines are no JSON objects, the first is line {strange[0]}"] if strange else []
        return [_table(self.file, name, run.rows, warnings) for name, run in self._runs.items() if len(run.rows)] or [
            _table(self.file, "", Rows(), warnings)
        ]


def _object(line: str) -> Mapping[str, object] | None:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return row if isinstance(row, dict) else None


def _run_of(row: Mapping[str, object]) -> str:
    for key in RUN_NAMES:
        if key in row and isinstance(name := row[key], str):
            return name
    return ""


def _take(run: _Run, row: Mapping[str, object]) -> None:
    numbers = numbers_in(row)
    if not numbers:
        return
    if "mode" in row and {"epoch", "iter"} <= numbers.keys():
        _place_mmcv(run, row["mode"] != "val", numbers)
    elif "step" in numbers and "iter" in numbers:
        run.step, run.epoch = numbers["step"], numbers.get("epoch", 0.0)
        del numbers["iter"]
    elif "step" in numbers and run.epoch is not None and numbers["step"] < run.step:
        numbers["epoch"], numbers["step"] = numbers["step"], run.step
    run.rows.add(numbers)


def _place_mmcv(run: _Run, is_training: bool, numbers: dict[str, float]) -> None:
    """Count the iterations of all epochs on; an evaluation stands where the training before it ended."""
    epoch, iteration = numbers["epoch"], numbers.pop("iter")
    if is_training:
        if run.epoch is not None and epoch > run.epoch:
            run.before += run.iteration
        run.epoch, run.iteration = epoch, iteration
        run.step = run.before + iteration
    numbers["step"] = run.step


def _table(file: str, name: str, rows: Rows, warnings: Sequence[str]) -> Table:
    columns = rows.columns()
    if not columns:
        raise HistoryError(file, "expected numbers in the objects of its lines, found none")
    known = {"step": "current_steps"} if "current_steps" in columns else {}
    return Table(file, _named(columns), columns, tuple(warnings), run=name, ignored=rows.ignored, known=known)


def _named(columns: Mapping[str, object]) -> str:
    for names, name in _WRITERS:
        if names <= columns.keys():
            return name
    return NAME


_WRITERS = (
    ({"current_steps", "loss"}, "LLaMA-Factory log"),
    ({"iteration", "total_loss"}, "Detectron2 metrics"),
    ({"_step", "_runtime"}, "W&B history"),
    ({"data_time", "time", "step"}, "MMEngine scalars"),
)


def _lines(found: Opened) -> Sequence[Table]:
    return table_of_lines(found.lines(), found.file)


def _recognises(head: Head) -> bool:
    if not head.text.lstrip("\ufeff \t\r\n").startswith("{"):
        return False
    objects = [_object(line) is not None for line in head.lines[:5]]
    return len(objects) > 1 and any(objects) and all(objects[: len(objects) - 1])


FORMATS = (
    Format(
        name=NAME,
        written_by="LLaMA-Factory, Detectron2, MMEngine, mmcv, DETR, MAE, W&B, any loop",
        example='{"step": 10, "loss": 1.83, "lr": 0.001}\n{"step": 20, "loss": 1.41, "lr": 0.001}',
        recognises=_recognises,
        read=_lines,
    ),
)
