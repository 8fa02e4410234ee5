"""Methods that are named as a statement of their own and not called, as in `model.eval` without its parentheses."""

from __future__ import annotations

from collections.abc import Callable

from triage.intake.scripts.trace import Event, Run
from triage.intake.scripts.values import Value

__all__ = ["uncalled"]


def uncalled(run: Run, name: str, of: Callable[[Value], bool], before: int | None = None) -> Event | None:
    """The last mention of a method of such an object that was no call; `before` is a turn of the trace."""
    found = [
        event
        for event in run.of("uncalled")
        if event.facts["name"] == name and of(event.subject) and (before is None or event.at < before)
    ]
    return found[-1] if found else None
