"""What the labels show: their form, the classes and how even they are, and whether they come sorted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from triage.intake.artifacts.data_names import is_mask
from triage.intake.artifacts.tallied import Tallied, first_for_training, place_in
from triage.intake.found import Found, Place, Told

__all__ = ["labels_told"]

EVEN, NEARLY_EVEN, EXTREME = 1.5, 2.0, 10.0
"""Most frequent class over the least frequent, as the states of the setting have them."""

FEWEST = 20
"""Rows below which balance is not told."""

ROWS_A_CLASS = 5
"""Numbers that are classes come back that often, on average."""

NAMED_SO = ("class", "label", "categor")

SORTED, FEWEST_TO_ORDER = 0.1, 100
"""Share of the changes between neighbours that rows in random order have, below which they are sorted."""


def labels_told(tallied: Sequence[Tallied]) -> Told:
    """Judge the labels for training, or those that there are."""
    parts = [one for one in tallied if one.part.label and one.rows]
    one = first_for_training(parts) or (parts[0] if parts else None)
    if one is None:
        return Told()
    form = _form(one)
    classes = _are_classes(one, form)
    found = [Found("target_form", form, _form_message(one), _place(one))] if form else []
    if not classes:
        return Told(found=tuple(found))
    found += [*_balance(one), *_order(one)]
    return Told(found=tuple(found), notes=tuple(_class_notes(one)))


def _form(one: Tallied) -> Mapping[str, float]:
    """How likely such labels are under each form; empty for texts, which become numbers later."""
    labels, numbers = one.labels, one.labels.numbers
    if labels.texts or labels.rows == labels.missing:
        return {}
    low, high = float(numbers.low[0]), float(numbers.high[0])
    if labels.one_hot:
        return {"one_hot": 0.97}
    if is_mask(one.part.label) and labels.sides > 1:
        return {"boxes_or_masks": 0.93}
    if labels.zero_one and labels.sides > 1:
        return {"zero_one_values": 0.75, "boxes_or_masks": 0.2}
    if labels.zero_one:
        return {"zero_one_values": 0.49, "class_indices": 0.49}
    if labels.whole and labels.sides == 1 and low >= -1.0:
        named = any(word in one.part.label.lower() for word in NAMED_SO)
        if named and labels.counts:
            return {"class_indices": 0.96}
        if not labels.counts or len(labels.counts) * ROWS_A_CLASS > labels.rows or high > 10 * len(labels.counts):
            return {"raw_numbers": 0.75, "class_indices": 0.2}
        return {"class_indices": 0.8, "raw_numbers": 0.17}
    if low >= 0.0 and high <= 1.0:
        return {"zero_one_values": 0.72, "scaled_numbers": 0.26}
    if low >= -1.0 and high <= 1.0:
        return {"scaled_numbers": 0.85, "raw_numbers": 0.1}
    mean, deviation = float(numbers.mean[0]), float(numbers.deviation[0])
    if abs(mean) <= 0.3 and 0.5 <= deviation <= 2.0:
        return {"scaled_numbers": 0.92}
    return {"raw_numbers": 0.92} if max(abs(mean), deviation) > 10.0 else {"raw_numbers": 0.6, "scaled_numbers": 0.37}


def _form_message(one: Tallied) -> str:
    labels, numbers = one.labels, one.labels.numbers
    if labels.one_hot:
        return f"The labels have {labels.sides:,} numbers a row, a single 1 among zeros."
    whole = "whole numbers" if labels.whole else "numbers"
    return f"The labels are {whole} from {numbers.low[0]:.4g} to {numbers.high[0]:.4g}."


def _are_classes(one: Tallied, form: Mapping[str, float]) -> bool:
    labels = one.labels
    if len(labels.counts) < 1 or (labels.sides > 1 and not labels.one_hot):
        return False
    if labels.texts:
        return len(labels.counts) * ROWS_A_CLASS <= labels.rows
    return form.get("class_indices", 0.0) + form.get("one_hot", 0.0) + form.get("zero_one_values", 0.0) > 0.7


def _balance(one: Tallied) -> list[Found]:
    """Of the classes that occur; those that do not are for a note."""
    counts = one.labels.counts
    if one.rows < FEWEST or len(counts) < 2:
        return []
    most, least = max(counts, key=lambda name: counts[name]), min(counts, key=lambda name: counts[name])
    factor = counts[most] / counts[least]
    message = (
        f"Of {len(counts):,} classes the most frequent, {_name(most)}, comes {counts[most]:,} times, "
        f"the least frequent, {_name(least)}, {counts[least]:,} times."
    )
    likelihood = {"extreme": 0.97}
    if factor <= EVEN:
        message = f"{len(counts):,} classes come {counts[least]:,} to {counts[most]:,} times each."
        likelihood = {"balanced": 0.97}
    elif factor <= NEARLY_EVEN:
        likelihood = {"balanced": 0.5, "uneven": 0.49}
    elif factor <= EXTREME:
        likelihood = {"uneven": 0.97}
    return [Found("class_balance", likelihood, message, _place(one))]


def _order(one: Tallied) -> list[Found]:
    """Long runs of one class in the file; most programs shuffle, which a file cannot show."""
    labels = one.labels
    total = sum(labels.counts.values())
    if total < FEWEST_TO_ORDER or len(labels.counts) < 2:
        return []
    expected = total * (1.0 - sum((count / total) ** 2 for count in labels.counts.values()))
    if expected < 20 or labels.changes > SORTED * expected:
        return []
    message = (
        f"The labels come in {labels.changes + 1:,} runs of one class, where rows in random order would have about "
        f"{expected:,.0f}: without shuffling a batch holds one class."
    )
    return [Found("batch_composition", {"sorted_or_one_class": 0.45, "mixed": 0.5}, message, _place(one))]


def _class_notes(one: Tallied) -> list[str]:
    labels = one.labels
    counts = labels.counts
    notes = [f"The labels hold {len(counts):,} classes."]
    numbers = sorted(name for name in counts if isinstance(name, float))
    if labels.one_hot or not numbers or len(numbers) < 2:
        return notes
    negative = [number for number in numbers if number < 0]
    if negative:
        times = sum(counts[number] for number in negative)
        notes.append(f"{times:,} labels are negative, such as {negative[0]:g}: most losses expect classes from 0 on.")
    elif numbers[0] > 0:
        notes.append(f"The labels begin with {numbers[0]:g}: most losses expect classes from 0 on.")
    span = numbers[-1] - max(numbers[0], 0.0) + 1
    present = len(numbers) - len(negative)
    if span > present and span < 1e6:
        first = max(numbers[0], 0.0)
        notes.append(f"Of the labels from {first:g} to {numbers[-1]:g}, {span - present:,.0f} never occur.")
    return notes


def _name(label: float | str) -> str:
    return f"{label:g}" if isinstance(label, float) else repr(label[:40])


def _place(one: Tallied) -> Place:
    return place_in(one.part, "" if one.part.name else one.part.label)
