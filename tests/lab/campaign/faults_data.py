"""Faults of the data: broken records, wrong units, wrong pairs, wrong order, classes too rare or too many."""

from __future__ import annotations

import numpy as np

from . import faults_sample
from .injection import Injection, both, log_uniform
from .recipe import Recipe
from .tasks import TASKS, classes_of

_SINGLE = frozenset({"binary", "binary_unguarded", "binary_squared", "hinge"})


def _kind(recipe: Recipe) -> str:
    return TASKS[recipe.data.task].kind


def _shape(recipe: Recipe) -> str:
    return TASKS[recipe.data.task].shape


def _records(recipe: Recipe, rng: np.random.Generator, most: float) -> int:
    """A count of broken records, from a single one to a share of all."""
    return max(1, round(log_uniform(rng, 1, most * recipe.data.samples)))


def _side(recipe: Recipe, rng: np.random.Generator) -> str | None:
    """Where a broken number can stand: tokens and class ids hold none."""
    sides = ["input"] * (_shape(recipe) != "tokens") + ["target"] * (_kind(recipe) in {"regression", "detection"})
    return str(rng.choice(sides)) if sides else None


def _nan_records(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """Gaps in single records; in a quarter of the runs a whole column of them, as a scaling by 0 makes it."""
    side = _side(recipe, rng)
    if side is None:
        return None
    systematic = side == "input" and rng.uniform() < 0.25
    count = recipe.data.samples if systematic else _records(recipe, rng, 0.03)
    value = "inf" if rng.uniform() < 0.25 else "nan"
    return recipe.but(nan_samples=count, nan_where=side, nan_value=value)


def _absurd_records(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """A lost comma, a sentinel, half a picture: finite, and ten to several thousand spreads off."""
    side = _side(recipe, rng)
    if side is None:
        return None
    return recipe.but(
        outlier_samples=_records(recipe, rng, 0.02), outlier_size=log_uniform(rng, 10, 3000), outlier_where=side
    )


def _inputs_raw(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """All inputs in the units of the file, of one sign or of both: pixels to 255, metres, counts."""
    if _shape(recipe) == "tokens":
        return None
    scale = log_uniform(rng, 10, 400)
    return recipe.but(input_scale=scale, input_offset=scale * float(rng.choice([0.0, 1.0, 2.0])))


def _columns_uneven(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """A table whose columns run from near 1 to thousands or a million."""
    if _shape(recipe) != "table" or recipe.data.task == "curve":
        return None
    return recipe.but(input_uneven=log_uniform(rng, 50, 1e6))


def _inputs_off_centre(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """Years, temperatures in kelvin: the spread is right and the centre is far from 0."""
    if _shape(recipe) == "tokens":
        return None
    return recipe.but(input_offset=log_uniform(rng, 5, 200))


def _targets_raw(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """Prices, pixels, counts: a spread of ten to many thousands, often with a mean far from 0; masks of 0 and 255."""
    if _kind(recipe) not in {"regression", "detection"}:
        return None
    if recipe.objective.loss == "binary_on_numbers":
        return recipe.but(target_scale=float(rng.choice([255.0, 255.0, 100.0])))
    scale = log_uniform(rng, 10, 3e5)
    return recipe.but(target_scale=scale, target_shift=scale * float(rng.choice([0.0, 1.0, 4.0])))


def _outputs_too_many(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """The class count of another project: the outputs beyond the map never see a positive sample."""
    if not classes_of(recipe.data) or recipe.objective.loss in _SINGLE:
        return None
    extra = round(log_uniform(rng, 5, 200 if _kind(recipe) == "sequence" else 1000))
    each = _kind(recipe) != "alignment" and _kind(recipe) != "detection" and rng.uniform() < 0.3
    return recipe.but(extra_outputs=extra, loss="binary_each" if each else recipe.objective.loss)


def _ids_beyond_outputs(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """Ids that count from 1, or a head with a few classes too few; a device that does not stop gives NaN or garbage."""
    if _kind(recipe) not in {"classification", "sequence", "detection"}:
        return None
    device = str(rng.choice(["nan", "clipped"]))
    if recipe.objective.loss in _SINGLE or rng.uniform() < 0.5:
        return recipe.but(label_map="from_one", out_of_range=device)
    missing = int(rng.integers(1, max(2, classes_of(recipe.data) // 2 + 1)))
    return recipe.but(extra_outputs=-missing, out_of_range=device)


def _many_batches(recipe: Recipe) -> bool:
    return recipe.optimisation.batch * 5 <= recipe.data.samples


def _file_sorted(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """A file sorted by target that is read as it is."""
    return recipe.but(order="sorted") if _many_batches(recipe) else None


def _file_in_parts(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """A file put together from several sources that is read as it is, or a buffer too small to mix a sorted one."""
    return recipe.but(order="as_is", file_sorted=float(rng.uniform(0.3, 0.95))) if _many_batches(recipe) else None


def _rows_overwritten(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """`random.shuffle` on an array, before the first epoch or before each."""
    return recipe.but(order=str(rng.choice(["overwritten", "overwritten", "overwritten_once"])))


def _pairs_torn(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """Lists sorted differently, a join that drops rows, labels one row late: of all rows, or of a part of the file."""
    share = 1.0 if rng.uniform() < 0.6 else float(rng.uniform(0.3, 1.0))
    way = str(rng.choice(["permuted", "shifted"]))
    return recipe.but(misaligned=share, misaligned_by=way, misaligned_validation=bool(rng.uniform() < 0.7))


def _shuffled_apart(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """Inputs shuffled every epoch, labels left where they were."""
    return recipe.but(order="in_place")


def _rare_class(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """One class of a few with half a percent to a twentieth of the samples."""
    if not _drawn_by_class(recipe) or classes_of(recipe.data) > 5 or _kind(recipe) == "detection":
        return None
    return recipe.but(imbalance=log_uniform(rng, 0.005, 0.05))


def _background(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """One class with nearly all of the samples, the others share the rest."""
    if not _drawn_by_class(recipe):
        return None
    return recipe.but(imbalance=0.0, dominant=1 - log_uniform(rng, 0.01, 0.12))


def _drawn_by_class(recipe: Recipe) -> bool:
    return _kind(recipe) in {"classification", "detection"}


def _no_valid_target(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """Every label of some samples ignored, in batches so small, or files so ordered, that a batch holds no other."""
    if _kind(recipe) not in {"classification", "sequence"} or recipe.objective.loss in _SINGLE:
        return None
    batch, way = recipe.optimisation.batch, str(rng.choice(["mean", "mean", "by_hand"]))
    if batch <= 4:
        share = float(rng.uniform(0.1, 0.5))
        return recipe.but(empty_targets=share, empty_together=False, reduction=way)
    if recipe.data.order != "as_is":
        return None
    share = max(2.5 * batch / recipe.data.samples, log_uniform(rng, 0.02, 0.3))
    return recipe.but(empty_targets=share, empty_together=True, reduction=way)


def _boxes_invalid(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """Boxes with corners swapped or without width."""
    return recipe.but(invalid_boxes=_records(recipe, rng, 0.05)) if _kind(recipe) == "detection" else None


def _texts_too_long(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """Some clips whose text has no path; in a third of the runs most of them, left out by the library in silence."""
    if _kind(recipe) != "alignment":
        return None
    if rng.uniform() < 1 / 3:
        count = round(recipe.data.samples * rng.uniform(0.4, 0.97))
        return recipe.but(long_targets=count, loss="alignment_skipping")
    return recipe.but(long_targets=_records(recipe, rng, 0.1))


_NAN = Injection("nan_records", ("nan_in_input",), _nan_records)
_RAW = Injection("inputs_raw", ("data_not_normalized",), _inputs_raw)
_RARE = Injection("background_class", ("class_imbalance",), _background)
_LABELS, _FEW = (
    next(fault for fault in faults_sample.FAULTS if fault.name == name) for name in ("labels_random", "few_samples")
)

FAULTS = (
    _NAN,
    Injection("absurd_records", ("corrupt_sample",), _absurd_records),
    _RAW,
    Injection("columns_uneven", ("data_not_normalized",), _columns_uneven),
    Injection("inputs_off_centre", ("data_not_normalized",), _inputs_off_centre),
    Injection("targets_raw", ("targets_not_scaled",), _targets_raw),
    Injection("outputs_too_many", ("class_count_mismatch",), _outputs_too_many),
    Injection("ids_beyond_outputs", ("class_count_mismatch",), _ids_beyond_outputs),
    Injection("file_sorted", ("data_not_shuffled",), _file_sorted),
    Injection("file_in_parts", ("data_not_shuffled",), _file_in_parts),
    Injection("rows_overwritten", ("data_not_shuffled",), _rows_overwritten),
    Injection("pairs_torn", ("inputs_and_labels_misaligned",), _pairs_torn),
    Injection("shuffled_apart", ("inputs_and_labels_misaligned",), _shuffled_apart),
    Injection("rare_class", ("class_imbalance",), _rare_class),
    _RARE,
    Injection("no_valid_target", ("targets_empty_or_masked",), _no_valid_target),
    Injection("boxes_invalid", ("invalid_bounding_boxes",), _boxes_invalid),
    Injection("texts_too_long", ("target_longer_than_input",), _texts_too_long),
)
PAIRS = (both(_RARE, _LABELS), both(_RAW, _FEW))
