"""Which packs are used, where each comes from and why, and the knowledge with them.

A pack may be named on the command line, in the ``triage.toml`` of the project, in that of the person, or be installed.
Of several packs with one id the first of these counts. `triage.pack_settings` and `knowledge.installed_packs` say how
the last three are found.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from knowledge.errors import KnowledgeError
from triage.errors import PackError
from triage.report.escape import plain

if TYPE_CHECKING:
    from knowledge.base import KnowledgeBase
    from knowledge.pack import Pack
    from triage.pack_settings import PackSettings

__all__ = [
    "Candidate",
    "add_pack_flags",
    "base_given",
    "candidates",
    "flags_again",
    "folders_given",
    "folders_in_use",
    "load_base",
    "with_flags",
]

HINT = "triage --no-packs leaves it out"

_LOOKUP = re.compile(r"triage knowledge show \w+")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A pack that could be used.

    Args:
        folder: where it is; None where an installed one is not found.
        why: where it is named.
        id: its id; that of the entry point where its ``pack.yaml`` cannot be used.
        pack: what it says of itself; None where that cannot be used.
        left_out: why it is not used; empty where it is.
        problems: why it cannot be used, a line each.

    """

    folder: Path | None
    why: str
    id: str
    pack: Pack | None
    left_out: str = ""
    problems: tuple[str, ...] = ()


def add_pack_flags(group: argparse._ActionsContainer) -> None:
    """Add ``--pack`` and ``--no-packs``."""
    group.add_argument(
        "--pack",
        metavar="DIR",
        action="append",
        default=[],
        help="folder of a pack: causes, findings and remedies of your own (triage pack --help); repeat for several",
    )
    group.add_argument(
        "--no-packs", action="store_true", help="leave out packs that are installed or named in triage.toml"
    )


def flags_again(options: argparse.Namespace) -> str:
    """The flags that were given, to be shown behind a command that goes on with the same packs; empty without any."""
    from shlex import quote

    named = [word for folder in options.pack for word in ("--pack", folder)]
    words = [*named, *(["--no-packs"] if options.no_packs else [])]
    return "".join(f" {plain(quote(word), 1000)}" for word in words)


def with_flags(text: str, flags: str) -> str:
    """A text, with flags behind the commands in it that look something up in the knowledge.

    Args:
        text: what is told.
        flags: as `flags_again` has them; without any the text stays as it is.

    """
    return _LOOKUP.sub(lambda command: command[0] + flags, text) if flags else text


def base_given(options: argparse.Namespace) -> KnowledgeBase:
    """The knowledge with the packs that the flags, the settings and the installed packages name.

    Raises:
        PackError: a pack cannot be used; every problem is named.
        TriageError: a ``triage.toml`` cannot be used.

    """
    return load_base(folders_given(options))


def folders_given(options: argparse.Namespace) -> list[str]:
    """The folders of the packs that are used, absolute; raises as `base_given`."""
    return folders_in_use(options.pack, alone=options.no_packs)


def folders_in_use(named: Sequence[str], *, alone: bool) -> list[str]:
    """The folders of the packs that are used, absolute.

    Args:
        named: folders of packs that are named on the command line.
        alone: whether these are all.

    Raises:
        PackError: one that is not named cannot be used.
        TriageError: a ``triage.toml`` cannot be used.

    """
    used = [found for found in candidates(named, alone=alone) if not found.left_out]
    unasked = [problem for found in used if found.why != NAMED for problem in found.problems]
    if unasked:
        raise PackError([*unasked[:-1], f"{unasked[-1]}; {HINT}"])
    return [str(found.folder.absolute()) for found in used if found.folder is not None]


def load_base(folders: Sequence[str | Path]) -> KnowledgeBase:
    """The knowledge with packs; as `knowledge.load`, but raises `PackError`."""
    from knowledge.loader import load

    try:
        return load(folders)
    except KnowledgeError as error:
        raise PackError([f"{problem.place}: {problem.message}" for problem in error.problems]) from None


NAMED = "--pack"
"""Why a pack is used that was named on the command line."""


def candidates(named: Sequence[str], *, alone: bool) -> list[Candidate]:
    """All packs that there are, those that count before those of the same id that do not.

    Args:
        named: folders of packs that are named on the command line.
        alone: whether the others are to be left out.

    Raises:
        TriageError: a ``triage.toml`` cannot be used.

    """
    from triage.pack_settings import pack_settings

    given = [_candidate(Path(folder), NAMED, Path(folder).name) for folder in named]
    settings = pack_settings()
    others = [*_of_settings(settings), *_installed()]
    unwanted = {name: said.file for said in settings for name in said.leave_out}
    seen: dict[str, str] = {found.id: found.why for found in given}
    ranked = list(given)
    for found in others:
        if alone:
            reason = "--no-packs"
        elif found.id in unwanted:
            reason = f"leave_out in {unwanted[found.id]}"
        elif seen.get(found.id, found.why) != found.why:
            reason = f"the one of {seen[found.id]} counts"
        else:
            reason = ""
            seen[found.id] = found.why
        ranked.append(replace(found, left_out=reason))
    return ranked


def _of_settings(settings: Sequence[PackSettings]) -> Iterator[Candidate]:
    for said in settings:
        for folder in said.folders:
            yield _candidate(folder, str(said.file), folder.name)


def _installed() -> Iterator[Candidate]:
    from knowledge.installed_packs import installed_packs

    for found in installed_packs():
        why = f"installed, {found.package}"
        if found.folder is None:
            yield Candidate(None, why, found.name, None, problems=(f"{found.package}: {found.problem}",))
        else:
            yield _candidate(found.folder, why, found.name)


def _candidate(folder: Path, why: str, name: str) -> Candidate:
    from knowledge.pack_files import read_manifest

    try:
        pack = read_manifest(folder)
    except KnowledgeError as error:
        problems = tuple(f"{problem.place}: {problem.message}" for problem in error.problems)
        return Candidate(folder, why, plain(name, 80), None, problems=problems)
    return Candidate(folder, why, pack.id, pack)
