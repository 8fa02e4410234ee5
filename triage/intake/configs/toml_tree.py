"""TOML -> a tree with lines."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence

from triage.errors import IntakeError
from triage.intake.configs.structured import DEEPEST, Node, key_of

__all__ = ["read_toml"]

_HEADER = re.compile(r"\s*\[{1,2}\s*([^\[\]]+?)\s*\]{1,2}\s*(?:#.*)?$")
_PAIR = re.compile(r"\s*([\w.\-\"' ]+?)\s*=")
_LINE = re.compile(r"at line (\d+)")


def read_toml(text: str, file: str) -> Node:
    """The tree of a file.

    Args:
        text: of all of the file.
        file: its name for messages.

    Raises:
        IntakeError: the text is not TOML, or is nested too deeply.

    """
    try:
        value = tomllib.loads(text)
    except RecursionError:
        raise IntakeError(file, f"expected at most {DEEPEST} levels, found a deeper nesting") from None
    except (tomllib.TOMLDecodeError, ValueError) as error:
        where = _LINE.search(str(error))
        reason = f"expected TOML, found: {' '.join(str(error).split())[:160]}"
        raise IntakeError(file, reason, int(where[1]) if where else None) from None
    return _node(value, _lines_of(text), (), file, 1)


def _lines_of(text: str) -> Mapping[tuple[str, ...], int]:
    """Where each key stands, by the keys that lead to it."""
    lines: dict[tuple[str, ...], int] = {}
    table: tuple[str, ...] = ()
    for number, line in enumerate(text.split("\n"), 1):
        if header := _HEADER.match(line):
            table = _parts(header[1])
            lines[table] = number
        elif pair := _PAIR.match(line):
            lines[(*table, *_parts(pair[1]))] = number
    return lines


def _parts(path: str) -> tuple[str, ...]:
    return tuple(key_of(part.strip().strip("\"'")) for part in path.split("."))


def _node(value: object, lines: Mapping[tuple[str, ...], int], path: tuple[str, ...], file: str, line: int) -> Node:
    if len(path) > DEEPEST:
        raise IntakeError(file, f"expected at most {DEEPEST} levels, found a deeper nesting", line)
    line = lines.get(path, line)
    if isinstance(value, Mapping):
        mapping = {
            key_of(str(key)): _node(inner, lines, (*path, key_of(str(key))), file, line) for key, inner in value.items()
        }
        return Node(mapping, line, 1 + sum(inner.size for inner in mapping.values()))
    if isinstance(value, Sequence) and not isinstance(value, str):
        # A list of tables has no line of its own for each; all share that of the last.
        items = tuple(_node(inner, lines, (*path, ""), file, line) for inner in value)
        return Node(items, line, 1 + sum(inner.size for inner in items))
    return Node(value if isinstance(value, bool | int | float | str) else str(value), line)
