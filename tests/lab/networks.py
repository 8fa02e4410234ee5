"""A dense and a simple recurrent network: all parameters in one flat vector, layers as views into it."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]
Product = Callable[[Floats, Floats], Floats]


def _product_by_loops(a: Floats, b: Floats) -> Floats:
    """The matrix product without the linear-algebra library, as another machine might compute it."""
    product: Floats = np.einsum("ij,jk->ik", a, b, optimize=False)
    return product


PRODUCTS: dict[str, Product] = {"blas": np.matmul, "loops": _product_by_loops}


def activate(name: str, z: Floats) -> Floats:
    """The hidden activation of pre-activations `z`."""
    if name == "relu":
        return np.maximum(z, 0)
    if name == "leaky":
        return np.where(z > 0, z, 0.1 * z)
    if name == "tanh":
        return np.tanh(z)
    if name == "sigmoid":
        return 1 / (1 + np.exp(-z))
    return z


def slope(name: str, z: Floats, out: Floats) -> Floats | float:
    """The derivative of the hidden activation, from its input `z` and its output `out`."""
    if name == "relu":
        return (z > 0).astype(z.dtype)
    if name == "leaky":
        return np.where(z > 0, np.ones_like(z), z.dtype.type(0.1))
    if name == "tanh":
        return 1 - out * out
    if name == "sigmoid":
        return out * (1 - out)
    return 1.0


def initial(name: str, scale: float, shape: tuple[int, int], rng: np.random.Generator) -> Floats:
    """Initial weights of one layer; `scale` multiplies the named initializer, and 0 gives zeros."""
    spread = {"he": np.sqrt(2 / shape[0]), "xavier": np.sqrt(2 / sum(shape)), "unit": 1.0}[name]
    weights: Floats = scale * spread * rng.normal(size=shape)
    return weights


class Network(Protocol):
    """What training asks of a network."""

    weights: Floats
    arrays: list[Floats]
    before: list[Floats]

    def forward(self, x: Floats) -> Floats:
        """Outputs before any output activation."""

    def backward(self, grad_out: Floats) -> Floats:
        """The gradient of all weights, flat, from the gradient of the last forward's outputs."""

    def split(self, flat: Floats) -> list[Floats]:
        """A flat vector as the list of its arrays, in the order of `arrays`."""


class _Flat:
    """The flat vector and its views."""

    weights: Floats
    arrays: list[Floats]

    def _adopt(self, arrays: list[Floats], dtype: str) -> None:
        self._shapes = [a.shape for a in arrays]
        self.weights = np.concatenate([a.ravel() for a in arrays]).astype(dtype)
        self.arrays = self.split(self.weights)
        self._grad = np.zeros_like(self.weights)
        self._grads = self.split(self._grad)

    def split(self, flat: Floats) -> list[Floats]:
        views, at = [], 0
        for shape in self._shapes:
            size = int(np.prod(shape))
            views.append(flat[at : at + size].reshape(shape))
            at += size
        return views


class Dense(_Flat):
    """A stack of dense layers, `sizes` from inputs to outputs, with one hidden activation throughout."""

    def __init__(
        self,
        sizes: tuple[int, ...],
        activation: str,
        init: str,
        scale: float,
        rng: np.random.Generator,
        dtype: str = "float32",
        product: str = "blas",
    ) -> None:
        self.activation = activation
        self.product = PRODUCTS[product]
        arrays: list[Floats] = []
        for fan_in, fan_out in pairwise(sizes):
            arrays += [initial(init, scale, (fan_in, fan_out), rng), np.zeros(fan_out)]
        self._adopt(arrays, dtype)
        self.inputs: list[Floats] = []
        self.before: list[Floats] = []

    def forward(self, x: Floats) -> Floats:
        self.inputs, self.before = [x], []
        last = len(self.arrays) // 2 - 1
        for layer in range(last):
            z = self.product(self.inputs[-1], self.arrays[2 * layer]) + self.arrays[2 * layer + 1]
            self.before.append(z)
            self.inputs.append(activate(self.activation, z))
        return self.product(self.inputs[-1], self.arrays[2 * last]) + self.arrays[2 * last + 1]

    def backward(self, grad_out: Floats) -> Floats:
        grad = grad_out
        for layer in range(len(self.arrays) // 2 - 1, -1, -1):
            self._grads[2 * layer][...] = self.product(self.inputs[layer].T, grad)
            self._grads[2 * layer + 1][...] = grad.sum(axis=0)
            if layer:
                into = self.product(grad, self.arrays[2 * layer].T)
                grad = into * slope(self.activation, self.before[layer - 1], self.inputs[layer])
        return self._grad


class Recurrent(_Flat):
    """One recurrent layer read at its last step: h(t) = f(x(t) U + h(t-1) W + b), output h(T) V + c.

    The recurrent matrix begins orthogonal, times `scale`.
    """

    def __init__(
        self,
        sizes: tuple[int, int, int],
        activation: str,
        scale: float,
        rng: np.random.Generator,
        dtype: str = "float32",
        product: str = "blas",
    ) -> None:
        features, hidden, outputs = sizes
        self.activation = activation
        self.product = PRODUCTS[product]
        orthogonal, _ = np.linalg.qr(rng.normal(size=(hidden, hidden)))
        self._adopt(
            [
                initial("xavier", 1.0, (features, hidden), rng),
                scale * orthogonal,
                np.zeros(hidden),
                initial("xavier", 1.0, (hidden, outputs), rng),
                np.zeros(outputs),
            ],
            dtype,
        )
        self.states: list[Floats] = []
        self.before: list[Floats] = []
        self.through_time: list[float] = []

    def forward(self, x: Floats) -> Floats:
        u, w, b, v, c = self.arrays
        self.x = x
        self.states, self.before = [np.zeros((len(x), len(w)), dtype=x.dtype)], []
        for t in range(x.shape[1]):
            z = self.product(x[:, t], u) + self.product(self.states[-1], w) + b
            self.before.append(z)
            self.states.append(activate(self.activation, z))
        return self.product(self.states[-1], v) + c

    def backward(self, grad_out: Floats) -> Floats:
        _, w, _, v, _ = self.arrays
        gu, gw, gb, gv, gc = self._grads
        gu[...], gw[...], gb[...] = 0, 0, 0
        gv[...], gc[...] = self.product(self.states[-1].T, grad_out), grad_out.sum(axis=0)
        grad = self.product(grad_out, v.T)
        self.through_time = []
        for t in range(self.x.shape[1] - 1, -1, -1):
            self.through_time.append(float(np.linalg.norm(grad)))
            grad = grad * slope(self.activation, self.before[t], self.states[t + 1])
            gu += self.product(self.x[:, t].T, grad)
            gw += self.product(self.states[t].T, grad)
            gb += grad.sum(axis=0)
            grad = self.product(grad, w.T)
        return self._grad
