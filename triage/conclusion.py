"""Beliefs -> `Diagnosis`: which words and numbers of the knowledge go with what is believed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set

import numpy as np
from numpy.typing import NDArray

from knowledge.base import KnowledgeBase
from knowledge.schema import Cause, Symptom
from triage.beliefs import Posterior, Report, conflict_bits, state_probabilities, weights_of_causes
from triage.diagnosis import (
    SCHEMA_VERSION,
    CauseView,
    CheckView,
    Choice,
    Conflict,
    Diagnosis,
    EvidenceItem,
    FindingView,
    HistoryView,
    HypothesisView,
    KnowledgeView,
    NextQuestion,
    RemedyView,
    SourceView,
)
from triage.facts import facts_of, values_of
from triage.history import History
from triage.interview import Candidate, Questions, rank_questions, stop_reason
from triage.plan import Trials, checks_of, remedies_of

__all__ = ["CONFLICT_BITS", "conclude"]

SMALLEST_PROBABILITY = 0.001
"""Causes below it are not listed."""

MOST_HYPOTHESES = 10
SMALLEST_WEIGHT = 0.5
"""Decibans below which a finding is not worth a line."""

CONFLICT_BITS = 1.0
"""Conflict from which on the banner is raised: above the 99th percentile of runs whose findings do have a common cause,
which is 0.9 for twelve findings and less for fewer (tests/benchmarks/conflict_threshold.py)."""


def conclude(
    base: KnowledgeBase,
    posterior: Posterior,
    questions: Questions,
    trials: Trials,
    reports: Sequence[Report],
    evidence: Mapping[str, NDArray[np.float64]],
    history: History | None,
    asked: Set[str],
    most_questions: int = 3,
) -> Diagnosis:
    """Put the result together.

    Args:
        base: the knowledge.
        posterior: the beliefs after all reports.
        questions: the tabulated questions.
        trials: the remedies as trials.
        reports: the reports that count, in the order in which they came.
        evidence: the same, merged per finding.
        history: the history that was attached, if any.
        asked: findings that the person was asked already.
        most_questions: how many questions to name.

    """
    candidates = rank_questions(questions, posterior, evidence, asked)
    score = conflict_bits(posterior)
    return Diagnosis(
        schema_version=SCHEMA_VERSION,
        knowledge=KnowledgeView(version=base.version, hash=base.hash),
        history=None if history is None else _history(history),
        findings=_findings(base, posterior, reports, evidence),
        hypotheses=_hypotheses(posterior),
        causes=_causes(base, posterior, evidence, {} if history is None else facts_of(history)),
        not_listed=posterior.not_listed,
        no_fault=posterior.none,
        conflict=Conflict(score=score, banner=_banner(posterior, score)),
        next_questions=[_question(base, candidate) for candidate in candidates[:most_questions]],
        stopped=stop_reason(questions, posterior, candidates, trials),
    )


def _history(history: History) -> HistoryView:
    return HistoryView(
        format=history.format,
        files=[file.encode("utf-8", "backslashreplace").decode() for file in history.files],
        steps=history.rows,
        columns=dict(history.columns),
        warnings=list(history.warnings),
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
        )
        for report in told
    ]


def _likeliest(posterior: Posterior, report: Report) -> str:
    return posterior.network.states[report.finding][int(np.argmax(report.likelihood))]


def _probability(posterior: Posterior, report: Report, evidence: Mapping[str, NDArray[np.float64]]) -> float:
    return float(state_probabilities(posterior, report.finding, evidence)[int(np.argmax(report.likelihood))])


def _with_readout(base: KnowledgeBase, report: Report, seen: Mapping[str, str]) -> str:
    """The message, and what the knowledge says of several findings read together, where they are as it describes."""
    finding = base.findings[report.finding]
    for readout in finding.readouts if isinstance(finding, Symptom) else []:
        if all(seen.get(name) in states for name, states in readout.when.items()):
            title = "" if report.message.lower().startswith(readout.title.lower()) else f"{readout.title}: "
            return f"{report.message} {title}{readout.says}"
    return report.message


def _hypotheses(posterior: Posterior) -> list[HypothesisView]:
    sets = posterior.network.hypotheses.sets
    likeliest = np.argsort(-posterior.probability[:-1], kind="stable")[:MOST_HYPOTHESES]
    return [
        HypothesisView(causes=list(sets[index]), probability=float(posterior.probability[index]))
        for index in likeliest
        if posterior.probability[index] > SMALLEST_PROBABILITY
    ]


def _causes(
    base: KnowledgeBase,
    posterior: Posterior,
    evidence: Mapping[str, NDArray[np.float64]],
    facts: Mapping[str, float],
) -> list[CauseView]:
    probability = posterior.cause_probability
    weights = weights_of_causes(posterior)
    names = posterior.network.hypotheses.causes
    order = [index for index in np.argsort(-probability, kind="stable") if probability[index] > SMALLEST_PROBABILITY]
    return [
        _cause(
            base, base.causes[names[index]], float(probability[index]), posterior, weights[:, index], evidence, facts
        )
        for index in order
    ]


def _cause(
    base: KnowledgeBase,
    cause: Cause,
    probability: float,
    posterior: Posterior,
    weights: NDArray[np.float64],
    evidence: Mapping[str, NDArray[np.float64]],
    facts: Mapping[str, float],
) -> CauseView:
    items = [
        EvidenceItem(
            finding=finding,
            state=posterior.network.states[finding][int(evidence[finding].argmax())],
            decibans=round(float(weight), 2),
        )
        for finding, weight in zip(posterior.findings, weights, strict=True)
        if abs(weight) >= SMALLEST_WEIGHT
    ]
    items.sort(key=lambda item: -abs(item.decibans))
    return CauseView(
        id=cause.id,
        title=cause.title,
        probability=probability,
        evidence_for=[item for item in items if item.decibans > 0],
        evidence_against=[item for item in items if item.decibans < 0],
        checks=[
            CheckView(
                id=check.id,
                title=check.title,
                minutes=check.minutes,
                instructions=check.instructions,
                snippets=dict(check.snippets),
            )
            for check in checks_of(base, cause)
        ],
        remedies=[
            RemedyView(
                id=remedy.id,
                title=remedy.title,
                change=remedy.change,
                values=values_of(remedy, facts),
                snippets=dict(remedy.snippets),
            )
            for remedy in remedies_of(base, cause)
        ],
        sources=[
            SourceView(id=source.id, title=source.title, address=source.address) for source in base.sources_of(cause)
        ],
    )


def _question(base: KnowledgeBase, candidate: Candidate) -> NextQuestion:
    finding = base.findings[candidate.finding]
    return NextQuestion(
        finding=finding.id,
        prompt=finding.question.prompt,
        choices=[Choice(state=name, label=state.label) for name, state in finding.states.items()],
        gain_bits=round(candidate.gain_bits, 4),
        minutes=finding.minutes,
        answer_with=f"--answer {finding.id}=STATE",
    )


def _banner(posterior: Posterior, score: float) -> str | None:
    if score < CONFLICT_BITS:
        return None
    return (
        "What was seen and said does not fit together under any known cause: look at the answers again, "
        "or expect a fault that is not listed here."
    )
