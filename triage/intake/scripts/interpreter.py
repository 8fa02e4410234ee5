"""Reads a program statement by statement, in the order in which it would run, without running it.

Each body of a loop is gone through once (twice and more where it builds layers), both branches of a condition are,
and calls of the program's own functions are followed with their arguments. What the program calls that is not its own
is asked of `library`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from triage.intake.scripts.arithmetic import combined
from triage.intake.scripts.binding import assign
from triage.intake.scripts.expressions import evaluate
from triage.intake.scripts.iteration import element_of, is_data, unwrapped
from triage.intake.scripts.joining import joined
from triage.intake.scripts.layer_lists import collapsed
from triage.intake.scripts.library import entered
from triage.intake.scripts.optimizers import Parameters
from triage.intake.scripts.source import Source, Spot
from triage.intake.scripts.trace import Guard, Loop, Run
from triage.intake.scripts.values import (
    Bound,
    Class,
    Function,
    Items,
    Known,
    Layer,
    Model,
    Scope,
    Unknown,
    Value,
    number,
)

__all__ = ["execute"]

MOST_TURNS = 48
"""Turns of a loop that builds layers."""

MOST_PARTS, FEW_TURNS = 64, 3
"""Turns of a loop over layers, and of one over other things that are listed."""

_TRAINS = re.compile(r"\.\s*(?:backward|step|fit|train_on_batch|zero_grad|eval|fit_generator)\b")
_BUILDS = frozenset({"add", "append", "extend", "add_module", "insert"})
_MAY_BUILD = re.compile(rf"\.\s*(?:{'|'.join(sorted(_BUILDS))})\b|\)[\s\\]*\(|\+=[\s\\]*\[")
"""Text without which no loop builds: one of those methods, a call of what a call yields, a list that is added to."""


def execute(run: Run, scope: Scope, body: Sequence[ast.stmt], results: list[Value]) -> bool:
    """Go through statements; whether the end is not reached. What they return is added to the results."""
    for statement in body:
        run.budget -= 1
        if run.budget < 0:
            run.exhausted = True
            return True
        handler = _STATEMENTS.get(type(statement))
        if handler is not None and handler(run, scope, statement, results):
            return True
    return False


def _expression(run: Run, scope: Scope, node: ast.Expr, results: list[Value]) -> bool:
    value = evaluate(run, scope, node.value)
    if isinstance(node.value, ast.Attribute):
        owner = value.owner if isinstance(value, Bound) else value
        run.happens("uncalled", Spot(scope.source, node.lineno), owner, name=node.value.attr)
    return False


def _assign(run: Run, scope: Scope, node: ast.Assign, results: list[Value]) -> bool:
    value = evaluate(run, scope, node.value)
    if isinstance(node.value, ast.Tuple) and isinstance(node.targets[0], ast.Tuple):
        _swap(run, scope, node.targets[0], node.value)
    for target in node.targets:
        assign(run, scope, target, value)
    return False


def _swap(run: Run, scope: Scope, targets: ast.Tuple, values: ast.Tuple) -> None:
    """Two elements that change places."""
    if len(targets.elts) != 2 or not isinstance(targets.elts[0], ast.Subscript):
        return
    if [ast.unparse(target) for target in targets.elts] == [ast.unparse(value) for value in reversed(values.elts)]:
        owner = evaluate(run, scope, targets.elts[0].value)
        run.happens("shuffle", Spot(scope.source, targets.lineno), owner, name="random.swap", token=None)


def _annotated(run: Run, scope: Scope, node: ast.AnnAssign, results: list[Value]) -> bool:
    if node.value is not None:
        assign(run, scope, node.target, evaluate(run, scope, node.value))
    return False


def _augmented(run: Run, scope: Scope, node: ast.AugAssign, results: list[Value]) -> bool:
    target, spot = node.target, Spot(scope.source, node.lineno)
    before = evaluate(run, scope, _loaded(target))
    value = combined(run, node.op, before, evaluate(run, scope, node.value), spot)
    if isinstance(before, Items) and isinstance(value, Items):
        before.values, before.open = value.values, value.open
        value = before
    if run.loops and isinstance(node.op, ast.Add | ast.Sub) and isinstance(value, Known):
        # A counter has another value in the next turn, which is not gone through.
        value = Known(value.value, settled=False)
    run.happens("augmented", spot, before, value=value, node=node)
    assign(run, scope, target, value)
    return False


def _loaded(target: ast.expr) -> ast.expr:
    if isinstance(target, ast.Name):
        return ast.copy_location(ast.Name(target.id, ast.Load()), target)
    return target


def _return(run: Run, scope: Scope, node: ast.Return, results: list[Value]) -> bool:
    results.append(evaluate(run, scope, node.value) if node.value is not None else Known(None))
    return True


def _stop(run: Run, scope: Scope, node: ast.stmt, results: list[Value]) -> bool:
    return True


def _raise(run: Run, scope: Scope, node: ast.Raise, results: list[Value]) -> bool:
    return True


def _if(run: Run, scope: Scope, node: ast.If, results: list[Value]) -> bool:
    test = evaluate(run, scope, node.test)
    if isinstance(test, Known) and test.settled:
        return execute(run, scope, node.body if test.value else node.orelse, results)
    before = dict(scope.names)
    run.guards.append(Guard(node, True))
    ended = execute(run, scope, node.body, results)
    run.guards[-1] = Guard(node, False)
    after = scope.names
    scope.names = before
    otherwise_ended = execute(run, scope, node.orelse, results)
    run.guards.pop()
    if ended:
        return otherwise_ended
    if otherwise_ended:
        scope.names = after
        return False
    other = scope.names
    scope.names = _merged(run, after, other)
    return False


def _merged(run: Run, one: dict[str, Value], other: dict[str, Value]) -> dict[str, Value]:
    found = dict(other)
    for name, value in one.items():
        if name not in other:
            found[name] = value
        elif other[name] is not value:
            found[name] = joined(run, value, other[name])
    return found


def _for(run: Run, scope: Scope, node: ast.For | ast.AsyncFor, results: list[Value]) -> bool:
    over = evaluate(run, scope, node.iter)
    inner, bounds, counted = unwrapped(run, scope, node.iter, over)
    spot = Spot(scope.source, node.lineno)
    name = node.target.id if isinstance(node.target, ast.Name) else ""
    line = scope.source.lines[node.lineno - 1].strip()
    loop = Loop(spot, inner, name, bounds, line, run.turn, _builds(scope.source, node))
    if is_data(inner) and not counted:
        run.happens("loop", spot, inner, loop=loop)
    ended = False
    run.loops.append(loop)
    for element in _elements(run, over, bounds, loop):
        assign(run, scope, node.target, element)
        if execute(run, scope, node.body, results) and run.exhausted:
            ended = True
            break
    run.loops.pop()
    if node.orelse and not ended:
        execute(run, scope, node.orelse, results)
    return run.exhausted


def _elements(run: Run, over: Value, bounds: tuple[Value, Value] | None, loop: Loop) -> Iterable[Value]:
    if isinstance(over, Model) and over.kind in ("row", "list"):
        over = Items(collapsed(over.items))
    if isinstance(over, Items) and (over.values or not over.open):
        parts = any(isinstance(value, Model | Layer | Items | Parameters) for value in over.values[:3])
        return over.values[: MOST_PARTS if parts or loop.builds else FEW_TURNS]
    if bounds is not None:
        low, high = number(bounds[0]), number(bounds[1])
        if low is not None and high is not None and loop.builds:
            return [Known(turn) for turn in range(int(low), int(min(high, low + MOST_TURNS)))]
        return [Unknown("turn", run.tick())]
    return [element_of(run, over)]


def _builds(source: Source, node: ast.For | ast.AsyncFor) -> bool:
    """Whether the loop does nothing but put layers together."""
    code = source.code_of(node)
    if len(node.body) > 8 or _TRAINS.search(code) or not _MAY_BUILD.search(code):
        return False
    for inner in ast.walk(node):
        if isinstance(inner, ast.Attribute):
            if inner.attr in _BUILDS:
                return True
        elif isinstance(inner, ast.Call):
            if isinstance(inner.func, ast.Call):
                return True
        elif isinstance(inner, ast.AugAssign) and isinstance(inner.value, ast.List):
            return True
    return False


def _while(run: Run, scope: Scope, node: ast.While, results: list[Value]) -> bool:
    evaluate(run, scope, node.test)
    run.loops.append(Loop(Spot(scope.source, node.lineno), None, "", None, "while", run.turn))
    execute(run, scope, node.body, results)
    run.loops.pop()
    if node.orelse:
        execute(run, scope, node.orelse, results)
    return run.exhausted


def _with(run: Run, scope: Scope, node: ast.With | ast.AsyncWith, results: list[Value]) -> bool:
    switched = 0
    for item in node.items:
        value = evaluate(run, scope, item.context_expr)
        handled, value, off = entered(run, value, Spot(scope.source, item.context_expr.lineno))
        if handled:
            run.no_gradient.append(off)
            switched += 1
            if off is not None:
                run.happens("cut", off)
        if item.optional_vars is not None:
            assign(run, scope, item.optional_vars, value)
    ended = execute(run, scope, node.body, results)
    for _ in range(switched):
        run.no_gradient.pop()
    return ended


def _try(run: Run, scope: Scope, node: ast.Try, results: list[Value]) -> bool:
    ended = execute(run, scope, node.body, results)
    if not ended:
        execute(run, scope, node.orelse, results)
    for handler in node.handlers:
        run.guards.append(Guard(node, False))
        before = dict(scope.names)
        execute(run, scope, handler.body, results)
        scope.names = {**scope.names, **before}
        run.guards.pop()
    execute(run, scope, node.finalbody, results)
    return ended


def _function(run: Run, scope: Scope, node: ast.FunctionDef | ast.AsyncFunctionDef, results: list[Value]) -> bool:
    scope.names[node.name] = Function(node, scope)
    return False


def _class(run: Run, scope: Scope, node: ast.ClassDef, results: list[Value]) -> bool:
    inner = Scope(scope.source, outer=scope)
    found = Class(node, scope, [evaluate(run, scope, base) for base in node.bases], inner.names)
    for statement in node.body:
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
            inner.names[statement.name] = Function(statement, scope, found)
        elif isinstance(statement, ast.Assign | ast.AnnAssign):
            execute(run, inner, [statement], [])
    scope.names[node.name] = found
    return False


def _global(run: Run, scope: Scope, node: ast.Global | ast.Nonlocal, results: list[Value]) -> bool:
    scope.shared.update(node.names)
    return False


def _match(run: Run, scope: Scope, node: ast.Match, results: list[Value]) -> bool:
    evaluate(run, scope, node.subject)
    before = dict(scope.names)
    merged = before
    for case in node.cases:
        scope.names = dict(before)
        if not execute(run, scope, case.body, results):
            merged = _merged(run, scope.names, merged)
    scope.names = merged
    return False


_STATEMENTS: Mapping[type[ast.stmt], Callable[..., bool]] = {
    ast.Expr: _expression,
    ast.Assign: _assign,
    ast.AnnAssign: _annotated,
    ast.AugAssign: _augmented,
    ast.Return: _return,
    ast.Break: _stop,
    ast.Continue: _stop,
    ast.Raise: _raise,
    ast.If: _if,
    ast.For: _for,
    ast.AsyncFor: _for,
    ast.While: _while,
    ast.With: _with,
    ast.AsyncWith: _with,
    ast.Try: _try,
    ast.TryStar: _try,
    ast.FunctionDef: _function,
    ast.AsyncFunctionDef: _function,
    ast.ClassDef: _class,
    ast.Global: _global,
    ast.Nonlocal: _global,
    ast.Match: _match,
}
