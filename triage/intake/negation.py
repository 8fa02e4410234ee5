"""Which words a denial reaches: ``no NaN``, ``the loss is not nan``, ``dropout is not used``, ``augmentation off``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from triage.intake.concepts import Item
from triage.intake.vocabulary import DENIED_AFTER, NEGATIONS, PASSIVES, TERMINATORS

__all__ = ["with_denials"]

FARTHEST = 6
"""Words that say something and are reached by one denial, after those of Chapman's NegEx."""


def with_denials(items: Sequence[Item]) -> list[Item]:
    """The same items, each told which denial reaches it; the denials themselves say nothing any more."""
    reached: dict[int, int] = {}
    for place, item in enumerate(items):
        if item.concept in NEGATIONS:
            after = list(_after(items, place))
            for other in after if _says_something(items, after) else _subject_before(items, place):
                reached[other] = place
        elif item.concept in DENIED_AFTER or _is_off(items, place):
            for other in _subject_before(items, place) if _is_passive(items, place) else _next_to(items, place):
                reached[other] = place
    return [
        replace(item, denied_by=reached.get(place, -1), stop=item.stop or _denies(item))
        if place in reached or _denies(item)
        else item
        for place, item in enumerate(items)
    ]


def _is_passive(items: Sequence[Item], place: int) -> bool:
    return place > 0 and items[place - 1].surface in {"is", "are", "was", "were", "be", "been"}


def _is_off(items: Sequence[Item], place: int) -> bool:
    """Whether a clause ends in ``off``."""
    last = place + 1 == len(items) or items[place + 1].clause != items[place].clause
    return last and items[place].surface == "off"


def _denies(item: Item) -> bool:
    return item.concept in NEGATIONS or item.concept in DENIED_AFTER


def _after(items: Sequence[Item], place: int) -> Iterator[int]:
    """What stands behind a denial, up to the end of what it can mean."""
    told = 0
    for following in range(place + 1, len(items)):
        item = items[following]
        if item.clause != items[place].clause or told == FARTHEST or (told and _ends(item)):
            return
        told += not item.stop and not item.weak and not _denies(item)
        yield following


def _ends(item: Item) -> bool:
    return item.surface in TERMINATORS or item.concept in NEGATIONS


def _says_something(items: Sequence[Item], places: Sequence[int]) -> bool:
    return any(not (items[place].stop or items[place].concept in PASSIVES) for place in places)


def _subject_before(items: Sequence[Item], place: int) -> Iterator[int]:
    """The noun that a passive denial speaks of: the last word of weight before it in its clause."""
    for before in range(place - 1, -1, -1):
        if items[before].clause != items[place].clause:
            return
        yield before
        if not items[before].stop and not items[before].weak:
            return


def _next_to(items: Sequence[Item], place: int) -> Iterator[int]:
    """The noun behind ``turn off`` and the like, or else the one before it."""
    after = list(_after(items, place))
    if _says_something(items, after[:2]):
        yield from after[:2]
    else:
        yield from _subject_before(items, place)
