"""Healthy runs that look unusual: nothing is wrong with them. Others are added in `variants_*` modules."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .injection import Apply
from .recipe import Recipe


@dataclass(frozen=True)
class Variant:
    """A healthy way to change a sound recipe; `apply` is as of an injection."""

    name: str
    apply: Apply


def _noisy_batches(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """Batches of 3 to 7, at a rate that suits them."""
    spec = recipe.optimisation
    if spec.batch < 16 or spec.batch >= recipe.data.samples or recipe.network.norm == "batch":
        return None
    batch = int(rng.integers(3, 8))
    adaptive = spec.optimizer not in {"sgd", "momentum"}
    rate = spec.rate * (batch / spec.batch) ** (0.25 if adaptive else 0.6)
    steps = min(2000 if recipe.network.kind == "dense" else 800, recipe.steps * 2)
    return recipe.but(batch=batch, rate=rate, steps=steps, evaluate_every=max(1, steps // 12))


def _warmup_cosine(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    warmup = max(3, round(recipe.steps * rng.uniform(0.03, 0.15)))
    return recipe.but(schedule="cosine", warmup=warmup, floor=float(rng.choice([0.0, 0.05, 0.1])))


def _warm_restarts(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    return recipe.but(schedule="restarts", cycle=float(rng.choice([0.2, 0.25, 0.34])), floor=0.01)


def gathered() -> tuple[Variant, ...]:
    """Every healthy variant."""
    return (
        Variant("noisy_small_batches", _noisy_batches),
        Variant("warmup_cosine", _warmup_cosine),
        Variant("warm_restarts", _warm_restarts),
    )
