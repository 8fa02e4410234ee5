r"""What Keras prints while it trains, with a bar or without.

::

    Epoch 3/10
    100/100 [==============================] - 2s 10ms/step - loss: 0.5 - accuracy: 0.8 - val_loss: 0.6     Keras 2
    100/100 ━━━━━━━━━━━━━━━━━━━━ 2s 10ms/step - accuracy: 0.8000 - loss: 0.5000 - val_loss: 0.6000          Keras 3
    100/100 - 2s - loss: 0.5 - accuracy: 0.8 - val_loss: 0.6                                              verbose=2

The numbers of a bar are averages over the epoch so far, so its last one alone counts. A bar that starts again within an
epoch is an evaluation, which is no row of the curve.
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

NAME = "keras output"
EXAMPLE = "Epoch 3/10\n100/100 [==============================] - 2s 10ms/step - loss: 0.5 - val_loss: 0.6"

_EPOCH = Expression(r"^\s*Epoch (\d+)(?:/\d+)?\s*$")
_BAR = Expression(
    r"(?:^|\s)(?P<done>\d++)/(?P<all>\d++|Unknown|None)\s++"
    r"(?:\[[=>.\s]*\]|[━╸╺]{3,}+|-(?= +\d+m?s))\s*(?P<rest>.*)"
)
_PAIR = Expression(rf"- +([A-Za-z_][^:\-]*(?:-[^:\s]+)?): +({NUMBER})(?=\s|$)")


def starts_row(line: str) -> bool:
    """Whether this is a bar with a loss."""
    return "loss: " in line and _BAR.search(line) is not None


def read_lines(lines: Iterable[str], file: str) -> Sequence[Table]:
    """Read an output; raises `HistoryError` where no bar with a loss is in it."""
    rows = Rows()
    epoch = 0.0
    row: dict[str, float] = {}
    place = (0.0, "")
    closed = False
    for line in as_shown(lines):
        if "/" not in line:
            continue
        if found := _EPOCH.match(line):
            _flush(row, epoch, rows)
            epoch, row, place, closed = float(found[1]), {}, (0.0, ""), False
        elif ": " in line and not closed and (found := _BAR.search(line)):
            done = float(found["done"])
            new = {name.strip(): value for name, text in _PAIR.findall(found["rest"])
                   if (value := number(text)) is not None}  # fmt: skip
            again = bool(row) and (done < place[0] or found["all"] != place[1])
            finished = bool(row) and place[1] == found["done"] == found["all"] and not row.keys() <= new.keys()
            if again or finished:
                closed = True
            elif new:
                row, place = new, (done, found["all"])
    _flush(row, epoch, rows)
    return [table_of(file, NAME, rows, EXAMPLE.splitlines()[1], unit="epoch")]


def _flush(row: dict[str, float], epoch: float, rows: Rows) -> None:
    """Take the last bar of an epoch; one before the first epoch is an evaluation."""
    if row and epoch:
        rows.add({"epoch": epoch, **row})


def _recognises(head: Head) -> bool:
    if "Epoch " not in head.text or "loss: " not in head.text:
        return False
    shown = list(as_shown(head.lines))
    return any(map(_EPOCH.match, shown)) and any(map(_BAR.search, shown)) and (any(map(starts_row, shown)))


def _read(found: Opened) -> Sequence[Table]:
    return read_lines(found.lines(), found.file)


FORMATS = (Format(NAME, "Keras and tf.keras on a console", EXAMPLE, _recognises, _read),)
