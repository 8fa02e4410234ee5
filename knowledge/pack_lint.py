"""What is wrong with packs: of each file, between them, and between them and the built-in knowledge."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from knowledge.errors import KnowledgeError, Problem
from knowledge.merging import Merged, merged
from knowledge.pack import MANIFEST
from knowledge.pack_files import PackFiles, files_of, located, read_packs, unread

__all__ = ["lint_packs", "problems_of"]


def lint_packs(packs: Sequence[str | Path]) -> list[Problem]:
    """Problems of packs, errors first, each with file and line.

    Args:
        packs: their folders; they are merged with each other and the built-in knowledge.

    """
    from knowledge.loader import read_built_in

    built_in, problems = read_built_in()
    if problems:
        return problems
    try:
        read = read_packs(packs)
    except KnowledgeError as error:
        return error.problems
    ignored = [problem for pack in read for problem in unread(pack.folder)]
    return [*problems_of(merged(built_in, read), read), *ignored]


def problems_of(whole: Merged, packs: Sequence[PackFiles]) -> list[Problem]:
    """Problems of what was merged, each with the file of a pack and the line.

    Args:
        whole: what came of it.
        packs: the packs that it was merged from, at least one.

    """
    files = files_of(packs)
    if whole.problems:
        return located(whole.problems, files)
    from knowledge.lint import lint, unused
    from knowledge.loader import base_of

    base = base_of(whole.content, "")
    # What is built in and used no more is so because a pack left out what used it, which it may.
    spare = set(unused(base))
    kept = [problem for problem in lint(base) if problem.place in whole.places or problem not in spare]
    return located([_placed(problem, whole, packs) for problem in kept], files)


def _placed(problem: Problem, whole: Merged, packs: Sequence[PackFiles]) -> Problem:
    """The problem at the file that brought it about: that of the thing, or of one that the message names."""
    if problem.place in whole.places:
        return Problem(
            _telling_file(whole.places[problem.place], problem, packs), problem.message, problem.severity, problem.at
        )
    named = _first_named(problem.message, whole.places)
    place = whole.places[named][0] if named is not None else str(packs[-1].folder / MANIFEST)
    return Problem(place, f"{problem.place}: {problem.message}", problem.severity)


def _telling_file(places: Sequence[str], problem: Problem, packs: Sequence[PackFiles]) -> str:
    """Of the files that made or changed a thing, the last one that has what the problem is about."""
    wanted = problem.at[:2][-1] if problem.at else ""
    files = files_of(packs)
    return next((place for place in places if wanted.encode() in files[place]), places[0])


def _first_named(message: str, known: Iterable[str]) -> str | None:
    words = set(re.findall(r"[a-z][a-z0-9_]+", message))
    return next((key for key in known if key.partition("/")[2] in words), None)
