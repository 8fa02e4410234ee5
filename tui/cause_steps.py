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
from triage.wording import Wording
from tui.evidence_bars import signed
from tui.outcome import answer_of
from tui.step_card import Step
from tui.view import View
from tui.wording import screen_wording

__all__ = ["check_steps", "remedy_steps"]


def check_steps(view: View, cause: Cause, told: Why) -> list[Step]:
    """The checks that bear on the cause, those that can confirm it first."""
    confirming = {check.id for check in told.checks}
    return [_check_step(view, check, told, confirms=check.id in confirming) for check in checks_of(view.base, cause)]


def remedy_steps(view: View, cause: Cause, told: Why) -> list[Step]:
    """The remedies of the cause, best first."""
    return [_remedy_step(view, remedy, told) for remedy in remedies_of(view.base, cause)]


def _check_step(view: View, check: Check, told: Why, *, confirms: bool) -> Step:
    word = screen_wording(view.base.language)
    time = duration(check.minutes, word)
    return Step(
        title=check.title,
        notes=word("{time}, can confirm it", time=time) if confirms else time,
        paragraphs=(("", check.instructions),),
        snippets=_code(view, check.snippets),
        finding=check.id,
        prompt=word("What came of it?"),
        choices=states_of(view.base, check.id),
        answer=answer_of(view, check.id),
        weight=_weight(told, check.id, word),
    )


def _remedy_step(view: View, remedy: Remedy, told: Why) -> Step:
    finding, word = remedy.trial or remedy.id, screen_wording(view.base.language)
    attached = view.beliefs.attached
    values = values_of(remedy, {} if attached is None else attached.facts)
    return Step(
        title=remedy.title,
        notes=word("{time} to make the change", time=duration(remedy.minutes, word)),
        paragraphs=(
            ("", remedy.change),
            *((_name(name), number(value)) for name, value in values.items()),
            (word("Side effects"), remedy.side_effects),
        ),
        snippets=_code(view, remedy.snippets),
        finding=finding,
        prompt=word("Tried it? What came of it?"),
        choices=states_of(view.base, finding),
        answer=answer_of(view, finding),
        weight=_weight(told, finding, word),
    )


def _code(view: View, snippets: Mapping[Framework, str]) -> tuple[tuple[str, str], ...]:
    return tuple(code_in_order(view.diagnosis, {str(name): code for name, code in snippets.items()}))


def _name(value: str) -> str:
    return plain(value, 80).replace("_", " ").capitalize()


def _weight(told: Why, finding: str, word: Wording) -> str:
    weights = (*told.evidence_for, *told.evidence_against)
    found = next((weight.decibans for weight in weights if weight.finding == finding), None)
    if found is None:
        return ""
    side = "speaks for it ({decibans})" if found > 0 else "speaks against it ({decibans})"
    return word(side, decibans=signed(found))
