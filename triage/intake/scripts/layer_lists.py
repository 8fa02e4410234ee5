"""The layers of a Keras network as a list ("Model.layers", documentation of Keras).

A network that is ready and is continued from its `output` has all its layers in that list, one by one; of these it is
told how many they are, and for which of them something is set.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from triage.intake.scripts.source import Spot
from triage.intake.scripts.values import Layer, Model, Value

__all__ = ["UNFOLDED", "Stretch", "collapsed", "layers_of", "unfolded"]

UNFOLDED = "unfolded"
"""Fact of a layer that stands for a network whose layers follow each other in another."""

_SIZES = {
    "VGG16": 19, "VGG19": 22, "ResNet50": 175, "ResNet50V2": 190, "ResNet101": 345, "ResNet152": 515, "Xception": 132,
    "InceptionV3": 311, "InceptionResNetV2": 780, "MobileNet": 86, "MobileNetV2": 154, "MobileNetV3Small": 157,
    "DenseNet121": 427, "DenseNet169": 595, "DenseNet201": 707, "EfficientNetB0": 238, "EfficientNetV2B0": 270,
}  # fmt: skip
"""Layers without the top ("Keras Applications", documentation of Keras)."""

USUAL_SIZE = 150
"""Layers of other ready networks."""


@dataclass(frozen=True, slots=True, eq=False)
class Stretch:
    """Some layers of a ready network, but not all of them."""

    base: Model


def layers_of(owner: Model, spot: Spot) -> Model:
    """The list, which may be sliced and looped over."""
    return Model("list", "layers", owner.framework, spot, list(_entries(owner)), pretrained=None)


def unfolded(owner: Model) -> tuple[Layer, ...]:
    """The way through a network that is continued from its output."""
    return owner.path or (Layer("ready", owner.name, owner.spot, None, facts={UNFOLDED: owner}),)


def collapsed(items: Sequence[Value]) -> list[Value]:
    """The entries, with the network itself for all its layers, and with one stretch for several."""
    found: list[Value] = []
    count = 0
    for position, item in enumerate(items):
        if not isinstance(item, Stretch):
            found.append(item)
            continue
        count += 1
        last = position + 1 == len(items) or items[position + 1] is not item
        if last:
            found.append(item.base if count >= _size(item.base) else item)
            count = 0
    return found


def _entries(owner: Model) -> Iterator[Value]:
    if owner.kind == "ready":
        yield from [Stretch(owner)] * _size(owner)
        return
    if owner.kind != "graph":
        held = [*owner.items, *owner.attributes.values()] if owner.kind == "own" else owner.items or owner.path
        yield from (part for part in held if isinstance(part, Model | Layer))
        return
    inner = {(part.name, part.spot): part for part in owner.items if isinstance(part, Model)}
    for layer in owner.path:
        base = layer.facts.get(UNFOLDED)
        if isinstance(base, Model):
            yield from [Stretch(base)] * _size(base)
        elif layer.kind != "arith":
            yield inner.get((layer.name, layer.spot), layer)


def _size(base: Model) -> int:
    return _SIZES.get(base.name, USUAL_SIZE)
