"""How training data are shuffled, and whether inputs and labels stay together."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TypeGuard

from triage.intake.found import Found, shows
from triage.intake.scripts.batches_by_hand import batches_by_hand, seeded_anew
from triage.intake.scripts.orders import is_index, shuffles_of
from triage.intake.scripts.source import Spot
from triage.intake.scripts.training import Training
from triage.intake.scripts.values import (
    Array,
    Data,
    Instance,
    Items,
    Known,
    Loader,
    Table,
    Tensor,
    Value,
)
from triage.intake.scripts.written_calls import name_of_call

__all__ = ["reached_data", "shuffle_findings", "training_data"]

_CACHED = "The data are cached in the order of the first shuffle."


def shuffle_findings(training: Training) -> Iterator[Found]:
    """Findings of the order in which samples come."""
    said = list(_in_place(training))
    yield from said
    if not said:
        data = training_data(training)
        if isinstance(data, Loader):
            yield from _loader(training, data)
        elif isinstance(data, Array) and training.fits:
            yield from _fit(training, data)
        elif isinstance(data, Array):
            yield from _pipeline(data, False)
        elif data is None:
            yield from batches_by_hand(training)


def training_data(training: Training) -> Value:
    """What the weights are trained on; None where that is not told."""
    run = training.run
    events = list(training.backwards) or list(run.of("gradient", "minimize"))
    for event in reversed(events):
        for loop in reversed(event.loops):
            if isinstance(loop.over, Loader | Array) and loop.bounds is None:
                return loop.over
    if events:
        loaders = [event.subject for event in run.of("loader")]
        texts = [loop.text for event in events for loop in event.loops]
        if len(loaders) == 1 and any("loader" in words for words in texts):
            return loaders[0]
        return None
    for event in reversed(training.fits):
        return event.facts["call"].get(0, "x", "generator", "dataset")
    return None


def reached_data(training: Training, data: Value) -> Value:
    """What of the training data enters the network, where they are not told or are mere numbers of rows.

    A loop by hand takes its batches of an array that it does not run over; None where that is not told either.
    """
    if data is not None and not (isinstance(data, Array) and is_index(data)):
        return data
    outputs = [goal.term.output for goal in training.goals if goal.term is not None]
    return next((output.data for output in outputs if isinstance(output, Tensor) and output.data is not None), None)


def _loader(training: Training, loader: Loader) -> Iterator[Found]:
    facts = loader.facts
    node = facts.get("node")
    if isinstance(node, ast.FunctionDef):
        yield from _generator(loader, node) if _endless(node) is not None else batches_by_hand(training)
        return
    place = loader.spot.place()
    if "batch_sampler" in facts or "**" in facts:
        return
    sampler = facts.get("sampler")
    if sampler is not None and not (isinstance(sampler, Known) and sampler.value is None):
        name = sampler.name if isinstance(sampler, Table) else ""
        if name in ("RandomSampler", "SubsetRandomSampler", "WeightedRandomSampler"):
            yield shows("shuffling", "every_epoch", f"{name} draws a new order in each epoch.", place)
        elif name == "SequentialSampler":
            yield shows("shuffling", "not_shuffled", "SequentialSampler keeps the order of the data.", place)
        elif (
            name == "DistributedSampler" and not list(training.run.of("set_epoch")) and "shuffle" not in sampler.values
        ):
            message = "Without set_epoch the sampler draws the same order in each epoch."
            yield shows("shuffling", "once", message, place, 0.9)
        return
    shuffled = facts.get("shuffle", Known(False))
    if not isinstance(shuffled, Known) or not shuffled.settled:
        return
    if shuffled.value and (seeded := seeded_anew(training)) is not None:
        yield seeded
        return
    if shuffled.value:
        yield shows("shuffling", "every_epoch", "The loader shuffles anew in each epoch.", place)
        return
    if not _indexed(loader.data):
        return
    said = "shuffle=False" if "shuffle" in facts else "shuffle is not set"
    once = _shuffled_before(loader.data)
    if once:
        message = f"The data are shuffled once, and the loader keeps that order ({said})."
        yield shows("shuffling", "once", message, place, 0.95)
    else:
        yield shows("shuffling", "not_shuffled", f"The loader keeps the order of the data ({said}).", place, 0.97)


def _indexed(data: Value) -> bool:
    """Whether the data are of a kind that a loader could shuffle."""
    if isinstance(data, Data):
        return data.base is None or _indexed(data.base) or data.name in ("random_split", "Subset")
    if isinstance(data, Instance):
        return "__getitem__" in data.made_of.names
    return isinstance(data, Items)


def _shuffled_before(data: Value) -> bool:
    if isinstance(data, Data):
        if data.name == "random_split":
            return True
        if any(isinstance(array, Array) and shuffles_of(array) for array in data.arrays):
            return True
        part = data.part
        mixed = isinstance(part, Array) and (not is_index(part) or bool(shuffles_of(part)))
        return (data.base is not None and _shuffled_before(data.base)) or mixed
    return isinstance(data, Instance) and any(
        isinstance(value, Array) and shuffles_of(value) for value in data.attributes.values()
    )


def _fit(training: Training, data: Array) -> Iterator[Found]:
    event = training.fits[-1]
    call = event.facts["call"]
    if event.facts["name"] == "train_on_batch":
        return
    given = call.named.get("shuffle")
    names = [name for name, _, _ in data.flow]
    if any(name in ("directory_shuffle", "sliced", "opaque", "batch", "shuffle", "map") for name in names):
        yield from _pipeline(data, True)
        return
    if event.facts["name"] == "fit_generator":
        return
    if isinstance(given, Known) and given.value is False:
        state = "once" if shuffles_of(data) else "not_shuffled"
        message = "fit keeps the order of the data (shuffle=False)."
        if state == "once":
            message = "The data are shuffled once, and fit keeps that order (shuffle=False)."
        yield shows("shuffling", state, message, call.spot_of("shuffle").place())
    elif given is None or (isinstance(given, Known) and given.value is True):
        yield shows("shuffling", "every_epoch", "fit shuffles arrays anew in each epoch.", event.spot.place())


def _pipeline(data: Array, fitted: bool) -> Iterator[Found]:
    """A data set of TensorFlow, or an iterator over images."""
    names = [name for name, _, _ in data.flow]
    spots = [spot for _, _, spot in data.flow if isinstance(spot, Spot) and spot.source]
    for name, value, spot in data.flow:
        if name == "directory_shuffle":
            if value is True and _is_cached(names):
                yield shows("shuffling", "once", _CACHED, _last(data, "cache").place(), 0.9)
            elif value is True:
                yield shows("shuffling", "every_epoch", "The files are shuffled anew in each epoch.", spot.place())
            elif value is False and "shuffle" not in names:
                message = "The files come in their order, class after class (shuffle=False)."
                yield shows("shuffling", "not_shuffled", message, spot.place())
            return
    if not spots:
        return
    if "shuffle" in names:
        value, spot = next((value, spot) for name, value, spot in data.flow if name == "shuffle")
        again = value.values.get("again") if isinstance(value, Table) else None
        size = value.values.get("size") if isinstance(value, Table) else None
        behind = names[names.index("shuffle") + 1 :]
        if isinstance(again, Known) and again.value is False:
            message = "The data are shuffled once (reshuffle_each_iteration=False)."
            yield shows("shuffling", "once", message, spot.place())
        elif isinstance(size, Known) and size.value == 1:
            yield shows("shuffling", "not_shuffled", "A buffer of one sample shuffles nothing.", spot.place())
        elif _is_cached(behind):
            yield shows("shuffling", "once", _CACHED, spot.place(), 0.9)
        else:
            yield shows("shuffling", "every_epoch", "The data are shuffled anew in each epoch.", spot.place(), 0.95)
    elif "sliced" in names and "opaque" not in names and ("batch" in names or fitted):
        state = "once" if shuffles_of(data) else "not_shuffled"
        message = "The data set is never shuffled." if state == "not_shuffled" else "The data are shuffled once only."
        yield shows("shuffling", state, message, spots[-1].place(), 0.95)


def _is_cached(steps: list[str]) -> bool:
    """Whether the data are kept behind their shuffle, and not shuffled again."""
    return "cache" in steps and "shuffle" not in steps[steps.index("cache") :]


def _last(data: Array, wanted: str) -> Spot:
    spots: list[Spot] = [spot for name, _, spot in data.flow if name == wanted]
    return spots[-1]


def _generator(loader: Loader, node: ast.FunctionDef) -> Iterator[Found]:
    """A function that yields batches for ever: where it shuffles."""
    source = loader.spot.source
    forever = _endless(node)
    if forever is None:
        return
    inside = [n for n in ast.walk(forever) if _shuffles(n)]
    before = [n for part in node.body if part.lineno < forever.lineno for n in ast.walk(part) if _shuffles(n)]
    drawn = [n for n in ast.walk(forever) if _draws(n)]
    if inside:
        line = inside[0].lineno
        yield shows("shuffling", "every_epoch", "The generator shuffles anew.", Spot(source, line).place(), 0.9)
    elif before and not drawn:
        message = "The generator shuffles once, in front of its endless loop."
        yield shows("shuffling", "once", message, Spot(source, before[0].lineno).place())


def _endless(node: ast.FunctionDef) -> ast.While | None:
    return next((n for n in node.body if isinstance(n, ast.While)), None)


def _shuffles(node: ast.AST) -> TypeGuard[ast.Call]:
    return isinstance(node, ast.Call) and name_of_call(node) in ("shuffle", "permutation", "randperm", "sample")


def _draws(node: ast.AST) -> bool:
    return name_of_call(node) in ("choice", "randint", "choices", "randrange", "uniform", "integers")


def _in_place(training: Training) -> Iterator[Found]:
    """`random.shuffle` on an array: swaps of rows that are views lose some and double others."""
    for event in training.run.of("shuffle"):
        if not str(event.facts["name"]).startswith("random.") or not isinstance(event.subject, Array):
            continue
        if event.subject.flat or event.subject.role == "y":
            continue
        how = "The swap" if event.facts["name"] == "random.swap" else "random.shuffle"
        message = f"{how} exchanges rows of an array in place, which doubles some and loses others."
        yield shows("shuffling", "in_place_on_arrays", message, event.spot.place())
        return
