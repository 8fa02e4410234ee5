"""The settings that a program prints as Python: ``Namespace(lr=0.1)`` or a dict -> a tree.

The text is parsed and its literals are taken as they stand; nothing is evaluated.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from triage.errors import IntakeError
from triage.intake.configs.structured import DEEPEST, Node, Scalar, key_of

__all__ = ["printed_line", "read_python"]

LONGEST = 200_000
"""Characters of one printed setting."""

BEGINS_WITHIN = 2000
"""Characters of a line in which its settings begin, behind the time and the name of the logger."""

_PRINTED = re.compile(r"(?:^|[\s|:=])((?:Namespace|AttrDict|\w+Arguments)\(\w+=|\{'\w+': )")
_UNARY = re.compile(r"(?:[-+~]\s*|not\s+){20}")
_SHOWN = re.compile(r"(?<=[=\s(\[])<[^<>\n]{4,200}>")
"""What Python prints of an object that has no literal: ``<function relu at 0x7f>``."""

_NUMBERS = {"inf": float("inf"), "nan": float("nan")}


def printed_line(text: str) -> tuple[str, int, int] | None:
    """The first settings that a line prints, its number and where they begin on it; None where no line does."""
    if "=" not in text and "':" not in text:
        return None
    for number, line in enumerate(text.split("\n"), 1):
        found = _PRINTED.search(line[:BEGINS_WITHIN]) if line.rstrip().endswith((")", "}")) else None
        if found is not None:
            return line[found.start(1) :].rstrip(), number, found.start(1)
    return None


def read_python(text: str, file: str, line: int = 1, column: int = 0) -> Node:
    """The tree of printed settings.

    Args:
        text: of the settings alone, on one line.
        file: its name for messages.
        line: where they stand.
        column: where they begin on that line.

    Raises:
        IntakeError: the text is no Python value, is too long or is nested too deeply.

    """
    if len(text) > LONGEST:
        raise IntakeError(file, f"expected printed settings of at most {LONGEST:,} characters, found more", line)
    if _depth(text) > DEEPEST or _UNARY.search(text):
        raise IntakeError(file, f"expected at most {DEEPEST} levels, found a deeper nesting", line)
    try:
        tree = ast.parse(_SHOWN.sub(lambda found: "None".ljust(len(found[0])), text), mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        raise IntakeError(file, "expected settings as Python prints them, found something else", line) from None
    return _Reading(line, column).node(tree, 0)


@dataclass(frozen=True, slots=True)
class _Reading:
    """Line and column at which the settings begin."""

    line: int
    column: int

    def node(self, tree: ast.expr, depth: int) -> Node:
        """The value of an expression; None for what is no literal."""
        column = self.column + tree.col_offset
        if depth > DEEPEST:
            return Node(None, self.line)
        if isinstance(tree, ast.Dict):
            pairs = [(key, value) for key, value in zip(tree.keys, tree.values, strict=True) if key is not None]
            return self._mapping([(str(_scalar(key)), value, key.col_offset) for key, value in pairs], column, depth)
        if isinstance(tree, ast.Call):
            named = [(word.arg, word.value, word.col_offset) for word in tree.keywords if word.arg is not None]
            return self._mapping(named, column, depth) if named else Node(None, self.line)
        if isinstance(tree, ast.List | ast.Tuple | ast.Set):
            items = tuple(self.node(item, depth + 1) for item in tree.elts)
            return Node(items, self.line, 1 + sum(item.size for item in items), column)
        return Node(_scalar(tree), self.line, column=column)

    def _mapping(self, pairs: Sequence[tuple[str, ast.expr, int]], column: int, depth: int) -> Node:
        values = {
            key_of(name): replace(self.node(value, depth + 1), column=self.column + at) for name, value, at in pairs
        }
        return Node(values, self.line, 1 + sum(value.size for value in values.values()), column)


def _scalar(tree: ast.expr) -> Scalar:
    """A literal; None for what is none."""
    if isinstance(tree, ast.Constant) and isinstance(tree.value, bool | int | float | str):
        return tree.value.encode("utf-8", errors="replace").decode() if isinstance(tree.value, str) else tree.value
    if isinstance(tree, ast.Name):
        return _NUMBERS.get(tree.id)
    if isinstance(tree, ast.UnaryOp) and isinstance(tree.op, ast.USub):
        inner = _scalar(tree.operand)
        return -inner if isinstance(inner, int | float) else None
    return None


def _depth(text: str) -> int:
    """How deep the brackets nest, those in texts counted too."""
    deepest = depth = 0
    for mark in re.findall(r"[()\[\]{}]", text):
        depth += 1 if mark in "([{" else -1
        deepest = max(deepest, depth)
    return deepest
