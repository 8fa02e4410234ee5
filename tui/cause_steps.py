"""The checks and the remedies of one cause, as steps that say what they take and what they told."""

from __future__ import annotations

from dataclasses import replace

from knowledge.schema import Cause
from triage.plan import checks_of, remedies_of
from triage.report.figures import duration
from triage.why import Why
from triage.wording import Wording
from tui.evidence_bars import signed
from tui.step_card import Step
from tui.steps import check_step, remedy_step
from tui.view import View
from tui.wording import screen_wording

__all__ = ["check_steps", "remedy_steps"]


def check_steps(view: View, cause: Cause, told: Why) -> list[Step]:
    """The checks that bear on the cause, those that can confirm it first."""
    word = screen_wording(view.base.language)
    confirming = {check.id for check in told.checks}
    steps = []
    for check in checks_of(view.base, cause):
        time = duration(check.minutes, word)
        notes = word("{time}, can confirm it", time=time) if check.id in confirming else time
        steps.append(_told(check_step(view, check), notes, told, word))
    return steps


def remedy_steps(view: View, cause: Cause, told: Why) -> list[Step]:
    """The remedies of the cause, best first."""
    word = screen_wording(view.base.language)
    steps = []
    for remedy in remedies_of(view.base, cause):
        notes = word("{time} to make the change", time=duration(remedy.minutes, word))
        steps.append(_told(remedy_step(view, remedy), notes, told, word))
    return steps


def _told(step: Step, notes: str, told: Why, word: Wording) -> Step:
    """The step with notes, and with what its outcome says of the cause."""
    return replace(step, notes=notes, weight=_weight(told, step.finding, word))


def _weight(told: Why, finding: str, word: Wording) -> str:
    weights = (*told.evidence_for, *told.evidence_against)
    found = next((weight.decibans for weight in weights if weight.finding == finding), None)
    if found is None:
        return ""
    side = "speaks for it ({decibans})" if found > 0 else "speaks against it ({decibans})"
    return word(side, decibans=signed(found))
