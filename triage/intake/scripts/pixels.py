"""Numbers from 0 to 255: which arrays hold them, and where a program last touched them."""

from __future__ import annotations

from dataclasses import replace

from triage.intake.scripts.source import Spot
from triage.intake.scripts.trace import Call
from triage.intake.scripts.values import Array, Bound, Library, Value, text

__all__ = ["are_bytes", "are_pixels", "cast", "last_touched", "pixels"]

_TABLES = frozenset({"mnist", "fashion_mnist", "cifar10", "cifar100", "mnist_784", "fashion-mnist", "cifar_10"})
_TORCHVISION = frozenset({"MNIST", "FashionMNIST", "KMNIST", "QMNIST", "EMNIST", "CIFAR10", "CIFAR100", "SVHN"})
"""Data sets whose images are bytes, as Keras, OpenML and the `data` of torchvision name them."""


def pixels(value: Array, spot: Spot) -> Array:
    """The array, known to hold numbers from 0 to 255."""
    return replace(value, flow=(*value.flow, ("pixels", None, spot)), sure=True)


def cast(value: Value, spot: Spot) -> Value:
    """The value after a change of type or shape, which leaves its numbers as they are."""
    return replace(value, flow=(*value.flow, ("cast", None, spot))) if isinstance(value, Array) else value


def are_bytes(call: Call) -> bool:
    """Whether a call asks for bytes by the type it names ("numpy.frombuffer", documentation of NumPy)."""
    kind = call.get(1, "dtype")
    if isinstance(kind, Library | Bound):
        return (kind.name if isinstance(kind, Library) else str(kind.method)).rsplit(".", 1)[-1] in ("uint8", "ubyte")
    return text(kind) in ("uint8", "u1", "B", "ubyte", ">u1", "<u1")


def are_pixels(value: Array) -> bool:
    """Whether the array is sure to hold numbers from 0 to 255, unscaled."""
    if value.scaled or not value.sure:
        return False
    named = value.dataset in _TABLES or value.dataset in _TORCHVISION
    return named or any(name == "pixels" for name, _, _ in value.flow)


def last_touched(value: Array) -> Spot | None:
    """The line in which the array was last cast, reshaped or read."""
    marks = [spot for name, _, spot in value.flow if name in ("cast", "pixels", "loaded") and spot.source is not None]
    return marks[-1] if marks else None
