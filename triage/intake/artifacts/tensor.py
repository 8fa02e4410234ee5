"""A tensor of a file: its name, its type, its shape, and where its bytes lie."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from triage.intake.artifacts.stretches import Bytes

__all__ = ["KINDS", "Kind", "Numbers", "Tensor", "kind_of"]

Numbers: TypeAlias = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Kind:
    """How a number is written.

    Args:
        name: as safetensors calls it.
        stored: what numpy reads of the bytes.
        decode: what makes numbers of that, where numpy knows the type only as bits; None where they are numbers.

    """

    name: str
    stored: np.dtype[np.generic]
    decode: Callable[[Numbers], Numbers] | None = None

    @property
    def floating(self) -> bool:
        """Whether it can be NaN."""
        return self.decode is not None or self.stored.kind == "f"


@dataclass(frozen=True, slots=True)
class Tensor:
    """A tensor that can be read.

    Args:
        name: in the file, with its path.
        kind: how its numbers are written.
        shape: of the whole.
        source: its bytes.

    """

    name: str
    kind: Kind
    shape: tuple[int, ...]
    source: Bytes

    def numbers(self) -> Iterator[Numbers]:
        """Its numbers in blocks, flat; each is valid until the next is asked for.

        Raises:
            IntakeError: the file was cut off or is broken.

        """
        for block in self.source.blocks():
            numbers = block.view(self.kind.stored)
            if self.kind.decode is not None:
                numbers = self.kind.decode(numbers)
            yield numbers


def _from_bfloat16(bits: Numbers) -> Numbers:
    """The upper half of a float32."""
    return (bits.astype(np.uint32) << np.uint32(16)).view(np.float32)


def _from_half(bits: Numbers) -> Numbers:
    """The bits where float32 has them, times what the exponents then are too small by; three times as fast as numpy.

    That makes ordinary numbers of Inf and NaN, so that what holds one is read by a table.
    """
    if np.max(bits & _HALF_SIZE) >= _HALF_INF:
        return np.take(_halves(), bits)
    wide = bits.view(np.int16).astype(np.int32)
    np.left_shift(wide, 13, out=wide)
    np.bitwise_and(wide, _SIGN_AND_SIZE, out=wide)
    numbers = wide.view(np.float32)
    return np.multiply(numbers, _HALF_SCALE, out=numbers)


_HALF_SIZE, _HALF_INF = np.uint16(0x7FFF), 0x7C00
_SIGN_AND_SIZE, _HALF_SCALE = np.int32(~0x70000000), np.float32(2.0**112)


@lru_cache(maxsize=1)
def _halves() -> NDArray[np.float32]:
    return np.arange(1 << 16, dtype=np.uint16).view(np.float16).astype(np.float32)


def _eight_bits(exponents: int, bias: int, has_inf: bool) -> NDArray[np.float32]:
    """The 256 values of an 8-bit float (Micikevicius et al. 2022, "FP8 Formats for Deep Learning", table 1)."""
    bits = np.arange(256, dtype=np.int64)
    fractions = 7 - exponents
    exponent, fraction = bits >> fractions & (1 << exponents) - 1, bits & (1 << fractions) - 1
    scaled = np.where(exponent == 0, fraction / (1 << fractions), 1 + fraction / (1 << fractions))
    values = scaled * 2.0 ** (np.maximum(exponent, 1) - bias)
    top = exponent == (1 << exponents) - 1
    if has_inf:
        values[top] = np.where(fraction[top] == 0, np.inf, np.nan)
    else:
        values[top & (fraction == (1 << fractions) - 1)] = np.nan
    table: NDArray[np.float32] = np.where(bits >> 7, -values, values).astype(np.float32)
    return table


_E4M3, _E5M2 = _eight_bits(4, 7, False), _eight_bits(5, 15, True)

KINDS = {
    kind.name: kind
    for kind in (
        Kind("F64", np.dtype("<f8")),
        Kind("F32", np.dtype("<f4")),
        Kind("F16", np.dtype("<u2"), _from_half),
        Kind("BF16", np.dtype("<u2"), _from_bfloat16),
        Kind("F8_E4M3", np.dtype("u1"), lambda bits: np.take(_E4M3, bits)),
        Kind("F8_E5M2", np.dtype("u1"), lambda bits: np.take(_E5M2, bits)),
        Kind("I64", np.dtype("<i8")),
        Kind("I32", np.dtype("<i4")),
        Kind("I16", np.dtype("<i2")),
        Kind("I8", np.dtype("i1")),
        Kind("U64", np.dtype("<u8")),
        Kind("U32", np.dtype("<u4")),
        Kind("U16", np.dtype("<u2")),
        Kind("U8", np.dtype("u1")),
        Kind("BOOL", np.dtype("u1")),
    )
}
"""Name -> how it is written, the lowest byte first."""


def kind_of(dtype: np.dtype[np.generic]) -> Kind | None:
    """How numpy writes numbers of a type; None where they are no real numbers."""
    if dtype.kind == "b":
        return KINDS["BOOL"]
    if dtype.kind not in "fiu" or dtype.itemsize > 8:
        return None
    known = KINDS.get(f"{dtype.kind.upper()}{8 * dtype.itemsize}")
    return Kind(known.name, known.stored.newbyteorder(dtype.byteorder), known.decode) if known is not None else None
