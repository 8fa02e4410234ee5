"""Losses of the program's own making with a root that has no slope at zero, as distances of two equal vectors have."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from triage.intake.found import Found
from triage.intake.scripts.loss_code import is_loss
from triage.intake.scripts.source import Source, Spot
from triage.intake.scripts.training import Training
from triage.intake.scripts.written_calls import arguments_of, name_of_call, under_root

__all__ = ["root_findings"]

_SUMS = frozenset({"sum", "reduce_sum"})
_AXES = frozenset({"dim", "axis"})
_SQUARES = frozenset({"pow", "square"})


def root_findings(training: Training) -> Iterator[Found]:
    """Findings of roots of sums of squared differences, to which nothing is added."""
    if not training.learns:
        return
    for source in training.run.sources:
        if "sqrt(" not in source.text:
            continue
        for function in _losses(source):
            bound = _bound(function)
            for node in ast.walk(function):
                if (below := under_root(node)) is not None and _is_distance(bound.get(_name(below), below), bound):
                    likelihood = {"zero_denominator": 0.75, "finite_on_replay": 0.15}
                    message = "The slope of this root is infinite where the distance is zero, and its gradient NaN."
                    yield Found("replay_failing_batch", likelihood, message, Spot(source, below.lineno).place())
                    return


def _losses(source: Source) -> Iterator[ast.FunctionDef]:
    """Functions that are losses by their names or by those of their classes."""
    for node in source.statements:
        if isinstance(node, ast.FunctionDef) and is_loss(node.name):
            yield node
        elif isinstance(node, ast.ClassDef) and is_loss(node.name):
            yield from (one for one in node.body if isinstance(one, ast.FunctionDef) and one.name != "__init__")


def _bound(function: ast.FunctionDef) -> dict[str, ast.expr]:
    """What names stand for that are bound once."""
    bindings = [node for node in ast.walk(function) if isinstance(node, ast.Assign)]
    names = [target.id for node in bindings for target in node.targets if isinstance(target, ast.Name)]
    return {
        target.id: node.value
        for node in bindings
        for target in node.targets
        if isinstance(target, ast.Name) and names.count(target.id) == 1
    }


def _is_distance(node: ast.expr, bound: dict[str, ast.expr]) -> bool:
    """Whether it is a sum over one dimension of squares of differences, and nothing else."""
    if not isinstance(node, ast.Call) or name_of_call(node) not in _SUMS:
        return False
    given = arguments_of(node)
    along = len(given) > 1 or any(word.arg in _AXES for word in node.keywords)
    if not given or not along:
        return False
    squared = _squared(bound.get(_name(given[0]), given[0]))
    difference = bound.get(_name(squared), squared) if squared is not None else None
    return isinstance(difference, ast.BinOp) and isinstance(difference.op, ast.Sub)


def _squared(node: ast.expr) -> ast.expr | None:
    """What a square is taken of."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow):
        return node.left if getattr(node.right, "value", None) == 2 else None
    given = arguments_of(node) if isinstance(node, ast.Call) and name_of_call(node) in _SQUARES else []
    return given[0] if given else None


def _name(node: ast.expr | None) -> str:
    return node.id if isinstance(node, ast.Name) else ""
