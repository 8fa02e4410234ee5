"""Rows that come again: within one part, and in a part for testing as well as in the one for training."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from triage.intake.artifacts.portions import Part
from triage.intake.artifacts.tallied import Tallied, place_in
from triage.intake.found import Found, Told

__all__ = ["rows_told"]

SPLITS = {"train": "training", "val": "validation", "test": "test"}

FEW_VALUES = 0.2
"""Share of rows that come again within the training data, from which on a match with others may be chance."""

SURE = 0.01
"""Share of the rows of a part from which on they were not there by chance."""

SOME = 0.001
"""Share of repeated rows from which on they are worth a note."""


def rows_told(tallied: Sequence[Tallied]) -> Told:
    """Compare the keys of all parts that have inputs."""
    parts = [one for one in tallied if one.keys.rows]
    notes = [note for one in parts for note in _repeated(one)]
    trained = [one for one in parts if one.part.split == "train"]
    others = [one for one in parts if one.part.split in ("val", "test")]
    if len(trained) != 1 or not others:
        return Told(notes=tuple(notes))
    comparable = [one for one in others if one.part.layout == trained[0].part.layout]
    if not comparable:
        notes.append("Training data and the others differ in columns or types, so their rows were not compared.")
        return Told(notes=tuple(notes))
    if _share_again(trained[0]) > FEW_VALUES:
        notes.append("So many rows of the training data are alike that rows were not looked for in the other parts.")
        return Told(notes=tuple(notes))
    return Told(found=(_leaked(trained[0], comparable),), notes=tuple(notes))


def _repeated(one: Tallied) -> list[str]:
    share = _share_again(one)
    if share < SOME:
        return []
    sampled = f", by a sample of one row in {one.keys.one_in:,}" if one.keys.one_in > 1 else ""
    return [f"{share:.1%} of the {one.rows:,} rows of {_title(one.part)} have inputs that came before{sampled}."]


def _share_again(one: Tallied) -> float:
    found, counts = one.keys.distinct(one.keys.one_in)
    total = int(counts.sum())
    return 1.0 - found.size / total if total else 0.0


def _leaked(trained: Tallied, others: Sequence[Tallied]) -> Found:
    """Of the part with the most rows that stand in the training data too."""
    worst: tuple[float, int, Tallied, int] | None = None
    for one in others:
        one_in = max(trained.keys.one_in, one.keys.one_in)
        known, _ = trained.keys.distinct(one_in)
        found, counts = one.keys.distinct(one_in)
        again = int(counts[np.isin(found, known, assume_unique=True)].sum())
        share = again / max(1, int(counts.sum()))
        if worst is None or share > worst[0]:
            worst = (share, again, one, one_in)
    assert worst is not None
    share, again, one, one_in = worst
    sampled = f" (of a sample of one in {one_in:,})" if one_in > 1 else ""
    kind = SPLITS[one.part.split]
    place = place_in(one.part)
    if again:
        message = f"{again:,} rows{sampled} of the {kind} data, {share:.2%}, stand in the training data as well."
        sure = {"found": 0.96} if share >= SURE else {"found": 0.75, "none": 0.24}
        return Found("find_leaked_samples", sure, message, place)
    message = f"No row{sampled} of the {kind} data stands in the training data; near copies were not looked for."
    return Found("find_leaked_samples", {"none": 0.75, "found": 0.23}, message, place)


def _title(part: Part) -> str:
    return part.title[:60] if part.name else f"the {SPLITS.get(part.split, '')} data".replace("  ", " ")
