"""Diagnoses of a run, one after the other -> what is new in them, said once it has held."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from knowledge.base import KnowledgeBase
from triage.callbacks.alarms import ANY, AS_IT_SHOULD, Alarm, Alarms, abnormal_findings, fault_so_far
from triage.diagnosis import Diagnosis, FindingView

__all__ = ["New", "Told", "held"]

PATIENCE = 2
"""Readings in a row that must agree: the last rows of a log that grows can mislead for a moment."""


@dataclass(frozen=True, slots=True)
class New:
    """What one more diagnosis brings.

    Args:
        appeared: findings that the log shows, in a state in which they were not told before.
        cleared: findings that were told and that it no longer shows, with the state that was told.
        alarm: the cause that comes first now and was not told before; None where there is none.
        held: what ``--fail-on`` names and holds, as it was given.

    """

    appeared: tuple[FindingView, ...]
    cleared: tuple[tuple[str, str], ...]
    alarm: Alarm | None
    held: tuple[str, ...]


@dataclass
class Told:
    """What was told of a run.

    Args:
        base: the knowledge.
        sure: probability of a fault from which on its cause is told.
        fail_on: causes and findings, as `triage.callbacks.alarms.check_stops` takes them.
        threshold: probability from which on one of them holds.

    """

    base: KnowledgeBase
    sure: float
    fail_on: Collection[str]
    threshold: float
    _alarms: Alarms = field(init=False)
    _shown: dict[str, str] = field(default_factory=dict)
    _seen: dict[str, tuple[str, int]] = field(default_factory=dict)
    _holding: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Nothing was told yet."""
        self._alarms = Alarms(self.base, self.sure, PATIENCE, ())

    @property
    def shown(self) -> dict[str, str]:
        """Findings that are told and not cleared -> their states."""
        return dict(self._shown)

    def hear(self, diagnosis: Diagnosis, *, urgent: bool) -> New:
        """Take in the next diagnosis.

        Args:
            diagnosis: of the run up to now.
            urgent: whether once is enough: nothing more comes for now, or the loss is NaN, which it stays.

        """
        needed = 1 if urgent else PATIENCE
        now = {finding.finding: finding for finding in _noteworthy(diagnosis, self.base)}
        states = {name: finding.state for name, finding in now.items()} | {
            name: "" for name in self._shown if name not in now
        }
        self._seen = {name: (state, self._times(name, state) + 1) for name, state in states.items()}
        steady = {name: state for name, (state, times) in self._seen.items() if times >= needed}
        appeared = tuple(now[name] for name, state in steady.items() if state and self._shown.get(name) != state)
        cleared = tuple((name, self._shown[name]) for name, state in steady.items() if not state)
        self._shown = {name: state for name, state in self._shown.items() if name not in dict(cleared)}
        self._shown |= {finding.finding: finding.state for finding in appeared}
        alarm = self._alarms.hear(diagnosis, urgent=urgent, whole=False).alarm
        holding = held(diagnosis, self.fail_on, self.threshold, self.base)
        self._holding = {name: self._holding.get(name, 0) + 1 for name in holding}
        return New(appeared, cleared, alarm, tuple(name for name, times in self._holding.items() if times >= needed))

    def _times(self, finding: str, state: str) -> int:
        before, times = self._seen.get(finding, ("", 0))
        return times if before == state else 0


def _noteworthy(diagnosis: Diagnosis, base: KnowledgeBase) -> Iterator[FindingView]:
    for finding in abnormal_findings(diagnosis, base):
        if (finding.finding, finding.state) not in AS_IT_SHOULD:
            yield finding


def held(diagnosis: Diagnosis, wanted: Collection[str], threshold: float, base: KnowledgeBase) -> list[str]:
    """Which of some causes and findings a diagnosis holds to be there.

    Args:
        diagnosis: of a run that may go on.
        wanted: ids of causes and findings, FINDING=STATE, or ``any`` for any fault. A finding without a state stands
            for all but its normal one.
        threshold: probability from which on it does.
        base: the knowledge.

    """
    causes = {cause.id: cause.probability for cause in diagnosis.causes} | {ANY: fault_so_far(diagnosis)}
    likely = {f"{one.finding}={one.state}" for one in diagnosis.findings if one.probability >= threshold}
    abnormal = {one.finding for one in _noteworthy(diagnosis, base) if one.probability >= threshold}
    return [name for name in wanted if causes.get(name, 0.0) >= threshold or name in likely or name in abnormal]
