"""Outputs of one column against targets of one dimension, which PyTorch spreads over each other."""

from __future__ import annotations

from collections.abc import Iterator

from triage.intake.found import Found, shows
from triage.intake.scripts.source import Spot
from triage.intake.scripts.training import Goal, Training
from triage.intake.scripts.values import Array, Layer, Tensor, Value

__all__ = ["shape_findings"]

_PLAIN = frozenset({"dense", "activation", "dropout", "batch_norm", "other_norm", "flatten", "neutral", "conv", "pool"})
"""Layers behind which the output of a dense layer has a row for each sample and nothing else."""


def shape_findings(training: Training) -> Iterator[Found]:
    """Findings of outputs and targets whose shapes do not belong together ("Broadcasting semantics", PyTorch)."""
    for goal in training.goals:
        for output, target, reshaped, spot in _compared(goal):
            words = _spread(output, target, reshaped)
            if words:
                name = goal.name if goal.term is not None else "The difference"
                message = f"{words}: {name} spreads them over each other to a table of n by n."
                yield shows("loss_by_hand", "different_formula", message, spot.place(), 0.95)
                return


def _compared(goal: Goal) -> Iterator[tuple[tuple[Layer, ...], Array, Value, Spot]]:
    """Outputs and targets that meet: the layers, the target, how the outputs were reshaped, and where."""
    term, subject = goal.term, goal.event.subject
    if term is not None:
        meets = isinstance(term.output, Tensor) and isinstance(term.target, Array)
        if meets and not goal.keras and goal.kind == "squared_or_absolute_error":
            yield term.output.path, term.target, term.output.reshaped, term.spot
    elif isinstance(subject, Tensor):
        for position, layer in enumerate(subject.path):
            other = layer.facts.get("other") if layer.kind == "arith" else None
            if isinstance(other, Array):
                yield subject.path[:position], other, layer.facts.get("reshaped"), layer.spot


def _spread(path: tuple[Layer, ...], target: Array, reshaped: Value) -> str:
    """What does not fit; empty where nothing certain does not."""
    last = next((index for index in reversed(range(len(path))) if path[index].kind == "dense"), None)
    if last is None or path[last].units != 1 or any(layer.kind not in _PLAIN for layer in path):
        return ""
    if any(layer.kind not in ("activation", "dropout") for layer in path[last + 1 :]):
        return ""
    form = reshaped[0] if reshaped is not None and reshaped[1] > last else ""
    if form == "" and target.dims == 1:
        return "The outputs have the shape (n, 1), but the targets (n,)"
    if form == "flat" and target.dims == 2:
        return "The outputs have the shape (n,), but the targets (n, 1)"
    return ""
