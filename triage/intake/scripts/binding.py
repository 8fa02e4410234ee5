"""What an assignment does to names, attributes and items."""

from __future__ import annotations

import ast

from triage.intake.scripts.attributes import set_attribute
from triage.intake.scripts.optimizers import Parameters
from triage.intake.scripts.source import Spot
from triage.intake.scripts.subscripts import set_item
from triage.intake.scripts.trace import Run
from triage.intake.scripts.values import Array, Items, Scope, Tensor, Unknown, Value

__all__ = ["assign"]


def assign(run: Run, scope: Scope, target: ast.expr, value: Value) -> None:
    """Bind what is assigned to."""
    if isinstance(target, ast.Name):
        if target.id in scope.shared:
            _home(scope, target.id).names[target.id] = value
        else:
            scope.names[target.id] = value
    elif isinstance(target, ast.Tuple | ast.List):
        for part, element in zip(target.elts, _parts(run, value, target.elts), strict=True):
            assign(run, scope, part, element)
    elif isinstance(target, ast.Attribute):
        set_attribute(
            run, run.evaluate(run, scope, target.value), target.attr, value, Spot(scope.source, target.lineno)
        )
    elif isinstance(target, ast.Subscript):
        owner, key = run.evaluate(run, scope, target.value), run.evaluate(run, scope, target.slice)
        set_item(run, owner, key, value, Spot(scope.source, target.lineno))
    elif isinstance(target, ast.Starred):
        assign(run, scope, target.value, value)


def _home(scope: Scope, name: str) -> Scope:
    """Where a global or nonlocal name lives."""
    found = scope
    while found.outer is not None:
        found = found.outer
        if name in found.names:
            return found
    return found


def _parts(run: Run, value: Value, targets: list[ast.expr]) -> list[Value]:
    wanted = len(targets)
    starred = next((index for index, part in enumerate(targets) if isinstance(part, ast.Starred)), None)
    values = value.values if isinstance(value, Items) and not value.open else None
    if isinstance(value, Array) and value.parts:
        values = list(value.parts)
    if values is not None and starred is not None and len(values) >= wanted - 1:
        behind = wanted - 1 - starred
        return [
            *values[:starred],
            Items(values[starred : len(values) - behind]),
            *values[len(values) - behind :],
        ]
    if values is not None and len(values) == wanted:
        return values
    if isinstance(value, Tensor | Parameters):
        return [value] * wanted
    if isinstance(value, Items) and value.open and value.values:
        return [value.values[0]] * wanted
    return [Unknown("part", run.tick()) for _ in targets]
