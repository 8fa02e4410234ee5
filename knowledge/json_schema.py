"""JSON Schema (draft 2020-12) of the knowledge files, under ids that stay, and how a file is bound to its schema.

The schemas of this version lie in ``knowledge/schemas``, made by ``triage knowledge schema NAME``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from knowledge.content import model_of
from knowledge.errors import Problem
from knowledge.pack import SCHEMA_VERSION as VERSION
from knowledge.pack import Pack

__all__ = ["FOLDERS", "PACK_SCHEMAS", "binding", "identified", "pack_schema", "text_of", "unbound_files"]

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

PACK_SCHEMAS: Mapping[str, type[BaseModel]] = {name: model_of(folder) for folder, name in FOLDERS.items()} | {
    "pack": Pack
}
"""Name of the schema of one kind of file -> its model."""

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


def text_of(schema: Mapping[str, Any]) -> str:
    """A schema as it is printed and as it lies in a file."""
    return json.dumps(schema, indent=2) + "\n"


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
