"""What a pack may change of what is there without it: models of the files below ``overrides``, one per thing.

Every override says why. What it does not name stays as it is; an edge to a finding and a link to a remedy are replaced
as a whole, or added where there is none. ``leave_out`` is for causes, checks and remedies that are not to be at all.
"""

from __future__ import annotations

from pydantic import Field

from knowledge.bands import Band
from knowledge.fields import Condition, Identifier, Minutes, Probability, Reliability, Share, Text
from knowledge.schema import Edge, OddsEdge, PriorBand, RemedyLink, Snippets, Strict

__all__ = ["CauseOverride", "FindingOverride", "Override", "QuestionOverride", "RemedyOverride", "StateOverride"]


class CauseOverride(Strict):
    """What changes of a cause; ``without`` takes away edges to findings and links to remedies."""

    id: Identifier
    reason: Text
    leave_out: bool = False
    title: Text | None = None
    prior: PriorBand | None = None
    mechanism: Text | None = None
    requires: Condition | None = None
    odds: list[OddsEdge] = Field(default_factory=list)
    symptoms: list[Edge] = Field(default_factory=list)
    checks: list[Edge] = Field(default_factory=list)
    remedies: list[RemedyLink] = Field(default_factory=list)
    without: list[Identifier] = Field(default_factory=list)


class StateOverride(Strict):
    """What changes of a state: its label, how common it is without a cause; ``words`` come to those that it has."""

    label: Text | None = None
    leak: Probability | None = None
    share: Probability | None = None
    words: list[Text] = Field(default_factory=list)


class QuestionOverride(Strict):
    """What changes of a question; code of a framework takes the place of that which is there."""

    prompt: Text | None = None
    why: Text | None = None
    minutes: Minutes | None = None
    answerable: Share | None = None
    reliability: Reliability | None = None
    how: Snippets = Field(default_factory=dict)


class FindingOverride(Strict):
    """What changes of a symptom, setting or check; what it takes and how it is done, of checks alone."""

    id: Identifier
    reason: Text
    leave_out: bool = False
    title: Text | None = None
    states: dict[Identifier, StateOverride] = Field(default_factory=dict)
    question: QuestionOverride | None = None
    minutes: Minutes | None = None
    instructions: Text | None = None
    snippets: Snippets = Field(default_factory=dict)


class RemedyOverride(Strict):
    """What changes of a remedy."""

    id: Identifier
    reason: Text
    leave_out: bool = False
    title: Text | None = None
    change: Text | None = None
    minutes: Minutes | None = None
    relief: Band | None = None
    side_effects: Text | None = None
    snippets: Snippets = Field(default_factory=dict)


Override = CauseOverride | FindingOverride | RemedyOverride
