"""A person's sentences -> findings, through the words that the knowledge lists for each state."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from knowledge.base import KnowledgeBase
from triage.intake.chinese import has_chinese
from triage.intake.concepts import Lexicon, compile_lexicon, items_of
from triage.intake.context import Context, context_of, is_meant
from triage.intake.entries import Entry, compile_entries, folded_words, listed, listed_in_other_languages, whole_texts
from triage.intake.following import Preconditions, in_keeping, taken_for_granted
from triage.intake.lengths import lengths_in
from triage.intake.matching import find, positions_of
from triage.intake.merging import Mention, merged
from triage.intake.negation import with_denials
from triage.intake.tokens import ANY_NUMBER
from triage.intake.trade import Trade, compile_trade
from triage.intake.trying import Action, compile_actions, marked_as_tried, trials_in
from triage.intake.vocabulary import LOCATING

__all__ = ["LONGEST", "Understood", "WordIndex", "compile_words", "understand"]

LONGEST = 4000
"""Characters of a text that are read."""

DENIED = 0.9
"""How sure a denial is beside a statement."""


@dataclass(frozen=True, slots=True)
class Understood:
    """What a text says of one finding.

    Args:
        finding: id of the finding.
        states: the states that it may be in by the text; one where the text is plain.
        words: the words of the text that say so, ``text[start:end]``.
        start, end: where they stand.
        negated: they say what is not the case.
        score: how well they fit what people are known to say, from 0 to 1.

    """

    finding: str
    states: tuple[str, ...]
    words: str
    start: int
    end: int
    negated: bool
    score: float


@dataclass(frozen=True, slots=True)
class WordIndex:
    """The words of a knowledge base, ready to be looked for.

    Args:
        lexicon: what single words mean.
        entries: concept -> the entries that are looked for where it stands.
        whole: texts that are nothing but an entry -> finding -> states.
        trade: concepts that belong to the trade.
        states: finding -> its states in their order.
        kinds: finding -> symptom, setting, check or trial.
        actions: what may have been tried.
        preconditions: finding -> what must hold for it to be asked.

    """

    lexicon: Lexicon
    entries: Mapping[str, Sequence[Entry]]
    whole: Mapping[str, Mapping[str, tuple[str, ...]]]
    trade: Trade
    states: Mapping[str, tuple[str, ...]]
    kinds: Mapping[str, str]
    actions: Mapping[str, Sequence[Action]]
    preconditions: Preconditions


def compile_words(base: KnowledgeBase) -> WordIndex:
    """Make a knowledge base ready for `understand`.

    Args:
        base: the knowledge, in whatever language; words of all languages are understood.

    """
    base = base.in_language("en")
    titles = [remedy.title for remedy in base.remedies.values()]
    foreign = [words for _, _, words in listed_in_other_languages(base)]
    lexicon = compile_lexicon([*(words for _, _, words in listed(base)), *titles], foreign)
    trade = compile_trade(lexicon, (words for _, _, words in listed(base)))
    entries: dict[str, list[Entry]] = defaultdict(list)
    for entry in compile_entries(base, lexicon, trade):
        entries[entry.phrase.strong[entry.anchor]].append(entry)
    findings = {**base.findings, **base.trials}
    return WordIndex(
        lexicon=lexicon,
        entries=dict(entries),
        whole=whole_texts(base),
        trade=trade,
        states={name: tuple(finding.states) for name, finding in findings.items()},
        kinds={name: finding.kind for name, finding in findings.items()},
        actions=compile_actions(base, lexicon, trade),
        preconditions={name: finding.asks_when for name, finding in findings.items()},
    )


def understand(index: WordIndex, text: str) -> list[Understood]:
    """What a text says of the findings of a knowledge base, in the order of its words.

    Args:
        index: the compiled words of the base.
        text: anything; of a longer one the first `LONGEST` characters are read.

    """
    text = text[:LONGEST]
    items = marked_as_tried(with_denials(items_of(index.lexicon, text)))
    context = context_of(index.trade, text, items)
    mentions = [
        *_whole(index, context),
        *_listed(index, context),
        *trials_in(index.actions, context.items, context.asked),
        *lengths_in(index.states, context.items),
    ]
    normal = {name: states[0] for name, states in index.states.items() if index.kinds[name] == "symptom"}
    one_each = [mention for mention in merged(mentions, normal) if _says_something(index, mention)]
    one_each += taken_for_granted(one_each, index.states, items)
    told = (
        Understood(
            mention.finding,
            tuple(state for state in index.states[mention.finding] if state in mention.states),
            text[mention.start : mention.end],
            mention.start,
            mention.end,
            mention.negated,
            round(mention.score, 3),
        )
        for mention in in_keeping(one_each, index.preconditions, index.states)
    )
    return sorted(told, key=lambda item: (item.start, item.end, item.finding))


def _says_something(index: WordIndex, mention: Mention) -> bool:
    """Whether a state is ruled out: words for each of them contradict each other."""
    return any(state not in mention.states for state in index.states[mention.finding])


def _whole(index: WordIndex, context: Context) -> Iterator[Mention]:
    """The text as a whole, if it is nothing but one entry."""
    bare = context.text.strip()
    if bare and (meant := index.whole.get(folded_words(bare))):
        start = context.text.index(bare)
        places = frozenset(range(len(context.items)))
        for finding, states in meant.items():
            end, weight = start + len(bare), len(places) + 1.0
            locating = any(item.concept in LOCATING for item in context.items)
            kind = index.kinds[finding]
            yield Mention(finding, kind, states, start, end, False, 1.0, weight, places, False, locating)


def _listed(index: WordIndex, context: Context) -> Iterator[Mention]:
    items = context.items
    positions = positions_of(items)
    chinese = has_chinese(context.text)
    for concept in positions:
        for entry in index.entries.get(concept, ()):
            if (entry.foreign and not chinese) or not all(other in positions for other in entry.phrase.strong):
                continue
            for match in find(entry.phrase, entry.anchor, items, positions):
                if not is_meant(context, entry, match):
                    continue
                taken = [items[place] for place in sorted(match.places)]
                states = entry.denied if match.negated else entry.states
                if states:
                    yield Mention(
                        finding=entry.finding,
                        kind=entry.kind,
                        states=states,
                        start=min(item.start for item in taken),
                        end=max(item.end for item in taken),
                        negated=match.negated,
                        score=match.score * (DENIED if match.negated else 1.0),
                        weight=match.weight,
                        places=match.places,
                        lasting=_lasting(index, entry),
                        locating=not LOCATING.isdisjoint(entry.phrase.strong),
                        wide=ANY_NUMBER in entry.phrase.strong,
                    )


def _lasting(index: WordIndex, entry: Entry) -> bool:
    """Whether it is the bare name of a setting, which stays true inside a longer entry of another setting."""
    strong = entry.phrase.strong
    return entry.kind == "setting" and len(strong) == 1 and strong[0] in index.trade.names | index.trade.everyday
