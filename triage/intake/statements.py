"""A person's sentences -> findings, by the words of the knowledge and by values that are named with their numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from triage.intake.chance import chance_levels
from triage.intake.found import Found, Place, Stated, Told, shows
from triage.intake.meaning import findings_of
from triage.intake.quantities import quantities
from triage.intake.words import Understood, WordIndex, understand

__all__ = ["statements"]

COMES_INTO_QUESTION = 0.5
"""Likelihood, against the likeliest state, from which on a state is among those that a value may mean."""

OPTIMIZERS = {
    "adam": "adam", "adamw": "adamw", "sgd": "sgd", "sgd_momentum": "sgd", "rmsprop": "rmsprop", "other": "other",
}  # fmt: skip
"""State of the setting -> the word by which a value is judged beside it."""


def statements(index: WordIndex, text: str) -> list[Understood]:
    """What a text says of the findings of a knowledge base, in the order of its words.

    A value is judged beside the others that are named. Where words and a value speak of one finding, the words count,
    unless the value leaves fewer states open or is what the words are about.

    Args:
        index: the compiled words of the base.
        text: anything; the beginning of a longer one is read.

    """
    worded = {item.finding: item for item in understand(index, text)}
    for found in findings_of(_told(text, worded), list(_optimizer(worded))):
        item = _understood(index, text, found)
        said = worded.get(found.finding)
        if item is not None and (said is None or _says_more(item, said)):
            worded[found.finding] = item
    return sorted(worded.values(), key=lambda item: (item.start, item.end, item.finding))


def _told(text: str, worded: Mapping[str, Understood]) -> Told:
    """The values of a text, and what they are judged by beside one another."""
    stated = tuple(quantities(text))
    found = chance_levels(text, stated)
    if "initialization" in worded and worded["initialization"].states == ("pretrained",):
        found.append(shows("initialization", "pretrained", "", Place("")))
    return Told(stated, tuple(found))


def _says_more(value: Understood, words: Understood) -> bool:
    same_place = value.start < words.end and words.start < value.end
    return set(value.states) < set(words.states) or (same_place and len(value.states) <= len(words.states))


def _optimizer(worded: Mapping[str, Understood]) -> Iterator[Stated]:
    said: Sequence[str] = worded["optimizer"].states if "optimizer" in worded else ()
    if len({OPTIMIZERS.get(state, "") for state in said}) == 1 and said[0] in OPTIMIZERS:
        yield Stated("optimizer", OPTIMIZERS[said[0]], Place(""))


def _understood(index: WordIndex, text: str, found: Found) -> Understood | None:
    """What a value means, as words say it; None where it leaves every state open, or its words are not in the text."""
    known = index.states.get(found.finding, ())
    least = COMES_INTO_QUESTION * max(found.likelihood.values())
    states = tuple(state for state in known if found.likelihood.get(state, 0.0) >= least)
    start = text.find(found.place.words) if found.place.words else -1
    if start < 0 or not states or len(states) == len(known):
        return None
    return Understood(found.finding, states, found.place.words, start, start + len(found.place.words), False, 1.0)
