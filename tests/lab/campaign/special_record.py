"""A logbook for loops of their own: what they note at each step becomes the record of a run."""

from __future__ import annotations

import itertools
import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor, nn

from .record import Record

NAMES = ("loss", "accuracy", "rate", "grad_norm")
Probe = Callable[[], tuple[float, float]]
"""The true training and held-out loss at this moment."""


def begin(seed: int, salt: int) -> np.random.Generator:
    """Seed torch, and give the generator from which a special draws its sizes, rates and data."""
    torch.set_num_threads(1)
    torch.manual_seed(1000 * salt + seed)
    return np.random.default_rng([seed, salt])


def tensor(values: np.ndarray) -> Tensor:
    """An array of numbers as float32."""
    return torch.from_numpy(np.asarray(values, dtype=np.float32))


def mlp(*sizes: int, activation: Callable[[], nn.Module] = nn.ReLU) -> nn.Sequential:
    """A dense network with these sizes, linear at its end."""
    layers: list[nn.Module] = []
    for inputs, outputs in itertools.pairwise(sizes):
        layers += [nn.Linear(inputs, outputs), activation()]
    return nn.Sequential(*layers[:-1])


@dataclass
class Logbook:
    """What a loop has noted so far.

    Args:
        net: whose weights the record tells of.
        mover: its optimizer.
        steps: that the loop will make.
        per_epoch: steps of an epoch; `every` steps there is an evaluation (0: with each epoch).
        clip: the norm to which gradients are shortened; 0 for none.

    """

    net: nn.Module
    mover: torch.optim.Optimizer
    steps: int
    per_epoch: int
    every: int = 0
    clip: float = 0.0
    noted: dict[str, list[float]] = field(default_factory=lambda: {name: [] for name in NAMES})
    parts: dict[str, list[float]] = field(default_factory=dict)
    rounds: list[tuple[int, float, float]] = field(default_factory=list)
    probes: list[tuple[int, float, float]] = field(default_factory=list)
    clipped: int = 0
    begun: float = field(default_factory=time.perf_counter)
    start: float = field(init=False)

    def __post_init__(self) -> None:
        self.start = self._size()
        self.every = self.every or self.per_epoch

    def move(self, loss: Tensor, accuracy: float = math.nan, **parts: Tensor) -> None:
        """Take one step down a loss, and note it."""
        self.mover.zero_grad()
        loss.backward()
        norm = float(nn.utils.get_total_norm([p.grad for p in self.net.parameters() if p.grad is not None]))
        if self.clip and norm > self.clip:
            nn.utils.clip_grad_norm_(self.net.parameters(), self.clip)
            self.clipped += 1
        values = (loss.item(), accuracy, self.mover.param_groups[0]["lr"], norm)
        self.mover.step()
        for name, value in zip(NAMES, values, strict=True):
            self.noted[name].append(value)
        for name, part in parts.items():
            self.parts.setdefault(name, []).append(float(part.detach()))

    def due(self) -> bool:
        """Whether an evaluation is made after the step that was noted last."""
        return len(self.noted["loss"]) % self.every == 0 or len(self.noted["loss"]) == self.steps

    def evaluated(self, loss: float, accuracy: float = math.nan) -> None:
        """Note what the program's evaluation found."""
        self.rounds.append((len(self.noted["loss"]) - 1, loss, accuracy))

    def look(self, probe: Probe) -> None:
        """Note the hidden truth, at some 40 steps of the run."""
        step = len(self.noted["loss"]) - 1
        if step % max(1, self.steps // 40) == 0 or step == self.steps - 1 or step in {1, 2, 4, 7, 12, 20}:
            self.net.eval()
            with torch.no_grad():
                self.probes.append((step, *probe()))
            self.net.train()

    def record(self, quality_train: float, quality_true: float) -> Record:
        """The record of the finished run. Without evaluations the rows of an epoch log are every so many steps."""
        count = len(self.noted["loss"])
        columns = {name: _floats(values) for name, values in self.noted.items()}
        ends = [r[0] for r in self.rounds] or [*range(self.every - 1, count, self.every)]
        spans = list(zip([0, *(end + 1 for end in ends[:-1])], (end + 1 for end in ends), strict=True))
        return Record(
            **columns,
            loss_scale=_floats([]),
            epoch=(np.arange(count) // self.per_epoch).astype(np.int32),
            epoch_loss=_floats([columns["loss"][a:b].mean() for a, b in spans]),
            epoch_accuracy=_floats([columns["accuracy"][a:b].mean() for a, b in spans]),
            val_loss=_floats([r[1] for r in self.rounds]),
            val_accuracy=_floats([r[2] for r in self.rounds]),
            evaluated=np.array(ends, dtype=np.int32),
            probe_step=np.array([p[0] for p in self.probes], dtype=np.int32),
            probe_loss=_floats([p[1] for p in self.probes]),
            probe_val=_floats([p[2] for p in self.probes]),
            steps_per_epoch=self.per_epoch,
            parts={name: _floats(values) for name, values in self.parts.items()},
            truth={
                "quality_train": quality_train,
                "quality_true": quality_true,
                "dead_units": math.nan,
                "weights_start": self.start,
                "weights_end": self._size(),
                "weights_changed": 1.0,
                "weights_nan": 0.0,
                "skipped": 0.0,
                "clipped": self.clipped / max(1, count),
                "seconds": time.perf_counter() - self.begun,
            },
        )

    def _size(self) -> float:
        return float(nn.utils.get_total_norm(list(self.net.parameters())))


def _floats(values: list[float]) -> np.ndarray:
    return np.array(values, dtype=np.float32)
