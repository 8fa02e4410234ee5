"""One door to all report formats."""

from __future__ import annotations

from typing import Literal

from knowledge.base import KnowledgeBase
from triage.diagnosis import Diagnosis
from triage.history import History
from triage.report.escape import plain_json

__all__ = ["Format", "render"]

Format = Literal["text", "json", "jsonl", "markdown", "html", "sarif", "junit", "github"]


def render(
    diagnosis: Diagnosis,
    base: KnowledgeBase,
    history: History | None,
    form: Format = "text",
    *,
    colour: bool = False,
    top: int = 5,
) -> str:
    """The report as text that ends with a line end.

    Args:
        diagnosis: what to tell.
        base: the knowledge, for titles and labels.
        history: the curves, for the picture.
        form: the format.
        colour: whether ANSI codes are wanted; of the text format alone.
        top: how many causes to list; the JSON holds all of them, and formats for builds those that are likely.

    """
    match form:
        case "json":
            return plain_json(diagnosis.model_dump_json(indent=2)) + "\n"
        case "jsonl":
            return plain_json(diagnosis.model_dump_json()) + "\n"
        case "markdown":
            from triage.report.markdown import markdown_report

            return markdown_report(diagnosis, base, history, top=top)
        case "html":
            from triage.report.html import html_report

            return html_report(diagnosis, base, history, top=top)
        case "sarif":
            from triage.report.sarif import sarif_report

            return sarif_report(diagnosis, base)
        case "junit":
            from triage.report.junit import junit_report

            return junit_report(diagnosis, base)
        case "github":
            from triage.report.github import github_report

            return github_report(diagnosis)
        case "text":
            from triage.report.text import text_report

            return text_report(diagnosis, base, history, colour=colour, top=top)
