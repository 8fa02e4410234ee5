"""Statements of a program, however deep, without going into their expressions."""

from __future__ import annotations

import ast
from collections.abc import Iterator

__all__ = ["statements_of"]


def statements_of(tree: ast.Module) -> Iterator[ast.stmt]:
    """Every statement, the outer before the inner."""
    waiting: list[ast.stmt] = list(reversed(tree.body))
    while waiting:
        statement = waiting.pop()
        yield statement
        for name in ("finalbody", "orelse", "body"):
            inner = getattr(statement, name, None)
            if inner:
                waiting += reversed(inner)
        for part in (*getattr(statement, "handlers", ()), *getattr(statement, "cases", ())):
            waiting += reversed(part.body)
