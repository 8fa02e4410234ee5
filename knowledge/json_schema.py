"""JSON Schema (draft 2020-12) of the knowledge files, under ids that stay, and how a file is bound to its schema.

The schemas of this version lie in ``knowledge/schemas``, made by ``triage knowledge schema NAME``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from knowledge.errors import Problem
from knowledge.overrides import CauseOverride, FindingOverride, RemedyOverride
from knowledge.pack import SCHEMA_VERSION as VERSION
from knowledge.pack import Pack
from knowledge.schema import Cause, Check, Pair, Remedy, Setting, Source, Symptom, Titles, Translation

__all__ = ["FOLDERS", "PACK_SCHEMAS", "binding", "identified", "pack_schema", "unbound_files"]

PACK_SCHEMAS: Mapping[str, type[BaseModel]] = {
    "cause": Cause,
    "symptom": Symptom,
    "setting": Setting,
    "check": Check,
    "remedy": Remedy,
    "pair": Pair,
    "source": Source,
    "translation": Translation,
    "titles": Titles,
    "pack": Pack,
    "cause_override": CauseOverride,
    "finding_override": FindingOverride,
    "remedy_override": RemedyOverride,
}
"""Name of the schema of one kind of file -> its model."""

FOLDERS: Mapping[str, str] = {
    "causes": "cause",
    "symptoms": "symptom",
    "settings": "setting",
    "checks": "check",
    "remedies": "remedy",
    "pairs": "pair",
    "sources": "source",
    "languages": "translation",
    "titles": "titles",
    "overrides/causes": "cause_override",
    "overrides/findings": "finding_override",
    "overrides/remedies": "remedy_override",
}
"""Folder -> name of the schema of its files."""

DRAFT = "https://json-schema.org/draft/2020-12/schema"


def pack_schema(name: str) -> dict[str, Any]:
    """The schema of one kind of knowledge file.

    Args:
        name: one of `PACK_SCHEMAS`.

    """
    return identified(name, str(VERSION), PACK_SCHEMAS[name].model_json_schema())


def identified(name: str, version: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    """The schema with its draft and its id, which is a name (RFC 8141) and no address: nothing is to be fetched."""
    return {"$schema": DRAFT, "$id": f"urn:loss-triage:schema:{name}:{version}", **schema}


def binding(schema: str, depth: int = 1) -> str:
    """The comment by which editors (yaml-language-server and what builds on it) find the schema of a file.

    Args:
        schema: its name.
        depth: folders between the file and the one that holds ``schemas``.

    """
    return f"# yaml-language-server: $schema={'../' * depth}schemas/{schema}.json"


def unbound_files(root: Path) -> Iterator[Problem]:
    """A warning for each knowledge file below a folder whose first line does not bind it to its schema."""
    for folder, schema in FOLDERS.items():
        for path in sorted((root / folder).rglob("*.yaml")):
            place = path.relative_to(root)
            expected = binding(schema, len(place.parts) - 1)
            with path.open(encoding="utf-8", errors="replace") as lines:
                found = lines.readline(len(expected) + 2).rstrip("\r\n")
            if found != expected:
                yield Problem(f"{place.as_posix()}:1", f"expected the line {expected!r}, found {found!r}", "warning")
