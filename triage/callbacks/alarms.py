"""Diagnoses of a run, one after the other -> what its owner is warned of, each cause once."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from knowledge.base import KnowledgeBase
from knowledge.errors import UnknownIdError, nearest_names
from triage.diagnosis import CauseView, Diagnosis, FindingView
from triage.errors import AnswerError
from triage.report.escape import plain
from triage.report.figures import percent

__all__ = ["ANY", "AS_IT_SHOULD", "Alarm", "Alarms", "Heard", "abnormal_findings", "check_stops", "fault_so_far"]

ANY = "any"
"""Stands for every cause in ``stop_on``."""

NEEDS_MORE_TIME = frozenset({"too_few_iterations"})
"""Causes that a run which is not over cannot have."""

AS_IT_SHOULD = frozenset({("train_loss_trend", "still_falling_at_end")})
"""Findings and states that are worth a word only once the run is over."""

SEEN = 0.5
"""Probability of a state from which on a finding counts as seen."""

LIKELY = 0.5
"""Probability from which on a cause stands for all, and another one is worth a second warning."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """What is wrong with a run, in brief.

    Args:
        cause: id of the likeliest cause.
        title: its title.
        probability: of the cause.
        no_fault: probability that nothing is wrong.
        finding: id of the finding that speaks most for it, empty where none does.
        seen: the sentence of that finding, with its figures.
        steps: first and last position where it was seen, or None.
        check: title of what to check first, empty where there is nothing.
        minutes: that it takes.
        instructions: how it is done.

    """

    cause: str
    title: str
    probability: float
    no_fault: float
    finding: str
    seen: str
    steps: tuple[float, float] | None
    check: str
    minutes: float
    instructions: str

    def __str__(self) -> str:
        """All of it in a line or two."""
        seen = f" {self.seen}" if self.seen else ""
        check = f" Check first: {self.check} ({self.minutes:g} min)." if self.check else ""
        cause = f"{self.title} ({percent(self.probability)})"
        if self.probability >= LIKELY:
            first = f"Most likely: {cause}"
        else:
            first = f"Something is wrong ({percent(1.0 - self.no_fault)}), of several causes first: {cause}"
        return f"{first}.{seen}{check} [{self.cause}]"


@dataclass(frozen=True, slots=True)
class Heard:
    """What one more diagnosis brings.

    Args:
        alarm: what to warn of, or None.
        appeared: findings that the log shows now and did not before.
        cleared: findings that it showed before.
        stop: why training should stop, empty where it should not.

    """

    alarm: Alarm | None
    appeared: tuple[FindingView, ...]
    cleared: tuple[str, ...]
    stop: str


def check_stops(stop_on: Collection[str], base: KnowledgeBase, option: str = "stop_on") -> None:
    """Hold that each is ``any``, a cause, a finding, or FINDING=STATE.

    Args:
        stop_on: the names.
        base: the knowledge.
        option: what they were given as, for the message.

    Raises:
        AnswerError: one is none of these; the message names the nearest.

    """
    for name in stop_on:
        finding, equals, state = name.partition("=")
        try:
            if equals:
                base.state(finding, state)
            elif name != ANY and name not in base.causes and name not in base.findings:
                near = nearest_names(name, [*base.causes, *base.findings, ANY])
                raise UnknownIdError("cause or finding", name, near)
        except UnknownIdError as error:
            raise AnswerError(f"{option}: {error}") from None


def abnormal_findings(diagnosis: Diagnosis, base: KnowledgeBase) -> Iterator[FindingView]:
    """The symptoms that the log shows."""
    for finding in diagnosis.findings:
        known = base.finding(finding.finding)
        if known.kind != "symptom" or finding.origin != "detector" or finding.probability < SEEN:
            continue
        if finding.state != next(iter(known.states)):
            yield finding


def fault_so_far(diagnosis: Diagnosis) -> float:
    """Probability that something is wrong besides that the run is not over."""
    return 1.0 - diagnosis.no_fault - _needs_more_time(diagnosis)


@dataclass
class Alarms:
    """What was told of a run, so that nothing is told twice.

    Args:
        base: the knowledge.
        sure: probability of a fault from which on there is a warning.
        patience: diagnoses in a row that must show it.
        stop_on: causes and findings on which training should stop.

    """

    base: KnowledgeBase
    sure: float
    patience: int
    stop_on: Collection[str]
    told: set[str] = field(default_factory=set)
    _faulty: int = 0
    _seen: dict[str, tuple[str, int]] = field(default_factory=dict)

    def hear(self, diagnosis: Diagnosis, *, urgent: bool, whole: bool) -> Heard:
        """Take in the next diagnosis.

        Args:
            diagnosis: of the run up to now.
            urgent: whether to do without patience, as a loss that is NaN does not recover.
            whole: whether the run is over.

        """
        now = {finding.finding: finding for finding in abnormal_findings(diagnosis, self.base)}
        appeared = tuple(finding for finding in now.values() if finding.finding not in self._seen)
        cleared = tuple(finding for finding in self._seen if finding not in now)
        self._seen = {name: (finding.state, self._times(name, finding.state) + 1) for name, finding in now.items()}
        fault = 1.0 - diagnosis.no_fault if whole else fault_so_far(diagnosis)
        self._faulty = self._faulty + 1 if fault >= self.sure else 0
        needed = 1 if urgent or whole else self.patience
        alarm = self._alarm(diagnosis, whole) if self._faulty >= needed else None
        return Heard(alarm, appeared, cleared, self._stop(alarm, needed))

    def _times(self, finding: str, state: str) -> int:
        """Diagnoses in a row in which a finding was seen in a state."""
        before, times = self._seen.get(finding, ("", 0))
        return times if before == state else 0

    def _alarm(self, diagnosis: Diagnosis, whole: bool) -> Alarm | None:
        leader = _leader(diagnosis, whole)
        if leader is None or leader.id in self.told or (self.told and leader.probability < LIKELY):
            return None
        self.told.add(leader.id)
        return _alarm_of(diagnosis, leader)

    def _stop(self, alarm: Alarm | None, needed: int) -> str:
        if alarm is not None and (ANY in self.stop_on or alarm.cause in self.stop_on):
            return str(alarm)
        for finding, (state, times) in self._seen.items():
            if times >= needed and {finding, f"{finding}={state}"} & set(self.stop_on):
                known = self.base.finding(finding)
                return f"{plain(known.title)}: {plain(known.states[state].label)} [{finding}={state}]"
        return ""


def _needs_more_time(diagnosis: Diagnosis) -> float:
    """Probability that nothing is wrong but that the run is not over."""
    return sum(
        hypothesis.probability
        for hypothesis in diagnosis.hypotheses
        if hypothesis.causes and NEEDS_MORE_TIME.issuperset(hypothesis.causes)
    )


def _leader(diagnosis: Diagnosis, whole: bool) -> CauseView | None:
    return next((cause for cause in diagnosis.causes if whole or cause.id not in NEEDS_MORE_TIME), None)


def _alarm_of(diagnosis: Diagnosis, cause: CauseView) -> Alarm:
    shown = {finding.finding: finding for finding in diagnosis.findings if finding.origin == "detector"}
    finding = next((shown[item.finding] for item in cause.evidence_for if item.finding in shown), None)
    check = cause.checks[0] if cause.checks else None
    return Alarm(
        cause=cause.id,
        title=plain(cause.title),
        probability=cause.probability,
        no_fault=diagnosis.no_fault,
        finding="" if finding is None else finding.finding,
        seen="" if finding is None else plain(finding.message, 400),
        steps=None if finding is None else finding.steps,
        check="" if check is None else plain(check.title),
        minutes=0.0 if check is None else check.minutes,
        instructions="" if check is None else plain(check.instructions, 1000),
    )
