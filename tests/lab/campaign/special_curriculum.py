"""Easy samples first: each time that harder ones begin, the loss steps up, and that is how it should be."""

from __future__ import annotations

import numpy as np
import torch
from torch.nn import functional

from .recipe import Recipe
from .record import Record
from .special_record import Logbook, begin, mlp, tensor
from .tasks import TASKS


def train_curriculum(seed: int) -> Record:
    """Digits in ever more noise, or ever more of the ten classes; validated on the hardest of the classes so far."""
    rng = begin(seed, 81)
    data = Recipe().but(task="digits", noise=0.1).data
    images, labels = TASKS["digits"].draw(data, 1700, rng)
    stages, batch, last = int(rng.integers(3, 6)), int(rng.choice([16, 32, 48])), float(rng.uniform(0.6, 0.9))
    by_class = bool(rng.integers(2))
    x, y, per_epoch = tensor(images), torch.from_numpy(labels), 1200 // batch
    epochs = stages * int(rng.integers(4, 7))
    net = mlp(64, 64, 10)
    mover = torch.optim.Adam(net.parameters(), float(rng.uniform(1e-3, 2.5e-3)), weight_decay=1e-4)
    book = Logbook(net, mover, epochs * per_epoch, per_epoch)
    noises = np.full(stages, last) if by_class else np.linspace(0.0, last, stages)
    counts = np.linspace(4, 10, stages).astype(int) if by_class else np.full(stages, 10)
    hard = [(x[part] + last * torch.randn_like(x[part]), y[part]) for part in (slice(1200, 1450), slice(1450, 1700))]
    hard_train = x[:300] + last * torch.randn(300, 64), y[:300]

    def measure(inputs: torch.Tensor, targets: torch.Tensor) -> tuple[float, float]:
        with torch.no_grad():
            z = net(inputs)
        return functional.cross_entropy(z, targets).item(), float((z.argmax(dim=1) == targets).float().mean())

    for step in range(book.steps):
        stage = step * stages // book.steps
        known = torch.nonzero(y[:1200] < int(counts[stage]))[:, 0]
        rows = known[torch.randint(len(known), (batch,))]
        z = net(x[rows] + float(noises[stage]) * torch.randn(batch, 64))
        right = float((z.detach().argmax(dim=1) == y[rows]).float().mean())
        book.move(functional.cross_entropy(z, y[rows]), right)
        book.look(lambda: (measure(*hard_train)[0], measure(*hard[1])[0]))
        if book.due():
            so_far = hard[0][1] < int(counts[stage])
            book.evaluated(*measure(hard[0][0][so_far], hard[0][1][so_far]))
    return book.record(*((measure(*part)[1] - 0.12) / 0.88 for part in (hard_train, hard[1])))
