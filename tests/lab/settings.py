"""How a run is set up, read from its configuration in the words of the knowledge base."""

from __future__ import annotations

import numpy as np

from . import data
from .faults import Fault
from .runs import Config

_LOSS = {
    "fused_cross_entropy": "cross_entropy_on_logits",
    "binary_cross_entropy": "binary_cross_entropy",
    "unguarded_binary_cross_entropy": "binary_cross_entropy",
    "one_vs_rest": "binary_cross_entropy",
    "cross_entropy_on_probabilities": "cross_entropy_on_probabilities",
    "naive_softmax_cross_entropy": "own_formula",
    "frequency_balanced_cross_entropy": "own_formula",
    "squared_error": "squared_or_absolute_error",
}
_SOFTMAX = {"cross_entropy_on_probabilities", "naive_softmax_cross_entropy"}
_SIGMOID = {"unguarded_binary_cross_entropy", "one_vs_rest"}


def _band(value: float, edges: tuple[float, ...], names: tuple[str, ...]) -> str:
    return names[int(np.searchsorted(edges, value, side="right"))]


def learning_rate_size(config: Config) -> str:
    """The rate against what is usual for the optimizer; within a factor of 3 of the usual range is usual."""
    low, high = (1e-4, 1e-3) if config.optimizer == "adam" else (1e-2, 1e-1)
    if config.rate >= 3 * high:
        return "far_above_usual" if config.rate > 30 * high else "above_usual"
    if config.rate <= low / 3:
        return "far_below_usual" if config.rate < low / 30 else "below_usual"
    return "usual"


def _network(config: Config, classes: int) -> dict[str, str]:
    hidden = {"relu": "relu", "leaky": "leaky_or_smooth", "none": "none_between_layers"}
    output = "softmax" if config.loss in _SOFTMAX else "sigmoid" if config.loss in _SIGMOID else config.output
    default = config.init_scale == 1.0
    found = {
        "network_kind": "recurrent" if config.recurrent else "dense",
        "network_depth": _band(len(config.hidden) + 1, (3, 11), ("up_to_two_layers", "three_to_ten", "deeper")),
        "output_activation": output,
        "normalization_layers": "not_used",
        "initialization": (
            "framework_default" if default else "zeros_or_constant" if config.init_scale == 0 else "own_scale"
        ),
        "trained_part": "everything",
        "masking": "not_used",
    }
    if config.hidden:
        narrow = min(config.hidden) < max(16, classes)
        found["network_width"] = "very_wide" if max(config.hidden) >= 2000 else "narrow" if narrow else "ordinary"
        found["hidden_activation"] = hidden.get(config.activation, "saturating")
    return found


def _optimization(config: Config, updates: int, samples: int) -> dict[str, str]:
    kind = config.optimizer if config.optimizer != "sgd" or not config.momentum else "sgd_momentum"
    found = {
        "optimizer": kind,
        "learning_rate_size": learning_rate_size(config),
        "learning_rate_schedule": "constant" if config.schedule == "constant" else "decay_to_a_horizon",
        "warmup": "not_used" if not config.warmup else "short" if config.warmup < updates / 100 else "ordinary",
        "gradient_clipping": "loose" if config.clip >= 10 else "tight" if config.clip else "not_used",
        "gradient_accumulation": "not_used",
        "weight_decay": "usual" if config.weight_decay else "zero",
        "dropout": "not_used",
        "augmentation": "not_used",
        "regularization": "some" if config.weight_decay else "not_used",
        "precision": "fp32",
        "shuffling": config.shuffle,
        "training_length": _band(updates, (100, 1000), ("fewer", "hundreds_of_updates", "thousands_of_updates")),
        "batch_size": (
            "whole_data_set"
            if config.batch >= samples
            else _band(config.batch, (2, 9, 513), ("one", "tiny", "ordinary", "large"))
        ),
    }
    if config.optimizer == "adam":
        found["adam_epsilon"] = "raised" if config.epsilon >= 1e-5 else "default_or_smaller"
        found["adam_beta2"] = "above_0_99" if config.beta2 > 0.99 else "at_most_0_99"
    return found


def settings_of(fault: Fault) -> dict[str, str]:
    """Every setting that a person with this run before them could state."""
    config = fault.config
    dataset = data.make(config.data, config.dtype)
    samples = len(dataset.x)
    updates = config.steps or config.epochs * -(-samples // config.batch)
    raw_inputs = config.data.units != 1.0 and not config.data.standardise
    if dataset.task == "regression":
        target = "raw_numbers" if config.data.target_units != 1.0 else "scaled_numbers"
        target = "zero_one_values" if config.data.kind == "fractions" else target
    else:
        target = "boxes_or_masks" if dataset.task == "detection" else "class_indices"
    found = {
        "framework": "other",
        "task": dataset.task,
        "target_form": target,
        "loss_terms": "several" if config.loss == "class_and_box" else "one",
        "input_scaling": "raw" if raw_inputs else "standardised",
        "training_set_size": _band(samples, (1000, 10000), ("hundreds", "thousands", "tens_of_thousands_or_more")),
        "start_point": "fresh",
        "devices": "cpu",
        "code_origin": "own",
        "last_change": "nothing_or_new",
        **_network(config, dataset.classes),
        **_optimization(config, updates, samples),
    }
    if config.loss in _LOSS:
        found["loss_function"] = _LOSS[config.loss]
    if config.data.held_out:
        found["evaluation_code"] = "mode_switched_same_pipeline"
    if dataset.task != "regression":
        labels = dataset.y if dataset.y.ndim == 1 else dataset.y[:, 0]
        counts = np.bincount(labels.astype(np.int64), minlength=dataset.classes)
        found["class_balance"] = _band(counts.max() / max(1, counts.min()), (2, 10), ("balanced", "uneven", "extreme"))
    return found
