"""Healthy runs that look unusual: nothing is wrong with them. Others are added in `variants_*` modules."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from . import variants_data, variants_noise, variants_running, variants_schedules
from .injection import Apply
from .recipe import Recipe


@dataclass(frozen=True)
class Variant:
    """A healthy way to change a sound recipe; `apply` is as of an injection."""

    name: str
    apply: Apply


def _warmup_cosine(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    warmup = max(3, round(recipe.steps * rng.uniform(0.03, 0.15)))
    return recipe.but(schedule="cosine", warmup=warmup, floor=float(rng.choice([0.0, 0.05, 0.1])))


def _warm_restarts(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    return recipe.but(schedule="restarts", cycle=float(rng.choice([0.2, 0.25, 0.34])), floor=0.01)


def gathered() -> tuple[Variant, ...]:
    """Every healthy variant."""
    modules = (variants_schedules, variants_noise, variants_data, variants_running)
    named = [Variant(name, apply) for module in modules for name, apply in module.VARIANTS]
    return (Variant("warmup_cosine", _warmup_cosine), Variant("warm_restarts", _warm_restarts), *named)
