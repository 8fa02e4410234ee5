"""Attributes of what values stand for, and what setting them does."""

from __future__ import annotations

import ast
import math
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

from triage.intake.scripts.bare_weights import Weight
from triage.intake.scripts.label_values import column_by_attribute
from triage.intake.scripts.layer_lists import Stretch, layers_of, unfolded
from triage.intake.scripts.names import canonical
from triage.intake.scripts.optimizers import Parameters
from triage.intake.scripts.parts import parts_of
from triage.intake.scripts.ranking import ranked_field
from triage.intake.scripts.source import Spot
from triage.intake.scripts.trace import Run, call_of
from triage.intake.scripts.values import (
    Above,
    Array,
    Bound,
    Class,
    Data,
    Function,
    Instance,
    Items,
    Known,
    Layer,
    Library,
    Loader,
    Model,
    Table,
    Tensor,
    Unknown,
    Value,
)

__all__ = ["attribute", "line_of_classes", "member", "method_of", "set_attribute"]

_SAME = frozenset({"values", "loc", "iloc", "numpy_data", "targets"})


def attribute(run: Run, owner: Value, name: str, spot: Spot) -> Value:
    """What an attribute stands for; a method of a library is `Bound` to its object."""
    if isinstance(owner, Library):
        return member(owner.name, name)
    if isinstance(owner, Above):
        return _from_above(owner, name)
    if isinstance(owner, Instance | Model | Layer):
        return _of_object(run, owner, name, spot)
    if isinstance(owner, Class):
        found = next((c.names[name] for c in _above(owner) if name in c.names), None)
        return found if found is not None else Bound(owner, name)
    if isinstance(owner, Table | Items):
        found = owner.values.get(name) if isinstance(owner, Table) else ranked_field(owner, name)
        return found if found is not None else Bound(owner, name)
    if isinstance(owner, Tensor):
        return _of_tensor(run, owner, name, spot)
    if isinstance(owner, Parameters) and name in ("data", "grad"):
        return Bound(owner, name)
    if isinstance(owner, Bound) and owner.method in ("weight", "bias") and name == "data":
        return owner
    if isinstance(owner, Array) and (found := _of_array(owner, name, spot)) is not None:
        return found
    if isinstance(owner, Data) and name in ("data", "targets", "train_data", "train_labels", "test_data"):
        role = "x" if "data" in name else "y"
        return Array(owner, owner.name, owner.split, role, classes=owner.classes if role == "y" else None)
    if isinstance(owner, Loader) and name == "dataset":
        return owner.data
    return Bound(owner, name)


@lru_cache(maxsize=4096)
def member(library: str, name: str) -> Library | Known:
    """What a library has by a name."""
    if library in ("math", "numpy") and name in ("pi", "e"):
        return Known(math.pi if name == "pi" else math.e)
    return Library(canonical(f"{library}.{name}"))


def _from_above(owner: Above, name: str) -> Value:
    """What `super()` has by that name: of the program's own classes, or of the library."""
    classes = list(line_of_classes(owner.owner))
    behind = classes[classes.index(owner.start) + 1 :] if owner.start in classes else []
    found = next((c.names[name] for c in behind if name in c.names), None)
    if isinstance(found, Function):
        return Bound(owner.owner, found)
    known = name in _OF_LIBRARY and isinstance(owner.owner, Model)
    return Bound(owner.owner, name) if known else Bound(Unknown(), f"<super>.{name}")


def _of_tensor(run: Run, owner: Tensor, name: str, spot: Spot) -> Value:
    if name == "data":
        run.happens("cut", spot, owner)
        return replace(owner, cut=owner.cut or spot)
    ready = bool(owner.path) and owner.path[-1].kind == "ready"
    return owner if name in _OUTPUTS and ready else Bound(owner, name)


def _of_array(owner: Array, name: str, spot: Spot) -> Array | None:
    """The same array, or a column of it that is known by its name."""
    return owner if name in _SAME | {"T"} else column_by_attribute(owner, name, spot)


def _of_object(run: Run, owner: Instance | Model | Layer, name: str, spot: Spot) -> Value:
    if name in owner.attributes:
        return owner.attributes[name]
    found = method_of(owner, name)
    if isinstance(found, Function):
        decorators = getattr(found.node, "decorator_list", [])
        names = {decorator.id for decorator in decorators if isinstance(decorator, ast.Name)}
        if "property" in names or "cached_property" in names:
            return run.invoke(run, Bound(owner, found), call_of(spot))
        return found if "staticmethod" in names else Bound(owner, found)
    if found is not None:
        return found
    if isinstance(owner, Model) and (inner := _of_network(owner, name, spot)) is not None:
        return inner
    if isinstance(owner, Layer) and name in ("trainable_variables", "trainable_weights"):
        return Parameters((owner,))
    return Bound(owner, name)


def _of_network(owner: Model, name: str, spot: Spot) -> Value | None:
    """What every network of a library has."""
    if name in ("module", "_orig_mod"):
        return owner
    if name == "layers" and (owner.framework == "keras" or owner.kind != "ready"):
        return layers_of(owner, spot)
    if name in ("output", "outputs"):
        return Tensor(unfolded(owner), (owner,))
    if name in ("input", "inputs"):
        return Tensor()
    if name == "optimizer" and owner.compiled.get("optimizer") is not None:
        return owner.compiled["optimizer"]
    if name in ("trainable_variables", "trainable_weights", "weights", "variables"):
        return Parameters((owner,))
    return _part(owner, name, spot) if owner.kind == "ready" else None


