"""What a pack says of itself in its ``pack.yaml``, and whether it fits this program and its knowledge."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated

from pydantic import Field, StringConstraints

from knowledge.errors import Problem
from knowledge.fields import Identifier, Text
from knowledge.schema import Strict

__all__ = ["MANIFEST", "SCHEMA_VERSION", "Change", "Pack", "misfits", "too_new"]

MANIFEST = "pack.yaml"
"""Name of the file that makes a folder a pack."""

SCHEMA_VERSION = 1
"""Goes up when a knowledge file or a pack that was valid no longer is."""

_BOUND = r"(?:>=|<=|==|>|<)\s*\d{1,6}(?:\.\d{1,6}){0,3}"
_HOLDS = {
    ">=": lambda found, bound: found >= bound,
    "<=": lambda found, bound: found <= bound,
    "==": lambda found, bound: found == bound,
    ">": lambda found, bound: found > bound,
    "<": lambda found, bound: found < bound,
}


class Pack(Strict):
    """A pack: who it is, and what it was made for.

    ``knowledge`` is the range of versions of the built-in knowledge that it fits, such as ``>=2026.11,<2028``; empty
    for any. ``after`` names the packs that it knows of: what it overrides counts instead of what they do.
    """

    id: Identifier
    title: Annotated[Text, StringConstraints(max_length=80)]
    version: Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z][0-9A-Za-z.+-]{0,31}$")]
    schema_version: Annotated[int, Field(ge=1)]
    knowledge: Annotated[str, StringConstraints(pattern=rf"^\s*(?:{_BOUND}\s*(?:,\s*{_BOUND}\s*)*)?$")] = ""
    description: Text | None = None
    after: list[Identifier] = Field(default_factory=list)

    @property
    def name(self) -> str:
        """Title and version, as reports show them."""
        return f"{self.title} {self.version}"


class Change(Strict):
    """One thing that a pack changed: the key, what it was and is in short words, and why."""

    pack: Identifier
    key: str
    before: str
    after: str
    reason: str


def misfits(pack: Pack, knowledge_version: str, place: str) -> Iterator[Problem]:
    """That a pack was made for other versions of the built-in knowledge.

    Args:
        pack: what it says of itself.
        knowledge_version: version of the built-in knowledge.
        place: its ``pack.yaml``, for messages.

    """
    here = _number(knowledge_version)
    for sign, bound in re.findall(r"(>=|<=|==|>|<)\s*([\d.]+)", pack.knowledge):
        width = max(len(here), len(_number(bound)))
        if not _HOLDS[sign](_padded(here, width), _padded(_number(bound), width)):
            yield Problem(
                place,
                f"expected a pack that fits knowledge version {knowledge_version}, found one for {pack.knowledge}",
                at=("knowledge",),
            )
            return


def too_new(schema_version: int, place: str) -> Problem:
    """That a pack was made for a later form of files."""
    return Problem(
        place,
        f"expected a pack of schema version {SCHEMA_VERSION}, found {schema_version}: "
        "it was made for a newer triage; install that, or an older version of the pack",
        at=("schema_version",),
    )


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def _padded(number: tuple[int, ...], width: int) -> tuple[int, ...]:
    return number + (0,) * (width - len(number))
