"""Mentions of findings in one text -> one statement of each finding."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

__all__ = ["Mention", "merged"]


@dataclass(frozen=True, slots=True)
class Mention:
    """One place of a text that says something of a finding.

    Args:
        finding: id of the finding.
        kind: symptom, setting, check, trial, or whole for a text that is nothing but an entry.
        states: what it may be by these words.
        start, end: where the words stand.
        negated: they say what is not the case.
        score: how well they fit, from 0 to 1.
        weight: how much they say.
        places: numbers of the words that they take.
        lasting: it stays true inside a longer mention of another setting.
        locating: it says where in a network something stands, which the shorter mentions inside it leave open.
        wide: it holds a number of whatever value, of which a shorter mention may say more.

    """

    finding: str
    kind: str
    states: tuple[str, ...]
    start: int
    end: int
    negated: bool
    score: float
    weight: float
    places: frozenset[int]
    lasting: bool
    locating: bool
    wide: bool = False


def merged(mentions: Sequence[Mention], normal: Mapping[str, str]) -> Iterator[Mention]:
    """One mention of each finding.

    Args:
        mentions: all that was found.
        normal: symptom -> its normal state.

    """
    by_finding: dict[str, list[Mention]] = defaultdict(list)
    for mention in _longest(mentions):
        by_finding[mention.finding].append(mention)
    for finding, found in by_finding.items():
        if plain := _ties_joined(found):
            yield _one(plain, normal.get(finding))


def _longest(mentions: Sequence[Mention]) -> list[Mention]:
    """Those that are not a part of a longer one, nor a looser reading of the same words."""
    return [
        mention
        for mention in mentions
        if not any(_covers(other, mention) or _fits_better(other, mention) for other in mentions)
    ]


def _fits_better(other: Mention, mention: Mention) -> bool:
    """Whether the same words say another symptom more exactly."""
    symptoms = other.kind == mention.kind == "symptom" and other.finding != mention.finding
    return symptoms and other.places == mention.places and other.score > mention.score and not other.negated


def _covers(longer: Mention, mention: Mention) -> bool:
    if mention.negated and not longer.negated and mention.places == longer.places:
        return True  # The denial is a part of what the other says, and so it is spent.
    if not mention.places < longer.places:
        return False
    if longer.negated and not mention.negated and longer.finding == mention.finding:
        return False  # What it leaves open the shorter one tells.
    if longer.wide and not mention.wide and longer.finding != mention.finding:
        return False
    elsewhere = longer.kind == "setting" and longer.finding != mention.finding and not longer.locating
    return not (mention.lasting and elsewhere)


def _ties_joined(mentions: Sequence[Mention]) -> list[Mention]:
    """Mentions of the same words as one: the states of all that fit alike, or what all denials leave."""
    best: dict[tuple[frozenset[int], bool], Mention] = {}
    for mention in sorted(mentions, key=_rank, reverse=True):
        words = (mention.places, mention.negated)
        known = best.setdefault(words, mention)
        if mention.negated:
            best[words] = replace(known, states=tuple(state for state in known.states if state in mention.states))
        elif _rank(known) == _rank(mention):
            best[words] = replace(known, states=tuple(dict.fromkeys((*known.states, *mention.states))))
    return [mention for mention in best.values() if mention.states]


def _rank(mention: Mention) -> float:
    return mention.weight * mention.score


def _one(mentions: Sequence[Mention], normal: str | None) -> Mention:
    """What the mentions of one finding say together: the states that all allow, or else those of separate words."""
    first, *others = sorted(mentions, key=_rank, reverse=True)
    for other in others:
        shared = tuple(state for state in first.states if state in other.states)
        if shared:
            narrower = other if len(other.states) < len(first.states) else first
            first = replace(narrower, states=shared, negated=first.negated and other.negated, places=first.places)
        elif not (first.places & other.places or first.negated or other.negated):
            first = replace(
                first,
                states=_abnormal((*first.states, *other.states), normal),
                start=min(first.start, other.start),
                end=max(first.end, other.end),
                score=min(first.score, other.score),
                places=first.places | other.places,
            )
    return first


def _abnormal(states: tuple[str, ...], normal: str | None) -> tuple[str, ...]:
    """The states without the normal one: who tells of a fault means the run, who tells of none a part of it."""
    return tuple(state for state in states if state != normal)
