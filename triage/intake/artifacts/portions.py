"""A set of data as it is read: portion by portion, its inputs, its labels, and a key for each row."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from triage.intake.artifacts.share import Share

__all__ = ["Matrix", "Part", "Portion"]

Matrix: TypeAlias = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Portion:
    """Some rows that follow upon each other.

    Args:
        inputs: numbers, a row each; None where the part holds labels alone.
        labels: numbers or texts, one or several for each row; None where there are none.
        keys: what tells the inputs of one row from those of another; None where rows cannot be told apart.

    """

    inputs: Matrix | None
    labels: Matrix | None
    keys: NDArray[np.uint64] | None


@dataclass(frozen=True, slots=True)
class Part:
    """A table or an array.

    Args:
        file: as it was given.
        name: of the array in its archive; empty for a file of its own.
        split: ``train``, ``val``, ``test`` or empty where the name does not tell.
        columns: names of the inputs; one where all of them are looked at together.
        width: numbers of a row that one column stands for.
        kind: of the inputs: ``f``, ``i``, ``u`` or ``b`` as in numpy.
        layout: parts with the same can share rows.
        label: what the labels are called; empty where there are none.
        sides: of an array of labels; 1 in a table.
        rows: how many there are; 0 where that is known only at the end.
        apart: whether one row can be told from another.
        size: bytes that will be read.
        portions: reads it; is given what counts the bytes, and may raise `IntakeError`.
        notes: what was left out.

    """

    file: str
    name: str
    split: str
    columns: tuple[str, ...]
    width: int
    kind: str
    layout: tuple[object, ...]
    label: str
    sides: int
    rows: int
    apart: bool
    size: int
    portions: Callable[[Share], Iterator[Portion]]
    notes: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """What it is called beside others."""
        return self.name or self.split or "the data"
