"""A report in the format that the name of its file says."""

from __future__ import annotations

from pathlib import Path

from knowledge.base import KnowledgeBase
from triage.diagnosis import Diagnosis
from triage.errors import TriageError
from triage.history.model import History
from triage.report.render import Format, render

__all__ = ["format_of", "write"]

FORMATS: dict[str, Format] = {
    ".html": "html",
    ".htm": "html",
    ".md": "markdown",
    ".markdown": "markdown",
    ".json": "json",
    ".txt": "text",
}


def format_of(file: Path) -> Format:
    """The format; raises `TriageError` where the ending says none."""
    try:
        return FORMATS[file.suffix.lower()]
    except KeyError:
        raise TriageError(f"{file}: expected a report that ends in {', '.join(FORMATS)}") from None


def write(file: Path, diagnosis: Diagnosis, base: KnowledgeBase, history: History) -> None:
    """Write the report; folders that are not there are made.

    Raises:
        TriageError: the file cannot be written.

    """
    text = render(diagnosis, base, history, format_of(file))
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise TriageError(f"{file}: expected a file that can be written, found: {error.strerror}") from None
