"""Pooling that a function does: the window and the step that it is called with.

Arguments are those of `torch.nn.functional`, `tf.nn`, `keras.ops` and `keras.backend` (their API references).
"""

from __future__ import annotations

from triage.intake.scripts.applying import through
from triage.intake.scripts.trace import Call, Run
from triage.intake.scripts.values import Layer, Tensor, Value

__all__ = ["is_pooling", "pooled"]

_FUNCTIONS = frozenset(
    {
        "max_pool1d", "max_pool2d", "max_pool3d", "avg_pool1d", "avg_pool2d", "avg_pool3d", "max_pool1d_with_indices",
        "max_pool2d_with_indices", "max_pool", "avg_pool", "average_pool", "pool", "pool2d", "pool3d",
    }
)  # fmt: skip
_WIDTHS = ("kernel_size", "ksize", "pool_size", "window_shape")


def is_pooling(name: str) -> bool:
    """Whether a function of that name pools with a window."""
    return name in _FUNCTIONS


def pooled(run: Run, name: str, call: Call) -> Tensor:
    """What pooling yields; where it happens is noted."""
    step = 3 if name == "pool" else 2
    given: dict[str, Value] = {
        "kernel_size": call.get(1, *_WIDTHS),
        "stride": call.get(step, "stride", "strides"),
    }
    layer = Layer("pool", f"F.{name}", call.spot, facts={word: value for word, value in given.items() if value})
    run.happens("pool", call.spot, layer)
    return through(call.get(0, "input", "value", "inputs", "x"), layer)
