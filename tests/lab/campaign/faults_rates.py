"""Faults of the learning rate, its schedule, the batch size, the length of a run and weight decay."""

from __future__ import annotations

import numpy as np

from . import faults_data, faults_sample
from .injection import Injection, both, log_uniform
from .recipe import Recipe
from .tasks import TASKS

MOST_STEPS = {"dense": 2500, "conv": 900, "recurrent": 900, "transformer": 700}
"""Steps of a network kind that take about two seconds."""


def _too_low(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    return recipe.but(rate=recipe.optimisation.rate / log_uniform(rng, 5, 1000))


def _rounds(recipe: Recipe) -> int:
    """Passes over the data, also of a run that counts steps."""
    return max(1, round(recipe.steps / recipe.steps_per_epoch))


def _stepped_per_batch(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """A schedule whose numbers are in epochs, and that is stepped at each batch."""
    if recipe.steps_per_epoch < 5 or recipe.optimisation.schedule == "plateau":
        return None
    epochs = _rounds(recipe)
    kind = str(rng.choice(["per_batch", "per_batch", "step", "linear"]))
    if kind == "per_batch":
        return recipe.but(schedule=kind, decay=float(rng.choice([0.5, 0.7, 0.8, 0.9, 0.95, 0.97])))
    if kind == "step":
        milestones = (0.3, 0.6, 0.9) if rng.uniform() < 0.5 else (0.5, 0.75)
        return recipe.but(schedule=kind, horizon=max(2, epochs), decay=0.1, milestones=milestones)
    return recipe.but(schedule=kind, horizon=max(2, epochs), floor=0.0)


def _horizon_short(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """The schedule believes that the run ends early: it stays at zero, comes back up, or leaves its domain."""
    kind = str(rng.choice(["linear", "linear", "cosine", "poly", "zero_from", "negative"]))
    share = log_uniform(rng, 0.05, 0.6)
    horizon = max(2, round(share * recipe.steps))
    if kind == "zero_from":
        return recipe.but(schedule=kind, milestones=(share,))
    if kind == "negative":
        # 1 - 2 * step / horizon passes zero at half the horizon and is never cut off there.
        return recipe.but(schedule=kind, horizon=max(4, round(recipe.steps * rng.uniform(0.5, 1.8))))
    return recipe.but(schedule=kind, horizon=horizon, floor=0.0)


def _undefined(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """A horizon that is missing (0/0 from the first step), or so short that a root of a negative number follows."""
    if rng.uniform() < 0.5:
        return recipe.but(schedule="without_horizon")
    return recipe.but(schedule="poly", horizon=max(2, round(log_uniform(rng, 0.03, 0.9) * recipe.steps)))


def _counter_reset(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """The program is started anew and its schedule begins again, far into a decay that was steep."""
    if recipe.steps < 60 or needs_warmup(recipe):
        return None
    changed = recipe
    if recipe.optimisation.schedule not in {"cosine", "linear", "exponential", "step"}:
        kind = str(rng.choice(["cosine", "linear", "exponential", "step"]))
        # A rate that decays begins higher than one that stays.
        rate = recipe.optimisation.rate * log_uniform(rng, 1.0, 4.0)
        changed = recipe.but(
            schedule=kind, decay=0.02 if kind == "exponential" else 0.1, milestones=(0.4, 0.6), rate=rate
        )
    return changed.but(restarts=(float(rng.uniform(0.6, 0.94)),), restart_schedule="lost")


def _rises(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """A factor above one where one below was meant, at every step or at a milestone."""
    kind = str(rng.choice(["rising", "rising_late"]))
    growth = log_uniform(rng, 5, 1e4) if kind == "rising" else log_uniform(rng, 5, 300)
    return recipe.but(schedule=kind, decay=1 / growth, milestones=(float(rng.uniform(0.25, 0.8)),))


def needs_warmup(recipe: Recipe) -> bool:
    """Whether a recipe rests on its warm-up: it takes an eighth of the run or more."""
    return recipe.optimisation.warmup * 8 >= recipe.steps


def _warmup_missing(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    return recipe.but(warmup=0) if needs_warmup(recipe) else None


def _warmup_short(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """A few steps where some hundred are needed, at a rate up to twice as high, as for a batch twice as large."""
    if not needs_warmup(recipe):
        return None
    warmup = max(2, round(recipe.optimisation.warmup * log_uniform(rng, 0.01, 0.15)))
    return recipe.but(warmup=warmup, rate=recipe.optimisation.rate * log_uniform(rng, 1.0, 2.0))


def _in_fewer_steps(recipe: Recipe, steps: int) -> dict[str, object]:
    """A run of other length whose warm-up and evaluations keep their share of it."""
    share = steps / recipe.steps
    every = recipe.running.evaluate_every or recipe.steps_per_epoch
    warmup = round(recipe.optimisation.warmup * share)
    return {"steps": steps, "evaluate_every": max(1, round(every * share)), "warmup": warmup}


def _batch_too_large(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """A larger batch for as many epochs at the same rate."""
    samples, batch = recipe.data.samples, recipe.optimisation.batch
    if batch * 8 > samples:
        return None
    larger = min(samples, round(batch * log_uniform(rng, 6, 80)))
    steps = max(3, round(recipe.steps * recipe.steps_per_epoch**-1 * -(-samples // larger)))
    return recipe.but(batch=larger, **_in_fewer_steps(recipe, steps))


def _batch_too_small(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """Batches of 1 to 4 at the rate of a usual one, for as many epochs as the time allows."""
    batch = int(rng.choice([1, 1, 2, 2, 3, 4]))
    if recipe.optimisation.batch < 16 or recipe.optimisation.batch >= recipe.data.samples:
        return None
    most = MOST_STEPS[recipe.network.kind]
    steps = min(max(most, recipe.steps), recipe.steps * recipe.optimisation.batch // batch)
    return recipe.but(batch=batch, **_in_fewer_steps(recipe, steps))


def _batch_lacks_a_class(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """A term that is divided by the number of a class in the batch, in batches that often have none."""
    if recipe.objective.reduction != "rare_class" or TASKS[recipe.data.task].kind != "classification":
        return None
    batch = int(rng.integers(4, 17))
    steps = min(max(MOST_STEPS[recipe.network.kind], recipe.steps), recipe.steps * recipe.optimisation.batch // batch)
    return recipe.but(batch=batch, **_in_fewer_steps(recipe, steps))


def _too_few(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """A fiftieth to a quarter of the run, in whole epochs where the program counts epochs."""
    share = log_uniform(rng, 0.02, 0.25)
    if not recipe.optimisation.steps and recipe.steps_per_epoch > 1:
        epochs = max(1, round(recipe.optimisation.epochs * share))
        warmup = round(recipe.optimisation.warmup * epochs / recipe.optimisation.epochs)
        return recipe.but(epochs=epochs, warmup=warmup)
    return recipe.but(**_in_fewer_steps(recipe, max(6, round(recipe.steps * share))))


def _decay_too_high(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """0.05 to 2 in the gradient; apart from it, where the rate multiplies it, up to a half-life of some ten steps."""
    if recipe.optimisation.optimizer == "adamw":
        return recipe.but(weight_decay=log_uniform(rng, 4, 100))
    return recipe.but(weight_decay=log_uniform(rng, 0.05, 2))


_LOW = Injection("rate_too_low", ("learning_rate_too_low",), _too_low)
_FEW = Injection("stopped_early", ("too_few_iterations",), _too_few)
_DECAY = Injection("decay_too_high", ("weight_decay_too_high",), _decay_too_high)
_HIGH = next(fault for fault in faults_sample.FAULTS if fault.name == "rate_too_high")
_RAW = next(fault for fault in faults_data.FAULTS if fault.name == "inputs_raw")
_OVERFIT = next(fault for fault in faults_sample.FAULTS if fault.name == "few_samples")
_SCHEDULE, _WARMUP = ("learning_rate_schedule_broken",), ("warmup_missing_or_too_short",)

FAULTS = (
    _LOW,
    Injection("schedule_per_batch", _SCHEDULE, _stepped_per_batch),
    Injection("schedule_horizon_short", _SCHEDULE, _horizon_short),
    Injection("schedule_undefined", _SCHEDULE, _undefined),
    Injection("schedule_counter_reset", _SCHEDULE, _counter_reset),
    Injection("schedule_rises", _SCHEDULE, _rises),
    Injection("warmup_missing", _WARMUP, _warmup_missing),
    Injection("warmup_short", _WARMUP, _warmup_short),
    Injection("batch_too_large", ("batch_size_too_large",), _batch_too_large),
    Injection("batch_too_small", ("batch_size_too_small",), _batch_too_small),
    Injection("batch_lacks_a_class", ("batch_size_too_small",), _batch_lacks_a_class),
    _FEW,
    _DECAY,
)
PAIRS = (both(_HIGH, _RAW), both(_LOW, _OVERFIT), both(_DECAY, _FEW))
