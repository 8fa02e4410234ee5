"""Running means and variances of batch norm in a checkpoint, against what they are when nothing is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from triage.intake.artifacts.checkpoint import counted
from triage.intake.artifacts.looked import Looked, place_of
from triage.intake.artifacts.summaries import Summary
from triage.intake.artifacts.tensor import Tensor
from triage.intake.found import Found, Told, shows

__all__ = ["norm_statistics"]

MEANS = ("running_mean", "moving_mean")
VARIANCES = ("running_var", "moving_variance", "moving_var")

USUAL = (1e-3, 1e3)
"""Variances as the check has them."""

EXTREME = 1e5
"""Variances, and squares of means, from which on no further look is needed."""


@dataclass(frozen=True, slots=True)
class _Layer:
    mean: Summary
    variance: Summary
    tensor: Tensor

    @property
    def untouched(self) -> bool:
        """As it was made."""
        mean, variance = self.mean, self.variance
        return mean.constant and mean.low == 0.0 and variance.constant and variance.low == 1.0

    @property
    def extreme(self) -> bool:
        mean, variance = self.mean, self.variance
        broken = mean.broken or variance.broken
        return bool(
            broken
            or variance.low < 0.0
            or variance.high > EXTREME
            or mean.largest > EXTREME**0.5 * 10
            or variance.high == 0.0
        )

    @property
    def odd(self) -> bool:
        """Beyond what is usual in some channel, as dead channels of sound networks are too."""
        return self.variance.low < USUAL[0] or self.variance.high > USUAL[1]


def norm_statistics(looked: Looked) -> Told:
    """What the stored statistics look like; nothing where there are none, or where no batch has been seen yet."""
    layers = _layers(looked)
    if not layers:
        return Told()
    place = place_of(layers[0].tensor)
    norm = shows("normalization_layers", "batch_norm", f"{counted(len(layers), 'layer')} of batch norm.", place, 0.95)
    fresh = set(looked.checkpoint.progress.values()) == {0.0}
    if fresh and all(layer.untouched for layer in layers):
        return Told(found=(norm,))
    return Told(found=(norm, _judged(layers)))


def _judged(layers: list[_Layer]) -> Found:
    finding, count = "batch_norm_statistics", len(layers)
    extreme = [layer for layer in layers if layer.extreme]
    untouched = [layer for layer in layers if layer.untouched]
    odd = [layer for layer in layers if layer.odd]
    if extreme:
        message = f"{len(extreme):,} of {counted(count, 'layer')} with extreme statistics, first {_values(extreme[0])}."
        return shows(finding, "extreme_or_nan", message, place_of(extreme[0].tensor), 0.95)
    if len(untouched) == count:
        message = f"In all of {counted(count, 'layer')} every running mean is 0 and every variance 1, as at the start."
        return shows(finding, "never_updated", message, place_of(untouched[0].tensor), 0.95)
    if untouched:
        message = f"In {len(untouched):,} of {counted(count, 'layer')} the statistics are as at the start."
        return Found(finding, {"never_updated": 0.7, "plausible": 0.27}, message, place_of(untouched[0].tensor))
    if odd:
        message = f"{len(odd):,} of {counted(count, 'layer')} with unusual variances, first {_values(odd[0])}."
        return Found(finding, {"plausible": 0.7, "extreme_or_nan": 0.27}, message, place_of(odd[0].tensor))
    message = f"Variances of {counted(count, 'layer')} lie from {_least(layers):.3g} to {_greatest(layers):.3g}."
    return shows(finding, "plausible", message, place_of(layers[0].tensor), 0.95)


def _layers(looked: Looked) -> list[_Layer]:
    """Layers that have both; instance norm has them only where it was told to."""
    tensors = {tensor.name.removesuffix(":0"): tensor for tensor in looked.checkpoint.weights}
    layers: list[_Layer] = []
    for name, tensor in tensors.items():
        for mean, variance in zip(MEANS, VARIANCES, strict=False):
            other = tensors.get(name.removesuffix(mean) + variance) if name.endswith(mean) else None
            if other is not None and looked.summaries[tensor.name].count and looked.summaries[other.name].count:
                layers.append(_layer(looked.summaries, tensor, other))
    return layers


def _layer(summaries: Mapping[str, Summary], mean: Tensor, variance: Tensor) -> _Layer:
    return _Layer(summaries[mean.name], summaries[variance.name], variance)


def _values(layer: _Layer) -> str:
    variance = layer.variance
    if layer.mean.broken or variance.broken:
        return f"NaN or Inf in {layer.mean.broken + variance.broken:,} channels of {layer.tensor.name[:80]}"
    return f"variances from {variance.low:.3g} to {variance.high:.3g} in {layer.tensor.name[:80]}"


def _least(layers: list[_Layer]) -> float:
    return min(layer.variance.low for layer in layers)


def _greatest(layers: list[_Layer]) -> float:
    return max(layer.variance.high for layer in layers)
