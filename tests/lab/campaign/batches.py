"""Which samples make up each batch, and what augmentation does to them."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from .datasets import Dataset
from .recipe import Recipe

Rows = NDArray[np.int64]


class Order:
    """The batches of a run, as rows of inputs and rows of targets; they differ only where the program errs."""

    def __init__(self, recipe: Recipe, dataset: Dataset) -> None:
        self.recipe, self.dataset = recipe, dataset
        self.rng = np.random.default_rng([recipe.seed, 11])
        self.size = recipe.optimisation.batch
        self.start_again()
        self.begin_epoch(0)

    def start_again(self) -> None:
        """As a fresh program does: the first order once more."""
        self.rng = np.random.default_rng([self.recipe.seed, 11])
        self.once: Rows | None = None
        self.inputs = self.targets = np.arange(len(self.dataset.x))

    def begin_epoch(self, step: int) -> None:
        """The order of the epoch that begins at a step."""
        data, count = self.recipe.data, len(self.dataset.x)
        if data.order == "every_epoch":
            self.inputs = self.targets = self.rng.permutation(count)
        elif data.order == "once":
            self.once = self.rng.permutation(count) if self.once is None else self.once
            self.inputs = self.targets = self.once
        elif data.order == "in_place":
            self.inputs, self.targets = self.inputs[self.rng.permutation(count)], np.arange(count)
        elif data.order == "overwritten":
            self.inputs = self.targets = self.inputs[self._swapped_through_views(count)]
        elif data.order == "overwritten_once":
            self.once = self._swapped_through_views(count) if self.once is None else self.once
            self.inputs = self.targets = self.once[self.rng.permutation(count)]
        elif data.order == "sorted":
            key = self.dataset.y.reshape(count, -1)[:, 0]
            self.inputs = self.targets = np.argsort(key, kind="stable")
        else:
            self.inputs = self.targets = np.arange(count)
        if data.late_share and step < data.late_from * self.recipe.steps:
            early = self.inputs[~self.dataset.late[self.inputs]]
            self.inputs = self.targets = np.resize(early, count)

    def _swapped_through_views(self, count: int) -> Rows:
        """Each row, from the last, takes the one drawn from those before it, which then takes itself."""
        return (self.rng.uniform(size=count) * (np.arange(count) + 1)).astype(np.int64)

    def rows(self, place: int) -> tuple[Tensor, Tensor]:
        """Rows of the batch at a place of the epoch."""
        span = slice(place * self.size, (place + 1) * self.size)
        inputs = torch.from_numpy(self.inputs[span])
        return inputs, inputs if self.targets is self.inputs else torch.from_numpy(self.targets[span])


def drowned(x: Tensor, size: float) -> Tensor:
    """A batch as a bad reading gives it: its inputs in noise; a share of tokens is replaced at random."""
    if not x.is_floating_point():
        return torch.where(torch.rand(x.shape) < min(1.0, size / 4), torch.randint_like(x, int(x.max()) + 1), x)
    return x + size * torch.randn_like(x)


def augmented(x: Tensor, strength: float, kind: str) -> Tensor:
    """Inputs as augmentation changes them; tokens are replaced at random."""
    if not x.is_floating_point():
        hit = torch.rand(x.shape) < strength / 4
        return torch.where(hit, torch.randint_like(x, int(x.max()) + 1), x)
    if kind == "erase":
        return torch.where(torch.rand(x.shape) < min(0.98, strength / 2), torch.zeros(()), x)
    if kind == "shift":
        far = max(1, round(strength * 2))
        moves = torch.randint(-far, far + 1, (2,)).tolist()
        return torch.roll(x, moves, dims=(1, 2)) if x.ndim == 3 else torch.roll(x, moves[:1], dims=(1,))
    if kind == "blend":
        share = 0.5 * strength * torch.rand(len(x), *[1] * (x.ndim - 1))
        return (1 - share) * x + share * x[torch.randperm(len(x))]
    return x + strength * torch.randn_like(x)
