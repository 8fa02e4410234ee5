"""The checks and the remedies of one cause, as steps."""

from __future__ import annotations

from collections.abc import Mapping

from knowledge.schema import Cause, Check, Framework, Remedy
from triage.facts import values_of
from triage.plan import checks_of, remedies_of
from triage.report.choice import code_in_order
from triage.report.escape import plain
from triage.report.figures import duration, number
from triage.topics import states_of
from triage.why import Why
from tui.evidence_bars import signed
from tui.outcome import answer_of
from tui.step_card import Step
from tui.view import View

__all__ = ["check_steps", "remedy_steps"]


def check_steps(view: View, cause: Cause, told: Why) -> list[Step]:
    """The checks that bear on the cause, those that can confirm it first."""
    confirming = {check.id for check in told.checks}
    return [_check_step(view, check, told, confirms=check.id in confirming) for check in checks_of(view.base, cause)]


def remedy_steps(view: View, cause: Cause, told: Why) -> list[Step]:
    """The remedies of the cause, best first."""
    return [_remedy_step(view, remedy, told) for remedy in remedies_of(view.base, cause)]


def _check_step(view: View, check: Check, told: Why, *, confirms: bool) -> Step:
    return Step(
        title=check.title,
        notes=f"{duration(check.minutes)}{', can confirm it' if confirms else ''}",
        paragraphs=(("", check.instructions),),
        snippets=_code(view, check.snippets),
        finding=check.id,
        prompt="What came of it?",
        choices=states_of(view.base, check.id),
        answer=answer_of(view, check.id),
        weight=_weight(told, check.id),
    )


def _remedy_step(view: View, remedy: Remedy, told: Why) -> Step:
    finding = remedy.trial or remedy.id
    attached = view.beliefs.attached
    values = values_of(remedy, {} if attached is None else attached.facts)
    return Step(
        title=remedy.title,
        notes=f"{duration(remedy.minutes)} to make the change",
        paragraphs=(
            ("", remedy.change),
            *((_name(name), number(value)) for name, value in values.items()),
            ("Side effects", remedy.side_effects),
        ),
        snippets=_code(view, remedy.snippets),
        finding=finding,
        prompt="Tried it? What came of it?",
        choices=states_of(view.base, finding),
        answer=answer_of(view, finding),
        weight=_weight(told, finding),
    )


def _code(view: View, snippets: Mapping[Framework, str]) -> tuple[tuple[str, str], ...]:
    return tuple(code_in_order(view.diagnosis, {str(name): code for name, code in snippets.items()}))


def _name(value: str) -> str:
    return plain(value, 80).replace("_", " ").capitalize()


def _weight(told: Why, finding: str) -> str:
    weights = (*told.evidence_for, *told.evidence_against)
    found = next((weight.decibans for weight in weights if weight.finding == finding), None)
    if found is None:
        return ""
    return f"speaks {'for' if found > 0 else 'against'} it ({signed(found)})"
