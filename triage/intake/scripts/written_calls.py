"""Calls as they are written: what is called, and what a function or a method works on."""

from __future__ import annotations

import ast

__all__ = ["arguments_of", "name_of_call", "under_root"]

_LIBRARIES = frozenset({"tf", "tensorflow", "torch", "nn", "F", "np", "jnp", "K", "keras", "ops"})
"""Usual names of libraries."""


def name_of_call(node: ast.AST) -> str:
    """Last name of what is called; empty of all that is no call by name."""
    function = getattr(node, "func", None)
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def arguments_of(call: ast.Call) -> list[ast.expr]:
    """What a function or a method works on, the object of a method first."""
    if isinstance(call.func, ast.Attribute) and not _is_module(call.func.value):
        return [call.func.value, *call.args]
    return list(call.args)


def under_root(node: ast.AST) -> ast.expr | None:
    """What a square root is taken of; None of all else."""
    if not isinstance(node, ast.Call) or name_of_call(node) != "sqrt":
        return None
    return node.args[0] if node.args else node.func.value if isinstance(node.func, ast.Attribute) else None


def _is_module(node: ast.expr) -> bool:
    """Whether it is a library by its usual name, or a part of it: `tf`, `tf.math`."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name) and node.id in _LIBRARIES
