"""Whether words are meant as they are in the trade, and as a statement of what is the case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile

from triage.intake.concepts import Item
from triage.intake.entries import Entry
from triage.intake.matching import Match
from triage.intake.tokens import ANY_NUMBER
from triage.intake.trade import Trade
from triage.intake.vocabulary import (
    ALLUDING,
    BREAKING,
    BROADER,
    CAPITALS,
    CURVES,
    DIMINISHING,
    QUESTIONING,
    SPEAKING,
    SUBJECTS,
)

__all__ = ["Context", "context_of", "is_meant"]

NEAR_ENOUGH = 0.74
"""Score from which on a match counts."""

SHORT_SENTENCE = 4
"""Words up to which a sentence leans on those beside it to show what it is about."""

FILLERS = 3
"""Words that say nothing and still leave a text nothing but the entry that it holds."""


@dataclass(frozen=True, slots=True)
class Context:
    """What stands around the words of a text.

    Args:
        text: the text.
        items: what its words stand for, without stop words.
        trade: concepts that belong to the trade.
        asked: numbers of the sentences that ask what might be done.
        bare: hardly any words stand beside the ones that say something.
        plain: the text as a whole is about training beyond doubt.

    """

    text: str
    items: Sequence[Item]
    trade: Trade
    asked: frozenset[int]
    bare: bool
    plain: bool


def context_of(trade: Trade, text: str, items: Sequence[Item]) -> Context:
    """What stands around the words of a text.

    Args:
        trade: concepts that belong to the trade.
        text: the text.
        items: what all its words stand for.

    """
    weighty = [item for item in items if not item.stop]
    plain = trade.plainly_tells(item.concept for item in weighty)
    return Context(text, weighty, trade, _asked(text, items), len(items) - len(weighty) <= FILLERS, plain)


def _asked(text: str, items: Sequence[Item]) -> frozenset[int]:
    ends = {item.sentence: item.end for item in items}
    modal = {item.sentence for item in items if item.surface in QUESTIONING}
    return frozenset(sentence for sentence in modal if text[ends[sentence] :].lstrip(" \"')")[:1] in ("?", "？"))


def is_meant(context: Context, entry: Entry, match: Match) -> bool:
    """Whether a match says what its entry means.

    Args:
        context: what stands around it.
        entry: what was found.
        match: where, and how well it fits.

    """
    taken = [context.items[place] for place in sorted(match.places)]
    return (
        _fits(entry, match)
        and not _is_part_of_a_name(context, entry, taken)
        and not _hardly_so(context, entry, match)
        and not _compared(context, entry, taken)
        and _is_stated(context, entry, taken)
        and _has_its_form(entry, taken)
        and (_is_all(context, match) or _is_of_the_trade(context, entry, taken, match.places))
    )


def _is_part_of_a_name(context: Context, entry: Entry, taken: Sequence[Item]) -> bool:
    """Whether the only word of an entry is no more than a part of a name in code: ``torch`` in ``torch_dtype``."""
    before, after = context.text[: taken[0].start][-1:], context.text[taken[0].end :][:1]
    return len(entry.phrase.strong) == 1 and "_" in {before, after} and "_" not in entry.phrase.text


def _hardly_so(context: Context, entry: Entry, match: Match) -> bool:
    """Whether the text says of a symptom that it is so by a trifle only."""
    if entry.kind != "symptom":
        return False
    first, last = min(match.places), max(match.places)
    around = [context.items[place] for place in range(max(first - 1, 0), min(last + 2, len(context.items)))]
    clause = context.items[last].clause
    return any(item.surface in DIMINISHING and item.clause == clause for item in around)


def _compared(context: Context, entry: Entry, taken: Sequence[Item]) -> bool:
    """Whether the text calls something worse than another thing, where the entry says that it becomes worse."""
    behind = context.text[taken[-1].end :].lstrip()[:5].casefold()
    return taken[-1].concept == "worse" and behind == "than " and "than" not in entry.phrase.text


def _fits(entry: Entry, match: Match) -> bool:
    """Whether it says enough: settings and checks turn on every word, and what is well is said without detours."""
    if ANY_NUMBER in entry.phrase.strong and not match.complete:
        return False
    if entry.kind == "symptom":
        return match.score >= NEAR_ENOUGH and ((match.complete and match.gaps <= 1) or not entry.normal)
    return match.score >= NEAR_ENOUGH and match.complete and match.gaps < len(entry.phrase.strong)


def _is_stated(context: Context, entry: Entry, taken: Sequence[Item]) -> bool:
    if entry.kind != "symptom" and taken[0].sentence in context.asked:
        return False
    if entry.kind == "setting" and any(item.tried for item in taken):
        return False
    if entry.normal and _for_a_time(context, taken[-1]):
        return False
    return not entry.subjects or _said_of(context, entry, taken[0])


def _for_a_time(context: Context, last: Item) -> bool:
    """Whether the sentence goes on to say that it did not last, or what became of it then."""
    following = [item for item in context.items if item.start >= last.end and item.sentence == last.sentence]
    if any(item.surface in ALLUDING or (item.surface == "first" and item.previous == "at") for item in following):
        return True
    same = takewhile(lambda item: item.concept not in SUBJECTS, following)
    return any(item.concept in BREAKING and item.denied_by < 0 for item in same)


def _said_of(context: Context, entry: Entry, first: Item) -> bool:
    """Whether the last subject before a match without one is something that its finding is said of."""
    for item in reversed(context.items):
        before = item.end <= first.start and item.sentence == first.sentence
        if before and (item.concept in CURVES or (item.concept in SUBJECTS and item.clause == first.clause)):
            measured = {"val_accuracy"} if item.concept == "val" else set()
            return not entry.subjects.isdisjoint({item.concept, *BROADER.get(item.concept, ()), *measured})
    return True


def _has_its_form(entry: Entry, taken: Sequence[Item]) -> bool:
    return not entry.written or any(item.surface == entry.written for item in taken)


def _is_all(context: Context, match: Match) -> bool:
    """Whether the text says nothing else."""
    return context.bare and len(match.places) == len(context.items)


def _is_of_the_trade(context: Context, entry: Entry, taken: Sequence[Item], places: frozenset[int]) -> bool:
    if not _has_its_signs(context, entry, taken):
        return False
    if entry.plain or _in_capitals(context, entry, taken):
        return True
    sentence, following = taken[-1].sentence, max(places) + 1
    if following < len(context.items):
        after = context.items[following]
        if after.surface in SPEAKING and after.sentence == sentence:
            return False
    here = [
        item.concept for place, item in enumerate(context.items) if item.sentence == sentence and place not in places
    ]
    if context.plain or context.trade.tells(here):
        return True
    return len(here) + len(places) <= SHORT_SENTENCE and context.trade.tells(item.concept for item in context.items)


def _in_capitals(context: Context, entry: Entry, taken: Sequence[Item]) -> bool:
    """Whether the only word is an abbreviation in capitals that is no word or name of everyday life: ``VAE``."""
    written = context.text[taken[0].start : taken[-1].end]
    alone = len(entry.phrase.strong) == 1 and entry.phrase.strong[0] in context.trade.names
    return alone and len(written) > 2 and written.isupper() and written.isalpha() and taken[0].concept not in CAPITALS


def _has_its_signs(context: Context, entry: Entry, taken: Sequence[Item]) -> bool:
    """Whether signs and capitals are as the knowledge writes them, where that makes the difference."""
    for item in taken:
        lowered = context.text[item.start : item.end].islower() and item.surface not in entry.phrase.text
        if item.concept in CAPITALS and lowered:
            return False
    written = context.text[max(taken[0].start - 2, 0) : taken[-1].end + 2]
    return entry.spelled in written or entry.spelled.upper() in written
