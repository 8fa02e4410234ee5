"""Losses whose floor is not 0: contrastive and triplet losses, autoencoders, and a loss that rises with a weight."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from .recipe import Recipe
from .record import Record
from .special_record import Logbook, begin, mlp, tensor
from .tasks import TASKS


def _points(rng: np.random.Generator, kinds: int, spread: float) -> tuple[Tensor, Tensor]:
    """1,600 points of so many kinds in 16 dimensions, and their kinds."""
    centres = 0.8 * rng.normal(size=(kinds, 16))
    labels = rng.integers(kinds, size=1600)
    return tensor(centres[labels] + spread * rng.normal(size=(1600, 16))), torch.from_numpy(labels)


def _same_kind(labels: Tensor, rows: Tensor, by_kind: list[Tensor]) -> Tensor:
    """For each row another one of its kind."""
    return torch.stack([by_kind[k][torch.randint(len(by_kind[k]), ())] for k in labels[rows].tolist()])


def _nearest(net: nn.Module, x: Tensor, labels: Tensor, x_new: Tensor, labels_new: Tensor) -> float:
    """How much better than chance the nearest neighbour has the same kind."""
    with torch.no_grad():
        near = torch.cdist(net(x_new), net(x)).argmin(dim=1)
    kinds = int(labels.max()) + 1
    return (float((labels[near] == labels_new).float().mean()) - 1 / kinds) / (1 - 1 / kinds)


def train_contrastive(seed: int) -> Record:
    """Pairs of a kind against the rest of the batch: from ln(batch) to about ln(batch / kinds), and no further."""
    rng = begin(seed, 41)
    kinds, batch, heat = int(rng.integers(3, 13)), int(2 ** rng.integers(5, 8)), float(rng.uniform(0.15, 0.5))
    x, labels = _points(rng, kinds, 0.5)
    x_val, labels_val, x, labels = x[1200:], labels[1200:], x[:1200], labels[:1200]
    net = mlp(16, int(rng.integers(32, 65)), 16)
    mover = torch.optim.Adam(net.parameters(), float(rng.uniform(3e-4, 2e-3)))
    book = Logbook(net, mover, 600, max(1, 1200 // batch), every=30)
    of_kind = [[torch.nonzero(part == k)[:, 0] for k in range(kinds)] for part in (labels, labels_val)]

    def loss_of(data: Tensor, kind: Tensor, by_kind: list[Tensor], rows: Tensor) -> Tensor:
        one = functional.normalize(net(data[rows]), dim=1)
        other = functional.normalize(net(data[_same_kind(kind, rows, by_kind)]), dim=1)
        return functional.cross_entropy(one @ other.T / heat, torch.arange(len(rows)))

    rows_val = [torch.randint(400, (batch,)) for _ in range(3)]
    for _ in range(book.steps):
        book.move(loss_of(x, labels, of_kind[0], torch.randint(1200, (batch,))))
        if book.due():
            with torch.no_grad():
                losses = [loss_of(x_val, labels_val, of_kind[1], rows).item() for rows in rows_val]
            book.evaluated(float(np.mean(losses)))
            true = float(np.mean([loss_of(x, labels, of_kind[0], rows).item() for rows in rows_val]))
            book.probes.append((len(book.noted["loss"]) - 1, true, float(np.mean(losses))))
    quality = _nearest(net, x, labels, x_val, labels_val)
    return book.record(quality, quality)


def train_triplet(seed: int) -> Record:
    """Random triplets and a margin: quick at first, then ever fewer triplets say anything."""
    rng = begin(seed, 42)
    kinds, batch, margin = int(rng.integers(4, 10)), int(rng.integers(24, 65)), float(rng.uniform(0.2, 1.0))
    x, labels = _points(rng, kinds, float(rng.uniform(0.9, 1.3)))
    x_val, labels_val, x, labels = x[1200:], labels[1200:], x[:1200], labels[:1200]
    net = mlp(16, 48, 8)
    mover = torch.optim.Adam(net.parameters(), float(rng.uniform(5e-4, 2e-3)))
    book = Logbook(net, mover, 800, 1200 // batch, every=40)
    of_kind = [[torch.nonzero(part == k)[:, 0] for k in range(kinds)] for part in (labels, labels_val)]

    def loss_of(data: Tensor, kind: Tensor, by_kind: list[Tensor], rows: Tensor) -> Tensor:
        others = torch.randint(len(data), (4 * len(rows),)).reshape(4, -1)
        unlike = (kind[others] != kind[rows]).int().argmax(dim=0)
        away = others.gather(0, unlike[None])[0]
        anchor, near, far = (
            functional.normalize(net(data[r]), dim=1) for r in (rows, _same_kind(kind, rows, by_kind), away)
        )
        return functional.triplet_margin_loss(anchor, near, far, margin)

    fixed = torch.arange(200)
    for _ in range(book.steps):
        book.move(loss_of(x, labels, of_kind[0], torch.randint(1200, (batch,))))
        if book.due():
            with torch.no_grad():
                losses = [loss_of(x_val, labels_val, of_kind[1], fixed).item() for _ in range(3)]
                true = loss_of(x, labels, of_kind[0], fixed).item()
            book.evaluated(float(np.mean(losses)))
            book.probes.append((len(book.noted["loss"]) - 1, true, float(np.mean(losses))))
    quality = _nearest(net, x, labels, x_val, labels_val)
    return book.record(quality, quality)


def _digits(rng: np.random.Generator, noise: float) -> tuple[Tensor, Tensor]:
    data = Recipe().but(task="digits", noise=noise).data
    images = tensor(TASKS["digits"].draw(data, 1600, rng)[0])
    return images[:1200], images[1200:]


def train_vae(seed: int) -> Record:
    """A variational autoencoder whose divergence counts more and more: the loss rises with its weight, then falls."""
    rng = begin(seed, 43)
    x, x_val = _digits(rng, float(rng.uniform(0.02, 0.15)))
    hidden, inner, batch = int(rng.integers(48, 97)), int(rng.integers(4, 11)), int(rng.choice([32, 48, 64]))
    parts = nn.ModuleList([mlp(64, hidden, 2 * inner), mlp(inner, hidden, 64)])
    per_epoch = 1200 // batch
    steps = 32 * per_epoch
    rises = (float(rng.uniform(0.1, 0.3)) * steps, float(rng.uniform(0.4, 0.8)) * steps)
    most = float(rng.uniform(0.7, 1.0))
    book = Logbook(parts, torch.optim.Adam(parts.parameters(), float(rng.uniform(1e-3, 3e-3))), steps, per_epoch)

    def losses(rows: Tensor, step: int, chance: float = 1.0) -> tuple[Tensor, Tensor, Tensor]:
        mean, log_spread = parts[0](rows).chunk(2, dim=1)
        made = parts[1](mean + chance * torch.exp(log_spread) * torch.randn_like(mean))
        weight = most * min(1.0, max(0.0, (step - rises[0]) / (rises[1] - rises[0])))
        apart = 0.5 * (mean.square() + torch.exp(2 * log_spread) - 1 - 2 * log_spread).sum(1).mean()
        rebuilt = 5.0 * (made - rows).square().sum(1).mean() / 2
        return rebuilt + weight * apart, rebuilt, weight * apart

    for step in range(steps):
        total, rebuilt, apart = losses(x[torch.randint(1200, (batch,))], step)
        book.move(total, reconstruction=rebuilt, divergence=apart)
        book.look(lambda step=step: (losses(x[:400], step)[0].item(), losses(x_val, step)[0].item()))
        if book.due():
            with torch.no_grad():
                book.evaluated(losses(x_val, step)[0].item())
    with torch.no_grad():
        spreads = [2.5 * (part - part.mean(0)).square().sum(1).mean() for part in (x, x_val)]
        shares = [float(1 - losses(p, steps, 0.0)[1] / spread) for p, spread in zip((x, x_val), spreads, strict=True)]
    return book.record(*shares)


def train_autoencoder(seed: int) -> Record:
    """Images through a narrow middle: the loss ends at what does not fit through."""
    rng = begin(seed, 44)
    x, x_val = _digits(rng, float(rng.uniform(0.02, 0.3)))
    hidden, inner, batch = int(rng.integers(32, 97)), int(rng.integers(3, 13)), int(rng.choice([24, 32, 64]))
    net = mlp(64, hidden, inner, hidden, 64)
    per_epoch = 1200 // batch
    mover = torch.optim.Adam(net.parameters(), float(rng.uniform(1e-3, 4e-3)))
    book = Logbook(net, mover, min(1400, 40 * per_epoch), per_epoch)

    def loss_of(rows: Tensor) -> Tensor:
        return (net(rows) - rows).square().mean()

    for _ in range(book.steps):
        book.move(loss_of(x[torch.randint(1200, (batch,))]))
        book.look(lambda: (loss_of(x[:400]).item(), loss_of(x_val).item()))
        if book.due():
            with torch.no_grad():
                book.evaluated(loss_of(x_val).item())
    with torch.no_grad():
        shares = [float(1 - loss_of(part) / (part - part.mean(0)).square().mean()) for part in (x, x_val)]
    return book.record(*shares)
