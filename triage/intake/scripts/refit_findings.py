"""Scalers that are fitted anew on data held out of training, which then mean something else to the network."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from triage.intake.found import Found, shows
from triage.intake.scripts.held_out import is_held_out
from triage.intake.scripts.trace import Event
from triage.intake.scripts.training import Training
from triage.intake.scripts.values import Array

__all__ = ["refit_findings"]


def refit_findings(training: Training) -> Iterator[Found]:
    """Findings of one scaler that was fitted on two parts of the same data."""
    fitted = list(training.run.of("fitted"))
    for position, event in enumerate(fitted):
        before = [earlier for earlier in fitted[:position] if earlier.subject is event.subject]
        if not event.loops and _is_held_out(event) and any(_beside(earlier, event) for earlier in before):
            message = "The scaler is fitted anew here, on data that are held out, and forgets those of training."
            yield shows("compare_preprocessing", "differs", message, event.spot.place(), 0.95)
            return


def _is_held_out(event: Event) -> bool:
    """Whether what the scaler is fitted on, and brought to scale by it, is held out by its name or its split."""
    call, on = event.facts["call"], event.facts["on"]
    given = call.node.args[0] if call.node.args else None
    transforms = isinstance(call.node.func, ast.Attribute) and call.node.func.attr == "fit_transform"
    return transforms and (on.split == "test" or (given is not None and _is_named(given)))


def _is_named(node: ast.expr) -> bool:
    words = ast.unparse(node)
    return is_held_out(words) and "train" not in words.lower()


def _beside(earlier: Event, event: Event) -> bool:
    """Whether the scaler was fitted before on another part of the same data, which is not held out too."""
    one, other = earlier.facts["on"], event.facts["on"]
    if not isinstance(one, Array) or one.root is not other.root or earlier.loops or _is_held_out(earlier):
        return False
    return (one.cuts, one.split) != (other.cuts, other.split)
