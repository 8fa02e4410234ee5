"""What the names in a pickle of plain data stand for; they are compared, and never looked up.

Numbers and arrays of numpy are known by the names under which numpy pickles them, and are made from their bytes. Any
other name is refused before anything is done about it.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass

import numpy as np

__all__ = ["Name", "Named", "PickleError", "named"]

MOST_NUMBERS = 5_000_000
"""Numbers of all arrays together; a few bytes may ask for one array many times."""

MOST_ENCODED = 1 << 26
"""Bytes that stand in the pickle as text, all together, for the same reason."""

_LETTERS = re.compile(r"[<>|=]?(?:[iu][1248]|f[248]|b1|\?)")
_DTYPE = "numpy.dtype"
_SCALAR = re.compile(r"numpy\.(?:_core|core)\.multiarray\.scalar")
_RECONSTRUCT = re.compile(r"numpy\.(?:_core|core)\.multiarray\._reconstruct")
_FROM_BUFFER = re.compile(r"numpy\.(?:_core|core)\.numeric\._frombuffer")
_ENCODE = "_codecs.encode"
_NO_BYTES = ("builtins.bytes", "__builtin__.bytes")
_DICTS = ("collections.OrderedDict", "collections.defaultdict")
_HARMLESS = re.compile(
    rf"{_DTYPE}|numpy\.ndarray|{_SCALAR.pattern}|{_RECONSTRUCT.pattern}|{_FROM_BUFFER.pattern}|{_ENCODE}|"
    rf"{'|'.join(_DICTS)}|(?:builtins|__builtin__)\.(?:list|float|dict|bytes)"
)


class PickleError(ValueError):
    """It is no pickle, or holds what is no plain data; the message goes on from "found"."""


@dataclass(frozen=True, slots=True)
class Name:
    """A function or class that the pickle names.

    Args:
        full: module and name, with a point between.

    """

    full: str


def named(full: str) -> Name:
    """What stands for a name; raises `PickleError` where plain data does not need it."""
    if _HARMLESS.fullmatch(full) is None:
        raise PickleError(f"a pickle that asks for {full[:80]!r}, which is no plain data")
    return Name(full)


@dataclass(slots=True)
class _DType:
    """What stands for a numpy.dtype: its letters, and the order of its bytes once that is told."""

    letters: str
    order: str = "<"
    one: struct.Struct | None = None

    def numpy(self) -> np.dtype[np.generic]:
        return np.dtype(self.order + self.letters if self.letters[0] not in "<>|=" else self.letters)

    def scalar(self, content: bytes) -> object:
        """The one number that these bytes are; raises `struct.error` where they are not as many as it needs."""
        if self.one is None:
            kind = self.numpy()
            code = kind.char.replace("l", "q").replace("L", "Q")
            self.one = struct.Struct((">" if kind.byteorder == ">" else "<") + code)
        return self.one.unpack(content)[0]


class _Array(list[object]):
    """What stands for an array of one dimension: its numbers, once they are told."""


class Named:
    """Makes what a pickle of plain data asks for, within bounds."""

    def __init__(self) -> None:
        """Nothing made yet."""
        self._numbers = 0
        self._encoded = 0

    def made(self, name: str, given: tuple[object, ...]) -> object:
        """What a call of the name would give.

        Raises:
            PickleError: it is not called as plain data calls it.

        """
        if name == _DTYPE and given and isinstance(given[0], str):
            if _LETTERS.fullmatch(given[0]) is None:
                raise PickleError(f"an array of {given[0][:40]!r}, expected plain numbers")
            return _DType(given[0])
        if _SCALAR.fullmatch(name) and len(given) == 2:
            dtype, content = given
            return _known(dtype).scalar(self._bytes(content))
        if _RECONSTRUCT.fullmatch(name):
            return _Array()
        if _FROM_BUFFER.fullmatch(name) and len(given) == 4:
            content, dtype, shape, _ = given
            return _Array(self._array(dtype, content, shape))
        if name == _ENCODE and given[1:] == ("latin1",):
            return self._bytes(given[0])
        if name in _DICTS:
            return {}
        if name in _NO_BYTES and not given:
            return b""
        raise PickleError(f"a pickle that calls {name[:80]!r} otherwise than numpy does")

    def tell(self, value: object, state: object) -> None:
        """Give an array its numbers, or a type the order of its bytes; raises `PickleError` for any other state."""
        if isinstance(value, _DType) and isinstance(state, tuple) and len(state) > 1:
            order = state[1]
            if isinstance(order, str) and order in ("<", ">", "|", "="):
                value.order, value.one = order, None
        elif isinstance(value, _Array) and isinstance(state, tuple) and len(state) in (4, 5):
            shape, dtype, _, content = state[-4:]
            value[:] = self._array(dtype, content, shape)
        else:
            raise PickleError("a pickle that sets the state of what is no plain data")

    def _bytes(self, content: object) -> bytes:
        """Bytes, also where they stand as text, as in pickles of Python 2."""
        if isinstance(content, str):
            self._encoded += len(content)
            if self._encoded > MOST_ENCODED:
                raise PickleError("a pickle of more bytes than a history has")
            return content.encode("latin-1")
        if not isinstance(content, bytes):
            raise PickleError("numbers without their bytes")
        return content

    def _array(self, dtype: object, content: object, shape: object) -> list[object]:
        """The numbers of an array; none where it has several dimensions, as no curve has."""
        kind, data = _known(dtype).numpy(), self._bytes(content)
        count, odd = divmod(len(data), kind.itemsize)
        if not isinstance(shape, tuple):
            raise PickleError("an array without its shape")
        if odd or (len(shape) < 2 and shape != (count,) and (shape, count) != ((), 1)):
            raise PickleError("an array whose bytes are not as many as its numbers need")
        if len(shape) > 1:
            return []
        self._numbers += count
        if self._numbers > MOST_NUMBERS:
            raise PickleError("a pickle of more numbers than a history has")
        with np.errstate(invalid="ignore"):
            found: list[object] = np.frombuffer(data, dtype=kind).astype(np.float64).tolist()
        return found


def _known(dtype: object) -> _DType:
    if not isinstance(dtype, _DType):
        raise PickleError("an array of objects, expected plain numbers")
    return dtype
