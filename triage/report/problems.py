"""`Diagnosis` -> what a program that judges builds has to be told: each problem with its level and its place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from knowledge.base import KnowledgeBase
from triage.diagnosis import CauseView, Diagnosis, FindingView
from triage.report.choice import CLEAR, most_likely
from triage.report.escape import folded
from triage.report.figures import duration, percent

__all__ = ["NOT_LISTED", "Level", "Place", "Problem", "problems_of", "rule_of", "run_name"]

Level = Literal["error", "warning"]

CERTAIN = 0.5
"""Probability from which on a problem is an error, and below which it is a warning."""

NOT_LISTED = "not_listed"
"""Stands for a fault that the knowledge does not have, where the id of a cause would stand."""

MOST_SEEN = 3
"""Findings that a message tells."""

STANDARD_INPUT = "-"


@dataclass(frozen=True, slots=True)
class Place:
    """A file, and a line of it counted from one where that is known."""

    file: str
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, as far as is known.

    Args:
        id: of the cause, or `NOT_LISTED`.
        title: of the cause.
        probability: of the cause.
        level: how bad that is for a build.
        seen: what speaks most for it, a sentence each.
        advice: what to check first, with how long it takes; empty where there is nothing.
        places: where it shows, the most telling first: lines of files beside the log, else the logs.
        cause: all that is known of it; None for `NOT_LISTED`.

    """

    id: str
    title: str
    probability: float
    level: Level
    seen: tuple[str, ...]
    advice: str
    places: tuple[Place, ...]
    cause: CauseView | None

    @property
    def message(self) -> str:
        """All of it in one line."""
        advice = f" Check first: {self.advice}." if self.advice else ""
        return f"{self.title} ({percent(self.probability)}).{''.join(f' {item}' for item in self.seen)}{advice}"


def problems_of(diagnosis: Diagnosis) -> list[Problem]:
    """The problems, the likeliest first; none where no fault is likelier than any.

    A cause is told from a probability of 25 % on. Where something is wrong and no cause is as likely, the first is told
    all the same, so that a faulty run never passes for a sound one.
    """
    if diagnosis.is_healthy:
        return []
    problems = [_problem(diagnosis, cause) for cause in diagnosis.causes if cause.probability >= CLEAR]
    if not diagnosis.causes or diagnosis.not_listed > diagnosis.causes[0].probability:
        return [*problems, _unknown(diagnosis)]
    return problems or [_problem(diagnosis, diagnosis.causes[0])]


def rule_of(base: KnowledgeBase, problem: Problem) -> tuple[str, str]:
    """Family and mechanism of what a problem is about; empty where the knowledge does not have them."""
    known = base.causes.get(problem.id)
    return ("", "") if known is None else (known.family, folded(known.mechanism, 2000))


def run_name(diagnosis: Diagnosis) -> str:
    """What a run is called in a list: its files, or that there was none."""
    files = [] if diagnosis.history is None else diagnosis.history.files
    return ", ".join(folded(file, 120) for file in files[:3]) or "answers"


def _problem(diagnosis: Diagnosis, cause: CauseView) -> Problem:
    shown = {finding.finding: finding for finding in diagnosis.findings}
    telling = [shown[item.finding] for item in cause.evidence_for if item.finding in shown]
    check = cause.checks[0] if cause.checks else None
    return Problem(
        id=cause.id,
        title=folded(cause.title),
        probability=cause.probability,
        level=_level(cause.probability),
        seen=tuple(_sentence(finding) for finding in telling[:MOST_SEEN]),
        advice="" if check is None else f"{folded(check.title)} ({duration(check.minutes)})",
        places=_places(diagnosis, telling),
        cause=cause,
    )


def _unknown(diagnosis: Diagnosis) -> Problem:
    words = most_likely(diagnosis).title
    return Problem(
        id=NOT_LISTED,
        title=words[:1].upper() + words[1:],
        probability=diagnosis.not_listed,
        level=_level(diagnosis.not_listed),
        seen=(),
        advice="",
        places=_places(diagnosis, []),
        cause=None,
    )


def _level(probability: float) -> Level:
    return "error" if probability >= CERTAIN else "warning"


def _sentence(finding: FindingView) -> str:
    words = folded(finding.message, 400)
    return words if words.endswith((".", "!", "?", "…")) else f"{words}."


def _places(diagnosis: Diagnosis, telling: list[FindingView]) -> tuple[Place, ...]:
    beside = [_place(finding.place) for finding in telling if finding.place is not None]
    logs = [] if diagnosis.history is None else [Place(file) for file in diagnosis.history.files if _is_file(file)]
    return tuple(dict.fromkeys([*beside, *logs]))


def _place(text: str) -> Place:
    """A place as findings have it: a file, with its line behind a colon where it has one."""
    file, colon, line = text.rpartition(":")
    is_line = bool(colon and file) and line.isascii() and line.isdecimal() and 0 < int(line[:10]) < 1 << 31
    return Place(file, int(line)) if is_line and len(line) <= 10 else Place(text)


def _is_file(name: str) -> bool:
    """Whether a history has a file behind it, and does not come from standard input or from memory."""
    return name != STANDARD_INPUT and not (name.startswith("<") and name.endswith(">"))
