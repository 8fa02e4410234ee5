r"""Logs of Caffe's solver, as glog writes them.

::

    I0312 10:15:01.123456  4242 solver.cpp:337] Iteration 0, Testing net (#0)
    I0312 10:15:02.123456  4242 solver.cpp:404]     Test net output #0: accuracy = 0.1
    I0312 10:15:02.123456  4242 solver.cpp:404]     Test net output #1: loss = 2.31 (* 1 = 2.31 loss)
    I0312 10:15:03.123456  4242 solver.cpp:228] Iteration 0 (0.5 iter/s, 2s/100 iters), loss = 2.5
    I0312 10:15:03.123456  4242 solver.cpp:244]     Train net output #0: aux_loss = 1 (* 0.2 = 0.2 loss)
    I0312 10:15:03.123456  4242 solver.cpp:244]     Train net output #1: loss = 2.3 (* 1 = 2.3 loss)
    I0312 10:15:03.123456  4242 sgd_solver.cpp:106] Iteration 0, lr = 0.01

What is printed for one iteration is one row, and what is printed for a test another. ``loss`` is the total; of an
output with a weight (``train/aux_loss``) the weighted value is taken, which is its part of the total.
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

NAME = "caffe log"
EXAMPLE = (
    "I0312 10:15:03.123456  4242 solver.cpp:228] Iteration 100, loss = 1.25\n"
    "I0312 10:15:03.123456  4242 sgd_solver.cpp:106] Iteration 100, lr = 0.01"
)

_SOLVER = r"solver\.cpp:\d+\] "
_ITERATION = Expression(
    rf"{_SOLVER}\s*(?:\[\d+\] )?Iteration (?P<step>\d+)"
    rf"(?:[^=]{{0,80}}?\b(?P<what>loss|lr) = (?P<value>{NUMBER})|, Testing net \(#(?P<net>\d+)\))"
)
_OUTPUT = Expression(
    rf"{_SOLVER}\s*(?P<split>Train|Test) net output #\d+: (?P<name>\S+) = (?P<value>{NUMBER})"
    rf"(?: \(\* \S+ = (?P<weighted>{NUMBER}) loss\))?"
)
_STARTS = Expression(rf"^[IWEF]\d{{4,8}} [\d:.]+ +\d+ (?:sgd_)?{_SOLVER}|^I\d{{4,8}} [\d:.]+ +\d+ caffe\.cpp:\d+\] ")


def starts_row(line: str) -> bool:
    """Whether this is the line of an iteration."""
    return _ITERATION.search(line) is not None


def read_lines(lines: Iterable[str], file: str) -> Sequence[Table]:
    """Read a log; raises `HistoryError` where no iteration is in it."""
    rows = Rows()
    row: dict[str, float] = {}
    test = ""
    for line in as_shown(lines):
        if "solver.cpp:" not in line:
            continue
        if "Iteration" in line and (found := _ITERATION.search(line)):
            step, what = float(found["step"]), found["what"]
            if row.get("step") != step or what in row or bool(test) != (what is None) or what is None:
                _flush(row, rows)
                row = {"step": step}
            test = "" if what else "test" if found["net"] == "0" else f"test#{found['net']}"
            if what:
                row[what] = _value(found["value"])
        elif "net output" in line and row and (found := _OUTPUT.search(line)):
            split = test if found["split"] == "Test" else "train"
            if split:
                row[f"{split}/{found['name']}"] = _value(found["weighted"] or found["value"])
    _flush(row, rows)
    return [table_of(file, NAME, rows, EXAMPLE.splitlines()[0], unit="step")]


def _flush(row: dict[str, float], rows: Rows) -> None:
    if len(row) > 1:
        rows.add(row)


def _value(text: str) -> float:
    value = number(text)
    return float("nan") if value is None else value


def _recognises(head: Head) -> bool:
    return "solver.cpp:" in head.text and how_many(head, _STARTS) > 0


def _read(found: Opened) -> Sequence[Table]:
    return read_lines(found.lines(), found.file)


FORMATS = (Format(NAME, "Caffe and its forks, through glog", EXAMPLE, _recognises, _read),)
