"""One injection of each kind of hook, for others to go by."""

from __future__ import annotations

import numpy as np

from .injection import Injection, both, log_uniform
from .recipe import Recipe
from .tasks import TASKS

_ADAPTIVE = {"adam", "adamw", "rmsprop"}


def _rate_too_high(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    return recipe.but(rate=recipe.optimisation.rate * log_uniform(rng, 8, 300))


def _labels_wrong(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    if TASKS[recipe.data.task].kind == "alignment":
        return None
    return recipe.but(mislabelled=float(rng.uniform(0.2, 0.7)))


def _dead_relu(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """A start with biases far below zero, as a bad checkpoint or a rate that was too long for one step leaves them."""
    if recipe.network.activation != "relu" or recipe.network.norm != "none" or recipe.network.kind == "recurrent":
        return None
    return recipe.but(init_bias=-float(rng.uniform(1.5, 6.0)))


def _sign_wrong(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    return recipe.but(sign=-1.0)


def _fp16_overflow(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """Inner values near the end of half precision, with or without loss scaling; those of a recurrence are below 1."""
    precision = str(rng.choice(["fp16_scaled", "fp16", "fp16_scaled"]))
    bounded = recipe.network.kind == "recurrent"
    return recipe.but(precision=precision, range_used=log_uniform(rng, 5e3, 6e4) * (8 if bounded else 1))


def _not_updated(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    return recipe.but(updates=str(rng.choice(["no_step", "detached", "last_bias", "other_copy"])))


def _overfitting(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """A twentieth to a sixth of the samples, for as many updates."""
    if recipe.optimisation.batch >= recipe.data.samples:
        return None
    samples = max(24, round(recipe.data.samples * rng.uniform(0.04, 0.15)))
    batch = min(recipe.optimisation.batch, max(4, samples // 4))
    steps = recipe.steps
    return recipe.but(samples=samples, batch=batch, steps=steps, evaluate_every=max(1, steps // 40), dropout=0.0)


def _train_mode(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """No switch to evaluation, or none back, in a network that has something to switch."""
    if recipe.network.kind == "recurrent" and recipe.network.norm == "none":
        return None
    dropout = max(recipe.network.dropout, float(rng.uniform(0.2, 0.5)))
    mode = str(rng.choice(["train", "train", "swapped"]))
    return recipe.but(dropout=dropout, evaluation_mode=mode)


_TOO_HIGH = Injection("rate_too_high", ("learning_rate_too_high",), _rate_too_high)
_LABELS = Injection("labels_random", ("labels_wrong",), _labels_wrong)
_OVERFIT = Injection("few_samples", ("overfitting",), _overfitting)

FAULTS = (
    _TOO_HIGH,
    _LABELS,
    Injection("biases_below_zero", ("dead_relu",), _dead_relu),
    Injection("loss_negated", ("loss_sign_wrong",), _sign_wrong),
    Injection("half_precision_range", ("fp16_overflow",), _fp16_overflow),
    Injection("nothing_moves", ("weights_not_updated",), _not_updated),
    _OVERFIT,
    Injection("mode_not_switched", ("train_mode_at_evaluation",), _train_mode),
)
PAIRS = (both(_LABELS, _OVERFIT),)
