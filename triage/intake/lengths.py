"""How long a run is, and when it went wrong, from the numbers of epochs and steps that a text names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from triage.intake.concepts import Item
from triage.intake.merging import Mention
from triage.intake.phrases import is_number
from triage.intake.vocabulary import NUMBER_WORDS, PASSING, RATE_BEFORE, TIME_BEFORE, TROUBLE

__all__ = ["lengths_in"]

LENGTH, TIME = "training_length", "failure_time"

THOUSANDS, HUNDREDS, DOZENS_OF_EPOCHS = 1000, 100, 24
"""Updates from which on a run counts them by thousands and by hundreds, and epochs that come to thousands."""

FIRST_STEPS, FIRST_OR_EARLY, EARLY_STEPS, LATE_STEPS = 10, 50, 1000, 5000
EARLY_EPOCHS, LATE_EPOCHS = 9, 30
"""Limits of the times of a failure; in between the text leaves open which it is."""

SURE = 0.9


@dataclass(frozen=True, slots=True)
class _Count:
    """A number of epochs or steps, and whether it is a point in time."""

    places: tuple[int, int]
    value: float
    epochs: bool
    moment: bool


def lengths_in(states: Mapping[str, Sequence[str]], items: Sequence[Item]) -> Iterator[Mention]:
    """What the counts of a text say of how long the run is and when the trouble came.

    Args:
        states: finding -> its states; what a knowledge base does not have is not looked for.
        items: what the words of the text stand for, without stop words.

    """
    counts = list(_counts(items))
    if LENGTH in states and (longest := _longest(counts)) is not None:
        count, told = longest
        yield _mention(LENGTH, told, count, items)
    if TIME in states:
        for count in counts:
            if count.moment and _in_trouble(items, count) and (told := _time(count)):
                yield _mention(TIME, told, count, items, symptom=True)


def _counts(items: Sequence[Item]) -> Iterator[_Count]:
    for place, item in enumerate(items[:-1]):
        after = items[place + 1]
        if item.clause != after.clause or item.tried or after.tried or item.denied_by >= 0:
            continue
        counted, unit = (item, after) if _value(item) is not None else (after, item)
        value = _value(counted)
        if value is None or unit.concept not in {"epoch", "iteration", "updat", "batch"}:
            continue
        if _of_something_else(items, place) or (unit is item and unit.concept == "batch"):
            continue
        named = unit is item
        setting = named and after.glued and not after.dotted and unit.surface.endswith("s")
        moment = (named and not setting) or item.previous in TIME_BEFORE
        if counted is item and (item.previous in RATE_BEFORE or (item.concept == "one" and item.previous == "at")):
            continue
        if unit.concept != "batch" or moment:
            yield _Count((place, place + 1), value, unit.concept == "epoch", moment)


def _value(item: Item) -> float | None:
    if item.surface in NUMBER_WORDS:
        return float(NUMBER_WORDS[item.surface])
    if not is_number(item.concept) or item.concept.endswith("%"):
        return None
    try:
        return float(item.concept)
    except ValueError:
        return None


def _of_something_else(items: Sequence[Item], place: int) -> bool:
    """Whether it is the length of a warm-up, the period of a schedule or the like."""
    near = items[max(place - 3, 0) : place + 4]
    return any(item.concept in PASSING and item.clause == items[place].clause for item in near)


def _longest(counts: Sequence[_Count]) -> tuple[_Count, tuple[str, ...]] | None:
    """The longest count that tells the length; a point in time only tells how long the run is at least."""
    best: tuple[_Count, tuple[str, ...]] | None = None
    for count in counts:
        states: tuple[str, ...] = ()
        if count.epochs:
            states = ("thousands_of_updates",) if count.value >= DOZENS_OF_EPOCHS else ()
        elif count.value >= THOUSANDS:
            states = ("thousands_of_updates",)
        elif count.value >= HUNDREDS:
            states = ("thousands_of_updates", "hundreds_of_updates") if count.moment else ("hundreds_of_updates",)
        elif not count.moment:
            states = ("fewer",)
        if states and (best is None or len(states) < len(best[1]) or states[0] == "thousands_of_updates"):
            best = count, states
    return best


def _in_trouble(items: Sequence[Item], count: _Count) -> bool:
    clause = items[count.places[0]].clause
    return any(item.concept in TROUBLE and item.clause == clause and item.denied_by < 0 for item in items)


def _time(count: _Count) -> tuple[str, ...]:
    if count.epochs:
        if count.value <= EARLY_EPOCHS:
            return ("early",)
        return ("after_long_progress",) if count.value >= LATE_EPOCHS else ("early", "after_long_progress")
    if count.value <= FIRST_STEPS:
        return ("first_steps",)
    if count.value < FIRST_OR_EARLY:
        return ("early", "first_steps")
    if count.value < EARLY_STEPS:
        return ("early",)
    return ("after_long_progress",) if count.value >= LATE_STEPS else ()


def _mention(
    finding: str, states: tuple[str, ...], count: _Count, items: Sequence[Item], *, symptom: bool = False
) -> Mention:
    first, last = count.places
    return Mention(
        finding=finding,
        kind="symptom" if symptom else "setting",
        states=states,
        start=min(items[first].start, items[last].start),
        end=max(items[first].end, items[last].end),
        negated=False,
        score=SURE,
        weight=2.0,
        places=frozenset(count.places),
        lasting=True,
        locating=False,
    )
