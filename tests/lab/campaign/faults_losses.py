"""Faults of what is minimised: a loss that does not fit, unsafe arithmetic in it, its size, its number format."""

from __future__ import annotations

import numpy as np

from . import faults_sample
from .injection import Injection, both, log_uniform
from .objectives import SINGLE
from .recipe import Recipe
from .tasks import TASKS, classes_of

_COUNTED = {"blobs", "tabular", "tokens"}
"""Tasks whose classes can be made uneven."""


def _kind(recipe: Recipe) -> str:
    return TASKS[recipe.data.task].kind


def _several_classes(recipe: Recipe) -> bool:
    """A plain cross-entropy over the outputs, of samples or of each step."""
    return _kind(recipe) in {"classification", "sequence"} and not recipe.objective.loss


def _two_classes(recipe: Recipe) -> bool:
    return _kind(recipe) == "classification" and recipe.objective.loss in SINGLE


def _one_term(recipe: Recipe) -> bool:
    return recipe.objective.second_term == "none"


def _large_scores(recipe: Recipe, rng: np.random.Generator, low: float, high: float) -> Recipe:
    """What makes scores large: a large last layer, a factor on the outputs (and a rate cut by it), or a high rate.

    By itself each is borne by a fused loss in most runs.
    """
    how = str(rng.choice(["last_layer", "last_layer", "outputs", "rate"]))
    size, rate = log_uniform(rng, low, high), recipe.optimisation.rate
    if how == "last_layer":
        return recipe.but(head_scale=size)
    if how == "outputs":
        return recipe.but(logit_scale=size**0.8, rate=rate / size**0.8)
    return recipe.but(rate=rate * log_uniform(rng, 3.0, 15.0))


