"""Arrays that a call changes where they are: shuffles, and methods of pandas that are asked to."""

from __future__ import annotations

import ast

from triage.intake.scripts.binding import assign
from triage.intake.scripts.orders import shuffled
from triage.intake.scripts.source import Spot
from triage.intake.scripts.trace import Call, Run
from triage.intake.scripts.values import Array, Bound, Known, Library, Scope, Table, Unknown, Value

__all__ = ["change_in_place"]


def change_in_place(run: Run, scope: Scope, function: Value, call: Call, result: Value) -> None:
    """Bind the name of an array anew where a call has changed the array itself."""
    target = call.node.func
    if call.args and _shuffles(function):
        _reorder(run, scope, call.node.args[0], call.args[0], call.spot)
    elif "inplace" in call.named and isinstance(target, ast.Attribute) and _asked_to(function, call.named["inplace"]):
        assign(run, scope, target.value, result)


def _asked_to(function: Value, asked: Value) -> bool:
    """Whether a method of a table is asked to change the table itself ("inplace", documentation of pandas)."""
    of_table = isinstance(function, Bound) and isinstance(function.owner, Array)
    return of_table and isinstance(asked, Known) and asked.value is True


def _shuffles(function: Value) -> bool:
    """Whether a function brings its argument into another order."""
    if isinstance(function, Library):
        return function.name in ("random.shuffle", "numpy.random.shuffle")
    return (
        isinstance(function, Bound)
        and function.method == "shuffle"
        and isinstance(function.owner, Table)
        and function.owner.name == "generator"
    )


def _reorder(run: Run, scope: Scope, target: ast.expr, value: Value, spot: Spot) -> None:
    """Bind the name anew to the array in its new order, as told by the shuffle that has just happened."""
    if not isinstance(value, Array | Unknown) or run.latest is None or not isinstance(target, ast.Name | ast.Attribute):
        return
    token = run.latest.facts.get("token")
    before = value if isinstance(value, Array) else Array(object(), born=value.born, sure=False)
    assign(run, scope, target, shuffled(run, before, token, spot))
