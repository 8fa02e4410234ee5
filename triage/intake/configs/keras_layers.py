"""Layers of a Keras model as ``to_json`` writes them, in one list for every kind of model and version of Keras.

A sequential model lists its layers in their order, a functional one in an order that fits its graph and with the names
of its outputs; Keras 2 and 3 name some keys differently. Models within models and wrapped layers are taken apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from triage.intake.configs.structured import Node

__all__ = ["MODELS", "Layer", "Model", "class_of", "model_of", "named"]

MODELS = frozenset({"Sequential", "Functional", "Model"})
WRAPPERS = frozenset({"Bidirectional", "TimeDistributed", "SpectralNormalization"})
SAME_VALUES = frozenset({"Cropping1D", "Cropping2D", "Dropout", "Flatten", "Permute", "Reshape"})
"""Layers whose outputs the activation before them still bounds."""

INNER_OUTPUT = "Identity"
"""Stands where a model within a model gives its output, so that its name can be found."""

NOTHING = Node({}, 1)

LONGEST_CHAIN = 50


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer.

    Args:
        kind: its class.
        name: as the model has it.
        config: its arguments.
        at: where its name stands.
        trained: whether neither it nor a model around it is frozen.
        fed_by: names of the layers that it reads; empty where that is not told.

    """

    kind: str
    name: str
    config: Node
    at: Node
    trained: bool
    fed_by: tuple[str, ...]

    def word(self, key: str) -> str:
        """An argument that is a word, or an object that has a name; empty where it is neither."""
        return named(self.config.mapping.get(key))

    def number(self, *keys: str) -> float | None:
        """The first of these arguments that is a number."""
        values = (node.number for key in keys if (node := self.config.mapping.get(key)) is not None)
        return next((value for value in values if value is not None), None)

    def numbers(self, key: str) -> list[float]:
        """An argument that is a number or a list of them."""
        node = self.config.mapping.get(key)
        return [value for item in (node.items or (node,) if node else ()) if (value := item.number) is not None]


@dataclass(frozen=True, slots=True)
class Model:
    """A model, taken apart.

    Args:
        layers: all of them, those of models within it at the place of the model.
        outputs: the layers that give the outputs.
        in_a_row: whether each layer is fed by the one before it.

    """

    layers: Sequence[Layer]
    outputs: Sequence[Layer]
    in_a_row: bool


def model_of(root: Node) -> Model:
    """Take a model apart; the reader of the tree has bound its depth."""
    layers: list[Layer] = []
    in_a_row = _collect(root, layers, trained=True)
    by_name = {layer.name: layer for layer in layers}
    names = _output_names(root)
    outputs = [by_name[name] for name in names if name in by_name]
    if not outputs and layers:
        outputs = layers[-1:]
    return Model(layers, [_behind(layer, layers, by_name, in_a_row) for layer in outputs], in_a_row)


def named(node: Node | None) -> str:
    """The word that a value is, or the name of the class or function that it stands for."""
    if node is None:
        return ""
    if isinstance(node.value, str):
        return node.value
    kind, config = node.mapping.get("class_name"), node.mapping.get("config")
    if config is not None and isinstance(config.value, str):
        return config.value
    if kind is not None and kind.word in ("DTypePolicy", "Policy") and config is not None:
        return named(config.mapping.get("name"))
    return ((kind.word or "") if kind is not None else "").split(">")[-1]


def _collect(model: Node, layers: list[Layer], *, trained: bool) -> bool:
    """Add the layers of a model; tells whether they stand in a row."""
    config = model.mapping.get("config")
    if config is None:
        return True
    listed = config.mapping.get("layers") or config
    in_a_row = class_of(model) == "Sequential"
    for item in listed.items:
        kind, inner = class_of(item), item.mapping.get("config")
        if not kind or inner is None:
            continue
        frozen = inner.mapping.get("trainable")
        acts = trained and (frozen is None or frozen.flag is not False)
        if kind in MODELS:
            before = len(layers)
            in_a_row &= _collect(item, layers, trained=acts)
            if len(layers) > before:
                name, at = _name(item, inner)
                layers.append(Layer(INNER_OUTPUT, name, NOTHING, at, acts, (layers[-1].name,)))
            continue
        wrapped = inner.mapping.get("layer") if kind in WRAPPERS else None
        name, at = _name(item, inner)
        if wrapped is not None and wrapped.mapping.get("config") is not None:
            kind, inner = class_of(wrapped), wrapped.mapping["config"]
        layers.append(Layer(kind, name, inner, at, acts, _fed_by(item.mapping.get("inbound_nodes"))))
    return in_a_row


def class_of(node: Node) -> str:
    """Class of an object; empty where it has none."""
    kind = node.mapping.get("class_name")
    return kind.value if kind is not None and isinstance(kind.value, str) else ""


def _name(item: Node, config: Node) -> tuple[str, Node]:
    at = config.mapping.get("name") or item.mapping.get("name") or item
    return (at.value if isinstance(at.value, str) else ""), at


def _fed_by(node: Node | None) -> tuple[str, ...]:
    """Names of layers among what feeds a layer: ``["dense", 0, 0, {}]``, or ``keras_history`` in Keras 3."""
    found: dict[str, None] = {}
    waiting = [node] if node is not None else []
    while waiting:
        current = waiting.pop()
        items = current.items
        if len(items) >= 3 and isinstance(items[0].value, str) and items[1].number is not None:
            found.setdefault(items[0].value)
        else:
            waiting += [*reversed(items), *reversed(list(current.mapping.values()))]
    return tuple(found)


def _output_names(root: Node) -> tuple[str, ...]:
    config = root.mapping.get("config")
    return _fed_by(config.mapping.get("output_layers")) if config is not None else ()


def _behind(layer: Layer, layers: Sequence[Layer], by_name: dict[str, Layer], in_a_row: bool) -> Layer:
    """The layer that made the values that a layer passes on."""
    before = {each.name: previous for previous, each in pairwise(layers)} if in_a_row else {}
    for _ in range(LONGEST_CHAIN):
        if layer.kind not in SAME_VALUES | {INNER_OUTPUT}:
            break
        previous = by_name.get(layer.fed_by[0]) if len(layer.fed_by) == 1 else before.get(layer.name)
        if previous is None:
            break
        layer = previous
    return layer