def _squared_on_classes(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """Squared error against one-hot targets after a softmax or sigmoid, or against the number of the class."""
    if not _several_classes(recipe):
        return None
    if rng.uniform() < 0.4:
        return recipe.but(loss="squared_on_ids")
    return recipe.but(loss="squared_on_classes", output=str(rng.choice(["softmax", "softmax", "sigmoid"])))


def _binary_beyond(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """Binary cross-entropy where targets are numbers, or ids of more than two classes: there is no lowest loss."""
    if recipe.objective.loss:
        return None
    if _kind(recipe) == "regression":
        return recipe.but(loss="binary_on_numbers")
    if _kind(recipe) == "classification" and classes_of(recipe.data) > 2 and _one_term(recipe):
        return recipe.but(loss="binary")
    return None


def _scores_as_probabilities(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """Raw scores in a loss for probabilities: clipped as some frameworks do, or the logarithm of what is negative."""
    if not _several_classes(recipe):
        return None
    guard = float(rng.choice([1e-7, 1e-7, 0.0]))
    return recipe.but(loss="on_probabilities", guard=guard, output=str(rng.choice(["linear", "linear", "relu"])))


def _single_unit(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """A softmax over one unit, which always says 1."""
    if not _two_classes(recipe):
        return None
    return recipe.but(output="softmax", loss=str(rng.choice(["binary_squared", "binary"])))


def _softmax_before(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """A softmax layer before a loss that has its own."""
    if not _several_classes(recipe) and _kind(recipe) != "alignment":
        return None
    return recipe.but(output="softmax")


def _sigmoid_before(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """A sigmoid before a loss on raw scores."""
    return recipe.but(output="sigmoid") if _two_classes(recipe) or _several_classes(recipe) else None


def _clipped_softmax(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """Softmax and logarithm apart, clipped at 1e-7 or so, while something makes the scores large."""
    if not _several_classes(recipe) or recipe.data.padding:
        return None
    guard = float(rng.choice([1e-7, 1e-7, 1e-8, 1e-12]))
    return _large_scores(recipe.but(loss="unfused", guard=guard), rng, 20.0, 1500.0)


def _exp_overflows(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """Exp of raw scores: beyond 88.7, or beyond 11 in half precision, the quotient is not a number."""
    if not _several_classes(recipe) or recipe.data.padding:
        return None
    half = rng.uniform() < 0.4
    low, high = (8.0, 80.0) if half else (40.0, 800.0)
    changed = _large_scores(recipe.but(loss="naive_softmax"), rng, low, high)
    return changed.but(precision=str(rng.choice(["fp16", "fp16_scaled"]))) if half else changed


def _log_of_sigmoid(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """Log of a sigmoid and of its complement, without a guard; half precision reaches 0 and 1 sooner."""
    if not _two_classes(recipe):
        return None
    half = rng.uniform() < 0.4
    low, high = (1.5, 15.0) if half else (3.0, 50.0)
    changed = _large_scores(recipe.but(loss="binary_unguarded"), rng, low, high)
    return changed.but(precision="fp16") if half else changed


def _log_of_softmax(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """Every class times the log of its probability, without a guard: 0 times the log of 0 is not a number."""
    if not _several_classes(recipe) or recipe.data.padding:
        return None
    return _large_scores(recipe.but(loss="log_of_softmax"), rng, 40.0, 800.0)


def _log_of_numbers(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """Squared error of logarithms of positive targets, where an output that is not above 0 gives the log of 0."""
    if _kind(recipe) != "regression" or recipe.objective.loss:
        return None
    low = float(rng.uniform(2.0, 6.0))
    changed = recipe.but(loss="log_error", guard=0.0, target_shift=low)
    return changed.but(output="relu") if rng.uniform() < 0.5 else changed


def _no_rare_label(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """A term that is divided by the count of the rarest class in the batch, which some batches do not hold."""
    batch, classes = recipe.optimisation.batch, classes_of(recipe.data)
    if _kind(recipe) not in {"classification", "detection"} or batch > 64:
        return None
    if recipe.data.task in _COUNTED and not recipe.data.imbalance:
        return recipe.but(reduction="rare_class", imbalance=log_uniform(rng, 1.0, 6.0) / batch / 2)
    share = recipe.data.imbalance or 1 / classes
    return recipe.but(reduction="rare_class") if (1 - share) ** batch * recipe.steps > 1 else None


def _no_foreground(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """The mean over targets above a bound (rain above none), of which some batches have none."""
    if _kind(recipe) != "regression" or recipe.objective.loss or recipe.optimisation.batch > 64:
        return None
    return recipe.but(reduction="rare_class", guard=float(rng.uniform(0.55, 0.9)))


def _summed(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """The sum over the batch in place of the mean."""
    return recipe.but(reduction="sum")


def _wrong_factor(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """A forgotten or doubled normaliser: pixels, classes, steps; up to thousands, or down to ten-thousandths."""
    size = log_uniform(rng, 8, 3000)
    return recipe.but(loss_factor=size if rng.uniform() < 0.6 else 1 / size)


def _heavy_term(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """One of several terms weighs ten to three thousand times what it should, the second one mostly."""
    if _kind(recipe) != "detection" and _one_term(recipe):
        return None
    first, second = recipe.objective.term_weights
    times = log_uniform(rng, 10, 3000)
    if not _one_term(recipe):
        return recipe.but(term_weights=(first, second * times))
    return recipe.but(term_weights=(first * times, second) if rng.uniform() < 0.3 else (first, second * times))


def _term_in_raw_units(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """A second term that is a sum of squares in pixels, at about full weight, in a program that had several."""
    if _kind(recipe) == "detection" or _one_term(recipe):
        return None
    return recipe.but(second_term="pixels", term_weights=(1.0, log_uniform(rng, 1e-3, 1.0)))


def _coarse_weights(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """Weights and optimizer state in bf16: updates below a part in 256 of a weight are lost."""
    spec = recipe.optimisation
    return recipe.but(precision="bf16_weights", rate=spec.rate * float(rng.choice([1.0, 1.0, 0.5, 0.2])))


_SOFTMAX = Injection("softmax_before_loss", ("softmax_applied_twice",), _softmax_before)

FAULTS = (
    Injection("squared_error_on_classes", ("loss_output_mismatch",), _squared_on_classes),
    Injection("binary_loss_beyond_one", ("loss_output_mismatch",), _binary_beyond),
    Injection("scores_as_probabilities", ("loss_output_mismatch",), _scores_as_probabilities),
    Injection("single_softmax_unit", ("loss_output_mismatch",), _single_unit),
    _SOFTMAX,
    Injection("sigmoid_before_loss", ("softmax_applied_twice",), _sigmoid_before),
    Injection("softmax_then_log", ("softmax_cross_entropy_not_fused",), _clipped_softmax),
    Injection("exp_of_raw_scores", ("exp_overflow_in_softmax",), _exp_overflows),
    Injection("log_of_sigmoid", ("log_of_zero",), _log_of_sigmoid),
    Injection("log_of_softmax", ("log_of_zero",), _log_of_softmax),
    Injection("log_of_numbers", ("log_of_zero",), _log_of_numbers),
    Injection("rare_label_missing", ("division_by_zero_in_loss",), _no_rare_label),
    Injection("foreground_missing", ("division_by_zero_in_loss",), _no_foreground),
    Injection("loss_summed", ("loss_scale_or_reduction_wrong",), _summed),
    Injection("loss_factor_wrong", ("loss_scale_or_reduction_wrong",), _wrong_factor),
    Injection("term_too_heavy", ("loss_term_dominates",), _heavy_term),
    Injection("term_in_raw_units", ("loss_term_dominates",), _term_in_raw_units),
    Injection("weights_in_bf16", ("low_precision_instability",), _coarse_weights),
)

_LABELS = next(fault for fault in faults_sample.FAULTS if fault.name == "labels_random")
PAIRS = (both(_SOFTMAX, _LABELS),)
