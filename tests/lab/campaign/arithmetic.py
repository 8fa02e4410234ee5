"""Number formats and faulty machines: what they do to every inner value and to its gradient."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from .networks import Attention, Net
from .recipe import Arithmetic

FORMATS = {
    "fp32": None,
    "bf16": torch.bfloat16,
    "bf16_weights": torch.bfloat16,
    "fp16": torch.float16,
    "fp16_scaled": torch.float16,
    "fp16_weights": torch.float16,
}


class _Round(torch.autograd.Function):
    """Cast there and back, of the value and of its gradient."""

    @staticmethod
    def forward(context: Any, x: Tensor, kind: torch.dtype, size: float) -> Tensor:
        context.kind, context.size = kind, size
        return (x * size).to(kind).to(x.dtype) / size if size != 1 else x.to(kind).to(x.dtype)

    @staticmethod
    def backward(context: Any, gradient: Tensor) -> tuple[Tensor, None, None]:
        return gradient.to(context.kind).to(gradient.dtype), None, None


def rounding(spec: Arithmetic) -> Callable[[Tensor], Tensor]:
    """What the number format of the products does to a tensor."""
    kind = FORMATS[spec.precision]
    if kind is None:
        return lambda x: x
    return lambda x: _Round.apply(x, kind, 1.0)


def weight_rounding(spec: Arithmetic) -> Callable[[Tensor], Tensor] | None:
    """The format of weights and optimizer state; None where they are float32."""
    kind = FORMATS[spec.precision]
    if kind is None or not spec.precision.endswith("weights"):
        return None
    return lambda x: x.to(kind).to(x.dtype)


def _misread(out: Tensor, dim: int, share: float) -> Tensor:
    """The last outputs of a product as a kernel gives them that reads from the row before; its gradient is right."""
    last = min(out.shape[dim], max(1, round(out.shape[dim] * share)))
    wrong = out.detach().clone()
    place = out.shape[dim] - last
    wrong.narrow(dim, place, last).copy_(out.detach().roll(1, 0).narrow(dim, place, last))
    return out + (wrong - out.detach())


def install(net: Net, spec: Arithmetic) -> Callable[[bool], None]:
    """Make every product of a network round, and come out wrong once the returned switch is on."""
    kind = FORMATS[spec.precision]
    wrong = {"on": False}

    def hook(_module: nn.Module, _inputs: Any, out: Any) -> Any:
        if kind is not None:
            out = _Round.apply(out, kind, spec.range_used)
        if wrong["on"] and spec.arithmetic == "wrong_product":
            out = _misread(out, 1 if isinstance(_module, nn.Conv2d) else out.ndim - 1, spec.wrong_size)
        return out

    if kind is not None or spec.arithmetic == "wrong_product":
        for module in net.modules():
            if isinstance(module, nn.Linear | nn.Conv2d):
                module.register_forward_hook(hook)
            if isinstance(module, nn.RNNBase):
                module.register_forward_hook(lambda m, i, out: (hook(m, i, out[0]), out[1]))
            if isinstance(module, Attention) and kind is not None:
                module.rounded = lambda x: _Round.apply(x, kind, spec.range_used)

    def switch(on: bool) -> None:
        wrong["on"] = on

    return switch


def flip(weights: Tensor, spec: Arithmetic, generator: torch.Generator) -> None:
    """Now and then (2 % of the steps times the size), hit one weight as a defective chip does: its exponent changes."""
    if float(torch.rand((), generator=generator)) < 0.02 * spec.wrong_size:
        place = int(torch.randint(len(weights), (), generator=generator))
        weights[place] *= 2.0 ** float(torch.randint(2, 12, (), generator=generator))
