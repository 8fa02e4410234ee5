"""What a person tried, and what came of it: ``tried a lower rate, no effect``."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from knowledge.base import KnowledgeBase
from knowledge.schema import Check
from triage.intake.concepts import Item, Lexicon
from triage.intake.entries import NOTHING_GAINED, listed
from triage.intake.merging import Mention
from triage.intake.phrases import phrase_of
from triage.intake.trade import Trade
from triage.intake.vocabulary import (
    BETTER,
    BREAKING,
    CHANGING,
    FASTER,
    HELP,
    LATER,
    NOTHING_CAME,
    PASSIVE,
    SOONER,
    TRYING,
    TURNS,
    UNDER,
)

__all__ = ["Action", "compile_actions", "marked_as_tried", "trials_in"]

REACH = 10
"""Words behind a word of trying that belong to what was tried."""

WIDEST = 3
"""Other words that may stand among those of what was tried."""

TOLD, UNTOLD = 0.85, 0.7
"""How sure it is what came of a trial: told, or only that the trouble is still there to be told of."""

TINY_RATE = 1e-5
"""Learning rate that whoever tries it means to be a low one."""

OPTIMIZERS = frozenset({"adam", "adamw", "sgd", "rmsprop"})
"""Concepts of which the one that is left, as in ``from SGD to Adam``, is not what was tried."""

_CURED = ("prevents", "cures", "improves", "helped", "gap_closes", "learns_better", "keeps_improving")
_DELAYED = ("delays",)
_HASTENED = "fails_sooner"
_OUTCOME = {
    *HELP, *LATER, "difference", "improve", "better", "fail", "still", "same", "mak", "tak", "com", "explode", "nan",
    "plateau", "jump", "only", "overfitting", "problem", "behav", "already", "even", "final",
}  # fmt: skip
"""What the words of a check say beside the action: how it came out, and fillers."""

_ALIKE = {
    "decrease": "lower", "small": "lower", "tiny": "lower", "increase": "higher", "large": "higher", "raiz": "higher",
    "rat": "lr", "different": "other", "another": "other", "various": "other", "several": "other", "chang": "other",
    "switch": "other", "swap": "other", "replac": "other",
}  # fmt: skip
"""What says the same of an action."""


@dataclass(frozen=True, slots=True)
class Action:
    """Something that people try.

    Args:
        finding: the check or trial that tells what came of it.
        words: concepts that name it; one that is left out on trial begins with a minus sign.
        outcomes: the states for nothing, a cure and a delay, as far as the finding has them.
        sooner: the state for a failure that comes sooner; None where that is nothing gained.

    """

    finding: str
    words: frozenset[str]
    outcomes: tuple[str | None, str | None, str | None]
    sooner: str | None


def compile_actions(base: KnowledgeBase, lexicon: Lexicon, trade: Trade) -> dict[str, list[Action]]:
    """One of its concepts -> what may have been tried, out of the titles of remedies and the words of checks.

    Args:
        base: the knowledge.
        lexicon: what words mean.
        trade: concepts that belong to the trade; an action names at least one.

    """
    found: dict[frozenset[str], set[str]] = defaultdict(set)
    for finding, _, words in listed(base):
        if isinstance(finding, Check):
            _add(found, lexicon, words, finding.id)
    for remedy in base.remedies.values():
        if remedy.replaced_by is None:
            for way in remedy.title.split(" or "):
                _add(found, lexicon, way, remedy.trial or remedy.id)
    findings = {**base.findings, **base.trials}
    cures = {remedy.trial or remedy.id for remedy in base.remedies.values()}
    actions: dict[str, list[Action]] = defaultdict(list)
    for named, names in found.items():
        if not any(word.removeprefix("-") in trade.names for word in named):
            continue
        for name in sorted(names & cures or names):
            outcomes = _outcomes(tuple(findings[name].states))
            if outcomes[0] is not None and outcomes[1] is not None:
                sooner = _HASTENED if _HASTENED in findings[name].states else None
                actions[min(named)].append(Action(name, named, outcomes, sooner))
    return dict(actions)


def _add(found: dict[frozenset[str], set[str]], lexicon: Lexicon, text: str, finding: str) -> None:
    phrase = phrase_of(lexicon, text)
    if phrase is None:
        return
    words = frozenset(
        _named(concept, denied)
        for concept, denied in zip(phrase.strong, phrase.denied, strict=True)
        if concept not in _OUTCOME
    )
    if words and words != {"lr"}:
        found[words].add(finding)


def _named(concept: str, denied: bool) -> str:
    return f"-{_alike(concept)}" if denied else _alike(concept)


def _alike(concept: str) -> str:
    return _ALIKE.get(concept, concept)


def _outcomes(states: tuple[str, ...]) -> tuple[str | None, str | None, str | None]:
    nothing, cured, delayed = (
        next((state for state in states if state in names), None) for names in (NOTHING_GAINED, _CURED, _DELAYED)
    )
    return nothing, cured, delayed


def marked_as_tried(items: Sequence[Item]) -> list[Item]:
    """The same items; those that are said to have been tried are marked.

    These are the words behind a word of trying up to the end of what it governs, or before it where it is passive; the
    words between one that names a change or a circumstance and its outcome (``removing dropout did not help``, ``with
    dropout it is worse``); a circumstance under which the run fails sooner (``with SGD it blows up sooner``); the words
    of a clause before an outcome that speaks of it (``weight decay changed nothing``); and a change that the next
    sentence tells the outcome of (``... None of it helped``).
    """
    tried: set[int] = set()
    for place, item in enumerate(items):
        if item.concept in TRYING and item.denied_by < 0:
            tried.update(_governed(items, place))
        elif (end := _outcome(items, place)) is not None:
            tried.update(range(place, end + 1))
        elif _comes_sooner(items, place):
            tried.update(_circumstance(items, place))
        elif _is_verdict(item):
            tried.update(_judged(items, place))
    return [replace(item, tried=True) if place in tried else item for place, item in enumerate(items)]


def _governed(items: Sequence[Item], place: int) -> Iterator[int]:
    """The words that a word of trying governs."""
    if place > 0 and items[place - 1].surface in PASSIVE:
        yield from (before for before in range(place) if items[before].clause == items[place].clause)
    for following in range(place + 1, min(place + 1 + REACH, len(items))):
        if items[following].sentence != items[place].sentence or items[following].surface in TURNS:
            return
        yield following


def _outcome(items: Sequence[Item], place: int) -> int | None:
    """Where the outcome is told of a change or a circumstance that begins at a place."""
    if _alike(items[place].concept) in CHANGING:
        return _outcome_place(items, place)
    return _outcome_under(items, place) if items[place].surface in UNDER else None


def _outcome_place(items: Sequence[Item], place: int) -> int | None:
    """Where the outcome of a change is told, not far behind it in its sentence."""
    for following in range(place + 1, min(place + 1 + REACH, len(items))):
        item = items[following]
        if item.sentence != items[place].sentence:
            return None
        if (
            item.concept in HELP | LATER | {"still"}
            or _is_verdict(item)
            or (item.concept == "nan" and item.denied_by >= 0)
        ):
            return following
    return None


def _outcome_under(items: Sequence[Item], place: int) -> int | None:
    """Where it is told how the run does under a circumstance, in the clause that names it."""
    for following in range(place + 1, min(place + 1 + REACH, len(items))):
        item = items[following]
        if item.clause != items[place].clause:
            return None
        compared = following + 1 < len(items) and items[following + 1].surface == "than"
        if item.concept == "nan" and item.denied_by >= 0:
            return following
        if item.concept in HELP | LATER | BETTER | {"worse", "fail"} and not compared:
            return following
    return None


def _comes_sooner(items: Sequence[Item], place: int) -> bool:
    """Whether it says that the run fails sooner than it did, so that its clause tells of another run."""
    surface = items[place].surface
    return surface in SOONER or (
        surface in FASTER
        and any(item.concept in BREAKING | {"fail"} for item in items if item.clause == items[place].clause)
    )


def _circumstance(items: Sequence[Item], place: int) -> Iterator[int]:
    """The words of a clause from the one on that names the circumstance of what comes sooner, up to ``than``."""
    clause = [number for number in range(len(items)) if items[number].clause == items[place].clause]
    named = [number for number in clause if items[number].surface in UNDER or _is_joined_use(items, number)]
    if not named:
        return
    for number in clause[clause.index(named[0]) :]:
        if items[number].surface == "than":
            return
        yield number


def _is_joined_use(items: Sequence[Item], place: int) -> bool:
    """``用`` before what it is about: in Chinese a circumstance, where English would say "I use" of what is."""
    return items[place].surface == "use" and items[place].end - items[place].start <= 2


def _is_verdict(item: Item) -> bool:
    """Whether it says that something did nothing."""
    return item.denied_by >= 0 and item.concept in HELP - {"work"} | NOTHING_CAME - {"improve", "better"}


def _judged(items: Sequence[Item], place: int) -> Iterator[int]:
    """The words that a verdict is on: those before it in its clause, or else a change in the sentence before."""
    denial = items[place].denied_by
    before = [number for number in range(max(place - REACH, 0), place) if items[number].clause == items[place].clause]
    if any(not items[number].stop and number != denial for number in before):
        yield from (*before, place)
        return
    previous = [number for number in range(place) if items[number].sentence == items[place].sentence - 1]
    if any(_alike(items[number].concept) in CHANGING | TRYING for number in previous):
        yield from previous


def trials_in(
    actions: Mapping[str, Sequence[Action]], weighty: Sequence[Item], asked: frozenset[int]
) -> Iterator[Mention]:
    """What was tried, wherever a word of trying stands before it.

    Args:
        actions: what may have been tried.
        weighty: what the words of the text stand for, without stop words.
        asked: numbers of the sentences that ask what might be done.

    """
    tried = [
        (place, _named(item.concept, item.denied_by >= 0))
        for place, item in enumerate(weighty)
        if item.tried and item.sentence not in asked and not (item.concept in OPTIMIZERS and item.previous == "from")
    ]
    tried += [(place, "lower") for place, concept in tried if concept == "lr" and _tiny_beside(weighty, place)]
    concepts = {concept for _, concept in tried}
    for concept in concepts & set(actions):
        for action in actions[concept]:
            if action.words <= concepts:
                yield from _told(action, tried, weighty)


def _tiny_beside(weighty: Sequence[Item], place: int) -> bool:
    """Whether a rate is named beside its word that is low for any network."""
    for item in weighty[place + 1 : place + 3]:
        try:
            return 0.0 < float(item.concept) <= TINY_RATE
        except ValueError:
            continue
    return False


def _told(action: Action, tried: Sequence[tuple[int, str]], weighty: Sequence[Item]) -> Iterator[Mention]:
    places = sorted({concept: place for place, concept in reversed(tried) if concept in action.words}.values())
    if places[-1] - places[0] + 1 - len(places) > WIDEST:
        return
    if weighty[places[0]].sentence != weighty[places[-1]].sentence:
        return
    state, sure = _what_came(action, places, weighty)
    if state is not None:
        yield Mention(
            finding=action.finding,
            kind="trial",
            states=(state,),
            start=min(weighty[place].start for place in places),
            end=max(weighty[place].end for place in places),
            negated=False,
            score=sure,
            weight=float(len(places)),
            places=frozenset(places),
            lasting=False,
            locating=False,
        )


def _what_came(action: Action, places: Sequence[int], weighty: Sequence[Item]) -> tuple[str | None, float]:
    """What the rest of the sentence says came of it."""
    nothing, cured, delayed = action.outcomes
    sentence = weighty[places[0]].sentence
    clause = weighty[places[0]].clause
    numbers = [number for number, item in enumerate(weighty) if item.clause == clause]
    if any(_comes_sooner(weighty, number) for number in numbers):
        return action.sooner or nothing, TOLD
    rest = [item for item in weighty[places[-1] + 1 :] if item.sentence in {sentence, sentence + 1}]
    if delayed is not None and any(item.concept in LATER for item in rest):
        return delayed, TOLD
    for item in rest:
        denied = item.denied_by >= 0
        if item.concept in {"fail", "still", "same", "worse"} or (denied and item.concept in HELP | NOTHING_CAME):
            return nothing, TOLD
        if (item.concept in HELP | BETTER and not denied) or (item.concept == "nan" and denied):
            return cured, TOLD
    return nothing, UNTOLD
