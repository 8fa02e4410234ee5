"""What has changed from one checkpoint of a run to the next."""

from __future__ import annotations

import math
from collections.abc import Sequence

from triage.intake.artifacts.checkpoint import Checkpoint
from triage.intake.artifacts.looked import Looked, is_matrix, is_statistic, place_of
from triage.intake.artifacts.share import Progress, Share
from triage.intake.artifacts.summaries import Summary, same_bytes
from triage.intake.artifacts.tensor import Tensor
from triage.intake.found import Found, Place, Told, shows

__all__ = ["between_found"]

GROWN, DOUBLED = 10.0, 2.0
"""Factors of the norm: beyond the first no sound training makes it grow or shrink, below the second it is steady."""


def between_found(looked: Sequence[Looked], progress: Progress | None) -> Told:
    """Compare the first checkpoint with the last.

    Args:
        looked: at least two, in the order of the run.
        progress: is told the share that was compared.

    Raises:
        IntakeError: a file was cut off meanwhile.

    """
    first, last = looked[0], looked[-1]
    pairs = _pairs(first, last)
    notes = _notes(looked[:-1])
    if not pairs:
        return Told(notes=(*notes, "The checkpoints have no tensor in common, so they were not compared."))
    if _same_moment(first.checkpoint, last.checkpoint):
        return Told(notes=(*notes, "The checkpoints are of the same step, so they were not compared."))
    found = [_changed(pairs, last, progress), *_norms(pairs, last)]
    return Told(found=tuple(found), notes=tuple(notes))


_Pair = tuple[Tensor, Summary, Tensor, Summary]


def _pairs(first: Looked, last: Looked) -> list[_Pair]:
    """Weights that both have in one shape."""
    known = {tensor.name: (tensor, summary) for tensor, summary in first.floats()}
    return [
        (*known[tensor.name], tensor, summary)
        for tensor, summary in last.floats()
        if tensor.name in known and known[tensor.name][0].shape == tensor.shape and not is_statistic(tensor)
    ]


def _same_moment(first: Checkpoint, last: Checkpoint) -> bool:
    units = first.progress.keys() & last.progress.keys()
    return bool(units) and all(first.progress[unit] == last.progress[unit] for unit in units)


def _changed(pairs: Sequence[_Pair], last: Looked, progress: Progress | None) -> Found:
    """Sums that are alike are no proof, so the bytes decide where nothing else tells the two apart."""
    share = Share(sum(tensor.source.size for tensor, *_ in pairs), progress)
    same: list[Tensor] = []
    for tensor, before, later, after in pairs:
        if before == after and same_bytes(tensor, later):
            same.append(later)
        share.add(tensor.source.size)
    place = Place(last.checkpoint.file)
    if not same:
        message = f"All {len(pairs):,} weights that both checkpoints have differ."
        return shows("weights_change", "all_change", message, place)
    if len(same) == len(pairs):
        message = f"All {len(pairs):,} weights that both checkpoints have are the same to the last bit."
        return shows("weights_change", "none_change", message, place, 0.9)
    message = f"{len(same):,} of {len(pairs):,} weights are the same in both checkpoints, first {same[0].name[:80]}."
    return Found("weights_change", {"only_some_change": 0.75, "all_change": 0.23}, message, place_of(same[0]))


def _norms(pairs: Sequence[_Pair], last: Looked) -> list[Found]:
    """Of matrices that are finite in both."""
    sound = [pair for pair in pairs if is_matrix(pair[0]) and not pair[1].broken and not pair[3].broken]
    before = math.sqrt(sum(summary.square_sum for _, summary, _, _ in sound))
    after = math.sqrt(sum(summary.square_sum for *_, summary in sound))
    if not sound or before == 0.0:
        return []
    factor = after / before
    if factor > GROWN:
        likelihood = {"grows_without_limit": 0.7, "steady": 0.27}
    elif factor > DOUBLED:
        likelihood = {"grows_without_limit": 0.4, "steady": 0.57}
    elif factor < 1 / GROWN:
        likelihood = {"shrinks_to_zero": 0.75, "steady": 0.22}
    elif factor < 1 / DOUBLED:
        likelihood = {"shrinks_to_zero": 0.4, "steady": 0.57}
    else:
        likelihood = {"steady": 0.9}
    message = f"The norm of the weight matrices goes from {before:.4g} to {after:.4g}."
    return [Found("weight_norm_course", likelihood, message, Place(last.checkpoint.file))]


def _notes(earlier: Sequence[Looked]) -> list[str]:
    broken = [looked for looked in earlier if any(summary.broken for _, summary in looked.floats())]
    return [f"Of the earlier checkpoints {len(broken):,} hold NaN or Inf as well."] if broken else []
