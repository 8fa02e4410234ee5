"""Data sets made from a seed, clean or with one documented defect in them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]
Task = Literal["classification", "regression", "detection"]
Kind = Literal["blobs", "spirals", "curve", "fractions", "factors", "sequences", "scenes"]


@dataclass(frozen=True)
class DataSpec:
    """What a data set is made of; equal specs give equal data.

    `noise` is the spread within a blob, or of the target noise in units of the target's spread. `shares` are the class
    shares. `units` multiplies the inputs feature by feature with scales from 1 to `units` and shifts them, as raw
    measurements come. `target_units` and `target_shift` do the same for targets. `nan_samples` (a count) and
    `mislabelled` (a share of samples whose labels are dealt out among them anew) are defects.
    """

    kind: Kind
    samples: int = 1000
    held_out: int = 400
    features: int = 8
    classes: int = 4
    targets: int = 1
    noise: float = 1.0
    distance: float = 3.0
    length: int = 20
    shares: tuple[float, ...] | None = None
    units: float = 1.0
    target_units: float = 1.0
    target_shift: float = 0.0
    nan_samples: int = 0
    mislabelled: float = 0.0
    standardise: bool = True
    seed: int = 0


@dataclass(frozen=True)
class Dataset:
    """Training and held-out samples; class targets are integers, scenes carry the class and then the box."""

    task: Task
    x: Floats
    y: NDArray[Any]
    x_val: Floats
    y_val: NDArray[Any]
    classes: int
    targets: int
    true_labels: NDArray[Any]


def _class_labels(spec: DataSpec, count: int, rng: np.random.Generator) -> NDArray[np.int64]:
    shares = np.full(spec.classes, 1 / spec.classes) if spec.shares is None else np.array(spec.shares)
    return rng.choice(spec.classes, size=count, p=shares / shares.sum())


def _blobs(spec: DataSpec, count: int, rng: np.random.Generator) -> tuple[Floats, NDArray[np.int64]]:
    centres = rng.normal(size=(spec.classes, spec.features))
    centres *= spec.distance / np.linalg.norm(centres, axis=1, keepdims=True)
    labels = _class_labels(spec, count, rng)
    return centres[labels] + spec.noise * rng.normal(size=(count, spec.features)), labels


def _spirals(spec: DataSpec, count: int, rng: np.random.Generator) -> tuple[Floats, NDArray[np.int64]]:
    labels = _class_labels(spec, count, rng)
    radius = np.sqrt(rng.uniform(0.02, 1.0, size=count))
    angle = 2 * np.pi * labels / spec.classes + 4.0 * radius
    points = 1.7 * radius[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return points + 0.1 * spec.noise * rng.normal(size=points.shape), labels


def _curve(spec: DataSpec, count: int, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """A smooth non-linear function of the inputs with unit spread, plus noise."""
    x = rng.normal(size=(count, spec.features))
    first = rng.normal(size=(spec.features, 6)) / np.sqrt(spec.features)
    second = rng.normal(size=(6, spec.targets))
    y = np.sin(2 * x @ first) @ second
    return x, y / y.std(axis=0) + spec.noise * rng.normal(size=y.shape)


def _fractions(spec: DataSpec, count: int, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """The smooth function of `_curve`, squeezed into 0 to 1."""
    x, y = _curve(spec, count, rng)
    return x, 1 / (1 + np.exp(-2 * y))


def _factors(spec: DataSpec, count: int, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """A linear function of the inputs with unit spread, plus noise."""
    x = rng.normal(size=(count, spec.features))
    y = x @ rng.normal(size=(spec.features, spec.targets)) / np.sqrt(spec.features)
    return x, y + spec.noise * rng.normal(size=y.shape)


def _sequences(spec: DataSpec, count: int, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Sequences whose target is the scaled sum of their first feature, the others being distraction."""
    x = rng.normal(size=(count, spec.length, spec.features))
    y = x[:, :, :1].sum(axis=1) / np.sqrt(spec.length)
    return x, y + spec.noise * rng.normal(size=y.shape)


def _scenes(spec: DataSpec, count: int, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """One object a scene: its class, and a box of four numbers that depends on the inputs."""
    x, labels = _blobs(spec, count, rng)
    boxes = x @ rng.normal(size=(spec.features, 4)) / np.sqrt(spec.features) + 0.1 * rng.normal(size=(count, 4))
    return x, np.concatenate([labels[:, None].astype(float), boxes * spec.target_units + spec.target_shift], axis=1)


_Maker = Callable[[DataSpec, int, np.random.Generator], tuple[Floats, NDArray[Any]]]

_MAKERS: dict[str, tuple[_Maker, Task]] = {
    "blobs": (_blobs, "classification"),
    "spirals": (_spirals, "classification"),
    "curve": (_curve, "regression"),
    "fractions": (_fractions, "regression"),
    "factors": (_factors, "regression"),
    "sequences": (_sequences, "regression"),
    "scenes": (_scenes, "detection"),
}


@lru_cache(maxsize=64)
def make(spec: DataSpec, dtype: str = "float32") -> Dataset:
    """The data set of a spec. Wrong labels reach the held-out part too, the other defects the training part alone."""
    rng = np.random.default_rng(spec.seed)
    maker, task = _MAKERS[spec.kind]
    x, y = maker(spec, spec.samples + spec.held_out, rng)
    defects = np.random.default_rng([spec.seed, 1])
    if spec.units != 1.0:
        scale = np.geomspace(1.0, spec.units, spec.features)
        x = x * scale + scale
    if spec.standardise and spec.kind != "sequences":
        x = (x - x.mean(axis=0)) / x.std(axis=0)
    if task == "regression":
        y = y * spec.target_units + spec.target_shift
    true_labels = y[: spec.samples].copy()
    if spec.mislabelled:
        chosen = np.flatnonzero(defects.random(len(y)) < spec.mislabelled)
        y = y.copy()
        y[chosen] = y[defects.permutation(chosen)]
    x_train, y_train = x[: spec.samples].copy(), y[: spec.samples].copy()
    if spec.nan_samples:
        rows = defects.choice(spec.samples, size=spec.nan_samples, replace=False)
        x_train[rows, defects.integers(spec.features, size=spec.nan_samples)] = np.nan
    targets = y_train if task == "classification" else y_train.astype(dtype)
    return Dataset(
        task=task,
        x=x_train.astype(dtype),
        y=targets,
        x_val=x[spec.samples :].astype(dtype),
        y_val=y[spec.samples :] if task == "classification" else y[spec.samples :].astype(dtype),
        classes=spec.classes if task != "regression" else 0,
        targets=4 if task == "detection" else spec.targets,
        true_labels=true_labels,
    )
