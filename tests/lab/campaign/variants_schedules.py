"""Healthy rate schedules: the curve bends, steps and swings with them, and that is how it should be."""

from __future__ import annotations

import numpy as np

from .injection import log_uniform
from .recipe import Recipe

ADAPTIVE = frozenset({"adam", "adamw", "rmsprop"})


def _warmup_cosine(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    warmup = max(recipe.optimisation.warmup, 3, round(recipe.steps * rng.uniform(0.03, 0.15)))
    return _decayed(recipe, schedule="cosine", warmup=warmup, floor=float(rng.choice([0.0, 0.05, 0.1])))


def _warm_restarts(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    return _decayed(recipe, schedule="restarts", cycle=float(rng.choice([0.2, 0.25, 0.34])), floor=0.01)


def _long_warmup(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """The rate rises over a fifth to two fifths of the run."""
    share = float(rng.uniform(0.2, 0.4))
    steps = round(recipe.steps * 1.3)
    return _longer(recipe, 1.3, warmup=max(5, round(share * steps)))


def _inverse_root(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """Warm-up, then one over the square root of the step."""
    warmup = max(recipe.optimisation.warmup, 5, round(recipe.steps * rng.uniform(0.05, 0.2)))
    return _decayed(recipe, schedule="inverse_root", warmup=warmup)


def _step_drops(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """A tenth to a third of a lively rate, once to three times; a small batch lets the loss step down with it."""
    count = int(rng.integers(1, 4))
    milestones = tuple(float(m) for m in np.sort(rng.uniform(0.35, 0.9, size=count)).round(2))
    rise = 1.3 if recipe.optimisation.optimizer in ADAPTIVE else 1.5
    return _decayed(recipe, rise, schedule="step", milestones=milestones, decay=float(rng.uniform(0.1, 0.35)))


def _one_cycle(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """Up over 30 % of the run to 1 to 2.5 times the sound rate, and down to nothing."""
    if delicate(recipe):
        return None
    return recipe.but(schedule="one_cycle", warmup=0, rate=recipe.optimisation.rate * float(rng.uniform(1.0, 2.5)))


def _exponential(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """Down to a twentieth or a third at the end."""
    return _decayed(recipe, schedule="exponential", decay=log_uniform(rng, 0.05, 0.3))


def _triangle(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """Three to six rises and falls of the rate."""
    if delicate(recipe):
        return None
    return recipe.but(
        schedule="triangle", warmup=0, cycle=float(1 / rng.integers(3, 7)), floor=float(rng.uniform(0.05, 0.2)),
        rate=recipe.optimisation.rate * float(rng.uniform(1.0, 1.8)),
    )  # fmt: skip


def _large_batch(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """A constant rate and batches of 3 to 8 times the size, the rate raised with them, a few more epochs."""
    factor = int(rng.integers(3, 9))
    spec = recipe.optimisation
    batch = min(recipe.data.samples // 2, spec.batch * factor)
    if spec.steps or batch < 2 * spec.batch or learnt_by_heart(recipe) or delicate(recipe):
        return None
    rise = (batch / spec.batch) ** (0.5 if spec.optimizer in ADAPTIVE else 0.6)
    return recipe.but(
        batch=batch, rate=spec.rate * min(3.0, rise), schedule="constant", warmup=0, epochs=round(spec.epochs * 1.8)
    )


def learnt_by_heart(recipe: Recipe) -> bool:
    """Whether the base has so few samples for its network that no more updates are sound."""
    return recipe.data.task == "tokens" and recipe.network.kind == "recurrent"


def delicate(recipe: Recipe) -> bool:
    """Whether a network is so deep, or needs its warm-up so much, that it bears no higher rate and no other start."""
    return recipe.network.depth > 5 or (recipe.optimisation.warmup > 5 and recipe.network.norm == "none")


def _decayed(recipe: Recipe, rise: float = 1.5, **fields: object) -> Recipe:
    """A falling schedule, at a higher rate and for a few more steps where the rate was constant before."""
    if recipe.optimisation.schedule != "constant" or delicate(recipe):
        return _longer(recipe, 1.25 if delicate(recipe) else 1.0, **fields)
    return _longer(recipe, 1.25, rate=recipe.optimisation.rate * rise, **fields)


def _longer(recipe: Recipe, factor: float, **fields: object) -> Recipe:
    """The same for more steps or epochs, as a rate that starts low needs."""
    spec = recipe.optimisation
    if spec.steps:
        return recipe.but(steps=round(spec.steps * factor), **fields)
    return recipe.but(epochs=round(spec.epochs * factor), **fields)


VARIANTS = (
    ("warmup_cosine", _warmup_cosine),
    ("warm_restarts", _warm_restarts),
    ("long_warmup", _long_warmup),
    ("warmup_inverse_root", _inverse_root),
    ("step_drops", _step_drops),
    ("one_cycle", _one_cycle),
    ("exponential_decay", _exponential),
    ("triangular_rate", _triangle),
    ("large_batch", _large_batch),
)
