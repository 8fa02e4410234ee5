"""Output activations and losses, sound ones and those with a documented numerical fault.

Every loss takes the outputs before activation, the targets and its options, and returns its value, the gradient by the
outputs and the values that went into it by name (`parts`: components that a log may show; `inner`: what a person would
print when the loss fails).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .networks import Floats


@dataclass(frozen=True)
class LossOptions:
    """The numbers a loss reads: the output activation, the number of classes, weights of its terms, a guard."""

    output: str = "linear"
    classes: int = 0
    weights: tuple[float, float] = (1.0, 1.0)
    guard: float = 1e-7


@dataclass
class LossValue:
    """A loss, its gradient, its logged components and its inner quantities."""

    value: float
    grad: Floats
    parts: dict[str, float] = field(default_factory=dict)
    inner: dict[str, Floats] = field(default_factory=dict)


Loss = Callable[[Floats, NDArray[Any], LossOptions], LossValue]


def softmax(z: Floats) -> Floats:
    """The softmax of each row, shifted by its largest value."""
    e: Floats = np.exp(z - z.max(axis=1, keepdims=True))
    p: Floats = e / e.sum(axis=1, keepdims=True)
    return p


def _hot(y: NDArray[Any], like: Floats) -> Floats:
    hot = np.zeros_like(like)
    hot[np.arange(len(y)), y.astype(np.int64)] = 1
    return hot


def fused_cross_entropy(z: Floats, y: NDArray[Any], options: LossOptions) -> LossValue:
    """Softmax and cross-entropy in one: log-sum-exp minus the true class's output."""
    shifted = z - z.max(axis=1, keepdims=True)
    log_sum = np.log(np.exp(shifted).sum(axis=1))
    rows = np.arange(len(z))
    value = float((log_sum - shifted[rows, y]).mean())
    grad = np.exp(shifted - log_sum[:, None])
    grad[rows, y] -= 1
    return LossValue(value, grad / len(z), inner={"logits": z})


def cross_entropy_on_probabilities(z: Floats, y: NDArray[Any], options: LossOptions) -> LossValue:
    """A softmax layer, then a cross-entropy on probabilities held within `guard` and 1 - `guard`.

    Where a probability is held, its gradient is zero: a sample that is badly wrong no longer pulls.
    """
    p = softmax(z)
    guard = z.dtype.type(options.guard)
    rows = np.arange(len(z))
    held = np.clip(p[rows, y], guard, 1 - guard)
    by_p = np.where((p[rows, y] > guard) & (p[rows, y] < 1 - guard), -1 / held, 0).astype(z.dtype)
    grad = -p * (by_p * p[rows, y])[:, None]
    grad[rows, y] += by_p * p[rows, y]
    return LossValue(float(-np.log(held).mean()), grad / len(z), inner={"logits": z, "log_argument": held})


def naive_softmax_cross_entropy(z: Floats, y: NDArray[Any], options: LossOptions) -> LossValue:
    """exp of the outputs as they are, divided by their sum, then the logarithm."""
    e = np.exp(z)
    p = e / e.sum(axis=1, keepdims=True)
    rows = np.arange(len(z))
    grad = p.copy()
    grad[rows, y] -= 1
    return LossValue(float(-np.log(p[rows, y]).mean()), grad / len(z), inner={"logits": z, "exp": e})


def one_vs_rest(z: Floats, y: NDArray[Any], options: LossOptions) -> LossValue:
    """A binary cross-entropy for each output, summed over the outputs and averaged over the samples."""
    hot = _hot(y, z)
    value = float((np.maximum(z, 0) - z * hot + np.log1p(np.exp(-np.abs(z)))).sum(axis=1).mean())
    p = 1 / (1 + np.exp(-z))
    return LossValue(value, (p - hot) / len(z), inner={"logits": z})


def unguarded_binary_cross_entropy(z: Floats, y: NDArray[Any], options: LossOptions) -> LossValue:
    """A sigmoid, then both logarithms as the textbook writes them; 1 - p is exactly 0 once p rounds to 1."""
    p = 1 / (1 + np.exp(-z[:, :1]))
    t = y.reshape(-1, 1).astype(z.dtype)
    value = float(-(t * np.log(p) + (1 - t) * np.log(1 - p)).mean())
    grad = (p - t) / (p * (1 - p)) * (p * (1 - p)) / len(z)
    return LossValue(value, grad, inner={"logits": z, "log_argument": np.concatenate([p, 1 - p])})


