"""Which concepts show that a text is about training, and which of them are everyday words too."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from triage.intake.concepts import Lexicon
from triage.intake.phrases import phrase_of
from triage.intake.tokens import stem
from triage.intake.vocabulary import ORDINARY, TRADE

__all__ = ["Trade", "compile_trade"]

_NAME = re.compile(r"[^\W_]+")
_CODE = re.compile(r"(?=.*[^\W\d])(?:.*[0-9]|.*[^\W\d_].*[A-Z]|[A-Z]{2,}s?$)")

FEW = 2
"""Everyday words of the trade that together show what a text is about."""


@dataclass(frozen=True, slots=True)
class Trade:
    """The concepts of the trade.

    Args:
        names: all of them.
        everyday: those that mean something else in other texts.

    """

    names: frozenset[str]
    everyday: frozenset[str]

    def tells(self, concepts: Iterable[str]) -> bool:
        """Whether concepts show that they are meant as they are in the trade."""
        met = self.names & set(concepts)
        return len(met) >= FEW or not met <= self.everyday

    def plainly_tells(self, concepts: Iterable[str]) -> bool:
        """Whether a whole text is about training beyond doubt, so that each of its sentences is."""
        return len((self.names - self.everyday) & set(concepts)) >= FEW


def compile_trade(lexicon: Lexicon, entries: Iterable[str]) -> Trade:
    """The concepts of the trade: the listed ones, and whatever entries write as a name or as code.

    Args:
        lexicon: what words mean.
        entries: what the knowledge lists.

    """
    written = {name for words in entries for name in _NAME.findall(words) if _CODE.match(name)}
    phrases = (phrase_of(lexicon, name) for name in written)
    names = {phrase.strong[0] for phrase in phrases if phrase is not None and not any(phrase.numbers)}
    return Trade(frozenset(names | _concepts(lexicon, TRADE)), _concepts(lexicon, ORDINARY))


def _concepts(lexicon: Lexicon, words: Iterable[str]) -> frozenset[str]:
    return frozenset(word if word in lexicon.concepts else _concept(lexicon, word) for word in words)


def _concept(lexicon: Lexicon, word: str) -> str:
    return lexicon.variants.get((stem(word),), stem(word))
