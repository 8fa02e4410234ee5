"""Keys of rows, by which the same row is found again, in bounded memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from triage.intake.artifacts.portions import Matrix

__all__ = ["KeyStore", "keys_of"]

MOST_KEYS = 1 << 19
"""Keys that are kept of one part."""

AT_ONCE = 1 << 18
"""Bytes of rows that are mixed at once: what is needed of them meanwhile stays in the second cache."""

SPREAD = np.uint64(0x9E3779B97F4A7C15)
"""An odd number without a pattern: 2**64 over the golden ratio (Knuth, "The Art of Computer Programming" 3, 6.4)."""


def keys_of(rows: Matrix) -> NDArray[np.uint64]:
    """64 bits for each row, the same for the same bytes; two others share theirs once in 10**19.

    The words of a row are mixed, and their sum with one random factor each is taken (Carter and Wegman 1979,
    "Universal Classes of Hash Functions").

    Args:
        rows: of shape (rows, numbers).

    """
    keys = np.empty(rows.shape[0], dtype=np.uint64)
    step = max(1, AT_ONCE // max(1, rows.shape[1] * rows.dtype.itemsize))
    for row in range(0, rows.shape[0], step):
        keys[row : row + step] = _keys(rows[row : row + step])
    return keys


def _keys(rows: Matrix) -> NDArray[np.uint64]:
    words = _words(rows)
    mixed = words ^ (words >> np.uint64(32))
    mixed *= SPREAD
    mixed ^= mixed >> np.uint64(29)
    mixed *= _factors(words.shape[1])
    keys: NDArray[np.uint64] = mixed.sum(axis=1, dtype=np.uint64)
    keys ^= keys >> np.uint64(31)
    keys *= SPREAD
    return keys ^ (keys >> np.uint64(32))


def _words(rows: Matrix) -> NDArray[np.uint64]:
    """The bytes of each row as whole words, filled up with zeros."""
    if rows.dtype == np.float64:
        plain: NDArray[np.uint64] = (rows + 0.0).view(np.uint64) if rows.flags.c_contiguous else _by_columns(rows)
        return plain
    data = np.ascontiguousarray(rows).view(np.uint8).reshape(rows.shape[0], -1)
    short = -data.shape[1] % 8
    if short:
        data = np.pad(data, ((0, 0), (0, short)))
    return data.view(np.uint64)


def _by_columns(rows: Matrix) -> NDArray[np.uint64]:
    """A frame of pandas keeps its columns together; its words stay in that order, as sums do not mind."""
    words: NDArray[np.uint64] = np.ascontiguousarray(rows.T + 0.0).view(np.uint64).T
    return words


@lru_cache(maxsize=8)
def _factors(count: int) -> NDArray[np.uint64]:
    drawn = np.random.default_rng(20240229).integers(0, 1 << 63, size=count, dtype=np.uint64)
    return drawn * np.uint64(2) + np.uint64(1)


@dataclass(slots=True)
class KeyStore:
    """Keys of one part: all of them, or where they are many those that one in so many has by chance.

    The choice goes by the key itself, so that the same row is kept or left out wherever it stands.

    Args:
        one_in: of so many keys one is kept.
        rows: how many were seen.
        kept: those that are kept.

    """

    one_in: int = 1
    rows: int = 0
    kept: list[NDArray[np.uint64]] = field(default_factory=list)
    count: int = 0

    def add(self, keys: NDArray[np.uint64]) -> None:
        """More rows."""
        self.rows += keys.size
        chosen = _chosen(keys, self.one_in)
        self.kept.append(chosen)
        self.count += chosen.size
        while self.count > MOST_KEYS:
            self.one_in *= 2
            self.kept = [_chosen(np.concatenate(self.kept), self.one_in)]
            self.count = self.kept[0].size

    def distinct(self, one_in: int) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
        """Those that one in so many has, each once and sorted, and how often each was seen."""
        keys = np.concatenate(self.kept) if self.kept else np.empty(0, dtype=np.uint64)
        found, counts = np.unique(_chosen(keys, one_in), return_counts=True)
        return found, counts.astype(np.int64)


def _chosen(keys: NDArray[np.uint64], one_in: int) -> NDArray[np.uint64]:
    return keys if one_in == 1 else keys[keys % np.uint64(one_in) == 0]
