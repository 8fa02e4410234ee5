"""Faults of what is measured, and of the surroundings: validation, augmentation, metric, rate at the end, machine."""

from __future__ import annotations

import numpy as np

from . import faults_data
from .injection import Injection, both, log_uniform
from .recipe import Recipe
from .tasks import TASKS, classes_of

_LOWERED = frozenset({"step", "cosine", "linear", "exponential", "poly"})
_MOST_STEPS = {"dense": 1600, "conv": 500, "recurrent": 500, "transformer": 500}


def _kind(recipe: Recipe) -> str:
    return TASKS[recipe.data.task].kind


def _shape(recipe: Recipe) -> str:
    return TASKS[recipe.data.task].shape


def _prepared_otherwise(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """Other units, other order of columns or another tokenizer, another label map: code that was written twice."""
    numbers = _shape(recipe) != "tokens"
    ways = ["scaled", "scaled", "moved", "columns"] if numbers else ["columns"]
    ways += ["label_map"] * (
        _kind(recipe) in {"classification", "sequence", "detection"} and classes_of(recipe.data) > 1
    )
    way = str(rng.choice(ways))
    if way == "scaled":
        factor = log_uniform(rng, 2, 255)
        return recipe.but(shift=way, shift_size=factor if rng.uniform() < 0.5 else 1 / factor)
    if way == "moved":
        return recipe.but(shift=way, shift_size=float(rng.uniform(0.5, 4)))
    return recipe.but(shift=way, shift_size=1.0)


def _drawn_otherwise(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """Another camera, a later month, an easier half; of tokens, words that the training knows less of."""
    if _shape(recipe) == "tokens":
        return recipe.but(shift="noisy", shift_size=float(rng.uniform(0.1, 0.6)))
    way = str(rng.choice(["noisy", "noisy", "moved", "easier"]))
    sizes = {"noisy": (0.3, 2.0), "moved": (0.1, 0.6), "easier": (0.4, 1.0)}
    return recipe.but(shift=way, shift_size=float(rng.uniform(*sizes[way])))


def _rows_on_both_sides(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """Duplicates, neighbouring frames, samples oversampled before the split; small sets are where this is done."""
    samples = max(recipe.optimisation.batch, round(recipe.data.samples * rng.uniform(0.25, 1.0)))
    return recipe.but(samples=samples, steps=recipe.steps, leaked=float(rng.uniform(0.3, 1.0)))


def _answer_among_inputs(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """A column that is known only once the answer is."""
    if _shape(recipe) == "tokens" or _kind(recipe) in {"alignment", "detection"} or recipe.data.task == "curve":
        return None
    return recipe.but(leaked_feature=float(rng.uniform(0.3, 1.0)))


def _augmented_beyond(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """Noise, holes, shifts and blends, from what is a little too much to what leaves nothing of the label."""
    shape = _shape(recipe)
    if shape == "tokens":
        return recipe.but(augmentation=float(rng.uniform(0.8, 3.2)))
    kind = str(rng.choice(["noise", "erase", "blend", *["shift", "shift"] * (shape == "image")]))
    low, high = {"noise": (0.7, 4.0), "erase": (0.9, 1.95), "blend": (1.0, 2.0), "shift": (1.0, 3.5)}[kind]
    return recipe.but(augmentation=log_uniform(rng, low, high), augmentation_kind=kind)


def _metric_wrong(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """Floats compared for equality, ids shifted by one, a threshold meant for probabilities, a single class."""
    if _kind(recipe) == "alignment":
        return None
    if _kind(recipe) == "regression":
        return recipe.but(metric="float_equality")
    ways = ["float_equality", "shifted_ids", "shifted_ids", "threshold_on_logits", "constant_class"]
    return recipe.but(metric=str(rng.choice(ways)))


def _never_lowered(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """The rate of the first phase kept to the end: the weights go round the bottom of the valley, not into it.

    Not where the rate is so high that it needed a long ramp, as that run breaks, nor where the loss is far from level.
    """
    spec = recipe.optimisation
    if spec.schedule not in _LOWERED or spec.batch * 4 > recipe.data.samples or spec.warmup * 10 > recipe.steps:
        return None
    if _kind(recipe) not in {"classification", "regression"}:
        return None
    batch = max(min(2, spec.batch), spec.batch // int(rng.choice([1, 1, 2])))
    if recipe.network.norm == "batch":
        batch = max(8, batch)
    longer = round(recipe.steps * rng.uniform(1.0, 1.5))
    steps = max(recipe.steps, min(_MOST_STEPS[recipe.network.kind], longer))
    return recipe.but(
        schedule="constant", rate=spec.rate * log_uniform(rng, 1, 2), batch=batch, steps=steps,
        evaluate_every=recipe.running.evaluate_every or recipe.steps_per_epoch,
    )  # fmt: skip


def _machine_wrong(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """A kernel that reads the wrong row, from the start or since an upgrade, or a chip that spoils single values."""
    if rng.uniform() < 0.5:
        since = 0.0 if rng.uniform() < 0.7 else float(rng.uniform(0.2, 0.7))
        return recipe.but(arithmetic="wrong_product", wrong_size=log_uniform(rng, 0.1, 1.0), wrong_from=since)
    since = 0.0 if rng.uniform() < 0.5 else float(rng.uniform(0.1, 0.6))
    return recipe.but(arithmetic="flips", wrong_size=log_uniform(rng, 0.1, 4.0), wrong_from=since)


_PREPARED = Injection("validation_prepared_otherwise", ("train_validation_mismatch",), _prepared_otherwise)
_NAN = next(fault for fault in faults_data.FAULTS if fault.name == "nan_records")

FAULTS = (
    _PREPARED,
    Injection("validation_drawn_otherwise", ("train_validation_mismatch",), _drawn_otherwise),
    Injection("rows_on_both_sides", ("validation_leak",), _rows_on_both_sides),
    Injection("answer_among_inputs", ("validation_leak",), _answer_among_inputs),
    Injection("augmented_beyond", ("augmentation_too_strong",), _augmented_beyond),
    Injection("metric_wrong", ("metric_unfit",), _metric_wrong),
    Injection("rate_never_lowered", ("bottleneck_reached",), _never_lowered),
    Injection("machine_wrong", ("library_or_hardware_fault",), _machine_wrong),
)
PAIRS = (both(_NAN, _PREPARED),)
