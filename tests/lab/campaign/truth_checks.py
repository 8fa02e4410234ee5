"""What a person would find on looking into a run: the checks whose outcome follows from recipe and record.

A check that needs another training, or values that were not kept, has no entry.
"""

from __future__ import annotations

import numpy as np

from .batches import Order
from .datasets import Dataset, make
from .objectives import SINGLE
from .plan import Run
from .recipe import Recipe
from .record import Record
from .tasks import IGNORED, TASKS, classes_of
from .truth_course import loss_name

_BATCHES = {"every_epoch": "mixed", "once": "same_order_every_epoch", "as_is": "same_order_every_epoch",
            "sorted": "sorted_or_one_class"}  # fmt: skip


def _among_fifty(share: float) -> str:
    """How many of fifty: none or one is right, three or more are several; between these it is luck."""
    return "right" if 50 * share < 0.5 else "some_wrong" if 50 * share >= 4 else ""


def _of_data(recipe: Recipe, dataset: Dataset) -> dict[str, str]:
    data, kind = recipe.data, dataset.kind
    arrays = (dataset.x, dataset.y, dataset.x_val, dataset.y_val)
    finite = all(np.isfinite(array).all() for array in arrays)
    broken = data.nan_samples or data.invalid_boxes or data.long_targets or data.late_share
    extreme = data.outlier_samples and (dataset.shape != "tokens" or kind in {"regression", "detection"})
    found = {
        "scan_inputs_for_nan": "clean" if finite else "found",
        "scan_for_outliers": ("found" if data.outlier_size >= 15 else "") if extreme else "" if broken else "none",
        "inspect_labels": _labels(recipe, dataset),
        "inspect_pairing": _pairing(recipe, dataset),
        "count_valid_targets": _valid_targets(recipe, dataset),
        "batch_composition": _composition(recipe),
    }
    if kind != "regression":
        found["compare_class_counts"] = _class_counts(recipe, dataset)
    if kind == "detection":
        found["validate_boxes"] = "invalid_found" if data.invalid_boxes else "valid"
    if kind == "alignment":
        found["compare_lengths"] = "some_targets_longer" if data.long_targets else "input_always_longer"
    if data.held_out:
        found["compare_preprocessing"] = _preprocessing(recipe, dataset)
        told = "" if data.leaked_feature else "none"
        found["find_leaked_samples"] = "found" if data.leaked >= 0.01 else "" if data.leaked else told
    return found


def _labels(recipe: Recipe, dataset: Dataset) -> str:
    """A number that belongs to another sample does not look wrong, and nature's own noise does not look right."""
    data = recipe.data
    if data.label_map != "right":
        return "systematically_wrong"
    if data.label_noise > 0.02 or data.late_share or data.invalid_boxes or data.misaligned_by == "shifted":
        return "" if data.label_noise > 0.02 or data.misaligned or data.late_share or data.invalid_boxes else "right"
    mixed = 1.0 if data.order == "in_place" else max(data.misaligned, data.mislabelled)
    if dataset.kind in {"regression", "alignment"} and mixed:
        return ""
    return _among_fifty(mixed * (1 - 1 / max(2, dataset.classes)))


def _pairing(recipe: Recipe, dataset: Dataset) -> str:
    """Labels that were exchanged between samples are wrong labels to some and broken pairs to others."""
    data = recipe.data
    if data.order == "in_place":
        return "shifted_or_mixed"
    if data.misaligned:
        return "shifted_or_mixed" if data.misaligned >= 0.15 else ""
    exchanged = data.mislabelled and (dataset.kind == "regression" or dataset.y.ndim == 2)
    return "" if exchanged else "aligned"


def _valid_targets(recipe: Recipe, dataset: Dataset) -> str:
    """Go through two epochs, as the program does, and count the targets that the loss divides by."""
    wanted = _wanted(recipe, dataset)
    if wanted.all():
        return "every_batch_has_some"
    order = Order(recipe, dataset)
    for epoch in range(2):
        order.begin_epoch(epoch * recipe.steps_per_epoch)
        for place in range(recipe.steps_per_epoch * recipe.optimisation.accumulation):
            _, targets = order.rows(place)
            if len(targets) and not wanted[targets.numpy()].any():
                return "some_batches_have_none"
    return "every_batch_has_some"


