"""``triage knowledge schema``: JSON Schema of the knowledge files, of the diagnosis and of answers."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from functools import partial
from typing import Any

from knowledge.json_schema import PACK_SCHEMAS, pack_schema, text_of
from triage.errors import TriageError
from triage.usage import HEALTHY

__all__ = ["SCHEMAS", "add_schema_flags", "run_schema"]


def _diagnosis() -> dict[str, Any]:
    from triage.schemas import diagnosis_schema

    return diagnosis_schema()


def _answers() -> dict[str, Any]:
    from triage.schemas import answers_schema

    return answers_schema()


SCHEMAS: dict[str, Callable[[], dict[str, Any]]] = {
    **{name: partial(pack_schema, name) for name in PACK_SCHEMAS},
    "diagnosis": _diagnosis,
    "answers": _answers,
}
"""Name -> what makes the schema."""


def add_schema_flags(parser: argparse.ArgumentParser) -> None:
    """The flags of the command."""
    parser.add_argument(
        "name", nargs="?", choices=SCHEMAS, metavar="NAME", help=f"{', '.join(SCHEMAS)}; by default all in one object"
    )
    parser.add_argument(
        "--with-states", action="store_true", help="of answers: with every finding and its states, those of packs too"
    )


def run_schema(options: argparse.Namespace) -> int:
    """Print one schema or all; returns the exit status.

    Raises:
        TriageError: ``--with-states`` without ``answers``.
        PackError: a pack cannot be loaded.

    """
    if options.with_states:
        if options.name != "answers":
            raise TriageError(f"expected --with-states with answers, found {options.name or 'no name'}")
        from triage.packs import base_given
        from triage.schemas import answers_schema_of

        sys.stdout.write(text_of(answers_schema_of(base_given(options))))
    elif options.name is None:
        sys.stdout.write(text_of({name: make() for name, make in SCHEMAS.items()}))
    else:
        sys.stdout.write(text_of(SCHEMAS[options.name]()))
    return HEALTHY
