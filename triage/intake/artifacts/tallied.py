"""A part of a set of data after it was read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from triage.intake.artifacts.column_tally import ColumnTally
from triage.intake.artifacts.label_tally import LabelTally
from triage.intake.artifacts.portions import Part
from triage.intake.artifacts.row_keys import KeyStore
from triage.intake.found import Place

__all__ = ["Tallied", "first_for_training", "place_in"]


@dataclass(frozen=True, slots=True)
class Tallied:
    """What was seen of a part.

    Args:
        part: which.
        rows: how many there are.
        columns: its inputs; without meaning where it has none.
        labels: its labels; without meaning where it has none.
        keys: of its rows.

    """

    part: Part
    rows: int
    columns: ColumnTally
    labels: LabelTally
    keys: KeyStore


def first_for_training(tallied: Sequence[Tallied]) -> Tallied | None:
    """The part that is called so, else the one that is called nothing; None where there is no such part."""
    for split in ("train", ""):
        for one in tallied:
            if one.part.split == split:
                return one
    return None


def place_in(part: Part, words: str = "") -> Place:
    """An array, or a column."""
    said = " ".join(f"{part.name} {words}".split())
    return Place(part.file, words=said[:120])
