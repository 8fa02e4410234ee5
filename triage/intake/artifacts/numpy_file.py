"""Arrays of numpy: single ones and archives ("numpy.lib.format", NumPy documentation).

An array of objects is a pickle, and is refused before anything of it is read.
"""

from __future__ import annotations

import io
import math
import tokenize
import warnings
from dataclasses import dataclass

import numpy as np

from triage.errors import IntakeError
from triage.intake.artifacts.stretches import Bytes, Member, Stretch, head_of
from triage.intake.artifacts.zip_members import members_of

__all__ = ["NpyArray", "is_npy", "npy_array", "npz_arrays"]

MAGIC = b"\x93NUMPY"
LONGEST_HEADER = 1 << 16


@dataclass(frozen=True, slots=True)
class NpyArray:
    """An array that can be read.

    Args:
        name: in its archive; empty where it is a file of its own.
        dtype: of its numbers.
        shape: of the whole.
        by_columns: whether the first index runs fastest.
        source: its bytes.

    """

    name: str
    dtype: np.dtype[np.generic]
    shape: tuple[int, ...]
    by_columns: bool
    source: Bytes


def is_npy(head: bytes) -> bool:
    """Whether bytes begin as an array does."""
    return head.startswith(MAGIC)


def npy_array(file: str, size: int) -> NpyArray:
    """The array of a file; raises `IntakeError` where it is broken or holds objects."""
    return _array("", Stretch(file, 0, size), head_of(file, LONGEST_HEADER))


def npz_arrays(file: str, size: int) -> tuple[list[NpyArray], list[str]]:
    """The arrays of an archive, and the names of those that hold objects or are none.

    Raises:
        IntakeError: it is broken, or lies about its members.

    """
    arrays: list[NpyArray] = []
    refused: list[str] = []
    for name, source in members_of(file, size).items():
        head = b""
        for block in source.blocks():
            head = block[:LONGEST_HEADER].tobytes()
            break
        if not is_npy(head) or _holds_objects(head):
            refused.append(name.removesuffix(".npy"))
        else:
            arrays.append(_array(name.removesuffix(".npy"), source, head))
    return arrays, refused


def _holds_objects(head: bytes) -> bool:
    try:
        return _header(head)[2].hasobject
    except ValueError:
        return False


def _array(name: str, source: Bytes, head: bytes) -> NpyArray:
    file, called = source.file, f" {name[:80]!r}" if name else ""
    try:
        shape, by_columns, dtype, start = _header(head)
    except ValueError as error:
        raise IntakeError(file, f"expected an array{called} of numpy, found: {str(error)[:120]}") from None
    if dtype.hasobject:
        raise IntakeError(
            file, f"expected an array{called} of numbers, found one of Python objects, which is never unpickled here"
        )
    size = math.prod(shape) * dtype.itemsize
    if dtype.itemsize == 0 or start + size != source.size:
        raise IntakeError(file, f"expected {start + size:,} bytes of the array{called}, found {source.size:,}")
    return NpyArray(name, dtype, shape, by_columns, _behind(source, start))


def _header(head: bytes) -> tuple[tuple[int, ...], bool, np.dtype[np.generic], int]:
    """Shape, order, type and length; raises `ValueError` where it is none."""
    stream = io.BytesIO(head)
    try:
        version = np.lib.format.read_magic(stream)
        read = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}
        if version not in read:
            raise ValueError(f"version {version} of the format")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            shape, by_columns, dtype = read[version](stream)
    except tokenize.TokenError:
        raise ValueError("a header that is broken") from None
    except (TypeError, KeyError, SyntaxError, RecursionError, MemoryError, OverflowError, UnicodeError) as error:
        raise ValueError(f"a header that is broken ({type(error).__name__})") from None
    if any(isinstance(side, bool) or side < 0 for side in shape) or len(shape) > 64:
        raise ValueError(f"the shape {str(shape)[:60]}")
    return shape, by_columns, dtype, stream.tell()


def _behind(source: Bytes, start: int) -> Bytes:
    if isinstance(source, Stretch):
        return Stretch(source.file, source.start + start, source.size - start)
    assert isinstance(source, Member)
    return Member(source.file, source.name, source.start + start, source.size - start)
