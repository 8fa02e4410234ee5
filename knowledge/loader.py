"""Folders of YAML files -> one `KnowledgeBase`, with a cache keyed by the content.

The cache holds the validated content as JSON and is found by a hash over every byte of every file and over the code
that reads them, so a changed file can never be served from it. It begins with a hash of what follows, and is validated
again when read; one that does not pass is made anew.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from knowledge.base import KnowledgeBase
from knowledge.errors import KnowledgeError, Problem
from knowledge.schema import Cause, Check, Pair, Remedy, Setting, Source, Symptom, Titles, Translation

__all__ = ["BUILT_IN", "load", "read_content", "read_folders"]

BUILT_IN = Path(__file__).parent
"""The folder of the knowledge that comes with the package."""

_CODE = ("schema.py", "reading.py", "loader.py")


class Content(BaseModel):
    """Everything that the folders hold, by id."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    causes: dict[str, Cause] = {}
    symptoms: dict[str, Symptom] = {}
    settings: dict[str, Setting] = {}
    checks: dict[str, Check] = {}
    remedies: dict[str, Remedy] = {}
    pairs: dict[str, Pair] = {}
    sources: dict[str, Source] = {}
    translations: dict[str, dict[str, Translation]] = {}
    titles: dict[str, Titles] = {}


_MODELS: dict[str, type[BaseModel]] = {
    "causes": Cause,
    "symptoms": Symptom,
    "settings": Setting,
    "checks": Check,
    "remedies": Remedy,
    "pairs": Pair,
    "sources": Source,
    "titles": Titles,
}

LANGUAGES = "languages"
"""Folder of one folder for each language, named by its code of two letters, with a file for each finding."""


def load(packs: Sequence[str | Path] = (), *, cache: Path | None = None) -> KnowledgeBase:
    """Load the built-in knowledge and the given packs as one base.

    Args:
        packs: folders laid out like the built-in one; an id may stand only once in all of them.
        cache: folder for the cache; by default the user's cache folder.

    Raises:
        KnowledgeError: a file cannot be read or does not fit its model; all problems are named.

    """
    files = _files([BUILT_IN, *map(Path, packs)])
    digest = _digest(files)
    folder = _cache_folder() if cache is None else cache
    content = _from_cache(folder, digest)
    if content is None:
        content, problems = read_content(files)
        if problems:
            raise KnowledgeError(problems)
        _to_cache(folder, digest, content)
    return _base(content, digest)


def read_folders(packs: Sequence[str | Path] = ()) -> tuple[KnowledgeBase, list[Problem]]:
    """Read the built-in knowledge and the given packs without the cache: what is valid, and every problem met."""
    try:
        files = _files([BUILT_IN, *map(Path, packs)])
    except KnowledgeError as error:
        return _base(Content(), ""), error.problems
    content, problems = read_content(files)
    return _base(content, _digest(files)), problems


def _base(content: Content, digest: str) -> KnowledgeBase:
    return KnowledgeBase(
        causes=content.causes,
        findings={**content.symptoms, **content.settings, **content.checks},
        remedies=content.remedies,
        pairs=content.pairs,
        sources=content.sources,
        hash=digest,
        translations=content.translations,
        titles=content.titles,
    )


def read_content(files: Sequence[tuple[str, str, bytes]]) -> tuple[Content, list[Problem]]:
    """Validate files.

    Args:
        files: (folder kind, name for messages, content) of each file.

    Returns:
        What could be read, and every problem that was met.

    """
    from knowledge.reading import read_yaml_model

    problems: list[Problem] = []
    found: dict[str, dict[str, BaseModel]] = {kind: {} for kind in _MODELS}
    translated: dict[str, dict[str, BaseModel]] = {}
    for kind, place, raw in files:
        try:
            text = raw.decode("utf-8")
        except UnicodeDecodeError as error:
            problems.append(Problem(place, f"expected UTF-8, found byte 0x{raw[error.start]:02x} at {error.start}"))
            continue
        folder, _, language = kind.partition("/")
        thing, trouble = read_yaml_model(Translation if language else _MODELS[folder], text, place)
        problems += trouble
        if thing is None:
            continue
        known = translated.setdefault(language, {}) if language else found[folder]
        name = getattr(thing, "id", "")
        if name != Path(place).stem:
            problems.append(
                Problem(place, f"expected the id {Path(place).stem!r} as in the file's name, found {name!r}")
            )
        elif isinstance(thing, Titles) and isinstance(earlier := known.get(name), Titles):
            known[name] = _merged(earlier, thing)
        elif name in known:
            problems.append(Problem(place, f"expected an id of its own, found {name!r}, which another file has"))
        else:
            known[name] = thing
    problems += _shared_ids(found)
    return Content.model_validate({**found, "translations": translated}), problems


