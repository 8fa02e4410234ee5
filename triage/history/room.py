"""Room for the numbers of a large column: memory that is taken only where it is filled.

Numpy asks the system for pages of 2 MB. On a virtual machine that has to put such pages together first, the first touch
of 80 MB was measured at anything from 9 to 171 ms; with the small pages of an anonymous map it is a steady 40.
"""

from __future__ import annotations

import mmap
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["room_of_flags", "room_of_numbers"]

LARGE = 1 << 20
"""Bytes from which on a map of its own is worth its making."""


def room_of_numbers(count: int) -> NDArray[np.float64]:
    """Float64 of shape (count,), not yet filled."""
    return _room(count, np.dtype(np.float64))


def room_of_flags(count: int) -> NDArray[np.bool_]:
    """Bool of shape (count,), not yet filled."""
    return _room(count, np.dtype(np.bool_))


def _room(count: int, kind: np.dtype[Any]) -> NDArray[Any]:
    size = count * kind.itemsize
    if size < LARGE:
        return np.empty(count, dtype=kind)
    return np.frombuffer(_pages(size), dtype=kind)


def _pages(size: int) -> mmap.mmap:
    """An anonymous map; private where there is a choice, as memory that is shared is filled more slowly."""
    if hasattr(mmap, "MAP_PRIVATE") and hasattr(mmap, "MAP_ANONYMOUS"):
        return mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    return mmap.mmap(-1, size)
