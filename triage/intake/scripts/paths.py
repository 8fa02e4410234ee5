"""Paths of files: what a program puts together, and whether two are the same."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass

from triage.intake.scripts.trace import Call, Run
from triage.intake.scripts.values import Known, Scope, Unknown, Value, text

__all__ = ["Place", "formatted", "joined_path", "joined_text", "path_call", "same_place"]


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """A path of which some parts are not told, such as those that the command line gives."""

    parts: tuple[Value, ...]


def path_call(run: Run, name: str, call: Call) -> Value | None:
    """What `os.path.join`, `Path` and the like yield; None where nothing is known of it."""
    last = name.rsplit(".", 1)[-1]
    if last in ("join", "Path", "PurePath", "PosixPath") and call.args:
        return joined_path(call.args)
    if last in ("expanduser", "abspath", "normpath", "realpath", "fspath"):
        return call.get(0)
    return None


def joined_path(parts: Iterable[Value]) -> Value:
    """The parts, one inside the other."""
    found: list[Value] = []
    for part in parts:
        found += [Known("/"), part] if found else [part]
    return joined_text(found)


def formatted(run: Run, scope: Scope, node: ast.JoinedStr) -> Value:
    """The text of an f-string that holds nothing but names."""
    parts: list[Value] = []
    for piece in node.values:
        if isinstance(piece, ast.Constant):
            parts.append(Known(piece.value))
        elif (
            isinstance(piece, ast.FormattedValue)
            and piece.format_spec is None
            and piece.conversion == -1
            and isinstance(piece.value, ast.Name | ast.Attribute)
        ):
            parts.append(run.evaluate(run, scope, piece.value))
        else:
            return Unknown("text", run.tick())
    return joined_text(parts)


def joined_text(parts: Iterable[Value]) -> Value:
    """The parts, one behind the other."""
    flat = [inner for part in parts for inner in (part.parts if isinstance(part, Place) else (part,))]
    if all(isinstance(part, Known) and part.settled and isinstance(part.value, str | int) for part in flat):
        return Known("".join(str(part.value) for part in flat))
    return Place(tuple(flat))


def same_place(one: Value, other: Value) -> bool:
    """Whether two paths are sure to be the same, whatever the command line says."""
    a, b = _plain(one), _plain(other)
    return len(a) == len(b) > 0 and all(x is y or (isinstance(x, str) and x == y) for x, y in zip(a, b, strict=True))


def _plain(value: Value) -> list[object]:
    """Texts and what stands for unknown ones, texts beside each other joined; nothing where it is no path."""
    parts = value.parts if isinstance(value, Place) else (value,)
    found: list[object] = []
    for part in parts:
        words = text(part) if isinstance(part, Known) and part.settled else None
        if words is not None and found and isinstance(found[-1], str):
            found[-1] += words
        elif words is not None:
            found.append(words)
        elif isinstance(part, Known) or (isinstance(part, Unknown) and part.born):
            found.append(part)
        else:
            return []
    if found and isinstance(found[-1], str):
        found[-1] = found[-1].rstrip("/")
    if found and isinstance(found[0], str):
        found[0] = found[0].removeprefix("./")
    return found
