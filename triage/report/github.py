"""`Diagnosis` -> workflow commands, which GitHub Actions shows as annotations of files and lines.

Format: https://docs.github.com/actions/reference/workflow-commands-for-github-actions
"""

from __future__ import annotations

from triage.diagnosis import Diagnosis
from triage.report.choice import verdict
from triage.report.escape import folded, plain
from triage.report.problems import Problem, problems_of

__all__ = ["github_report"]

LONGEST = 4000
"""Characters of a message; GitHub cuts longer ones."""


def github_report(diagnosis: Diagnosis) -> str:
    """A line for each problem: an error or a warning; for a healthy run one notice."""
    problems = problems_of(diagnosis)
    if not problems:
        return f"::notice title=triage::{_data(folded(verdict(diagnosis)))}\n"
    return "".join(map(_command, problems))


def _command(problem: Problem) -> str:
    place = problem.places[0] if problem.places else None
    properties = {"title": f"triage: {problem.title}"}
    if place is not None:
        line = {} if place.line is None else {"line": str(place.line)}
        properties = {"file": plain(place.file, 1000), **line, **properties}
    listed = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::{problem.level} {listed}::{_data(folded(problem.message, LONGEST))}\n"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
