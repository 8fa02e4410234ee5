"""The wire format of Protocol Buffers, as far as logs need it: the fields of a message, without its schema."""

from __future__ import annotations

from collections.abc import Iterator

__all__ = ["BYTES", "FIXED32", "FIXED64", "VARINT", "WireError", "fields", "signed", "text", "varint"]

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5
"""Kinds of fields."""

LONGEST_VARINT = 10


class WireError(ValueError):
    """The bytes are no message."""


def fields(data: bytes, start: int, end: int) -> Iterator[tuple[int, int, int, int]]:
    """The fields of a message, one after the other, without looking into them.

    Args:
        data: bytes that hold the message.
        start, end: where it stands in them.

    Yields:
        Number and kind of the field, then the value of a varint and where the field ends, else where its bytes begin
        and end.

    Raises:
        WireError: it is no message, or it is cut off.

    """
    at = start
    while at < end:
        key, at = varint(data, at, end)
        kind = key & 7
        if kind == VARINT:
            value, at = varint(data, at, end)
            yield key >> 3, kind, value, at
            continue
        if kind == BYTES:
            size, at = varint(data, at, end)
        elif kind == FIXED32:
            size = 4
        elif kind == FIXED64:
            size = 8
        else:
            raise WireError(f"a field of kind {kind}")
        if at + size > end:
            raise WireError("a field that is cut off")
        yield key >> 3, kind, at, at + size
        at += size


def varint(data: bytes, at: int, end: int) -> tuple[int, int]:
    """A number of one to ten bytes, and where it ends; raises `WireError` where there is none."""
    value = shift = 0
    for place in range(at, min(at + LONGEST_VARINT, end)):
        byte = data[place]
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value & 0xFFFFFFFFFFFFFFFF, place + 1
        shift += 7
    raise WireError("a number that does not end")


def signed(value: int) -> int:
    """What a varint says as an int64."""
    return value - (1 << 64) if value >= 1 << 63 else value


def text(data: bytes, start: int, end: int) -> str:
    """The bytes of a field as text; what is no UTF-8 is shown as such."""
    return data[start:end].decode("utf-8", errors="replace")
