"""Runs whose validation curve takes a way of its own: grokking, and double descent over the epochs."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from .record import Record
from .special_record import Logbook, begin, tensor


class _Sums(nn.Module):
    """Two numbers, each embedded, their embeddings added, and a hidden layer."""

    def __init__(self, modulus: int, width: int, scale: float) -> None:
        super().__init__()
        self.embed, self.hidden = nn.Embedding(modulus, width), nn.Linear(width, 2 * width)
        self.head = nn.Linear(2 * width, modulus, bias=False)
        with torch.no_grad():
            for p in self.parameters():
                p.mul_(scale)

    def forward(self, pairs: Tensor) -> Tensor:
        return self.head(functional.relu(self.hidden(self.embed(pairs).sum(dim=1))))


def train_grokking(seed: int) -> Record:
    """Sums modulo a prime from a half of the table: learnt by heart early, understood much later."""
    rng = begin(seed, 51)
    modulus, width = int(rng.choice([23, 29, 31])), int(rng.integers(40, 65))
    share, decay = float(rng.uniform(0.45, 0.52)), float(rng.uniform(0.8, 1.5))
    pairs = torch.cartesian_prod(torch.arange(modulus), torch.arange(modulus))
    sums, rows = pairs.sum(dim=1) % modulus, torch.from_numpy(rng.permutation(modulus**2))
    known, other = rows[: round(share * len(rows))], rows[round(share * len(rows)) :]
    net = _Sums(modulus, width, float(rng.uniform(1.0, 1.5)))
    mover = torch.optim.AdamW(net.parameters(), float(rng.uniform(4e-3, 1e-2)), weight_decay=decay, betas=(0.9, 0.98))
    book = Logbook(net, mover, 1300, 1, every=13)

    def measure(part: Tensor) -> tuple[float, float]:
        with torch.no_grad():
            z = net(pairs[part])
        right = (z.argmax(dim=1) == sums[part]).float().mean()
        return functional.cross_entropy(z, sums[part]).item(), float(right)

    for _ in range(book.steps):
        z = net(pairs[known])
        right = float((z.detach().argmax(dim=1) == sums[known]).float().mean())
        book.move(functional.cross_entropy(z, sums[known]), right)
        book.look(lambda: (measure(known)[0], measure(other)[0]))
        if book.due():
            book.evaluated(*measure(other))
    return book.record(measure(known)[1], measure(other)[1])


def train_double_descent(seed: int) -> Record:
    """Squared error of many weights on few samples: first what is loud, then its noise, and last what is quiet.

    Two groups of inputs whose sizes differ much make the two descents, as in Heckel and Yilmaz (2021).
    """
    rng = begin(seed, 52)
    count, loud, quiet = int(rng.integers(140, 201)), int(rng.integers(80, 101)), int(rng.integers(8, 15))
    size, noise, gain = float(rng.uniform(0.09, 0.15)), float(rng.uniform(0.2, 0.5)), float(rng.uniform(0.9, 1.5))
    weights = np.concatenate([rng.normal(size=loud) / np.sqrt(loud), gain * rng.normal(size=quiet) / np.sqrt(quiet)])
    x = rng.normal(size=(count + 800, loud + quiet))
    y = tensor(x @ weights + noise * rng.normal(size=len(x)))[:, None]
    inputs = tensor(x * np.concatenate([np.ones(loud), np.full(quiet, size)]))
    net = nn.Linear(loud + quiet, 1)
    book = Logbook(net, torch.optim.SGD(net.parameters(), float(rng.uniform(0.03, 0.06))), 3000, 1, every=6)

    def error(rows: slice) -> float:
        with torch.no_grad():
            return functional.mse_loss(net(inputs[rows]), y[rows]).item()

    train, validation, true = slice(0, count), slice(count, count + 400), slice(count + 400, None)
    for _ in range(book.steps):
        book.move(functional.mse_loss(net(inputs[train]), y[train]))
        book.look(lambda: (error(train), error(true)))
        if book.due():
            book.evaluated(error(validation))
    return book.record(1 - error(train) / float(y[train].var()), 1 - error(true) / float(y[true].var()))
