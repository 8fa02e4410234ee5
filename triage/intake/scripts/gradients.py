"""Which networks a gradient reaches, through tensors of which some are cut off."""

from __future__ import annotations

from collections.abc import Iterable

from triage.intake.scripts.source import Spot
from triage.intake.scripts.values import Layer, Model, Tensor

__all__ = ["reached"]


def reached(tensors: Iterable[Tensor]) -> tuple[tuple[Model | Layer, ...], Spot | None]:
    """Networks that a gradient of what is made of these tensors reaches; where it is cut off, if it reaches none."""
    held = [tensor for tensor in tensors if tensor.models or tensor.cut or tensor.path]
    live = [tensor for tensor in held if tensor.cut is None]
    models = tuple(dict.fromkeys(model for tensor in live or held for model in tensor.models))
    return models, held[0].cut if held and not live else None
