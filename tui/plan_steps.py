"""The plan, checks and remedies in order of probability over cost, as steps that fold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from knowledge.schema import Check, Framework
from triage.diagnosis import PlanItem
from triage.facts import values_of
from triage.report.choice import code_in_order
from triage.report.figures import duration, number, percent
from triage.topics import states_of
from tui.outcome import answer_of
from tui.step_card import Step
from tui.view import View
from tui.wording import screen_wording

__all__ = ["Planned", "planned"]


@dataclass(frozen=True, slots=True)
class Planned:
    """An item of the plan.

    Args:
        kind: ``check`` or ``remedy``.
        cause: id of the cause that it is most likely about.
        about: how long it takes, the chance that it confirms or helps, and that cause, in words.
        step: what to do, and what tells what came of it.

    """

    kind: str
    cause: str
    about: str
    step: Step


def planned(view: View) -> list[Planned]:
    """The items of the plan in its order; none for a run that is called healthy."""
    return [] if view.diagnosis.is_healthy else [_planned(view, item) for item in view.diagnosis.plan]


def _planned(view: View, item: PlanItem) -> Planned:
    word = screen_wording(view.base.language)
    about = word(
        "{time}, {percent} to confirm: {cause}"
        if item.kind == "check"
        else "{time}, {percent} to help against: {cause}",
        time=duration(item.minutes, word),
        percent=percent(item.probability),
        cause=view.base.causes[item.cause].title,
    )
    if item.kind == "remedy":
        return Planned(item.kind, item.cause, about, _remedy(view, item))
    return Planned(item.kind, item.cause, about, _check(view, item))


def _check(view: View, item: PlanItem) -> Step:
    check = view.base.findings[item.id]
    told, code = (check.instructions, check.snippets) if isinstance(check, Check) else (check.question.prompt, {})
    return _step(view, item, check.id, screen_wording(view.base.language)("What came of it?"), (("", told),), code)


def _remedy(view: View, item: PlanItem) -> Step:
    remedy, word = view.base.remedies[item.id], screen_wording(view.base.language)
    attached = view.beliefs.attached
    values = values_of(remedy, {} if attached is None else attached.facts)
    paragraphs = (
        ("", remedy.change),
        *((name.replace("_", " ").capitalize(), number(value)) for name, value in values.items()),
        (word("Side effects"), remedy.side_effects),
    )
    return _step(view, item, remedy.trial or remedy.id, word("Tried it? What came of it?"), paragraphs, remedy.snippets)


def _step(
    view: View,
    item: PlanItem,
    finding: str,
    prompt: str,
    paragraphs: tuple[tuple[str, str], ...],
    snippets: Mapping[Framework, str],
) -> Step:
    return Step(
        title=item.title,
        notes="",
        paragraphs=paragraphs,
        snippets=tuple(code_in_order(view.diagnosis, {str(name): code for name, code in snippets.items()})),
        finding=finding,
        prompt=prompt,
        choices=states_of(view.base, finding),
        answer=answer_of(view, finding),
        weight="",
    )
