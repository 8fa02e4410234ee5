"""The plan, checks and remedies in order of probability over cost, as steps that fold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from triage.diagnosis import PlanItem
from triage.report.figures import duration, percent
from tui.step_card import Step
from tui.steps import check_step, remedy_step
from tui.view import View
from tui.wording import screen_wording

if TYPE_CHECKING:
    from knowledge.schema import Check

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
        return Planned(item.kind, item.cause, about, remedy_step(view, view.base.remedies[item.id]))
    check = cast("Check", view.base.findings[item.id])  # the lint lets nothing else stand among a cause's checks
    return Planned(item.kind, item.cause, about, check_step(view, check))
