"""Which networks a gradient reaches, through tensors of which some are cut off."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from triage.intake.scripts.source import Spot
from triage.intake.scripts.values import Layer, Model, Severed, Tensor, Value

__all__ = ["beyond_cut", "live_layers", "reached", "severed_of"]


def reached(tensors: Iterable[Tensor]) -> tuple[tuple[Model | Layer, ...], Spot | None]:
    """Networks that a gradient of what is made of these tensors reaches; where it is cut off, if it reaches none."""
    held = [tensor for tensor in tensors if tensor.models or tensor.cut or tensor.path]
    live = [tensor for tensor in held if tensor.cut is None]
    models = tuple(dict.fromkeys(model for tensor in live or held for model in tensor.models))
    return models, held[0].cut if held and not live else None


def beyond_cut(value: Value) -> Value:
    """A tensor as it enters weights: what was cut off before reaches these weights all the same, and they learn."""
    if not isinstance(value, Tensor) or value.cut is None or value.terms:
        return value
    severed = (*value.severed, Severed(value.cut, value.models, value.path))
    return replace(value, cut=None, models=(), severed=severed)


def severed_of(tensors: Sequence[Tensor]) -> tuple[Severed, ...]:
    """What a gradient of what is made of these tensors does not reach: cut off in one, and not live in another."""
    if not any(tensor.severed for tensor in tensors):
        return ()
    found: list[Severed] = []
    for tensor in tensors:
        others = [other for other in tensors if other is not tensor and other.cut is None]
        live = {layer for other in others for layer in live_layers(other)}
        models = {model for other in others for model in other.models}
        for part in tensor.severed:
            left = tuple(layer for layer in part.layers if layer not in live) if live else part.layers
            ahead = tuple(model for model in part.models if model not in models)
            if left or ahead:
                found.append(part if len(left) == len(part.layers) else replace(part, layers=left, models=ahead))
    return tuple(found[:8])


def live_layers(tensor: Tensor) -> tuple[Layer, ...]:
    """Layers of the path behind the last cut."""
    for part in reversed(tensor.severed):
        length = len(part.layers)
        if length and tensor.path[:length] == part.layers:
            return tensor.path[length:]
    return tensor.path
