"""Losses of the program's own making that divide by what a batch can make zero."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping

from triage.intake.found import Found, shows
from triage.intake.scripts.loss_code import LossCode, is_overlap, loss_code
from triage.intake.scripts.relative_errors import DIFFERING, relative_divisions
from triage.intake.scripts.source import Source, Spot
from triage.intake.scripts.training import Training
from triage.intake.scripts.written_calls import arguments_of, name_of_call, under_root

__all__ = ["division_findings"]

_BOUNDS = ("clamp", "clip", "max", "maximum", "clamp_min", "where", "clip_by_value", "nan_to_num")
_POSITIVE = ("exp", "softmax", "softplus", "sigmoid", "cosh", "size", "shape", "numel", "len", "ones")
_SUMS = frozenset({"sum", "reduce_sum", "count_nonzero", "norm", "std", "var", "bincount"})
_MARK = re.compile(rf"sum\(|count_nonzero|norm\(|std\(|var\(|bincount\(|{DIFFERING}")
"""Lines without which no divisor here is zero."""

_KEPT = frozenset({"float", "double", "half", "item", "to", "type", "cast", "astype", "long", "int", "detach"})
"""Calls that leave a number what it is."""

_GUARDS = frozenset({"where", "cond", "nan_to_num", "divide_no_nan"})
_DIVISIONS = frozenset({"div", "divide", "true_divide", "div_"})
_MASKS = re.compile(
    r"(?<![a-z])(?:n_)?(?:mask|valid|observed|visible|present|positive|foreground|known|is_?finite|is_?nan)(?!ation)"
    r"|not_equal\(|greater\w*\(|less\w*\(| [<>!=]=? | == |\.(?:gt|ne|eq|lt|ge|le)\("
)
"""What tells that a sum counts those of a batch for which something holds."""

_TOKENS = ("Embedding(", "transformers", "vocab", "tokenizer", "input_ids")
"""What tells that the samples are texts, in which there is always a token that is no padding."""

DEEPEST = 5


def division_findings(training: Training) -> Iterator[Found]:
    """Divisions by zero that a batch can bring about."""
    if not training.learns:
        return
    for source in training.run.sources:
        for code in loss_code(training, source, _MARK):
            for division, message in _divisions(code, source):
                spot = Spot(source, division.lineno)
                if not is_overlap(code.name):
                    yield shows(
                        "loss_function", "own_formula", "The loss is a formula of your own.", spot.place(), 0.95
                    )
                likelihood = {"zero_denominator": 0.75, "finite_on_replay": 0.15}
                yield Found("replay_failing_batch", likelihood, message, spot.place())
                return


def _divisions(code: LossCode, source: Source) -> Iterator[tuple[ast.expr | ast.stmt, str]]:
    for division in _bare_divisions(code, source):
        yield division, "The loss divides by a sum that can be zero."
    for division in relative_divisions(code, source):
        yield division, "The loss divides by what it is to predict, which can be zero."


def _bare_divisions(code: LossCode, source: Source) -> Iterator[ast.expr | ast.stmt]:
    """Divisions by a sum to which nothing is added, that nothing bounds and that is not asked about before."""
    pairs = [(node, pair) for node in code.nodes if (pair := _division(node)) is not None]
    pairs = [(node, pair) for node, pair in pairs if _can_be_zero(pair[1], code.bound, 0) and not _is_share(*pair)]
    if not pairs:
        return
    guarded = {id(inner) for node in code.nodes if name_of_call(node) in _GUARDS for inner in ast.walk(node)}
    asked = code.asked()
    for node, (_, below) in pairs:
        words = _words(below, code.bound, 0)
        if id(node) in guarded or asked & _names(below, code.bound, 0) or "weight" in words or "train_mask" in words:
            continue
        counts = _MASKS.search(words) is not None
        if (code.named or counts) and not (counts and any(t in line for line in source.lines for t in _TOKENS)):
            assert isinstance(node, ast.expr | ast.stmt)
            yield node


def _division(node: ast.AST) -> tuple[ast.expr, ast.expr] | None:
    """What is divided, and by what."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        return node.left, node.right
    if isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Div):
        return node.target, node.value
    if isinstance(node, ast.Call) and name_of_call(node) in _DIVISIONS:
        if len(node.args) == 2:
            return node.args[0], node.args[1]
        if len(node.args) == 1 and isinstance(node.func, ast.Attribute):
            return node.func.value, node.args[0]
    return None


def _can_be_zero(node: ast.expr, bound: Mapping[str, ast.expr], depth: int) -> bool:
    """Whether it is a sum, or a sum of sums, and nothing else."""
    if depth > DEEPEST:
        return False
    if isinstance(node, ast.Name) and node.id in bound:
        return _can_be_zero(bound[node.id], bound, depth + 1)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):
        return _can_be_zero(node.left, bound, depth + 1) and _can_be_zero(node.right, bound, depth + 1)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult) and _spreads(node, bound):
        return _can_be_zero(node.left, bound, depth + 1) or _can_be_zero(node.right, bound, depth + 1)
    if not isinstance(node, ast.Call):
        return False
    if (below := under_root(node)) is not None:
        return _can_be_zero(below, bound, depth + 1)
    name = name_of_call(node)
    if name in _KEPT:
        return any(_can_be_zero(below, bound, depth + 1) for below in arguments_of(node)[:1])
    if name not in _SUMS:
        return False
    words = _words(node, bound, 0)
    return not any(f"{word}(" in words or f".{word}" in words for word in (*_POSITIVE, *_BOUNDS))


def _spreads(node: ast.expr, bound: Mapping[str, ast.expr]) -> bool:
    """Whether it speaks of deviations from a mean, which are all zero where a batch is constant."""
    words = _words(node, bound, 0)
    return any(word in words for word in ("mean(", "std(", "var("))


def _words(node: ast.expr, bound: Mapping[str, ast.expr], depth: int) -> str:
    """The expression as it is written, with what its names stand for."""
    words = [ast.unparse(node)]
    if depth < DEEPEST:
        inner = [n.id for n in ast.walk(node) if isinstance(n, ast.Name) and n.id in bound]
        words += [_words(bound[name], bound, depth + 1) for name in dict.fromkeys(inner)]
    return " ".join(words)


def _names(node: ast.expr, bound: Mapping[str, ast.expr], depth: int) -> set[str]:
    found = {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)}
    if depth < DEEPEST:
        for name in list(found):
            if name in bound:
                found |= _names(bound[name], bound, depth + 1)
    return found


def _is_share(left: ast.expr, below: ast.expr) -> bool:
    """Whether something is divided by its own sum, as weights are."""
    words = ast.unparse(left)
    own = [f"{words}.{name}" for name in ("sum", "norm", "std", "var")]
    return (len(words) < 60 and any(word in ast.unparse(below) for word in own)) or (
        f"({words}" in ast.unparse(below) and isinstance(left, ast.Name)
    )
