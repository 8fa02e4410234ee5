"""Chinese in a text, cut into words and read as the English ones that say the same, each where it stands."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from triage.intake.chinese_words import ENDINGS, PIECES, SIMPLIFIED
from triage.intake.tokens import BLANK, Word, words_of
from triage.intake.vocabulary import COUNTING, NUMBER_WORDS

__all__ = ["HAN", "Segments", "compile_segments", "has_chinese", "in_english"]

HAN = re.compile("[一-鿿]+")

LONGEST_PIECE = 12

PARTICLES = "了啊吧呀的"
"""Characters at the end of a clause that add nothing."""

UNITS = {"epoch", "epochs", "iteration", "iterations", "iter", "iters", "step", "steps", "batch", "update", "updates"}
POSTPOSED = {"after", "before", "when"}


@dataclass(frozen=True, slots=True)
class Segments:
    """Chinese words that are known.

    Args:
        pieces: a word -> the English words that say the same; itself where none are known.
        longest: characters of the longest.

    """

    pieces: Mapping[str, str]
    longest: int


def compile_segments(texts: Iterable[str]) -> Segments:
    """The words of the trade, and what stands between them in some texts.

    Args:
        texts: texts whose words are to be known.

    """
    known = Segments(PIECES, max(map(len, PIECES)))
    unknown = {
        piece: piece
        for text in texts
        for run in HAN.findall(text.translate(SIMPLIFIED))
        for piece, meaning in _cut(known, run, "")
        if meaning == piece and 1 < len(piece) <= LONGEST_PIECE
    }
    pieces = {**unknown, **PIECES}
    return Segments(pieces, max(map(len, pieces)))


def has_chinese(text: str) -> bool:
    """Whether there is any in a text."""
    return HAN.search(text) is not None


def in_english(segments: Segments, text: str) -> list[Word]:
    """The words of a text in their order, the Chinese ones as the English ones that say the same.

    Args:
        segments: the Chinese words that are known.
        text: anything.

    """
    if not has_chinese(text):
        return words_of(text)
    simple = text.translate(SIMPLIFIED)
    return _in_order(list(_read(segments, simple, words_of(simple))))


def _read(segments: Segments, text: str, words: Sequence[Word]) -> Iterator[Word]:
    pending = BLANK
    for word in words:
        if HAN.match(word.surface) is None:
            yield replace(word, before=max(word.before, pending))
            pending = BLANK
            continue
        pending = max(pending, word.before)
        place = word.start
        following = text[word.end : word.end + 3].lstrip()[:1]
        for piece, meaning in _cut(segments, text[word.start : word.end], following):
            end = place + len(piece)
            for surface, root in _said(meaning) if meaning != piece else ((piece, piece),):
                yield Word(place, end, surface, root, pending, glued=True, dotted=False)
                pending = BLANK
            place = end


@lru_cache(maxsize=2048)
def _said(meaning: str) -> tuple[tuple[str, str], ...]:
    """English words and their stems."""
    return tuple((word.surface, word.stem) for word in words_of(meaning))


def _cut(segments: Segments, run: str, following: str) -> Iterator[tuple[str, str]]:
    """The longest known words of a run of characters with what they mean; what is not known stays together."""
    unknown = place = 0
    while place < len(run):
        piece = _longest(segments, run, place)
        if not piece:
            place += 1
            continue
        if unknown < place:
            yield run[unknown:place], run[unknown:place]
        place += len(piece)
        unknown = place
        ends = not run[place:].strip(PARTICLES) and not (following.isascii() and following.isalnum())
        yield piece, ENDINGS[piece] if ends and piece in ENDINGS else segments.pieces[piece]
    if unknown < place:
        yield run[unknown:place], run[unknown:place]


def _longest(segments: Segments, run: str, place: int) -> str:
    """The longest known word that begins at a place; empty if none does."""
    for size in range(min(segments.longest, len(run) - place), 0, -1):
        if run[place : place + size] in segments.pieces:
            return run[place : place + size]
    return ""


def _in_order(words: list[Word]) -> list[Word]:
    """The same words, what stands behind a number of epochs or steps put before it, as in English: ``3个epoch后``."""
    place = 0
    while place < len(words):
        if words[place].surface == "at" and place + 2 < len(words) and words[place + 2].surface in UNITS:
            words[place + 1], words[place + 2] = _swapped(words[place + 1], words[place + 2])
        if words[place].surface in POSTPOSED and place >= 2:
            first = _start_of_count(words, place)
            if first is not None:
                moved = replace(words[place], before=words[first].before)
                words[first] = replace(words[first], before=BLANK)
                words.insert(first, words.pop(place))
                words[first] = moved
        place += 1
    return words


def _swapped(first: Word, second: Word) -> tuple[Word, Word]:
    return replace(second, before=first.before), replace(first, before=BLANK)


def _start_of_count(words: Sequence[Word], place: int) -> int | None:
    """Where a number of epochs or steps begins that ends before a place."""
    unit, number = words[place - 1], words[place - 2]
    if unit.surface in UNITS and _counts(number):
        return place - 3 if place >= 3 and words[place - 3].surface in {"few", "at"} else place - 2
    if _counts(unit) and number.surface in UNITS:
        return place - 2
    return None


def _counts(word: Word) -> bool:
    return word.surface[:1].isdigit() or word.surface in COUNTING or word.surface in NUMBER_WORDS
