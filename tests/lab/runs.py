"""One training run: its configuration, the loop, and everything that is known about it afterwards."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import data
from .data import Dataset, DataSpec
from .losses import LOSSES, LossOptions, output_of
from .networks import Dense, Floats, Network, Recurrent
from .optimizers import Adam, Sgd, rate_at


@dataclass(frozen=True)
class Config:
    """Everything that a run depends on. Equal configurations train alike on one machine."""

    data: DataSpec
    loss: str
    hidden: tuple[int, ...] = (32,)
    recurrent: bool = False
    activation: str = "relu"
    init: str = "he"
    init_scale: float = 1.0
    outputs: int | None = None
    output: str = "linear"
    loss_weights: tuple[float, float] = (1.0, 1.0)
    guard: float = 1e-7
    optimizer: str = "sgd"
    rate: float = 0.1
    momentum: float = 0.0
    beta2: float = 0.999
    epsilon: float = 1e-8
    schedule: str = "constant"
    warmup: int = 0
    horizon: int | None = None
    clip: float = 0.0
    weight_decay: float = 0.0
    epochs: int = 30
    steps: int | None = None
    batch: int = 32
    shuffle: str = "every_epoch"
    subset: int = 0
    dtype: str = "float32"
    product: str = "blas"
    seed: int = 0

    @property
    def options(self) -> LossOptions:
        """What the loss reads."""
        classes = self.data.classes if self.data.kind in {"blobs", "spirals", "scenes"} else 0
        return LossOptions(self.output, classes, self.loss_weights, self.guard)


@dataclass
class Run:
    """What a run left behind: curves by step and by epoch, and the weights before and after its failure."""

    config: Config
    dataset: Dataset
    network: Network
    loss: Floats
    grad_norm: Floats
    rate: Floats
    weight_norm: Floats
    parts: dict[str, Floats]
    epoch_of: NDArray[np.int64]
    epochs: dict[str, list[float]]
    last_batch: NDArray[np.int64]
    good_weights: Floats
    steps: int
    steps_per_epoch: int
    extra: dict[str, float] = field(default_factory=dict)

    @property
    def nan_at(self) -> int | None:
        """The first step whose loss is not finite."""
        bad = np.flatnonzero(~np.isfinite(self.loss))
        return int(bad[0]) if len(bad) else None


def build(config: Config, dataset: Dataset) -> Network:
    """The untrained network of a configuration."""
    rng = np.random.default_rng([config.seed, 7])
    single = config.loss.endswith("binary_cross_entropy")
    needed = 1 if single else (dataset.classes + (4 if dataset.task == "detection" else 0)) or dataset.targets
    outputs = config.outputs or needed
    features = dataset.x.shape[-1]
    if config.recurrent:
        sizes = (features, config.hidden[0], outputs)
        return Recurrent(sizes, config.activation, config.init_scale, rng, config.dtype, config.product)
    sizes = (features, *config.hidden, outputs)
    return Dense(sizes, config.activation, config.init, config.init_scale, rng, config.dtype, config.product)


def hits(z: Floats, y: NDArray[Any], dataset: Dataset) -> float:
    """The share of right classes; for a regression NaN."""
    if dataset.task == "regression":
        return float("nan")
    labels = y if dataset.task == "classification" else y[:, 0]
    if z.shape[1] == 1:
        return float(((z[:, 0] > 0) == (labels > 0)).mean())
    of_classes = z[:, : dataset.classes] if dataset.task == "detection" else z
    return float((of_classes.argmax(axis=1) == labels).mean())


def skill(run: Run, held_out: bool = False) -> float:
    """How much better than guessing the final network predicts: 0 like guessing, 1 perfect, NaN weights count as 0.

    For classes (accuracy - chance) / (1 - chance); for numbers 1 - squared error / variance, not below -1.
    """
    x, y = (run.dataset.x_val, run.dataset.y_val) if held_out else (run.dataset.x, run.dataset.y)
    rows = np.isfinite(x.reshape(len(x), -1)).all(axis=1)
    z = run.network.forward(x[rows])
    if not np.isfinite(z).all():
        return 0.0
    if run.dataset.task == "regression":
        out, _ = output_of(z, run.config.options)
        error = float(((out - y[rows]) ** 2).mean())
        return max(-1.0, 1 - error / float(y[rows].var()))
    labels = y[rows] if y.ndim == 1 else y[rows][:, 0]
    chance = float(np.bincount(labels.astype(int)).max() / len(labels))
    return (hits(z, y[rows], run.dataset) - chance) / (1 - chance)


def _orders(config: Config, count: int, rng: np.random.Generator) -> NDArray[np.int64]:
    if config.shuffle == "not_shuffled":
        return np.arange(count)
    return rng.permutation(count)


def train(config: Config, *, stop_at_nan: bool = False) -> Run:
    """Train from the start to the end; with `stop_at_nan` only up to the first loss that is not finite."""
    with np.errstate(all="ignore"):
        return _train(config, stop_at_nan)


def _train(config: Config, stop_at_nan: bool) -> Run:
    dataset = data.make(config.data, config.dtype)
    rng = np.random.default_rng([config.seed, 11])
    network = build(config, dataset)
    weights = network.weights
    loss_of, options = LOSSES[config.loss], config.options
    adam = config.optimizer == "adam"
    optimizer = Adam(0.9, config.beta2, config.epsilon) if adam else Sgd(config.momentum)
    x, y = (dataset.x[: config.subset], dataset.y[: config.subset]) if config.subset else (dataset.x, dataset.y)
    per_epoch = -(-len(x) // config.batch)
    steps = config.steps or config.epochs * per_epoch
    curves = {name: np.full(steps, np.nan) for name in ("loss", "grad_norm", "rate", "weight_norm", "hits")}
    parts: dict[str, Floats] = {}
    epochs: dict[str, list[float]] = {"loss": [], "accuracy": [], "val_loss": [], "val_accuracy": []}
    good, order, batch = weights.copy(), np.arange(len(x)), np.arange(min(config.batch, len(x)))
    done = steps
    for step in range(steps):
        place = step % per_epoch
        if place == 0 and (step == 0 or config.shuffle != "once"):
            order = _orders(config, len(x), rng)
        rows = order[place * config.batch : (place + 1) * config.batch]
        value = loss_of(network.forward(x[rows]), y[rows], options)
        curves["loss"][step] = value.value
        curves["hits"][step] = hits(value.inner["logits"], y[rows], dataset) if "logits" in value.inner else np.nan
        for name, part in value.parts.items():
            parts.setdefault(name, np.full(steps, np.nan))[step] = part
        if np.isfinite(value.value) and (step == 0 or np.isfinite(curves["loss"][step - 1])):
            good[...], batch = weights, rows
        elif step and np.isfinite(curves["loss"][step - 1]):
            batch = rows
            if np.isfinite(weights).all():
                good[...] = weights
        if stop_at_nan and not np.isfinite(value.value):
            done = step + 1
            break
        grad = network.backward(value.grad)
        norm = float(np.sqrt(np.dot(grad, grad)))
        curves["grad_norm"][step] = norm
        if config.clip and norm > config.clip:
            grad *= config.clip / norm
        if config.weight_decay:
            grad += config.weight_decay * weights
        curves["rate"][step] = rate_at(step, steps, config.rate, config.schedule, config.warmup, config.horizon)
        optimizer.step(weights, grad, float(curves["rate"][step]))
        curves["weight_norm"][step] = float(np.sqrt(np.dot(weights, weights)))
        if place == per_epoch - 1:
            _close_epoch(epochs, curves, step, per_epoch, network, dataset, config)
    return Run(
        config=config, dataset=dataset, network=network,
        loss=curves["loss"][:done], grad_norm=curves["grad_norm"][:done], rate=curves["rate"][:done],
        weight_norm=curves["weight_norm"][:done], parts={k: v[:done] for k, v in parts.items()},
        epoch_of=np.arange(done) // per_epoch, epochs=epochs, last_batch=batch, good_weights=good,
        steps=done, steps_per_epoch=per_epoch,
    )  # fmt: skip


def _close_epoch(
    epochs: dict[str, list[float]],
    curves: dict[str, Floats],
    step: int,
    per_epoch: int,
    network: Network,
    dataset: Dataset,
    config: Config,
) -> None:
    """Average the epoch's batches, and measure the held-out samples."""
    span = slice(step + 1 - per_epoch, step + 1)
    epochs["loss"].append(float(curves["loss"][span].mean()))
    epochs["accuracy"].append(float(curves["hits"][span].mean()))
    if config.data.held_out:
        value = LOSSES[config.loss](network.forward(dataset.x_val), dataset.y_val, config.options)
        epochs["val_loss"].append(value.value)
        known = "logits" in value.inner
        epochs["val_accuracy"].append(hits(value.inner["logits"], dataset.y_val, dataset) if known else float("nan"))