def binary_cross_entropy(z: Floats, y: NDArray[Any], options: LossOptions) -> LossValue:
    """The binary cross-entropy of a single output, computed on the logit."""
    s, t = z[:, :1], y.reshape(-1, 1).astype(z.dtype)
    value = float((np.maximum(s, 0) - s * t + np.log1p(np.exp(-np.abs(s)))).mean())
    return LossValue(value, (1 / (1 + np.exp(-s)) - t) / len(z), inner={"logits": z})


def frequency_balanced_cross_entropy(z: Floats, y: NDArray[Any], options: LossOptions) -> LossValue:
    """Each class's summed cross-entropy divided by how often the class occurs in the batch, averaged over classes."""
    shifted = z - z.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    hot = _hot(y, z)
    counts = hot.sum(axis=0)
    per_class = -(hot * log_p).sum(axis=0) / counts
    share = (hot / counts).sum(axis=1, keepdims=True)
    grad = (np.exp(log_p) - hot) * share / options.classes
    return LossValue(float(per_class.mean()), grad, inner={"logits": z, "denominator": counts})


def output_of(z: Floats, options: LossOptions) -> tuple[Floats, Floats | float]:
    """The output activation of a regression network and its derivative."""
    if options.output == "relu":
        return np.maximum(z, 0), (z > 0).astype(z.dtype)
    if options.output == "sigmoid":
        p = 1 / (1 + np.exp(-z))
        return p, p * (1 - p)
    if options.output == "tanh":
        t = np.tanh(z)
        return t, 1 - t * t
    return z, 1.0


def squared_error(z: Floats, y: NDArray[Any], options: LossOptions) -> LossValue:
    """The mean squared error of the activated outputs."""
    out, by_z = output_of(z, options)
    error = out - y
    return LossValue(float((error * error).mean()), 2 * error * by_z / error.size, inner={"error": error})


def log_cosh(z: Floats, y: NDArray[Any], options: LossOptions) -> LossValue:
    """log cosh of the error: of softmax outputs against one-hot targets, or of activated regression outputs."""
    if options.classes:
        p, hot = softmax(z), _hot(y, z)
        error = p - hot
        by_p = np.tanh(error) / error.size
        grad = p * (by_p - (by_p * p).sum(axis=1, keepdims=True))
    else:
        out, by_z = output_of(z, options)
        error = out - y
        grad = np.tanh(error) * by_z / error.size
    size = np.abs(error)
    return LossValue(float((size + np.log1p(np.exp(-2 * size)) - np.log(2)).mean()), grad, inner={"error": error})


def class_and_box(z: Floats, y: NDArray[Any], options: LossOptions) -> LossValue:
    """A cross-entropy for the class and a squared error for the box, each with its weight."""
    classes = fused_cross_entropy(z[:, : options.classes], y[:, 0].astype(np.int64), options)
    error = z[:, options.classes :] - y[:, 1:]
    with_class, with_box = options.weights
    box = float((error * error).mean())
    grad = np.concatenate([with_class * classes.grad, with_box * 2 * error / error.size], axis=1).astype(z.dtype)
    value = with_class * classes.value + with_box * box
    return LossValue(value, grad, parts={"cls_loss": classes.value, "box_loss": box}, inner={"error": error})


LOSSES: dict[str, Loss] = {
    "fused_cross_entropy": fused_cross_entropy,
    "cross_entropy_on_probabilities": cross_entropy_on_probabilities,
    "naive_softmax_cross_entropy": naive_softmax_cross_entropy,
    "one_vs_rest": one_vs_rest,
    "unguarded_binary_cross_entropy": unguarded_binary_cross_entropy,
    "binary_cross_entropy": binary_cross_entropy,
    "frequency_balanced_cross_entropy": frequency_balanced_cross_entropy,
    "squared_error": squared_error,
    "log_cosh": log_cosh,
    "class_and_box": class_and_box,
}
