"""How many dimensions arrays have, and how the outputs of a network are reshaped, as far as a program tells."""

from __future__ import annotations

from dataclasses import replace

from triage.intake.scripts.trace import Call
from triage.intake.scripts.values import Array, Items, Known, Tensor, Value, number

__all__ = ["RESHAPING", "column", "drawn_dims", "reshaped_array", "reshaped_tensor", "subscripted_tensor"]

RESHAPING = frozenset(
    {
        "reshape", "view", "squeeze", "squeeze_", "unsqueeze", "unsqueeze_", "flatten", "ravel", "expand_dims",
        "transpose", "permute", "t", "swapaxes", "movedim", "moveaxis", "atleast_2d", "view_as", "reshape_as",
        "expand_as", "expand", "repeat", "tile", "stack", "sum", "mean", "max", "min", "to_frame", "unfold",
    }
)  # fmt: skip
"""Methods and functions that may change the number of dimensions."""

_GONE = frozenset({"squeeze", "squeeze_", "flatten", "ravel"})
_MORE = frozenset({"unsqueeze", "unsqueeze_", "expand_dims"})


def reshaped_array(value: Array, name: str, args: list[Value]) -> Array:
    """The array after a method or a function of that name, with the arguments behind the array."""
    if name not in RESHAPING or (value.dims is None and name not in ("reshape", "view", "flatten", "ravel")):
        return value
    dims = value.dims
    if name in ("reshape", "view"):
        return replace(value, dims=_sizes(args))
    if name in _MORE or name == "to_frame":
        return replace(value, dims=dims + 1 if dims is not None else None)
    if name in ("squeeze", "squeeze_"):
        # Of a column one dimension is left; of more nobody can tell which go.
        return replace(value, dims=1 if dims in (1, 2) else None)
    return replace(value, dims=1 if name in ("flatten", "ravel") and not args else None)


def reshaped_tensor(value: Tensor, name: str, args: list[Value]) -> Tensor:
    """Outputs after a method or a function of that name, with the arguments behind the tensor."""
    if name not in RESHAPING or value.terms:
        return value
    flat = name in _GONE and all(number(size) in (-1, 1) for size in args)
    flat = flat or (name in ("reshape", "view") and _sizes(args) == 1)
    return replace(value, reshaped=("flat" if flat else "other", len(value.path)))


def subscripted_tensor(value: Tensor, key: Value) -> Tensor:
    """Outputs of which a part is picked."""
    if value.terms or isinstance(key, slice):
        return value
    picks = key.values if isinstance(key, Items) else []
    column_of = len(picks) == 2 and _is_whole(picks[0]) and number(picks[1]) in (0, -1)
    return replace(value, reshaped=("flat" if column_of else "other", len(value.path)))


def column(value: Array, key: Value) -> int | None:
    """Dimensions of what is picked from an array by column, name or row."""
    table = value.dims == 2 or any(name == "table" for name, _, _ in value.flow)
    if isinstance(key, Known) and isinstance(key.value, str):
        return 1 if value.dims == 2 else value.dims
    if isinstance(key, Known) and key.value in (None, Ellipsis):
        return value.dims + 1 if value.dims is not None and key.value is None else value.dims
    if isinstance(key, Items) and len(key.values) == 2 and isinstance(key.values[0], slice | Array):
        second = key.values[1]
        if isinstance(second, Known) and second.value is None:
            return value.dims + 1 if value.dims is not None else None
        if number(second) is not None:
            return 1 if table else None
        return 2 if isinstance(second, slice) and table else None
    return value.dims if isinstance(key, slice | Array) else None


def drawn_dims(call: Call) -> int | None:
    """Dimensions of random numbers, by the sizes that are asked for ("numpy.random.rand", documentation of NumPy)."""
    size = call.named.get("size")
    if isinstance(size, Items):
        return len(size.values)
    return 1 if number(size) is not None else None


def _sizes(args: list[Value]) -> int | None:
    """Dimensions of a new shape, of which each size is a number of its own."""
    sizes = args[0].values if len(args) == 1 and isinstance(args[0], Items) and not args[0].open else args
    if not sizes or any(isinstance(size, Items) for size in sizes):
        return None
    return len(sizes) if len(sizes) > 1 or number(sizes[0]) is not None else None


def _is_whole(part: Value) -> bool:
    whole = isinstance(part, slice) and part.start is None and part.stop is None
    return whole or (isinstance(part, Known) and part.value is Ellipsis)
