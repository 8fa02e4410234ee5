"""Statements of a program, however deep, without going into their expressions."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence

__all__ = ["own_statements", "statements_of"]

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
"""Statements that have names of their own."""

_BLOCKS: Mapping[type[ast.AST], tuple[str, ...]] = {
    **dict.fromkeys((*_FUNCTIONS, ast.With, ast.AsyncWith), ("body",)),
    **dict.fromkeys((ast.If, ast.For, ast.AsyncFor, ast.While), ("orelse", "body")),
    **dict.fromkeys((ast.Try, ast.TryStar), ("finalbody", "orelse", "handlers", "body")),
    ast.ExceptHandler: ("body",),
    ast.Match: ("cases",),
    ast.match_case: ("body",),
}
"""Nodes with statements inside -> where those are, the last first."""


def statements_of(body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """Every statement, the outer before the inner."""
    waiting: list[ast.AST] = list(reversed(body))
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.stmt):
            yield node
        for name in _BLOCKS.get(type(node), ()):
            waiting += reversed(getattr(node, name))


def own_statements(body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """Every statement that shares its names with these: all but those of functions and classes inside."""
    waiting: list[ast.AST] = list(reversed(body))
    while waiting:
        node = waiting.pop()
        if isinstance(node, _FUNCTIONS):
            continue
        if isinstance(node, ast.stmt):
            yield node
        for name in _BLOCKS.get(type(node), ()):
            waiting += reversed(getattr(node, name))
