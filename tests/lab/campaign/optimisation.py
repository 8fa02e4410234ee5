"""Optimizers on one flat vector of weights, rate schedules, and clipping; sound ones and broken ones.

One flat vector, of which every parameter is a view, makes an update a few operations whatever the network.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from .recipe import Optimisation


def flatten(net: nn.Module) -> tuple[Tensor, Tensor]:
    """Make all parameters and all gradients of a network views of two vectors."""
    parameters = list(net.parameters())
    weights = torch.cat([p.detach().reshape(-1) for p in parameters])
    gradients = torch.zeros_like(weights)
    place = 0
    for p in parameters:
        end = place + p.numel()
        p.data = weights[place:end].view_as(p)
        p.grad = gradients[place:end].view_as(p)
        place = end
    return weights, gradients


def frozen_mask(net: nn.Module, spec: Optimisation) -> Tensor | None:
    """1 where a weight takes updates, 0 where it does not; None where all do."""
    if spec.frozen == "none" and spec.updates != "last_bias":
        return None
    names = [name for name, _ in net.named_parameters()]
    first = names[0].rsplit(".", 1)[0]

    def moves(name: str) -> bool:
        if spec.updates == "last_bias":
            return name == names[-1]
        head = name.startswith("head.")
        return {"none": True, "all": False, "body": head, "head": not head, "first": not name.startswith(first)}[
            spec.frozen
        ]

    return torch.cat([torch.full((p.numel(),), float(moves(name))) for name, p in net.named_parameters()])


@dataclass
class Optimizer:
    """The state of an optimizer, as `torch.optim` has it; `rounded` keeps state and weights in the number format."""

    spec: Optimisation
    weights: Tensor
    rounded: Callable[[Tensor], Tensor] | None = None
    count: int = 0
    first: Tensor = field(init=False)
    second: Tensor = field(init=False)

    def __post_init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Begin anew, as a program does that saved the weights alone."""
        self.count, self.first, self.second = 0, torch.zeros_like(self.weights), torch.zeros_like(self.weights)

    def step(self, gradient: Tensor, rate: float) -> None:
        """One update of the weights in place."""
        self.count += 1
        spec, w = self.spec, self.weights
        if spec.weight_decay and spec.optimizer == "adamw":
            w.mul_(1 - rate * spec.weight_decay)
        elif spec.weight_decay:
            gradient = gradient + spec.weight_decay * w
        if spec.optimizer == "sgd":
            w.add_(gradient, alpha=-rate)
        elif spec.optimizer in {"momentum", "nesterov"}:
            self.first.mul_(spec.momentum).add_(gradient)
            move = gradient + spec.momentum * self.first if spec.optimizer == "nesterov" else self.first
            w.add_(move, alpha=-rate)
        elif spec.optimizer == "rmsprop":
            self.second.mul_(0.99).addcmul_(gradient, gradient, value=0.01)
            w.addcdiv_(gradient, self.second.sqrt().add_(spec.epsilon), value=-rate)
        else:
            self._adam(gradient, rate)
        if self.rounded is not None:
            for kept in (w, self.first, self.second):
                kept.copy_(self.rounded(kept))

    def _adam(self, gradient: Tensor, rate: float) -> None:
        spec = self.spec
        self.first.lerp_(gradient, 1 - spec.beta1)
        self.second.mul_(spec.beta2).addcmul_(gradient, gradient, value=1 - spec.beta2)
        if self.rounded is not None:
            self.second.copy_(self.rounded(self.second))
        of_first = 1 - spec.beta1**self.count if spec.bias_correction else 1.0
        of_second = 1 - spec.beta2**self.count if spec.bias_correction else 1.0
        epsilon = spec.epsilon if self.rounded is None else float(self.rounded(torch.tensor(spec.epsilon)))
        self.weights.addcdiv_(self.first, (self.second / of_second).sqrt_().add_(epsilon), value=-rate / of_first)


def clip(gradient: Tensor, norm: float, limit: float, spec: Optimisation) -> None:
    """Shorten a gradient in place."""
    if not spec.clip:
        return
    if spec.clip_by == "value":
        gradient.clamp_(-limit, limit)
    elif norm > limit:
        gradient.mul_(limit / norm)
    elif math.isnan(norm):
        gradient.fill_(math.nan)


