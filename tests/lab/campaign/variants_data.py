"""Healthy runs whose data or regularisation make a curve unusual."""

from __future__ import annotations

import numpy as np

from .injection import log_uniform
from .recipe import Recipe
from .tasks import TASKS
from .variants_schedules import ADAPTIVE


def _large_targets(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """Numbers of some tens, as prices and temperatures are, and a rate to match."""
    if TASKS[recipe.data.task].kind != "regression" or (recipe.data.noise < 0.1 and recipe.data.task != "adding"):
        return None
    scale = log_uniform(rng, 3.0, 15.0)
    spec = recipe.optimisation
    rate = spec.rate * scale**0.5 if spec.optimizer in ADAPTIVE else spec.rate / scale
    return recipe.but(
        target_scale=scale, rate=rate, clip=0.0, epochs=round(spec.epochs * 1.4),
        schedule=str(rng.choice(["linear", "cosine"])), floor=0.05,
    )  # fmt: skip


def _strong_dropout(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """The training loss lies above the validation loss, for it is measured with units left out."""
    if recipe.network.kind == "recurrent" or TASKS[recipe.data.task].kind == "regression":
        return None
    spec = recipe.optimisation
    longer = {"steps": round(spec.steps * 1.3)} if spec.steps else {"epochs": round(spec.epochs * 1.3)}
    small = (recipe.network.width < 24 and recipe.network.kind != "conv") or recipe.data.task == "scenes"
    return recipe.but(dropout=float(rng.uniform(0.2, 0.3 if small else 0.5)), weight_decay=0.0, **longer)


def _strong_augmentation(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """Training inputs are harder than those of the validation."""
    task = TASKS[recipe.data.task]
    if task.shape in {"tokens", "series"} or recipe.data.task in {"spirals", "moons", "curve", "friedman", "linear"}:
        return None
    kind = str(rng.choice(["noise", "erase", "blend"])) if task.kind == "classification" else "noise"
    strength = float(rng.uniform(0.3, 0.5 if task.kind == "detection" else 0.8))
    return recipe.but(augmentation=strength, augmentation_kind=kind, epochs=round(recipe.optimisation.epochs * 1.3))


def _stopped_overfitting(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """Half of the samples, sound regularisation, and an end soon after the validation loss was lowest."""
    spec = recipe.optimisation
    if spec.batch >= recipe.data.samples or TASKS[recipe.data.task].kind == "alignment":
        return None
    samples = round(recipe.data.samples * rng.uniform(0.5, 0.7))
    dropout = recipe.network.dropout if recipe.network.kind == "recurrent" else max(0.1, recipe.network.dropout)
    every = max(1, samples // spec.batch)
    return recipe.but(
        samples=samples, batch=min(spec.batch, samples // 8), dropout=dropout, evaluate_every=every,
        weight_decay=max(1e-3, spec.weight_decay), patience=int(rng.integers(4, 8)), steps=round(recipe.steps * 1.5),
    )  # fmt: skip


def _weighted_classes(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """A rare class whose loss counts as much more as it is rare."""
    if recipe.data.task not in {"blobs", "tabular", "tokens", "spirals"}:
        return None
    classes = recipe.data.classes
    share = float(rng.uniform(0.15, 0.3)) / max(1, classes - 1)
    weight = min(10.0, (1 - share) / (classes - 1) / share)
    return recipe.but(imbalance=share, rare_weight=weight)


def _separable(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """Classes or curves without noise: the loss goes on to almost 0."""
    clear = {
        "blobs": {"separation": float(rng.uniform(9, 14))},
        "tabular": {"separation": float(rng.uniform(9, 14))},
        "moons": {"noise": 0.03},
        "digits": {"noise": 0.0},
        "images": {"noise": 0.0},
        "tokens": {"noise": 0.0},
        "copy": {"noise": 0.0},
        "scenes": {"noise": 0.02},
    }.get(recipe.data.task)
    if clear is None:
        return None
    longer = recipe.optimisation.epochs if recipe.data.task in {"moons", "digits"} else recipe.optimisation.epochs * 2
    return recipe.but(**clear, dropout=0.0, weight_decay=0.0, epochs=longer)


VARIANTS = (
    ("large_targets", _large_targets),
    ("strong_dropout", _strong_dropout),
    ("strong_augmentation", _strong_augmentation),
    ("overfitting_stopped_early", _stopped_overfitting),
    ("weighted_rare_class", _weighted_classes),
    ("separable_to_zero", _separable),
)
