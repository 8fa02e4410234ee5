"""Works out what an expression stands for."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping

from triage.intake.scripts.arithmetic import combined, compared, inverted, negated
from triage.intake.scripts.attributes import attribute, member
from triage.intake.scripts.binding import assign
from triage.intake.scripts.comprehensions import comprehension, dictionary_comprehension
from triage.intake.scripts.joining import joined
from triage.intake.scripts.layers import kind_of
from triage.intake.scripts.names import canonical
from triage.intake.scripts.optimizers import Parameters
from triage.intake.scripts.paths import formatted
from triage.intake.scripts.reordering import change_in_place
from triage.intake.scripts.source import Spot
from triage.intake.scripts.subscripts import item
from triage.intake.scripts.trace import Call, Guard, Run
from triage.intake.scripts.values import (
    Above,
    Function,
    Items,
    Known,
    Library,
    Model,
    Scope,
    Table,
    Unknown,
    Value,
    number,
)

__all__ = ["evaluate"]

DEEPEST = 120
"""Expressions inside each other."""

_BUILT_IN = frozenset(
    [
        "abs",
        "all",
        "any",
        "bool",
        "dict",
        "enumerate",
        "filter",
        "float",
        "getattr",
        "hasattr",
        "id",
        "input",
        "int",
        "isinstance",
        "issubclass",
        "iter",
        "len",
        "list",
        "map",
        "max",
        "min",
        "next",
        "object",
        "open",
        "print",
        "range",
        "repr",
        "reversed",
        "round",
        "set",
        "setattr",
        "sorted",
        "str",
        "sum",
        "super",
        "tuple",
        "type",
        "vars",
        "zip",
        "property",
        "staticmethod",
        "classmethod",
        "callable",
    ]
)


def evaluate(run: Run, scope: Scope, node: ast.expr | None) -> Value:
    """The value of an expression; `Unknown` where reading does not tell."""
    run.budget -= 1
    if run.budget < 0 or node is None:
        run.exhausted = run.budget < 0
        return Unknown()
    leaf = _LEAVES.get(type(node))
    if leaf is not None:
        return leaf(run, scope, node)
    handler = _EXPRESSIONS.get(type(node))
    if handler is None:
        return Unknown("", run.tick())
    run.depth += 1
    try:
        return handler(run, scope, node) if run.depth <= DEEPEST else Unknown("deep", run.tick())
    finally:
        run.depth -= 1


def _constant(run: Run, scope: Scope, node: ast.Constant) -> Value:
    found = run.constants.get(node)
    if found is None:
        found = run.constants[node] = Known(node.value, True, Spot(scope.source, node.lineno))
    return found


def _name(run: Run, scope: Scope, node: ast.Name) -> Value:
    wanted, at = node.id, scope
    while True:
        if wanted in at.names:
            return at.names[wanted]
        if at.outer is None:
            break
        at = at.outer
    library = run.libraries[scope.source].get(wanted)
    if library is not None:
        return library
    found = run.aliases[scope.source].get(wanted)
    if found is not None:
        return _imported(run, found)
    for star in run.stars[scope.source]:
        if star in run.modules and wanted in run.modules[star].names:
            return run.modules[star].names[wanted]
    stars = [canonical(f"{star}.x")[:-2] for star in run.stars[scope.source] if star not in run.modules]
    if stars and kind_of(wanted) and any(star in ("keras.layers", "torch.nn") for star in stars):
        return Library(canonical(f"{next(s for s in stars if s in ('keras.layers', 'torch.nn'))}.{wanted}"))
    if wanted in _BUILT_IN:
        return Library(f"builtins.{wanted}")
    if len(stars) == 1 or (stars and not kind_of(wanted)):
        likely = next((star for star in stars if star.endswith(_home_of(wanted))), stars[0])
        return Library(canonical(f"{likely}.{wanted}"))
    return Unknown(wanted, 0)


def _home_of(name: str) -> str:
    if name.lower() in ("adam", "sgd", "rmsprop", "adamw", "nadam", "adagrad", "adadelta"):
        return "optimizers" if name != "optim" else "optim"
    return "models" if name in ("Sequential", "Model") else "layers"


def _imported(run: Run, name: str) -> Value:
    parts = name.split(".")
    for index, part in enumerate(parts):
        module = run.modules.get(part)
        if module is not None and index < len(parts) and parts[0] not in ("torch", "keras", "tensorflow"):
            rest = parts[index + 1 :]
            if not rest:
                return Table(module.names, name=part)
            if len(rest) == 1 and rest[0] in module.names:
                return module.names[rest[0]]
    return Library(canonical(name))


def _attribute(run: Run, scope: Scope, node: ast.Attribute) -> Value:
    owner = evaluate(run, scope, node.value)
    if isinstance(owner, Library):
        return member(owner.name, node.attr)
    return attribute(run, owner, node.attr, Spot(scope.source, node.lineno))


def _call(run: Run, scope: Scope, node: ast.Call) -> Value:
    function = evaluate(run, scope, node.func)
    args: list[Value] = []
    for argument in node.args:
        if isinstance(argument, ast.Starred):
            inner = evaluate(run, scope, argument.value)
            if isinstance(inner, Items) and not inner.open:
                args += inner.values
            elif isinstance(inner, Model) and inner.kind in ("row", "list"):
                args += inner.items
            else:
                args.append(Items([inner], open=True))
        else:
            args.append(evaluate(run, scope, argument))
    named: dict[str, Value] = {}
    for word in node.keywords:
        inner = evaluate(run, scope, word.value)
        if word.arg is not None:
            named[word.arg] = inner
        elif isinstance(inner, Table):
            named.update({name: value for name, value in inner.values.items() if isinstance(name, str)})
        else:
            named["**"] = inner
    spot = Spot(scope.source, node.func.end_lineno or node.lineno)
    if isinstance(function, Library) and function.name == "builtins.super":
        return Above(_self(scope), scope.owner)
    call = Call(node, spot, args, named, scope.origins)
    result = run.invoke(run, function, call)
    change_in_place(run, scope, function, call, result)
    return result


def _self(scope: Scope) -> Value:
    return next(iter(scope.names.values()), Unknown())


def _binary(run: Run, scope: Scope, node: ast.BinOp) -> Value:
    left, right = evaluate(run, scope, node.left), evaluate(run, scope, node.right)
    return combined(run, node.op, left, right, Spot(scope.source, node.lineno))


def _unary(run: Run, scope: Scope, node: ast.UnaryOp) -> Value:
    value = evaluate(run, scope, node.operand)
    if isinstance(node.op, ast.Not):
        return Known(not value.value, value.settled) if isinstance(value, Known) else Unknown("not", run.tick())
    if isinstance(node.op, ast.Invert):
        return inverted(value)
    return negated(run, value) if isinstance(node.op, ast.USub) else value


_COMPARISONS: Mapping[type[ast.cmpop], Callable[[object, object], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}
_ORDERS: Mapping[type[ast.cmpop], Callable[[float, float], bool]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}


def _compare(run: Run, scope: Scope, node: ast.Compare) -> Value:
    left = evaluate(run, scope, node.left)
    rights = [evaluate(run, scope, right) for right in node.comparators]
    compare = _COMPARISONS.get(type(node.ops[0]))
    if compare is not None and len(rights) == 1 and isinstance(left, Known) and isinstance(rights[0], Known):
        return Known(compare(left.value, rights[0].value), left.settled and rights[0].settled)
    order, low, high = _ORDERS.get(type(node.ops[0])), number(left), number(rights[0])
    # Of other loops only the first turns are gone through, where a counter says nothing about the rest.
    if order is not None and low is not None and high is not None and len(rights) == 1 and _in_full(run):
        return Known(order(low, high), left.settled and rights[0].settled)
    return compared(run, left)


def _in_full(run: Run) -> bool:
    """Whether all is gone through as often as it would run."""
    return not run.loops or run.loops[-1].builds


def _boolean(run: Run, scope: Scope, node: ast.BoolOp) -> Value:
    values = [evaluate(run, scope, value) for value in node.values]
    if all(isinstance(value, Known) for value in values):
        held = [value.value for value in values]
        settled = all(value.settled for value in values)
        if isinstance(node.op, ast.Or):
            return Known(next((value for value in held if value), held[-1]), settled)
        return Known(next((value for value in held if not value), held[-1]), settled)
    return Unknown("boolean", run.tick())


def _choice(run: Run, scope: Scope, node: ast.IfExp) -> Value:
    test = evaluate(run, scope, node.test)
    if isinstance(test, Known) and test.settled:
        return evaluate(run, scope, node.body if test.value else node.orelse)
    run.guards.append(Guard(node, True))
    one = evaluate(run, scope, node.body)
    run.guards[-1] = Guard(node, False)
    other = evaluate(run, scope, node.orelse)
    run.guards.pop()
    return joined(run, one, other)


def _subscript(run: Run, scope: Scope, node: ast.Subscript) -> Value:
    owner = evaluate(run, scope, node.value)
    return item(run, owner, evaluate(run, scope, node.slice), Spot(scope.source, node.lineno))


def _slice(run: Run, scope: Scope, node: ast.Slice) -> Value:
    low = evaluate(run, scope, node.lower) if node.lower else None
    high = evaluate(run, scope, node.upper) if node.upper else None
    step = evaluate(run, scope, node.step) if node.step else None
    return slice(low, high, step)


def _sequence(run: Run, scope: Scope, node: ast.List | ast.Tuple | ast.Set) -> Value:
    found: list[Value] = []
    is_open = False
    for element in node.elts:
        if isinstance(element, ast.Starred):
            inner = evaluate(run, scope, element.value)
            if isinstance(inner, Items):
                found += inner.values
                is_open = is_open or inner.open
            elif isinstance(inner, Model) and inner.kind in ("row", "list"):
                found += inner.items
            elif isinstance(inner, Parameters):
                found.append(inner)
            else:
                is_open = True
        else:
            found.append(evaluate(run, scope, element))
    made = "tuple" if isinstance(node, ast.Tuple) else "list"
    return Items(found, is_open, Spot(scope.source, node.lineno), made)


def _dictionary(run: Run, scope: Scope, node: ast.Dict) -> Value:
    found: dict[object, Value] = {}
    for key, value in zip(node.keys, node.values, strict=True):
        inner = evaluate(run, scope, value)
        if key is None:
            if isinstance(inner, Table):
                found.update(inner.values)
            continue
        name = evaluate(run, scope, key)
        if isinstance(name, Known) and isinstance(name.value, str | int | float | bool | None):
            found[name.value] = inner
    return Table(found)


def _lambda(run: Run, scope: Scope, node: ast.Lambda) -> Value:
    return Function(node, scope)


def _walrus(run: Run, scope: Scope, node: ast.NamedExpr) -> Value:
    value = evaluate(run, scope, node.value)
    assign(run, scope, node.target, value)
    return value


def _inner(run: Run, scope: Scope, node: ast.Await | ast.Starred | ast.YieldFrom) -> Value:
    return evaluate(run, scope, node.value)


def _yield(run: Run, scope: Scope, node: ast.Yield) -> Value:
    value = evaluate(run, scope, node.value) if node.value is not None else Known(None)
    scope.names.setdefault("<yielded>", value)
    return Unknown("sent", run.tick())


_LEAVES: Mapping[type[ast.expr], Callable[..., Value]] = {ast.Constant: _constant, ast.Name: _name}
_EXPRESSIONS: Mapping[type[ast.expr], Callable[..., Value]] = {
    ast.Attribute: _attribute,
    ast.Call: _call,
    ast.BinOp: _binary,
    ast.UnaryOp: _unary,
    ast.Compare: _compare,
    ast.BoolOp: _boolean,
    ast.IfExp: _choice,
    ast.Subscript: _subscript,
    ast.Slice: _slice,
    ast.List: _sequence,
    ast.Tuple: _sequence,
    ast.Set: _sequence,
    ast.Dict: _dictionary,
    ast.ListComp: comprehension,
    ast.SetComp: comprehension,
    ast.GeneratorExp: comprehension,
    ast.DictComp: dictionary_comprehension,
    ast.Lambda: _lambda,
    ast.NamedExpr: _walrus,
    ast.Await: _inner,
    ast.Starred: _inner,
    ast.YieldFrom: _inner,
    ast.Yield: _yield,
    ast.JoinedStr: formatted,
}
