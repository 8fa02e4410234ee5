"""SGD, momentum and Adam on one flat vector of weights, and the schedules of their rate."""

from __future__ import annotations

import math

import numpy as np

from .networks import Floats


class Sgd:
    """Gradient descent, with heavy-ball momentum where `momentum` is above 0."""

    def __init__(self, momentum: float = 0.0) -> None:
        self.momentum = momentum
        self.velocity: Floats | None = None

    def step(self, weights: Floats, grad: Floats, rate: float) -> None:
        """Change the weights in place."""
        if not self.momentum:
            weights -= rate * grad
            return
        if self.velocity is None:
            self.velocity = np.zeros_like(weights)
        self.velocity *= self.momentum
        self.velocity += grad
        weights -= rate * self.velocity


class Adam:
    """Adam: w <- w - rate * m' / (sqrt(v') + epsilon), m' and v' the bias-corrected running moments."""

    def __init__(self, beta1: float, beta2: float, epsilon: float) -> None:
        self.beta1, self.beta2, self.epsilon = beta1, beta2, epsilon
        self.time = 0
        self.first: Floats | None = None
        self.second: Floats | None = None

    def step(self, weights: Floats, grad: Floats, rate: float) -> None:
        """Change the weights in place."""
        if self.first is None or self.second is None:
            self.first, self.second = np.zeros_like(weights), np.zeros_like(weights)
        self.time += 1
        self.first += (1 - self.beta1) * (grad - self.first)
        self.second += (1 - self.beta2) * (grad * grad - self.second)
        scale = rate / (1 - self.beta1**self.time)
        root = np.sqrt(self.second / (1 - self.beta2**self.time))
        weights -= scale * self.first / (root + self.epsilon)


def rate_at(step: int, steps: int, rate: float, schedule: str, warmup: int, horizon: int | None) -> float:
    """The rate of a step. `horizon` is the last step that the polynomial policy was told of; it is 0 when it was not.

    The polynomial policy is rate * (1 - step / horizon) ** 0.9 in floating point, as solvers compute it: without a
    horizon 0 / 0, beyond it a fractional power of a negative number, and both are NaN.
    """
    if warmup and step < warmup:
        return rate * (step + 1) / warmup
    if schedule == "poly":
        done = np.float64(step) / np.float64(steps if horizon is None else horizon)
        return float(rate * np.power(1 - done, 0.9))
    if schedule == "cosine":
        return rate * 0.5 * (1 + math.cos(math.pi * (step - warmup) / max(1, steps - warmup)))
    return rate
