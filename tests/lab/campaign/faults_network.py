"""Faults of the network: its start, its size, its activations, its norms, its dropout and its attention."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from . import faults_sample
from .injection import Apply, Injection, both, log_uniform
from .recipe import Recipe
from .tasks import TASKS

_LINEAR_SUFFICES = {"blobs", "linear"}
"""Tasks that a network without hidden layers solves as well."""
_MOST_VALUES = 1e8
"""Hidden values of a whole training that are computed in about two seconds."""


def _kind(recipe: Recipe) -> str:
    return TASKS[recipe.data.task].kind


def _giant_steps(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """The first update or updates are tens to hundreds of times too long, and sound ones follow.

    Mostly the inputs are of one sign, as pixels and prices are: such a step moves all weights of a unit one way.
    """
    network, spec = recipe.network, recipe.optimisation
    plain = spec.schedule == "constant" and not spec.warmup and not spec.clip
    if network.activation != "relu" or network.norm != "none" or network.kind == "recurrent" or not plain:
        return None
    longer, long_steps = log_uniform(rng, 20, 300), int(rng.choice([1, 1, 3, 10, 25]))
    return recipe.but(
        rate=spec.rate * longer, schedule="step", decay=1 / longer, milestones=((long_steps - 0.5) / recipe.steps,),
        input_offset=float(rng.choice([0.0, 1.5, 2.5])),
    )  # fmt: skip


def _constant_start(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """Zeros, or one number for every weight: all units of a layer are one."""
    return recipe.but(init="constant", init_scale=float(rng.choice([0.0, 0.0, 0.01, 0.1, 0.5, 1.0])))


def _small_start(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """A spread from a third of the right one down to 1e-5, for all layers."""
    return recipe.but(init="normal", init_scale=log_uniform(rng, 1e-5, 3e-2))


def _large_start(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """A spread of half to five for all layers, as a standard normal without a factor gives."""
    return recipe.but(init="normal", init_scale=log_uniform(rng, 0.5, 5.0))


def _no_hidden_layer(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """The last layer alone, or no block of a transformer, for tasks that need more."""
    if recipe.network.kind == "recurrent" or recipe.data.task in _LINEAR_SUFFICES:
        return None
    return recipe.but(depth=0)


def _one_narrow_layer(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """One hidden layer of a third to all of the units, where three or more were there."""
    if recipe.network.kind != "dense" or recipe.network.depth < 3 or recipe.data.task in _LINEAR_SUFFICES:
        return None
    return recipe.but(depth=1, width=max(3, round(recipe.network.width * rng.uniform(0.3, 1.0))))


def _few_units(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """A fiftieth to a sixth of the units in every layer, or in the middle one."""
    if recipe.data.task == "linear":
        return None
    network = recipe.network
    units = max(1, round(network.width * log_uniform(rng, 0.02, 0.16)))
    if network.kind == "transformer":
        return recipe.but(width=units, heads=1)
    if network.kind == "dense" and network.depth > 1 and rng.uniform() < 0.4:
        return recipe.but(bottleneck=units)
    return recipe.but(width=units)


def _very_wide(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """One layer of 1,000 to 4,000 units, with the rate and the regularisation of the narrow network."""
    spec = recipe.optimisation
    width = min(4000, round(_MOST_VALUES / (recipe.steps * max(20, spec.batch))))
    if recipe.network.kind != "dense" or width < 1000:
        return None
    return recipe.but(depth=1, width=round(log_uniform(rng, 1000, width)))


def _no_activation(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """Layers that multiply out to one, where a linear model is not enough; pooling still bends a convolution."""
    if recipe.network.kind not in {"dense", "conv"} or recipe.data.task in _LINEAR_SUFFICES:
        return None
    return recipe.but(activation="none")


def _bounded_numbers(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """An output that cannot reach the standardised targets of a regression."""
    if _kind(recipe) != "regression" or recipe.objective.loss:
        return None
    return recipe.but(output=str(rng.choice(["relu", "sigmoid", "tanh", "softmax", "relu", "sigmoid"])))


def _bounded_scores(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """ReLU or tanh before a loss that wants raw scores."""
    if _kind(recipe) == "regression":
        return None
    return recipe.but(output=str(rng.choice(["relu", "tanh"])))


def _hidden(name: str) -> Apply:
    def apply(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
        """Another hidden activation throughout; of the plain recurrent cell, ReLU in place of tanh is not meant."""
        if recipe.network.kind not in {"dense", "conv"} or recipe.data.task == "linear":
            return None
        return recipe.but(activation=name)

    return apply


def _pool_sizes(rng: np.random.Generator, fits: Callable[[int, int], bool]) -> tuple[int, int]:
    pairs = [(kernel, stride) for kernel in (1, 2, 3) for stride in range(kernel + 1, 7) if fits(kernel, stride)]
    return pairs[int(rng.integers(len(pairs)))]


def _empty_window(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """Sizes rounded up, so that the last window of an average begins past the edge of the image."""
    if recipe.network.kind != "conv":
        return None

    def past_edge(kernel: int, stride: int, side: int = 8) -> bool:
        return math.ceil((side - kernel) / stride) * stride >= side

    kernel, stride = _pool_sizes(rng, past_edge)
    return recipe.but(pooling="caffe", pool_kernel=kernel, pool_stride=stride)


def _gaps(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """Windows with gaps between them, which throw pixels away and do no more."""
    if recipe.network.kind != "conv":
        return None
    kernel, stride = _pool_sizes(rng, lambda kernel, stride: stride < 6)
    return recipe.but(pool_kernel=kernel, pool_stride=stride)


def _has_batch_norm(recipe: Recipe) -> bool:
    return recipe.network.norm == "batch" and recipe.network.kind != "transformer"


def _tiny_batches(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """Two to four samples per batch, with the old rate, one cut in proportion, or one between."""
    if not _has_batch_norm(recipe):
        return None
    batch, steps = int(rng.choice([2, 2, 3, 4])), min(1400, recipe.steps * 3)
    rate = recipe.optimisation.rate * (batch / recipe.optimisation.batch) ** rng.uniform(0, 1)
    return recipe.but(batch=batch, rate=rate, steps=steps, evaluate_every=max(1, steps // 15))


def _batch_of_one(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """The last batch of an epoch holds one sample; of dense layers its spread is 0, and its estimate 0/0."""
    if not _has_batch_norm(recipe) or recipe.network.kind != "dense":
        return None
    batch = recipe.optimisation.batch + int(rng.integers(-4, 5))
    return recipe.but(batch=batch, samples=recipe.data.samples // batch * batch + 1)


def _lagging_average(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """A momentum so near 1 (in other libraries' terms) that the start value still makes up a tenth to all of it."""
    if not _has_batch_norm(recipe):
        return None
    left = float(rng.choice([1.0, rng.uniform(0.1, 0.98), rng.uniform(0.1, 0.98)]))
    return recipe.but(norm_momentum=-math.log(left) / recipe.steps + 0.0)


def _jumping_average(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """0.9 to 0.999 of another library taken for this one's: the running average is the last batch."""
    if not _has_batch_norm(recipe):
        return None
    batch = int(rng.integers(4, 13))
    steps = min(1200, recipe.steps * 2)
    rate = recipe.optimisation.rate * (batch / recipe.optimisation.batch) ** 0.5
    momentum = float(rng.choice([0.9, 0.99, 0.999]))
    return recipe.but(batch=batch, rate=rate, steps=steps, evaluate_every=max(1, steps // 15), norm_momentum=momentum)


def _too_much_dropout(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    return recipe.but(dropout=float(rng.uniform(0.55, 0.95)))


def _nothing_regularises(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """A large network on noisy data loses every regulariser, and trains for one to four times as long."""
    network, data = recipe.network, recipe.data
    if network.kind not in {"dense", "conv"} or (
        network.dropout < 0.3 and not (data.label_noise and data.augmentation)
    ):
        return None
    steps = round(recipe.steps * rng.uniform(1.0, 4.0))
    steps = max(recipe.steps, min(steps, {"dense": 2600, "conv": 900}[network.kind]))
    return recipe.but(dropout=0.0, weight_decay=0.0, augmentation=0.0, label_smoothing=0.0, steps=steps)


def _hidden_rows(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """Samples, from one in a thousand to one in five, with queries whose keys are all masked."""
    if recipe.network.kind != "transformer":
        return None
    share = max(1.5 / recipe.data.samples, log_uniform(rng, 1e-3, 0.2))
    return recipe.but(hidden_rows=share, hidden_rows_used=bool(rng.uniform() < 0.3))


def _growing_logits(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """Scores without the factor for the width of a head, or above it, at a rate and length that let them grow.

    Of tokens only: the short series need so little attention that nothing makes the scores grow.
    """
    network, spec = recipe.network, recipe.optimisation
    if network.kind != "transformer" or network.query_norm or TASKS[recipe.data.task].shape != "tokens":
        return None
    steps = round(recipe.steps * rng.uniform(1.0, 1.7))
    return recipe.but(
        attention_scale=math.sqrt(network.width / network.heads) * log_uniform(rng, 1.5, 25.0),
        rate=spec.rate * log_uniform(rng, 2.0, 8.0), clip=0.0, steps=steps,
    )  # fmt: skip


_LARGE = Injection("start_too_large", ("bad_initialization",), _large_start)

FAULTS = (
    Injection("giant_first_steps", ("dead_relu",), _giant_steps),
    Injection("start_constant", ("bad_initialization",), _constant_start),
    Injection("start_too_small", ("bad_initialization",), _small_start),
    _LARGE,
    Injection("no_hidden_layer", ("network_too_shallow",), _no_hidden_layer),
    Injection("one_narrow_layer", ("network_too_shallow",), _one_narrow_layer),
    Injection("few_units", ("too_few_hidden_units",), _few_units),
    Injection("very_wide", ("network_too_wide",), _very_wide),
    Injection("no_activation", ("nonlinearity_missing",), _no_activation),
    Injection("output_bounds_numbers", ("wrong_output_activation",), _bounded_numbers),
    Injection("output_bounds_scores", ("wrong_output_activation",), _bounded_scores),
    Injection("hidden_sigmoid", ("wrong_hidden_activation",), _hidden("sigmoid")),
    Injection("hidden_softmax", ("wrong_hidden_activation",), _hidden("softmax")),
    Injection("pooling_window_empty", ("pooling_stride_exceeds_kernel",), _empty_window),
    Injection("pooling_gaps", ("pooling_stride_exceeds_kernel",), _gaps),
    Injection("batch_norm_tiny_batches", ("batch_norm_unstable",), _tiny_batches),
    Injection("batch_norm_batch_of_one", ("batch_norm_unstable",), _batch_of_one),
    Injection("running_average_lags", ("batch_norm_statistics_wrong_at_evaluation",), _lagging_average),
    Injection("running_average_jumps", ("batch_norm_statistics_wrong_at_evaluation",), _jumping_average),
    Injection("too_much_dropout", ("dropout_too_high",), _too_much_dropout),
    Injection("nothing_regularises", ("regularization_missing",), _nothing_regularises),
    Injection("attention_rows_hidden", ("attention_masks_whole_row",), _hidden_rows),
    Injection("attention_scores_grow", ("attention_logit_growth",), _growing_logits),
)

_TOO_HIGH = next(fault for fault in faults_sample.FAULTS if fault.name == "rate_too_high")
PAIRS = (both(_LARGE, _TOO_HIGH),)
