"""The scalars of one TensorBoard event of any shape, read field by field."""

from __future__ import annotations

import struct

import numpy as np

from triage.history.protobuf import BYTES, FIXED32, FIXED64, VARINT, fields, signed, varint

__all__ = ["scalars_of"]

_FLOAT = struct.Struct("<f")
_DOUBLE = struct.Struct("<d")

_CONTENT = {
    1: "<f4",
    2: "<f8",
    3: "<i4",
    4: "u1",
    5: "<i2",
    6: "i1",
    9: "<i8",
    10: "u1",
    17: "<u2",
    19: "<f2",
    22: "<u4",
    23: "<u8",
}
"""DataType of TensorFlow -> how numpy calls it. 14 is bfloat16, which numpy lacks."""

_HALF, _BFLOAT16 = 19, 14
_STEP, _SUMMARY = 2, 5
_TAG, _SIMPLE_VALUE, _TENSOR = 1, 2, 8
_DTYPE, _SHAPE, _TENSOR_CONTENT, _FLOAT_VALUES, _DOUBLE_VALUES, _HALF_VALUES = 1, 2, 4, 5, 6, 13


def scalars_of(data: bytes, start: int, end: int) -> tuple[int, list[tuple[bytes, float]]]:
    """The step of an event and the tags and values of its scalars; what else it holds is passed over.

    Raises:
        WireError: it is no event.

    """
    step = 0
    found: list[tuple[bytes, float]] = []
    for number, kind, first, last in fields(data, start, end):
        if number == _STEP and kind == VARINT:
            step = signed(first)
        elif number == _SUMMARY and kind == BYTES:
            for inner, inner_kind, value, value_end in fields(data, first, last):
                if inner == 1 and inner_kind == BYTES:
                    scalar = _scalar(data, value, value_end)
                    if scalar is not None:
                        found.append(scalar)
    return step, found


def _scalar(data: bytes, start: int, end: int) -> tuple[bytes, float] | None:
    tag = b""
    value: float | None = None
    for number, kind, first, last in fields(data, start, end):
        if number == _TAG and kind == BYTES:
            tag = data[first:last]
        elif number == _SIMPLE_VALUE and kind == FIXED32:
            value = _FLOAT.unpack_from(data, first)[0]
        elif number == _TENSOR and kind == BYTES:
            value = _tensor(data, first, last)
    return None if value is None else (tag, value)


def _tensor(data: bytes, start: int, end: int) -> float | None:
    """The number in a tensor without dimensions; None for any other tensor."""
    dtype = 0
    content: bytes | None = None
    value: float | None = None
    for number, kind, first, last in fields(data, start, end):
        if number == _DTYPE and kind == VARINT:
            dtype = first
        elif number == _SHAPE and last > first:
            return None
        elif number == _TENSOR_CONTENT and last - first <= 8:
            content = data[first:last]
        elif number in (_FLOAT_VALUES, _DOUBLE_VALUES, _HALF_VALUES, 7, 10, 11, 16, 17):
            value = _listed(data, number, kind, first, last, dtype)
    if dtype not in _CONTENT and dtype != _BFLOAT16:
        return None
    if content:
        return _number(content, dtype)
    return 0.0 if value is None else value


def _listed(data: bytes, number: int, kind: int, first: int, last: int, dtype: int) -> float | None:
    """The first of the numbers that a tensor lists one by one."""
    if first == last and kind == BYTES:
        return None
    if number == _FLOAT_VALUES:
        return float(_FLOAT.unpack_from(data, first)[0]) if last - first >= 4 or kind == FIXED32 else None
    if number == _DOUBLE_VALUES:
        return float(_DOUBLE.unpack_from(data, first)[0]) if last - first >= 8 or kind == FIXED64 else None
    if kind in (FIXED32, FIXED64):
        return None
    whole = first if kind == VARINT else varint(data, first, last)[0]
    if number == _HALF_VALUES:
        return _number((whole & 0xFFFF).to_bytes(2, "little"), dtype)
    return float(whole if number == 17 else signed(whole))


def _number(content: bytes, dtype: int) -> float | None:
    if dtype == _BFLOAT16:
        return float(_FLOAT.unpack(b"\0\0" + content)[0]) if len(content) == 2 else None
    kind = np.dtype(_CONTENT.get(dtype, "V1"))
    if kind.kind == "V" or len(content) != kind.itemsize:
        return None
    return float(np.frombuffer(content, dtype=kind)[0])
