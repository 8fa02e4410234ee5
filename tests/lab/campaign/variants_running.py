"""Healthy ways to run: when a program stops, evaluates, resumes, clips, accumulates and prints, and in what format."""

from __future__ import annotations

import numpy as np

from .injection import log_uniform
from .recipe import Recipe
from .tasks import TASKS
from .variants_schedules import ADAPTIVE, delicate


def _patience(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """Up to twice the time, ended by a patience of 4 to 8 evaluations."""
    return recipe.but(
        patience=int(rng.integers(4, 9)), steps=min(3000, 2 * recipe.steps), schedule="constant",
        evaluate_every=max(1, recipe.steps // 20),
    )  # fmt: skip


def _rare_evaluation(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """Two to five evaluations in all."""
    return recipe.but(evaluate_every=recipe.steps // int(rng.integers(2, 6)))


def _resume(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """Started anew once or twice from checkpoints that hold everything."""
    shares = np.sort(rng.uniform(0.2, 0.8, size=int(rng.integers(1, 3))))
    return recipe.but(restarts=tuple(float(s) for s in shares.round(3)))


def _percentile_clip(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """Clipped at the 90th percentile or so of the norms before: one gradient in ten is shortened."""
    return recipe.but(clip=float(rng.uniform(80.0, 95.0)), clip_by="percentile")


def _accumulation(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """Two to eight micro-batches make the batch, their gradients averaged."""
    spec = recipe.optimisation
    count = int(rng.choice([2, 4, 8]))
    if spec.batch >= recipe.data.samples or spec.batch < 16 or recipe.network.norm == "batch":
        return None
    count = min(count, spec.batch // 4, max(2, 4000 // recipe.steps if recipe.network.kind == "dense" else 3))
    return recipe.but(batch=spec.batch // count, accumulation=count, drop_last=True)


def _bf16(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """Mixed precision with bfloat16, or with the range of a larger network."""
    return recipe.but(precision="bf16", range_used=log_uniform(rng, 1.0, 1000.0))


def _fp16(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """Half precision whose loss scale begins too high and settles after some skipped steps."""
    return recipe.but(
        precision="fp16_scaled", range_used=log_uniform(rng, 1.0, 30.0), scale_growth=int(rng.integers(200, 2001)),
        loss_scale=float(2.0 ** rng.integers(18, 31)),
    )  # fmt: skip


def _very_short(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """10 to 30 rows: so many large batches, with what rate they bear; still falling at the end."""
    steps = int(rng.integers(10, 31))
    spec = recipe.optimisation
    if spec.optimizer == "sgd" or delicate(recipe) or recipe.data.task in {"curve", "spirals", "moons"}:
        return None
    rise = 3.0 if spec.optimizer in ADAPTIVE else 2.0
    return recipe.but(
        steps=steps, batch=min(recipe.data.samples, 256, spec.batch * 4), rate=spec.rate * rise,
        warmup=min(2, spec.warmup), evaluate_every=int(rng.integers(1, 4)), schedule="constant",
    )  # fmt: skip


def _to_the_floor(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """Three times the samples and up to three times the steps: long quiet at the least loss that is possible."""
    most = {"dense": 3500, "conv": 1600, "recurrent": 900, "transformer": 900}[recipe.network.kind]
    spec = recipe.optimisation
    if spec.batch >= recipe.data.samples or recipe.data.task in {"digits", "images"}:
        return None
    steps = min(most, round(recipe.steps * rng.uniform(2.0, 3.0)))
    return recipe.but(
        samples=recipe.data.samples * 3, steps=steps, evaluate_every=max(1, steps // 30), batch=spec.batch * 2,
        schedule=str(rng.choice(["cosine", "exponential"])), decay=0.03, weight_decay=max(1e-3, spec.weight_decay),
    )  # fmt: skip


def _running_mean(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """Prints the mean of the epoch so far, as progress bars do."""
    return recipe.but(printed="running_mean")


def _two_terms(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """A second term of the loss that helps: the box of an object, or a light penalty on the outputs."""
    kind = TASKS[recipe.data.task].kind
    if kind == "detection":
        return recipe.but(term_weights=(float(rng.uniform(0.5, 1.5)), log_uniform(rng, 0.3, 3.0)))
    if kind == "alignment":
        return None
    term = "output_size" if kind == "regression" else str(rng.choice(["output_size", "entropy"]))
    most = {"regression": 0.03, "classification": 0.02, "sequence": 0.02}[kind] * (3 if term == "entropy" else 1)
    return recipe.but(second_term=term, term_weights=(1.0, log_uniform(rng, most / 20, most)))


VARIANTS = (
    ("stopped_by_patience", _patience),
    ("rare_evaluation", _rare_evaluation),
    ("resumed_with_state", _resume),
    ("clipped_at_a_percentile", _percentile_clip),
    ("accumulated_batches", _accumulation),
    ("bf16_mixed", _bf16),
    ("fp16_with_scaling", _fp16),
    ("very_short", _very_short),
    ("quiet_floor", _to_the_floor),
    ("running_mean_printed", _running_mean),
    ("two_sane_terms", _two_terms),
)
