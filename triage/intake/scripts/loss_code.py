"""The code of a program that works out what is minimised."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass

from triage.intake.scripts.source import Source
from triage.intake.scripts.statements import statements_of
from triage.intake.scripts.training import Training

__all__ = ["LossCode", "is_overlap", "loss_code"]

_NAMES = ("loss", "dice", "iou", "entropy", "likelihood", "nll", "criterion", "crossentropy", "focal", "tversky")
_OTHERS = ("plot", "metric", "train", "test", "eval", "val")
_CALLED = frozenset({"forward", "call", "__call__"})


@dataclass(frozen=True, slots=True, eq=False)
class LossCode:
    """A function that is a loss, or the statements of a loop that work one out.

    Args:
        name: of the function or its class; empty for statements.
        parts: the code.
        bound: what single names in it stand for.
        asked: names that a condition asks about.
        named: whether it is a loss by its name.

    """

    name: str
    parts: tuple[ast.AST, ...]
    bound: Mapping[str, ast.expr]
    asked: frozenset[str]
    named: bool


def loss_code(training: Training, source: Source) -> Iterator[LossCode]:
    """Functions that are losses by their name or by their use, then what is worked out where gradients are taken."""
    statements = list(statements_of(source.tree))
    inline = [(formulas, scope) for scope in _scopes(statements, source.tree) if (formulas := _minimised(scope))]
    used = {name for formulas, _ in inline for formula in formulas for name in _called(formula)}
    used |= {made for node in statements if (made := _made(node, used))}
    used |= {getattr(goal.function.node, "name", "") for goal in training.goals if goal.function is not None}
    for node in statements:
        if isinstance(node, ast.FunctionDef):
            named = _is_loss(node.name)
            if named or (node.name in used and node.name not in _CALLED):
                yield _of_function(node, node.name, named)
        elif isinstance(node, ast.ClassDef) and (_is_loss(node.name) or node.name in used):
            for inner in node.body:
                if isinstance(inner, ast.FunctionDef) and inner.name in _CALLED:
                    yield _of_function(inner, node.name, _is_loss(node.name))
    for formulas, scope in inline:
        yield LossCode("", tuple(formulas), _bound(scope), _asked(scope), False)


def is_overlap(name: str) -> bool:
    """Whether a loss is one of overlap, by its name."""
    return any(word in name.lower() for word in ("dice", "iou", "jaccard", "tversky"))


def _made(node: ast.stmt, used: Set[str]) -> str:
    """What a name that is called for the loss was bound to: a function, or an object of a class."""
    if not isinstance(node, ast.Assign):
        return ""
    names = {getattr(target, "attr", getattr(target, "id", "")) for target in node.targets}
    if not names & used:
        return ""
    value = node.value
    while isinstance(value, ast.Call):
        value = value.func.value if isinstance(value.func, ast.Attribute) else value.func
    return value.id if isinstance(value, ast.Name) else ""


def _scopes(statements: Iterable[ast.stmt], tree: ast.Module) -> Iterator[list[ast.stmt]]:
    """Statements that share their names: those of the module and those of each function."""
    functions = [node for node in statements if isinstance(node, ast.FunctionDef)]
    for body in (tree.body, *(function.body for function in functions)):
        found: list[ast.stmt] = []
        waiting = list(body)
        while waiting:
            node = waiting.pop(0)
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                continue
            found.append(node)
            for name in ("body", "orelse", "finalbody"):
                waiting += getattr(node, name, None) or []
            for handler in getattr(node, "handlers", ()):
                waiting += handler.body
        yield found


def _is_loss(name: str) -> bool:
    low = name.lower()
    return any(word in low for word in _NAMES) and not any(word in low for word in _OTHERS)


def _of_function(node: ast.FunctionDef, name: str, named: bool) -> LossCode:
    inside = [inner for inner in ast.walk(node) if isinstance(inner, ast.stmt)]
    asked = _asked(ast.walk(node))
    return LossCode(name, (node,), _bound(inside), asked, named)


def _bound(statements: Iterable[ast.AST]) -> Mapping[str, ast.expr]:
    return {
        node.targets[0].id: node.value
        for node in statements
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name)
    }


def _asked(nodes: Iterable[ast.AST]) -> frozenset[str]:
    tests = [node.test for node in nodes if isinstance(node, ast.If | ast.IfExp | ast.Assert | ast.While)]
    return frozenset(inner.id for test in tests for inner in ast.walk(test) if isinstance(inner, ast.Name))


def _minimised(statements: Sequence[ast.stmt]) -> list[ast.expr | ast.stmt]:
    """Expressions of which gradients are taken, with those that their names stand for."""
    found: list[ast.expr | ast.stmt] = []
    for node in statements:
        value = node.value if isinstance(node, ast.Expr | ast.Assign) else None
        if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute):
            found += _scored(value, value.func)
    if not found:
        return []
    names: set[str] = set()
    assigned: dict[str, list[ast.expr | ast.stmt]] = {}
    for node in statements:
        if isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Name):
                    assigned.setdefault(target.id, []).append(node.value)
        elif isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
            assigned.setdefault(node.target.id, []).append(node)
    wanted = list(found)
    while wanted:
        for name in _terms(wanted.pop()):
            if name not in names:
                names.add(name)
                found += assigned.get(name, [])
                wanted += assigned.get(name, [])
    return found


def _scored(call: ast.Call, function: ast.Attribute) -> list[ast.expr | ast.stmt]:
    """What a call takes the gradients of."""
    if function.attr == "backward":
        owner = function.value
        if isinstance(owner, ast.Call) and isinstance(owner.func, ast.Attribute) and owner.func.attr == "scale":
            return list(owner.args[:1])
        return list(call.args[:1]) if call.args and isinstance(call.args[0], ast.Name) else [owner]
    return list(call.args[:1]) if function.attr in ("gradient", "minimize") else []


def _terms(node: ast.expr | ast.stmt) -> Iterator[str]:
    """Names that are added up or scaled on the way to what is minimised."""
    if isinstance(node, ast.Name):
        yield node.id
    elif isinstance(node, ast.AugAssign):
        yield from _terms(node.value)
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub | ast.Mult | ast.Div):
        yield from _terms(node.left)
        yield from _terms(node.right)
    elif isinstance(node, ast.UnaryOp):
        yield from _terms(node.operand)
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ("mean", "sum"):
        yield from _terms(node.func.value)
    elif isinstance(node, ast.Call) and getattr(node.func, "attr", "") in ("reduce_mean", "reduce_sum") and node.args:
        yield from _terms(node.args[0])


def _called(node: ast.AST) -> Iterator[str]:
    for inner in ast.walk(node):
        if isinstance(inner, ast.Call):
            if isinstance(inner.func, ast.Name):
                yield inner.func.id
            elif isinstance(inner.func, ast.Attribute) and getattr(inner.func.value, "id", "") == "self":
                yield inner.func.attr
