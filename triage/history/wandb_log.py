"""The ``run-ID.wandb`` file that Weights & Biases keeps of a run, whether it was synchronised or not.

::

    ":W&B" 0xBEE1 version                              7 bytes, then blocks of 32 KiB, counted from the file's beginning
    uint32 CRC-32 of type and data | uint16 length | uint8 type | data       full, or first, middle and last parts
    Record:         history = 2  run = 17
    HistoryRecord:  item = 1, repeated  step = 2 {num = 1}
    HistoryItem:    key = 1  nested_key = 2, repeated  value_json = 16

Parts of a nested key are joined by points, as the site of W&B shows them. Media, histograms and texts are no columns.
"""

from __future__ import annotations

import json
import math
import struct
import zlib
from array import array
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from triage.errors import HistoryError
from triage.history.format import Format
from triage.history.head import Head
from triage.history.opened import Opened
from triage.history.pieces import pieces
from triage.history.points import MOST_NAMES, Points, pivoted
from triage.history.protobuf import BYTES, VARINT, WireError, fields, signed, text
from triage.history.table import Table

__all__ = ["FORMATS"]

NAME = "W&B run file"

BLOCK = 1 << 15
LONGEST = 1 << 24
"""Bytes of a record that is looked at."""

LONGEST_VALUE = 10_000
"""Characters of a value; a longer one is a picture, a table or a histogram."""

LONGEST_NAME = 1000

DEEPEST = 8
"""Levels of a value that is an object."""

STEP = "_step"

GLOBAL_STEPS = ("trainer/global_step", "train/global_step")
"""What Lightning and Hugging Face count by; ``_step`` then merely counts the calls of log."""

_START = b":W&B\xe1\xbe"
_HEADER = struct.Struct("<IHB")
_FULL, _FIRST, _MIDDLE, _LAST = 1, 2, 3, 4
_HISTORY, _RUN = 2, 17
_ODD = {'"NaN"': math.nan, '"Infinity"': math.inf, '"-Infinity"': -math.inf}


class _Log:
    """The records of a file, and how many of them were found damaged."""

    def __init__(self) -> None:
        self.damaged = 0

    def records(self, parts: Iterator[bytes]) -> Iterator[bytes]:
        """One record after the other; a last one that is cut off is left out, and so is the rest of a damaged block."""
        whole: list[bytes] = []
        size = 0
        for number, block in enumerate(_blocks(parts)):
            at = 7 if number == 0 else 0
            while at + 7 <= len(block):
                stored, length, kind = _HEADER.unpack_from(block, at)
                data = block[at + 7 : at + 7 + length]
                if len(data) < length and len(block) < BLOCK:
                    return
                if zlib.crc32(data, zlib.crc32(block[at + 6 : at + 7])) != stored:
                    self.damaged += 1
                    whole, size = [], 0
                    break
                at += 7 + length
                if kind in (_FULL, _FIRST):
                    whole, size = [], 0
                elif not whole:
                    continue
                size += length
                if size > LONGEST:
                    whole, size = [], 0
                    continue
                whole.append(data)
                if kind in (_FULL, _LAST):
                    yield b"".join(whole)
                    whole, size = [], 0


def _blocks(parts: Iterator[bytes]) -> Iterator[bytes]:
    rest = b""
    for part in parts:
        rest += part
        whole = len(rest) - len(rest) % BLOCK
        for at in range(0, whole, BLOCK):
            yield rest[at : at + BLOCK]
        rest = rest[whole:]
    if rest:
        yield rest


def _recognises(head: Head) -> bool:
    return head.data.startswith(_START)


