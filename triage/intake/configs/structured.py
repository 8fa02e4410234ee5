"""Structured text of any syntax as one tree, with the line of every value.

Keys are held in small letters with ``_`` for ``-``, as ``per-device-batch-size`` and ``BASE_LR`` are written by one
program and the other; a key that is given twice holds its last value.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from triage.intake.configs.source import Source
from triage.intake.found import Place

__all__ = ["DEEPEST", "MOST_NODES", "Document", "Node", "Scalar", "key_of"]

DEEPEST = 60
"""Levels of a tree."""

MOST_NODES = 500_000
"""Values of a tree, those that stand in several places counted at each."""

LONGEST_WORD = 300
"""Characters of a text that is looked at as a name or a path."""

LARGEST_NUMBER = 1e30
"""A number beyond it is no setting of a training."""

Scalar: TypeAlias = str | int | float | bool | None

_NUMBER = re.compile(r"[+-]?(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")


@dataclass(frozen=True, slots=True)
class Node:
    """A value and where it stands.

    Args:
        value: a plain value, a mapping or a sequence.
        line: counted from one.
        size: how many values it holds, itself among them.
        column: where it begins on a line that is too long to be shown whole.

    """

    value: Scalar | Mapping[str, Node] | tuple[Node, ...]
    line: int
    size: int = 1
    column: int = 0

    @property
    def mapping(self) -> Mapping[str, Node]:
        """Its values by key; empty where it is no mapping."""
        return self.value if isinstance(self.value, Mapping) else {}

    @property
    def items(self) -> tuple[Node, ...]:
        """Its values in order; empty where it is no sequence."""
        return self.value if isinstance(self.value, tuple) else ()

    @property
    def number(self) -> float | None:
        """The finite number that it is or that its text is; a truth value is none."""
        if isinstance(self.value, str):
            text = self.value.strip()
            if len(text) > 60 or not _NUMBER.fullmatch(text):
                return None
            found = float(text.replace("_", ""))
        elif isinstance(self.value, int | float) and not isinstance(self.value, bool):
            try:
                found = float(self.value)
            except OverflowError:
                return None
        else:
            return None
        return found if math.isfinite(found) and abs(found) <= LARGEST_NUMBER else None

    @property
    def flag(self) -> bool | None:
        """The truth value that it is or that its text is."""
        if isinstance(self.value, str):
            return {"true": True, "false": False}.get(self.value.strip().lower())
        return self.value if isinstance(self.value, bool) else None

    @property
    def word(self) -> str | None:
        """Its text on one line, where it is one that says something."""
        if not isinstance(self.value, str):
            return None
        text = "".join(mark if mark.isprintable() else " " for mark in self.value[:LONGEST_WORD])
        return " ".join(text.split()) or None

    @property
    def off(self) -> bool:
        """Whether nothing is switched on by it: null, false, zero, an empty text or a text that says so."""
        if isinstance(self.value, str):
            return self.value.strip().lower() in ("", "none", "null", "false", "no", "off", "0")
        return not self.value


@dataclass(frozen=True, slots=True)
class Document:
    """A file as a tree.

    Args:
        root: its values.
        source: its text.
        notes: what was read past, one sentence each.

    """

    root: Node
    source: Source
    notes: tuple[str, ...] = ()

    @property
    def file(self) -> str:
        """As it was given."""
        return self.source.file

    def at(self, *paths: str, of: Node | None = None) -> Node | None:
        """The value at the first of several paths, such as ``trainer.precision``, at which there is one.

        Args:
            paths: keys joined by dots; a key may itself hold dots.
            of: where the paths begin; the whole file if not given.

        """
        start = self.root if of is None else of
        found = (_at(start, path) for path in paths)
        return next((node for node in found if node is not None and node.value is not None), None)

    def has(self, *paths: str) -> bool:
        """Whether there is a key at each of these paths, whatever its value."""
        return all(_at(self.root, path) is not None for path in paths)

    def place(self, node: Node) -> Place:
        """Where a value stands, with its line."""
        return self.source.place(node.line, node.column)

    def walk(self) -> Iterator[tuple[tuple[str, ...], Node]]:
        """Every mapping with the keys that lead to it, outer ones and earlier ones first."""
        waiting: list[tuple[tuple[str, ...], Node]] = [((), self.root)]
        while waiting:
            path, node = waiting.pop()
            if node.mapping:
                yield path, node
            inner = [(key, value) for key, value in node.mapping.items() if value.size > 1]
            inner += [("", value) for value in node.items if value.size > 1]
            waiting += [((*path, key), value) for key, value in reversed(inner)]


def key_of(text: str) -> str:
    """A key as it is held."""
    return text.strip().replace("-", "_").lower()


def _at(node: Node, path: str) -> Node | None:
    if path in node.mapping:
        return node.mapping[path]
    head, dot, rest = path.partition(".")
    while dot:
        inner = node.mapping.get(head)
        if inner is not None and (found := _at(inner, rest)) is not None:
            return found
        more, dot, rest = rest.partition(".")
        head = f"{head}.{more}"
    return None
