"""Configuration files -> what they state of the setup, with file and line."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from triage.errors import IntakeError
from triage.intake.configs.documents import document_of, source_in
from triage.intake.configs.formats import FORMATS, ConfigFormat, Opened, format_of, joined
from triage.intake.found import CERTAIN, Found, Told

__all__ = ["FORMATS", "ConfigFormat", "read_configs"]

WEAK = 0.8
"""A likelihood below it is a guess that another file may correct."""

LONGEST_BEGINNING = 60
"""Characters of a file that a message shows."""


def read_configs(files: Sequence[str | Path]) -> Told:
    """Read the configuration files of one run together.

    Each is recognised by what is in it. What one file leaves open is dropped where another one says it for certain.

    Args:
        files: their paths; folders are not taken.

    Raises:
        IntakeError: a file cannot be read, or is none of the configurations that are known.

    """
    by_format: dict[str, list[Opened]] = {}
    for file in files:
        opened, known = _recognised(Path(file))
        by_format.setdefault(known.name, []).append(opened)
    told = joined([known.read(by_format[known.name]) for known in FORMATS if known.name in by_format])
    return Told(told.stated, tuple(_without_guesses(told.found)), told.notes)


def _recognised(path: Path) -> tuple[Opened, ConfigFormat]:
    source = source_in(path)
    text_alone = Opened(source, None)
    known = format_of(text_alone)
    if known is not None:
        return text_alone, known
    opened = Opened(source, document_of(source))
    known = format_of(opened)
    if known is None:
        names = ", ".join(known.name for known in FORMATS)
        first = next((line.strip() for line in source.lines if line.strip()), "")
        found = "no setting of a training in it" if opened.document is not None else repr(first[:LONGEST_BEGINNING])
        raise IntakeError(source.file, f"expected a configuration that is known ({names}), found {found}")
    return opened, known


def _without_guesses(found: Sequence[Found]) -> Sequence[Found]:
    """All but those that are unsure of a finding of which another file is sure."""
    sure = {item.finding: item.place.file for item in found if _strength(item) >= WEAK + 0.5 * (CERTAIN - WEAK)}
    return [
        item for item in found if _strength(item) >= WEAK or sure.get(item.finding, item.place.file) == item.place.file
    ]


def _strength(item: Found) -> float:
    return max(item.likelihood.values(), default=0.0)
