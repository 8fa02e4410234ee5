"""What the knowledge lists as people's words, as patterns of concepts."""

from __future__ import annotations

from dataclasses import dataclass

from triage.intake.concepts import Lexicon, items_of
from triage.intake.negation import with_denials
from triage.intake.tokens import ANY_NUMBER
from triage.intake.vocabulary import COUNTING, MOMENT, SUBJECTS, TIME_BEFORE, TRYING

__all__ = ["WEAK", "Phrase", "counts", "is_number", "phrase_of"]

WEAK = 0.5
"""Weight of a word that only makes others more exact."""


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
        moment: it begins with a word that tells when something happened.
        tried: it speaks of a trial.
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
    moment: bool
    tried: bool
    timed: bool
    flexible: bool

    @property
    def weight(self) -> float:
        """What all its words weigh together."""
        return len(self.strong) + WEAK * len(self.weak)


def phrase_of(lexicon: Lexicon, text: str) -> Phrase | None:
    """An entry as a pattern; None if it has no word that says something."""
    everything = with_denials(items_of(lexicon, text, mend=False))
    items = [item for item in everything if not item.stop]
    strong = [item for item in items if not item.weak]
    if not strong:
        return None
    concepts = tuple(item.concept for item in strong)
    numbers = tuple(is_number(item.concept) for item in strong)
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
        moment=everything[0].concept in MOMENT,
        tried=any(item.concept in TRYING for item in everything),
        timed=counts(concepts[0]) and strong[0].previous in TIME_BEFORE,
        flexible=len(strong) <= 3
        and len(set(concepts)) == len(strong)
        and (len(strong) == 2 or any(numbers) or not SUBJECTS & set(concepts))
        and len(SUBJECTS & set(concepts)) <= 1
        and not any(item.dotted for item in strong[1:]),
    )


def is_number(concept: str) -> bool:
    """Whether a concept is a number in digits, or stands for any."""
    return concept == ANY_NUMBER or (concept.lstrip("-.")[:1].isdigit() and concept.rstrip("%")[-1:].isdigit())


def counts(concept: str) -> bool:
    """Whether a concept is a number, in digits or as a word."""
    return is_number(concept) or concept in COUNTING
