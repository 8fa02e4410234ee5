"""TFRecord files: records between checksums, as TensorFlow writes them.

::

    uint64 length | uint32 masked CRC-32C of it | data | uint32 masked CRC-32C of the data

A length is believed only with its checksum. Those of the data are computed where they are asked for, for many records
at once: what is passed over (graphs, images, histograms) costs nothing.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

__all__ = ["HEADER", "Records", "checksums", "masked_crc", "records", "starts_with_record"]

HEADER = struct.Struct("<QI")

BLOCK = 1 << 22
"""Bytes that are looked at together."""

LONGEST = 1 << 24
"""Bytes of a record that is looked at; a longer one is passed over."""

PADDING = 64
"""Zeros behind the bytes of a block, so that looking a little ahead never leaves it."""

_POLYNOMIAL = 0x82F63B78


@dataclass(frozen=True)
class Records:
    """Some records of a file.

    Args:
        data: bytes that hold them, and `PADDING` zeros.
        starts, ends: int64, where the data of each begin and end; behind it stands its checksum.
        broken_at: the byte of the file from which on nothing can be read; None where all is well.
        behind: the byte of the file behind the last of them.

    """

    data: bytes
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    broken_at: int | None = None
    behind: int = 0


def records(pieces: Iterator[bytes]) -> Iterator[Records]:
    """Take a file apart.

    A last record that is cut off, as in the file of a run that was killed or goes on, is left out.

    Args:
        pieces: the bytes of the file.

    """
    lengths: dict[int, int] = {}
    data, offset, wanted = b"", 0, BLOCK
    while True:
        data, ended = _filled(data, pieces, wanted)
        starts, ends, at, broken, long = _framed(data, lengths)
        yield Records(
            data + bytes(PADDING),
            np.array(starts, dtype=np.int64),
            np.array(ends, dtype=np.int64),
            offset + at if broken else None,
            offset + at,
        )
        if broken or ended:
            return
        offset += at
        data = data[at:]
        if long > LONGEST:
            data, passed = _passed_over(data, pieces, long)
            offset += passed
            long = 0
        wanted = max(BLOCK, long, HEADER.size)


def _filled(data: bytes, pieces: Iterator[bytes], wanted: int) -> tuple[bytes, bool]:
    """The bytes with more of the file behind them, and whether that is its end."""
    parts, size = [data], len(data)
    while size < wanted:
        piece = next(pieces, b"")
        if not piece:
            return b"".join(parts), True
        parts.append(piece)
        size += len(piece)
    return b"".join(parts), False


def _framed(data: bytes, lengths: dict[int, int]) -> tuple[list[int], list[int], int, bool, int]:
    """Where the whole records begin and end, where the rest begins, whether it is broken, and how long it has to be."""
    starts: list[int] = []
    ends: list[int] = []
    at, size, long = 0, len(data), 0
    unpack = HEADER.unpack_from
    while at + 12 <= size:
        length, stored = unpack(data, at)
        if lengths.get(length) != stored:
            if masked_crc(data[at : at + 8]) != stored:
                return starts, ends, at, True, 0
            lengths[length] = stored
        end = at + 12 + length
        if end + 4 > size:
            long = length + 16
            break
        starts.append(at + 12)
        ends.append(end)
        at = end + 4
    return starts, ends, at, False, long


def _passed_over(data: bytes, pieces: Iterator[bytes], long: int) -> tuple[bytes, int]:
    """What follows a record that begins with these bytes, and how many bytes it had of those that there were."""
    passed = len(data)
    while passed < long:
        piece = next(pieces, b"")
        if not piece:
            return b"", passed
        passed += len(piece)
        data = piece
    rest = passed - long
    return data[len(data) - rest :] if rest else b"", long


def starts_with_record(data: bytes) -> bool:
    """Whether the length of a record stands at the beginning, with its checksum."""
    return len(data) >= 12 and masked_crc(data[:8]) == HEADER.unpack_from(data)[1]


def masked_crc(data: bytes) -> int:
    """The checksum of some bytes; slow, so for few."""
    table = _single_list()
    crc = 0xFFFFFFFF
    for byte in data:
        crc = table[(crc ^ byte) & 0xFF] ^ (crc >> 8)
    crc ^= 0xFFFFFFFF
    return (((crc >> 15) | (crc << 17)) + 0xA282EAD8) & 0xFFFFFFFF


def checksums(data: NDArray[np.uint8], starts: NDArray[np.int64], ends: NDArray[np.int64]) -> NDArray[np.uint32]:
    """The checksums of many short stretches of bytes: all of them advance together, two bytes at a time.

    Args:
        data: the bytes.
        starts, ends: where each stretch begins and ends.

    """
    if not starts.size:
        return np.zeros(0, dtype=np.uint32)
    single, double = _single(), _double()
    order = np.argsort(starts - ends, kind="stable")
    shorter = (starts - ends)[order]
    places = starts[order]
    crc = np.full(starts.size, 0xFFFFFFFF, dtype=np.uint32)
    for at in range(0, -int(shorter[0]), 2):
        whole, some = np.searchsorted(shorter, (-(at + 1), -at), side="left")
        pair = data[places[:whole] + at].astype(np.uint32) | (data[places[:whole] + (at + 1)].astype(np.uint32) << 8)
        crc[:whole] = double[(crc[:whole] ^ pair) & 0xFFFF] ^ (crc[:whole] >> 16)
        if some > whole:
            last = crc[whole:some]
            crc[whole:some] = single[(last ^ data[places[whole:some] + at]) & 0xFF] ^ (last >> 8)
    crc ^= np.uint32(0xFFFFFFFF)
    result = np.empty_like(crc)
    result[order] = ((crc >> 15) | (crc << 17)) + np.uint32(0xA282EAD8)
    return result


@cache
def _single() -> NDArray[np.uint32]:
    """What one byte does to a checksum of zero."""
    table = np.arange(256, dtype=np.uint32)
    for _ in range(8):
        table = np.where(table & 1, (table >> 1) ^ np.uint32(_POLYNOMIAL), table >> 1).astype(np.uint32)
    return table


@cache
def _single_list() -> list[int]:
    return [int(entry) for entry in _single()]


@cache
def _double() -> NDArray[np.uint32]:
    """What two bytes do to it, the first in the low half."""
    single = _single()
    pairs = np.arange(1 << 16, dtype=np.uint32)
    once = single[pairs & 0xFF]
    table: NDArray[np.uint32] = single[(once ^ (pairs >> 8)) & 0xFF] ^ (once >> 8)
    return table
