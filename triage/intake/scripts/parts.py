"""What a network is made of."""

from __future__ import annotations

from collections.abc import Collection

from triage.intake.scripts.values import Items, Layer, Model, Table, Value

__all__ = ["parts_of"]

DEEPEST = 24
"""Networks inside each other."""


def parts_of(owner: Model | Layer) -> Collection[Model | Layer]:
    """A network and everything inside it that its library would find there, each once."""
    found: dict[Model | Layer, None] = {}
    _collect(owner, found, 0)
    return found


def _collect(owner: Model | Layer, found: dict[Model | Layer, None], depth: int) -> None:
    found[owner] = None
    if depth >= DEEPEST:
        return
    for part in _inside(owner):
        if isinstance(part, _PARTS) and part not in found:
            _collect(part, found, depth + 1)


_PARTS = (Layer, Model)


def _inside(owner: Model | Layer) -> list[Value]:
    if isinstance(owner, Layer):
        return [*owner.attributes.values(), *owner.facts.values()]
    held = list(owner.attributes.values())
    listed = _listed(held) if owner.framework == "keras" else ()
    return [*held, *listed, *owner.items, *owner.path]


def _listed(values: list[Value]) -> list[Value]:
    """What stands in lists and dictionaries, which Keras tracks as it does attributes ("Layer", its documentation)."""
    return [
        part
        for value in values
        if isinstance(value, Items | Table)
        for part in (value.values if isinstance(value, Items) else value.values.values())
    ]
