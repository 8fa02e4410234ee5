"""Columns of numbers, summed up while they pass: what is missing, how far they go, how they spread."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from triage.intake.artifacts.portions import Matrix

__all__ = ["ColumnTally"]

SAMPLED = 1 << 20
"""Numbers of the sample by which quantiles are told."""

MOST_SAMPLED = 20_000
"""Rows of it."""

Floats = NDArray[np.float64]


class ColumnTally:
    """What has been seen of some columns.

    Args of each row of figures: one number a column; rows are counted from 0, and -1 is none.
    """

    def __init__(self, columns: int, width: int) -> None:
        """Nothing seen yet.

        Args:
            columns: how many.
            width: numbers of one row that one column stands for.

        """
        self.rows = 0
        self.nan, self.inf = np.zeros(columns, np.int64), np.zeros(columns, np.int64)
        self.first_nan, self.first_inf = np.full(columns, -1), np.full(columns, -1)
        self.low, self.high = np.full(columns, np.inf), np.full(columns, -np.inf)
        self.low_row, self.high_row = np.full(columns, -1), np.full(columns, -1)
        self.count, self.mean, self.spread = np.zeros(columns), np.zeros(columns), np.zeros(columns)
        self._width = width
        self._whole = True
        self._columns = columns
        self._sample: list[Floats] = []
        self._sampled, self._one_in, self._seen = 0, 1, 0

    def add(self, rows: Matrix) -> None:
        """More rows, of shape (rows, numbers)."""
        whole = rows.shape[0]
        block = np.asarray(rows if self._width == 1 else rows.reshape(-1, self._columns), dtype=np.float64)
        if not block.size:
            self.rows += whole
            return
        with np.errstate(all="ignore"):
            low, high = block.min(axis=0), block.max(axis=0)
            finite = np.isfinite(low) & np.isfinite(high)
            self._whole = bool(finite.all())
            if not self._whole:
                block, low, high = self._without_gaps(block)
            self._merge(block, low, high)
        self._take(block)
        self.rows += whole

    @property
    def deviation(self) -> Floats:
        """Of each column, from its mean."""
        return np.sqrt(self.spread / np.maximum(self.count, 1.0))

    def quantiles(self, *shares: float) -> Floats:
        """Of each column, from a sample of its rows that is spread evenly over the file."""
        sample = np.concatenate(self._sample) if self._sample else np.empty((0, self._columns))
        if sample.size and np.isfinite(sample).all():
            whole: Floats = np.quantile(sample, shares, axis=0)
            return whole
        found = np.full((len(shares), self._columns), np.nan)
        for column in range(self._columns):
            values = sample[:, column]
            values = values[np.isfinite(values)]
            if values.size:
                found[:, column] = np.quantile(values, shares)
        return found

    def _without_gaps(self, block: Floats) -> tuple[Floats, Floats, Floats]:
        """Count what is not finite; the block with NaN for all of it, and least and greatest of the rest."""
        missing, endless = np.isnan(block), np.isinf(block)
        self.nan += missing.sum(axis=0)
        self.inf += endless.sum(axis=0)
        for bad, first in ((missing, self.first_nan), (endless, self.first_inf)):
            new = bad.any(axis=0) & (first < 0)
            first[new] = self.rows + bad[:, new].argmax(axis=0) // self._width
        block = np.where(endless, np.nan, block)
        gone = np.isnan(block)
        return block, np.where(gone, np.inf, block).min(axis=0), np.where(gone, -np.inf, block).max(axis=0)

    def _merge(self, block: Floats, low: Floats, high: Floats) -> None:
        """Means and spreads of two parts make those of the whole (Chan, Golub and LeVeque 1979)."""
        lower, higher = low < self.low, high > self.high
        gone = None if self._whole else np.isnan(block)
        if lower.any():
            chosen = block[:, lower] if gone is None else np.where(gone, np.inf, block)[:, lower]
            self.low_row[lower] = self.rows + np.argmin(chosen, axis=0) // self._width
        if higher.any():
            chosen = block[:, higher] if gone is None else np.where(gone, -np.inf, block)[:, higher]
            self.high_row[higher] = self.rows + np.argmax(chosen, axis=0) // self._width
        self.low, self.high = np.minimum(self.low, low), np.maximum(self.high, high)
        count = (
            np.full(self._columns, float(block.shape[0])) if gone is None else (~gone).sum(axis=0).astype(np.float64)
        )
        some = np.maximum(count, 1.0)
        mean = (block.sum(axis=0) if gone is None else np.where(gone, 0.0, block).sum(axis=0)) / some
        apart = block - mean
        apart *= apart
        spread = apart.sum(axis=0) if gone is None else np.where(gone, 0.0, apart).sum(axis=0)
        both = np.maximum(self.count + count, 1.0)
        step = mean - self.mean
        self.spread += spread + step * step * self.count * count / both
        self.mean += step * count / both
        self.count += count

    def _take(self, block: Floats) -> None:
        """Every so manieth row; half of them are let go where they become too many."""
        first = -self._seen % self._one_in
        self._seen += block.shape[0]
        taken = block[first :: self._one_in].copy()
        self._sample.append(taken)
        self._sampled += taken.shape[0]
        most = max(64, min(MOST_SAMPLED * self._width_of_sample(), SAMPLED // self._columns))
        while self._sampled > most:
            halved: NDArray[Any] = np.concatenate(self._sample)[::2]
            self._sample, self._sampled = [halved], halved.shape[0]
            self._one_in *= 2

    def _width_of_sample(self) -> int:
        """A column that stands for many numbers of a row may take more of them."""
        return 1 if self._width == 1 else 16
