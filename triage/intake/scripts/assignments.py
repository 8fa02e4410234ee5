"""Where in a file a name was given the value that it has in a line."""

from __future__ import annotations

import ast

from triage.intake.scripts.source import Source, Spot

__all__ = ["assignment_of", "spot_of_value"]


def assignment_of(source: Source, name: str, before: int) -> ast.Assign | None:
    """The last assignment to a name above a line, as far as the order of lines tells."""
    found: ast.Assign | None = None
    for node in source.statements:
        if not isinstance(node, ast.Assign) or node.lineno >= before or (found and node.lineno < found.lineno):
            continue
        if any(isinstance(target, ast.Name) and target.id == name for target in node.targets):
            found = node
    return found


def spot_of_value(node: ast.expr, spot: Spot) -> Spot:
    """Line in which the value of an expression was made: its own, or that of the assignment to its name."""
    if isinstance(node, ast.Name) and (found := assignment_of(spot.source, node.id, spot.line)) is not None:
        return Spot(spot.source, found.lineno)
    return Spot(spot.source, node.lineno)
