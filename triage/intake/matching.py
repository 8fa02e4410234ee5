"""Where a pattern of concepts lies in a text, how well it fits there, and whether the text denies it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import prod

from triage.intake.concepts import Item
from triage.intake.phrases import WEAK, Phrase, counts, is_number
from triage.intake.tokens import ANY_NUMBER
from triage.intake.vocabulary import (
    ADJECTIVES,
    BROADER,
    DETERMINERS,
    LAYER_WORDS,
    MEASURED,
    MERELY,
    MOMENT,
    RATE_BEFORE,
    SUBJECTS,
    TIME_BEFORE,
)

__all__ = ["Match", "Positions", "find", "positions_of"]

ENOUGH = 0.75
"""Share of the weight of a pattern that a text must have; what is not weak must be there in any case."""

LESS_EXACT = 0.93
"""What is left of a score if a word says the same less exactly."""

TURNED_ROUND = 0.92
"""What is left of it if the words stand in another order."""

PER_GAP, PER_BREAK = 0.04, 0.06
"""What each other word among them takes away from it, and each break between clauses."""

MOST_PLACES = 60
"""Places of one concept at which a pattern is looked for."""

Place = tuple[int, float]
"""Number of an item, and how exactly it says what is looked for."""

Positions = Mapping[str, Sequence[Place]]
"""Concept -> its places in a text, in their order."""


@dataclass(frozen=True, slots=True)
class Match:
    """Where a pattern lies in a text.

    Args:
        places: numbers of the items that it took.
        weight: what these weigh together.
        score: how well it fits, from 0 to 1.
        gaps: other words among them.
        complete: none of its words is missing.
        negated: the text denies it.

    """

    places: frozenset[int]
    weight: float
    score: float
    gaps: int
    complete: bool
    negated: bool


def positions_of(items: Sequence[Item]) -> Positions:
    """Where each concept stands in a text; those that may stand for something else stand there too."""
    found: dict[str, list[Place]] = defaultdict(list)
    for place, item in enumerate(items):
        found[item.concept].append((place, 1.0))
        for other in BROADER.get(item.concept, ()):
            found[other].append((place, LESS_EXACT))
        if is_number(item.concept) and item.concept != ANY_NUMBER:
            found[ANY_NUMBER].append((place, LESS_EXACT))
    return found


def find(phrase: Phrase, anchor: int, items: Sequence[Item], positions: Positions) -> list[Match]:
    """Where a pattern lies in a text.

    Args:
        phrase: the pattern.
        anchor: number of its concept from which the others are looked for.
        items: what the text says, without stop words.
        positions: where its concepts stand.

    """
    found: dict[frozenset[int], Match] = {}
    for place, exactness in positions[phrase.strong[anchor]][:MOST_PLACES]:
        for chosen in _ways(phrase, anchor, (place, exactness), positions):
            match = _judged(phrase, chosen, items)
            if match is not None and (match.places not in found or found[match.places].score < match.score):
                found[match.places] = match
    return list(found.values())


def _ways(phrase: Phrase, anchor: int, start: Place, positions: Positions) -> Iterator[list[Place]]:
    """The nearest places in the order of the pattern, and in any order where that is as good."""
    before, after = [start], [start]
    for concept in reversed(phrase.strong[:anchor]):
        before += _nearest_before(positions[concept], before[-1][0])
    for concept in phrase.strong[anchor + 1 :]:
        after += _nearest_after(positions[concept], after[-1][0])
    if len(before) + len(after) == len(phrase.strong) + 1:
        yield [*reversed(before[1:]), *after]
    if phrase.flexible and len(phrase.strong) > 1:
        yield [
            start if number == anchor else min(positions[concept], key=lambda place: abs(place[0] - start[0]))
            for number, concept in enumerate(phrase.strong)
        ]


def _nearest_before(places: Sequence[Place], limit: int) -> Sequence[Place]:
    at = bisect_left(places, (limit, -1.0))
    return places[at - 1 : at] if at else ()


def _nearest_after(places: Sequence[Place], limit: int) -> Sequence[Place]:
    at = bisect_right(places, (limit, 2.0))
    return places[at : at + 1]


def _judged(phrase: Phrase, chosen: Sequence[Place], items: Sequence[Item]) -> Match | None:
    places = [place for place, _ in chosen]
    taken = set(places)
    low, high = min(places), max(places)
    if len(taken) < len(places) or high - low > 4 * len(places) + 4:
        return None
    if items[high].sentence - items[low].sentence > phrase.sentences:
        return None
    turned = places != sorted(places)
    weak = _weak_places(phrase, items, low, high)
    weight = len(places) + WEAK * len(weak)
    if weight < ENOUGH * phrase.weight:
        return None
    gaps = [place for place in range(low, high + 1) if place not in taken and place not in weak]
    breaks = items[high].clause - items[low].clause
    if any(items[place].aside for place in gaps) and not any(items[place].aside for place in taken):
        followed = [place for place in range(low + 1, high + 1) if not (items[place].aside or items[place - 1].aside)]
        breaks = sum(items[place].clause != items[place - 1].clause for place in followed)
        gaps = [place for place in gaps if not items[place].aside]
    breaks = max(0, breaks - phrase.breaks)
    if not _close_enough(phrase, places, gaps, items, turned, breaks) or not _timed_alike(
        phrase, items[min(taken | weak)]
    ):
        return None
    negated = _negated(phrase, [items[place] for place in places])
    if negated is None:
        return None
    exactness = prod(share for _, share in chosen)
    if len(chosen) == 1 and exactness < 1.0:
        return None
    score = weight / phrase.weight * exactness * (TURNED_ROUND if turned else 1.0)
    score *= (1 - PER_GAP) ** len(gaps) * (1 - PER_BREAK) ** breaks
    complete = len(weak) == len(phrase.weak)
    return Match(frozenset(taken | weak), weight, score, len(gaps), complete, negated)


def _weak_places(phrase: Phrase, items: Sequence[Item], low: int, high: int) -> set[int]:
    """Where the words that make it more exact stand, inside it or beside it."""
    found: set[int] = set()
    sentence = {items[low].sentence, items[high].sentence}
    for concept in phrase.weak:
        for place in range(max(low - 2, 0), min(high + 3, len(items))):
            if place not in found and items[place].concept == concept and items[place].sentence in sentence:
                found.add(place)
                break
    return found


def _close_enough(
    phrase: Phrase, places: Sequence[int], gaps: Sequence[int], items: Sequence[Item], turned: bool, breaks: int
) -> bool:
    if not _numbers_beside(phrase, places, items):
        return False
    if any(phrase.numbers) and "start" not in phrase.strong and any(items[place].concept == "start" for place in gaps):
        return False
    strangers = {items[place].concept for place in gaps} & SUBJECTS - set(phrase.strong)
    if strangers - ({"loss", "train_loss"} if SUBJECTS.isdisjoint(phrase.strong) else set()):
        return False
    if len(places) == 2 and not _belong_together(phrase, places, gaps, items, turned):
        return False
    if not _determined(phrase, places, items, turned):
        return False
    between = range(min(places) + 1, max(places))
    if len(places) == 2 and "after" not in phrase.weak and any(items[place].concept == "after" for place in between):
        return False
    if turned:
        if items[max(places)].part != items[min(places)].part and not any(phrase.numbers):
            return False
        return len(gaps) <= 1 and (breaks == 0 or (any(phrase.numbers) and not gaps))
    if breaks and len(places) < 3:
        goes_on = phrase.strong[0] in MEASURED and not any(phrase.numbers)
        return (breaks == 1 and goes_on and len(gaps) <= 3) or (any(phrase.numbers) and not gaps)
    return len(gaps) <= min(len(places) + 1, 4) and breaks <= 1


def _determined(phrase: Phrase, places: Sequence[int], items: Sequence[Item], turned: bool) -> bool:
    """Whether words such as ``two`` stand right before what they count."""
    return all(
        not turned and _beside(items, places[number], places[number + 1], LAYER_WORDS)
        for number, concept in enumerate(phrase.strong[:-1])
        if concept in DETERMINERS
    )


def _numbers_beside(phrase: Phrase, places: Sequence[int], items: Sequence[Item]) -> bool:
    """Whether each number and each dotted name stands where it does in the pattern."""
    for number in range(1, len(places)):
        beside = _beside(items, places[number - 1], places[number], MERELY)
        if phrase.dotted[number] and not (beside and items[places[number]].glued):
            return False
        if phrase.numbers[number] and not beside:
            near = 0 < places[number] - places[number - 1] <= 3
            if not (near and phrase.strong[number - 1] in MEASURED):
                return False
    return not counts(phrase.strong[0]) or len(places) == 1 or _beside(items, places[0], places[1])


def _belong_together(
    phrase: Phrase, places: Sequence[int], gaps: Sequence[int], items: Sequence[Item], turned: bool
) -> bool:
    """Whether two words are said of each other: no noun between an adjective and its own, no noun of its own."""
    if gaps and ADJECTIVES & set(phrase.strong) and (phrase.strong[0] in ADJECTIVES) != turned:
        return False
    return turned or phrase.strong[0] not in SUBJECTS or not items[places[1]].article or phrase.article


def _beside(items: Sequence[Item], first: int, second: int, passed: frozenset[str] = frozenset()) -> bool:
    between = items[first + 1 : second]
    return first < second and all(item.weak or item.concept in passed for item in between)


def _timed_alike(phrase: Phrase, first: Item) -> bool:
    """Whether both tell when something happened, and a number of steps is a point in time in both or in neither."""
    if phrase.moment and not {first.concept, first.previous} & MOMENT:
        return False
    if not counts(phrase.strong[0]) or len(phrase.strong) == 1:
        return True
    at = first.previous in TIME_BEFORE or first.concept in TIME_BEFORE
    return first.previous not in RATE_BEFORE and phrase.timed == at


def _negated(phrase: Phrase, items: Sequence[Item]) -> bool | None:
    """Whether the text denies the pattern; None if it denies another part of it than the pattern itself does."""
    denials = [item.denied_by for item in items]
    if not any(phrase.denied):
        first = min(items, key=lambda item: item.start)
        whole = first.denied_by >= 0 or len({item.clause for item in items}) == 1
        return (True if whole else None) if any(denial >= 0 for denial in denials) else False
    own = {denial for denial, denied in zip(denials, phrase.denied, strict=True) if denied}
    stray = {denial for denial, denied in zip(denials, phrase.denied, strict=True) if not denied} - own - {-1}
    return None if -1 in own or stray else False
