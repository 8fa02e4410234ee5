"""What the tools give back beside the diagnosis: models whose JSON Schema an agent sees."""

from __future__ import annotations

from triage.diagnosis import Diagnosis, NextQuestion, View
from triage.mcp_server.arguments import ThingKind

__all__ = ["Asked", "Briefing", "Found", "Hit"]


class Briefing(View):
    """A diagnosis, and the session that it is of.

    ``verdict`` is the result in one line. ``left_out`` says what of the diagnosis was left out to keep it short.
    """

    session: str
    verdict: str
    left_out: list[str]
    diagnosis: Diagnosis


class Asked(View):
    """The question that would help most; none where ``stopped`` says why. ``others`` are those after it."""

    session: str
    question: NextQuestion | None
    others: list[NextQuestion]
    stopped: str | None


class Hit(View):
    """Something in the knowledge; ``states`` are those that a finding can be answered with, each with its label."""

    kind: ThingKind
    id: str
    title: str
    summary: str
    states: dict[str, str]
    uri: str


class Found(View):
    """What was found, the best first."""

    hits: list[Hit]
