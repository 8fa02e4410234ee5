"""Arrays that a shuffle brings into another order where they are."""

from __future__ import annotations

import ast

from triage.intake.scripts.binding import assign
from triage.intake.scripts.orders import shuffled
from triage.intake.scripts.source import Spot
from triage.intake.scripts.trace import Run
from triage.intake.scripts.values import Array, Bound, Library, Scope, Table, Unknown, Value

__all__ = ["reorder", "shuffles_in_place"]


def shuffles_in_place(function: Value) -> bool:
    """Whether a function brings its argument into another order."""
    if isinstance(function, Library):
        return function.name in ("random.shuffle", "numpy.random.shuffle")
    return (
        isinstance(function, Bound)
        and function.method == "shuffle"
        and isinstance(function.owner, Table)
        and function.owner.name == "generator"
    )


def reorder(run: Run, scope: Scope, target: ast.expr, value: Value, spot: Spot) -> None:
    """Bind the name anew to the array in its new order, as told by the shuffle that has just happened."""
    if not isinstance(value, Array | Unknown) or not run.events or not isinstance(target, ast.Name | ast.Attribute):
        return
    token = run.events[-1].facts.get("token")
    before = value if isinstance(value, Array) else Array(object(), born=value.born, sure=False)
    assign(run, scope, target, shuffled(run, before, token, spot))
