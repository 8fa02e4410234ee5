"""Numbers and words that a program states: optimizer, rate, batch size, epochs, clipping, schedule, devices."""

from __future__ import annotations

import ast
import math
from collections.abc import Iterator

from triage.intake.found import Stated
from triage.intake.scripts.optimizers import Optimizer, Parameters, Scheduler
from triage.intake.scripts.shuffle_findings import training_data
from triage.intake.scripts.source import Spot
from triage.intake.scripts.trace import Event
from triage.intake.scripts.training import Training
from triage.intake.scripts.update_findings import accumulation_of, inner_accumulation_of, misplaced_clips
from triage.intake.scripts.values import (
    Array,
    Data,
    Items,
    Known,
    Layer,
    Loader,
    Model,
    Table,
    Value,
    number,
    text,
)

__all__ = ["schedules_of", "stated_values"]

_NUMBERS = {
    "lr": "learning_rate", "learning_rate": "learning_rate", "momentum": "momentum", "eps": "epsilon",
    "epsilon": "epsilon", "weight_decay": "weight_decay", "beta_1": "beta1", "beta_2": "beta2", "clipnorm": "clip_norm",
    "global_clipnorm": "clip_norm", "clipvalue": "clip_value", "alpha": "", "rho": "",
    "gradient_accumulation_steps": "accumulation_steps",
}  # fmt: skip
"""Arguments of optimizers -> names of values."""

_STRINGS = frozenset({"adam", "sgd", "rmsprop", "adamw", "nadam", "adagrad", "adadelta", "adamax", "ftrl", "lion"})

_SCHEDULES = {
    "StepLR": "step", "MultiStepLR": "step", "ExponentialLR": "step", "PiecewiseConstantDecay": "step",
    "CosineAnnealingLR": "decay", "PolynomialLR": "decay", "LinearLR": "", "OneCycleLR": "cyclic", "CyclicLR": "cyclic",
    "CosineAnnealingWarmRestarts": "cyclic", "ReduceLROnPlateau": "plateau", "LambdaLR": "", "ConstantLR": "",
    "MultiplicativeLR": "", "CosineDecay": "decay", "CosineDecayRestarts": "cyclic", "PolynomialDecay": "decay",
    "get_linear_schedule_with_warmup": "decay", "get_cosine_schedule_with_warmup": "decay",
    "get_constant_schedule_with_warmup": "constant", "get_constant_schedule": "constant",
    "get_polynomial_decay_schedule_with_warmup": "decay", "get_linear_schedule": "decay",
    "get_cosine_schedule": "decay",
    "get_cosine_with_hard_restarts_schedule_with_warmup": "cyclic", "InverseTimeDecay": "decay",
    "get_inverse_sqrt_schedule": "decay", "ExponentialDecay": "decay",
}  # fmt: skip
"""Class or function -> word for the schedule; an empty one where the arguments decide."""


USUAL_PENALTY = 0.01
"""What the L2 penalty of Keras is where no number is given ("Layer weight regularizers", documentation of Keras)."""


_PLAIN = frozenset({"loaded", "listed", "drawn", "cast", "pixels", "table", "known_table", "narrowed", "column",
                    "copies", "joined", "cut", "mask", "dropped", "sorted", "columns", "wide", "prepared",
                    "method"})  # fmt: skip
"""Facts of an array that do not say how it is cut into batches."""


def stated_values(training: Training) -> Iterator[Stated]:
    """All values that are stated, those that count once each."""
    yield from _optimizer(training)
    yield from _batches(training)
    yield from _lengths(training)
    yield from _clips(training)
    yield from _schedule(training)
    yield from _devices(training)
    yield from _penalty(training)
    found = accumulation_of(training)
    inner = inner_accumulation_of(training)
    if inner is not None and found is None:
        yield Stated("accumulation_steps", inner[1], inner[0].loops[-1].spot.place())
    if found is not None:
        value = _turns(training, found[2])
        if value is not None and value >= 2:
            yield Stated("accumulation_steps", value, _spot_of(found[1]).place())