def _wanted(recipe: Recipe, dataset: Dataset) -> np.ndarray:
    """Which samples have a target that counts, also where a loss written by hand divides by some of them."""
    y, spec = dataset.y, recipe.objective
    labels = y[:, :1] if dataset.kind == "detection" else y.reshape(len(y), -1)
    if spec.reduction in {"rare_class", "foreground"} and dataset.classes:
        counts = labels == dataset.classes - 1 if spec.reduction == "rare_class" else labels > 0
    elif spec.reduction == "rare_class":
        counts = labels[:, :1] > 2 * spec.guard
    else:
        counts = labels != IGNORED
    return np.asarray(counts.any(axis=1))


def _composition(recipe: Recipe) -> str:
    data = recipe.data
    if recipe.optimisation.batch >= data.samples or data.late_share or (data.empty_targets and data.order != "sorted"):
        return ""
    return _BATCHES.get(data.order, "")


def _class_counts(recipe: Recipe, dataset: Dataset) -> str:
    """Classes of the output layer against the labels; few samples may lack a class by chance."""
    data, extra = recipe.data, recipe.network.extra_outputs
    if loss_name(recipe) in SINGLE or loss_name(recipe) == "squared_on_ids":
        return "agree" if data.label_map == "right" and not extra else ""
    beyond = data.label_map == "from_one"
    if beyond or extra < 0:
        return "labels_out_of_range" if not (beyond and extra > 0) else ""
    if extra > 0 or data.label_map in {"swapped", "merged"}:
        return "config_has_more"
    labels = dataset.y[:, 0] if dataset.kind == "detection" else dataset.y
    present = np.unique(labels[labels != IGNORED])
    blank = dataset.kind == "alignment"
    return "agree" if len(present) + blank >= classes_of(data) else ""


def _preprocessing(recipe: Recipe, dataset: Dataset) -> str:
    """Noise on top, and labels that are numbered otherwise, are a matter of taste; a factor near 1 is too."""
    data = recipe.data
    if data.shift in {"none", "easier"}:
        return "same"
    away = abs(np.log(max(data.shift_size, 1e-9))) if data.shift == "scaled" else data.shift_size
    if data.shift == "columns" and dataset.shape != "tokens":
        return "differs"
    certain = data.shift in {"scaled", "moved", "columns"} and away > 0.1
    return "differs" if certain else ""


def _of_loop(recipe: Recipe, run: Run, record: Record) -> dict[str, str]:
    spec = recipe.optimisation
    reset = spec.zero_grad and spec.zero_grad_every <= 1 and spec.accumulation_reset == "each_update"
    found = {
        "gradients_reset": "reset_each_update" if reset else "not_reset",
        "weights_change": _weights_change(recipe, run, record),
        "loss_by_hand": _loss_by_hand(recipe),
    }
    if spec.accumulation > 1:
        right = spec.accumulation_divided and spec.accumulation_reset == "each_update" and spec.zero_grad
        uneven = recipe.data.padding or recipe.data.empty_targets
        found["compare_accumulated_gradient"] = ("" if uneven else "equal") if right else "differs"
    if spec.clip and spec.clip_by == "norm" and not record.truth["weights_nan"]:
        share = record.truth["clipped"]
        found["clipped_share"] = (
            "few_updates" if share < 0.19 else "nearly_all" if share > 0.97 else "many" if 0.21 < share < 0.9 else ""
        )
    if record.resumes:
        found["resume_state"] = _resumed(recipe)
    return found


def _weights_change(recipe: Recipe, run: Run, record: Record) -> str:
    """A part that is frozen by intent does not count; dead units may keep weights where they are."""
    spec, truth = recipe.optimisation, record.truth
    if not truth["weights_changed"]:
        return "none_change"
    if truth["weights_nan"]:
        return ""
    if spec.updates == "last_bias" or spec.frozen in {"first", "head"}:
        return "only_some_change"
    if spec.frozen == "body":
        return "only_some_change" if "weights_not_updated" in run.causes else "all_change"
    return "" if truth["dead_units"] > 0.9 or spec.schedule in {"zero_from", "zero"} else "all_change"


