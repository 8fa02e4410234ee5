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
    return _through(body, ())


def own_statements(body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """Every statement that shares its names with these: all but those of functions and classes inside."""
    return _through(body, _FUNCTIONS)


def _through(body: Sequence[ast.stmt], left_out: tuple[type[ast.stmt], ...]) -> Iterator[ast.stmt]:
    """Every statement, the outer before the inner, but those of some kinds and what is in them."""
    waiting: list[ast.AST] = list(reversed(body))
    while waiting:
        node = waiting.pop()
        if isinstance(node, left_out):
            continue
        if isinstance(node, ast.stmt):
            yield node
        for name in _BLOCKS.get(type(node), ()):
            waiting += reversed(getattr(node, name))
