"""Arithmetic on what values stand for: numbers, arrays that are scaled, losses that are added."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from dataclasses import replace

from triage.intake.scripts.aims import ERROR, MIXED, RESIDUAL, Aim, together, turned
from triage.intake.scripts.bare_weights import multiplied
from triage.intake.scripts.buffers import changed
from triage.intake.scripts.class_counts import CLASSES, FEWER, noted
from triage.intake.scripts.gradients import reached, severed_of
from triage.intake.scripts.label_values import shifted_labels
from triage.intake.scripts.likeness import alike, is_unit
from triage.intake.scripts.optimizers import Parameters
from triage.intake.scripts.paths import Place, joined_path, joined_text
from triage.intake.scripts.source import Spot
from triage.intake.scripts.trace import Call, Run
from triage.intake.scripts.values import (
    Array,
    Items,
    Known,
    Layer,
    Tensor,
    Term,
    Unknown,
    Value,
    number,
    text,
)

__all__ = [
    "arithmetic_layer", "combined", "compared", "inverted", "kind_of_statistic", "masked", "negated", "scaled_by",
]  # fmt: skip

_OPERATORS: Mapping[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
}

LARGEST_POWER = 64

_RISING = frozenset({"likelihood", "likeness"})
"""Aims of what rises as the fit gets better, of which nothing is said where more is added."""

MOST_TERMS, MOST_ITEMS = 64, 2000
"""Losses of a sum and items of a list that are kept."""


def combined(run: Run, op: ast.operator, left: Value, right: Value, spot: Spot) -> Value:
    """What comes of two values and an operator."""
    if isinstance(op, ast.Add | ast.Div) and (_is_path(left) or _is_path(right)):
        parts = (left, right)
        return joined_path(parts) if isinstance(op, ast.Div) else joined_text(parts)
    if isinstance(op, ast.MatMult):
        multiplied(run, [left, right], spot)
    if isinstance(left, Known) and isinstance(right, Known):
        return _constants(run, op, left, right)
    if (gradients := changed(op, left, right)) is not None:
        return gradients
    if isinstance(left, Tensor) or isinstance(right, Tensor):
        return _tensors(op, left, right, spot)
    if isinstance(left, Unknown) and left.name == CLASSES and isinstance(op, ast.Sub) and number(right) == 1:
        return noted(run, FEWER, spot)
    if isinstance(left, Array):
        return _array(op, left, right, spot)
    if isinstance(right, Array):
        return replace(right, classes=None, sure=False, dims=right.dims if isinstance(left, Known) else None)
    if isinstance(left, Parameters) and isinstance(right, Parameters) and isinstance(op, ast.Add):
        owners = tuple(dict.fromkeys([*left.owners, *right.owners]))
        return Parameters(owners, whole=left.whole and right.whole, filtered=left.filtered or right.filtered)
    if isinstance(left, Items) and isinstance(op, ast.Add) and isinstance(right, Items):
        return _shortened([*left.values, *right.values], left.open or right.open, left.spot)
    if isinstance(left, Items) and isinstance(op, ast.Mult) and (times := number(right)) is not None and times <= 64:
        return _shortened(left.values * int(times), left.open, left.spot)
    return Unknown("arithmetic", run.tick())


def _is_path(value: Value) -> bool:
    return isinstance(value, Place) or text(value) is not None


def _shortened(values: list[Value], is_open: bool, spot: Spot | None) -> Items:
    return Items(values[:MOST_ITEMS], is_open or len(values) > MOST_ITEMS, spot)


def negated(run: Run, value: Value) -> Value:
    """The value with the other sign."""
    if (known := number(value)) is not None:
        return Known(-known, value.settled)
    if isinstance(value, Tensor):
        return replace(value, sign=-value.sign) if value.terms else _through(value, "neg", None)
    if isinstance(value, Array):
        return replace(value, scaled=(*value.scaled, ("neg", None, _NOWHERE)), sure=False)
    return Unknown("negative", run.tick())


def inverted(value: Value) -> Value:
    """The other truth value of each element: those that an array of truth values leaves out."""
    if isinstance(value, Unknown):
        return Unknown("inverted", value.born)
    return replace(value) if isinstance(value, Array) else value


def compared(run: Run, value: Value) -> Value:
    """A truth value for each element, of an array."""
    if isinstance(value, Array):
        return masked(value)
    return Unknown("comparison", run.tick())


def masked(value: Array) -> Array:
    """A truth value for each element, which may pick rows."""
    return replace(value, classes=None, scaled=(), sure=False, flow=(*value.flow, ("mask", None, _NOWHERE)))


def arithmetic_layer(name: str, spot: Spot | None, **facts: Value) -> Layer:
    """A step of own arithmetic on a tensor."""
    return Layer("arith", name, spot or _NOWHERE, "", None, facts)


def scaled_by(value: Array, kind: str, by: Value, spot: Spot) -> Array:
    """The array after a change of scale."""
    return replace(value, scaled=(*value.scaled, (kind, by, spot)))


def kind_of_statistic(call: Call, position: int) -> str:
    """Whether a mean or the like is one over the samples, or one of each sample, by the axis it is taken over."""
    axis = call.get(position, "axis", "dim")
    sizes = axis.values if isinstance(axis, Items) else [axis]
    numbers = [number(size) for size in sizes]
    return "statistic" if any(size is None or size == 0 for size in numbers) else "own_statistic"


_NOWHERE = Spot(None, 0)  # type: ignore[arg-type]


def _constants(run: Run, op: ast.operator, left: Known, right: Known) -> Value:
    one, other = number(left), number(right)
    compute = _OPERATORS.get(type(op))
    if one is None or other is None or compute is None or (isinstance(op, ast.Pow) and abs(other) > LARGEST_POWER):
        return Unknown("constant", run.tick())
    try:
        found = Known(compute(one, other), left.settled and right.settled)
    except (ArithmeticError, TypeError, ValueError):
        return Unknown("constant", run.tick())
    return found if number(found) is not None else Unknown("constant", run.tick())


def _tensors(op: ast.operator, left: Value, right: Value, spot: Spot) -> Tensor:
    if isinstance(left, Tensor) and isinstance(right, Tensor):
        return _two(op, left, right, spot)
    if isinstance(left, Tensor):
        return _with_other(op, left, right, spot, first=True)
    return _with_other(op, right, left, spot, first=False)


def _with_other(op: ast.operator, tensor: Tensor, other: Value, spot: Spot, *, first: bool) -> Tensor:
    """A tensor and something that is none, whichever stands first."""
    if isinstance(op, ast.Add | ast.Sub):
        return _shifted(op, tensor, other, spot, first=first)
    if isinstance(op, ast.Mult) or (isinstance(op, ast.Div) and first):
        if tensor.terms:
            return _weighted(op, tensor, other)
        scaled = _through(tensor, "mul" if isinstance(op, ast.Mult) else "div", spot)
        if (number(other) or 0) < 0:
            scaled = replace(scaled, aim=turned(scaled.aim))
        return scaled if isinstance(op, ast.Mult) else replace(scaled, shrunk=(*tensor.shrunk, other))
    names = {ast.Div: "reciprocal", ast.MatMult: "matmul", ast.Pow: "pow" if first else "other"}
    return _through(tensor, names.get(type(op), "other"), spot)


def _shifted(op: ast.operator, tensor: Tensor, other: Value, spot: Spot, *, first: bool) -> Tensor:
    value = number(other)
    sign = -tensor.sign if isinstance(op, ast.Sub) and not first else tensor.sign
    if tensor.terms:
        extra = () if isinstance(other, Known) else (Term("", "", spot, sign=sign),)
        return replace(tensor, sign=sign, terms=(*tensor.terms, *extra)[:MOST_TERMS])
    if value is not None and abs(value) <= 1e-3:
        return _through(tensor, "bounded", spot)
    if value == 1 and isinstance(op, ast.Sub) and not first:
        return _through(tensor, "complement", spot)
    step = arithmetic_layer("add" if isinstance(op, ast.Add) else "sub", spot)
    if isinstance(other, Array):
        step.facts.update(other=other, reshaped=tensor.reshaped)
    found = tensor.behind(step)
    if isinstance(op, ast.Sub) and tensor.aim is None and tensor.cut is None and tensor.path and _is_target(other):
        return replace(found, aim=RESIDUAL)
    if tensor.aim is not None and tensor.aim.kind in _RISING and not isinstance(other, Known):
        return replace(found, aim=MIXED)
    return replace(found, aim=turned(found.aim)) if isinstance(op, ast.Sub) and not first else found


def _is_target(value: Value) -> bool:
    """Whether it may be what an output is compared with."""
    return isinstance(value, Array | Unknown)


def _weighted(op: ast.operator, tensor: Tensor, other: Value) -> Tensor:
    """A loss times or by a number."""
    value = number(other)
    sign = -tensor.sign if value is not None and value < 0 else tensor.sign
    shrinks = isinstance(op, ast.Div) or value is None or 0 < abs(value) < 1
    return replace(tensor, sign=sign, shrunk=(*tensor.shrunk, other) if shrinks else tensor.shrunk)


def _two(op: ast.operator, left: Tensor, right: Tensor, spot: Spot) -> Tensor:
    models, cut = reached((left, right))
    if isinstance(op, ast.Add | ast.Sub) and (left.terms or right.terms):
        terms = [replace(term, sign=term.sign * left.sign) for term in left.terms]
        turn = -right.sign if isinstance(op, ast.Sub) else right.sign
        terms += [replace(term, sign=term.sign * turn) for term in right.terms]
        for side, sign in ((left, left.sign), (right, turn)):
            if not side.terms:
                terms.append(Term("", "", spot, sign=sign))
        longer = left if left.terms else right
        severed = severed_of((left, right))
        shrunk = left.shrunk or right.shrunk
        aim = MIXED if left.aim or right.aim else None
        return Tensor(longer.path, models, tuple(terms[:MOST_TERMS]), 1, shrunk, cut, severed=severed, aim=aim)
    longer = left if len(left.path) >= len(right.path) else right
    names = {ast.Add: "plus", ast.Sub: "minus", ast.Mult: "times", ast.Div: "over"}
    terms_kept = (*left.terms, *right.terms)[:MOST_TERMS]
    step = Layer("merge" if isinstance(op, ast.Add) else "arith", names.get(type(op), "other"), spot, "", None)
    step.facts["denominator"] = right if isinstance(op, ast.Div) else None
    severed, aim = severed_of((left, right)), _aim_of_two(op, left, right)
    return Tensor((*longer.path, step), models, terms_kept, 1, (), cut, longer.data, severed, aim)


def _aim_of_two(op: ast.operator, left: Tensor, right: Tensor) -> Aim | None:
    """What is asked of a formula of two tensors; output less target is a residual."""
    one, other = left.aim, right.aim
    if isinstance(op, ast.Mult) and is_unit(left) and is_unit(right):
        return alike(left, right)
    if one is None and other is None:
        outputs = [bool(side.path) and side.cut is None for side in (left, right)]
        return RESIDUAL if isinstance(op, ast.Sub) and outputs[0] is not outputs[1] else None
    if isinstance(op, ast.Add | ast.Sub):
        kinds = [aim.kind if aim is not None else "" for aim in (one, other)]
        if kinds != ["likeness", "likeness"] and any(kind in _RISING for kind in kinds):
            return MIXED
        return together(one, turned(other) if isinstance(op, ast.Sub) else other)
    if isinstance(op, ast.Mult):
        if one is RESIDUAL and other is RESIDUAL and left.path == right.path:
            return ERROR
        return MIXED if one is not None and other is not None else one or other
    return one if isinstance(op, ast.Div) and other is None else MIXED


def _through(tensor: Tensor, name: str, spot: Spot | None) -> Tensor:
    return tensor.behind(arithmetic_layer(name, spot))


def _array(op: ast.operator, left: Array, right: Value, spot: Spot) -> Array:
    if isinstance(op, ast.Mod | ast.FloorDiv | ast.MatMult):
        return replace(left, classes=None, sure=False)
    kind = {ast.Div: "/", ast.Mult: "*", ast.Sub: "-", ast.Add: "+"}.get(type(op), "?")
    value: Value = number(right)
    if value is None and isinstance(right, Array | Unknown):
        value = right
    if kind == "*" and isinstance(value, int | float) and value:
        kind, value = "/", 1.0 / value
    classes = left.classes if kind in "+-" else None
    alike = not isinstance(right, Array | Unknown) or (isinstance(right, Array) and right.role == "statistic")
    alike = alike or (isinstance(right, Array) and right.dims == left.dims)
    dims = left.dims if alike else None
    found = replace(left, scaled=(*left.scaled, (kind, value, spot)), classes=classes, dims=dims)
    if classes is None:
        return found
    return shifted_labels(found, -value if kind == "-" and isinstance(value, int | float) else value, spot)
