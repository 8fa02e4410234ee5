"""Losses of the program's own making that divide an error by what was to be predicted, which may be zero."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from triage.intake.scripts.loss_code import LossCode
from triage.intake.scripts.source import Source
from triage.intake.scripts.written_calls import arguments_of, name_of_call

__all__ = ["DIFFERING", "relative_divisions"]

DIFFERING = r" - |sub\(|subtract\(|difference\(|l1_loss\(|mse_loss\(|absolute_error\(|squared_error\("
"""Lines without which no error is worked out."""

_DIFFERENCES = frozenset({"sub", "subtract", "squared_difference", "l1_loss", "mse_loss"})
_SHAPED = frozenset(
    {
        "abs", "absolute", "square", "pow", "abs_", "float", "double", "to", "cast", "detach", "view", "reshape", "neg",
        "squeeze", "unsqueeze", "flatten", "mean", "sum", "reduce_mean", "reduce_sum", "sqrt", "type", "astype",
    }
)  # fmt: skip
"""Calls that leave zero what it is."""

_SUMMED = frozenset({"sum", "mean", "reduce_sum", "reduce_mean"})

_ASKED = re.compile(r"isfinite|isnan|isinf|nan_to_num|nanmean|nonzero|divide_no_nan|finfo|epsilon|\beps\b")
"""What tells that somebody thought of zeros."""

_ASKING = frozenset({"ne", "gt", "where", "clamp_", "cond", "log", "exp"})
_PICKED = re.compile(r"\[.*(?:> *0|!= *0|>= *1)\b.*\]|query\(.*> *0")
"""Lines that pick what is greater than, or other than, zero."""

DEEPEST = 5


def relative_divisions(code: LossCode, source: Source) -> Iterator[ast.expr]:
    """Errors that are divided by one of the two sides they are taken of, where nothing keeps that from zero."""
    for division in _relative(code):
        if not _told_apart(code, source, division):
            yield division


def _relative(code: LossCode) -> Iterator[ast.expr]:
    """Divisions of a difference by one of its sides, or by the sizes of both."""
    for node in code.nodes:
        pair: tuple[ast.expr, ast.expr] | None = None
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
            pair = node.left, node.right
        elif isinstance(node, ast.Call) and name_of_call(node) in ("div", "divide", "true_divide", "truediv"):
            given = arguments_of(node)
            pair = (given[0], given[1]) if len(given) >= 2 else None
        if pair is None:
            continue
        sides = _sides(pair[0], code, 0)
        below = _bare(pair[1], code, 0)
        if sides is not None and below is not None and below and below <= sides:
            assert isinstance(node, ast.expr)
            yield node


def _sides(node: ast.expr, code: LossCode, depth: int) -> set[str] | None:
    """What a difference is taken of; None where there is none."""
    if depth > DEEPEST:
        return None
    if isinstance(node, ast.Name) and (made := _made(node, code)) is not None:
        return _sides(made, code, depth + 1)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub):
        return {ast.unparse(_plain(side)) for side in (node.left, node.right)}
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow | ast.Mult):
        found = _sides(node.left, code, depth + 1)
        return found if found is not None or isinstance(node.op, ast.Pow) else _sides(node.right, code, depth + 1)
    if isinstance(node, ast.UnaryOp):
        return _sides(node.operand, code, depth + 1)
    if not isinstance(node, ast.Call):
        return None
    if name_of_call(node) in _DIFFERENCES:
        return {ast.unparse(_plain(side)) for side in arguments_of(node)[:2]}
    inner = arguments_of(node)[:1] if name_of_call(node) in _SHAPED else []
    return _sides(inner[0], code, depth + 1) if inner else None


def _bare(node: ast.expr, code: LossCode, depth: int) -> set[str] | None:
    """The names of which a divisor is the size, with nothing added that keeps it from zero; None for all else."""
    if depth > DEEPEST:
        return None
    if isinstance(node, ast.Call):
        inner = arguments_of(node)[:1] if name_of_call(node) in _SHAPED - _SUMMED else []
        return _bare(inner[0], code, depth + 1) if inner else None
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow):
        return _bare(node.left, code, depth + 1)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div | ast.Mult):
        constant = isinstance(node.right, ast.Constant)
        kept = node.left if constant else node.right if isinstance(node.left, ast.Constant) else None
        return _bare(kept, code, depth + 1) if kept is not None else None
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        one, other = _bare(node.left, code, depth + 1), _bare(node.right, code, depth + 1)
        return one | other if one and other else None
    if isinstance(node, ast.Name) and (made := _made(node, code)) is not None:
        return {node.id} if ast.unparse(_plain(made)) == node.id else _bare(made, code, depth + 1)
    return {ast.unparse(node)} if isinstance(node, ast.Name | ast.Attribute) else None


def _made(name: ast.Name, code: LossCode) -> ast.expr | None:
    """What a name was bound to, by itself or beside others."""
    if name.id in code.bound:
        return code.bound[name.id]
    for node in code.around:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Tuple):
            for target in node.targets:
                names = [getattr(part, "id", "") for part in getattr(target, "elts", ())]
                if name.id in names and len(names) == len(node.value.elts):
                    return node.value.elts[names.index(name.id)]
    return None


def _plain(node: ast.expr) -> ast.expr:
    """What is inside of calls for shape and type."""
    while isinstance(node, ast.Call) and name_of_call(node) in _SHAPED and arguments_of(node):
        node = arguments_of(node)[0]
    return node


def _told_apart(code: LossCode, source: Source, division: ast.expr) -> bool:
    """Whether the program leaves zeros out, or asks about them."""
    names = {inner.id for inner in ast.walk(division) if isinstance(inner, ast.Name)}
    if names & code.asked():
        return True
    asking = [node for node in code.around if isinstance(node, ast.Compare) or name_of_call(node) in _ASKING]
    if any(names & {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)} for node in asking):
        return True
    first, last = division.lineno - 12, (division.end_lineno or division.lineno) + 6
    return any(_ASKED.search(line) for line in source.lines[max(0, first) : last]) or _keeps_positive(source)


def _keeps_positive(source: Source) -> bool:
    """Whether samples are picked by what is greater than, or other than, zero."""
    return any(_PICKED.search(line) for line in source.lines)
