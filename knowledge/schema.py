"""Models of one knowledge file each: cause, finding, remedy, pair of causes, source.

Every file is validated by the model of its folder. Unknown keys are errors, identifiers are
``snake_case``, and states are never one of the words that YAML reads as a truth value.
"""

from __future__ import annotations

from enum import StrEnum
from html import escape
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from knowledge.bands import BAND_PROBABILITY, BAND_RUNS, Band
from knowledge.fields import (
    YAML_WORDS,
    ClaimId,
    Condition,
    Conditions,
    Identifier,
    Minutes,
    Probability,
    Reliability,
    Share,
    SourceId,
    Text,
)

__all__ = [
    "PRIOR_ODDS",
    "Basis",
    "Cause",
    "Check",
    "Edge",
    "Evidence",
    "Finding",
    "Framework",
    "Likelihood",
    "LookAlike",
    "OddsEdge",
    "Pair",
    "PriorBand",
    "Question",
    "Remedy",
    "RemedyLink",
    "Setting",
    "Snippets",
    "Source",
    "State",
    "Strict",
    "Symptom",
    "Trial",
    "ValueRule",
]

Framework = Literal["pytorch", "keras", "caffe", "hugging_face", "darknet", "numpy", "shell"]
Snippets = dict[Framework, Text]


class PriorBand(StrEnum):
    """How often a cause is met among failing runs in general."""

    COMMON = "common"
    REGULAR = "regular"
    RARE = "rare"


PRIOR_ODDS: dict[PriorBand, float] = {PriorBand.COMMON: 0.06, PriorBand.REGULAR: 0.02, PriorBand.RARE: 0.006}


class Basis(StrEnum):
    """What a number rests on."""

    DOCUMENTED = "documented"
    MEASURED = "measured"
    EXPERT = "expert"


class Strict(BaseModel):
    """Configuration common to all files: no unknown keys, no change after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True, populate_by_name=True)


class Evidence(Strict):
    """Where a statement comes from: a claim of a source document, or a source with our paraphrase of it."""

    model_config = ConfigDict(
        json_schema_extra={"oneOf": [{"required": ["claim"]}, {"required": ["source", "claim_text"]}]}
    )

    claim: ClaimId | None = None
    source: SourceId | None = None
    locator: str | None = None
    stance: Literal["supports", "contradicts"] = "supports"
    claim_text: Text | None = None

    def model_post_init(self, context: object, /) -> None:
        """Hold that exactly one of ``claim`` and ``source`` is given, and a paraphrase with a source."""
        if (self.claim is None) == (self.source is None):
            raise ValueError("evidence names either a claim or a source, and not both")
        if self.source is not None and self.claim_text is None:
            raise ValueError(f"evidence from source {self.source!r} needs a claim_text, our paraphrase of what it says")


class Likelihood(Strict):
    """Probability of a state when the cause is present: a band, and a measured value beside it where there is one."""

    model_config = ConfigDict(json_schema_extra={"dependentRequired": {"measured": ["n"], "n": ["measured"]}})

    band: Band
    measured: Probability | None = None
    n: Annotated[int, Field(gt=0)] | None = None

    def model_post_init(self, context: object, /) -> None:
        """Hold that a measured value comes with the number of runs it was measured on."""
        if (self.measured is None) != (self.n is None):
            raise ValueError("a measured value and its n are given together")

    @property
    def probability(self) -> float:
        """The value of the band, drawn towards the share that was measured, if any.

        It is the mean of a Beta distribution whose prior, the band, counts for `BAND_RUNS` runs (Gelman et al. 2013,
        Bayesian Data Analysis, section 2.4): what was measured were small networks, what is asked of are all.
        """
        curated = BAND_PROBABILITY[self.band]
        if self.measured is None or self.n is None:
            return curated
        return (self.n * self.measured + BAND_RUNS * curated) / (self.n + BAND_RUNS)


def _band_alone(value: object) -> object:
    if isinstance(value, int | float):
        measured = "one that was measured stands beside it: {band: frequent, measured: 0.6, n: 20}"
        raise ValueError(f"expected one of the bands {', '.join(Band)}, found the number {value}; {measured}")
    return {"band": value} if isinstance(value, str) else value


BandOrLikelihood = Annotated[Likelihood, BeforeValidator(_band_alone, json_schema_input_type=Band | Likelihood)]
"""A band alone, or with what was measured."""

StateLikelihoods = Annotated[dict[Identifier, BandOrLikelihood], Field(min_length=1)]
"""State -> how likely it is; what is not named is left over."""


class Edge(Strict):
    """What a cause does to a symptom, or to the outcome of a check."""

    finding: Identifier
    states: StateLikelihoods
    basis: Basis = Basis.EXPERT
    confirms: bool = False
    evidence: list[Evidence] = []


class OddsEdge(Strict):
    """How much likelier each state of a setting is among runs with the cause than among all runs."""

    finding: Identifier
    states: Annotated[dict[Identifier, Annotated[float, Field(gt=0.0, le=100.0)]], Field(min_length=1)]
    basis: Basis = Basis.EXPERT
    evidence: list[Evidence] = []


class RemedyLink(Strict):
    """That a remedy cures or relieves a cause; ``relief`` overrides the remedy's own."""

    remedy: Identifier
    relief: Band | None = None
    evidence: list[Evidence] = []


