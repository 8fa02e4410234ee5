"""Losses of the program's own making: logarithms of what may be zero, divisions by what may be zero."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from triage.intake.found import Found, shows
from triage.intake.scripts.source import Source, Spot
from triage.intake.scripts.statements import statements_of
from triage.intake.scripts.trace import Event
from triage.intake.scripts.training import Training
from triage.intake.scripts.values import Layer, Tensor

__all__ = ["formula_findings"]

_NAMES = ("loss", "dice", "iou", "entropy", "likelihood", "nll", "criterion", "crossentropy", "focal", "tversky")
_BOUNDS = ("clamp", "clip", "max", "maximum", "clamp_min", "where", "clip_by_value", "nan_to_num")
_SUMS = frozenset({"sum", "reduce_sum", "count_nonzero", "norm", "std", "var", "mean"})
_POSITIVE = ("exp", "softmax", "softplus", "sigmoid", "cosh", "size", "shape", "numel", "len", "ones")


def formula_findings(training: Training) -> Iterator[Found]:
    """Findings of formulas that a batch can break."""
    for event in training.run.of("log"):
        if _bare(training, event):
            message = "The loss takes the logarithm of an output that can be zero."
            yield shows("loss_function", "own_formula", "The loss is a formula of your own.", event.spot.place(), 0.95)
            likelihood = {"log_of_non_positive": 0.75, "finite_on_replay": 0.15}
            yield Found("replay_failing_batch", likelihood, message, event.spot.place())
            break
    for event in training.run.of("root"):
        subject = event.subject
        if isinstance(subject, Tensor) and subject.models and event.no_gradient is None and not _bounded(subject):
            training.run.note(f"Line {event.spot.line}: the slope of {event.facts['name']} is infinite at zero.")
    for source in training.run.sources:
        found = list(_divisions(training, source))
        yield from found[:2]
        if found:
            return


def _bare(training: Training, event: Event) -> bool:
    """Whether the logarithm is of an output that nothing keeps from zero, on the way to the loss."""
    subject = event.subject
    if (
        not isinstance(subject, Tensor)
        or event.no_gradient is not None
        or event.facts["name"] in ("log1p", "logsumexp")
    ):
        return False
    if subject.cut is not None:
        return False
    path = subject.path
    if not path:
        return False
    last = path[-1]
    if last.kind == "arith" and last.name == "complement":
        return len(path) > 1 and _is_probability(path[-2])
    return _is_probability(last) and _reaches(training, event)


def _bounded(subject: Tensor) -> bool:
    return bool(subject.path) and subject.path[-1].kind == "arith" and subject.path[-1].name in ("bounded", "add")


def _is_probability(layer: Layer) -> bool:
    if layer.kind == "activation":
        return layer.activation in ("softmax", "sigmoid", "relu")
    return layer.kind in ("dense", "conv") and layer.activation in ("softmax", "sigmoid", "relu")


def _reaches(training: Training, event: Event) -> bool:
    """Whether the logarithm is taken of what a network gave, or inside of its loss."""
    subject = event.subject
    if any(goal.function is not None for goal in training.goals):
        return True
    if subject.models:
        return any(backward.at > event.at for backward in training.backwards) or bool(list(training.run.of("gradient")))
    # Inside a network this is a log-softmax in two steps.
    return bool(training.backwards)


def _divisions(training: Training, source: Source) -> Iterator[Found]:
    if not training.backwards and not training.goals and not training.fits:
        return
    for node in statements_of(source.tree):
        if isinstance(node, ast.FunctionDef) and _is_loss(node):
            for division in _bare_divisions(node):
                kind = "overlap_loss" if _is_overlap(node) else "own_formula"
                spot = Spot(source, division.lineno)
                if kind == "own_formula":
                    message = "The loss is a formula of your own."
                    yield shows("loss_function", kind, message, spot.place(), 0.95)
                likelihood = {"zero_denominator": 0.75, "finite_on_replay": 0.15}
                message = "The loss divides by a sum that can be zero."
                yield Found("replay_failing_batch", likelihood, message, spot.place())
                return


def _is_overlap(node: ast.FunctionDef) -> bool:
    return any(word in node.name.lower() for word in ("dice", "iou", "jaccard", "tversky"))


def _is_loss(node: ast.FunctionDef) -> bool:
    name = node.name.lower()
    return any(word in name for word in _NAMES) and not any(
        w in name for w in ("plot", "metric", "train", "test", "eval", "val")
    )


def _bare_divisions(function: ast.FunctionDef) -> Iterator[ast.BinOp]:
    """Divisions by a sum to which nothing is added and that nothing bounds."""
    bound: dict[str, ast.expr] = {}
    for node in ast.walk(function):
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            bound[node.targets[0].id] = node.value
    for node in ast.walk(function):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
            below = bound.get(node.right.id, node.right) if isinstance(node.right, ast.Name) else node.right
            if _can_be_zero(below, bound, 0) and not _is_share(node.left, below):
                yield node


def _can_be_zero(node: ast.expr, bound: dict[str, ast.expr], depth: int) -> bool:
    """Whether it is a sum, or a sum of sums, and nothing else."""
    if depth > 4:
        return False
    if isinstance(node, ast.Name) and node.id in bound:
        return _can_be_zero(bound[node.id], bound, depth + 1)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return _can_be_zero(node.left, bound, depth + 1) and _can_be_zero(node.right, bound, depth + 1)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub):
        return _can_be_zero(node.left, bound, depth + 1) and _can_be_zero(node.right, bound, depth + 1)
    if isinstance(node, ast.Call):
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name == "float" and isinstance(node.func, ast.Attribute):
            return _can_be_zero(node.func.value, bound, depth + 1)
        if name not in _SUMS - {"mean"}:
            return False
        inside = ast.unparse(node)
        names = [bound[n.id] for n in ast.walk(node) if isinstance(n, ast.Name) and n.id in bound]
        inside += " ".join(ast.unparse(value) for value in names)
        words = (*_POSITIVE, *_BOUNDS)
        return not any(f"{word}(" in inside or f".{word}" in inside for word in words)
    return False


def _is_share(left: ast.expr, below: ast.expr) -> bool:
    """Whether something is divided by its own sum, as weights are."""
    words = ast.unparse(left)
    return (len(words) < 60 and f"{words}.sum" in ast.unparse(below)) or (
        f"({words}" in ast.unparse(below) and isinstance(left, ast.Name)
    )
