"""`Diagnosis` -> SARIF 2.1.0, which code hosts and editors show beside the lines that it names.

Format: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from hashlib import sha256
from typing import TypeAlias
from urllib.parse import quote

from knowledge.base import KnowledgeBase
from triage import __version__
from triage.diagnosis import CheckView, Diagnosis, RemedyView
from triage.report.choice import verdict
from triage.report.escape import folded, plain_json, web_address
from triage.report.marking import link, prose
from triage.report.problems import Place, Problem, problems_of, rule_of, run_name

__all__ = ["sarif_report"]

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
VERSION = "2.1.0"

MOST_CHECKS = 3
MOST_REMEDIES = 3
MOST_SOURCES = 5

Json: TypeAlias = dict[str, object]


def sarif_report(diagnosis: Diagnosis, base: KnowledgeBase) -> str:
    """One log with one run: a rule and a result for each problem, none for a healthy run.

    Args:
        diagnosis: what to tell.
        base: the knowledge, for what a cause does.

    """
    problems = problems_of(diagnosis)
    knowledge = diagnosis.knowledge
    run: Json = {
        "tool": {
            "driver": {
                "name": "triage",
                "version": __version__,
                "rules": [_rule(base, problem) for problem in problems],
                "properties": {"knowledge": f"{folded(knowledge.version, 40)}+{folded(knowledge.hash[:12])}"},
            }
        },
        "invocations": [{"executionSuccessful": True}],
        "columnKind": "unicodeCodePoints",
        "results": [_result(problem, index, run_name(diagnosis)) for index, problem in enumerate(problems)],
        "properties": {
            "verdict": folded(verdict(diagnosis)),
            "noFault": _rounded(diagnosis.no_fault),
            "notListed": _rounded(diagnosis.not_listed),
        },
    }
    log: Json = {"$schema": SCHEMA, "version": VERSION, "runs": [run]}
    return plain_json(json.dumps(log, indent=2, ensure_ascii=False)) + "\n"


def _rule(base: KnowledgeBase, problem: Problem) -> Json:
    family, mechanism = rule_of(base, problem)
    rule: Json = {
        "id": problem.id,
        "shortDescription": {"text": _message(problem.title)},
        "fullDescription": {"text": _message(mechanism or problem.title)},
        "help": {
            "text": _message(_help_text(problem, mechanism)),
            "markdown": _help_markdown(problem, mechanism),
        },
        "properties": {"tags": ["training", *([family] if family else [])]},
    }
    sources = [] if problem.cause is None else problem.cause.sources
    address = next((address for source in sources if (address := web_address(source.address))), None)
    return rule if address is None else {**rule, "helpUri": address}


def _help_text(problem: Problem, mechanism: str) -> str:
    lines = [mechanism or problem.title]
    if problem.cause is not None:
        lines += [f"Check: {folded(check.title)}. {folded(check.instructions, 1000)}" for check in _checks(problem)]
        lines += [f"Change: {folded(remedy.title)}. {folded(remedy.change, 1000)}" for remedy in _remedies(problem)]
    return "\n\n".join(lines)


def _help_markdown(problem: Problem, mechanism: str) -> str:
    parts = [prose(mechanism or problem.title, 2000)]
    if problem.cause is not None:
        checks = [f"- **{prose(one.title)}**: {prose(one.instructions, 1000)}" for one in _checks(problem)]
        remedies = [f"- **{prose(one.title)}**: {prose(one.change, 1000)}" for one in _remedies(problem)]
        sources = [f"- {link(one.title, one.address)}" for one in problem.cause.sources[:MOST_SOURCES]]
        listed = (("What to check", checks), ("What to change", remedies), ("Sources", sources))
        parts += [f"### {title}\n\n" + "\n".join(lines) for title, lines in listed if lines]
    return "\n\n".join(parts)


def _checks(problem: Problem) -> Sequence[CheckView]:
    return [] if problem.cause is None else problem.cause.checks[:MOST_CHECKS]


def _remedies(problem: Problem) -> Sequence[RemedyView]:
    return [] if problem.cause is None else problem.cause.remedies[:MOST_REMEDIES]


def _result(problem: Problem, index: int, run: str) -> Json:
    where, *others = map(_location, problem.places) if problem.places else ({},)
    result: Json = {
        "ruleId": problem.id,
        "ruleIndex": index,
        "level": problem.level,
        "rank": round(100 * _rounded(problem.probability), 2),
        "message": {"text": _message(problem.message)},
        "locations": [where] if where else [],
        "partialFingerprints": {"causeInRun/v1": sha256(f"{problem.id}\0{run}".encode()).hexdigest()[:32]},
        "properties": {"probability": _rounded(problem.probability)},
    }
    return {**result, "relatedLocations": [{**one, "id": id_} for id_, one in enumerate(others)]} if others else result


def _location(place: Place) -> Json:
    physical: Json = {"artifactLocation": {"uri": _uri(place.file)}}
    # A log has no line of its own, and consumers that show lines pass over a place without one.
    return {"physicalLocation": {**physical, "region": {"startLine": place.line or 1}}}


def _message(text: str) -> str:
    """Text in which nothing is a placeholder or a link (sections 3.11.5 and 3.11.6)."""
    return text.replace("{", "{{").replace("}", "}}").replace("](", "] (")


def _uri(file: str) -> str:
    """A relative file as a relative reference, an absolute one as a ``file:`` address."""
    path = quote(file.replace("\\", "/"), safe="/", errors="backslashreplace")
    return f"file://{path}" if path.startswith("/") and not path.startswith("//") else path.lstrip("/")


def _rounded(probability: float) -> float:
    return min(max(round(probability, 6), 0.0), 1.0)
