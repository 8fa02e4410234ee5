"""Losses that are negative by nature: log-densities above 1 where the data are dense."""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import Tensor, nn

from .record import Record
from .special_record import Logbook, begin, mlp, tensor

_HALF_LOG = 0.5 * math.log(2 * math.pi)


class _Mixture(nn.Module):
    """Weights, means and log-spreads of normal distributions in the plane."""

    def __init__(self, parts: int) -> None:
        super().__init__()
        self.chances, self.means = nn.Parameter(torch.zeros(parts)), nn.Parameter(torch.randn(parts, 2))
        self.log_spreads = nn.Parameter(torch.zeros(parts, 2))

    def forward(self, x: Tensor) -> Tensor:
        """The negative log-density of each point."""
        apart = (x[:, None] - self.means) * torch.exp(-self.log_spreads)
        each = (-0.5 * apart.square() - self.log_spreads - _HALF_LOG).sum(dim=2)
        return -torch.logsumexp(torch.log_softmax(self.chances, 0) + each, dim=1)


def train_mixture(seed: int) -> Record:
    """Tight clusters in the plane: the loss goes through 0 and on to below."""
    rng = begin(seed, 71)
    clusters, spread, batch = int(rng.integers(3, 7)), float(rng.uniform(0.04, 0.15)), int(rng.choice([16, 32, 64]))
    centres = rng.uniform(-1.5, 1.5, size=(clusters, 2))
    of = rng.integers(clusters, size=2000)
    x = tensor(centres[of] + spread * rng.normal(size=(2000, 2)))
    net = _Mixture(2 * clusters)
    book = Logbook(net, torch.optim.Adam(net.parameters(), float(rng.uniform(0.01, 0.03))), 900, 1200 // batch, 30)
    train, validation, true = x[:1200], x[1200:1600], x[1600:]
    start = float(net(true).mean().detach())
    for _ in range(book.steps):
        book.move(net(train[torch.randint(1200, (batch,))]).mean())
        book.look(lambda: (net(train).mean().item(), net(true).mean().item()))
        if book.due():
            with torch.no_grad():
                book.evaluated(net(validation).mean().item())
    best = 2 * (_HALF_LOG + 0.5 + math.log(spread)) + math.log(clusters)
    with torch.no_grad():
        shares = [(start - float(net(part).mean())) / (start - best) for part in (train, true)]
    return book.record(*shares)


def train_gaussian(seed: int) -> Record:
    """A curve and its spread at each place, by the likelihood; below 0 where the spread is small."""
    rng = begin(seed, 72)
    noise, batch, width = float(rng.uniform(0.02, 0.1)), int(rng.choice([16, 32, 64])), int(rng.integers(32, 65))
    x = rng.uniform(-1.7, 1.7, size=(2000, 1))
    y = np.sin(2.5 * x) + noise * (0.4 + np.abs(x)) * rng.normal(size=x.shape)
    inputs, targets = tensor(x), tensor(y)
    net = mlp(1, width, width, 2, activation=nn.Tanh)
    mover = torch.optim.Adam(net.parameters(), float(rng.uniform(1e-3, 3e-3)))
    book = Logbook(net, mover, 1400, 1200 // batch, 35, clip=5.0)
    fall = torch.optim.lr_scheduler.CosineAnnealingLR(mover, book.steps) if rng.uniform() < 0.6 else None

    def loss_of(rows: Tensor | slice) -> Tensor:
        mean, log_spread = net(inputs[rows]).chunk(2, dim=1)
        return (log_spread + 0.5 * ((targets[rows] - mean) * torch.exp(-log_spread)).square()).mean()

    for _ in range(book.steps):
        book.move(loss_of(torch.randint(1200, (batch,))))
        if fall is not None:
            fall.step()
        book.look(lambda: (loss_of(slice(0, 400)).item(), loss_of(slice(1600, None)).item()))
        if book.due():
            with torch.no_grad():
                book.evaluated(loss_of(slice(1200, 1600)).item())
    with torch.no_grad():
        parts = (slice(0, 1200), slice(1600, None))
        shares = [float(1 - (net(inputs[p])[:, :1] - targets[p]).square().mean() / targets[p].var()) for p in parts]
    return book.record(*shares)
