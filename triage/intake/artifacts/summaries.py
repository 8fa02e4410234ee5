"""What the numbers of a tensor are like, in one pass over its bytes."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from triage.intake.artifacts.share import Share
from triage.intake.artifacts.tensor import Numbers, Tensor

__all__ = ["Summary", "same_bytes", "summary_of"]


@dataclass(frozen=True, slots=True)
class Summary:
    """The numbers of one tensor.

    Args:
        count: of all.
        nan: how many are NaN.
        inf: how many are infinite.
        low: the least finite one; infinite where there is none.
        high: the greatest finite one; minus infinite where there is none.
        square_sum: of the finite ones.
        below: how many of the finite ones lie below the bound that was asked about, and are not zero.
        zeros: how many are zero, where a bound was asked about.

    """

    count: int = 0
    nan: int = 0
    inf: int = 0
    low: float = math.inf
    high: float = -math.inf
    square_sum: float = 0.0
    below: int = 0
    zeros: int = 0

    @property
    def broken(self) -> int:
        """How many are NaN or infinite."""
        return self.nan + self.inf

    @property
    def constant(self) -> bool:
        """Whether all are the same finite number."""
        return self.broken == 0 and self.low == self.high

    @property
    def largest(self) -> float:
        """The greatest size of a finite one."""
        return max(abs(self.low), abs(self.high)) if self.low <= self.high else 0.0

    @property
    def norm(self) -> float:
        """Root of the sum of squares."""
        return math.sqrt(self.square_sum)


def summary_of(tensor: Tensor, share: Share, bound: float = 0.0) -> Summary:
    """Read a tensor and sum it up.

    Args:
        tensor: which.
        share: is told how much was read.
        bound: numbers below it are counted; nothing is counted where it is 0.

    Raises:
        IntakeError: the file was cut off or is broken.

    """
    total = Summary()
    with np.errstate(all="ignore"):
        for numbers in tensor.numbers():
            found = _of_floats(numbers) if tensor.kind.floating else _of_integers(numbers)
            below, zeros = _counted(numbers, bound) if bound > 0.0 else (0, 0)
            total = Summary(
                total.count + found.count,
                total.nan + found.nan,
                total.inf + found.inf,
                min(total.low, found.low),
                max(total.high, found.high),
                total.square_sum + found.square_sum,
                total.below + below,
                total.zeros + zeros,
            )
            share.add(numbers.size * tensor.kind.stored.itemsize)
    return total


def same_bytes(one: Tensor, other: Tensor) -> bool:
    """Whether two tensors are the same to the last bit; raises `IntakeError` where they cannot be read."""
    if (one.kind.name, one.source.size) != (other.kind.name, other.source.size):
        return False
    pairs = zip(one.source.blocks(), other.source.blocks(), strict=True)
    return all(np.array_equal(first, second) for first, second in pairs)


def _of_floats(numbers: Numbers) -> Summary:
    """A NaN passes through the least and the greatest, so that sound blocks need no further look."""
    low, high = float(numbers.min()), float(numbers.max())
    if math.isfinite(low) and math.isfinite(high):
        return Summary(numbers.size, 0, 0, low, high, _square_sum(numbers, max(-low, high)))
    nan = int(np.count_nonzero(np.isnan(numbers)))
    finite = numbers[np.isfinite(numbers)]
    inf = numbers.size - nan - finite.size
    if not finite.size:
        return Summary(numbers.size, nan, inf)
    low, high = float(finite.min()), float(finite.max())
    return Summary(numbers.size, nan, inf, low, high, _square_sum(finite, max(-low, high)))


def _of_integers(numbers: Numbers) -> Summary:
    return Summary(numbers.size, 0, 0, float(numbers.min()), float(numbers.max()), _square_sum(numbers, math.inf))


def _square_sum(numbers: Numbers, largest: float) -> float:
    """In the type that stands there where squares fit into it, since that takes no copy."""
    if numbers.dtype == np.float32 and 1e-15 < largest < 1e15:
        return float(np.dot(numbers, numbers))
    exact = numbers.astype(np.float64)
    return min(float(np.dot(exact, exact)), 1e300)


def _counted(numbers: Numbers, bound: float) -> tuple[int, int]:
    zeros = int(np.count_nonzero(numbers == 0))
    return int(np.count_nonzero(np.less(numbers, bound))) - zeros, zeros
