"""Measuring a network: as the program's own evaluation does, faults included, and as it truly is."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from .datasets import Dataset
from .networks import Net
from .objectives import SINGLE, Terms, correct, evaluate
from .recipe import Recipe
from .tasks import IGNORED


@dataclass(frozen=True)
class Measure:
    """Loss, accuracy (NaN where there is none) and the loss terms on some samples."""

    loss: float
    accuracy: float
    parts: dict[str, float]


@dataclass
class Evaluation:
    """What is measured on fixed samples."""

    recipe: Recipe
    dataset: Dataset
    net: Net
    name: str
    terms: Terms

    def measure(self, x: Tensor, y: Tensor, hidden: Tensor | None = None) -> Measure:
        """Measure in the mode that the network is in."""
        with torch.no_grad():
            z, y = self.net(x, hidden), without_hidden(y, hidden, self.recipe)
            value = evaluate(z, y, self.recipe.objective, self.name, self.terms)
            right = correct(z, y, self.dataset, self.name)
        accuracy = math.nan if right is None else float(right.float().mean())
        return Measure(float(value.total), accuracy, {part: float(v) for part, v in value.parts.items()})

    def truly(self, x: Tensor, y: Tensor, hidden: Tensor | None = None) -> Measure:
        """Measure in evaluation mode, whatever mode the program left the network in."""
        training = self.net.training
        self.net.eval()
        found = self.measure(x, y, hidden)
        self.net.train(training)
        return found

    def of_program(self, x: Tensor, y: Tensor, hidden: Tensor | None) -> Measure:
        """Measure as the program does, and leave the network in the mode that the program leaves it in."""
        mode = self.recipe.running.evaluation_mode
        if mode in {"evaluation", "never_back"}:
            self.net.eval()
        elif mode == "swapped":
            self.net.train()
        found = self.measure(x, y, hidden)
        if mode == "evaluation":
            self.net.train()
        elif mode == "swapped":
            self.net.eval()
        with torch.no_grad():
            return Measure(found.loss, self.metric(found.accuracy, self.net(x, hidden), y), found.parts)

    def metric(self, accuracy: float, z: Tensor, y: Tensor) -> float:
        """What the program prints as its accuracy, for outputs and targets."""
        kind = self.recipe.running.metric
        if kind == "accuracy":
            return accuracy
        if kind == "none":
            return math.nan
        labels = (y[:, 0] if self.dataset.kind in {"detection", "regression"} else y).reshape(-1)
        if kind == "float_equality":
            first = z[..., 0].reshape(-1)
            return float((first == labels).float().mean()) if len(first) == len(labels) else 0.0
        if kind == "constant_class":
            return float((labels == 0).float().mean())
        if self.dataset.kind in {"regression", "alignment"}:
            return accuracy
        if self.name in SINGLE:
            scores = torch.cat([1 - z, z], dim=1) if kind == "threshold_on_logits" else torch.cat([-z, z], dim=1)
        else:
            scores = z[:, :-4] if self.dataset.kind == "detection" else z
        scores = scores.reshape(len(labels), -1)
        if kind == "threshold_on_logits" and self.name not in SINGLE:
            best, place = scores.max(dim=1)
            return float(((best > 3.0) & (place == labels)).float().mean())
        shift = 1 if kind == "shifted_ids" else 0
        return float((scores.argmax(dim=1) + shift == labels).float().mean())

    def quality(self, x: Tensor, y: Tensor) -> float:
        """0 like guessing, 1 perfect, against sound targets; 0 too where the outputs are not finite."""
        training = self.net.training
        self.net.eval()
        with torch.no_grad():
            z = self.net(x)
            right = correct(z, y, self.dataset, self.name)
        self.net.train(training)
        keep = torch.isfinite(y).reshape(len(y), -1).all(dim=1)
        if not torch.isfinite(z[keep]).all() or not keep.any():
            return 0.0
        if self.dataset.kind == "alignment":
            return _spelling(z, y)
        if right is None:
            if z.shape != y.shape:
                return 0.0
            if self.name == "binary_on_numbers":
                z, y = torch.sigmoid(z), y / self.recipe.data.target_scale
            error, spread = (z[keep] - y[keep]).square().mean(), y[keep].var()
            return max(-1.0, float(1 - error / spread)) if float(spread) > 0 else 0.0
        labels = (y[:, 0].long() if self.dataset.kind == "detection" else y).reshape(-1)
        labels = labels[labels != IGNORED]
        if not len(labels):
            return 0.0
        majority = float(np.bincount(labels.numpy()).max() / len(labels))
        return (float(right.float().mean()) - majority) / max(1e-9, 1 - majority)


def _spelling(z: Tensor, y: Tensor) -> float:
    """Share of targets that come out letter by letter, repeats merged and blanks dropped."""
    best = z.argmax(dim=-1).numpy()
    right = 0
    for row, wanted in zip(best, y.numpy(), strict=True):
        letters = [int(a) for a, b in zip(row, [-1, *row[:-1]], strict=True) if a not in {b, 0}]
        merged = [int(a) for a in wanted if a != IGNORED]
        right += letters == merged
    return right / len(best)


def without_hidden(y: Tensor, hidden: Tensor | None, recipe: Recipe) -> Tensor:
    """Targets of each step, those of masked rows ignored unless the fault is that they are used."""
    if hidden is None or recipe.network.hidden_rows_used or y.shape != hidden.shape or y.is_floating_point():
        return y
    return y.masked_fill(hidden, IGNORED)


def fixed_subset(dataset: Dataset, count: int, seed: int) -> tuple[Tensor, Tensor]:
    """Training samples without a broken record among them, if there are any."""
    finite = np.isfinite(dataset.x.reshape(len(dataset.x), -1)).all(axis=1)
    finite &= np.isfinite(dataset.y.reshape(len(dataset.y), -1)).all(axis=1)
    finite &= ~dataset.late
    rows = np.flatnonzero(finite) if finite.any() else np.arange(len(finite))
    rows = np.random.default_rng([seed, 3]).permutation(rows)[:count]
    return torch.from_numpy(dataset.x[rows]), torch.from_numpy(dataset.y[rows])
