"""Batches that a loop, or a function that yields, cuts out of an array itself: in which order they come."""

from __future__ import annotations

from collections.abc import Iterator

from triage.intake.found import Found, shows
from triage.intake.scripts.orders import shuffles_of
from triage.intake.scripts.trace import Event, Loop
from triage.intake.scripts.training import Training
from triage.intake.scripts.values import Array, Tensor, Unknown, Value

__all__ = ["batches_by_hand", "seeded_anew"]

_COUNTED = ("turn", "arithmetic")
"""What the first row of a batch comes from where the loop counts it."""


def batches_by_hand(training: Training) -> Iterator[Found]:
    """The order of the batches that the last loss with such batches is computed on."""
    for goal in training.goals:
        term = goal.term
        x = term.output.data if term is not None and isinstance(term.output, Tensor) else None
        if isinstance(x, Array) and len(goal.event.loops) >= 2 and _is_batch(x):
            yield from _ordered(training, goal.event, x)
            return


def _is_batch(x: Array) -> bool:
    """Whether the last cut goes on from one turn of the loop to the next."""
    if not x.cuts or x.cuts[-1] is None or any(cut is None for cut in x.cuts):
        return False
    start: Value = x.cuts[-1][0]
    return isinstance(start, Unknown) and start.name in _COUNTED


def _ordered(training: Training, event: Event, x: Array) -> Iterator[Found]:
    run, tokens = training.run, shuffles_of(x)
    made = {token: found for found in run.of("order", "shuffle") if (token := found.facts.get("token")) in tokens}
    if any(token not in made for token in tokens):
        return
    epochs = event.loops[:-1]
    again = next((found for found in made.values() if _inside(found, epochs)), None)
    if again is not None and (seeded := seeded_anew(training)) is not None:
        yield seeded
    elif again is not None:
        yield shows("shuffling", "every_epoch", "The data are shuffled anew.", again.spot.place(), 0.9)
    elif tokens:
        message = "The data are shuffled once, in front of all epochs."
        yield shows("shuffling", "once", message, made[tokens[-1]].spot.place(), 0.9)
    else:
        message = "The batches are cut out of the array in its order."
        yield shows("shuffling", "not_shuffled", message, event.loops[-1].spot.place(), 0.95)


def seeded_anew(training: Training) -> Found | None:
    """One order for all epochs, where random numbers are seeded with a constant in each, before its batches."""
    for event in training.backwards:
        for seeded in training.run.of("seeded"):
            # Inside of the loop over epochs, not of one over folds around it, and not in that over batches.
            if len(event.loops) > 1 and seeded.loops == event.loops[:-1] and seeded.at < event.at and not seeded.guards:
                message = "The random numbers are seeded anew in each epoch, so that all epochs have one order."
                return shows("shuffling", "once", message, seeded.spot.place(), 0.9)
    return None


def _inside(found: Event, loops: tuple[Loop, ...]) -> bool:
    """Whether something happens anew in each turn of one of the loops."""
    return any(loop in found.loops for loop in loops)
