"""Data -> the arrays that a program trains and validates on, with the faults of the data in them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .recipe import Data
from .tasks import IGNORED, TASKS, classes_of

Array = NDArray[Any]


@dataclass(frozen=True)
class Dataset:
    """Samples of one run.

    Args:
        x, y, x_val, y_val: what the program reads; float32, or int64 for tokens and class ids.
        x_true, y_true: fresh samples without a fault of the data, in the units that the program trains on.
        late: which training samples come late.
        kind, shape: of the task. classes: 0 for numbers. targets: numbers per sample.

    """

    x: Array
    y: Array
    x_val: Array
    y_val: Array
    x_true: Array
    y_true: Array
    late: NDArray[np.bool_]
    kind: str
    shape: str
    classes: int
    targets: int


@lru_cache(maxsize=16)
def make(data: Data, seed: int) -> Dataset:
    """The samples of a recipe's data; the same nature for all faults under one seed."""
    nature, faults = np.random.default_rng([seed, 1]), np.random.default_rng([seed, 2])
    task = TASKS[data.task]
    counts = (data.samples, data.held_out, min(400, max(200, data.held_out)))
    drawn = task.draw(data, sum(counts), nature)
    x, y = _natural_labels(data, *drawn, nature)
    ends = np.cumsum(counts)
    parts = [(x[a:b].copy(), y[a:b].copy()) for a, b in zip([0, *ends[:-1]], ends, strict=True)]
    train, validation, true = parts
    validation = _leaked(data, train, validation, faults)
    train = _wrong_targets(data, *train, faults)
    if data.misaligned_validation:
        validation = _misaligned(data, *validation, faults)
    train = _misaligned(data, *train, faults)
    untold = replace(data, leaked_feature=0.0)
    train, validation = (_prepared(data, *part) for part in (train, validation))
    true = _prepared(untold, *true)
    train = _sorted_file(data, *train, faults) if data.file_sorted else train
    train = _bad_records(data, *train, faults)
    validation = _shifted(data, *validation, faults)
    late = np.zeros(len(train[0]), dtype=bool)
    late[: round(data.late_share * len(late))] = True
    if data.late_share:
        train[0][late], train[1][late] = _unusual(data, train[0][late], train[1][late], faults)
    typed = [_typed(part, task.kind, task.shape) for pair in (train, validation, true) for part in pair]
    typed[0::2] = [x.astype(np.int64) if task.shape == "tokens" else x.astype(np.float32) for x in typed[0::2]]
    return Dataset(*typed, late, task.kind, task.shape, classes_of(data), task.targets)


def _typed(values: Array, kind: str, shape: str) -> Array:
    return values.astype(np.int64) if np.issubdtype(values.dtype, np.integer) else values.astype(np.float32)


