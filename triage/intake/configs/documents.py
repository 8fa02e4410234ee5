"""The bytes of a file -> its text, and its tree where it is structured text."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path

from triage.errors import IntakeError
from triage.history.head import encoding_of, is_text
from triage.intake.configs.interpolations import resolved
from triage.intake.configs.json_tree import read_json
from triage.intake.configs.python_tree import printed_line, read_python
from triage.intake.configs.source import LARGEST, Source, source_of
from triage.intake.configs.structured import Document, Node
from triage.intake.configs.toml_tree import read_toml
from triage.intake.configs.yaml_tree import read_yaml

__all__ = ["document_of", "source_in"]

_OBJECT = re.compile(r"\s*(?:(?://|\#)[^\n]*\s*)*[{\[]")
_SECTION = re.compile(r"^\s*\[{1,2}[\w.\-\" ]+\]{1,2}\s*(?:#.*)?$", re.MULTILINE)
_ASSIGNED = re.compile(r"^\s*[\w.\-\"]+\s*=", re.MULTILINE)
_OF_WANDB = ("_wandb", "wandb_version")


def source_in(path: Path) -> Source:
    """The text of a file.

    Raises:
        IntakeError: it cannot be read, is a folder, too large, empty or not text.

    """
    file = str(path)
    try:
        if path.is_dir():
            raise IntakeError(file, "expected a configuration file, found a folder; give its files")
        with path.open("rb") as stream:
            data = stream.read(LARGEST + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "a name that no file has"
        raise IntakeError(file, f"expected a file that can be read, found: {reason}") from None
    if len(data) > LARGEST:
        raise IntakeError(file, f"expected a configuration of at most {LARGEST // 1_000_000} MB, found a larger file")
    if not data.strip(b" \t\r\n\0"):
        raise IntakeError(file, "expected a configuration, found an empty file")
    if not is_text(data):
        raise IntakeError(file, "expected a configuration as text, found binary data")
    return source_of(data.decode(encoding_of(data), errors="replace").replace("\0", ""), file)


def document_of(source: Source) -> Document | None:
    """The tree of a text that is structured; None where it is of no such syntax.

    Raises:
        IntakeError: it begins as JSON, or its name says what it is, and yet it cannot be read as that.

    """
    failed: IntakeError | None = None
    for read in _readers(source):
        try:
            document = read(source)
        except IntakeError as error:
            failed = failed or error
            continue
        if document.root.mapping:
            return resolved(_unwrapped(document))
    meant = _is_object(source) or _ending(source) in ("yaml", "yml", "json", "toml") or printed_line(source.text)
    if failed is not None and meant:
        raise failed
    return None


def _readers(source: Source) -> Sequence[Callable[[Source], Document]]:
    """Those that come into question, the likeliest first."""
    if printed_line(source.text) is not None and _ending(source) not in ("yaml", "yml", "json", "toml"):
        return (_printed,)
    if _is_object(source):
        return {"json": (_json,), "yaml": (_yaml, _json), "yml": (_yaml, _json)}.get(_ending(source), (_json, _yaml))
    if _ending(source) == "toml" or (_ASSIGNED.search(source.text) and _SECTION.search(source.text)):
        return (_toml, _yaml)
    return (_yaml, _toml)


def _is_object(source: Source) -> bool:
    """Whether it begins as a JSON object or list does, and not with the name of a section."""
    found = _OBJECT.match(source.text)
    return found is not None and _SECTION.match(source.text, found.end() - 1) is None


def _ending(source: Source) -> str:
    return Path(source.file).suffix.lower().lstrip(".")


def _printed(source: Source) -> Document:
    text, line, column = printed_line(source.text) or ("", 1, 0)
    return Document(read_python(text, source.file, line, column), source)


def _json(source: Source) -> Document:
    return Document(read_json(source.text, source.file), source)


def _yaml(source: Source) -> Document:
    root, notes = read_yaml(source.text, source.file)
    return Document(root, source, notes)


def _toml(source: Source) -> Document:
    return Document(read_toml(source.text, source.file), source)


def _unwrapped(document: Document) -> Document:
    """The settings that W&B keeps of a run, each in a mapping with its value, without these mappings."""
    mapping = document.root.mapping
    if not any(key in mapping for key in _OF_WANDB):
        return document
    plain = {
        key: Node(node.mapping["value"].value, node.mapping["value"].line, node.mapping["value"].size)
        for key, node in mapping.items()
        if "value" in node.mapping and key not in _OF_WANDB
    }
    root = Node(plain, document.root.line, 1 + sum(node.size for node in plain.values()))
    return Document(root, document.source, document.notes)
