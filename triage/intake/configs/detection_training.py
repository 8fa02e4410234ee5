"""What a detection pipeline states of its training (train.proto, optimizer.proto and input_reader.proto of the API)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from triage.intake.configs.source import Source
from triage.intake.configs.textproto import Message
from triage.intake.found import Found, Stated, shows

__all__ = ["training_states"]

OPTIMIZERS = {"momentum_optimizer": "sgd", "rms_prop_optimizer": "rmsprop", "adam_optimizer": "adam"}

DEFAULT_RATE = 0.002
DEFAULT_MOMENTUM = 0.9
"""Defaults of optimizer.proto."""

SHRUNK = 1e-5
"""Share of the first rate that nothing is learnt at any more, in the middle of the run."""

Item = Stated | Found | str


def training_states(pipeline: Message, source: Source) -> Iterator[Item]:
    """All that the training configuration and the input readers say."""
    training = pipeline.message("train_config")
    if training is not None:
        for name, stated in (("batch_size", "batch_size"), ("num_steps", "max_steps")):
            value = training.number(name)
            if value is not None and value > 0:
                yield Stated(stated, value, source.place(training.line_of(name)))
        limit = training.number("gradient_clipping_by_norm")
        place = source.place(training.line_of("gradient_clipping_by_norm") if limit is not None else None)
        yield Stated("clip_norm", limit or 0.0, place)
        yield from _optimizer(training, source)
        yield from _start(training, source)
        yield from _precision(training, source)
        yield _augmentations(training, source)
        place = source.place(training.line)
        yield shows("gradients_reset", "reset_each_update", "The training loop of the API computes them anew.", place)
    reader = pipeline.message("train_input_reader")
    if reader is not None:
        yield _order(reader, source)


def _optimizer(training: Message, source: Source) -> Iterator[Item]:
    optimizer = training.message("optimizer")
    field = next((name for name in OPTIMIZERS if optimizer is not None and optimizer.all(name)), "")
    held = optimizer.message(field) if optimizer is not None else None
    if held is None:
        return
    yield Stated("optimizer", OPTIMIZERS[field], source.place(held.line))
    if field != "adam_optimizer":
        momentum = held.number("momentum_optimizer_value")
        line = held.line_of("momentum_optimizer_value")
        yield Stated("momentum", DEFAULT_MOMENTUM if momentum is None else momentum, source.place(line))
    epsilon = held.number("epsilon")
    if epsilon is not None:
        yield Stated("epsilon", epsilon, source.place(held.line_of("epsilon")))
    rate = held.message("learning_rate")
    for name, rule in SCHEDULES.items():
        schedule = rate.message(name) if rate is not None else None
        if schedule is not None:
            yield from rule(schedule, training.number("num_steps") or 0.0, source)
            return


def _constant(schedule: Message, _: float, source: Source) -> Iterator[Item]:
    yield _rate(schedule, "learning_rate", source)
    yield Stated("schedule", "constant", source.place(schedule.line))
    yield Stated("warmup_steps", 0.0, source.place(schedule.line))


def _exponential(schedule: Message, last: float, source: Source) -> Iterator[Item]:
    yield _rate(schedule, "initial_learning_rate", source)
    yield Stated("schedule", "step", source.place(schedule.line))
    yield from _warmup(schedule, "burnin_steps", "burnin_learning_rate", 0.0, source)
    every, factor = schedule.number("decay_steps"), schedule.number("decay_factor")
    if every is None or factor is None or every <= 0 or not 0 < factor < 1:
        return
    times = last / 2 / every
    if factor**times < SHRUNK:
        message = f"The rate has been multiplied by {factor:g} {times:,.0f} times halfway through the run."
        place = source.place(schedule.line_of("decay_steps"))
        yield shows("learning_rate_course", "decays_too_early", message, place, 0.85)


def _manual(schedule: Message, last: float, source: Source) -> Iterator[Item]:
    """Rates from given steps on; the highest counts, since the first may be that of a warm-up."""
    steps = list(schedule.messages("schedule"))
    rates = [
        (first := _rate(schedule, "initial_learning_rate", source)),
        *(_rate(step, "learning_rate", source) for step in steps),
    ]
    yield max(rates, key=lambda stated: float(stated.value))
    yield Stated("schedule", "step" if steps else "constant", source.place(schedule.line))
    begin = [step for item in steps if (step := item.number("step")) is not None and step > 0]
    if begin and 0 < last <= min(begin):
        yield f"The first step of the rate, {min(begin):,.0f}, is not before num_steps: the rate never changes."
    climbs = bool(steps) and float(rates[1].value) > float(first.value)
    length = steps[0].number("step") if climbs else None
    if length is not None:
        yield Stated("warmup_steps", length, source.place(steps[0].line_of("step")))
    else:
        yield Stated("warmup_steps", 0.0, source.place(schedule.line))


def _cosine(schedule: Message, last: float, source: Source) -> Iterator[Item]:
    base = _rate(schedule, "learning_rate_base", source)
    yield base
    yield Stated("schedule", "decay", source.place(schedule.line))
    yield from _warmup(schedule, "warmup_steps", "warmup_learning_rate", 10000.0, source)
    whole = schedule.number("total_steps")
    if whole is None:
        return
    place = source.place(schedule.line_of("total_steps"))
    yield Stated("decay_steps", whole, place)
    climb, start = schedule.number("warmup_steps"), schedule.number("warmup_learning_rate")
    if climb is not None and climb > whole:
        yield f"warmup_steps of {climb:g} is above total_steps of {whole:g}, which the API refuses."
    if start is not None and start > float(base.value):
        yield f"warmup_learning_rate of {start:g} is above learning_rate_base, which the API refuses."
    if 0 < whole < last:
        message = f"The rate is 0 behind step {whole:,.0f}, and training goes on to step {last:,.0f}."
        sure = {"decays_too_early": 0.9} if last >= 1.5 * whole else {"as_planned": 0.55, "decays_too_early": 0.42}
        yield Found("learning_rate_course", sure, message, place)


SCHEDULES: Mapping[str, Callable[[Message, float, Source], Iterator[Item]]] = {
    "constant_learning_rate": _constant,
    "exponential_decay_learning_rate": _exponential,
    "manual_step_learning_rate": _manual,
    "cosine_decay_learning_rate": _cosine,
}


def _rate(schedule: Message, name: str, source: Source) -> Stated:
    value = schedule.number(name)
    return Stated("learning_rate", DEFAULT_RATE if value is None else value, source.place(schedule.line_of(name)))


def _warmup(schedule: Message, steps: str, rate: str, default: float, source: Source) -> Iterator[Item]:
    length, start = schedule.number(steps), schedule.number(rate)
    yield Stated("warmup_steps", default if length is None else length, source.place(schedule.line_of(steps)))
    if start is not None and (length is None or length > 0):
        yield f"The warm-up begins at a rate of {start:g} ({source.file}, line {schedule.line_of(rate)})."


def _start(training: Message, source: Source) -> Iterator[Found]:
    checkpoint = training.word("fine_tune_checkpoint")
    if checkpoint:
        kind = training.word("fine_tune_checkpoint_type")
        if not kind and training.flag("from_detection_checkpoint") is not None:
            kind = "detection" if training.flag("from_detection_checkpoint") else "classification"
        message = f"Training starts from a checkpoint{f' of the kind {kind[:40]}' if kind else ''}."
        place = source.place(training.line_of("fine_tune_checkpoint"))
        yield shows("initialization", "pretrained", message, place)
    else:
        message = "No checkpoint to start from is set."
        place = source.place(training.line)
        yield Found("initialization", {"own_scale": 0.5, "framework_default": 0.45}, message, place)
    frozen = training.last("freeze_variables")
    if frozen is not None:
        place = source.place(frozen.line)
        message = f"The variables {str(frozen.value)[:60]!r} are frozen."
        yield Found("trained_part", {"head_or_adapter_only": 0.8, "everything": 0.15}, message, place)


def _precision(training: Message, source: Source) -> Iterator[Found]:
    if training.flag("use_bfloat16"):
        yield shows("precision", "bf16", "Training is done in bf16.", source.place(training.line_of("use_bfloat16")))
    else:
        message = "Training is done in fp32, since use_bfloat16 is not set."
        yield shows("precision", "fp32", message, source.place(training.line_of("use_bfloat16")), 0.93)


def _augmentations(training: Message, source: Source) -> Stated:
    """Kinds of random change; what only scales or pads the images is none."""
    kinds = {
        name
        for options in training.messages("data_augmentation_options")
        for name in options.fields
        if "random" in name or "augment" in name or "crop" in name
    }
    line = training.line_of("data_augmentation_options") if kinds else training.line
    return Stated("augmentations", float(len(kinds)), source.place(line))


def _order(reader: Message, source: Source) -> Found:
    place = source.place(reader.line_of("shuffle"))
    if reader.flag("shuffle") is False:
        return shows("shuffling", "not_shuffled", "The reader of the training data does not shuffle.", place, 0.95)
    message = "The reader of the training data shuffles them."
    if reader.flag("shuffle") is None:
        message = "The reader of the training data shuffles them, as it does unless told otherwise."
    return shows("shuffling", "every_epoch", message, place, 0.9)
