"""Labels, summed up while they pass: the classes and how often each, the order they come in, how far numbers go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from triage.intake.artifacts.column_tally import ColumnTally
from triage.intake.artifacts.portions import Matrix

__all__ = ["LabelTally"]

MOST_CLASSES = 20_000
"""Distinct values from which on they are no classes."""


class LabelTally:
    """What has been seen of the labels of one part."""

    def __init__(self, sides: int) -> None:
        """Nothing seen yet; labels of so many numbers a row are to come."""
        self.sides = sides
        self.rows = 0
        self.changes = 0
        self.missing = 0
        self.first_missing = -1
        self.texts = False
        self.whole = True
        self.one_hot = sides > 1
        self.zero_one = True
        self.numbers = ColumnTally(1, sides)
        self._counts: dict[float | str, int] = {}
        self._many = False
        self._last: float | str | None = None

    @property
    def counts(self) -> Mapping[float | str, int]:
        """Class -> how often; empty where the labels are no classes."""
        return {} if self._many else self._counts

    def add(self, labels: Matrix) -> None:
        """More of them, of shape (rows,) or (rows, numbers)."""
        if not labels.size:
            return
        if labels.dtype.kind in "OUS":
            self._add_texts(labels.reshape(-1))
        else:
            self._add_numbers(labels.reshape(labels.shape[0], -1))
        self.rows += labels.shape[0]

    def _add_texts(self, labels: Matrix) -> None:
        import pandas as pd

        self.texts, self.one_hot, self.zero_one, self.whole = True, False, False, False
        gone = pd.Series(labels).isna().to_numpy(dtype=np.bool_)
        self._count_missing(gone)
        codes, names = pd.factorize(labels[~gone])
        self._count(codes, [str(name) for name in names], np.bincount(codes, minlength=len(names)))

    def _add_numbers(self, labels: Matrix) -> None:
        self.numbers.add(labels)
        values = labels.astype(np.float64, copy=False)
        gone = np.logical_or.reduce(np.isnan(values), axis=1)
        self._count_missing(gone)
        values = values[~gone]
        if not values.size:
            return
        self.zero_one = self.zero_one and bool(np.isin(values, (0.0, 1.0)).all())
        with np.errstate(all="ignore"):
            self.whole = self.whole and bool((values == np.floor(values)).all())
        self.one_hot = self.one_hot and self.zero_one and bool((values.sum(axis=1) == 1.0).all())
        if self.sides > 1 and not self.one_hot:
            self._many = True
        if not self._many and self.whole:
            classes = values.argmax(axis=1).astype(np.float64) if self.one_hot else values[:, 0]
            self._count(*_numbered(classes))

    def _count(self, codes: NDArray[np.intp], names: Sequence[float | str], counts: NDArray[np.intp]) -> None:
        if not codes.size or self._many:
            return
        self.changes += int(np.count_nonzero(np.diff(codes)))
        self.changes += self._last is not None and self._last != names[codes[0]]
        self._last = names[codes[-1]]
        for name, count in zip(names, counts.tolist(), strict=True):
            if count:
                self._counts[name] = self._counts.get(name, 0) + int(count)
        if len(self._counts) > MOST_CLASSES:
            self._many, self._counts = True, {}

    def _count_missing(self, gone: NDArray[np.bool_]) -> None:
        if gone.any():
            self.missing += int(np.count_nonzero(gone))
            if self.first_missing < 0:
                self.first_missing = self.rows + int(gone.argmax())


def _numbered(classes: NDArray[np.float64]) -> tuple[NDArray[np.intp], Sequence[float], NDArray[np.intp]]:
    """A code for each, what the codes stand for, and how often each comes; small numbers are their own codes."""
    if classes.min() < 0.0 or classes.max() >= MOST_CLASSES:
        names, codes, counts = np.unique(classes, return_inverse=True, return_counts=True)
        return codes, names.tolist(), counts
    codes = classes.astype(np.intp)
    counts = np.bincount(codes)
    return codes, np.arange(counts.size, dtype=np.float64).tolist(), counts
