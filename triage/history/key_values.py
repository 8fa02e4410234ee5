r"""Lines with names and numbers, as people's own loops print them; the last format that a text is tried as.

::

    Epoch 05 | Train Loss: 0.5123 | Val Loss: 0.6011 | Val Acc: 81.2% | Time: 37.9s
    2024-01-01 12:00:00,123 INFO trainer: epoch 1 step 200 train loss 0.5123, lr 1.0e-04
    Epoch [1/10], Step [100/600], Loss: 0.5123
    [Epoch 1/200] [Batch 10/938] [D loss: 0.6931] [G loss: 0.7012]
    Epoch: [0][  10/5005]  Time 0.5 (1.2)  Loss 6.9412 (6.9702)  Acc@1 0.00 (0.10)        the value, not its average
    Train Epoch: 1 [640/60000 (1%)]  Loss: 2.3012
    Test set: Average loss: 0.0512, Accuracy: 9800/10000 (98%)
    [1,  2000] loss: 2.196
    Cost after iteration 100: 0.6931
    Epoch 0/24                                                  the place of the lines below it
    train Loss: 0.5123 Acc: 0.8123

A text is a log where lines with the same names come again and name their places. Prose, timestamps, units and colours
between the numbers do not matter; times, sizes and best values so far are left out. Lines about a place within an
epoch and lines about a whole epoch are columns of their own (``loss`` and ``loss (epoch)``), and of a bar through
validation data its end counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from triage.errors import HistoryError
from triage.history.alike import Alike, split_line
from triage.history.format import Format
from triage.history.head import Head
from triage.history.line_pairs import LOSS_OR_SCORE, LineShape, header_split, shape_of
from triage.history.log_lines import Expression, as_shown, number
from triage.history.model import Series
from triage.history.opened import Opened
from triage.history.rows import Rows
from triage.history.table import Table
from triage.history.text_logs import known

__all__ = ["FORMATS", "NAME", "read_lines"]

NAME = "text log"
EXAMPLE = "Epoch 05 | Train Loss: 0.5123 | Val Loss: 0.6011 | Val Acc: 81.2% | Time: 37.9s"

FEWEST = 3
"""Rows with the same names."""

LEAST_SHARE = 0.02
"""Of the lines that are not empty."""

ENOUGH = 10_000
"""Rows by which it is judged whether values differ."""

MOST_COLUMNS = 60
MOST_SHAPES = 3_000
MOST_NUMBERS = 200
LONGEST_PLACE = 80
"""Characters of a line that only says where the lines below it stand."""

UNDECIDED = 200
"""Rows after which it is no longer looked whether a better known format begins late in the file."""

_WORTH = Expression(r"loss|epoch|step|iter|acc|cost|nll|mse|entropy|elbo|bpd|objective|\bep\b|lr", re.IGNORECASE)
_CODE = Expression(
    r"^\s*(?:def |class |import |from \S+ import |#include|return\b|@\w|elif |else:|\}|\{|//|/\*)|[;{]\s*$"
)
_MARKDOWN = Expression(r"^(?:#{1,6} \S|```|\[!\[|- \[|\* \[|\|[ :-]+\|)")
_WRAPPED = Expression(r"\b(?:tensor|array|(?:np\.|numpy\.)?float\d+)\(\[?\s*([^\s,()\[\]]{1,40})[^()]{0,120}\)")
_EPOCH, _STEP, _DONE, _OF, _LEADING = "\0epoch", "\0step", "\0done", "\0of", "\0leading"
_WHOLE = "\0whole"
"""Behind the name of what a line about a whole epoch says."""


class _Gathering:
    """Rows of a log, as they come."""

    def __init__(self) -> None:
        self.rows = Rows()
        self.names: dict[tuple[str, ...], int] = {}
        self.lines = self.code = self.markdown = 0
        self._shapes: dict[tuple[str, str], LineShape | None] = {}
        self._columns: set[str] = set()
        self._split = ""
        self._epoch: float | None = None
        self._step: float | None = None
        self._held: tuple[dict[str, float], LineShape] | None = None
        self._alike = Alike()
        self._unlike = 0

    def line(self, line: str) -> None:
        """Take the next line."""
        if self._held is None and (known := self._alike.read(line)):
            self.lines += 1
            row, names = known
            self.rows.add(row)
            self.names[names] = self.names.get(names, 0) + 1
            return
        words, numbers = split_line(line)
        if not numbers:
            self._words(line)
            return
        self.lines += 1
        key = ("\1".join(words), self._split)
        shape = self._shapes[key] if key in self._shapes else self._new(key, line, words, numbers)
        if shape is None:
            return
        if shape.is_row:
            self._row(shape, words, numbers)
        elif shape.is_place and len(line) <= LONGEST_PLACE:
            self._epoch, self._step = _number(numbers, shape.epoch), _number(numbers, shape.step)
            self._below("")
            self._alike.forget()

    def end(self) -> None:
        """Take what was held back."""
        if self._held is not None:
            self._add(*self._held)
            self._held = None

    def _words(self, line: str) -> None:
        """A line without numbers."""
        if not line or line.isspace():
            self._below("")
            return
        self.lines += 1
        if _CODE.search(line):
            self.code += 1
        elif _MARKDOWN.match(line):
            self.markdown += 1
        else:
            self._below(header_split(line) or self._split)

    def _below(self, split: str) -> None:
        """Say what the lines below belong to where they do not say it."""
        if split != self._split:
            self._split = split
            self._alike.forget()

    def _new(self, key: tuple[str, str], line: str, words: list[str], numbers: list[str]) -> LineShape | None:
        """The shape of a line with new words."""
        shape = None
        if _CODE.search(line):
            self.code += 1
            return None
        if _MARKDOWN.match(line):
            self.markdown += 1
        if _WORTH.search(line) and len(numbers) <= MOST_NUMBERS:
            shape = shape_of(words, numbers, self._split)
            if not (shape.is_row or shape.is_place):
                shape = None
        if len(self._shapes) < MOST_SHAPES:
            self._shapes[key] = shape
        else:
            self._unlike += 1
        return shape

    @property
    def hopeless(self) -> bool:
        """Whether thousands of lines were met that all say something else."""
        return self._unlike >= MOST_SHAPES and max(self.names.values(), default=0) < LEAST_SHARE * self._unlike

    def _row(self, shape: LineShape, words: list[str], numbers: list[str]) -> None:
        row: dict[str, float] = {}
        places = {
            _EPOCH: shape.epoch, _STEP: shape.step, _DONE: shape.done, _OF: shape.of, _LEADING: shape.leading
        }  # fmt: skip
        for place, at in places.items():
            if at is not None and (value := number(numbers[at])) is not None:
                row[place] = value
        above: dict[str, float] = {}
        if shape.epoch is None and self._epoch is not None:
            above[_EPOCH] = self._epoch
        if shape.step is None and shape.done is None and shape.leading is None and self._step is not None:
            above[_STEP] = self._step
        row |= above
        through = shape.is_validation and shape.of is not None
        whole = "" if _STEP in row or _DONE in row or shape.is_validation else _WHOLE
        for name, (at, share) in shape.values.items():
            value = number(numbers[shape.averages.get(name, at) if through else at])
            if value is not None and share is not None:
                value = value / of if (of := number(numbers[share])) else None
            if value is not None:
                row[name + whole] = value
        if through:
            self._held = {name: value for name, value in row.items() if name not in (_STEP, _DONE, _OF)}, shape
            return
        if self._held is not None:
            if not (shape.is_validation and self._held[0].keys() & shape.values.keys()):
                self._add(*self._held)
            self._held = None
        self._add(row, shape)
        read = {at: place for place, at in places.items() if at is not None}
        read |= {at: name + whole for name, (at, _) in shape.values.items()}
        if {*read.values(), *above} == row.keys() and not any(share is not None for _, share in shape.values.values()):
            self._alike.learn(words, numbers, read, above, shape.curves)

    def _add(self, row: dict[str, float], shape: LineShape) -> None:
        if not row.keys() <= self._columns:
            for name in list(row):
                if name not in self._columns and len(self._columns) >= MOST_COLUMNS:
                    del row[name]
            self._columns |= row.keys()
        self.rows.add(row)
        names = shape.curves
        if names in self.names or len(self.names) < MOST_SHAPES:
            self.names[names] = self.names.get(names, 0) + 1


def _number(numbers: Sequence[str], at: int | None) -> float | None:
    return None if at is None else number(numbers[at])


def read_lines(lines: Iterable[str], file: str) -> Sequence[Table]:
    """Read a log.

    Args:
        lines: of the file.
        file: its name for messages.

    Raises:
        HistoryError: it is none.

    """
    gathered = _Gathering()
    shown = map(_unwrapped, as_shown(lines))
    for line in shown:
        if len(gathered.rows) < UNDECIDED and (reader := known(line)):
            return reader(chain([line], shown), file)
        gathered.line(line)
        if gathered.hopeless:
            break
    gathered.end()
    if not _is_log(gathered):
        raise HistoryError(
            file,
            "this does not look like a training history: expected lines that name a loss and its value again and "
            f"again, such as {EXAMPLE[:29]!r}, found {len(gathered.rows)} of them in {gathered.lines} lines",
        )
    columns = _columns(gathered.rows.columns())
    return [Table(file, NAME, columns, ignored=gathered.rows.ignored)]


def _unwrapped(line: str) -> str:
    """A line with its tensors and arrays of one number as that number."""
    return _WRAPPED.sub(r"\1", line) if "tensor(" in line or "array(" in line or "float" in line else line


def _is_log(gathered: _Gathering) -> bool:
    rows = len(gathered.rows)
    most = max(gathered.names.values(), default=0)
    columns = gathered.rows.columns()
    losses = [name for name in columns if _is_loss_or_score(name)]
    places = [columns[name] for name in (_EPOCH, _STEP, _DONE, _LEADING) if name in columns]
    varied = 1 + sum(max(_variety(place) - 1, 0) for place in places) >= min(FEWEST, rows)
    if not losses:
        return False
    if rows < FEWEST:
        return varied and rows * 2 >= gathered.lines
    if gathered.code * 10 > gathered.lines or (gathered.markdown * 20 > gathered.lines and rows * 2 < gathered.lines):
        return False
    if not varied:
        varied = any(_variety(columns[name]) >= FEWEST for name in losses)
        return varied and most * 5 >= gathered.lines
    return most >= FEWEST and rows >= LEAST_SHARE * gathered.lines


def _is_loss_or_score(name: str) -> bool:
    return not name.startswith("\0") and LOSS_OR_SCORE.search(name) is not None and "scale" not in name


def _variety(series: Series) -> int:
    """Different values among the first of them."""
    return int(np.unique(series.values[:ENOUGH][series.logged[:ENOUGH]]).size)


def _columns(gathered: Mapping[str, Series]) -> dict[str, Series]:
    """The columns with their places in one unit."""
    gathered = _without_settings(gathered)
    epoch, step, done = (gathered.get(name) for name in (_EPOCH, _STEP, _DONE))
    columns: dict[str, Series] = {}
    if place := _place(epoch, step, done, gathered.get(_OF)):
        columns["step"] = place
    elif epoch is None and (leading := gathered.get(_LEADING)) is not None and _counts(leading):
        columns["step"] = leading
    if epoch is not None:
        columns["epoch"] = epoch
    for name, series in gathered.items():
        if name.startswith("\0"):
            continue
        plain = name.removesuffix(_WHOLE)
        if name != plain:
            plain = f"{plain} (epoch)" if plain in gathered else plain
        columns[plain] = series
    return columns


def _without_settings(gathered: Mapping[str, Series]) -> Mapping[str, Series]:
    """Without the rows before the first that names its place, which are settings, and without sums at the end.

    A row among the others that names none stands where the row before it stood.
    """
    places = [series.logged for name, series in gathered.items() if name in (_EPOCH, _STEP, _DONE, _LEADING)]
    placed = np.logical_or.reduce(places) if places else np.array([False])
    if placed.all() or 2 * np.count_nonzero(placed) < placed.size:
        return gathered
    once = [
        name for name, series in gathered.items() if series.logged.sum() == 1 and not (series.logged & placed).any()
    ]
    others = [series.logged for name, series in gathered.items() if name not in once and _is_loss_or_score(name)]
    kept = (np.arange(placed.size) >= placed.argmax()) & np.logical_or.reduce([placed, *others])
    return {
        name: Series(series.values[kept], series.logged[kept])
        for name, series in gathered.items()
        if name not in once and series.logged[kept].any()
    }


def _place(epoch: Series | None, step: Series | None, done: Series | None, of: Series | None) -> Series | None:
    """Steps over the whole run, from steps that go on or begin anew with every epoch."""
    within = step if step is not None else done
    if within is None:
        return None
    if step is not None and done is not None:
        within = Series(np.where(step.logged, step.values, done.values), step.logged | done.logged)
    if epoch is None:
        return within
    both = within.logged & epoch.logged & np.isfinite(epoch.values)
    if not both.any():
        return within
    epochs, inside = epoch.values[both], within.values[both]
    later = np.flatnonzero(np.diff(epochs) > 0) + 1
    if later.size and 2 * np.count_nonzero(inside[later] < inside[later - 1]) < later.size:
        return within
    lengths = np.empty(within.values.size)
    lengths[both] = _lengths(epochs, inside, None if of is None else of.values[both])
    first = min(float(np.min(epochs)), 1.0)
    return Series(np.where(both, (epoch.values - first) * lengths + within.values, np.nan), both)


def _lengths(
    epochs: NDArray[np.float64], inside: NDArray[np.float64], of: NDArray[np.float64] | None
) -> NDArray[np.float64]:
    """For each row the steps in an epoch of its run; where epochs or steps fall back another run begins."""
    back = (np.diff(epochs) < 0) | ((np.diff(epochs) == 0) & (np.diff(inside) < 0))
    starts = np.concatenate([[0], np.flatnonzero(back) + 1])
    steps = np.diff(inside)
    stride = float(np.median(steps[steps > 0])) if (steps > 0).any() else 1.0
    most = np.maximum.reduceat(inside, starts)
    lengths = most + stride
    if of is not None:
        said = np.maximum.reduceat(np.where(np.isfinite(of), of, 0.0), starts)
        lengths = np.where(said >= most, said, lengths)
    return np.repeat(lengths, np.diff(np.concatenate([starts, [epochs.size]])))


def _counts(leading: Series) -> bool:
    """Whether numbers at the beginning of lines count them."""
    values = leading.values[leading.logged]
    return values.size >= FEWEST and np.unique(values).size * 2 > values.size and bool(np.all(np.diff(values) >= 0))


def _head_lines(head: Head) -> Iterator[str]:
    return as_shown(head.text.splitlines())


def _recognises(head: Head) -> bool:
    if not head.lines or head.text.lstrip()[:1] in ("{", "[{", "<"):
        return False
    if not head.whole:
        return True
    try:
        read_lines(_head_lines(head), head.file)
    except HistoryError:
        return False
    return True


def _read(found: Opened) -> Sequence[Table]:
    return read_lines(found.lines(), found.file)


FORMATS = (Format(NAME, "training loops that print or log a line for each step or epoch", EXAMPLE, _recognises, _read),)
