"""How a run is set up, in the words of the knowledge base: what a truthful and informed person would answer.

A setting that the recipe leaves open, or that lies between two answers, has no entry.
"""

from __future__ import annotations

import numpy as np

from .objectives import FITTING, SINGLE
from .recipe import Data, Recipe
from .record import Record
from .tasks import TASKS, classes_of

ADAPTIVE = frozenset({"adam", "adamw", "rmsprop"})
_TASK = {
    "classification": "classification",
    "sequence": "language_model",
    "regression": "regression",
    "detection": "detection",
    "alignment": "sequence_alignment",
}
_LOSS = {
    "cross_entropy": "cross_entropy_on_logits",
    "softmax_twice": "cross_entropy_on_logits",
    "unfused": "cross_entropy_on_probabilities",
    "log_of_softmax": "own_formula",
    "naive_softmax": "own_formula",
    "no_bound": "cross_entropy_on_probabilities",
    "squared_on_classes": "squared_or_absolute_error",
    "squared_on_ids": "squared_or_absolute_error",
    "binary": "binary_cross_entropy",
    "binary_each": "binary_cross_entropy",
    "binary_unguarded": "binary_cross_entropy",
    "binary_on_numbers": "binary_cross_entropy",
    "binary_squared": "squared_or_absolute_error",
    "squared": "squared_or_absolute_error",
    "absolute": "squared_or_absolute_error",
    "huber": "squared_or_absolute_error",
    "hinge": "own_formula",
    "log_cosh": "own_formula",
    "relative": "own_formula",
    "log_error": "own_formula",
    "gaussian": "own_formula",
    "alignment": "alignment_loss",
}
"""The likelihood that was meant to be logarithmic (`no_bound`) is what NLLLoss makes of raw scores. Of a class and a
box loss neither is the main one."""
_OUTPUT = {
    "softmax_twice": "softmax",
    "unfused": "softmax",
    "log_of_softmax": "softmax",
    "naive_softmax": "softmax",
    "binary_unguarded": "sigmoid",
}
"""What the loss does first counts as the last layer where the network has none. Whether the log-softmax of an alignment
is of the network or of the loss, nobody can say."""
_SCHEDULE = {
    "constant": "constant",
    "step": "stepwise",
    "per_epoch": "stepwise",
    "per_batch": "stepwise",
    "cosine": "decay_to_a_horizon",
    "linear": "decay_to_a_horizon",
    "poly": "decay_to_a_horizon",
    "exponential": "decay_to_a_horizon",
    "without_horizon": "decay_to_a_horizon",
    "negative": "decay_to_a_horizon",
    "plateau": "on_plateau",
    "restarts": "cyclic_or_own",
    "triangle": "cyclic_or_own",
    "one_cycle": "cyclic_or_own",
    "inverse_root": "cyclic_or_own",
    "rising": "cyclic_or_own",
}
"""By its plan. A rate of zero, and a step that goes up, follow no plan that a person could name."""
_ACTIVATION = {
    "relu": "relu",
    "leaky": "leaky_or_smooth",
    "gelu": "leaky_or_smooth",
    "elu": "leaky_or_smooth",
    "tanh": "saturating",
    "sigmoid": "saturating",
    "none": "none_between_layers",
}
_PRECISION = {"fp32": "fp32", "bf16": "bf16", "bf16_weights": "bf16", "fp16_weights": "fp16_pure"}
_SHUFFLING = {
    "every_epoch": "every_epoch",
    "once": "once",
    "as_is": "not_shuffled",
    "sorted": "not_shuffled",
    "in_place": "in_place_on_arrays",
    "overwritten": "in_place_on_arrays",
    "overwritten_once": "in_place_on_arrays",
}
_AUGMENTATION = {"noise": (0.5, 1.0), "erase": (0.5, 1.0), "shift": (0.75, 1.25), "tokens": (0.6, 1.2)}
"""Strength up to which a person still knows every sample at sight, and from which on one would hesitate: noise of the
data's own spread, half of the values erased, three of eight pixels, three of ten letters exchanged."""