_OUTPUTS = frozenset({"loss", "logits", "last_hidden_state", "pooler_output", "image_embeds", "text_embeds"})
"""Fields of what networks of Hugging Face yield ("Model outputs", documentation of Transformers)."""

_OF_LIBRARY = frozenset({"train", "eval", "compile", "parameters", "named_parameters", "modules", "children"})
"""Methods that a network has from its library even where it has one of its own by that name."""

_METHODS = frozenset(
    [
        "parameters",
        "named_parameters",
        "children",
        "named_children",
        "modules",
        "named_modules",
        "to",
        "cuda",
        "cpu",
        "half",
        "float",
        "double",
        "bfloat16",
        "train",
        "eval",
        "fit",
        "fit_generator",
        "compile",
        "evaluate",
        "predict",
        "add",
        "summary",
        "apply",
        "state_dict",
        "load_state_dict",
        "zero_grad",
        "requires_grad_",
        "load_weights",
        "save_weights",
        "save",
        "get_layer",
        "share_memory",
        "register_forward_hook",
        "generate",
        "config",
        "type",
        "add_module",
        "gradient_checkpointing_enable",
        "train_on_batch",
        "build",
        "buffers",
        "pop",
        "named_buffers",
        "trainable",
    ]
)


def _part(owner: Model, name: str, spot: Spot) -> Value:
    """A part of a network that a library has ready."""
    if name in _METHODS or name.startswith("_"):
        return Bound(owner, name)
    part = Model("ready", f"{owner.name}.{name}", owner.framework, spot, pretrained=owner.pretrained, born=owner.born)
    part.frozen = owner.frozen
    owner.attributes[name] = part
    return part


def method_of(owner: Value, name: str) -> Value:
    """A method or an attribute of the class; None where there is none."""
    for found in line_of_classes(owner):
        if name in found.names:
            return found.names[name]
    return None


def line_of_classes(owner: Value) -> Iterator[Class]:
    """The class of an object and those above it that are the program's own."""
    made_of = owner.made_of if isinstance(owner, Instance | Model) else None
    return _above(made_of) if made_of is not None else iter(())


def _above(first: Class, depth: int = 0) -> Iterator[Class]:
    yield first
    for base in first.bases:
        if isinstance(base, Class) and depth < 12:
            yield from _above(base, depth + 1)


def set_attribute(run: Run, owner: Value, name: str, value: Value, spot: Spot) -> None:
    """What an assignment to an attribute does."""
    if isinstance(owner, Model | Instance | Layer):
        _set_on_object(run, owner, name, value, spot)
    elif isinstance(owner, Table):
        owner.values[name] = value
    elif isinstance(owner, Stretch):
        _set_on_stretch(run, owner, name, value, spot)
    elif isinstance(owner, Parameters | Bound | Unknown | Weight) and name in ("requires_grad", "data", "grad"):
        _set_on_weights(run, owner, name, value, spot)
    elif (isinstance(owner, Bound) and isinstance(owner.owner, Library | Bound)) or isinstance(owner, Library):
        run.happens("option", spot, owner, name=name, value=value)
    else:
        run.happens("set", spot, owner, name=name, value=value)


def _set_on_object(run: Run, owner: Model | Instance | Layer, name: str, value: Value, spot: Spot) -> None:
    if isinstance(owner, Model | Layer) and name in ("trainable", "requires_grad", "training"):
        if name == "trainable":
            run.happens("freeze", spot, owner, value=value)
            _freeze(run, owner, value, spot)
        elif name == "requires_grad":
            run.happens("flag", spot, owner, value=value, frozen=owner.frozen)
        return
    if isinstance(owner, Model) and isinstance(value, Model | Layer | Items):
        run.happens("replace", spot, owner, name=name, value=value, before=owner.attributes.get(name))
        if owner.frozen is not None and owner.kind == "ready" and isinstance(value, Model | Layer):
            owner.thawed = True
    if isinstance(value, Items) and value.spot is None:
        value.spot = spot
    owner.attributes[name] = value


def _set_on_stretch(run: Run, owner: Stretch, name: str, value: Value, spot: Spot) -> None:
    """What is set for some layers of a ready network: switched off they leave the others on."""
    if name != "trainable":
        return
    run.happens("freeze", spot, owner, value=value)
    if not (isinstance(value, Known) and value.value is False):
        _freeze(run, owner.base, value, spot)


def _set_on_weights(
    run: Run, owner: Parameters | Bound | Unknown | Weight, name: str, value: Value, spot: Spot
) -> None:
    if name == "grad":
        run.happens("reset", spot, owner, by_hand=True)
    elif isinstance(owner, Unknown | Weight):
        run.happens("set", spot, owner, name=name, value=value)
    elif name == "data":
        run.happens("assign_weights", spot, owner, value=value)
    elif isinstance(owner, Parameters):
        run.happens("freeze", spot, owner, value=value)
        for one in owner.owners:
            if isinstance(one, Model | Layer) and not owner.filtered:
                _freeze(run, one, value, spot)
    elif isinstance(owner.owner, Layer | Model):
        run.happens("freeze", spot, owner.owner, value=value, part=owner.method)


def _freeze(run: Run, owner: Model | Layer, value: Value, spot: Spot) -> None:
    """Weights switched off or on; under a condition of its own nobody knows for which."""
    condition = len(run.guards) > 0
    if isinstance(value, Known) and value.value is False and not condition:
        for part in parts_of(owner):
            part.frozen = spot
    else:
        for part in parts_of(owner):
            if (isinstance(value, Known) and value.value is True) or condition:
                part.frozen = None
                if isinstance(part, Model):
                    part.thawed = True
