"""Famous failures to try `triage` on: a story, a log that failed in the same way, and what a person would say first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict

import knowledge
from knowledge.errors import KnowledgeError
from knowledge.reading import read_yaml_model
from knowledge.schema import Source
from triage.errors import TriageError
from triage.report.escape import plain

__all__ = ["Example", "example_named", "examples"]

FOLDER = Path(__file__).parent / "examples"

SOURCES = Path(knowledge.__file__).parent / "sources"

Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Example:
    """One failure.

    Args:
        name: what it is called among the examples.
        title: in a few words.
        story: what happened, in two or three sentences.
        cause: id of the documented cause.
        source_title: the document that tells of it.
        source_address: where that is.
        log: the history of a run that failed so.
        answers: finding -> states, what a person would say at the start.

    """

    name: str
    title: str
    story: str
    cause: str
    source_title: str
    source_address: str
    log: Path
    answers: Mapping[str, tuple[str, ...]]


class _File(BaseModel):
    """An example as its file tells it; ``source`` is the id of a source of the knowledge."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str
    story: str
    cause: str
    source: str
    log: str
    answers: dict[str, str | list[str]]


def examples() -> tuple[Example, ...]:
    """All examples, in the order of their names.

    Raises:
        KnowledgeError: a file is not as it should be.

    """
    return tuple(_example(path) for path in sorted(FOLDER.glob("*.yaml")))


def example_named(name: str) -> Example:
    """The example of that name; raises `TriageError` where there is none."""
    found = {example.name: example for example in examples()}
    if name not in found:
        raise TriageError(f"expected one of the examples {', '.join(found)}, found {plain(repr(name), 80)}")
    return found[name]


def _example(path: Path) -> Example:
    told = _read(_File, path)
    source = _read(Source, SOURCES / f"{told.source}.yaml")
    return Example(
        name=path.stem,
        title=told.title,
        story=" ".join(told.story.split()),
        cause=told.cause,
        source_title=source.title,
        source_address=source.address,
        log=path.parent / told.log,
        answers={
            finding: (states,) if isinstance(states, str) else tuple(states) for finding, states in told.answers.items()
        },
    )


def _read(model: type[Model], path: Path) -> Model:
    read, problems = read_yaml_model(model, path.read_text(encoding="utf-8"), path.name)
    if read is None:
        raise KnowledgeError(problems)
    return read
