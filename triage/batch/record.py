"""What is kept of one run among many: one plain record, one line of JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, TypeAlias

from pydantic_core import PydanticSerializationError, from_json, to_json

from triage.errors import TriageError

__all__ = ["Record", "Seen", "Setting", "Verdict", "line_of", "record_in"]

Verdict: TypeAlias = Literal["healthy", "faulty", "unreadable"]
Setting: TypeAlias = str | float | bool


@dataclass(frozen=True, slots=True)
class Seen:
    """One finding that stands out.

    Args:
        finding: its id.
        state: the state that fits best.
        steps: first and last position where it was seen, or None where it is about the whole run.

    """

    finding: str
    state: str
    steps: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """What came of one run.

    Args:
        path: the file or folder as it was given.
        size: bytes of its files and configurations, -1 where it is not there.
        changed: when the latest of them was changed, in nanoseconds since 1970.
        knowledge: version of the knowledge and the beginning of its hash.
        verdict: ``faulty`` where some fault is likelier than none; ``unreadable`` where there is an ``error``.
        run: what the run is called, where its file holds several.
        number: which of the runs of its file it is, counted from one.
        of: how many runs its file holds.
        digest: hash over the curves; runs with the same curves have the same.
        format: name of the format that was recognised.
        rows: rows of the history.
        no_fault: probability that nothing is wrong.
        not_listed: probability of a fault that the knowledge does not have.
        causes: id -> marginal probability, the likeliest first.
        findings: symptoms that are not in their normal state, and settings, as log and configurations show them.
        settings: values of the run's setup by name, as log, configurations and the names of folders give them.
        error: why it could not be read, in one line; empty where it was.
        notes: what was left out of its configurations and why.

    """

    path: str
    size: int
    changed: int
    knowledge: str
    verdict: Verdict
    run: str = ""
    number: int = 1
    of: int = 1
    digest: str = ""
    format: str = ""
    rows: int = 0
    no_fault: float | None = None
    not_listed: float | None = None
    causes: Mapping[str, float] = field(default_factory=dict)
    findings: tuple[Seen, ...] = ()
    settings: Mapping[str, Setting] = field(default_factory=dict)
    error: str = ""
    notes: tuple[str, ...] = ()

    @property
    def leading(self) -> str:
        """Id of the cause that a faulty run most likely has, ``not_listed`` where none is as likely; else empty."""
        if self.verdict != "faulty":
            return ""
        first = next(iter(self.causes), "not_listed")
        return first if self.causes.get(first, 0.0) >= (self.not_listed or 0.0) else "not_listed"


def line_of(record: Record) -> str:
    """The record as one line of JSON with its end; NaN and infinities are null."""
    try:
        return to_json(record, inf_nan_mode="null").decode() + "\n"
    # A text holds half of a surrogate pair, which `json` alone writes.
    except PydanticSerializationError:
        return _ENCODER.encode(_without_infinities(asdict(record))) + "\n"


def record_in(line: str | bytes) -> Record:
    """The record in a line.

    Raises:
        TriageError: it is no such line.

    """
    try:
        fields = _read(line)
        findings = tuple(
            Seen(seen["finding"], seen["state"], None if seen["steps"] is None else tuple(seen["steps"]))
            for seen in fields.pop("findings")
        )
        return Record(**fields | {"findings": findings, "notes": tuple(fields["notes"])})
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise TriageError(f"expected a line of results of triage batch, found {line[:60]!r}") from None


_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def _read(line: str | bytes) -> dict[str, Any]:
    """What a line says; `json` takes three times as long, and is asked where a text holds half of a surrogate pair."""
    try:
        fields: dict[str, Any] = from_json(line)
    except ValueError:
        fields = json.loads(line)
    return fields


def _without_infinities(value: Any) -> Any:  # noqa: ANN401 - whatever JSON can hold
    if isinstance(value, dict):
        return {key: _without_infinities(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_without_infinities(inner) for inner in value]
    return None if isinstance(value, float) and value - value != 0 else value