def _band(value: float, edges: tuple[float, ...], names: tuple[str, ...]) -> str:
    return names[int(np.searchsorted(edges, value, side="right"))]


def loss_of(recipe: Recipe) -> str:
    """The name of the loss in `objectives.LOSSES`."""
    return recipe.objective.loss or FITTING[TASKS[recipe.data.task].kind]


def learning_rate_size(recipe: Recipe) -> str:
    """The base rate against what is usual for the optimizer; within a factor of 3 of the usual range is usual."""
    rate, low, high = recipe.optimisation.rate, *((1e-4, 1e-3) if _adaptive(recipe) else (1e-2, 1e-1))
    if rate >= 3 * high:
        return "far_above_usual" if rate > 30 * high else "above_usual"
    if rate <= low / 3:
        return "far_below_usual" if rate < low / 30 else "below_usual"
    return "usual"


def _adaptive(recipe: Recipe) -> bool:
    return recipe.optimisation.optimizer in ADAPTIVE


def class_ratio(data: Data) -> float:
    """How many times more frequent the commonest class is than the rarest, in nature."""
    if not data.imbalance:
        return 1.0
    rest = (1 - data.imbalance) / (classes_of(data) - 1)
    return max(rest, data.imbalance) / min(rest, data.imbalance)


def _input_scaling(data: Data) -> str:
    """Inputs that were drawn standardised, digits between -1 and 1; a slight change of scale is no answer."""
    size = max(data.input_scale, data.input_scale * data.input_uneven, abs(data.input_offset))
    small = min(data.input_scale, data.input_scale * data.input_uneven)
    if TASKS[data.task].shape == "tokens" or (data.input_scale, data.input_offset, data.input_uneven) == (1, 0, 1):
        return "zero_to_one" if data.task in {"digits", "images"} else "standardised"
    return "raw" if size >= 3 or small <= 0.1 else ""


def _target_form(recipe: Recipe) -> str:
    data, kind, loss = recipe.data, TASKS[recipe.data.task].kind, loss_of(recipe)
    if kind == "detection":
        return "boxes_or_masks"
    if kind != "regression":
        return (
            "zero_one_values" if loss in SINGLE else "one_hot" if loss in {"squared_on_classes", "binary_each"} else
            "class_indices"
        )  # fmt: skip
    if (data.target_scale, data.target_shift) == (1.0, 0.0):
        return "scaled_numbers"
    within = data.target_scale <= 0.4 and abs(data.target_shift) <= 0.6
    return "" if within else "raw_numbers"


def _of_data(recipe: Recipe) -> dict[str, str]:
    data, task = recipe.data, TASKS[recipe.data.task]
    found = {
        "task": _TASK[task.kind],
        "target_form": _target_form(recipe),
        "input_scaling": _input_scaling(data),
        "training_set_size": _band(data.samples, (1000, 10000), ("hundreds", "thousands", "tens_of_thousands_or_more")),
        "shuffling": _SHUFFLING.get(data.order, ""),
        "masking": _masking(recipe),
        "augmentation": _augmentation(data),
    }
    if task.kind in {"classification", "detection"} and data.label_map not in {"swapped"}:
        found["class_balance"] = _band(class_ratio(data), (2, 10), ("balanced", "uneven", "extreme"))
    return found


def _augmentation(data: Data) -> str:
    if not data.augmentation:
        return "not_used"
    if TASKS[data.task].shape != "tokens" and data.augmentation_kind == "blend":
        return "strong"
    kind = "tokens" if TASKS[data.task].shape == "tokens" else data.augmentation_kind
    moderate, strong = _AUGMENTATION.get(kind, (0.0, np.inf))
    return "moderate" if data.augmentation <= moderate else "strong" if data.augmentation >= strong else ""