def _spot_of(event: Event) -> Spot:
    return Spot(event.spot.source, event.guards[-1].node.lineno) if event.guards else event.spot


def _turns(training: Training, node: ast.expr) -> float | None:
    """How many turns there are between steps, where it is a number or a name that stands for one."""
    if isinstance(node, ast.Constant) and isinstance(node.value, int):
        return float(node.value)
    name = node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
    for scope in training.run.modules.values():
        if (value := number(scope.names.get(name))) is not None:
            return value
        for held in scope.names.values():
            if isinstance(held, Table) and (value := number(held.values.get(name))) is not None:
                return value
    return None


def _plain(name: str, value: Value, spot: Spot) -> Iterator[Stated]:
    known = number(value)
    if known is not None and math.isfinite(known):
        yield Stated(name, known, spot.place())


def _optimizer(training: Training) -> Iterator[Stated]:
    optimizers = list(training.optimizers)
    if not optimizers:
        yield from _by_name(training)
        return
    if len(optimizers) > 1 or not optimizers[0].name:
        return
    optimizer = optimizers[0]
    yield Stated("optimizer", optimizer.name, optimizer.spot.place())
    facts = dict(optimizer.facts)
    if "learning_rate" in facts:
        facts.pop("lr", None)
    for name, (value, spot) in facts.items():
        known = _NUMBERS.get(name)
        if known:
            start = _highest(value) if isinstance(value, Scheduler) else value
            yield from _plain(known, start, spot)
        elif name == "betas" and isinstance(value, Items) and len(value.values) == 2:
            yield from _plain("beta1", value.values[0], spot)
            yield from _plain("beta2", value.values[1], spot)
    groups = optimizer.parameters.groups if optimizer.parameters else ()
    for name, words in (("learning_rate", ("lr", "learning_rate")), ("weight_decay", ("weight_decay",))):
        told = [group for group in groups if number(group.values.get(words[0])) is not None]
        if told and len(told) == len(groups) and not any(word in facts for word in words):
            # Of a network with a pretrained part, it is the rate of that part which may be too high.
            told = [group for group in told if name == "learning_rate" and _is_pretrained(group)] or told
            value, spot = max((_of_group(group, words[0], optimizer) for group in told), key=lambda pair: pair[0])
            yield Stated(name, value, spot.place())


def _of_group(group: Table, word: str, optimizer: Optimizer) -> tuple[float, Spot]:
    """A number of a group of weights, and its line."""
    value = group.values[word]
    return number(value) or 0.0, value.spot or optimizer.spot


def _is_pretrained(group: Table) -> bool:
    weights = group.values.get("params")
    owners = weights.owners if isinstance(weights, Parameters) else ()
    return any(isinstance(owner, Model) and owner.pretrained for owner in owners)


def _highest(schedule: Scheduler) -> Value:
    """The rate that a schedule starts from, or warms up to."""
    target = schedule.facts.get("warmup_target")
    return schedule.facts.get("initial_learning_rate") if number(target) is None else target


def _by_name(training: Training) -> Iterator[Stated]:
    """An optimizer that Keras is given by name, which takes what is usual for all else."""
    for event in training.fits[-1:]:
        name = text(event.facts["compiled"].get("optimizer"))
        compiled = [e for e in training.run.of("compile") if e.subject is event.subject]
        if name is not None and name.lower() in _STRINGS and compiled:
            yield Stated("optimizer", name.lower(), compiled[-1].facts["call"].spot_of("optimizer", 0).place())


