"""The code of a program that works out what is minimised, and divides there."""

from __future__ import annotations

import ast
import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass

from triage.intake.scripts.source import Source
from triage.intake.scripts.statements import own_statements
from triage.intake.scripts.training import Training

__all__ = ["LossCode", "is_loss", "is_overlap", "loss_code"]

_NAMES = (
    "loss", "dice", "iou", "entropy", "likelihood", "nll", "criterion", "focal", "tversky", "contrastive", "triplet",
)  # fmt: skip
_OTHERS = ("plot", "metric", "train", "test", "eval", "val")
_CALLED = frozenset({"forward", "call", "__call__"})
_STEPS = frozenset({"mean", "sum", "reduce_mean", "reduce_sum", "abs", "square", "sqrt", "pow"})
"""What is done to a term on the way to what is minimised."""

_DIVIDES = re.compile("/|div")
_TAKES = re.compile(r"\.(?:backward|gradient|minimize)\(")


@dataclass(frozen=True, slots=True, eq=False)
class LossCode:
    """A function that is a loss, or the statements of a loop that work one out.

    Args:
        name: of the function or its class; empty for statements.
        nodes: the code, with all that is inside.
        around: the code that it shares its names with.
        bound: what single names stand for.
        named: whether it is a loss by its name.

    """

    name: str
    nodes: Sequence[ast.AST]
    around: Sequence[ast.AST]
    bound: Mapping[str, ast.expr]
    named: bool

    def asked(self) -> frozenset[str]:
        """Names that a condition asks about."""
        tests = [node.test for node in self.around if isinstance(node, ast.If | ast.IfExp | ast.Assert | ast.While)]
        return frozenset(inner.id for test in tests for inner in ast.walk(test) if isinstance(inner, ast.Name))


def loss_code(training: Training, source: Source, mark: re.Pattern[str]) -> Iterator[LossCode]:
    """Functions that are losses by name or by use, then what is worked out where gradients are taken.

    Only code with a division and a line with the mark in it is looked at.
    """
    dividing = _lines_with(_DIVIDES, source)
    if not dividing or not mark.search(source.text):
        return
    statements = source.statements
    inline = [(formulas, scope) for scope in _scopes(statements, source) if (formulas := _minimised(scope))]
    used = {name for formulas, _ in inline for formula in formulas for name in _called(formula)}
    used |= {made for node in statements if isinstance(node, ast.Assign) and (made := _made(node, used))}
    used |= {getattr(goal.function.node, "name", "") for goal in training.goals if goal.function is not None}
    for node in statements:
        if isinstance(node, ast.FunctionDef):
            if not _spans(node, dividing) or not mark.search(source.code_of(node)):
                continue
            named = is_loss(node.name)
            if named or (node.name in used and node.name not in _CALLED):
                yield _of_function(node, node.name, named)
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Lambda):
            name = next((target.id for target in node.targets if isinstance(target, ast.Name)), "")
            if is_loss(name) or name in used:
                nodes = list(ast.walk(node.value))
                yield LossCode(name, nodes, nodes, {}, is_loss(name))
        elif isinstance(node, ast.ClassDef):
            named = is_loss(node.name) or any(is_loss(_last_name(base)) for base in node.bases)
            for inner in node.body if named or node.name in used else ():
                if isinstance(inner, ast.FunctionDef) and inner.name in _CALLED:
                    yield _of_function(inner, node.name, named)
    for formulas, scope in inline:
        if not any(_spans(formula, dividing) for formula in formulas):
            continue
        nodes = [inner for formula in formulas for inner in ast.walk(formula)]
        yield LossCode("", nodes, scope, _bound(scope), False)


def is_loss(name: str) -> bool:
    """Whether a function or a class is a loss, by its name, and nothing that shows or measures one."""
    low = name.lower()
    return any(word in low for word in _NAMES) and not any(word in low for word in _OTHERS)


def is_overlap(name: str) -> bool:
    """Whether a loss is one of overlap, by its name."""
    return any(word in name.lower() for word in ("dice", "iou", "jaccard", "tversky"))


def _made(node: ast.Assign, used: Set[str]) -> str:
    """What a name that is called for the loss was bound to: a function, or an object of a class."""
    if not any(getattr(target, "attr", None) in used or getattr(target, "id", None) in used for target in node.targets):
        return ""
    value = node.value
    while isinstance(value, ast.Call):
        value = value.func.value if isinstance(value.func, ast.Attribute) else value.func
    return value.id if isinstance(value, ast.Name) else ""


def _lines_with(pattern: re.Pattern[str], source: Source) -> list[int]:
    """Numbers of the lines that hold a pattern, which is within one line, in order."""
    text = source.text
    found: dict[int, None] = {}
    number, counted = 1, 0
    for match in pattern.finditer(text):
        number += text.count("\n", counted, match.start())
        counted = match.start()
        found.setdefault(number)
    return list(found)


def _spans(node: ast.expr | ast.stmt, lines: Sequence[int]) -> bool:
    """Whether one of the lines, which are in order, is in the code."""
    index = bisect_left(lines, node.lineno)
    return index < len(lines) and lines[index] <= (node.end_lineno or node.lineno)


def _scopes(statements: Iterable[ast.stmt], source: Source) -> Iterator[list[ast.stmt]]:
    """Statements that share their names, those of the module and those of each function, where gradients are taken."""
    taking = _lines_with(_TAKES, source)
    if not taking:
        return
    functions = [node for node in statements if isinstance(node, ast.FunctionDef) and _spans(node, taking)]
    for body in (source.tree.body, *(function.body for function in functions)):
        yield list(own_statements(body))


def _last_name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _of_function(node: ast.FunctionDef, name: str, named: bool) -> LossCode:
    nodes = list(ast.walk(node))
    return LossCode(name, nodes, nodes, _bound(nodes), named)


def _bound(statements: Iterable[ast.AST]) -> Mapping[str, ast.expr]:
    return {
        node.targets[0].id: node.value
        for node in statements
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name)
    }


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
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow):
        yield from _terms(node.left)
    elif isinstance(node, ast.UnaryOp):
        yield from _terms(node.operand)
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _STEPS:
        yield from _terms(node.func.value)
        yield from (name for argument in node.args[:1] for name in _terms(argument))


def _called(node: ast.expr | ast.stmt) -> Iterator[str]:
    """Functions whose results are added up or scaled; what is worked out for them, such as outputs, is no loss."""
    if isinstance(node, ast.AugAssign):
        yield from _called(node.value)
    elif isinstance(node, ast.BinOp):
        yield from _called(node.left)
        yield from _called(node.right)
    elif isinstance(node, ast.UnaryOp):
        yield from _called(node.operand)
    elif isinstance(node, ast.Call):
        function = node.func
        if isinstance(function, ast.Name):
            yield function.id
        elif isinstance(function, ast.Attribute) and getattr(function.value, "id", "") == "self":
            yield function.attr
        elif isinstance(function, ast.Attribute) and function.attr in ("mean", "sum", "reduce_mean", "reduce_sum"):
            yield from _called(function.value)
            yield from (name for argument in node.args[:1] for name in _called(argument))