def _masking(recipe: Recipe) -> str:
    """A causal mask alone is named by some and not by others."""
    data, network = recipe.data, recipe.network
    kind = TASKS[data.task].kind
    ignored = (data.padding or data.empty_targets) and kind in {"sequence", "classification", "alignment"}
    if network.kind == "transformer" and (network.hidden_rows or (ignored and data.padding)):
        return "padding_or_attention_masks"
    if ignored or (kind == "alignment" and data.long_targets):
        return "ignored_targets" if ignored else ""
    return "" if network.kind == "transformer" and kind == "sequence" else "not_used"


def _of_network(recipe: Recipe) -> dict[str, str]:
    spec, loss = recipe.network, loss_of(recipe)
    layers = 4 * spec.depth + 1 if spec.kind == "transformer" else spec.depth + 1
    output = _OUTPUT.get(loss, "linear") if spec.output == "linear" else spec.output
    found = {
        "network_kind": {"conv": "convolutional"}.get(spec.kind, spec.kind),
        "network_depth": _band(layers, (3, 11), ("up_to_two_layers", "three_to_ten", "deeper")),
        "network_width": _width(recipe),
        "hidden_activation": "saturating" if _gated(recipe) else _ACTIVATION.get(spec.activation, ""),
        "output_activation": "" if loss == "alignment" and output == "linear" else output,
        "normalization_layers": {"batch": "batch_norm", "layer": "layer_or_group_norm"}.get(spec.norm, "not_used"),
        "initialization": _initialization(recipe),
        "dropout": _band(spec.dropout, (1e-9, 0.5 + 1e-9), ("not_used", "moderate", "above_half")),
    }
    if spec.kind == "conv":
        found["pooling_stride"] = "above_kernel" if spec.pool_stride > spec.pool_kernel else "at_most_kernel"
    return found


def _gated(recipe: Recipe) -> bool:
    spec = recipe.network
    return spec.kind == "recurrent" and not (spec.cell == "rnn" and spec.activation == "relu")


def _width(recipe: Recipe) -> str:
    """Eight channels of an image are few units or many, as one counts; very wide is said of shallow networks alone."""
    spec = recipe.network
    least = min(spec.width, spec.bottleneck or spec.width) if spec.kind == "dense" else spec.width
    if spec.kind == "conv":
        return "ordinary" if least >= 16 else "narrow" if least <= 3 else ""
    if spec.width >= 2000:
        return "very_wide" if spec.depth <= 2 else ""
    return "narrow" if least < max(16, classes_of(recipe.data)) else "ordinary"


def _initialization(recipe: Recipe) -> str:
    """Biases of one's own, and orthogonal weights, are in no answer."""
    spec = recipe.network
    if spec.init == "constant":
        return "zeros_or_constant"
    if spec.init == "normal" or spec.head_scale != 1 or (spec.init_scale != 1 and spec.init != "default"):
        return "own_scale"
    if spec.init == "orthogonal" or spec.init_bias:
        return ""
    return "own_scale" if spec.init_scale != 1 else "framework_default"


def _of_objective(recipe: Recipe) -> dict[str, str]:
    """A weighting written by hand makes a formula of one's own, and one or two terms of it, as one counts."""
    spec, loss = recipe.objective, loss_of(recipe)
    weighted = spec.reduction in {"rare_class", "foreground"}
    by_hand = weighted or spec.reduction == "by_hand"
    several = loss == "class_and_box" or spec.second_term != "none"
    return {
        "loss_function": "" if spec.reduction == "root" else "own_formula" if by_hand else _LOSS.get(loss, ""),
        "loss_terms": "several" if several else "" if weighted else "one",
    }


def _clipping(recipe: Recipe, record: Record | None) -> str:
    """How often the limit acts is known from the run alone."""
    spec = recipe.optimisation
    if not spec.clip:
        return "not_used"
    if record is None or spec.clip_by != "norm" or record.truth["weights_nan"]:
        return ""
    share = record.truth["clipped"]
    return "tight" if share > 0.5 else "loose" if share < 0.25 else ""


