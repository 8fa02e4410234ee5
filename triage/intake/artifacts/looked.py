"""A checkpoint of which the numbers have been read, and which of its tensors are what."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from triage.intake.artifacts.checkpoint import Checkpoint
from triage.intake.artifacts.summaries import Summary
from triage.intake.artifacts.tensor import Tensor
from triage.intake.found import Place

__all__ = ["Looked", "is_matrix", "is_statistic", "place_of"]

SET_ASIDE = re.compile(r"(?:^|[._/])(?:\w*mask\w*|masked_bias|alibi\w*|slopes|inv_freq|freqs?(?:_c\w+)?)(?:$|[._/:])")
"""Constants that are no weights; a mask of attention holds minus infinity on purpose."""

STATISTICS = re.compile(r"(?:running|moving)_(?:mean|var|variance)(?::\d+)?$|num_batches_tracked$")


@dataclass(frozen=True, slots=True)
class Looked:
    """A checkpoint and what its numbers are like.

    Args:
        checkpoint: what it holds.
        summaries: name of a tensor -> its numbers.

    """

    checkpoint: Checkpoint
    summaries: Mapping[str, Summary]

    def floats(self) -> Iterator[tuple[Tensor, Summary]]:
        """Weights and buffers that can be NaN."""
        for tensor in self.checkpoint.weights:
            summary = self.summaries[tensor.name]
            if tensor.kind.floating and summary.count and not SET_ASIDE.search(tensor.name):
                yield tensor, summary

    def matrices(self) -> Iterator[tuple[Tensor, Summary]]:
        """Weights between units: floats with two sides or more."""
        for tensor, summary in self.floats():
            if is_matrix(tensor):
                yield tensor, summary


def is_matrix(tensor: Tensor) -> bool:
    """Whether a weight connects several units to several."""
    return tensor.kind.floating and sum(side > 1 for side in tensor.shape) > 1 and not is_statistic(tensor)


def is_statistic(tensor: Tensor) -> bool:
    """Whether a buffer of a norm layer is kept by averaging, not by training."""
    return STATISTICS.search(tensor.name) is not None


def place_of(tensor: Tensor) -> Place:
    """Where a tensor stands."""
    return Place(tensor.source.file, words=" ".join(tensor.name.split())[:120])
