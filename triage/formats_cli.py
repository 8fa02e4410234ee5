"""``triage formats``: the formats of histories that are read."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterator, Sequence

from triage.history.format import Format
from triage.usage import HEALTHY, OneLineParser

__all__ = ["run_formats"]

WIDTH = 100


def run_formats(arguments: Sequence[str]) -> int:
    """Run ``triage formats`` with what follows it; returns the exit status.

    Raises:
        TriageError: bad usage.

    """
    options = _parser().parse_args(arguments)
    from triage.history.formats import FORMATS

    if options.json:
        import json

        told = [{"name": known.name, "written_by": known.written_by, "example": known.example} for known in FORMATS]
        sys.stdout.write(json.dumps(told, indent=2, ensure_ascii=False) + "\n")
        return HEALTHY
    sys.stdout.write("\n\n".join("\n".join(_entry(known)) for known in FORMATS) + "\n\n")
    sys.stdout.write("A file is told by what is in it. A folder of a run is read as one history.\n")
    return HEALTHY


def _entry(known: Format) -> Iterator[str]:
    yield known.name
    yield from textwrap.wrap(known.written_by, WIDTH, initial_indent="  ", subsequent_indent="  ")
    for line in known.example.splitlines():
        yield f"      {line[: WIDTH - 9] + '...' if len(line) > WIDTH - 6 else line}"


def _parser() -> OneLineParser:
    parser = OneLineParser(
        prog="triage formats",
        description="The formats of histories that are read, with the programs that write them and an example.",
        allow_abbrev=False,
    )
    parser.add_argument("--json", action="store_true", help="for other programs")
    return parser
