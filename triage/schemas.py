"""JSON Schema of the diagnosis and of a file of answers."""

from __future__ import annotations

from typing import Any

from knowledge.base import AnyFinding, KnowledgeBase
from knowledge.json_schema import identified
from triage.diagnosis import SCHEMA_VERSION, Diagnosis
from triage.events import DONT_KNOW

__all__ = ["answers_schema", "answers_schema_of", "diagnosis_schema"]

ANSWERS_VERSION = "1"
_IDENTIFIER = {"type": "string", "pattern": "^[a-z][a-z0-9_]{1,63}$"}
_DESCRIPTION = (
    "What is known of a run: findings, each with its state, or with a list of the states that it may be in; "
    f"{DONT_KNOW} is not asked for again."
)


def diagnosis_schema() -> dict[str, Any]:
    """The schema of ``--format json`` and of `triage.diagnose`; its version is the first part of `SCHEMA_VERSION`."""
    return identified("diagnosis", SCHEMA_VERSION.split(".")[0], Diagnosis.model_json_schema(mode="serialization"))


def answers_schema() -> dict[str, Any]:
    """The schema of ``--answers FILE`` for any knowledge: finding -> state or states."""
    schema = _answers(propertyNames=_IDENTIFIER, additionalProperties=_one_or_more(_IDENTIFIER))
    return identified("answers", ANSWERS_VERSION, schema)


def answers_schema_of(base: KnowledgeBase) -> dict[str, Any]:
    """The same with the findings and states of a knowledge base, for editors to offer; its id has the hash of it."""
    findings = [*base.findings.values(), *base.trials.values()]
    schema = _answers(
        properties={finding.id: _states(finding) for finding in findings if finding.replaced_by is None},
        additionalProperties=False,
    )
    return identified("answers", f"{ANSWERS_VERSION}:{base.hash}", schema)


def _answers(**rest: object) -> dict[str, Any]:
    return {"title": "Answers", "description": _DESCRIPTION, "type": "object", **rest}


def _states(finding: AnyFinding) -> dict[str, Any]:
    labels = "\n".join(f"{name}: {state.label}" for name, state in finding.states.items())
    described = {"title": finding.title, "description": f"{finding.question.prompt}\n\n{labels}"}
    return described | _one_or_more({"enum": [*finding.states, DONT_KNOW]})


def _one_or_more(state: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [state, {"type": "array", "items": state, "minItems": 1}]}
