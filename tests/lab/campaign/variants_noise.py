"""Healthy runs with noise: small batches, much that cannot be learnt, few validation samples, spikes that heal."""

from __future__ import annotations

from functools import partial

import numpy as np

from .injection import log_uniform
from .recipe import Recipe
from .tasks import TASKS
from .variants_schedules import ADAPTIVE, delicate, learnt_by_heart

MOST_STEPS = {"dense": 3500, "conv": 1600, "recurrent": 1000, "transformer": 900}


def _small_batches(recipe: Recipe, rng: np.random.Generator, low: int, high: int) -> Recipe | None:
    """Small batches at a rate that suits them, for as many epochs as time allows; most programs let the rate fall."""
    spec = recipe.optimisation
    if spec.batch <= high or spec.batch >= recipe.data.samples or recipe.network.norm == "batch":
        return None
    if learnt_by_heart(recipe) or delicate(recipe):
        return None
    batch = int(rng.integers(low, high + 1))
    power = 0.15 if spec.optimizer in ADAPTIVE else 0.5
    epochs = recipe.steps * spec.batch // recipe.data.samples
    wanted = max(3, epochs) * recipe.data.samples // batch
    steps = min(MOST_STEPS[recipe.network.kind], wanted)
    if steps < 0.22 * wanted:
        return None
    few = max(1.0, min(2.0, (wanted / steps) ** 0.5))
    schedule = str(rng.choice(["constant", "cosine", "linear"])) if low > 2 else "cosine"
    return recipe.but(
        batch=batch, rate=spec.rate * few * (batch / spec.batch) ** power, steps=steps, schedule=schedule,
        evaluate_every=max(1, steps // int(rng.integers(10, 25))),
    )  # fmt: skip


def _irreducible(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """A fifth to a half of all labels are nature's dice, and the samples are enough not to learn them by heart."""
    kind = TASKS[recipe.data.task].kind
    if kind == "regression":
        if recipe.data.task in {"adding", "spot"} or recipe.data.noise > 0.35:
            return None
        return _sized(recipe, rng).but(noise=recipe.data.noise * float(rng.uniform(2.0, 3.5)))
    if kind not in {"classification", "sequence"} or recipe.data.task in {"digits", "images"}:
        return None
    return _sized(recipe, rng).but(label_noise=float(rng.uniform(0.2, 0.5)))


def _sized(recipe: Recipe, rng: np.random.Generator) -> Recipe:
    """Four times the samples for a little more time in all."""
    spec, times = recipe.optimisation, 4
    steps = min(recipe.steps, MOST_STEPS[recipe.network.kind] // 2) if spec.batch < recipe.data.samples else 300
    batch = min(256, spec.batch * 2)
    return recipe.but(
        samples=recipe.data.samples * times, batch=batch, steps=steps, evaluate_every=max(1, steps // 16),
        weight_decay=max(spec.weight_decay, 1e-3), schedule="cosine",
        rate=spec.rate * (1.5 if spec.schedule == "constant" else 1.0),
    )  # fmt: skip


def _few_held_out(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """A validation set of 15 to 50 samples: its curve jumps."""
    return recipe.but(held_out=int(rng.integers(15, 51)))


def _odd_batch(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """One batch is noise; with or without clipping, the loss is back after a few steps."""
    if recipe.optimisation.batch >= recipe.data.samples or recipe.data.samples // recipe.optimisation.batch < 4:
        return None
    clip = recipe.optimisation.clip or float(rng.choice([0.0, 5.0]))
    return recipe.but(odd_batch=float(rng.uniform(0.2, 0.85)), odd_size=float(rng.uniform(2.0, 6.0)), clip=clip)


def _lively_momentum(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """Momentum and a rate near the upper end: early spikes that heal, and a rate that falls to a good end."""
    if (
        recipe.optimisation.optimizer not in {"sgd", "momentum"}
        or recipe.network.kind == "recurrent"
        or delicate(recipe)
    ):
        return None
    rise = float(rng.uniform(1.5, 3.0)) * (1 if recipe.optimisation.optimizer == "momentum" else 0.2)
    return recipe.but(
        optimizer="momentum", rate=recipe.optimisation.rate * rise, momentum=float(rng.choice([0.9, 0.95])),
        schedule="cosine", warmup=0,
    )  # fmt: skip


def _second_moment(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """A small transformer, Adam with a long memory, no clipping, a lively rate: spikes come and go."""
    if recipe.network.kind != "transformer" or recipe.optimisation.optimizer not in ADAPTIVE:
        return None
    rate = recipe.optimisation.rate * log_uniform(rng, 2.0, 4.0)
    return recipe.but(
        optimizer="adam", beta2=float(rng.choice([0.99, 0.999])), clip=0.0, weight_decay=0.0, rate=rate, warmup=10,
        schedule=str(rng.choice(["cosine", "linear"])), batch=max(8, recipe.optimisation.batch // 2),
        steps=min(600, recipe.steps + 150), evaluate_every=40,
    )  # fmt: skip


VARIANTS = (
    ("noisy_small_batches", partial(_small_batches, low=3, high=7)),
    ("mildly_noisy_batches", partial(_small_batches, low=8, high=15)),
    ("tiny_batches", partial(_small_batches, low=1, high=2)),
    ("high_irreducible_loss", _irreducible),
    ("few_held_out", _few_held_out),
    ("one_odd_batch", _odd_batch),
    ("momentum_spikes", _lively_momentum),
    ("second_moment_spikes", _second_moment),
)
