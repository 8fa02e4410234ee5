"""Folders of YAML files -> one `KnowledgeBase`, with a cache keyed by the content.

The cache holds the validated content as JSON and is found by a hash over every byte of every file and over the code
that reads them, so a changed file can never be served from it. It begins with a hash of what follows, and is validated
again when read; one that does not pass is made anew. With packs it holds what passed the lint.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from pydantic import ValidationError

from knowledge.base import KnowledgeBase
from knowledge.content import KINDS, Content, File, read_content
from knowledge.errors import KnowledgeError, Problem
from knowledge.pack_files import files_below, read_packs

__all__ = ["BUILT_IN", "base_of", "load", "read_built_in"]

BUILT_IN = Path(__file__).parent
"""The folder of the knowledge that comes with the package."""

MOST_CACHED = 8
"""Caches that are kept, of the knowledge with different packs, before the one that was not used for longest goes."""

_CODE = (
    "bands.py",
    "fields.py",
    "schema.py",
    "translation.py",
    "reading.py",
    "content.py",
    "overrides.py",
    "applying.py",
    "pack.py",
    "pack_files.py",
    "merging.py",
    "lint.py",
    "loader.py",
)


def load(packs: Sequence[str | Path] = (), *, cache: Path | None = None) -> KnowledgeBase:
    """Load the built-in knowledge and the given packs as one base.

    >>> import knowledge
    >>> base = knowledge.load()
    >>> cause = base.cause("exp_overflow_in_softmax")
    >>> cause.title, str(cause.prior), cause.remedies[0].remedy
    ('An over-activated unit overflows exp', 'regular', 'use_fused_loss')
    >>> [base.finding(edge.finding).title for edge in cause.checks if edge.confirms]
    ['Look at the inputs of the softmax', 'Replay the failing batch step by step']
    >>> base.sources_of(cause)[0].address
    'https://...'

    Args:
        packs: folders with a ``pack.yaml`` each, in any order; see `knowledge.merging` for how they are merged. None
            but these are used: `knowledge.installed_packs` finds those that are installed.
        cache: folder for the cache; by default the user's cache folder.

    Raises:
        KnowledgeError: a file cannot be read or does not fit its model, a pack was made for another version, two packs
            are at odds, or what they make together does not pass the lint; all problems are named, by file and line.

    """
    built_in = _built_in()
    folder = _cache_folder() if cache is None else cache
    if not packs:
        return base_of(_content(built_in, folder), _digest(built_in))
    read = read_packs(packs)
    digest = _digest([*built_in, *(file for pack in read for file in pack.files)])
    content = _from_cache(folder, digest)
    if content is None:
        from knowledge.merging import merged
        from knowledge.pack_lint import problems_of

        whole = merged(_content(built_in, folder), read)
        errors = [problem for problem in problems_of(whole, read) if problem.severity == "error"]
        if errors:
            raise KnowledgeError(errors)
        content = whole.content
        _to_cache(folder, digest, content)
    return base_of(content, digest)


def read_built_in() -> tuple[Content, list[Problem]]:
    """Read the built-in knowledge without the cache: what is valid, and every problem of a file.

    What is wrong between files is left to `knowledge.lint`.
    """
    try:
        files = _built_in()
    except KnowledgeError as error:
        return Content(), error.problems
    return read_content(files)


def base_of(content: Content, digest: str) -> KnowledgeBase:
    """The base that some content makes."""
    return KnowledgeBase(
        causes=content.causes,
        findings={**content.symptoms, **content.settings, **content.checks},
        remedies=content.remedies,
        pairs=content.pairs,
        sources=content.sources,
        hash=digest,
        translations=content.translations,
        titles=content.titles,
        packs=content.packs,
        origins=content.origins,
        changes=content.changes,
    )


def _content(files: Sequence[File], folder: Path) -> Content:
    """The built-in content, from the cache where it is in it."""
    digest = _digest(files)
    content = _from_cache(folder, digest)
    if content is None:
        content, problems = read_content(files)
        if problems:
            raise KnowledgeError(problems)
        _to_cache(folder, digest, content)
    return content


def _built_in() -> list[File]:
    try:
        found = list(files_below(BUILT_IN, list(KINDS)))
        return [(kind, f"{kind}/{path.name}", path.read_bytes()) for kind, path in found]
    except OSError as error:
        problem = Problem(str(error.filename), f"expected files that can be read, found: {error.strerror}")
        raise KnowledgeError([problem]) from None


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
    path = folder / f"knowledge-{digest}.json"
    try:
        seal, _, raw = path.read_bytes().partition(b"\n")
        content = Content.model_validate_json(raw) if seal == _seal(digest, raw) else None
    except (OSError, ValidationError):
        return None
    with suppress(OSError):
        os.utime(path)
    return content


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
        caches = sorted(folder.glob("knowledge-*.json"), key=lambda path: path.stat().st_mtime_ns, reverse=True)
        for old in caches[MOST_CACHED:]:
            old.unlink(missing_ok=True)
    except OSError:
        return
