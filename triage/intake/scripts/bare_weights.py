"""Weights that a program makes itself, without a layer: `nn.Parameter`, tensors with a gradient, `tf.Variable`."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass

from triage.intake.scripts.buffers import Buffer
from triage.intake.scripts.initializers import FILLS, KERAS_FILLS, initializer_of
from triage.intake.scripts.parts import parts_of
from triage.intake.scripts.source import Spot
from triage.intake.scripts.trace import Call, Run
from triage.intake.scripts.values import Items, Known, Layer, Model, Unknown, Value
from triage.intake.scripts.written_calls import name_of_call

__all__ = [
    "PRODUCTS", "Weight", "added_weight", "asks_gradient", "made_weight", "multiplied", "refilled", "set_of_weights",
    "weight_method",
]  # fmt: skip

PRODUCTS = frozenset({"matmul", "mm", "bmm", "linear", "addmm", "einsum", "tensordot", "dot"})
"""Functions and methods that multiply matrices."""

_ALIKE = frozenset({"zeros", "ones", "full", "zeros_like", "ones_like", "full_like", "constant", "fill"})
_KEPT = frozenset({"requires_grad_", "to", "cuda", "float", "double", "clone", "detach", "t"})
_DRAWS = frozenset({"normal_", "uniform_", "trunc_normal_", "xavier_uniform_", "xavier_normal_", "kaiming_uniform_",
                    "kaiming_normal_", "orthogonal_", "eye_", "copy_", "sparse_", "dirac_"})  # fmt: skip


@dataclass(slots=True, eq=False)
class Weight:
    """Weights by themselves.

    Args:
        alike: whether all of them have one value.
        matrix: whether they have two dimensions.
        spot: where they are made.
        name: for those that ask any value for one.
        used: whether something is multiplied by them.

    """

    alike: bool
    matrix: bool
    spot: Spot
    name: str = "parameter"
    used: bool = False


def made_weight(run: Run, node: ast.expr | None, spot: Spot, subject: Value = None) -> Weight:
    """Weights that start as an expression says; `subject` is what stands for them where that is another value."""
    weight = Weight(_is_alike(node), _is_matrix(node), spot)
    run.happens("bare_weight", spot, subject or weight, weight=weight)
    return weight


def multiplied(run: Run, values: list[Value], spot: Spot) -> None:
    """Note that a product of matrices is taken, if it is one with such weights."""
    for value in values:
        if isinstance(value, Weight):
            value.used = True
        elif isinstance(value, Buffer):
            run.happens("bare_product", spot, value)


def refilled(weight: Weight, name: str) -> None:
    """What a function that sets weights in place leaves."""
    if name in FILLS or name in _DRAWS:
        weight.alike = name in FILLS


def weight_method(run: Run, owner: Weight, name: str, call: Call) -> Value | None:
    """What a method of weights yields; None for one that is not known."""
    refilled(owner, name)
    if name in _KEPT or name in FILLS or name in _DRAWS:
        return owner
    return Unknown(name, run.tick()) if name in ("expand", "repeat", "size", "numel") else None


def set_of_weights(run: Run, networks: Iterable[Model | Layer]) -> list[Weight]:
    """Matrices of weights that something is multiplied by, in the order in which they are made."""
    used = {id(event.subject) for event in run.of("bare_product")}
    made = [event.facts["weight"] for event in run.of("bare_weight") if id(event.subject) in used]
    held = [event.subject for event in run.of("bare_weight") if isinstance(event.subject, Weight)]
    for network in networks:
        held += [value for part in parts_of(network) for value in part.attributes.values() if isinstance(value, Weight)]
    made += [weight for weight in dict.fromkeys(held) if weight.used]
    return [weight for weight in made if weight.matrix]


def added_weight(run: Run, call: Call) -> Weight:
    """Weights of a layer of one's own ("Layer.add_weight", documentation of Keras)."""
    given, shape = call.named.get("initializer"), call.named.get("shape", call.get(0))
    matrix = isinstance(shape, Items) and len(shape.values) == 2
    weight = Weight(initializer_of(given) in KERAS_FILLS, matrix, call.spot)
    run.happens("bare_weight", call.spot, weight, weight=weight)
    return weight


def asks_gradient(call: Call) -> bool:
    """Whether a tensor is made with a gradient."""
    given = call.named.get("requires_grad")
    return isinstance(given, Known) and given.value is True


def _maker(node: ast.expr | None) -> ast.Call | None:
    """The call that makes the values, below those that only move or scale them."""
    while isinstance(node, ast.Call | ast.BinOp):
        if isinstance(node, ast.BinOp):
            node = node.left if isinstance(node.left, ast.Call | ast.BinOp) else node.right
        elif name_of_call(node) in _KEPT and isinstance(node.func, ast.Attribute):
            node = node.func.value
        else:
            return node
    return None


def _is_alike(node: ast.expr | None) -> bool:
    made = _maker(node)
    if node is None or made is None or name_of_call(made) not in _ALIKE:
        return False
    return not any(word in name_of_call(part) for part in ast.walk(node) for word in ("rand", "normal", "uniform"))


def _is_matrix(node: ast.expr | None) -> bool:
    made = _maker(node)
    if made is None:
        return False
    sizes: list[ast.expr] = list(made.args)
    given = next((word.value for word in made.keywords if word.arg in ("size", "shape", "dims")), None)
    if given is not None:
        sizes = [given]
    if sizes and isinstance(sizes[0], ast.Tuple | ast.List):
        sizes = list(sizes[0].elts)
    elif name_of_call(made) in ("full", "constant", "normal") or given is not None:
        return False
    return len(sizes) == 2 and not any(isinstance(size, ast.Constant) and size.value == 1 for size in sizes)