def _natural_labels(data: Data, x: Array, y: Array, rng: np.random.Generator) -> tuple[Array, Array]:
    """Labels that nature draws at random, and sequences that end early."""
    classes = classes_of(data)
    if data.label_noise and classes and TASKS[data.task].kind in {"classification", "sequence"}:
        wrong = rng.uniform(size=y.shape) < data.label_noise
        y = np.where(wrong, rng.integers(classes, size=y.shape), y)
    if data.padding and y.ndim == 2 and TASKS[data.task].kind == "sequence":
        ends = rng.integers(y.shape[1] // 3, y.shape[1], size=len(y))
        early = rng.uniform(size=len(y)) < data.padding
        y = np.where(early[:, None] & (np.arange(y.shape[1]) >= ends[:, None]), IGNORED, y)
    return x, y


def _leaked(
    data: Data, train: tuple[Array, Array], validation: tuple[Array, Array], rng: np.random.Generator
) -> tuple[Array, Array]:
    x, y = validation
    copies = round(data.leaked * len(x))
    rows = rng.integers(len(train[0]), size=copies)
    x[:copies], y[:copies] = train[0][rows], train[1][rows]
    return x, y


def _wrong_targets(data: Data, x: Array, y: Array, rng: np.random.Generator) -> tuple[Array, Array]:
    """Labels that people got wrong, in the training only."""
    wrong = rng.permutation(len(y))[: round(data.mislabelled * len(y))]
    if TASKS[data.task].kind == "regression" or y.ndim == 2:
        y[wrong] = y[rng.permutation(wrong)]
    else:
        y[wrong] = rng.integers(classes_of(data), size=len(wrong))
    return x, y


def _misaligned(data: Data, x: Array, y: Array, rng: np.random.Generator) -> tuple[Array, Array]:
    rows = np.sort(rng.permutation(len(y))[: round(data.misaligned * len(y))])
    if data.misaligned_by == "shifted":
        y[rows] = np.roll(y[rows], 1, axis=0)
    else:
        y[rows] = y[rng.permutation(rows)]
    return x, y


def _prepared(data: Data, x: Array, y: Array) -> tuple[Array, Array]:
    """Inputs and targets in the units that the program uses, with the label map that it uses."""
    task = TASKS[data.task]
    if task.shape != "tokens":
        columns = np.arange(x.shape[-1]) / max(1, x.shape[-1] - 1)
        x = x * data.input_scale * data.input_uneven**columns + data.input_offset
        if data.leaked_feature:
            signal = y.reshape(len(y), -1)[:, :1].astype(float)
            told = (signal - signal.mean()) / max(float(signal.std()), 1e-9)
            shape = (len(x), *[1] * (x.ndim - 1))
            x[..., :1] = (1 - data.leaked_feature) * x[..., :1] + data.leaked_feature * 2 * told.reshape(shape)
    if task.kind == "regression":
        return x, y * data.target_scale + data.target_shift
    if task.kind == "detection" and (data.target_scale != 1 or data.target_shift):
        y[:, 1:] = y[:, 1:] * data.target_scale + data.target_shift
    labels = y[:, 0] if task.kind == "detection" else y
    mapped = {
        "right": lambda: labels,
        "from_one": lambda: np.where(labels == IGNORED, labels, labels + 1),
        "swapped": lambda: np.where(labels == 1, 0, labels),
        "merged": lambda: np.where(labels == IGNORED, labels, labels // 2),
    }[data.label_map]()
    if task.kind == "detection":
        y[:, 0] = mapped
        return x, y
    return x, mapped


def _sorted_file(data: Data, x: Array, y: Array, rng: np.random.Generator) -> tuple[Array, Array]:
    """The rows of a file that was put together from parts: near their place by target, not at it."""
    place = np.argsort(np.argsort(y.reshape(len(y), -1)[:, 0], kind="stable")) / len(y)
    rows = np.argsort(data.file_sorted * place + (1 - data.file_sorted) * rng.uniform(size=len(y)))
    return x[rows], y[rows]


def _bad_records(data: Data, x: Array, y: Array, rng: np.random.Generator) -> tuple[Array, Array]:
    """Single broken records of the training data."""
    task = TASKS[data.task]
    numbers_in, numbers_out = task.shape != "tokens", task.kind in {"regression", "detection"}
    rows = rng.permutation(len(x))
    hit, absurd, boxes = (rows[: data.nan_samples], rows[-max(1, data.outlier_samples) :], rows[: data.invalid_boxes])
    if data.nan_samples:
        value = np.nan if data.nan_value == "nan" else np.inf
        if data.nan_where == "input" and numbers_in:
            x[hit, ..., -1] = value
        elif numbers_out:
            y[hit, -1] = value
    if data.outlier_samples and data.outlier_where == "input" and numbers_in:
        x[absurd] = x[absurd] * data.outlier_size
    elif data.outlier_samples and numbers_out:
        y[absurd, -1:] += data.outlier_size * max(1.0, float(np.nanstd(y[:, -1:])))
    if task.kind == "detection":
        y[boxes[::2], 3:], y[boxes[1::2], 3:] = np.nan, -np.inf
    if task.kind == "alignment" and data.long_targets:
        longer = rng.integers(1, classes_of(data), size=(len(y), x.shape[1] + 1 - y.shape[1]))
        y = np.concatenate([y, np.full_like(longer, IGNORED)], axis=1)
        y[rows[: data.long_targets], -longer.shape[1] :] = longer[rows[: data.long_targets]]
    if data.empty_targets:
        empty = np.arange(round(data.empty_targets * len(y))) if data.empty_together else rows[: round(
            data.empty_targets * len(y)
        )]  # fmt: skip
        y[empty] = IGNORED
    return x, y


def _shifted(data: Data, x: Array, y: Array, rng: np.random.Generator) -> tuple[Array, Array]:
    """Validation data that are treated or drawn differently."""
    size, tokens = data.shift_size, TASKS[data.task].shape == "tokens"
    spread = 1.0 if tokens else float(x.std())
    if data.shift == "scaled" and not tokens:
        x = x * size
    elif data.shift == "noisy" and not tokens:
        x = x + size * spread * rng.normal(size=x.shape)
    elif data.shift == "moved" and not tokens:
        x = x + size * spread
    elif data.shift in {"columns", "noisy", "scaled", "moved"} and tokens:
        other = rng.permutation(int(x.max()) + 1)
        x = np.where(rng.uniform(size=x.shape) < min(1.0, size), other[x], x)
    elif data.shift == "columns":
        x = x[..., rng.permutation(x.shape[-1])]
    elif data.shift == "easier" and not tokens:
        x = x.copy()
        easy = rng.permutation(len(x))[: round(size * len(x))]
        x[easy] = 0.5 * x[easy] + 0.5 * _typical(data, x, y)[easy]
    elif data.shift == "label_map" and classes_of(data):
        labels = y[:, 0] if TASKS[data.task].kind == "detection" else y
        other = np.roll(np.arange(classes_of(data)), 1)
        mapped = np.where(labels == IGNORED, labels, other[labels.astype(int).clip(min=0)])
        if TASKS[data.task].kind == "detection":
            y[:, 0] = mapped
        else:
            y = mapped
    return x, y


def _typical(data: Data, x: Array, y: Array) -> Array:
    """For each sample the mean of those that have its class; for numbers of the 8 with the nearest targets."""
    labels = y.reshape(len(y), -1)[:, 0]
    if classes_of(data):
        means = {label: x[labels == label].mean(axis=0) for label in np.unique(labels)}
        return np.stack([means[label] for label in labels])
    nearest = np.argsort(np.abs(y[:, None] - y[None]).sum(axis=2), axis=1)[:, :8]
    return x[nearest].mean(axis=1)


def _unusual(data: Data, x: Array, y: Array, rng: np.random.Generator) -> tuple[Array, Array]:
    """What comes late is unlike what was there before: other inputs, and answers that contradict the old ones."""
    task = TASKS[data.task]
    if task.kind in {"classification", "sequence"}:
        return x, np.where(y == IGNORED, y, (y + 1) % classes_of(data))
    if task.kind == "regression":
        return x, -y
    return x[rng.permutation(len(x))], y


def clean(data: Data) -> Data:
    """The same task and preparation without a fault of the data, for those who want a twin's data."""
    sound = Data()
    names = ("mislabelled", "label_map", "misaligned", "nan_samples", "outlier_samples", "leaked", "leaked_feature",
             "shift", "shift_size", "empty_targets", "invalid_boxes", "long_targets", "late_share")  # fmt: skip
    return replace(data, **{name: getattr(sound, name) for name in names})
