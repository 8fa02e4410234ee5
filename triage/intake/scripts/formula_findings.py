"""Losses of the program's own making: logarithms and roots of what may be zero."""

from __future__ import annotations

from collections.abc import Iterator

from triage.intake.found import Found, shows
from triage.intake.scripts.trace import Event
from triage.intake.scripts.training import Training
from triage.intake.scripts.values import Layer, Tensor

__all__ = ["formula_findings"]


def formula_findings(training: Training) -> Iterator[Found]:
    """Findings of formulas that a batch can break."""
    for event in training.run.of("log"):
        if _bare(training, event):
            message = "The loss takes the logarithm of an output that can be zero."
            yield shows("loss_function", "own_formula", "The loss is a formula of your own.", event.spot.place(), 0.95)
            likelihood = {"log_of_non_positive": 0.75, "finite_on_replay": 0.15}
            yield Found("replay_failing_batch", likelihood, message, event.spot.place())
            break
    for event in training.run.of("root"):
        subject = event.subject
        if isinstance(subject, Tensor) and subject.models and event.no_gradient is None and not _bounded(subject):
            training.run.note(f"Line {event.spot.line}: the slope of {event.facts['name']} is infinite at zero.")


def _bare(training: Training, event: Event) -> bool:
    """Whether the logarithm is of an output that nothing keeps from zero, on the way to the loss."""
    subject = event.subject
    if (
        not isinstance(subject, Tensor)
        or event.no_gradient is not None
        or event.facts["name"] in ("log1p", "logsumexp")
    ):
        return False
    if subject.cut is not None:
        return False
    path = subject.path
    if not path:
        return False
    last = path[-1]
    if last.kind == "arith" and last.name == "complement":
        return len(path) > 1 and _is_probability(path[-2])
    return _is_probability(last) and _reaches(training, event)


def _bounded(subject: Tensor) -> bool:
    return bool(subject.path) and subject.path[-1].kind == "arith" and subject.path[-1].name in ("bounded", "add")


def _is_probability(layer: Layer) -> bool:
    if layer.kind == "activation":
        return layer.activation in ("softmax", "sigmoid", "relu")
    return layer.kind in ("dense", "conv") and layer.activation in ("softmax", "sigmoid", "relu")


def _reaches(training: Training, event: Event) -> bool:
    """Whether the logarithm is taken of what a network gave, or inside of its loss."""
    subject = event.subject
    if any(goal.function is not None for goal in training.goals):
        return True
    if subject.models:
        return any(backward.at > event.at for backward in training.backwards) or bool(list(training.run.of("gradient")))
    # Inside a network this is a log-softmax in two steps.
    return bool(training.backwards)
