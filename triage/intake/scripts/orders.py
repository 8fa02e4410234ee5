"""In which order the rows of an array come: the shuffles and sorts that it went through."""

from __future__ import annotations

import ast
from dataclasses import replace

from triage.intake.scripts.source import Spot
from triage.intake.scripts.trace import Call, Run
from triage.intake.scripts.values import Array, Bound, Known, Loader, Unknown, Value, number

__all__ = [
    "by_index",
    "counted",
    "dropped_rows",
    "first_rows",
    "is_index",
    "length_of",
    "note_seed",
    "shuffled",
    "shuffles_of",
    "sorted_rows",
    "token_of",
]


def shuffled(run: Run, value: Array, token: object, spot: Spot) -> Array:
    """The array in a new random order."""
    flow = (*value.flow, ("shuffled", token, spot), ("shuffled_at", run.turn, spot))
    return replace(value, order=(*value.order, token), flow=flow)


def sorted_rows(run: Run, value: Array, spot: Spot) -> Array:
    """The array, sorted."""
    token = ("sorted", run.tick())
    return replace(value, order=(*value.order, token), flow=(*value.flow, ("sorted", token, spot)))


def dropped_rows(value: Array, which: object, spot: Spot) -> Array:
    """The array without some of its rows; `which` is equal where they are the same."""
    token = ("dropped", which)
    return replace(value, order=(*value.order, token), flow=(*value.flow, ("dropped", token, spot)), samples=None)


def first_rows(run: Run, value: Array, size: Value, spot: Spot) -> Array:
    """The first rows; where they are as many as another array has, that is kept in mind."""
    flow = (*value.flow, ("cut", size, spot)) if size in run.lengths else value.flow
    known = number(size)
    return replace(value, cuts=(*value.cuts, (None, size if known is None else known)), flow=flow, samples=None)


def length_of(run: Run, value: Array | Loader) -> Unknown:
    """The number of rows or of batches, which is not told."""
    found = Unknown("len", run.tick())
    run.lengths[found] = value
    return found


def shuffles_of(value: Array) -> tuple[object, ...]:
    """Tokens of the random orders that a later sort has not undone."""
    kept: list[object] = []
    for token in value.order:
        if isinstance(token, tuple) and token[:1] == ("sorted",):
            kept = []
        elif not isinstance(token, str) and not (isinstance(token, tuple) and token[:1] == ("dropped",)):
            kept.append(token)
    return tuple(kept)


def token_of(run: Run, call: Call) -> object:
    """What a new order stands for: equal where two calls must give the same."""
    state = call.named.get("random_state", call.named.get("random"))
    if isinstance(state, Known) and state.value is not None:
        return ("seeded", state.value)
    if run.seed is not None:
        # The next call goes on with the random numbers that this one has left.
        seed, run.seed = run.seed, None
        return seed
    return object()


def note_seed(run: Run, call: Call) -> None:
    """Note where random numbers are made to begin anew from the same seed in each turn of a loop."""
    seed = next(iter([*call.args, *call.named.values()]), None)
    written = next(iter([*call.node.args, *(word.value for word in call.node.keywords)]), None)
    if isinstance(seed, Known):
        # What is worked out has no line, and may be of the turn; an option of the command line has none either.
        same = seed.value is not None and (seed.spot is not None or isinstance(written, ast.Attribute))
    else:
        holder = seed.owner if isinstance(seed, Bound) else seed
        same = bool(run.loops) and isinstance(holder, Unknown) and holder.born <= run.loops[-1].began
    if same:
        run.happens("seeded", call.spot)


def counted(run: Run, spot: Spot) -> Array:
    """Numbers of rows, in order."""
    return Array(object(), born=run.tick(), flow=(("counted", None, spot),), flat=True, sure=False)


def is_index(value: Value) -> bool:
    """Whether the array holds numbers of rows, each at most once."""
    return isinstance(value, Array) and value.flow[:1] != () and value.flow[0][0] == "counted"


def by_index(run: Run, value: Array, rows: Array, spot: Spot) -> Array:
    """The rows that an array of their numbers picks, in the order of these."""
    cuts = (*value.cuts, *rows.cuts)
    if not rows.order:
        return replace(value, cuts=cuts, samples=value.samples if not rows.cuts else None)
    marks = [("shuffled", rows.order[-1], spot), ("shuffled_at", run.turn, spot)]
    flow = (*value.flow, *marks)
    samples = value.samples if not rows.cuts else None
    split = value.split or rows.split
    return replace(value, cuts=cuts, order=(*value.order, *rows.order), flow=flow, samples=samples, split=split)
