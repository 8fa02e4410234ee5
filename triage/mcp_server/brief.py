"""A whole diagnosis, close to a megabyte, cut down to what an agent needs next; it stays one by its schema."""

from __future__ import annotations

from triage.diagnosis import CauseView, Diagnosis, NextQuestion
from triage.report.choice import code_in_order

__all__ = ["brief", "with_one_framework"]

MOST_CHECKS, MOST_REMEDIES, MOST_SOURCES = 3, 3, 3
"""What is kept of each cause."""

MOST_PLANNED = 8


def brief(diagnosis: Diagnosis, top: int) -> tuple[Diagnosis, list[str]]:
    """The leading causes with their best checks and changes, and what was left out, a sentence each.

    Args:
        diagnosis: the whole.
        top: how many causes to keep.

    """
    planned = {step.id for step in diagnosis.plan}
    kept = diagnosis.model_copy(
        update={
            "causes": [_cause(diagnosis, cause, planned) for cause in diagnosis.causes[:top]],
            "plan": diagnosis.plan[:MOST_PLANNED],
            "next_questions": [with_one_framework(diagnosis, question) for question in diagnosis.next_questions],
        }
    )
    notes = []
    if len(diagnosis.causes) > top:
        notes.append(f"{len(diagnosis.causes) - top} less likely causes; ask for more with top")
    if kept.causes:
        notes.append("checks, changes, sources and code beyond the best of each cause; the resources have all of them")
    return kept, notes


def with_one_framework(diagnosis: Diagnosis, question: NextQuestion) -> NextQuestion:
    """A question with the code that answers it for one framework: the one in use, or the first."""
    return question.model_copy(update={"how": _code(diagnosis, question.how)})


def _cause(diagnosis: Diagnosis, cause: CauseView, planned: set[str]) -> CauseView:
    """A cause with what is still to do first."""
    checks = sorted(cause.checks, key=lambda check: check.id not in planned)[:MOST_CHECKS]
    remedies = sorted(cause.remedies, key=lambda remedy: remedy.id not in planned)[:MOST_REMEDIES]
    return cause.model_copy(
        update={
            "checks": [check.model_copy(update={"snippets": _code(diagnosis, check.snippets)}) for check in checks],
            "remedies": [item.model_copy(update={"snippets": _code(diagnosis, item.snippets)}) for item in remedies],
            "sources": cause.sources[:MOST_SOURCES],
        }
    )


def _code(diagnosis: Diagnosis, snippets: dict[str, str]) -> dict[str, str]:
    """The code for the framework that is used, or the first there is."""
    return dict(list(code_in_order(diagnosis, snippets))[:1])
