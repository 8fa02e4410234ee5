"""A check or a remedy as a step, wherever it is shown."""

from __future__ import annotations

from collections.abc import Mapping

from knowledge.schema import Check, Framework, Remedy
from triage.facts import values_of
from triage.report.choice import code_in_order
from triage.report.escape import plain
from triage.report.figures import number
from triage.topics import states_of
from tui.outcome import answer_of
from tui.step_card import Step
from tui.view import View
from tui.wording import screen_wording

__all__ = ["check_step", "remedy_step"]


def check_step(view: View, check: Check) -> Step:
    """How to carry a check out, and what may come of it."""
    prompt = screen_wording(view.base.language)("What came of it?")
    return _step(view, check.title, (("", check.instructions),), check.snippets, check.id, prompt)


def remedy_step(view: View, remedy: Remedy) -> Step:
    """How to make a change, with the values that follow from what is known, and what may come of it."""
    word = screen_wording(view.base.language)
    paragraphs = (
        ("", remedy.change),
        *((_name(name), number(value)) for name, value in values_of(remedy, view.beliefs.facts).items()),
        (word("Side effects"), remedy.side_effects),
    )
    prompt = word("Tried it? What came of it?")
    return _step(view, remedy.title, paragraphs, remedy.snippets, remedy.trial or remedy.id, prompt)


def _step(
    view: View,
    title: str,
    paragraphs: tuple[tuple[str, str], ...],
    snippets: Mapping[Framework, str],
    finding: str,
    prompt: str,
) -> Step:
    return Step(
        title=title,
        notes="",
        paragraphs=paragraphs,
        snippets=tuple(code_in_order(view.diagnosis, {str(name): code for name, code in snippets.items()})),
        finding=finding,
        prompt=prompt,
        choices=states_of(view.base, finding),
        answer=answer_of(view, finding),
        weight="",
    )


def _name(value: str) -> str:
    return plain(value, 80).replace("_", " ").capitalize()
