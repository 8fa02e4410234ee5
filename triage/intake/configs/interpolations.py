"""References of OmegaConf and Hydra: ``${model.lr}`` is replaced by what stands there in the same file.

What refers to elsewhere (``${oc.env:USER}``, ``${now:%Y}``, a group that another file holds) is left out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from triage.intake.configs.general_keys import ANYWHERE, WORDS
from triage.intake.configs.structured import Document, Node

__all__ = ["resolved"]

LONGEST_CHAIN = 10
"""References that lead from one to the next."""

_WANTED = frozenset(key for keys in (*ANYWHERE.values(), *WORDS.values()) for key in keys)
"""Keys of which a note says that they are left out; nobody misses the name of a folder."""

_WHOLE = re.compile(r"\$\{([^{}]{1,200})\}")
_PATH = re.compile(r"\.*[\w\-]+(?:\.[\w\-]+|\[\d+\])*")
_INDEX = re.compile(r"\[(\d+)\]")


def resolved(document: Document) -> Document:
    """The file with its references replaced; those that lead elsewhere have no value, which a note says of settings."""
    if "${" not in document.source.text:
        return document
    lost: list[str] = []
    root = _replaced(document, document.root, (), lost)
    if not lost:
        return Document(root, document.source, document.notes)
    count = f"{len(lost)} values refer" if len(lost) > 1 else "One value refers"
    note = f"{count} to what stands outside the file and {'were' if len(lost) > 1 else 'was'} left out: {lost[0]}."
    return Document(root, document.source, (*document.notes, note))


def _replaced(document: Document, node: Node, path: tuple[str, ...], lost: list[str]) -> Node:
    if node.mapping:
        inner = {key: _replaced(document, value, (*path, key), lost) for key, value in node.mapping.items()}
        return Node(inner, node.line, 1 + sum(value.size for value in inner.values()))
    if node.items:
        items = tuple(_replaced(document, value, (*path, str(number)), lost) for number, value in enumerate(node.items))
        return Node(items, node.line, 1 + sum(value.size for value in items))
    if not isinstance(node.value, str) or not _WHOLE.fullmatch(node.value.strip()):
        return node
    target = _target(document, node, path)
    if target is None or target.size > 1:
        if path and path[-1] in _WANTED:
            lost.append(f"{path[-1]}: {node.value.strip()}"[:80])
        return Node(None, node.line)
    return Node(target.value, node.line, column=node.column)


def _target(document: Document, node: Node, path: Sequence[str]) -> Node | None:
    """The plain value that a chain of references ends at."""
    for _ in range(LONGEST_CHAIN):
        found = _WHOLE.fullmatch(node.value.strip()) if isinstance(node.value, str) else None
        if found is None:
            return node if node.value is not None else None
        wanted = found[1].strip()
        if not _PATH.fullmatch(wanted):
            return None
        dots = len(wanted) - len(wanted.lstrip("."))
        base = list(path[: len(path) - dots]) if dots else []
        keys = [*base, *_INDEX.sub(r".\1", wanted.lstrip(".")).replace("-", "_").lower().split(".")]
        following = _along(document.root, keys)
        if following is None:
            return None
        node, path = following, keys
    return None


def _along(node: Node, keys: Sequence[str]) -> Node | None:
    for key in keys:
        following = node.mapping.get(key)
        if following is None and key.isdecimal() and len(key) < 7 and int(key) < len(node.items):
            following = node.items[int(key)]
        if following is None:
            return None
        node = following
    return node
