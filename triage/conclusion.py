"""Beliefs -> `Diagnosis`: which words and numbers of the knowledge go with what is believed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from knowledge.base import KnowledgeBase
from knowledge.schema import Cause, Check, Remedy, Symptom
from triage.beliefs import Posterior, Report, conflict_bits, state_probabilities, weights_of_causes
from triage.diagnosis import (
    SCHEMA_VERSION,
    CauseView,
    CheckView,
    Choice,
    Conflict,
    Diagnosis,
    EvidenceItem,
    FileView,
    FindingView,
    HypothesisView,
    NextQuestion,
    PlanItem,
    RemedyView,
    SourceView,
)
from triage.disagreement import disagreements_among
from triage.events import Attached, Enclosed
from triage.facts import values_of
from triage.interview import SOUND, Candidate, Questions, rank_questions, stop_reason
from triage.plan import Step, Trials, checks_of, rank_checks, rank_remedies, remedies_of
from triage.provenance import knowledge_view, provenance_of
from triage.wording import Wording, wording

__all__ = ["CONFLICT_BITS", "Beliefs", "Outline", "best_states", "conclude", "outlines_of"]

SMALLEST_PROBABILITY = 0.001
"""Causes below it are not listed."""

MOST_HYPOTHESES = 10
SMALLEST_WEIGHT = 0.5
"""Decibans below which a finding is not worth a line."""

CONFLICT_BITS = 0.08
"""Conflict per finding from which on the banner is raised: the 99th percentile of runs whose findings do have a common
cause is 0.24 bits for three findings, 0.9 for twelve and 1.8 for thirty (tests/benchmarks/conflict_threshold.py)."""


@dataclass(frozen=True)
class Outline:
    """What is said of a cause whatever is believed; made once, as it takes most of the time of a diagnosis.

    Args:
        checks: the best first.
        remedies: the best first; their values depend on what is known of the run.
        sources: in the order in which they are first cited.

    """

    checks: list[CheckView]
    remedies: list[Remedy]
    sources: list[SourceView]


def outlines_of(base: KnowledgeBase) -> dict[str, Outline]:
    """What is said of each cause."""
    return {
        cause.id: Outline(
            checks=[
                CheckView(
                    id=check.id,
                    title=check.title,
                    minutes=check.minutes,
                    instructions=check.instructions,
                    snippets=dict(check.snippets),
                    **provenance_of(base, check),
                )
                for check in checks_of(base, cause)
            ],
            remedies=remedies_of(base, cause),
            sources=[
                SourceView(id=source.id, title=source.title, address=source.address)
                for source in base.sources_of(cause)
            ],
        )
        for cause in base.causes.values()
    }


@dataclass(frozen=True)
class Beliefs:
    """Everything that a diagnosis is made from.

    Args:
        base: the knowledge.
        questions: the tabulated questions.
        trials: the remedies as trials.
        outlines: what is said of each cause whatever is believed.
        reports: the reports that count, in the order in which they came.
        evidence: what they say, merged per finding.
        posterior: the beliefs after all reports.
        asked: findings that the person was asked already, or brought up.
        attached: the history that counts, if any.
        enclosed: the files beside it that count, those of one kind together.
        facts: numbers of the run's setup, from which remedies compute their values.
        stopped_by_user: whether the person wants no more questions.

    """

    base: KnowledgeBase
    questions: Questions
    trials: Trials
    outlines: Mapping[str, Outline]
    reports: Sequence[Report]
    evidence: Mapping[str, NDArray[np.float64]]
    posterior: Posterior
    asked: Set[str]
    attached: Attached | None
    enclosed: Sequence[Enclosed]
    facts: Mapping[str, float]
    stopped_by_user: bool


def conclude(beliefs: Beliefs, most_questions: int = 3) -> Diagnosis:
    """Put the result together.

    Args:
        beliefs: what is believed and why.
        most_questions: how many questions to name.

    """
    base, posterior, attached = beliefs.base, beliefs.posterior, beliefs.attached
    candidates = rank_questions(beliefs.questions, posterior, beliefs.evidence, beliefs.asked)
    stopped = stop_reason(beliefs.questions, posterior, candidates, beliefs.trials)
    score = conflict_bits(posterior)
    return Diagnosis(
        schema_version=SCHEMA_VERSION,
        language=base.language,
        knowledge=knowledge_view(base),
        history=None if attached is None else attached.history,
        files=[view for event in beliefs.enclosed for view in _files(event)],
        findings=_findings(base, posterior, beliefs.reports, beliefs.evidence),
        disagreements=disagreements_among(base, beliefs.reports),
        hypotheses=_hypotheses(posterior),
        causes=_causes(beliefs, beliefs.facts),
        not_listed=posterior.not_listed,
        no_fault=posterior.none,
        conflict=Conflict(score=score, banner=_banner(score, len(posterior.findings), wording(base.language))),
        plan=_plan(beliefs),
        next_questions=[_question(base, candidate) for candidate in candidates[:most_questions]],
        stopped="user_stopped" if beliefs.stopped_by_user else stopped,
    )


def _files(event: Enclosed) -> list[FileView]:
    """The files of one kind; what was left out is told with the first that it names, or else with the first."""
    notes: dict[str, list[str]] = {file: [] for file in event.files}
    for note in event.told.notes:
        named = next((file for file in event.files if file in note), event.files[0] if event.files else "")
        notes.setdefault(named, []).append(note)
    return [FileView(kind=event.kind, file=file, notes=told) for file, told in notes.items()]


def _plan(beliefs: Beliefs) -> list[PlanItem]:
    """Checks, then remedies, each best first; none for a run that is called sound."""
    base, posterior, done = beliefs.base, beliefs.posterior, frozenset(beliefs.evidence)
    if posterior.none >= SOUND:
        return []
    hypotheses = posterior.network.hypotheses
    blame = hypotheses.blame(posterior.probability)
    checks = rank_checks(base, hypotheses.causes, posterior.cause_probability, done)
    remedies = rank_remedies(base, beliefs.trials, hypotheses.causes, blame, done)
    return [
        *(_plan_item("check", step, base.findings[step.id].title) for step in checks),
        *(_plan_item("remedy", step, base.remedies[step.id].title) for step in remedies),
    ]


def _plan_item(kind: Literal["check", "remedy"], step: Step, title: str) -> PlanItem:
    return PlanItem(
        kind=kind, id=step.id, title=title, cause=step.cause, probability=step.probability, minutes=step.minutes
    )


def _findings(
    base: KnowledgeBase,
    posterior: Posterior,
    reports: Sequence[Report],
    evidence: Mapping[str, NDArray[np.float64]],
) -> list[FindingView]:
    told = [report for report in reports if not report.says_nothing]
    seen = {report.finding: _likeliest(posterior, report) for report in told}
    return [
        FindingView(
            finding=report.finding,
            state=_likeliest(posterior, report),
            probability=_probability(posterior, report, evidence),
            origin=report.origin,
            steps=report.steps,
            message=_with_readout(base, report, seen),
            place=report.place or None,
            **provenance_of(base, base.finding(report.finding)),
        )
        for report in told
    ]


def _likeliest(posterior: Posterior, report: Report) -> str:
    return posterior.network.states[report.finding][int(np.argmax(report.likelihood))]


def _probability(posterior: Posterior, report: Report, evidence: Mapping[str, NDArray[np.float64]]) -> float:
    return float(state_probabilities(posterior, report.finding, evidence)[int(np.argmax(report.likelihood))])


def _with_readout(base: KnowledgeBase, report: Report, seen: Mapping[str, str]) -> str:
    """The message, and what the knowledge says of several findings read together, where they are as it describes."""
    finding = base.finding(report.finding)
    for readout in finding.readouts if isinstance(finding, Symptom) else []:
        if all(seen.get(name) in states for name, states in readout.when.items()):
            title = "" if report.message.lower().startswith(readout.title.lower()) else f"{readout.title}: "
            return f"{report.message} {title}{readout.says}"
    return report.message


def best_states(likelihood: NDArray[np.float64]) -> list[int]:
    """Places of the states that fit best; several where nothing tells them apart but the last digit."""
    return [int(place) for place in np.flatnonzero(likelihood >= likelihood.max() * (1.0 - 1e-9))]


def _hypotheses(posterior: Posterior) -> list[HypothesisView]:
    sets = posterior.network.hypotheses.sets
    likeliest = np.argsort(-posterior.probability[:-1], kind="stable")[:MOST_HYPOTHESES]
    return [
        HypothesisView(causes=list(sets[index]), probability=float(posterior.probability[index]))
        for index in likeliest
        if posterior.probability[index] > SMALLEST_PROBABILITY
    ]


def _causes(beliefs: Beliefs, facts: Mapping[str, float]) -> list[CauseView]:
    posterior = beliefs.posterior
    probability = posterior.cause_probability
    weights = weights_of_causes(posterior)
    names = posterior.network.hypotheses.causes
    states = [
        posterior.network.states[finding][best_states(beliefs.evidence[finding])[0]] for finding in posterior.findings
    ]
    order = [index for index in np.argsort(-probability, kind="stable") if probability[index] > SMALLEST_PROBABILITY]
    return [
        _cause(
            beliefs.base,
            beliefs.base.causes[names[index]],
            beliefs.outlines[names[index]],
            float(probability[index]),
            _evidence(posterior.findings, states, weights[:, index]),
            facts,
        )
        for index in order
    ]


def _evidence(findings: Sequence[str], states: Sequence[str], weights: NDArray[np.float64]) -> list[EvidenceItem]:
    """What weighs for or against a cause, the strongest first."""
    items = [
        EvidenceItem(finding=finding, state=state, decibans=round(weight, 2))
        for finding, state, weight in zip(findings, states, weights.tolist(), strict=True)
        if abs(weight) >= SMALLEST_WEIGHT
    ]
    return sorted(items, key=lambda item: -abs(item.decibans))


def _cause(
    base: KnowledgeBase,
    cause: Cause,
    outline: Outline,
    probability: float,
    evidence: Sequence[EvidenceItem],
    facts: Mapping[str, float],
) -> CauseView:
    return CauseView(
        id=cause.id,
        title=cause.title,
        probability=probability,
        evidence_for=[item for item in evidence if item.decibans > 0],
        evidence_against=[item for item in evidence if item.decibans < 0],
        checks=outline.checks,
        remedies=[
            RemedyView(
                id=remedy.id,
                title=remedy.title,
                change=remedy.change,
                values=values_of(remedy, facts),
                snippets=dict(remedy.snippets),
                **provenance_of(base, remedy),
            )
            for remedy in outline.remedies
        ],
        sources=outline.sources,
        **provenance_of(base, cause),
    )


def _question(base: KnowledgeBase, candidate: Candidate) -> NextQuestion:
    finding = base.findings[candidate.finding]
    return NextQuestion(
        finding=finding.id,
        prompt=finding.question.prompt,
        why=finding.question.why,
        how=dict(finding.snippets if isinstance(finding, Check) else finding.question.how),
        choices=[Choice(state=name, label=state.label) for name, state in finding.states.items()],
        gain_bits=round(candidate.gain_bits, 4),
        minutes=finding.minutes,
        answer_with=f"--answer {finding.id}=STATE",
        **provenance_of(base, finding),
    )


def _banner(score: float, findings: int, say: Wording) -> str | None:
    if score < CONFLICT_BITS * max(findings, 1):
        return None
    return say(
        "What was seen and said does not fit together under any known cause: look at the answers again, "
        "or expect a fault that is not listed here."
    )
