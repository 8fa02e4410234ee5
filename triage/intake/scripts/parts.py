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
    inner: list[Value] = list(owner.attributes.values())
    if isinstance(owner, Model):
        if owner.framework == "keras":
            inner += _listed(inner)
        inner += owner.items
        inner += owner.path
    else:
        inner += owner.facts.values()
    for part in inner:
        if isinstance(part, Model | Layer) and part not in found:
            _collect(part, found, depth + 1)


def _listed(values: list[Value]) -> list[Value]:
    """What stands in lists and dictionaries, which Keras tracks as it does attributes ("Layer", its documentation)."""
    return [
        part
        for value in values
        if isinstance(value, Items | Table)
        for part in (value.values if isinstance(value, Items) else value.values.values())
    ]
