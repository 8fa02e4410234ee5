"""Words -> the causes, findings and remedies that are about them."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from knowledge.base import AnyFinding, KnowledgeBase
from knowledge.schema import Cause, Check, Remedy

__all__ = ["Index", "Match", "index_of", "search"]

K1, B = 1.2, 0.75
"""How soon a word that comes again counts no more, and how much long texts are held back."""

TITLE = 4
"""How many times a word of the title or the id counts."""

BEGINNING = 4
"""Letters from which on a word stands for those that begin with it."""

STOP_WORDS = frozenset(
    word
    for line in (
        "a an and are as at be by do does for from has have how i if in is it its my not of on or so that the then",
        "there this to was what when which why with",
    )
    for word in line.split()
)


@dataclass(frozen=True, slots=True)
class Match:
    """A thing that was found: what kind of thing, and its id."""

    kind: str
    id: str


@dataclass(frozen=True, slots=True)
class Index:
    """The words of a knowledge base, counted.

    Args:
        things: what there is.
        counts: of each thing, word -> how often it comes.
        lengths: of each thing, its words in all.
        rarity: word -> how much it tells.

    """

    things: Sequence[Match]
    counts: Sequence[Mapping[str, int]]
    lengths: Sequence[int]
    rarity: Mapping[str, float]


def index_of(base: KnowledgeBase) -> Index:
    """Count the words of every cause, finding and remedy that is in use."""
    things, counts = [], []
    for kind, thing, texts in _texts(base):
        titled = Counter(_words(f"{thing.title} {thing.id}"))
        things.append(Match(kind, thing.id))
        counts.append(Counter(_words(" ".join(texts))) + Counter({word: TITLE * n for word, n in titled.items()}))
    containing = Counter(word for found in counts for word in found)
    rarity = {word: math.log(1 + (len(things) - n + 0.5) / (n + 0.5)) for word, n in containing.items()}
    return Index(things, counts, [found.total() for found in counts], rarity)


def search(index: Index, query: str) -> Iterator[Match]:
    """What the query is about, the best first; nothing where none of its words is known.

    Ranked by Okapi BM25 (Robertson and Zaragoza 2009, The Probabilistic Relevance Framework, section 3.4). A word that
    is not known stands for all that begin with it or that it begins with.
    """
    mean = sum(index.lengths) / max(len(index.lengths), 1)
    asked = [_alike(index, word) for word in dict.fromkeys(_words(query))]
    scores = []
    for place, (counts, length) in enumerate(zip(index.counts, index.lengths, strict=True)):
        score = 0.0
        for words in asked:
            found = [
                index.rarity[word] * n * (K1 + 1) / (n + K1 * (1 - B + B * length / mean))
                for word in words
                if (n := counts.get(word, 0))
            ]
            score += max(found, default=0.0)
        if score > 0:
            scores.append((-score, place))
    yield from (index.things[place] for _, place in sorted(scores))


def _alike(index: Index, word: str) -> list[str]:
    if word in index.rarity or len(word) < BEGINNING:
        return [word] if word in index.rarity else []
    return [
        known
        for known in index.rarity
        if len(known) >= BEGINNING and (known.startswith(word) or word.startswith(known))
    ]


def _texts(base: KnowledgeBase) -> Iterator[tuple[str, Cause | AnyFinding | Remedy, list[str]]]:
    for cause in base.causes.values():
        if cause.replaced_by is None:
            tied = [base.findings[edge.finding].title for edge in (*cause.symptoms, *cause.checks)]
            yield "cause", cause, [cause.mechanism, *tied]
    for finding in base.findings.values():
        if finding.replaced_by is None:
            told = [text for state in finding.states.values() for text in (state.label, *state.words)]
            done = [finding.instructions] if isinstance(finding, Check) else []
            yield finding.kind, finding, [finding.question.prompt, finding.question.why, *told, *done]
    for remedy in base.remedies.values():
        if remedy.replaced_by is None:
            yield "remedy", remedy, [remedy.change, remedy.side_effects]


def _words(text: str) -> list[str]:
    """Words in small letters, plurals as their singular."""
    words = re.findall(r"[^\W_]+", text.lower())
    return [_singular(word) for word in words if word not in STOP_WORDS]


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")) else word
