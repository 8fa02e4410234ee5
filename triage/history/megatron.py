r"""Logs of Megatron-LM and what was made of it: Megatron-DeepSpeed, NeMo's older recipes, GPT-NeoX.

::

     iteration      100/  500000 | consumed samples:   25600 | elapsed time per iteration (ms): 412.7 | learning rate:
     1.500E-04 | global batch size:   256 | lm loss: 7.123456E+00 | loss scale: 4294967296.0 | grad norm: 1.234 |
     number of skipped iterations:   0 | number of nan iterations:   0 |                               all in one line
     validation loss at iteration 1000 | lm loss value: 5.123456E+00 | lm loss PPL: 1.679151E+02 |

The word nan stands on every line of a healthy run. A loss of validation is called ``validation lm loss``; one at the
end of training has no position and is no row.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, chain, islice
from operator import add

from triage.history.alike import Alike, split_line
from triage.history.format import Format
from triage.history.head import Head
from triage.history.log_lines import NUMBER, Expression, as_shown, how_many, number, table_of
from triage.history.opened import Opened
from triage.history.rows import Rows
from triage.history.table import Table

__all__ = ["FORMATS", "NAME", "read_lines", "starts_row"]

NAME = "megatron log"
EXAMPLE = (
    " iteration      100/  500000 | consumed samples: 25600 | learning rate: 1.500E-04 | lm loss: 7.123456E+00 | "
    "loss scale: 1.0 | grad norm: 1.234 | number of nan iterations:   0 |"
)

_ITERATION = Expression(r"\biteration\s+(\d+)/\s*\d+ \|")
_VALIDATION = Expression(r"\b(validation|valid|test) loss at iteration (\d+)(?: on (validation|test) set)?\s*\|")
_PAIR = Expression(
    rf"\| *(?=[^|:]*(?:loss|learning|grad|norm))([^|:]*?[^|: ])(?: value)?(?::\s*+| ++)({NUMBER}) *(?=\|)"
)
"""Names and values between bars, those alone that are curves; the rest is time, size and counts."""

_LEFT_OUT = "a time, a size or a count"


def starts_row(line: str) -> bool:
    """Whether this is the line of an iteration."""
    return "iteration" in line and _ITERATION.search(line) is not None and "loss" in line


def read_lines(lines: Iterable[str], file: str) -> Sequence[Table]:
    """Read a log; raises `HistoryError` where no iteration is in it."""
    rows = Rows()
    alike = Alike()
    for line in as_shown(lines):
        if "iteration" not in line or "|" not in line:
            continue
        if known := alike.read(line):
            rows.add(known[0])
            continue
        words, numbers = split_line(line)
        if names := _names(words, numbers):
            rows.add({name: value for at, name in names.items() if (value := number(numbers[at])) is not None})
            alike.learn(words, numbers, names)
    return [table_of(file, NAME, rows, EXAMPLE, unit="step", ignored={"elapsed time, samples, counts": _LEFT_OUT})]


def _names(words: Sequence[str], numbers: Sequence[str]) -> dict[int, str]:
    """Which of the numbers of a line are values of what name; empty where it is no row."""
    line = words[0] + "".join(map(add, numbers, words[1:]))
    if found := _ITERATION.search(line):
        place, prefix = 1, ""
    elif found := _VALIDATION.search(line):
        place, prefix = 2, f"{found[3] or found[1]} "
    else:
        return {}
    starts = accumulate(map(len, chain.from_iterable(zip(words, numbers, strict=False))))
    at = {start: position for position, start in enumerate(islice(starts, 0, None, 2))}
    names = {at[start]: prefix + name for name, start in _pairs(line, found.end() - 1) if start in at}
    return {at[found.start(place)]: "step", **names} if names and found.start(place) in at else {}


def _pairs(line: str, start: int) -> Iterator[tuple[str, int]]:
    return ((found[1], found.start(2)) for found in _PAIR.finditer(line, start))


def _recognises(head: Head) -> bool:
    return "iteration" in head.text and how_many(head, _ITERATION) > 0 and any(map(starts_row, head.lines))


def _read(found: Opened) -> Sequence[Table]:
    return read_lines(found.lines(), found.file)


FORMATS = (Format(NAME, "Megatron-LM, Megatron-DeepSpeed, GPT-NeoX", EXAMPLE, _recognises, _read),)
