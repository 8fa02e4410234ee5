"""What the screens show at one moment."""

from __future__ import annotations

from dataclasses import dataclass

from knowledge.base import KnowledgeBase
from triage.beliefs import Report
from triage.conclusion import Beliefs
from triage.diagnosis import Diagnosis
from triage.history import History
from triage.topics import Topic

__all__ = ["View"]


@dataclass(frozen=True, slots=True)
class View:
    """All that a screen shows.

    Args:
        base: the knowledge.
        beliefs: what is believed and why; for what a diagnosis does not hold, such as `triage.why.explain`.
        diagnosis: the same, put into words.
        before: what was believed before the last change; None where there was none.
        topic: what the person is to say something on.
        history: the curves, where they are at hand.
        answers: what the person said, in the order in which they said it.
        can_undo, can_redo: whether there is something to.

    """

    base: KnowledgeBase
    beliefs: Beliefs
    diagnosis: Diagnosis
    before: Diagnosis | None
    topic: Topic
    history: History | None
    answers: tuple[Report, ...]
    can_undo: bool
    can_redo: bool