def _share(step: int, spec: Optimisation, steps: int) -> float:
    return step / max(1, spec.horizon or steps)


def _stepwise(step: int, spec: Optimisation, steps: int, per_epoch: int) -> float:
    return spec.decay ** sum(_share(step, spec, steps) >= milestone for milestone in spec.milestones)


def _cosine(step: int, spec: Optimisation, steps: int, per_epoch: int) -> float:
    return spec.floor + (1 - spec.floor) * 0.5 * (1 + math.cos(math.pi * _share(step, spec, steps)))


def _restarts(step: int, spec: Optimisation, steps: int, per_epoch: int) -> float:
    within = (_share(step, spec, steps) / spec.cycle) % 1.0
    return spec.floor + (1 - spec.floor) * 0.5 * (1 + math.cos(math.pi * within))


def _linear(step: int, spec: Optimisation, steps: int, per_epoch: int) -> float:
    return max(spec.floor, 1 - _share(step, spec, steps))


def _poly(step: int, spec: Optimisation, steps: int, per_epoch: int) -> float:
    """(1 - share)^0.9; beyond its horizon the power of a negative number is not a number."""
    base = 1 - _share(step, spec, steps)
    return base**0.9 if base >= 0 else math.nan


def _one_cycle(step: int, spec: Optimisation, steps: int, per_epoch: int) -> float:
    share = _share(step, spec, steps)
    return 0.04 + 0.96 * share / 0.3 if share < 0.3 else 0.5 * (1 + math.cos(math.pi * (share - 0.3) / 0.7))


def _triangle(step: int, spec: Optimisation, steps: int, per_epoch: int) -> float:
    within = (_share(step, spec, steps) / spec.cycle) % 1.0
    return spec.floor + (1 - spec.floor) * (1 - abs(2 * within - 1))


SCHEDULES: dict[str, Callable[[int, Optimisation, int, int], float]] = {
    "constant": lambda step, spec, steps, per_epoch: 1.0,
    "step": _stepwise,
    "cosine": _cosine,
    "restarts": _restarts,
    "linear": _linear,
    "poly": _poly,
    "one_cycle": _one_cycle,
    "triangle": _triangle,
    "plateau": lambda step, spec, steps, per_epoch: 1.0,
    "exponential": lambda step, spec, steps, per_epoch: spec.decay ** _share(step, spec, steps),
    "per_epoch": lambda step, spec, steps, per_epoch: spec.decay ** (step // per_epoch),
    "per_batch": lambda step, spec, steps, per_epoch: spec.decay**step,
    "without_horizon": lambda step, spec, steps, per_epoch: math.nan,
    "rising": lambda step, spec, steps, per_epoch: min(1e30, (1 / spec.decay) ** _share(step, spec, steps)),
    "rising_late": lambda step, spec, steps, per_epoch: (
        1 / spec.decay if _share(step, spec, steps) >= spec.milestones[0] else 1.0
    ),
    "zero": lambda step, spec, steps, per_epoch: 0.0,
    "zero_from": lambda step, spec, steps, per_epoch: float(_share(step, spec, steps) < spec.milestones[0]),
    "negative": lambda step, spec, steps, per_epoch: 1 - 2 * _share(step, spec, steps),
    "inverse_root": lambda step, spec, steps, per_epoch: (max(1, spec.warmup) / max(step + 1, spec.warmup, 1)) ** 0.5,
}
"""Factor of the base rate at a step: (step, spec, steps of the run, steps of an epoch). `plateau` is cut by the loop,
by `decay` when the validation loss has not fallen over 4 evaluations."""


def rate_at(step: int, spec: Optimisation, steps: int, per_epoch: int) -> float:
    """The rate that a program has in force at a step."""
    warm = (step + 1) / spec.warmup if step < spec.warmup else 1.0
    return spec.rate * min(1.0, warm) * SCHEDULES[spec.schedule](step, spec, steps, per_epoch)
