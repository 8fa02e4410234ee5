"""Event files of TensorBoard, as TensorFlow, Keras, PyTorch, tensorboardX and Lightning write them.

::

    TFRecords, each an Event:  wall_time = 1 (double)  step = 2 (int64)  summary = 5
                     Summary:  value = 1, repeated
                       Value:  tag = 1  simple_value = 2 (float)  tensor = 8  metadata = 9
                 TensorProto:  dtype = 1  tensor_shape = 2  tensor_content = 4  float_val = 5  and so on

A scalar is a ``simple_value``, or, since TensorFlow 2, a tensor without dimensions. Graphs, images, histograms and
texts are passed over. Where a run was taken up again, TensorBoard forgets what the checkpoint took back; here it stays.

An event with one scalar has one of two shapes, and nearly all events are such: those are read by numpy, many at once.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from triage.errors import HistoryError
from triage.history.event import scalars_of
from triage.history.format import Format
from triage.history.head import Head
from triage.history.opened import Opened
from triage.history.pieces import pieces
from triage.history.points import MOST_NAMES, Points, pivoted
from triage.history.protobuf import WireError
from triage.history.table import Table, unique_names
from triage.history.tfrecord import Records, checksums, masked_crc, records, starts_with_record

__all__ = ["FORMATS", "NAME", "Gathered", "check_tags", "table_of"]

NAME = "TensorBoard events"

SHORTEST, LONGEST = 20, 1024
"""Bytes of an event that may hold one scalar and nothing else."""

CHECKED = 1 << 16
"""Bytes of the longest event whose checksum is computed; it would take longer than all else for one with images."""

VALIDATION = re.compile(r"(?:val|valid|validation|eval|evaluation|test|dev)(?![a-z0-9])", re.IGNORECASE)

_ITERATIONS = re.compile(r"evaluation_(\w+)_vs_iterations")

Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]


class Gathered:
    """What was read so far: for every scalar the number of its tag, its step and its value."""

    def __init__(self) -> None:
        """Start without scalars."""
        self.tags: dict[bytes, int] = {}
        self.blocks: list[tuple[Integers, Integers, NDArray[np.float64]]] = []
        self.damaged = 0
        self.broken_at: int | None = None

    def number(self, tag: bytes) -> int:
        """Which of the tags it is."""
        return self.tags.setdefault(tag, len(self.tags))

    def add(self, block: Records) -> None:
        """Take the scalars of some records, in their order."""
        data = np.frombuffer(block.data, dtype=np.uint8)
        plain = _plain(data, block.starts, block.ends)
        intact = plain.whole.copy()
        which = np.flatnonzero(plain.whole)
        starts, ends = block.starts[which], block.ends[which]
        intact[which] = checksums(data, starts, ends) == _fixed(data, ends, np.dtype("<u4"))
        self.damaged += int(which.size - np.count_nonzero(intact))
        which = np.flatnonzero(intact)
        tags = [
            block.data[first:last]
            for first, last in zip(plain.tag[which].tolist(), plain.tag_end[which].tolist(), strict=True)
        ]
        number = self.number
        numbers = np.array([number(tag) for tag in tags], dtype=np.int64)
        values = _fixed(data, plain.value[which], np.dtype("<f4")).astype(np.float64)
        places, *others = self._others(block, np.flatnonzero(~plain.whole))
        order = np.argsort(np.concatenate([which, places]), kind="stable")
        numbers, steps, values = (
            np.concatenate(pair)[order] for pair in zip((numbers, plain.step[which], values), others, strict=True)
        )
        self.blocks.append((numbers, steps, values))
        self.broken_at = block.broken_at

    def _others(self, block: Records, which: Integers) -> tuple[Integers, Integers, Integers, NDArray[np.float64]]:
        """The scalars of records that hold something else, too: their places among the records, and the rest."""
        places, numbers, steps, values = array("q"), array("q"), array("q"), array("d")
        for place, start, end in zip(
            which.tolist(), block.starts[which].tolist(), block.ends[which].tolist(), strict=True
        ):
            try:
                step, found = scalars_of(block.data, start, end)
            except WireError:
                self.damaged += 1
                continue
            if not found:
                continue
            stored = int.from_bytes(block.data[end : end + 4], "little")
            if end - start <= CHECKED and masked_crc(block.data[start:end]) != stored:
                self.damaged += 1
                continue
            for tag, value in found:
                places.append(place)
                numbers.append(self.number(tag))
                steps.append(step)
                values.append(value)
        return (
            np.array(places, dtype=np.int64),
            np.array(numbers, dtype=np.int64),
            np.array(steps, dtype=np.int64),
            np.array(values, dtype=np.float64),
        )


class _Plain:
    """Where things stand in events that hold one scalar and nothing else.

    Args:
        whole: which of the events are such; what is said of the others means nothing.
        step: the step.
        tag, tag_end: where the tag begins and ends.
        value: where the four bytes of the value begin.

    """

    def __init__(self, whole: Flags, step: Integers, tag: Integers, tag_end: Integers, value: Integers) -> None:
        self.whole = whole
        self.step = step
        self.tag = tag
        self.tag_end = tag_end
        self.value = value


def _plain(data: NDArray[np.uint8], starts: Integers, ends: Integers) -> _Plain:
    """Look at all events at once for the bytes that an event with one scalar has at its places."""
    whole = (ends - starts >= SHORTEST) & (ends - starts <= LONGEST) & (data[starts] == 0x09)
    at = np.where(whole, starts, 0) + 9
    step, at = _steps(data, at)
    summary, at, fits = _size_after(data, at, 0x2A)
    whole &= fits & (at + summary == ends)
    value, at, fits = _size_after(data, np.where(whole, at, 0), 0x0A)
    whole &= fits & (at + value == ends)
    size, tag, fits = _size_after(data, np.where(whole, at, 0), 0x0A)
    tag_end = tag + size
    whole &= fits & (tag_end + 5 <= ends)
    after = np.where(whole, tag_end, 0)
    simple = (data[after] == 0x15) & (after + 5 == ends)
    tensor = (after + 12 <= ends) & _is_tensor(data, after) & _is_followed(data, after + 12, ends)
    return _Plain(whole & (simple | tensor), step, tag, tag_end, np.where(simple, after + 1, after + 8))


def _steps(data: NDArray[np.uint8], at: Integers) -> tuple[Integers, Integers]:
    """The step that stands at each place, zero where none does, and where it ends."""
    step = np.zeros(at.size, dtype=np.uint64)
    there = data[at] == 0x10
    at = at + there
    going = np.flatnonzero(there)
    for shift in range(0, 70, 7):
        if not going.size:
            break
        byte = data[at[going]]
        step[going] |= (byte & np.uint8(0x7F)).astype(np.uint64) << np.uint64(shift)
        at[going] += 1
        going = going[byte >= 0x80]
    return step.view(np.int64), at


def _size_after(data: NDArray[np.uint8], at: Integers, key: int) -> tuple[Integers, Integers, Flags]:
    """The size of a field of bytes that begins at each place, where its bytes begin, and whether the field is there."""
    first, second = data[at + 1].astype(np.int64), data[at + 2].astype(np.int64)
    two = first >= 0x80
    size = np.where(two, (first & 0x7F) | (second << 7), first)
    return size, at + 2 + two, (data[at] == key) & ~(two & (second >= 0x80))


def _is_tensor(data: NDArray[np.uint8], at: Integers) -> Flags:
    """Whether a tensor of one float stands there: its type, no dimensions, and four bytes in either of two fields."""
    content = data[at + 6]
    there: Flags = (content == 0x22) | (content == 0x2A)
    for place, byte in ((0, 0x42), (1, 10), (2, 0x08), (3, 1), (4, 0x12), (5, 0), (7, 4)):
        there &= data[at + place] == byte
    return there


def _is_followed(data: NDArray[np.uint8], at: Integers, ends: Integers) -> Flags:
    """Whether nothing more stands there than the metadata."""
    metadata, after, fits = _size_after(data, np.minimum(at, data.size - 4), 0x4A)
    followed: Flags = (at == ends) | (fits & (after + metadata == ends))
    return followed


def _fixed(data: NDArray[np.uint8], places: Integers, kind: np.dtype[np.generic]) -> NDArray[np.generic]:
    """The number of four bytes at each place."""
    return np.ascontiguousarray(data[places[:, None] + np.arange(4)]).view(kind)[:, 0]


def _recognises(head: Head) -> bool:
    return starts_with_record(head.data) and head.data[12:13] in (b"\x09", b"")


def _read(found: Opened) -> Sequence[Table]:
    gathered = Gathered()
    for block in records(pieces(found)):
        gathered.add(block)
        check_tags(gathered, found.file)
    return [table_of(gathered, found.file, found.path)]


def check_tags(gathered: Gathered, file: str) -> None:
    """Hold that there are no more tags than any program writes; raises `HistoryError`."""
    if len(gathered.tags) > MOST_NAMES:
        raise HistoryError(file, f"expected at most {MOST_NAMES:,} tags, found more")


def table_of(gathered: Gathered, file: str, path: Path | None) -> Table:
    """What was gathered, with a row per step.

    Args:
        gathered: from the beginning of the file on.
        file: its name as it was given.
        path: where it lies, if it does.

    Raises:
        HistoryError: there is no scalar in it.

    """
    if not gathered.tags:
        raise HistoryError(file, _nothing_in(gathered))
    numbers, steps, values = (np.concatenate(column) for column in zip(*gathered.blocks, strict=True))
    names = _named([tag.decode("utf-8", errors="backslashreplace") for tag in gathered.tags], file, path)
    by_epoch = [name for name in names if name.removeprefix("val_").startswith("epoch_")]
    ignored = {name: "logged by epoch, too" for name in names if by_epoch and _ITERATIONS.fullmatch(name)}
    points = _without(Points(names, numbers, steps.astype(np.float64), values), ignored)
    table = pivoted(points, "epoch" if len(by_epoch) == len(points.names) else "step")
    return Table(
        file,
        NAME,
        table.columns,
        warnings=(*_warnings(gathered), *table.warnings),
        ignored={**ignored, **table.ignored},
    )


def _nothing_in(gathered: Gathered) -> str:
    if gathered.damaged:
        return f"expected an event file with scalars, found none and {gathered.damaged} damaged records"
    return "expected an event file with scalars, found none in it"


def _warnings(gathered: Gathered) -> list[str]:
    warnings = []
    if gathered.damaged:
        warnings.append(f"damaged records were left out: {gathered.damaged}")
    if gathered.broken_at is not None:
        warnings.append(f"the file is damaged from byte {gathered.broken_at} on; what stands before it was read")
    return warnings


def _named(tags: Sequence[str], file: str, path: Path | None) -> list[str]:
    """The tags, unlike each other; those of a file of validation, in a folder of its own, say so."""
    folder = (path.absolute() if path else Path(file)).parent.name
    return unique_names(f"val_{tag}" if _of_validation(folder, tag) else tag for tag in tags)


def _of_validation(folder: str, tag: str) -> bool:
    """Keras writes into train/ and validation/, PyTorch's add_scalars into loss_train/ and loss_val/."""
    if VALIDATION.match(tag):
        return False
    prefix = tag.replace("/", "_") + "_"
    return VALIDATION.fullmatch(folder.removeprefix(prefix)) is not None


def _without(points: Points, ignored: dict[str, str]) -> Points:
    if not ignored:
        return points
    left = [number for number, name in enumerate(points.names) if name not in ignored]
    there = np.isin(points.name, left)
    new = np.full(len(points.names), -1, dtype=np.int64)
    new[left] = np.arange(len(left))
    return Points(
        [points.names[number] for number in left], new[points.name[there]], points.step[there], points.value[there]
    )


FORMATS = (
    Format(
        name=NAME,
        written_by="TensorFlow, Keras, PyTorch, tensorboardX, Lightning, Hugging Face Trainer, Ultralytics",
        example="events.out.tfevents.1742826235.host.107869.0",
        recognises=_recognises,
        read=_read,
    ),
)