def _read(found: Opened) -> Sequence[Table]:
    log = _Log()
    names: dict[str, int] = {}
    name, step, value = array("q"), array("d"), array("d")
    run = ""
    rows = 0
    last = -1.0
    for record in log.records(pieces(found)):
        try:
            rows_step, row, called = _record(record)
        except WireError:
            log.damaged += 1
            continue
        run = called or run
        if not row:
            continue
        last = row.pop(STEP, last + 1 if rows_step is None else float(rows_step))
        rows += 1
        for key, number in row.items():
            name.append(names.setdefault(key, len(names)))
            step.append(last)
            value.append(number)
        if len(names) > MOST_NAMES:
            raise HistoryError(found.file, f"expected at most {MOST_NAMES:,} names, found more")
    damaged = f"damaged records were left out: {log.damaged}"
    if not name:
        also = f"; {damaged}" if log.damaged else ""
        raise HistoryError(found.file, f"expected a W&B run with logged values, found none in it{also}")
    table = pivoted(Points(list(names), np.array(name, dtype=np.int64), _finite(np.array(step)), np.array(value)), STEP)
    columns = dict(table.columns)
    count = next((key for key in GLOBAL_STEPS if key in columns and columns[key].logged.sum() >= 0.9 * rows), None)
    if count is not None:
        columns.pop(STEP, None)
    return [
        Table(
            found.file,
            NAME,
            columns,
            warnings=(*([damaged] if log.damaged else []), *table.warnings),
            run=run,
            ignored=table.ignored,
        )
    ]


def _finite(steps: np.ndarray[tuple[int], np.dtype[np.float64]]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.where(np.isfinite(steps), steps, 0.0)


def _record(data: bytes) -> tuple[int | None, dict[str, float], str]:
    """The step and the values of a record of the history, and the name of the run where the record says it."""
    for number, kind, first, last in fields(data, 0, len(data)):
        if number == _HISTORY and kind == BYTES:
            return *_row(data, first, last), ""
        if number == _RUN and kind == BYTES:
            return None, {}, _run_name(data, first, last)
    return None, {}, ""


def _run_name(data: bytes, start: int, end: int) -> str:
    found = {
        number: text(data, first, last)
        for number, kind, first, last in fields(data, start, end)
        if number in (1, 8) and kind == BYTES
    }
    return found.get(8) or found.get(1, "")


def _row(data: bytes, start: int, end: int) -> tuple[int | None, dict[str, float]]:
    step: int | None = None
    row: dict[str, float] = {}
    media: set[str] = set()
    for number, kind, first, last in fields(data, start, end):
        if number == 1 and kind == BYTES:
            key, written = _item(data, first, last)
            if key.endswith("._type"):
                media.add(key.removesuffix("._type"))
            elif written is not None:
                row.update(_numbers(key, written))
        elif number == 2 and kind == BYTES:
            step = next((signed(n) for f, k, n, _ in fields(data, first, last) if f == 1 and k == VARINT), 0)
    if media:
        row = {key: value for key, value in row.items() if media.isdisjoint(_places(key))}
    return step, row


def _item(data: bytes, start: int, end: int) -> tuple[str, str | None]:
    key = ""
    nested: list[str] = []
    value: str | None = None
    for number, kind, first, last in fields(data, start, end):
        if kind != BYTES:
            continue
        if number == 1:
            key = text(data, first, last)
        elif number == 2:
            nested.append(text(data, first, last))
        elif number == 16 and last - first <= LONGEST_VALUE:
            value = text(data, first, last)
    key = ".".join(nested) or key
    return key, value if len(key) <= LONGEST_NAME else None


def _places(key: str) -> Iterator[str]:
    """What the key stands in: ``a`` and ``a.b`` for ``a.b.c``."""
    at = key.find(".")
    while at >= 0:
        yield key[:at]
        at = key.find(".", at + 1)


def _numbers(key: str, written: str) -> dict[str, float]:
    """A value as it stands in the file; several for an object, none for what holds no number."""
    try:
        return {key: float(written)}
    except ValueError:
        pass
    if written in _ODD:
        return {key: _ODD[written]}
    if not written.startswith("{"):
        return {}
    try:
        return _flat(key, json.loads(written), DEEPEST)
    except (ValueError, RecursionError):
        return {}


def _flat(key: str, value: object, levels: int) -> dict[str, float]:
    if isinstance(value, Mapping) and "_type" not in value and levels:
        found: dict[str, float] = {}
        for name, inner in value.items():
            found |= _flat(f"{key}.{name}", inner, levels - 1)
        return found
    if isinstance(value, int | float) and not isinstance(value, bool):
        try:
            return {key: float(value)}
        except OverflowError:
            return {}
    return {}


FORMATS = (
    Format(
        name=NAME,
        written_by="Weights & Biases, also what writes through it: Hugging Face Trainer, Lightning, nanoGPT",
        example="run-20241012_153325-jnyhr7aj.wandb",
        recognises=_recognises,
        read=_read,
    ),
)
