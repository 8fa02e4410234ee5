"""Healthy runs that look unusual: nothing is wrong with them. They stand in the `variants_*` modules."""

from __future__ import annotations

from dataclasses import dataclass

from . import variants_data, variants_noise, variants_running, variants_schedules
from .injection import Apply


@dataclass(frozen=True)
class Variant:
    """A healthy way to change a sound recipe; `apply` is as of an injection."""

    name: str
    apply: Apply


def gathered() -> tuple[Variant, ...]:
    """Every healthy variant."""
    modules = (variants_schedules, variants_noise, variants_data, variants_running)
    return tuple(Variant(name, apply) for module in modules for name, apply in module.VARIANTS)