def _loss_by_hand(recipe: Recipe) -> str:
    """A sum, a factor or a sign that stands in the program; the mean of a sound formula agrees."""
    spec, loss = recipe.objective, loss_name(recipe)
    if loss in {"softmax_twice", "no_bound"} or (loss == "cross_entropy" and recipe.network.output == "softmax"):
        return "different_formula"
    if spec.reduction not in {"mean", "sum"} or spec.second_term != "none" or recipe.optimisation.accumulation > 1:
        return ""
    factor = spec.loss_factor != 1 or spec.sign != 1 or spec.reduction == "sum"
    return "differs_by_a_factor" if factor else "agrees"


def _resumed(recipe: Recipe) -> str:
    running, spec = recipe.running, recipe.optimisation
    stateless = spec.optimizer == "sgd" and recipe.arithmetic.precision != "fp16_scaled"
    state = running.restart_optimizer == "lost" and not stateless
    plan = running.restart_schedule == "lost" and (spec.schedule != "constant" or spec.warmup)
    if state or plan:
        return "optimizer_or_schedule_missing"
    if running.restart_rate != 1 or "lost" in {running.restart_optimizer, running.restart_schedule}:
        return ""
    return "data_position_lost" if running.restart_order == "lost" else "all_restored"


def _of_weights(recipe: Recipe, record: Record) -> dict[str, str]:
    """NaN in the loss for ten steps has come back through every layer. Of the norm only its two ends are known."""
    truth = record.truth
    lost = not np.isfinite(record.loss[-10:]).any()
    if truth["weights_nan"]:
        return {"weights_contain_nan": "all" if lost and recipe.optimisation.frozen == "none" else ""}
    found = {"weights_contain_nan": "none"}
    ratio = truth["weights_end"] / max(truth["weights_start"], 1e-12)
    own = recipe.network.init in {"constant", "normal"} or recipe.network.init_scale != 1
    if 0.4 < ratio < 2.5:
        found["weight_norm_course"] = "steady"
    elif ratio < 0.1 or (ratio > 10 and not own):
        found["weight_norm_course"] = "shrinks_to_zero" if ratio < 0.1 else "grows_without_limit"
    dead, layers = truth["dead_units"], max(1, recipe.network.depth)
    if np.isfinite(dead) and recipe.network.activation == "relu" and recipe.network.kind != "recurrent":
        most = "most" if dead > 0.5 else ""
        some = "up_to_half" if dead > 0.1 and dead * layers < 0.5 else most
        found["dead_unit_share"] = "under_a_tenth" if dead * layers < 0.1 else some
    return found


def _metric(recipe: Recipe, record: Record) -> str:
    """Quality is accuracy above that of naming the majority, so a constant answer scores as well where it is none."""
    if TASKS[recipe.data.task].kind in {"regression", "alignment"} or recipe.running.metric == "none":
        return "differs" if recipe.running.metric == "float_equality" else ""
    if recipe.running.metric != "accuracy":
        return "differs"
    return "agrees" if record.truth["quality_true"] > 0.25 and recipe.data.label_map == "right" else ""


def checks_of(run: Run, record: Record) -> dict[str, str]:
    """The outcome of every check that follows from recipe and record; next to nothing for a special."""
    recipe = run.recipe
    if recipe is None:
        lost = bool(record.truth["weights_nan"])
        return {} if lost else {"weights_contain_nan": "none", "weights_change": "all_change"}
    dataset = make(recipe.data, recipe.seed)
    found = {
        **_of_data(recipe, dataset),
        **_of_loop(recipe, run, record),
        **_of_weights(recipe, record),
        "metric_by_hand": _metric(recipe, record),
    }
    if recipe.network.kind == "transformer":
        hidden = recipe.network.hidden_rows > 0
        found["mask_rows"] = "some_rows_fully_masked" if hidden else "every_row_keeps_something"
    return {name: state for name, state in found.items() if state}
