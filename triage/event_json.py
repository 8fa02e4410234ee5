"""An event as JSON and back, to the last bit."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Annotated

from pydantic import ConfigDict, Field, TypeAdapter

from triage.events import Event

__all__ = ["as_json", "event_in", "fields_of"]

_EVENT: TypeAdapter[Event] = TypeAdapter(
    Annotated[Event, Field(discriminator="event")],
    config=ConfigDict(extra="forbid", strict=True, ser_json_inf_nan="constants"),
)


def fields_of(event: Event) -> dict[str, object]:
    """The fields of an event, for `as_json`."""
    fields: dict[str, object] = _EVENT.dump_python(event, warnings=False)
    return fields


def as_json(fields: Mapping[str, object]) -> bytes:
    r"""JSON in UTF-8; half a surrogate pair, which a file's name may hold, is written out as ``\udcff``.

    Raises:
        TypeError, ValueError, RecursionError: there is no JSON for them.

    """
    text = json.dumps(fields, ensure_ascii=False, separators=(",", ":"))
    return re.sub("[\ud800-\udfff]", lambda half: f"\\\\u{ord(half[0]):04x}", text).encode()


def event_in(written: bytes) -> Event:
    """The event of which `as_json` wrote the fields.

    Raises:
        ValidationError: it is none.

    """
    return _EVENT.validate_json(written)