class Cause(Strict):
    """A fault that may be present in a training run."""

    id: Identifier
    title: Text
    family: Literal[
        "learning_rate",
        "optimizer",
        "gradients",
        "network",
        "loss",
        "precision",
        "data",
        "evaluation_and_environment",
    ]
    prior: PriorBand
    status: Literal["draft", "reviewed"] = "reviewed"
    mechanism: Text
    requires: Condition = {}
    odds: list[OddsEdge] = []
    symptoms: list[Edge] = []
    checks: list[Edge] = []
    remedies: list[RemedyLink] = []
    see_also: list[Identifier] = []
    evidence: list[Evidence] = []
    replaced_by: Identifier | None = None

    def _repr_html_(self) -> str:
        """What a notebook shows: what it is and how it comes about."""
        title, family = escape(self.title), escape(self.family.replace("_", " "))
        mechanism = escape(" ".join(self.mechanism.split()))
        return f"<div><b>{title}</b> <code>{self.id}</code>, {family}; prior: {self.prior}<br>{mechanism}</div>"


class State(Strict):
    """One state of a finding: its label, its probability or share, and the words people use for it.

    ``complaint`` is how a person brings it up unasked; the states that have one open an interview.
    """

    label: Text
    complaint: Text | None = None
    leak: Probability | None = None
    share: Probability | None = None
    words: list[Text] = []
    evidence: list[Evidence] = []


class LookAlike(Strict):
    """The states that a true state is taken for, and how often; what is left over is taken for what it is."""

    state: Identifier
    taken_for: StateLikelihoods
    basis: Basis = Basis.EXPERT
    evidence: list[Evidence] = []


class Detector(Strict):
    """The detector that reads a symptom from a history, and how its reading goes with the true state.

    ``reliability`` is the chance that it is no random error; ``look_alikes`` are taken for each other on top.
    """

    name: Identifier
    reliability: Reliability
    look_alikes: list[LookAlike] = []
    basis: Basis = Basis.EXPERT
    n: Annotated[int, Field(gt=0)] | None = None


class Question(Strict):
    """How a person is asked about a finding, and how the answer goes with the true state (as of a `Detector`)."""

    prompt: Text
    why: Text
    minutes: Minutes | None = None
    answerable: Share
    reliability: Reliability
    look_alikes: list[LookAlike] = []
    how: Snippets = {}


class Readout(Strict):
    """A named reading of several findings at once, told in the report; it is not evidence of its own."""

    title: Text
    when: Condition
    says: Text
    evidence: list[Evidence] = []


class Finding(Strict):
    """What symptoms, settings and checks have in common."""

    id: Identifier
    title: Text
    states: Annotated[dict[Identifier, State], Field(min_length=2)]
    asks_when: Conditions = []
    question: Question
    evidence: list[Evidence] = []
    replaced_by: Identifier | None = None

    def model_post_init(self, context: object, /) -> None:
        """Hold that a state can be written in a file of answers without quotes."""
        if words := YAML_WORDS & self.states.keys():
            raise ValueError(f"a state is not called {min(words)!r}, which YAML reads as something else")

    @property
    def minutes(self) -> float:
        """Minutes it takes a person to answer the question."""
        return self.question.minutes or 0.5


class Symptom(Finding):
    """What the run shows. The first state is the normal one; the leak is how common each state is without a fault."""

    kind: Literal["symptom"]
    combine: Literal["ordered", "nominal"] = "nominal"
    detector: Detector | None = None
    readouts: list[Readout] = []


class Setting(Finding):
    """How the run is set up; the share is how common each state is among the runs that people ask about."""

    kind: Literal["setting"]


class Check(Finding):
    """A verification step with an outcome. The first state is the outcome that shows nothing."""

    kind: Literal["check"]
    combine: Literal["ordered", "nominal"] = "nominal"
    effort_minutes: Minutes = Field(alias="minutes")
    instructions: Text
    snippets: Snippets = {}

    @property
    def minutes(self) -> float:
        """Minutes it takes to carry the check out."""
        return self.effort_minutes


class ValueRule(Strict):
    """How a concrete value of a remedy follows from a known fact: ``rule`` and ``by`` say what is done to it."""

    fact: Identifier = Field(alias="from")
    rule: Literal["divide", "multiply", "at_least", "at_most"]
    by: float


class Remedy(Strict):
    """A change that cures or relieves causes; ``trial`` is the check that is the same as trying it, if there is one."""

    id: Identifier
    title: Text
    change: Text
    values: dict[Identifier, ValueRule] = {}
    minutes: Minutes
    relief: Band
    side_effects: Text
    snippets: Snippets = {}
    trial: Identifier | None = None
    evidence: list[Evidence] = []
    replaced_by: Identifier | None = None


class Trial(Finding):
    """What came of a remedy that was tried; it has the id of the remedy and no file of its own."""

    kind: Literal["trial"] = "trial"
    combine: Literal["nominal"] = "nominal"
    trial_minutes: Minutes

    @property
    def minutes(self) -> float:
        """Minutes it takes to make the change."""
        return self.trial_minutes


class Pair(Strict):
    """Two causes whose joint presence is likelier or less likely than chance, or that are taken for each other."""

    id: Identifier
    causes: Annotated[list[Identifier], Field(min_length=2, max_length=2)]
    odds: Annotated[float, Field(ge=0.0, le=100.0)] = 1.0
    told_apart_by: list[Identifier] = []
    note: Text
    basis: Basis = Basis.EXPERT
    evidence: list[Evidence] = []


class Source(Strict):
    """A document that evidence cites. ``claims`` are our own wording of the statements that carry an id."""

    id: SourceId
    document: Annotated[str, StringConstraints(pattern=r"^S\d+$")] | None = None
    title: Text
    address: Annotated[str, StringConstraints(pattern=r"^https?://\S+$")]
    authors: str | None = None
    year: Annotated[int, Field(ge=1950, le=2100)] | None = None
    kind: Literal["paper", "documentation", "forum", "blog", "report", "repository", "book"]
    claims: dict[ClaimId, Text] = {}
