"""A generator against a critic on points in a plane: its losses hover and swing, and that is how it should be."""

from __future__ import annotations

import math
import time

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from .record import Record


def _net(inputs: int, width: int, outputs: int) -> nn.Module:
    act = nn.LeakyReLU(0.2)
    return nn.Sequential(nn.Linear(inputs, width), act, nn.Linear(width, width), act, nn.Linear(width, outputs))


def train_gan(seed: int) -> Record:
    """Train for 1,000 steps; `loss` is the sum of both losses, `parts` are the two."""
    begun = time.perf_counter()
    torch.set_num_threads(1)
    torch.manual_seed(seed)
    rng = np.random.default_rng([seed, 21])
    steps, every, batch = 1000, 50, 64
    width, rate = int(rng.integers(24, 64)), float(rng.uniform(5e-4, 2e-3))
    angles = torch.linspace(0, 2 * math.pi, int(rng.integers(4, 8)) + 1)[:-1]
    centres = torch.stack([angles.cos(), angles.sin()], dim=1)
    generator, critic = _net(4, width, 2), _net(2, width, 1)
    movers = [torch.optim.Adam(net.parameters(), rate, betas=(0.5, 0.999)) for net in (generator, critic)]
    curves = {name: np.full(steps, np.nan, dtype=np.float32) for name in ("generator", "critic", "norm")}
    start = _norm(generator)
    for step in range(steps):
        real = centres[torch.randint(len(centres), (batch,))] + 0.1 * torch.randn(batch, 2)
        made = generator(torch.randn(batch, 4))
        critic_loss = functional.softplus(-critic(real)).mean() + functional.softplus(critic(made.detach())).mean()
        _move(movers[1], critic_loss)
        generator_loss = functional.softplus(-critic(made)).mean()
        _move(movers[0], generator_loss)
        curves["generator"][step], curves["critic"][step] = generator_loss.item(), critic_loss.item()
        grads = [p.grad for p in generator.parameters()]
        curves["norm"][step] = float(nn.utils.get_total_norm(grads))
    total = curves["generator"] + curves["critic"]
    evaluated = np.arange(every - 1, steps, every, dtype=np.int32)
    means = total.reshape(-1, every).mean(axis=1)
    nothing = np.full(len(evaluated), np.nan, dtype=np.float32)
    with torch.no_grad():
        near = torch.cdist(generator(torch.randn(400, 4)), centres).min(dim=1).values
    return Record(
        loss=total,
        accuracy=np.full(steps, np.nan, dtype=np.float32),
        rate=np.full(steps, rate, dtype=np.float32),
        grad_norm=curves["norm"],
        loss_scale=np.zeros(0, dtype=np.float32),
        epoch=(np.arange(steps) // every).astype(np.int32),
        epoch_loss=means,
        epoch_accuracy=nothing,
        val_loss=nothing[:0],
        val_accuracy=nothing[:0],
        evaluated=evaluated,
        probe_step=evaluated,
        probe_loss=means,
        probe_val=nothing,
        steps_per_epoch=every,
        parts={"generator": curves["generator"], "critic": curves["critic"]},
        truth={
            "quality_train": float((near < 0.4).float().mean()),
            "quality_true": float((near < 0.4).float().mean()),
            "dead_units": math.nan,
            "weights_start": start,
            "weights_end": _norm(generator),
            "weights_changed": 1.0,
            "weights_nan": 0.0,
            "skipped": 0.0,
            "clipped": 0.0,
            "seconds": time.perf_counter() - begun,
        },
    )


def _move(mover: torch.optim.Optimizer, loss: torch.Tensor) -> None:
    mover.zero_grad()
    loss.backward()
    mover.step()


def _norm(net: nn.Module) -> float:
    return float(nn.utils.get_total_norm(list(net.parameters())))
