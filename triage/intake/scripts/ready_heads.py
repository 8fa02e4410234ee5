"""The last layer of networks that a library has ready: as many outputs as asked for, or a layer of one's own."""

from __future__ import annotations

from triage.intake.scripts.values import Layer, Model, Value, number

__all__ = ["CLASSES", "last_layer"]

CLASSES = "<classes>"
"""Attribute in which the number of outputs stands that the call asks for."""

_HEADS = ("fc", "classifier", "head", "heads", "last_linear", "_fc", "last_layer", "output")
"""Where torchvision, timm and the like keep the layer that gives the classes."""

DEEPEST = 4
"""Parts inside each other."""


def last_layer(owner: Model) -> Layer:
    """The network as a layer, with the units of its head where these are told."""
    head = _head(owner)
    if head is not None:
        return Layer("ready", owner.name, head.spot, None, head.units)
    asked = number(owner.attributes.get(CLASSES))
    return Layer("ready", owner.name, owner.spot, None, asked if asked is not None and asked > 0 else None)


def _head(owner: Model) -> Layer | None:
    """A layer that the program has put in the place of the head."""
    for name in _HEADS:
        if (found := _dense(owner.attributes.get(name), 0)) is not None:
            return found
    return None


def _dense(part: Value, depth: int) -> Layer | None:
    if isinstance(part, Layer):
        return part if part.kind == "dense" else None
    if not isinstance(part, Model) or part.kind == "own" or depth > DEEPEST:
        return None
    inner = part.items if part.kind == "row" else list(part.attributes.values())
    return next((found for value in reversed(inner) if (found := _dense(value, depth + 1)) is not None), None)
