"""What the knowledge lists as people's words, as patterns of concepts, and where such a pattern lies in a text."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod

from triage.intake.concepts import Item, Lexicon, items_of
from triage.intake.negation import with_denials
from triage.intake.vocabulary import ADJECTIVES, BROADER, COUNTING, MEASURED, RATE_BEFORE, SUBJECTS, TIME_BEFORE

__all__ = ["Match", "Phrase", "Positions", "find", "phrase_of", "positions_of"]

WEAK = 0.5
"""Weight of a word that only makes others more exact."""

ENOUGH = 0.75
"""Share of the weight of a pattern that a text must have; what is not weak must be there in any case."""

LESS_EXACT = 0.93
TURNED_ROUND = 0.92
PER_GAP = 0.04
PER_BREAK = 0.06

MOST_PLACES = 60
"""Places of one concept at which a pattern is looked for."""

Positions = Mapping[str, Sequence[tuple[int, float]]]
"""Concept -> places in a text, each with how exactly what stands there says it."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """One entry of the knowledge as a pattern.

    Args:
        text: the entry as it is listed.
        first: the first of its strong words as it is written, in small letters.
        strong: concepts that must all be there, in this order.
        denied: of each of them, whether it is denied.
        dotted: of each of them, whether a dot ties it to the one before.
        numbers: of each of them, whether it is a number, which must stand beside its neighbour.
        weak: concepts that make it more exact.
        breaks: clauses begun inside it.
        sentences: sentences begun inside it.
        article: an article stands before its last word.
        timed: it begins with a number that is a point in time.
        flexible: few words of which the order does not matter.

    """

    text: str
    first: str
    strong: tuple[str, ...]
    denied: tuple[bool, ...]
    dotted: tuple[bool, ...]
    numbers: tuple[bool, ...]
    weak: tuple[str, ...]
    breaks: int
    sentences: int
    article: bool
    timed: bool
    flexible: bool

    @property
    def weight(self) -> float:
        """What all its words weigh together."""
        return len(self.strong) + WEAK * len(self.weak)


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


def phrase_of(lexicon: Lexicon, text: str) -> Phrase | None:
    """An entry as a pattern; None if it has no word that says something."""
    items = [item for item in with_denials(items_of(lexicon, text, mend=False)) if not item.stop]
    strong = [item for item in items if not item.weak]
    if not strong:
        return None
    concepts = tuple(item.concept for item in strong)
    numbers = tuple(_is_number(item.concept) for item in strong)
    return Phrase(
        text=text,
        first=strong[0].surface,
        strong=concepts,
        denied=tuple(item.denied_by >= 0 for item in strong),
        dotted=tuple(item.dotted for item in strong),
        numbers=numbers,
        weak=tuple(item.concept for item in items if item.weak),
        breaks=strong[-1].clause - strong[0].clause,
        sentences=strong[-1].sentence - strong[0].sentence,
        article=strong[-1].article,
        timed=_counts(concepts[0]) and strong[0].previous in TIME_BEFORE,
        flexible=len(strong) <= 3
        and len(set(concepts)) == len(strong)
        and (len(strong) == 2 or any(numbers) or not SUBJECTS & set(concepts))
        and len(SUBJECTS & set(concepts)) <= 1
        and not any(item.dotted for item in strong[1:]),
    )


def _is_number(concept: str) -> bool:
    return concept.lstrip("-.")[:1].isdigit() and concept.rstrip("%")[-1:].isdigit()


def _counts(concept: str) -> bool:
    return _is_number(concept) or concept in COUNTING


def positions_of(items: Sequence[Item]) -> Positions:
    """Where each concept stands in a text; those that may stand for something else stand there too."""
    found: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for place, item in enumerate(items):
        found[item.concept].append((place, 1.0))
        for other in BROADER.get(item.concept, ()):
            found[other].append((place, LESS_EXACT))
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
            match = _judged(phrase, chosen, items, positions)
            if match is not None and (match.places not in found or found[match.places].score < match.score):
                found[match.places] = match
    return list(found.values())


def _ways(phrase: Phrase, anchor: int, start: tuple[int, float], positions: Positions) -> list[list[tuple[int, float]]]:
    """The nearest places in the order of the pattern, and in any order where that is as good."""
    ways = []
    before, after = [], []
    near: tuple[int, float] | None = start
    for concept in reversed(phrase.strong[:anchor]):
        near = near and _nearest_before(positions[concept], near[0])
        before.append(near)
    near = start
    for concept in phrase.strong[anchor + 1 :]:
        near = near and _nearest_after(positions[concept], near[0])
        after.append(near)
    ordered = [*reversed(before), start, *after]
    if complete := [place for place in ordered if place is not None]:
        if len(complete) == len(ordered):
            ways.append(complete)
    if phrase.flexible and len(phrase.strong) > 1:
        ways.append(
            [
                start if number == anchor else _nearest(positions[concept], start[0])
                for number, concept in enumerate(phrase.strong)
            ]
        )
    return ways


def _nearest_before(places: Sequence[tuple[int, float]], limit: int) -> tuple[int, float] | None:
    at = bisect_left(places, (limit, -1.0))
    return places[at - 1] if at else None


def _nearest_after(places: Sequence[tuple[int, float]], limit: int) -> tuple[int, float] | None:
    at = bisect_right(places, (limit, 2.0))
    return places[at] if at < len(places) else None


def _nearest(places: Sequence[tuple[int, float]], middle: int) -> tuple[int, float]:
    return min(places, key=lambda place: abs(place[0] - middle))


def _judged(
    phrase: Phrase, chosen: Sequence[tuple[int, float]], items: Sequence[Item], positions: Positions
) -> Match | None:
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
    breaks = max(0, items[high].clause - items[low].clause - phrase.breaks)
    if not _close_enough(phrase, places, gaps, items, turned, breaks) or not _timed_alike(phrase, items[low]):
        return None
    negated = _negated(phrase, [items[place].denied_by for place in places])
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
    strangers = {items[place].concept for place in gaps} & SUBJECTS - set(phrase.strong)
    if strangers - ({"loss", "train_loss"} if SUBJECTS.isdisjoint(phrase.strong) else set()):
        return False
    if len(places) == 2 and not _belong_together(phrase, places, gaps, items, turned):
        return False
    if turned:
        return len(gaps) <= 1 and (breaks == 0 or (any(phrase.numbers) and not gaps))
    if breaks and len(places) < 3:
        goes_on = phrase.strong[0] in MEASURED and not any(phrase.numbers)
        return (breaks == 1 and goes_on and len(gaps) <= 3) or (any(phrase.numbers) and not gaps)
    return len(gaps) <= min(len(places) + 1, 4) and breaks <= 1


def _numbers_beside(phrase: Phrase, places: Sequence[int], items: Sequence[Item]) -> bool:
    """Whether each number and each dotted name stands where it does in the pattern."""
    for number in range(1, len(places)):
        beside = _beside(items, places[number - 1], places[number])
        if phrase.dotted[number] and not (beside and items[places[number]].glued):
            return False
        if phrase.numbers[number] and not beside:
            near = 0 < places[number] - places[number - 1] <= 3
            if not (near and phrase.strong[number - 1] in MEASURED):
                return False
    return not _counts(phrase.strong[0]) or len(places) == 1 or _beside(items, places[0], places[1])


def _belong_together(
    phrase: Phrase, places: Sequence[int], gaps: Sequence[int], items: Sequence[Item], turned: bool
) -> bool:
    """Whether two words are said of each other: no noun between an adjective and its own, no noun of its own."""
    if gaps and ADJECTIVES & set(phrase.strong) and (phrase.strong[0] in ADJECTIVES) != turned:
        return False
    return turned or phrase.strong[0] not in SUBJECTS or not items[places[1]].article or phrase.article


def _beside(items: Sequence[Item], first: int, second: int) -> bool:
    return first < second and all(items[place].weak for place in range(first + 1, second))


def _timed_alike(phrase: Phrase, first: Item) -> bool:
    """Whether a number of steps is a point in time in both, or in neither."""
    if not _counts(phrase.strong[0]) or len(phrase.strong) == 1:
        return True
    return first.previous not in RATE_BEFORE and phrase.timed == (first.previous in TIME_BEFORE)


def _negated(phrase: Phrase, denials: Sequence[int]) -> bool | None:
    """Whether the text denies the pattern; None if it denies another part of it than the pattern itself does."""
    if not any(phrase.denied):
        return any(denial >= 0 for denial in denials)
    own = {denial for denial, denied in zip(denials, phrase.denied, strict=True) if denied}
    stray = {denial for denial, denied in zip(denials, phrase.denied, strict=True) if not denied} - own - {-1}
    return None if -1 in own or stray else False
