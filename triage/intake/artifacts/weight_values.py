"""What the weights themselves show: NaN, constants, extremes."""

from __future__ import annotations

from triage.intake.artifacts.checkpoint import counted
from triage.intake.artifacts.looked import Looked, is_statistic, place_of
from triage.intake.artifacts.summaries import Summary
from triage.intake.artifacts.tensor import Tensor
from triage.intake.found import Found, Told, shows

__all__ = ["weight_values"]

NEARLY_ALL = 0.9
"""Of the tensors that hold NaN or Inf at least this share, where all do or nearly all."""

FINITE = 0.8
"""Likelihood of a sound checkpoint where no weight is broken; it may have been saved before the failure."""

LARGE, LARGEST_HALF = 1e4, 65504.0
"""A weight beyond the first is out of the ordinary; beyond the second it has no place in fp16."""

HUGE_ON_AVERAGE = 100.0
"""Root of the mean square of a matrix, from which on it has grown without anything that holds it."""


def weight_values(looked: Looked) -> Told:
    """What stands in parameters and buffers."""
    floats = list(looked.floats())
    if not floats:
        return Told()
    found = [_broken(floats), *_constant(looked), *_huge(looked)]
    return Told(found=tuple(found), notes=(*_constant_note(looked), *_large_note(floats)))


def _broken(floats: list[tuple[Tensor, Summary]]) -> Found:
    broken = [(tensor, summary) for tensor, summary in floats if summary.broken]
    if not broken:
        message = f"None of the numbers in {counted(len(floats), 'tensor')} is NaN or Inf."
        return shows("weights_contain_nan", "none", message, place_of(floats[-1][0]), FINITE)
    numbers = sum(summary.broken for _, summary in broken), sum(summary.count for _, summary in floats)
    first, summary = broken[0]
    every = len(broken) >= NEARLY_ALL * len(floats) and numbers[0] >= numbers[1] / 2
    message = (
        f"{_some(len(broken), len(floats))} NaN or Inf, first {_name(first)} "
        f"in {summary.broken:,} of {counted(summary.count, 'number')}."
    )
    return shows("weights_contain_nan", "all" if every else "some_layers", message, place_of(first))


def _some(part: int, whole: int) -> str:
    return f"{part:,} of {counted(whole, 'tensor')} {'holds' if part == 1 else 'hold'}"


def _constant(looked: Looked) -> list[Found]:
    """Weights that are all equal were set so, and no training has moved them since."""
    matrices = list(looked.matrices())
    flat = [(tensor, summary) for tensor, summary in matrices if summary.constant]
    if not flat or len(flat) < len(matrices) / 2 or (len(flat) < len(matrices) and len(flat) < 3):
        return []
    tensor, summary = flat[0]
    some = f"{len(flat):,} of {len(matrices):,} weight matrices"
    message = f"{some} hold one number throughout, {_name(tensor)} {summary.low:g}."
    if all("lora" in tensor.name.lower() for tensor, _ in flat):
        return []
    sure = 0.9 if len(flat) == len(matrices) else 0.6
    return [shows("initialization", "zeros_or_constant", message, place_of(tensor), sure)]


def _constant_note(looked: Looked) -> list[str]:
    matrices = list(looked.matrices())
    flat = [tensor for tensor, summary in matrices if summary.constant]
    if not flat or _constant(looked):
        return []
    return [
        f"{len(flat):,} of {len(matrices):,} weight matrices hold one number throughout: {_listed(flat)}. They were "
        "set so, or nothing has trained them."
    ]


def _huge(looked: Looked) -> list[Found]:
    sizes = [((s.square_sum / s.count) ** 0.5, tensor) for tensor, s in looked.matrices() if not s.broken]
    size, tensor = max(sizes, key=lambda pair: pair[0], default=(0.0, None))
    if tensor is None or size < HUGE_ON_AVERAGE:
        return []
    message = f"The weights of {_name(tensor)} are of the size {size:.3g} on average."
    likelihood = {"grows_without_limit": 0.6, "steady": 0.35}
    return [Found("weight_norm_course", likelihood, message, place_of(tensor))]


def _large_note(floats: list[tuple[Tensor, Summary]]) -> list[str]:
    large = [(s.largest, tensor) for tensor, s in floats if s.largest > LARGE and not is_statistic(tensor)]
    if not large:
        return []
    size, tensor = max(large, key=lambda pair: pair[0])
    beyond = ", beyond what fp16 can hold (65504)" if size > LARGEST_HALF else ""
    some = f"{counted(len(large), 'tensor')} with numbers beyond {LARGE:,.0f}"
    return [f"{some}, the largest {size:.4g} in {_name(tensor)}{beyond}."]


def _listed(tensors: list[Tensor]) -> str:
    more = f" and {len(tensors) - 3:,} more" if len(tensors) > 3 else ""
    return ", ".join(map(_name, tensors[:3])) + more


def _name(tensor: Tensor) -> str:
    """As it stands in the file, on one line and not endless."""
    name = " ".join(tensor.name.split())
    return name if len(name) <= 80 else f"{name[:77]}..."