def _batches(training: Training) -> Iterator[Stated]:
    data = training_data(training)
    if isinstance(data, Loader):
        if "batch_sampler" not in data.facts:
            yield from _plain("batch_size", data.facts.get("batch_size") or Known(1), data.spot)
        inner = data.data
        if isinstance(inner, Data) and inner.name in ("MNIST", "FashionMNIST", "KMNIST") and inner.split == "train":
            yield Stated("samples", 60000, inner.spot.place())
        elif isinstance(inner, Data) and inner.name in ("CIFAR10", "CIFAR100") and inner.split == "train":
            yield Stated("samples", 50000, inner.spot.place())
    elif isinstance(data, Array):
        for name, value, spot in data.flow:
            if name in ("batch", "padded_batch") and spot is not None:
                yield from _plain("batch_size", value, spot)
    for event in training.fits[-1:]:
        call = event.facts["call"]
        given = call.named.get("batch_size")
        if given is None and event.facts["name"] == "fit":
            given = call.get(2)
        x = call.get(0, "x")
        plain = isinstance(x, Array) and all(name in _PLAIN for name, _, _ in x.flow)
        if given is None and plain and event.facts["name"] == "fit":
            given = Known(32)
        if given is not None:
            yield from _plain("batch_size", given, call.spot_of("batch_size", 2))
        if isinstance(x, Array) and x.samples is not None and x.split == "train" and not x.cuts:
            yield Stated("samples", x.samples, event.spot.place())


def _lengths(training: Training) -> Iterator[Stated]:
    for event in training.fits[-1:]:
        call = event.facts["call"]
        epochs = call.named.get("epochs", call.named.get("nb_epoch"))
        if epochs is None and event.facts["name"] == "fit":
            epochs = call.get(3)
        if epochs is None and not event.loops and event.facts["name"] == "fit":
            epochs = Known(1)
        if not event.loops or (epochs is not None and (number(epochs) or 0) > 1):
            word = "nb_epoch" if "nb_epoch" in call.named else "epochs"
            yield from _plain("epochs", epochs, call.spot_of(word, 3))
    events = list(training.backwards) or list(training.run.of("gradient"))
    if not events and not training.fits:
        return
    if training.fits and not events:
        events = [event for event in training.fits if event.loops]
    for event in events[-1:]:
        for depth, loop in enumerate(event.loops):
            if loop.bounds is None:
                continue
            low, high = number(loop.bounds[0]), number(loop.bounds[1])
            if high is None:
                continue
            turns = high - (low if low is not None else 0)
            epoch = "epoch" in loop.name.lower() or loop.name.lower() in ("ep", "e") or len(event.loops) > depth + 1
            inner = depth > 0 or loop.name.lower() in ("step", "it", "iteration", "i", "t", "iter", "itr")
            if turns >= 1 and epoch:
                yield Stated("epochs", turns, loop.spot.place())
                break
            if turns >= 1 and inner and depth == 0:
                yield Stated("max_steps", turns, loop.spot.place())
                break


def _clips(training: Training) -> Iterator[Stated]:
    idle = misplaced_clips(training)
    for event in training.run.of("clip"):
        if event.spot.place().line in idle:
            continue
        name = "clip_value" if "value" in event.facts["name"] else "clip_norm"
        yield from _plain(name, event.facts["limit"], event.spot)
    for event in training.run.of("keras_clip"):
        if event.facts["name"] == "clip_by_value":
            continue
        yield from _plain("clip_norm", event.facts["limit"], event.spot)


def schedules_of(training: Training) -> list[Scheduler]:
    """Schedules of the rate that are put to use."""
    stepped = [event.subject for event in training.run.of("schedule_step")]
    used = [
        optimizer.facts["learning_rate"][0] for optimizer in training.optimizers if "learning_rate" in optimizer.facts
    ]
    return list(dict.fromkeys([*stepped, *(value for value in used if isinstance(value, Scheduler))]))


def _schedule(training: Training) -> Iterator[Stated]:
    run = training.run
    schedules = schedules_of(training)
    if len(schedules) == 1 and schedules[0].name:
        schedule = schedules[0]
        word = _SCHEDULES.get(schedule.name, "")
        if schedule.name == "ExponentialDecay" and getattr(schedule.facts.get("staircase"), "value", False) is True:
            word = "step"
        if word:
            yield Stated("schedule", word, schedule.spot.place())
        yield from _of_schedule(schedule)
        return
    callbacks = [part for event in training.fits[-1:] for part in _callbacks(event)]
    for part, spot in callbacks:
        if part.name == "ReduceLROnPlateau":
            yield Stated("schedule", "plateau", spot.place())
            return
    if any(part.name == "LearningRateScheduler" for part, _ in callbacks) or schedules:
        return
    started = list(run.of("scheduler"))
    if (
        started
        and not training.fits
        and training.backwards
        and not any(_given_away(training, e.subject) for e in started)
    ):
        yield Stated("schedule", "constant", started[0].spot.place())
        run.note(f"Line {started[0].spot.line}: the schedule is made, but never makes a step.")


