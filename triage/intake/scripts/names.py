"""Names that a file imports -> the names by which the libraries are documented."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from functools import lru_cache

__all__ = ["canonical", "imported", "starred"]

_ROOTS = (
    "tensorflow.compat.v1.keras.",
    "tensorflow.compat.v2.keras.",
    "tensorflow.python.keras.",
    "tensorflow.contrib.keras.",
    "tensorflow.keras.",
    "tf_keras.",
    "keras.api.",
    "keras.src.",
)
"""Where Keras has lived."""

_SHORT = (
    "layers",
    "optimizers",
    "models",
    "losses",
    "regularizers",
    "initializers",
    "activations",
    "engine",
    "metrics",
)
"""Packages of Keras with modules inside that nobody need know."""


def imported(statements: Iterable[ast.stmt]) -> Mapping[str, str]:
    """Each name that is bound by an import, wherever in the file, and what it stands for."""
    found: dict[str, str] = {}
    for node in statements:
        if isinstance(node, ast.Import):
            for name in node.names:
                if name.asname:
                    found[name.asname] = name.name
                else:
                    root = name.name.split(".", 1)[0]
                    found[root] = root
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            for name in node.names:
                if name.name != "*":
                    found[name.asname or name.name] = f"{node.module}.{name.name}"
        elif isinstance(node, ast.ImportFrom):
            for name in node.names:
                module = f"{node.module}." if node.module else ""
                found[name.asname or name.name] = f"{module}{name.name}"
    return found


def starred(statements: Iterable[ast.stmt]) -> tuple[str, ...]:
    """Modules of which everything is imported."""
    return tuple(
        node.module
        for node in statements
        if isinstance(node, ast.ImportFrom) and node.module and any(name.name == "*" for name in node.names)
    )


@lru_cache(maxsize=4096)
def canonical(name: str) -> str:
    """The name as today's documentation has it."""
    for root in _ROOTS:
        if name.startswith(root):
            name = f"keras.{name[len(root) :]}"
            break
    else:
        if name in ("tensorflow.keras", "tensorflow.python.keras", "tf_keras"):
            return "keras"
    parts = name.split(".")
    if parts[0] == "keras" and len(parts) > 2:
        if parts[1] == "engine":
            return f"keras.models.{parts[-1]}"
        if parts[1] in _SHORT and parts[-1][:1].isupper():
            return f"keras.{parts[1]}.{parts[-1]}"
        if parts[1] == "utils":
            return f"keras.utils.{parts[-1]}"
        if parts[1] == "preprocessing" and parts[-1][:1].isupper():
            return f"keras.preprocessing.{parts[-1]}"
    if name.startswith(("torch.nn.modules.", "torch.optim.")):
        return f"torch.{parts[1]}.{parts[-1]}" if parts[1] == "nn" else name
    if name.startswith(("tensorflow.compat.v1.", "tensorflow.compat.v2.")):
        return "tensorflow." + ".".join(parts[3:])
    return name
