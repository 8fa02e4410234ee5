"""Words -> concepts: spelling mended, inflection dropped, and ways of writing one thing brought to one name."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from rapidfuzz import process
from rapidfuzz.distance import OSA

from triage.intake.chinese import Segments, compile_segments, in_english
from triage.intake.tokens import BLANK, CLAUSE, SENTENCE, Word, stem, words_of
from triage.intake.vocabulary import ABOUT, ARTICLES, PARTING, STOP_WORDS, TURNS, UNMENDED, WEAK_WORDS
from triage.intake.ways import CONCEPTS, IDIOMS

__all__ = ["Item", "Lexicon", "compile_lexicon", "items_of"]

IDIOM = ""
"""The concept of expressions that say nothing."""

PASSED_OVER = frozenset(ARTICLES) - {"this"}
"""Articles that may stand inside a way of writing without being listed."""

SHORTEST_MENDED = 6
SHORTEST_TWICE_MENDED = 10
"""Letters from which on one slip of the keys in a word is mended, and two."""

_HUMPS = re.compile(r"[A-Z]{2,}(?=[A-Z][a-z])|[A-Z]?[a-z]{2,}|[A-Z]{2,}|[0-9]+")
_BRACKETS = re.compile(r"\([^()]{,300}\)")
_CAMEL = re.compile(r"\b[A-Za-z]*[a-z][A-Z][A-Za-z0-9]*\b|\b[A-Z]{2,}[a-z]{2,}[A-Za-z0-9]*\b")


@dataclass(frozen=True, slots=True)
class Item:
    """What one or more words of a text stand for.

    Args:
        concept: what they mean.
        surface: the first word as it is written, in small letters.
        start, end: where they stand.
        sentence, clause: number of the sentence and of the clause that they stand in.
        part: number of the part that they stand in; words such as "after" and "with" begin one as well.
        glued: no blank stands between them and the word before.
        dotted: nothing but a dot stands between them and the word before.
        previous: the concept before them, of whatever weight; words such as "about" and "few" are passed over.
        article: an article stands before them.
        stop: they say nothing by themselves.
        weak: they only make more exact what others say.
        aside: they stand in brackets.
        denied_by: number of the denial whose scope they stand in; -1 if they stand in none.
        tried: they are said to have been tried.

    """

    concept: str
    surface: str
    start: int
    end: int
    sentence: int
    clause: int
    part: int
    glued: bool
    dotted: bool
    previous: str
    article: bool
    stop: bool
    weak: bool
    aside: bool = False
    denied_by: int = -1
    tried: bool = False


@dataclass(frozen=True, slots=True)
class Lexicon:
    """What words mean.

    Args:
        concepts: the names of the concepts that have several ways of writing.
        variants: stems of the words of each way of writing -> concept.
        longest: first stem -> most words of a way of writing that begins with it.
        stops: stems of words that say nothing.
        known: stems that need no mending.
        spellings: length -> known words of about that length, in small letters.
        joined: two known words written as one -> both.
        segments: Chinese words.

    """

    concepts: frozenset[str]
    variants: Mapping[tuple[str, ...], str]
    longest: Mapping[str, int]
    stops: frozenset[str]
    known: frozenset[str]
    spellings: Mapping[int, tuple[str, ...]]
    joined: Mapping[str, tuple[str, str]]
    segments: Segments


def compile_lexicon(entries: Sequence[str], foreign: Sequence[str] = ()) -> Lexicon:
    """The lexicon of the trade with the words of some entries.

    Args:
        entries: texts whose words are to be known.
        foreign: the same in other languages.

    """
    written = list(_ways_of_writing())
    humps = [(name, " ".join(_HUMPS.findall(name))) for entry in entries for name in _CAMEL.findall(entry)]
    variants: dict[tuple[str, ...], str] = {}
    for name, parts in humps:
        if len(stems := _stems(parts)) > 1:
            variants[stems] = stem(name.casefold())
    variants |= {_stems(way): concept for concept, way in written}
    for stems, concept in variants.items():
        variants[stems] = variants.get((concept,), concept)
    longest: dict[str, int] = defaultdict(int)
    for stems in variants:
        longest[stems[0]] = max(longest[stems[0]], len(stems))
    split = [words_of(text) for text in dict.fromkeys((*entries, *(way for _, way in written)))]
    words = [word for text in split for word in text]
    plain = {*STOP_WORDS, *WEAK_WORDS, *ARTICLES}
    return Lexicon(
        concepts=frozenset(CONCEPTS),
        variants=variants,
        longest=dict(longest),
        stops=frozenset(stem(word) for word in STOP_WORDS if not word.endswith("ly")),
        known=frozenset({word.stem for word in words} | {stem(word) for word in plain}),
        spellings=_by_length({word.surface for word in words} | plain),
        joined=_joined(split),
        segments=compile_segments(foreign),
    )


def _ways_of_writing() -> Iterator[tuple[str, str]]:
    for concept, ways in CONCEPTS.items():
        yield from ((concept, way) for way in ways.split(", "))
    yield from ((IDIOM, way) for way in IDIOMS.split(", "))


def _stems(text: str) -> tuple[str, ...]:
    words = words_of(text)
    return tuple(word.stem for word in words if len(words) == 1 or word.surface not in PASSED_OVER)


def _by_length(words: Iterable[str]) -> dict[int, tuple[str, ...]]:
    found: dict[int, list[str]] = defaultdict(list)
    for word in sorted(words):
        if _letters(word) >= SHORTEST_MENDED - 1:
            for length in (len(word) - 1, len(word), len(word) + 1):
                found[length].append(word)
    return {length: tuple(items) for length, items in found.items()}


def _joined(texts: Iterable[Sequence[Word]]) -> dict[str, tuple[str, str]]:
    found = {}
    for words in texts:
        for first, second in pairwise(words):
            if min(len(first.surface), len(second.surface)) >= 3 and second.before == BLANK:
                found[first.surface + second.surface] = (first.surface, second.surface)
    return found


def items_of(lexicon: Lexicon, text: str, *, mend: bool = True) -> list[Item]:
    """What the words of a text stand for, in their order.

    Args:
        lexicon: what words mean.
        text: the text.
        mend: whether slips of the keys are mended.

    """
    plain = in_english(lexicon.segments, text)
    words = [part for word in plain for part in (_mended(lexicon, word) if mend else (word,))]
    asides = [match.span() for match in _BRACKETS.finditer(text)]
    found: list[Item] = []
    sentence = clause = part = place = 0
    while place < len(words):
        concept, size = _longest_variant(lexicon, words, place)
        word = words[place]
        breaks = [part.before for part in words[place : place + size]]
        sentence += breaks[0] == SENTENCE
        clause += breaks[0] in {SENTENCE, CLAUSE} or word.surface in TURNS
        part += breaks[0] in {SENTENCE, CLAUSE} or word.surface in TURNS | PARTING
        stop = concept == IDIOM or (size == 1 and (word.surface in STOP_WORDS or concept in lexicon.stops))
        found.append(
            Item(
                concept=concept,
                surface=word.surface,
                start=word.start,
                end=words[place + size - 1].end,
                sentence=sentence,
                clause=clause,
                part=part,
                glued=word.glued,
                dotted=word.dotted,
                previous=_previous(found, sentence),
                article=place > 0 and words[place - 1].surface in ARTICLES,
                stop=stop,
                weak=concept in WEAK_WORDS,
                aside=any(start < word.start < end for start, end in asides),
            )
        )
        place += size
    return found


def _previous(found: Sequence[Item], sentence: int) -> str:
    for item in reversed(found):
        if item.sentence != sentence:
            break
        if item.surface not in ARTICLES and item.surface not in ABOUT:
            return item.concept
    return ""


def _mended(lexicon: Lexicon, word: Word) -> tuple[Word, ...]:
    surface = word.surface
    if not surface.isascii() or _letters(surface) < SHORTEST_MENDED:
        return (word,)
    if word.stem in lexicon.known or surface in UNMENDED:
        return (word,)
    if parts := lexicon.joined.get(surface):
        middle = word.start + len(parts[0])
        return (
            replace(word, end=middle, surface=parts[0], stem=stem(parts[0])),
            replace(word, start=middle, surface=parts[1], stem=stem(parts[1]), before=BLANK, glued=True, dotted=False),
        )
    near = _nearest(surface, lexicon.spellings.get(len(surface), ()))
    return (word,) if near is None else (replace(word, surface=near, stem=stem(near)),)


def _letters(word: str) -> int:
    return sum(mark.isalpha() for mark in word)


def _nearest(surface: str, spellings: Sequence[str]) -> str | None:
    """The known word that one or two slips of the keys make of another; swapped letters are the likeliest slip."""
    most = 2 if len(surface) >= SHORTEST_TWICE_MENDED else 1
    near = process.extract(surface, spellings, scorer=OSA.distance, score_cutoff=most, limit=None)
    same_digits = [
        (distance, sorted(word) != sorted(surface), word)
        for word, distance, _ in near
        if re.sub(r"\D", "", word) == re.sub(r"\D", "", surface)
    ]
    return min(same_digits)[2] if same_digits else None


def _longest_variant(lexicon: Lexicon, words: Sequence[Word], place: int) -> tuple[str, int]:
    """The concept of the longest way of writing that begins at a place, and how many words it takes."""
    first = words[place].stem
    best, taken = "not" if first.endswith("n't") else lexicon.variants.get((first,), first), 1
    stems: tuple[str, ...] = (first,)
    for following in range(place + 1, len(words)):
        word = words[following]
        if word.before != BLANK or len(stems) >= lexicon.longest.get(first, 1):
            break
        if word.surface in PASSED_OVER:
            continue
        stems = (*stems, word.stem)
        if stems in lexicon.variants:
            best, taken = lexicon.variants[stems], following - place + 1
    return best, taken
