"""Language models: one pass with a jumpy start, a sum over tokens, and memorising in steps over a few epochs."""

from __future__ import annotations

import dataclasses

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from .datasets import make
from .recipe import Recipe
from .record import Record
from .special_record import Logbook, begin
from .training import train


def _text(rng: np.random.Generator, seed: int) -> Recipe:
    """A transformer on text that it sees once or little more, with warm-up and cosine."""
    letters, length, batch = int(rng.integers(6, 11)), int(rng.integers(12, 25)), int(rng.integers(12, 21))
    steps = int(rng.integers(320, 440))
    return Recipe(seed=seed).but(
        task="text", classes=letters, length=length, samples=steps * batch, held_out=200, batch=batch, steps=steps,
        kind="transformer", norm="layer", depth=int(rng.integers(1, 3)), width=int(rng.choice([24, 32])),
        activation="gelu", optimizer="adamw", rate=float(rng.uniform(4e-3, 8e-3)), beta2=0.95, weight_decay=0.1,
        schedule="cosine", floor=0.1, clip=1.0, warmup=int(rng.integers(10, 40)),
        evaluate_every=int(rng.integers(20, 60)),
    )  # fmt: skip


def train_language_model(seed: int) -> Record:
    """The start is above ln(vocabulary) and jumps; then quick, then slower and slower."""
    rng = begin(seed, 61)
    return train(_text(rng, seed).but(head_scale=float(rng.uniform(2.0, 6.0))))


def train_token_sums(seed: int) -> Record:
    """The loss is summed over the tokens of a batch, which differ in number: large, and noisy with the lengths.

    The validation loss is the mean of such sums over batches of the same size.
    """
    rng = begin(seed, 62)
    recipe = _text(rng, seed).but(reduction="sum", clip=0.0, padding=float(rng.uniform(0.3, 0.9)))
    record, batch = train(recipe), recipe.optimisation.batch
    return dataclasses.replace(
        record,
        val_loss=record.val_loss * (batch / recipe.data.held_out),
        probe_loss=record.probe_loss * (batch / 256),
        probe_val=record.probe_val * (batch / 200),
    )


class _Rare(nn.Module):
    """A bag of common and of rare words -> a class."""

    def __init__(self, words: int, width: int, classes: int) -> None:
        super().__init__()
        self.embed, self.head = nn.EmbeddingBag(words, width, mode="mean"), nn.Linear(width, classes)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.embed(x))


def train_staircase(seed: int) -> Record:
    """A few epochs over samples with rare words: each is half remembered when it comes again, so the loss steps down.

    The common words tell part of the answer, and the validation loss falls by that.
    """
    rng = begin(seed, 63)
    classes, words, length, count = int(rng.integers(4, 9)), int(rng.integers(3000, 6001)), 12, 1600
    batch, epochs = int(rng.choice([8, 16])), int(rng.integers(2, 4))
    labels = rng.integers(classes, size=count + 600)
    tokens = rng.integers(classes * 4, words, size=(len(labels), length))
    common = int(rng.integers(3, 6))
    told = rng.integers(classes, size=(len(labels), common))
    told = np.where(rng.uniform(size=told.shape) < 0.45, labels[:, None], told)
    tokens[:, :common] = told * 4 + rng.integers(4, size=told.shape)
    x, y = torch.from_numpy(tokens), torch.from_numpy(labels)
    net = _Rare(words, 32, classes)
    with torch.no_grad():
        net.embed.weight.mul_(0.1)
    mover, per_epoch = torch.optim.Adam(net.parameters(), float(rng.uniform(2.5e-3, 5e-3))), count // batch
    book = Logbook(net, mover, epochs * per_epoch, per_epoch, per_epoch // 4)
    return _epochs(book, x, y, count, batch, rng)


def _epochs(book: Logbook, x: Tensor, y: Tensor, count: int, batch: int, rng: np.random.Generator) -> Record:
    """Train on the first samples, each once in an epoch, and validate on the next 300."""
    net, held, true = book.net, slice(count, count + 300), slice(count + 300, count + 600)

    def measure(rows: slice) -> tuple[float, float]:
        with torch.no_grad():
            z = net(x[rows])
        return functional.cross_entropy(z, y[rows]).item(), float((z.argmax(dim=1) == y[rows]).float().mean())

    for step in range(book.steps):
        if step % book.per_epoch == 0:
            order = torch.from_numpy(rng.permutation(count))
        rows = order[step % book.per_epoch * batch :][:batch]
        z = net(x[rows])
        right = float((z.detach().argmax(dim=1) == y[rows]).float().mean())
        book.move(functional.cross_entropy(z, y[rows]), right)
        book.look(lambda: (measure(slice(0, 300))[0], measure(true)[0]))
        if book.due():
            book.evaluated(*measure(held))
    chance = 1 / (int(y.max()) + 1)
    return book.record(*((measure(part)[1] - chance) / (1 - chance) for part in (slice(0, count), true)))


def train_fine_tuning(seed: int) -> Record:
    """From a network that knows nearly the same task: the loss begins low and has little way to go."""
    rng = begin(seed, 64)
    noise = float(rng.uniform(0.3, 0.6))
    data = Recipe().but(task="digits", samples=1000, held_out=600, noise=noise - 0.1).data
    before, now = make(data, 2 * seed), make(dataclasses.replace(data, noise=noise), 2 * seed + 1)
    net = nn.Sequential(nn.Linear(64, 96), nn.ReLU(), nn.Dropout(0.1), nn.Linear(96, 10))
    first = torch.optim.Adam(net.parameters(), 2e-3, weight_decay=1e-3)
    x, y = torch.from_numpy(before.x), torch.from_numpy(before.y)
    for _ in range(500):
        rows = torch.randint(len(x), (48,))
        first.zero_grad()
        functional.cross_entropy(net(x[rows]), y[rows]).backward()
        first.step()
    batch, epochs = int(rng.choice([8, 16, 32])), int(rng.integers(3, 9))
    mover = torch.optim.AdamW(net.parameters(), float(rng.uniform(2e-5, 2e-4)), weight_decay=0.01)
    per_epoch = 1000 // batch
    book = Logbook(net, mover, epochs * per_epoch, per_epoch, max(1, per_epoch // int(rng.integers(1, 4))))
    x = torch.from_numpy(np.concatenate([now.x, now.x_val]))
    return _epochs(book, x, torch.from_numpy(np.concatenate([now.y, now.y_val])), 1000, batch, rng)
