"""What a person would find on looking into a run: weights, gradients, data, and the failing batch."""

from __future__ import annotations

from typing import Any

import numpy as np

from .faults import Fault
from .losses import LOSSES, output_of
from .networks import Floats, Recurrent
from .optimizers import Adam, Sgd
from .runs import Run, build, skill


def _share(values: Any) -> float:
    return float(np.mean(values)) if np.size(values) else 0.0


def _at_good_weights(run: Run) -> None:
    """Put the last weights that gave a finite loss back into the network."""
    run.network.weights[...] = run.good_weights


def weights_contain_nan(run: Run) -> str:
    """How many weight arrays hold a NaN or Inf when the run has ended."""
    bad = [not np.isfinite(array).all() for array in run.network.arrays]
    return "all" if all(bad) else "some_layers" if any(bad) else "none"


def weight_norm_course(run: Run) -> str:
    """The norm of all weights from the first tenth of the run to the last finite value, against a factor of ten."""
    norms = run.weight_norm[np.isfinite(run.weight_norm)]
    if len(norms) < 2 or norms[len(norms) // 10] == 0:
        return "steady"
    ratio = norms[-1] / norms[len(norms) // 10]
    return "grows_without_limit" if ratio > 10 else "shrinks_to_zero" if ratio < 0.1 else "steady"


def weights_change(run: Run) -> str:
    """Which arrays one more optimizer step from the last good weights changes."""
    _at_good_weights(run)
    before = run.network.weights.copy()
    _, grad = _batch_gradient(run)
    optimizer = Adam(0.9, run.config.beta2, run.config.epsilon) if run.config.optimizer == "adam" else Sgd()
    optimizer.step(run.network.weights, grad.copy(), run.config.rate)
    parts = zip(run.network.split(before), run.network.arrays, strict=True)
    changed = [not np.array_equal(old, new, equal_nan=True) for old, new in parts]
    return "all_change" if all(changed) else "only_some_change" if any(changed) else "none_change"


def _batch_gradient(run: Run, count: int = 64) -> tuple[float, Floats]:
    """Loss and gradient on the first clean training samples at the present weights."""
    rows = np.flatnonzero(np.isfinite(run.dataset.x.reshape(len(run.dataset.x), -1)).all(axis=1))[:count]
    x, y = run.dataset.x[rows], run.dataset.y[rows]
    value = LOSSES[run.config.loss](run.network.forward(x), y, run.config.options)
    return value.value, run.network.backward(value.grad)


def gradients_by_layer(run: Run) -> str:
    """Gradient norm of the first weight matrix against the last (a recurrent network: first against last time step).

    Below 1e-3 the early layers get next to nothing, above 70 the gradient grows towards the input.
    """
    _at_good_weights(run)
    _, grad = _batch_gradient(run)
    if not np.isfinite(grad).all():
        return ""
    if isinstance(run.network, Recurrent):
        first, last = run.network.through_time[-1], run.network.through_time[0]
    else:
        matrices = [a for a in run.network.split(grad) if a.ndim == 2]
        first, last = float(np.linalg.norm(matrices[0])), float(np.linalg.norm(matrices[-1]))
    if not grad.any():
        return "zero_everywhere"
    if first < 1e-3 * last:
        return "early_layers_tiny"
    if last == 0:
        return "missing_for_some"
    return "growing_towards_input" if first > 70 * last else "even"


def dead_unit_share(run: Run) -> str:
    """The share of ReLU units that give zero on every training sample, in the layer where it is largest."""
    _at_good_weights(run)
    x = run.dataset.x[np.isfinite(run.dataset.x.reshape(len(run.dataset.x), -1)).all(axis=1)]
    run.network.forward(x)
    states = run.network.before
    silent = [(z <= 0).all(axis=0) for z in states]
    dead = _share(np.all(silent, axis=0)) if isinstance(run.network, Recurrent) else max(map(_share, silent))
    return "under_a_tenth" if dead < 0.1 else "up_to_half" if dead <= 0.5 else "most"


def inspect_logits(run: Run) -> str:
    """The inputs of the softmax or sigmoid on the last batch at the last good weights."""
    _at_good_weights(run)
    rows = run.last_batch
    rows = rows[np.isfinite(run.dataset.x[rows]).all(axis=1)]
    z = run.network.forward(run.dataset.x[rows])
    size = np.abs(z)
    if z.std(axis=0).max() <= 1e-4 * max(1.0, float(size.max())):
        return "identical_for_every_input"
    spread = np.median(z.max(axis=1) - z.min(axis=1))
    if np.median(size) > 30 and spread < 0.3 * np.median(size.max(axis=1)):
        return "large_and_nearly_equal"
    return "extreme_single_value" if size.max() > 80 else "moderate"


def replay_failing_batch(run: Run) -> str:
    """The failing batch, fed once more to the last good weights, with every inner value of the loss looked at."""
    _at_good_weights(run)
    x, y = run.dataset.x[run.last_batch], run.dataset.y[run.last_batch]
    if not np.isfinite(x).all():
        return "bad_value_in_batch"
    value = LOSSES[run.config.loss](run.network.forward(x), y, run.config.options)
    if np.isfinite(value.value):
        return "finite_on_replay"
    if "denominator" in value.inner and (value.inner["denominator"] == 0).any():
        return "zero_denominator"
    if "log_argument" in value.inner and (value.inner["log_argument"] <= 0).any():
        return "log_of_non_positive"
    return "overflow"


def one_step_lowers_loss(run: Run) -> str:
    """Whether a small plain-gradient step on one batch lowers its loss, from the untrained weights."""
    run.network.weights[...] = build(run.config, run.dataset).weights
    before, grad = _batch_gradient(run)
    norm = float(np.linalg.norm(grad))
    if not np.isfinite(norm) or norm == 0:
        return ""
    run.network.weights[...] -= 1e-3 / norm * grad
    after, _ = _batch_gradient(run)
    return "lowers" if after < before else "raises"


def data_answers(fault: Fault, run: Run) -> dict[str, str]:
    """What looking at the data shows."""
    dataset, config = run.dataset, run.config
    flat = dataset.x.reshape(len(dataset.x), -1)
    finite = flat[np.isfinite(flat).all(axis=1)]
    spread = np.abs(finite - np.median(finite, axis=0)) / finite.std(axis=0)
    found = {
        "scan_inputs_for_nan": "clean" if np.isfinite(flat).all() else "found",
        "scan_for_outliers": "found" if (spread > 8).any() else "none",
        "inspect_labels": "right" if np.allclose(dataset.y, dataset.true_labels, rtol=1e-5) else "some_wrong",
        "inspect_pairing": "aligned",
        "count_valid_targets": "every_batch_has_some",
        "gradients_reset": "reset_each_update",
        "batch_composition": "mixed",
    }
    if config.batch >= len(dataset.x):
        del found["batch_composition"]
    if dataset.task != "regression" and not config.loss.endswith("binary_cross_entropy"):
        labels = dataset.y if dataset.y.ndim == 1 else dataset.y[:, 0]
        heads = config.outputs or dataset.classes
        more = "config_has_more" if heads > len(np.unique(labels)) else "agree"
        found["compare_class_counts"] = "labels_out_of_range" if labels.max() >= heads else more
    if config.data.held_out:
        found |= {"compare_preprocessing": "same", "find_leaked_samples": "none",
                  "evaluate_on_training_data": "matches_training"}  # fmt: skip
    return found


def predictions_look(run: Run) -> str:
    """The final network's predictions for 200 training samples."""
    x = run.dataset.x[np.isfinite(run.dataset.x.reshape(len(run.dataset.x), -1)).all(axis=1)][:200]
    z = run.network.forward(x)
    if not np.isfinite(z).all():
        return "not_a_number"
    if run.dataset.task == "detection":
        return ""
    if run.dataset.task == "classification":
        if z.std(axis=0).max() <= 1e-3 * max(1.0, float(np.abs(z).max())):
            return "same_for_every_input"
        chosen = z[:, 0] > 0 if z.shape[1] == 1 else z.argmax(axis=1)
        return "majority_class_only" if len(np.unique(chosen)) == 1 else "varied"
    out, _ = output_of(z, run.config.options)
    target = run.dataset.y
    if out.std() < 0.01 * target.std():
        return "same_for_every_input"
    if np.abs(out - target.mean()).max() > 5 * np.abs(target - target.mean()).max():
        return "far_outside_range"
    at_bound = run.config.output == "relu" and _share(out == 0) > 0.2
    return "cut_off_at_a_bound" if at_bound else "varied"


def final_quality(run: Run, sound: Run) -> str:
    """The final skill, held-out where there is any, against that of the same run without its fault."""
    held_out = bool(run.config.data.held_out)
    share = skill(run, held_out) / max(skill(sound, held_out), 1e-9)
    return "as_expected" if share >= 0.95 else "somewhat_worse" if share >= 0.5 else "useless"


def inspect(fault: Fault, run: Run) -> dict[str, str]:
    """All inspections of a recorded run; `run` is left with other weights than it ended with."""
    with np.errstate(all="ignore"):
        answers = {
            "predictions_look": predictions_look(run),
            "weight_norm_course": weight_norm_course(run),
            "gradients_by_layer": gradients_by_layer(run),
            "weights_change": weights_change(run),
            **data_answers(fault, run),
        }
        if run.config.activation == "relu" and run.config.hidden:
            answers["dead_unit_share"] = dead_unit_share(run)
        if run.dataset.task == "classification":
            answers["inspect_logits"] = inspect_logits(run)
        if run.nan_at is not None:
            answers["replay_failing_batch"] = replay_failing_batch(run)
        answers["one_step_lowers_loss"] = one_step_lowers_loss(run)
    return {name: state for name, state in answers.items() if state}
