"""Why one cause stands where it stands, and what would move it: a JSON contract of its own beside `Diagnosis`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from knowledge.base import KnowledgeBase
from knowledge.schema import Cause, Check
from triage.beliefs import Posterior, state_probabilities, weights_between, weights_of_causes
from triage.conclusion import SMALLEST_WEIGHT, Beliefs, best_states
from triage.diagnosis import KnowledgeView, View
from triage.outlook import Movement, Outcome, answers_ahead, hypotheses_with, strongest_changes
from triage.plan import checks_of, remedies_of
from triage.provenance import knowledge_view, provenance_of

__all__ = [
    "WHY_SCHEMA_VERSION",
    "ChangeView",
    "ChangedView",
    "ComparisonView",
    "ConfirmingCheckView",
    "OutcomeView",
    "RequirementView",
    "SideView",
    "StandingView",
    "TriedRemedyView",
    "WeightView",
    "Why",
    "explain",
]

WHY_SCHEMA_VERSION = "1.1"
"""Changes in its first part when a field goes or changes its meaning, in its second when one is added."""


class ChangedView(View):
    """What a pack changed of the cause: the key, what it was and is, and why."""

    pack: str
    key: str
    before: str
    after: str
    reason: str


class StandingView(View):
    """The cause and where it stands: ``rank`` counts from one among ``causes`` causes, by probability."""

    id: str
    title: str
    mechanism: str
    probability: float
    prior_probability: float
    rank: int
    causes: int
    pack: str | None = None
    changed_by: list[str] = Field(default_factory=list)
    changes: list[ChangedView] = Field(default_factory=list)


class WeightView(View):
    """What one finding says, in decibans; positive is for."""

    finding: str
    title: str
    state: str
    label: str
    decibans: float


class SideView(View):
    """One hypothesis: causes that are at work together, no fault, or a fault that is not listed."""

    kind: Literal["causes", "no_fault", "not_listed"]
    causes: list[str]
    titles: list[str]
    probability: float


class ComparisonView(View):
    """The likeliest hypothesis that contains the cause against the strongest one that does not, its rival.

    ``prior_decibans`` and the decibans of ``weights`` add up to ``total_decibans``, the odds of the one against the
    other: positive where the cause is ahead.
    """

    with_cause: SideView
    rival: SideView
    prior_decibans: float
    weights: list[WeightView]
    total_decibans: float


class RequirementView(View):
    """A setting that the cause cannot do without.

    ``states`` are those that it needs one of, ``found`` what was reported: several where it is one of them, none where
    nothing was. ``probability`` is that of the setting being as needed, all told; ``probability_if_met`` that of the
    cause if the person said so.
    """

    finding: str
    title: str
    states: list[str]
    labels: list[str]
    status: Literal["met", "unknown", "contradicted"]
    found: list[str]
    found_label: str | None
    probability: float
    probability_if_met: float


class OutcomeView(View):
    """One answer: ``probability`` is that of getting it, ``after`` that of the cause after it."""

    state: str
    label: str
    probability: float
    after: float


class ChangeView(View):
    """A question whose answer would move the cause, with the answer that raises it most and the one that lowers it."""

    finding: str
    kind: Literal["symptom", "setting", "check", "trial"]
    title: str
    prompt: str
    minutes: float
    expected_change: float
    raises: OutcomeView
    lowers: OutcomeView
    answer_with: str


class ConfirmingCheckView(View):
    """A check that can confirm the cause; ``state`` and ``label`` tell what came of it where it was done."""

    id: str
    title: str
    minutes: float
    done: bool
    state: str | None
    label: str | None


class TriedRemedyView(View):
    """A remedy of the cause that was tried, what came of it, and what that says of the cause."""

    id: str
    title: str
    finding: str
    state: str
    label: str
    decibans: float


class Why(View):
    """All that speaks for and against one cause at one moment, and what would make it surer.

    The decibans of ``evidence_for`` and ``evidence_against`` are those of the diagnosis: by how much each finding moves
    the odds of the cause when it is added last. Those of ``comparison`` are of two hypotheses alone, and add up.
    """

    schema_version: str
    knowledge: KnowledgeView
    cause: StandingView
    no_fault: float
    not_listed: float
    evidence_for: list[WeightView]
    evidence_against: list[WeightView]
    comparison: ComparisonView
    requires: list[RequirementView]
    changes: list[ChangeView]
    checks: list[ConfirmingCheckView]
    remedies_tried: list[TriedRemedyView]


def explain(beliefs: Beliefs, cause: str) -> Why:
    """Why a cause stands where it stands.

    Args:
        beliefs: what is believed and why.
        cause: id.

    Raises:
        AnswerError: there is no such cause; the message names the nearest.

    """
    containing = hypotheses_with(beliefs, cause) > 0.0
    base, posterior = beliefs.base, beliefs.posterior
    known = base.cause(cause)
    weights = weights_of_causes(posterior)[:, posterior.network.hypotheses.causes.index(cause)]
    decibans = dict(zip(posterior.findings, weights.tolist(), strict=True))
    evidence = _ordered(
        _weight(beliefs, finding, round(value, 2))
        for finding, value in decibans.items()
        if abs(value) >= SMALLEST_WEIGHT
    )
    return Why(
        schema_version=WHY_SCHEMA_VERSION,
        knowledge=knowledge_view(base),
        cause=_standing(base, posterior, known),
        no_fault=posterior.none,
        not_listed=posterior.not_listed,
        evidence_for=[item for item in evidence if item.decibans > 0],
        evidence_against=[item for item in evidence if item.decibans < 0],
        comparison=_comparison(beliefs, containing),
        requires=[_requirement(beliefs, known, setting) for setting in known.requires],
        changes=[_change(base, movement) for movement in strongest_changes(beliefs, cause)],
        checks=list(_confirming_checks(beliefs, known)),
        remedies_tried=list(_tried_remedies(beliefs, known, decibans)),
    )


def _standing(base: KnowledgeBase, posterior: Posterior, cause: Cause) -> StandingView:
    hypotheses = posterior.network.hypotheses
    place = hypotheses.causes.index(cause.id)
    order = np.argsort(-posterior.cause_probability, kind="stable").tolist()
    return StandingView(
        id=cause.id,
        title=cause.title,
        mechanism=cause.mechanism,
        probability=float(posterior.cause_probability[place]),
        prior_probability=float(hypotheses.marginal(hypotheses.prior)[place]),
        rank=order.index(place) + 1,
        causes=len(order),
        changes=[ChangedView(**change.model_dump()) for change in base.changes_of(cause)],
        **provenance_of(base, cause),
    )


def _comparison(beliefs: Beliefs, containing: NDArray[np.bool_]) -> ComparisonView:
    posterior = beliefs.posterior
    prior = posterior.network.hypotheses.prior
    own = int(np.where(containing, posterior.probability, -1.0).argmax())
    rival = int(np.where(containing, -1.0, posterior.probability).argmax())
    before = float(10.0 * np.log10(prior[own] / prior[rival]))
    weights = weights_between(posterior, own, rival)
    return ComparisonView(
        with_cause=_side(beliefs, own),
        rival=_side(beliefs, rival),
        prior_decibans=before,
        weights=_ordered(_weight(beliefs, weight.finding, weight.decibans) for weight in weights),
        total_decibans=before + sum(weight.decibans for weight in weights),
    )


def _side(beliefs: Beliefs, index: int) -> SideView:
    posterior = beliefs.posterior
    causes = list(posterior.network.hypotheses.sets[index])
    nothing: Literal["no_fault", "not_listed"] = "no_fault" if index == 0 else "not_listed"
    return SideView(
        kind="causes" if causes else nothing,
        causes=causes,
        titles=[beliefs.base.causes[name].title for name in causes],
        probability=float(posterior.probability[index]),
    )


def _requirement(beliefs: Beliefs, cause: Cause, setting: str) -> RequirementView:
    base, posterior = beliefs.base, beliefs.posterior
    names = posterior.network.states[setting]
    wanted = [name for name in names if name in cause.requires[setting]]
    ahead = [item for item in answers_ahead(beliefs, setting) if item.state in wanted]
    found = _reported_states(beliefs, setting)
    distribution = state_probabilities(posterior, setting, beliefs.evidence)
    return RequirementView(
        finding=setting,
        title=base.findings[setting].title,
        states=wanted,
        labels=[_label(base, setting, state) for state in wanted],
        status=_status(found, wanted),
        found=found,
        found_label=_labels(base, setting, found) or None,
        probability=float(sum(distribution[names.index(state)] for state in wanted)),
        probability_if_met=sum(item.probability * item.causes[cause.id] for item in ahead)
        / sum(item.probability for item in ahead),
    )


def _reported_states(beliefs: Beliefs, finding: str) -> list[str]:
    """The states that the reports fit best; several where they do not tell them apart, none where nothing is said."""
    if finding not in beliefs.evidence:
        return []
    names = beliefs.posterior.network.states[finding]
    return [names[place] for place in best_states(beliefs.evidence[finding])]


def _status(found: list[str], wanted: list[str]) -> Literal["met", "unknown", "contradicted"]:
    if found and not set(found) & set(wanted):
        return "contradicted"
    return "met" if found and set(found) <= set(wanted) else "unknown"


def _change(base: KnowledgeBase, movement: Movement) -> ChangeView:
    finding = base.findings[movement.finding]
    return ChangeView(
        finding=finding.id,
        kind=finding.kind,
        title=finding.title,
        prompt=finding.question.prompt,
        minutes=finding.minutes,
        expected_change=movement.expected_change,
        raises=_outcome(base, finding.id, movement.raises),
        lowers=_outcome(base, finding.id, movement.lowers),
        answer_with=f"--answer {finding.id}=STATE",
    )


def _outcome(base: KnowledgeBase, finding: str, outcome: Outcome) -> OutcomeView:
    return OutcomeView(
        state=outcome.state,
        label=_label(base, finding, outcome.state),
        probability=outcome.probability,
        after=outcome.after,
    )


def _confirming_checks(beliefs: Beliefs, cause: Cause) -> Iterator[ConfirmingCheckView]:
    confirming = {edge.finding for edge in cause.checks if edge.confirms}
    for check in checks_of(beliefs.base, cause):
        if check.id in confirming:
            yield _confirming_check(beliefs, check)


def _confirming_check(beliefs: Beliefs, check: Check) -> ConfirmingCheckView:
    found = _reported_states(beliefs, check.id)
    return ConfirmingCheckView(
        id=check.id,
        title=check.title,
        minutes=check.minutes,
        done=bool(found),
        state=found[0] if found else None,
        label=_labels(beliefs.base, check.id, found) or None,
    )


def _tried_remedies(beliefs: Beliefs, cause: Cause, decibans: Mapping[str, float]) -> Iterator[TriedRemedyView]:
    for remedy in remedies_of(beliefs.base, cause):
        finding = remedy.trial or remedy.id
        if finding in beliefs.evidence:
            told = _weight(beliefs, finding, round(decibans[finding], 2))
            yield TriedRemedyView(
                id=remedy.id,
                title=remedy.title,
                finding=finding,
                state=told.state,
                label=told.label,
                decibans=told.decibans,
            )


def _weight(beliefs: Beliefs, finding: str, decibans: float) -> WeightView:
    found = _reported_states(beliefs, finding)
    return WeightView(
        finding=finding,
        title=beliefs.base.finding(finding).title,
        state=found[0],
        label=_labels(beliefs.base, finding, found),
        decibans=decibans,
    )


def _ordered(weights: Iterator[WeightView]) -> list[WeightView]:
    return sorted(weights, key=lambda weight: -abs(weight.decibans))


def _labels(base: KnowledgeBase, finding: str, states: list[str]) -> str:
    return " or ".join(_label(base, finding, state) for state in states)


def _label(base: KnowledgeBase, finding: str, state: str) -> str:
    return base.finding(finding).states[state].label
