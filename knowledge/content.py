"""Knowledge files -> `Content`: everything that they hold, by id."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from knowledge.errors import KnowledgeError, Problem
from knowledge.overrides import CauseOverride, FindingOverride, RemedyOverride
from knowledge.pack import Change, Pack
from knowledge.schema import Cause, Check, Pair, Remedy, Setting, Source, Symptom
from knowledge.translation import Titles, Translation

__all__ = ["KINDS", "LANGUAGES", "OVERRIDES", "Content", "File", "Placed", "model_of", "read_content", "read_files"]

LANGUAGES = "languages"
"""Folder of one folder for each language, named by its code of two letters, with a file for each finding."""

KINDS: Mapping[str, type[BaseModel]] = {
    "causes": Cause,
    "symptoms": Symptom,
    "settings": Setting,
    "checks": Check,
    "remedies": Remedy,
    "pairs": Pair,
    "sources": Source,
    "titles": Titles,
}
"""Folder -> the model of its files."""

OVERRIDES: Mapping[str, type[BaseModel]] = {
    "overrides/causes": CauseOverride,
    "overrides/findings": FindingOverride,
    "overrides/remedies": RemedyOverride,
}
"""Folder of a pack -> the model of its files, which change what is there without them."""

File = tuple[str, str, bytes]
"""Folder kind, name for messages, and content of a file."""


def model_of(kind: str) -> type[BaseModel]:
    """The model of the files of a folder, of `LANGUAGES` those below it."""
    if kind.partition("/")[0] == LANGUAGES:
        return Translation
    return OVERRIDES[kind] if kind in OVERRIDES else KINDS[kind]


class Content(BaseModel):
    """Everything that the folders hold, by id.

    ``packs`` are those that it was merged from; ``origins`` and ``changes`` tell by ``folder/id`` whose own a thing is
    and what was changed of it.
    """

    model_config = ConfigDict(extra="forbid", defer_build=True)

    causes: dict[str, Cause] = {}
    symptoms: dict[str, Symptom] = {}
    settings: dict[str, Setting] = {}
    checks: dict[str, Check] = {}
    remedies: dict[str, Remedy] = {}
    pairs: dict[str, Pair] = {}
    sources: dict[str, Source] = {}
    translations: dict[str, dict[str, Translation]] = {}
    titles: dict[str, Titles] = {}
    packs: dict[str, Pack] = {}
    origins: dict[str, str] = {}
    changes: dict[str, list[Change]] = {}


@dataclass(frozen=True, slots=True)
class Placed:
    """One valid file: its folder kind, its name for messages, and what it holds."""

    kind: str
    place: str
    id: str
    thing: BaseModel


def read_content(files: Iterable[File]) -> tuple[Content, list[Problem]]:
    """Validate files.

    Args:
        files: (folder kind, name for messages, content) of each file.

    Returns:
        What could be read, and every problem that was met.

    """
    placed, problems = read_files(files)
    content, more = _collected(placed)
    return content, [*problems, *more]


def read_files(files: Iterable[File]) -> tuple[list[Placed], list[Problem]]:
    """Validate files one by one."""
    from knowledge.reading import decoded, read_yaml_model

    placed: list[Placed] = []
    problems: list[Problem] = []
    for kind, place, raw in files:
        try:
            text = decoded(raw, place)
        except KnowledgeError as error:
            problems += error.problems
            continue
        thing, trouble = read_yaml_model(model_of(kind), text, place)
        problems += trouble
        if thing is None:
            continue
        name = getattr(thing, "id", "")
        if name != Path(place).stem:
            problems.append(
                Problem(
                    place, f"expected the id {Path(place).stem!r} as in the file's name, found {name!r}", at=("id",)
                )
            )
        else:
            placed.append(Placed(kind, place, name, thing))
    return placed, problems


def _collected(placed: Sequence[Placed]) -> tuple[Content, list[Problem]]:
    """Things by kind and id, and the problem of each that has the id of another."""
    problems: list[Problem] = []
    found: dict[str, dict[str, BaseModel]] = {kind: {} for kind in KINDS}
    translated: dict[str, dict[str, BaseModel]] = {}
    for item in placed:
        folder, _, language = item.kind.partition("/")
        known = translated.setdefault(language, {}) if language else found[folder]
        if item.id in known:
            problems.append(
                Problem(item.place, f"expected an id of its own, found {item.id!r}, which another file has", at=("id",))
            )
        else:
            known[item.id] = item.thing
    problems += _shared_ids(found)
    return Content.model_validate({**found, "translations": translated}), problems


def _shared_ids(found: Mapping[str, Mapping[str, BaseModel]]) -> list[Problem]:
    """Ids that files of different kinds share where they must not: those of findings, and those of claims."""
    findings = Counter(name for kind in ("symptoms", "settings", "checks") for name in found[kind])
    claims = Counter(claim for source in found["sources"].values() for claim in getattr(source, "claims", {}))
    return [
        *(Problem(name, f"expected one finding of this id, found {n}") for name, n in findings.items() if n > 1),
        *(Problem(claim, f"expected one claim of this id, found {n}") for claim, n in claims.items() if n > 1),
    ]
