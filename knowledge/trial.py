"""What may come of trying a remedy, as a finding: a failed remedy speaks against what it would have cured."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from knowledge.bands import BAND_PROBABILITY
from knowledge.schema import Cause, Question, Remedy, State, Trial
from knowledge.translation import TrialWords

__all__ = ["CHANCE_CURE", "ENGLISH_WORDS", "HELPED", "NO_EFFECT", "reliefs", "trial_of"]

NO_EFFECT, HELPED = "no_effect", "helped"

CHANCE_CURE = 0.05
"""How often a run does better after a change that has nothing to do with its fault: another seed, another order."""

ENGLISH_WORDS = TrialWords(
    title="Tried: {remedy}",
    prompt="What came of it when you tried this: {remedy}?",
    why="A remedy that changes nothing speaks against every cause that it would have cured.",
    no_effect="No difference",
    helped="It helped",
)


def trial_of(remedy: Remedy, words: TrialWords = ENGLISH_WORDS) -> Trial:
    """The finding that a remedy becomes once it was tried.

    Args:
        remedy: what was tried.
        words: what is said of it, in the language of its title.

    """
    named = f"{remedy.title[0].lower()}{remedy.title[1:]}"
    return Trial(
        id=remedy.id,
        title=words.title.replace("{remedy}", named),
        states={
            NO_EFFECT: State(label=words.no_effect, leak=1.0 - CHANCE_CURE),
            HELPED: State(label=words.helped, leak=CHANCE_CURE),
        },
        question=Question(
            prompt=words.prompt.replace("{remedy}", named),
            why=words.why,
            answerable=0.2,
            reliability=0.9,
        ),
        trial_minutes=remedy.minutes,
    )


def reliefs(causes: Iterable[Cause], remedies: Mapping[str, Remedy]) -> dict[tuple[str, str], float]:
    """(Remedy, cause) -> the chance that the remedy helps if this cause is the one, of all that are linked."""
    return {
        (link.remedy, cause.id): BAND_PROBABILITY[link.relief or remedies[link.remedy].relief]
        for cause in causes
        for link in cause.remedies
    }
