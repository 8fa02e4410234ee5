"""Arrays of numpy as parts of a set of data: inputs, labels, or neither."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import PurePath

import numpy as np

from triage.errors import IntakeError
from triage.intake.artifacts.data_names import is_inputs, is_label, split_of
from triage.intake.artifacts.numpy_file import NpyArray, npy_array, npz_arrays
from triage.intake.artifacts.portions import Matrix, Part, Portion
from triage.intake.artifacts.row_keys import keys_of
from triage.intake.artifacts.share import Share
from triage.intake.artifacts.tensor import kind_of

__all__ = ["parts_of_npy", "parts_of_npz"]

LARGEST_ROW = 1 << 24
"""Bytes of a row up to which rows are told apart."""

MOST_COLUMNS = 2000
"""Numbers of a row up to which each is a column of its own."""


def parts_of_npy(file: str, size: int) -> list[Part]:
    """The one part of a file; raises `IntakeError` where it is broken or holds objects."""
    array = npy_array(file, size)
    part = _part(array, PurePath(file).stem, alone=True)
    if part is None:
        raise IntakeError(file, f"expected an array of numbers, found {array.dtype} of shape {array.shape}"[:200])
    return [part]


def parts_of_npz(file: str, size: int) -> tuple[list[Part], list[str]]:
    """The parts of an archive, and notes on what was left out.

    Raises:
        IntakeError: it is broken, or none of its arrays holds numbers.

    """
    arrays, refused = npz_arrays(file, size)
    parts: list[Part] = []
    for array in arrays:
        part = _part(array, array.name, alone=len(arrays) == 1)
        if part is None:
            refused.append(array.name)
        else:
            parts.append(part)
    if not parts:
        raise IntakeError(file, "expected arrays of numbers, found none; objects are never unpickled here")
    if not refused:
        return parts, []
    listed = ", ".join(repr(name[:40]) for name in refused[:5]) + (" and more" if len(refused) > 5 else "")
    return parts, [f"Arrays that hold objects, or neither inputs nor labels, were left out: {listed}."]


def _part(array: NpyArray, name: str, alone: bool) -> Part | None:
    """None for what is neither inputs nor labels."""
    texts = array.dtype.kind in "US"
    label = is_label(name)
    if not array.shape or (kind_of(array.dtype) is None and not (texts and label)):
        return None
    if not (label or alone or is_inputs(name) or len(array.shape) > 1):
        return None
    numbers = math.prod(array.shape[1:])
    together = len(array.shape) > 2 or numbers > MOST_COLUMNS or not _row_by_row(array)
    columns = ("",) if together or numbers == 1 else tuple(f"number {place + 1}" for place in range(numbers))
    return Part(
        file=array.source.file,
        name=array.name,
        split=split_of(array.name, array.source.file),
        columns=() if label else columns,
        width=max(1, numbers // len(columns)) if _row_by_row(array) else 1,
        kind=array.dtype.kind,
        layout=(array.dtype.str, array.shape[1:]),
        label=name if label else "",
        sides=max(1, numbers),
        rows=array.shape[0],
        apart=_row_by_row(array),
        size=array.source.size,
        portions=lambda share: _portions(array, label, share),
        notes=() if _row_by_row(array) else (f"The rows of {name[:40] or 'an array'} were not told apart.",),
    )


def _row_by_row(array: NpyArray) -> bool:
    """Whether a row lies in one piece that is not too long."""
    row = math.prod(array.shape[1:]) * array.dtype.itemsize
    return 0 < row <= LARGEST_ROW and not (array.by_columns and len(array.shape) > 1)


def _portions(array: NpyArray, label: bool, share: Share) -> Iterator[Portion]:
    whole = _row_by_row(array)
    for rows in _rows(array, share) if whole else _pieces(array, share):
        if label:
            yield Portion(None, rows, None)
        else:
            yield Portion(rows, None, keys_of(rows) if whole else None)


def _pieces(array: NpyArray, share: Share) -> Iterator[Matrix]:
    for block in array.source.blocks():
        share.add(block.size)
        yield block.view(array.dtype).reshape(-1, 1)


def _rows(array: NpyArray, share: Share) -> Iterator[Matrix]:
    """Whole rows; what a block holds of a row beyond its last whole one is kept for the next."""
    numbers = math.prod(array.shape[1:])
    length = numbers * array.dtype.itemsize
    waiting: list[Matrix] = []
    waits = 0
    for block in array.source.blocks():
        share.add(block.size)
        waits += block.size
        waiting.append(block.copy())
        if waits < length:
            continue
        data = np.concatenate(waiting)
        whole = waits - waits % length
        waiting, waits = [data[whole:]], waits - whole
        if whole:
            yield data[:whole].view(array.dtype).reshape(-1, numbers)
