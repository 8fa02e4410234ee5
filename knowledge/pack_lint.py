"""What is wrong with packs: of each file, between them, and between them and the built-in knowledge."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from knowledge.errors import KnowledgeError, Problem
from knowledge.merging import Merged
from knowledge.pack import MANIFEST
from knowledge.pack_files import PackFiles, files_of, located, read_packs

__all__ = ["lint_packs", "problems_of", "problems_of_files"]


def lint_packs(packs: Sequence[str | Path]) -> list[Problem]:
    """Problems of packs, errors first, each with file and line.

    Args:
        packs: their folders; they are merged with each other and the built-in knowledge.

    """
    from knowledge.loader import read_folders, read_merged
    from knowledge.merging import content_of

    base, problems = read_folders()
    if problems:
        return problems
    try:
        read = read_packs(packs)
    except KnowledgeError as error:
        return error.problems
    return problems_of(read_merged(content_of(base), read), read)


def problems_of(merged: Merged, packs: Sequence[PackFiles]) -> list[Problem]:
    """Problems of what was merged, each with the file of a pack and the line.

    Args:
        merged: what came of it.
        packs: the packs that it was merged from, at least one.

    """
    files = files_of(packs)
    if merged.problems:
        return problems_of_files(merged, packs)
    from knowledge.lint import lint, unused
    from knowledge.loader import base_of

    base = base_of(merged.content, "")
    problems = lint(base)
    # What is built in and used no more is so because a pack left out what used it, which it may.
    spare = set(unused(base))
    kept = [problem for problem in problems if problem.place in merged.places or problem not in spare]
    return located([_placed(problem, merged, packs) for problem in kept], files)


def problems_of_files(merged: Merged, packs: Sequence[PackFiles]) -> list[Problem]:
    """Problems that were met when merging, each with the file of a pack and the line."""
    return located(merged.problems, files_of(packs))


def _placed(problem: Problem, merged: Merged, packs: Sequence[PackFiles]) -> Problem:
    """The problem at the file that brought it about: that of the thing, or of one that the message names."""
    if problem.place in merged.places:
        return Problem(
            _telling_file(merged.places[problem.place], problem, packs), problem.message, problem.severity, problem.at
        )
    named = _first_named(problem.message, merged.places)
    place = merged.places[named][0] if named is not None else str(packs[-1].folder / MANIFEST)
    return Problem(place, f"{problem.place}: {problem.message}", problem.severity)


def _telling_file(places: Sequence[str], problem: Problem, packs: Sequence[PackFiles]) -> str:
    """Of the files that made or changed a thing, the last one that has what the problem is about."""
    wanted = problem.at[1] if len(problem.at) > 1 else ""
    files = files_of(packs)
    return next((place for place in places if wanted.encode() in files[place]), places[0])


def _first_named(message: str, known: Iterable[str]) -> str | None:
    words = set(re.findall(r"[a-z][a-z0-9_]+", message))
    return next((key for key in known if key.partition("/")[2] in words), None)
