"""The files of packs, as strangers may have written them: bounded in size and number, and none from elsewhere."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from knowledge.base import VERSION
from knowledge.content import KINDS, LANGUAGES, OVERRIDES, File
from knowledge.errors import KnowledgeError, Problem
from knowledge.pack import MANIFEST, SCHEMA_VERSION, Pack, misfits, too_new

__all__ = ["PackFiles", "files_below", "files_of", "located", "read_manifest", "read_packs", "unread"]

LARGEST_FILE = 200_000
"""Bytes; the largest file of the built-in knowledge has a twentieth."""

MOST_FILES = 2_000
LARGEST_PACK = 20_000_000
"""Bytes of all files together."""

MOST_PROBLEMS = 100

_LANGUAGE = re.compile("[a-z]{2}")

MISTAKEN = frozenset({".yml", ".yaml", ".json", ".toml"})
"""Endings, in small letters, of files that hold what a file of a pack could."""

OVERRIDDEN = "overrides"


@dataclass(frozen=True)
class PackFiles:
    """A pack that fits: what it says of itself, where it is, and what its files hold."""

    pack: Pack
    folder: Path
    files: tuple[File, ...]


def read_packs(folders: Sequence[str | Path]) -> list[PackFiles]:
    """Read packs, in the order in which they are merged, which is the same in whatever order they are named.

    A pack comes behind those that it names in ``after``; what that leaves open is decided by id. The same folder named
    twice counts once.

    Raises:
        KnowledgeError: a folder is no pack, cannot be read or does not fit, or two packs have one id.

    """
    distinct = {os.path.realpath(folder): Path(folder) for folder in folders}
    read: list[PackFiles] = []
    problems: list[Problem] = []
    for folder in distinct.values():
        try:
            read.append(_read_pack(folder))
        except KnowledgeError as error:
            problems += error.problems
    known: dict[str, PackFiles] = {}
    for pack in read:
        other = known.setdefault(pack.pack.id, pack)
        if other is not pack:
            problems.append(
                Problem(
                    str(pack.folder / MANIFEST),
                    f"expected an id of its own, found {pack.pack.id!r}, which the pack in {other.folder} has, too",
                    at=("id",),
                )
            )
    if problems:
        raise KnowledgeError(located(problems, files_of(read)))
    return _ordered(known)


def read_manifest(folder: str | Path) -> Pack:
    """What the pack in a folder says of itself.

    Raises:
        KnowledgeError: the folder is no pack, or the pack does not fit.

    """
    return _manifest_of(Path(folder))[0]


def files_below(root: Path, kinds: Sequence[str]) -> Iterator[tuple[str, Path]]:
    """(Folder kind, path) of each YAML file of some kinds, in order; raises OSError."""
    for kind in (*kinds, *_languages(root)):
        folder = root / kind
        if folder.is_dir():
            for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
                if entry.name.endswith(".yaml") and entry.is_file():
                    yield kind, Path(entry.path)


def unread(root: Path) -> Iterator[Problem]:
    """Warnings of what looks as if it were meant to be read and is not: other endings, folders called nearly right."""
    kinds = [*KINDS, *OVERRIDES, *_languages(root)]
    for kind in kinds:
        for path in sorted((root / kind).glob("*")):
            if path.suffix.lower() in MISTAKEN and path.suffix != ".yaml":
                yield Problem(str(path), "expected a name that ends in .yaml, found one that is not read", "warning")
    overridden = [kind.removeprefix(f"{OVERRIDDEN}/") for kind in OVERRIDES]
    kept = [*KINDS, OVERRIDDEN, LANGUAGES, "schemas"]
    for place, known in ((root, kept), (root / OVERRIDDEN, overridden)):
        for folder in sorted(path for path in place.glob("*") if path.is_dir() and path.name not in known):
            is_meant = get_close_matches(folder.name, [*kept, *overridden], n=1, cutoff=0.7)
            if is_meant and any(path.suffix.lower() in MISTAKEN for path in folder.glob("*")):
                found = folder.relative_to(root).as_posix()
                told = f"expected one of the folders {', '.join(known)}, found {found}, which is not read"
                yield Problem(str(folder), told, "warning")
    for folder in sorted(path for path in (root / LANGUAGES).glob("*") if path.is_dir()):
        if not _LANGUAGE.fullmatch(folder.name):
            told = f"expected the two letters of a language, such as zh, found {folder.name!r}, which is not read"
            yield Problem(str(folder), told, "warning")


def files_of(packs: Sequence[PackFiles]) -> dict[str, bytes]:
    """Name for messages -> content, of all files of some packs."""
    return {place: raw for pack in packs for _, place, raw in pack.files}


def located(problems: Sequence[Problem], files: dict[str, bytes]) -> list[Problem]:
    """The problems with the line of what they are about, where they name a file and have none yet."""
    from knowledge.reading import line_at

    def line(problem: Problem) -> Problem:
        raw = files.get(problem.place)
        if raw is None:
            return problem
        number = line_at(raw.decode("utf-8", errors="replace"), problem.at)
        return Problem(f"{problem.place}:{number}", problem.message, problem.severity)

    return [line(problem) for problem in problems]


def _read_pack(folder: Path) -> PackFiles:
    pack, manifest = _manifest_of(folder)
    with _told(folder):
        files = _files(folder)
    return PackFiles(pack, folder, (("", str(folder / MANIFEST), manifest), *files))


def _manifest_of(folder: Path) -> tuple[Pack, bytes]:
    with _told(folder):
        if not folder.is_dir():
            raise KnowledgeError([Problem(str(folder), "expected a folder of knowledge files, found none")])
        return _manifest(folder)


@contextmanager
def _told(folder: Path) -> Iterator[None]:
    """What the system says of a file, as a problem that says what was expected."""
    try:
        yield
    except (OSError, ValueError, RuntimeError) as error:  # a name with a NUL, links that go in a circle
        reason = getattr(error, "strerror", None) or str(error)
        place = str(getattr(error, "filename", None) or folder)
        raise KnowledgeError([Problem(place, f"expected files that can be read, found: {reason}")]) from None


def _manifest(folder: Path) -> tuple[Pack, bytes]:
    """What a pack says of itself; one made for another program says so before anything else is complained of."""
    from knowledge.reading import load_plain, read_yaml_model

    path = folder / MANIFEST
    place = str(path)
    if not path.is_file():
        raise KnowledgeError(
            [Problem(place, "expected the file that makes a folder a pack, found none; triage pack new DIR writes one")]
        )
    raw = _bounded(path, folder.resolve())
    text = _text(raw, place)
    plain: Any = load_plain(text, place)
    newer = plain.get("schema_version") if isinstance(plain, dict) else None
    if isinstance(newer, int) and newer > SCHEMA_VERSION:
        raise KnowledgeError(located([too_new(newer, place)], {place: raw}))
    manifest, problems = read_yaml_model(Pack, text, place)
    if manifest is not None:
        problems = located(list(misfits(manifest, VERSION, place)), {place: raw})
    if manifest is None or problems:
        raise KnowledgeError(problems)
    return manifest, raw


def _files(folder: Path) -> list[File]:
    inside = folder.resolve()
    files: list[File] = []
    problems: list[Problem] = []
    size = 0
    for kind, path in files_below(folder, [*KINDS, *OVERRIDES]):
        if len(files) >= MOST_FILES or size > LARGEST_PACK:
            problem = f"expected at most {MOST_FILES:,} files of {LARGEST_PACK:,} bytes together, found more"
            raise KnowledgeError([Problem(str(folder), problem)])
        try:
            raw = _bounded(path, inside)
            _text(raw, str(path))
        except KnowledgeError as error:
            problems += error.problems
            if len(problems) >= MOST_PROBLEMS:
                break
            continue
        size += len(raw)
        files.append((kind, str(path), raw))
    if problems:
        raise KnowledgeError(problems)
    return files


def _bounded(path: Path, inside: Path) -> bytes:
    """The bytes of a file of a pack, which is not elsewhere, however it is linked, and not too large."""
    place = str(path)
    if not path.resolve().is_relative_to(inside):
        raise KnowledgeError([Problem(place, "expected a file inside the pack, found a link that leads out of it")])
    with path.open("rb") as stream:
        raw = stream.read(LARGEST_FILE + 1)
    if len(raw) > LARGEST_FILE:
        raise KnowledgeError([Problem(place, f"expected at most {LARGEST_FILE:,} bytes, found more")])
    return raw


def _text(raw: bytes, place: str) -> str:
    from knowledge.reading import decoded, first_alias

    text = decoded(raw, place)
    if (line := first_alias(text)) is not None:
        raise KnowledgeError([Problem(f"{place}:{line}", "expected every value written out, found an alias (*name)")])
    return text


def _languages(root: Path) -> list[str]:
    """The kinds of folders that hold translations."""
    folder = root / LANGUAGES
    if not folder.is_dir():
        return []
    return [f"{LANGUAGES}/{entry.name}" for entry in sorted(folder.iterdir()) if _LANGUAGE.fullmatch(entry.name)]


def _ordered(known: dict[str, PackFiles]) -> list[PackFiles]:
    """Each pack behind those that it names in ``after``, else by id."""
    ordered: list[PackFiles] = []
    left = dict(sorted(known.items()))
    while left:
        free = next((name for name, pack in left.items() if not set(pack.pack.after) & (left.keys() - {name})), None)
        if free is None or free in left[free].pack.after:
            first = left[free or next(iter(left))]
            told = (
                f"expected an order of packs, found that each of {', '.join(left)} comes after another of them"
                if free is None
                else f"expected other packs in after, found {free}, which is this pack itself"
            )
            problem = Problem(str(first.folder / MANIFEST), told, at=("after", free or ""))
            raise KnowledgeError(located([problem], files_of(list(known.values()))))
        ordered.append(left.pop(free))
    return ordered
