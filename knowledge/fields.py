"""The kinds of text, number and condition that the models of knowledge files are made of."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field, StringConstraints

__all__ = [
    "YAML_WORDS",
    "ClaimId",
    "Condition",
    "Conditions",
    "ForeignText",
    "Identifier",
    "Minutes",
    "Probability",
    "Reliability",
    "Share",
    "SourceId",
    "Text",
]

Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{1,63}$")]
SourceId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{1,63}$")]
ClaimId = Annotated[str, StringConstraints(pattern=r"^S\d+\.\d+$")]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3)]
ForeignText = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Probability = Annotated[float, Field(ge=0.0, le=1.0)]
Share = Annotated[float, Field(gt=0.0, le=1.0)]
Reliability = Annotated[float, Field(gt=0.0, lt=1.0)]
Minutes = Annotated[float, Field(gt=0.0, le=10_000.0)]

YAML_WORDS = frozenset({"yes", "no", "on", "off", "true", "false", "null"})
"""What YAML does not read as text unless it is quoted."""


def _alternatives(value: object) -> object:
    return [value] if isinstance(value, dict) else value


Condition = dict[Identifier, list[Identifier]]
"""Findings that must all be in one of the listed states."""

Conditions = Annotated[
    list[Condition], BeforeValidator(_alternatives, json_schema_input_type=Condition | list[Condition])
]
"""Alternatives, one of which must hold; a single condition may stand alone."""
