"""Programs and configurations inside a text -> what they say, by the lines of the text, and the text without them."""

from __future__ import annotations

import ast
import re
import tempfile
import textwrap
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from triage.errors import IntakeError
from triage.intake.found import Place, Told

__all__ = ["NAME", "PastedFile", "without_files"]

LONGEST = 200_000
"""Characters of a text in which files are looked for."""

NAME = "pasted text"
"""What a file is called that no disk holds."""

FEWEST_SETTINGS = 2
"""Lines of settings below which words may merely hold a colon."""

_FENCE = re.compile(r"^\s*(?:```|~~~)")
_SETTING = re.compile(
    r"""^\s*(?:[-*]\s+)?["']?[A-Za-z_][\w./-]*["']?\s*(?:[:=]\s*\S.*|[:=]|[:=]?\s*[{\[])$|^\s*[{}\[\])],?\s*$"""
)
_PROMPT = re.compile(r"^(?:>>>|\.\.\.) ?")

_DOING = (ast.Call, ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef, ast.For, ast.While, ast.With)
"""What a program does and a list of settings does not."""


@dataclass(frozen=True, slots=True)
class PastedFile:
    """What one kind of pasted lines says.

    Args:
        kind: what they are.
        told: what they say; places count the lines of the text.

    """

    kind: Literal["code", "config"]
    told: Told


def without_files(text: str) -> tuple[tuple[PastedFile, ...], str]:
    """What the programs and configurations in a text say, and the text without their lines.

    A paragraph, or what stands between fences, is a program if Python can parse it and it does something; it is a
    configuration if its lines are settings. All programs of a text are read as one, and so are all configurations.

    Args:
        text: anything; in one of more than 200,000 characters nothing is looked for.

    """
    if len(text) > LONGEST or "\n" not in text.strip():
        return (), text
    lines = [_PROMPT.sub("", line) for line in text.splitlines()]
    parts = list(_parts(lines))
    found: list[PastedFile] = []
    taken: set[int] = set()
    for kind, is_one, read, ending in _KINDS:
        chosen = [part for part in parts if not taken.intersection(part) and is_one([lines[place] for place in part])]
        places = {place for part in chosen for place in part}
        told = _read([line if place in places else "" for place, line in enumerate(lines)], read, ending)
        if told is not None and (told.found or told.stated):
            found.append(PastedFile(kind, told))
            taken |= places
    if not found:
        return (), text
    fences = {place for place, line in enumerate(lines) if _FENCE.match(line)}
    return tuple(found), "\n".join(line for place, line in enumerate(lines) if place not in taken | fences)


def _parts(lines: Sequence[str]) -> Iterator[range]:
    """Stretches of lines that belong together: between fences, or without a blank line."""
    first, fenced = 0, False
    for place, line in enumerate([*lines, "```" if sum(map(bool, map(_FENCE.match, lines))) % 2 else ""]):
        if _FENCE.match(line):
            if place > first:
                yield range(first, place)
            first, fenced = place + 1, not fenced
        elif not line.strip() and not fenced:
            if place > first:
                yield range(first, place)
            first = place + 1


def _is_program(lines: Sequence[str]) -> bool:
    try:
        tree = ast.parse(textwrap.dedent("\n".join(lines)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return any(isinstance(node, _DOING) for node in ast.walk(tree))


def _is_configuration(lines: Sequence[str]) -> bool:
    settings = [line for line in lines if _SETTING.match(line)]
    return len(settings) >= FEWEST_SETTINGS and len(settings) == len([line for line in lines if line.strip()])


def _read(lines: Sequence[str], read: Callable[[Sequence[str]], Told], ending: str) -> Told | None:
    if not any(line.strip() for line in lines):
        return None
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"pasted{ending}"
        file.write_text("\n".join(lines) + "\n", encoding="utf-8", errors="backslashreplace")
        try:
            return _renamed(read([str(file)]), str(file))
        except IntakeError:
            return None


def _renamed(told: Told, file: str) -> Told:
    def place(old: Place) -> Place:
        return replace(old, file=NAME)

    return Told(
        tuple(replace(item, place=place(item.place)) for item in told.stated),
        tuple(replace(item, place=place(item.place)) for item in told.found),
        tuple(note.replace(file, NAME) for note in told.notes),
    )


def _read_scripts(files: Sequence[str]) -> Told:
    from triage.intake.scripts import read_scripts

    return read_scripts(files)


def _read_configs(files: Sequence[str]) -> Told:
    from triage.intake.configs import read_configs

    return read_configs(files)


_KINDS: tuple[
    tuple[Literal["code", "config"], Callable[[Sequence[str]], bool], Callable[[Sequence[str]], Told], str], ...
] = (
    ("code", _is_program, _read_scripts, ".py"),
    ("config", _is_configuration, _read_configs, ".txt"),
)
"""Kind -> whether lines are of it, what reads them, and how their file is called."""