def _given_away(training: Training, schedule: Value) -> bool:
    """Whether something that is out of sight may step it."""
    for event in training.run.of("unknown_call", "prepared", "set", "replace"):
        call = event.facts.get("call")
        given = [*call.args, *call.named.values()] if call is not None else [event.facts.get("value")]
        if any(value is schedule for value in given):
            return True
    return any(schedule in _values(event.subject) for event in training.run.of("scheduler"))


def _values(schedule: Scheduler) -> list[Value]:
    found: list[Value] = []
    for value in schedule.facts.values():
        found += value.values if isinstance(value, Items) else [value]
    return found


def _of_schedule(schedule: Scheduler) -> Iterator[Stated]:
    facts, spot = schedule.facts, schedule.spot
    if (warm := facts.get("num_warmup_steps", facts.get("warmup_steps"))) is not None:
        yield from _plain("warmup_steps", warm, spot)
    if (
        schedule.name == "LinearLR"
        and (start := number(facts.get("start_factor", Known(1 / 3)))) is not None
        and start < 1
    ):
        yield from _plain("warmup_steps", facts.get("total_iters"), spot)
    if (steps := facts.get("num_training_steps", facts.get("decay_steps"))) is not None:
        yield from _plain("decay_steps", steps, spot)
    if schedule.name == "OneCycleLR":
        yield from _plain("learning_rate", facts.get("max_lr"), spot)
    parts = facts.get("parts", facts.get("schedulers"))
    if isinstance(parts, Items):
        for part in parts.values:
            if isinstance(part, Scheduler):
                yield from _of_schedule(part)
                if _SCHEDULES.get(part.name):
                    yield Stated("schedule", _SCHEDULES[part.name], part.spot.place())


def _callbacks(event: Event) -> Iterator[tuple[Table, Spot]]:
    call = event.facts["call"]
    given = call.named.get("callbacks")
    for part in given.values if isinstance(given, Items) else []:
        if isinstance(part, Table):
            yield part, call.spot_of("callbacks")


def _penalty(training: Training) -> Iterator[Stated]:
    """The squared penalty of Keras layers, where most have one: it draws weights to zero as weight decay does."""
    for network in training.networks[-1:]:
        layers = [
            part for part in training.parts_of(network) if isinstance(part, Layer) and part.kind in ("dense", "conv")
        ]
        known = [(size, layer) for layer in layers if (size := _size_of_penalty(layer))]
        if known and 2 * len(known) >= len(layers):
            size, layer = max(known, key=lambda pair: pair[0])
            yield Stated("weight_decay", size, layer.spot.place())


def _size_of_penalty(layer: Layer) -> float:
    """The factor of the squared penalty on the kernel; 0 where there is none or it is not told."""
    given = layer.facts.get("kernel_regularizer", layer.facts.get("W_regularizer"))
    if text(given) in ("l2", "L2", "l1_l2", "L1L2"):
        return USUAL_PENALTY
    if not isinstance(given, Table) or given.name.lower() not in ("l2", "l1_l2", "l1l2"):
        return 0.0
    value = given.values.get("l2", given.values.get("l", Known(USUAL_PENALTY)))
    return number(value) or 0.0


def _devices(training: Training) -> Iterator[Stated]:
    for event in training.run.of("parallel"):
        ids = event.facts.get("ids")
        if isinstance(ids, Items) and not ids.open and len(ids.values) > 1:
            yield Stated("devices", len(ids.values), event.spot.place())