def _warmup(recipe: Recipe, steps: int) -> str:
    """By its share of the run: these runs are far shorter than those for which 200 steps are few."""
    share = recipe.optimisation.warmup / max(1, steps)
    if not share:
        return "not_used"
    return "short" if share < 0.01 else "ordinary" if share >= 0.03 or recipe.optimisation.warmup >= 200 else ""


def _length(recipe: Recipe, steps: int) -> str:
    """Thousands of updates or dozens of epochs; dozens of epochs of a few updates are in two answers."""
    dozens = steps / recipe.steps_per_epoch >= 24
    if steps < 100:
        return "" if dozens else "fewer"
    return "thousands_of_updates" if dozens or steps >= 1000 else "hundreds_of_updates"


def _of_optimisation(recipe: Recipe, record: Record | None) -> dict[str, str]:
    spec, data = recipe.optimisation, recipe.data
    steps = record.steps if record else recipe.steps
    most = 0.1 if spec.optimizer == "adamw" else 0.01
    found = {
        "optimizer": {"momentum": "sgd_momentum", "nesterov": "sgd_momentum"}.get(spec.optimizer, spec.optimizer),
        "learning_rate_size": learning_rate_size(recipe),
        "learning_rate_schedule": _SCHEDULE.get(spec.schedule, ""),
        "warmup": _warmup(recipe, recipe.steps),
        "gradient_clipping": _clipping(recipe, record),
        "gradient_accumulation": "used" if spec.accumulation > 1 else "not_used",
        "weight_decay": _band(spec.weight_decay, (1e-12, most * 1.0001), ("zero", "usual", "high")),
        "training_length": _length(recipe, steps),
        "trained_part": "" if spec.frozen == "body" else "everything",
        "batch_size": (
            "whole_data_set"
            if spec.batch >= data.samples
            else _band(spec.batch, (2, 9, 513), ("one", "tiny", "ordinary", "large"))
        ),
    }
    if spec.optimizer in {"adam", "adamw"}:
        found["adam_beta2"] = "above_0_99" if spec.beta2 > 0.99 else "at_most_0_99"
    if _adaptive(recipe):
        found["adam_epsilon"] = "raised" if spec.epsilon > 1e-6 else "default_or_smaller"
    return found


def _evaluation(recipe: Recipe) -> str:
    """Noisier samples may come of another pipeline or of another world."""
    if recipe.running.evaluation_mode in {"train", "swapped"}:
        return "mode_not_switched"
    apart = {"scaled": "separate_pipeline", "moved": "separate_pipeline", "columns": "separate_pipeline",
             "label_map": "separate_pipeline", "noisy": ""}  # fmt: skip
    return apart.get(recipe.data.shift, "mode_switched_same_pipeline")


def settings_of(recipe: Recipe, record: Record | None = None) -> dict[str, str]:
    """Every setting that a person with this run before them could state.

    Args:
        recipe: what is trained.
        record: its run, which alone tells how often a limit of the gradient acted, and when the run was stopped.

    """
    data, network, running = recipe.data, recipe.network, recipe.running
    measures = (data.augmentation, network.dropout, recipe.optimisation.weight_decay, running.patience,
                recipe.objective.label_smoothing)  # fmt: skip
    found = {
        "framework": "caffe_darknet" if network.pooling == "caffe" and network.kind == "conv" else "pytorch",
        "devices": "cpu" if recipe.arithmetic.arithmetic == "right" else "",
        "code_origin": "own",
        "last_change": "restart" if running.restarts else "nothing_or_new",
        "start_point": "resumed" if running.restarts else "fresh",
        "precision": _PRECISION.get(recipe.arithmetic.precision, "fp16_amp"),
        "regularization": "some" if any(measures) else "not_used",
        "evaluation_code": _evaluation(recipe) if data.held_out else "",
        **_of_data(recipe),
        **_of_network(recipe),
        **_of_objective(recipe),
        **_of_optimisation(recipe, record),
    }
    return {name: state for name, state in found.items() if state}