def _merged(earlier: Titles, later: Titles) -> Titles:
    """The titles of a pack beside those that there are; each may name its own things."""
    return Titles(
        id=earlier.id,
        trial=later.trial or earlier.trial,
        causes={**later.causes, **earlier.causes},
        remedies={**later.remedies, **earlier.remedies},
    )


def _shared_ids(found: dict[str, dict[str, BaseModel]]) -> list[Problem]:
    """Ids that files of different kinds share where they must not: those of findings, and those of claims."""
    findings = Counter(name for kind in ("symptoms", "settings", "checks") for name in found[kind])
    claims = Counter(claim for source in found["sources"].values() for claim in getattr(source, "claims", {}))
    return [
        *(Problem(name, f"expected one finding of this id, found {n}") for name, n in findings.items() if n > 1),
        *(Problem(claim, f"expected one claim of this id, found {n}") for claim, n in claims.items() if n > 1),
    ]


def _files(roots: Iterable[Path]) -> list[tuple[str, str, bytes]]:
    files = []
    for root in roots:
        if not root.is_dir():
            raise KnowledgeError([Problem(str(root), "expected a folder of knowledge files, found none")])
        try:
            for kind in (*_MODELS, *_languages(root)):
                folder = root / kind
                if not folder.is_dir():
                    continue
                for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
                    if entry.name.endswith(".yaml") and entry.is_file():
                        place = f"{kind}/{entry.name}" if root == BUILT_IN else str(Path(entry.path))
                        files.append((kind, place, Path(entry.path).read_bytes()))
        except OSError as error:
            problem = Problem(str(error.filename or root), f"expected files that can be read, found: {error.strerror}")
            raise KnowledgeError([problem]) from None
    return files


def _languages(root: Path) -> list[str]:
    """The kinds of folders that hold translations."""
    folder = root / LANGUAGES
    if not folder.is_dir():
        return []
    return [f"{LANGUAGES}/{entry.name}" for entry in sorted(folder.iterdir()) if re.fullmatch("[a-z]{2}", entry.name)]


def _digest(files: Sequence[tuple[str, str, bytes]]) -> str:
    digest = hashlib.blake2b(digest_size=16)
    for name in _CODE:
        digest.update((BUILT_IN / name).read_bytes())
    for kind, place, raw in files:
        digest.update(f"\0{kind}\0{place}\0{len(raw)}\0".encode())
        digest.update(raw)
    return digest.hexdigest()


def _cache_folder() -> Path:
    from platformdirs import user_cache_path

    return user_cache_path("loss-triage", appauthor=False)


def _from_cache(folder: Path, digest: str) -> Content | None:
    try:
        seal, _, raw = (folder / f"knowledge-{digest}.json").read_bytes().partition(b"\n")
        return Content.model_validate_json(raw) if seal == _seal(digest, raw) else None
    except (OSError, ValidationError):
        return None


def _seal(digest: str, raw: bytes) -> bytes:
    return hashlib.blake2b(raw, key=digest.encode(), digest_size=16).hexdigest().encode()


def _to_cache(folder: Path, digest: str, content: Content) -> None:
    """Write beside and rename, so that a reader never sees half a file; a cache that cannot be written is no error."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        raw = content.model_dump_json(exclude_defaults=True).encode()
        with tempfile.NamedTemporaryFile(dir=folder, suffix=".part", delete=False) as part:
            part.write(_seal(digest, raw) + b"\n" + raw)
        target = folder / f"knowledge-{digest}.json"
        Path(part.name).replace(target)
        for old in folder.glob("knowledge-*.json"):
            if old != target:
                old.unlink(missing_ok=True)
    except OSError:
        return
