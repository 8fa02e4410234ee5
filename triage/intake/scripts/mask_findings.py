"""Data that are given to the network whole, with masks for training and testing: whether the loss keeps to its mask."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping

from triage.intake.found import Found, shows
from triage.intake.scripts.source import Source
from triage.intake.scripts.statements import statements_of
from triage.intake.scripts.training import Training

__all__ = ["mask_findings"]

_PARTS = r"mask|idx|index|indices|ids|nodes|rows"
_SIDES = r"val|valid|validation|dev|test"
_HELD = re.compile(rf"(?:(?:{_SIDES})_?(?:{_PARTS})|(?:{_PARTS})_(?:{_SIDES}))\b|\[.(?:{_SIDES}).\]")
"""Names of the rows that are held out."""

_KEPT = re.compile(rf"train|{_PARTS}|labell?ed|batch|seed|weight|where|\[(?![\d'\"])")
"""What tells that a loss is taken of a part of the rows."""

_EDGES = re.compile(r"edge_\w+")
"""Edges of a graph, which are numbers of nodes as well."""

DEEPEST = 4


def mask_findings(training: Training) -> Iterator[Found]:
    """A loss over all rows in a program that holds some of the same rows out by a mask."""
    nodes = {event.facts["term"]: event.facts["node"] for event in training.run.of("loss")}
    for goal in training.goals:
        node = nodes.get(goal.term)
        loops = goal.event.loops
        if goal.term is None or node is None or any(loop.bounds is None for loop in loops):
            continue
        source = goal.term.spot.source
        if not _HELD.search(source.text):
            continue
        whole = [ast.unparse(part) for part in node.args if isinstance(part, ast.Name | ast.Attribute)]
        if whole and not _keeps_to_a_part(node, source) and any(_is_held_out_of(name, source) for name in whole):
            message = "The loss is taken of all rows, those that are held out by a mask among them."
            yield shows("find_leaked_samples", "found", message, goal.term.spot.place(), 0.9)
            return


def _keeps_to_a_part(call: ast.Call, source: Source) -> bool:
    """Whether the loss, or what is made of it before the gradient is taken, speaks of a part of the rows."""
    body = _around(call, source)
    steps = [node for node in body if isinstance(node, ast.AugAssign | ast.Assign)]
    made = next((node for node in steps if any(inner is call for inner in ast.walk(node.value))), None)
    name = getattr(made.targets[0], "id", "") if isinstance(made, ast.Assign) else ""
    later = [ast.unparse(node.value).replace(name, "") for node in steps if node is not made and name in _read(node)]
    beside = ast.unparse(made.value).replace(ast.unparse(call), "") if made is not None else ""
    words = [beside, *_words(call, _bound(body), 0), *(later if name else ())]
    return any(_KEPT.search(_EDGES.sub("", text)) for text in words)


def _around(call: ast.Call, source: Source) -> list[ast.stmt]:
    """Statements of the innermost function around a call, or of the module."""
    functions = [
        node
        for node in source.statements
        if isinstance(node, ast.FunctionDef) and node.lineno <= call.lineno <= (node.end_lineno or node.lineno)
    ]
    return list(statements_of(functions[-1].body)) if functions else list(source.statements)


def _bound(body: list[ast.stmt]) -> Mapping[str, ast.expr]:
    """What names were bound to, one by one or several at once."""
    found: dict[str, ast.expr] = {}
    for node in body:
        if isinstance(node, ast.Assign):
            for target in node.targets:
                found.update(_pairs(target, node.value))
    return found


def _pairs(target: ast.expr, value: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    if isinstance(target, ast.Name):
        yield target.id, value
    elif isinstance(target, ast.Tuple):
        each = isinstance(value, ast.Tuple) and len(value.elts) == len(target.elts)
        for index, part in enumerate(target.elts):
            yield from _pairs(part, value.elts[index] if each and isinstance(value, ast.Tuple) else value)


def _words(node: ast.expr, bound: Mapping[str, ast.expr], depth: int) -> Iterator[str]:
    """An expression as it is written, with what its names stand for; the name of a network says nothing."""
    inner = node.args if isinstance(node, ast.Call) else [node]
    for part in inner:
        yield ast.unparse(part)
        names = [leaf.id for leaf in ast.walk(part) if isinstance(leaf, ast.Name)]
        for name in names if depth < DEEPEST else ():
            if name in bound and bound[name] is not node:
                yield from _words(bound[name], bound, depth + 1)
    for word in node.keywords if isinstance(node, ast.Call) else ():
        yield ast.unparse(word)


def _read(node: ast.Assign | ast.AugAssign) -> set[str]:
    return {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)}


def _is_held_out_of(name: str, source: Source) -> bool:
    """Whether the rows of the same labels, or what they are compared with, are picked by a mask elsewhere."""
    picked = re.compile(rf"(?<![\w.]){re.escape(name)}\s*\[[^\]]*\b\w+\]|==\s*{re.escape(name)}(?![\w.\[])"
                        rf"|(?<![\w.]){re.escape(name)}\s*==")  # fmt: skip
    return any(picked.search(line) for line in source.lines)
