"""Stated rates, optimizers, schedules and clipping -> the states of the settings that they mean."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from triage.detectors.words import certain, count, figure, mix
from triage.intake.found import CERTAIN, Found
from triage.intake.stated_values import SURE, Rule, Values, found, number, word
from triage.usual import (
    FINE_TUNING,
    FINE_TUNING_BY_SGD,
    FINE_TUNING_OF_IMAGES,
    OPTIMIZERS,
    RATES_OF,
    SGD_WITH_MOMENTUM,
    UsualRates,
    distance_from,
    kinds_of,
    size_of,
)

__all__ = ["UPDATE_RULES", "fresh_rate", "image_tuning_rate", "text_tuning_rate"]

LARGEST_DEFAULT_EPSILON, LONGEST_ADAM_MEMORY = 1e-6, 0.99
SHORT_WARMUP_STEPS, SHORT_WARMUP_SHARE = 200, 0.01
LARGE_MOMENTUM = 0.8
USUAL_DECAY, USUAL_DECAY_OF_ADAMW = 0.01, 0.1
"""Limits, as the states of the settings have them."""

TIGHT_NORM, LOOSE_NORM = 0.05, 5.0
"""Limits of the gradient's norm that nearly every update of an ordinary network is over, or under."""

ADAMS = frozenset(OPTIMIZERS) - {"sgd", "rmsprop"}
"""Optimizers of which epsilon and beta2 are those of Adam."""

SCHEDULES = {
    "constant": "constant",
    "decay": "decay_to_a_horizon",
    "step": "stepwise",
    "plateau": "on_plateau",
    "cyclic": "cyclic_or_own",
}


def fresh_rate(values: Values) -> Iterator[Found]:
    """What a learning rate means for a network that is trained from scratch."""
    rate, named = number(values, "learning_rate"), word(values, "optimizer")
    if rate == 0:
        yield found("learning_rate_course", {"zero": SURE}, "The learning rate is 0.", values["learning_rate"])
    if rate <= 0:
        return
    kinds = kinds_of(named)
    if named == "sgd" and "momentum" in values and number(values, "momentum") >= LARGE_MOMENTUM:
        kinds = {SGD_WITH_MOMENTUM: 1.0}
    if not kinds:
        return
    likelihood = certain(mix(*((share, {size_of(rate, kind): 1.0}) for kind, share in kinds.items())), SURE)
    usual = max(kinds, key=lambda kind: kinds[kind])
    message = f"The learning rate is {figure(rate)}"
    if named in RATES_OF:
        message += f" for {_title(named)}, {_against(rate, usual.low, usual.high, distance_from(rate, usual))}"
    yield found("learning_rate_size", likelihood, f"{message}.", values["learning_rate"])


def text_tuning_rate(values: Values) -> Iterator[Found]:
    """What a learning rate means where a pretrained network, of text for one, is trained as a whole."""
    return _tuning_rate(values, FINE_TUNING)


def image_tuning_rate(values: Values) -> Iterator[Found]:
    """The same of a network for images."""
    return _tuning_rate(values, FINE_TUNING_BY_SGD if word(values, "optimizer") == "sgd" else FINE_TUNING_OF_IMAGES)


def _tuning_rate(values: Values, usual: UsualRates) -> Iterator[Found]:
    """A pretrained network that is trained as a whole takes rates of its own."""
    rate = number(values, "learning_rate")
    kinds = kinds_of(word(values, "optimizer"))
    if rate > 0 and kinds:
        fresh = max(kinds, key=lambda kind: kinds[kind])
        mixed = mix((0.6, {size_of(rate, usual): 1.0}), (0.4, {size_of(rate, fresh): 1.0}))
        message = f"The learning rate is {figure(rate)} for a pretrained network."
        yield found("learning_rate_size", certain(mixed, SURE), message, values["learning_rate"])


def _against(rate: float, low: float, high: float, factor: float) -> str:
    if factor == 1.0:
        return f"where {figure(low)} to {figure(high)} is usual"
    times = figure(round(factor, 1 if factor < 10 else 0))
    return f"{times} times {'above' if rate > high else 'below'} the usual {figure(low)} to {figure(high)}"


def _optimizer(values: Values) -> Iterator[Found]:
    named, stated = word(values, "optimizer"), values["optimizer"]
    state = next(iter(OPTIMIZERS.get(named, {"other": 0.0})))
    likelihood = {state: CERTAIN}
    message = f"The optimizer is {_title(named)}"
    if named == "sgd":
        momentum = values.get("momentum")
        none = momentum is None or momentum.value == 0
        likelihood = {"sgd": CERTAIN} if none else {"sgd_momentum": CERTAIN}
        likelihood = {"sgd": 0.85, "sgd_momentum": 0.12} if momentum is None else likelihood
        message += ", no momentum is set" if none else f" with momentum {figure(number(values, 'momentum'))}"
    yield found("optimizer", likelihood, f"{message}.", stated)
    if named in ADAMS:
        if "epsilon" not in values:
            yield found("adam_epsilon", {"default_or_smaller": SURE}, "Adam's epsilon is not set.", stated)
        if "beta2" not in values:
            yield found("adam_beta2", {"above_0_99": SURE}, "Adam's beta2 is not set.", stated)
    if "weight_decay" not in values:
        default = {"usual": 0.9} if named == "adamw" else {"zero": 0.9}
        yield found("weight_decay", default, "Weight decay is not set.", stated)


def _momentum(values: Values) -> Iterator[Found]:
    """Momentum names the kind of SGD where the optimizer stands in another file."""
    stated = values.get("optimizer")
    if stated is not None and stated.value == "sgd" and stated.place.file != values["momentum"].place.file:
        yield from (item for item in _optimizer(values) if item.finding == "optimizer")


def _epsilon(values: Values) -> Iterator[Found]:
    if word(values, "optimizer") not in ("", *ADAMS):
        return
    epsilon = number(values, "epsilon")
    state = "raised" if epsilon > LARGEST_DEFAULT_EPSILON else "default_or_smaller"
    yield found("adam_epsilon", {state: CERTAIN}, f"Epsilon is {figure(epsilon)}.", values["epsilon"])


def _beta2(values: Values) -> Iterator[Found]:
    beta2 = number(values, "beta2")
    state = "above_0_99" if beta2 > LONGEST_ADAM_MEMORY else "at_most_0_99"
    yield found("adam_beta2", {state: CERTAIN}, f"Adam's beta2 is {figure(beta2)}.", values["beta2"])


def _schedule(values: Values) -> Iterator[Found]:
    named = word(values, "schedule")
    if named in SCHEDULES:
        words = values["schedule"].place.words or named
        message = f"The schedule of the learning rate is set: {words}"
        yield found("learning_rate_schedule", {SCHEDULES[named]: SURE}, message, values["schedule"])


def _warmup(values: Values) -> Iterator[Found]:
    whole = number(values, "max_steps") if "max_steps" in values else 0.0
    if "warmup_steps" in values and number(values, "warmup_steps") > 0:
        stated, length = values["warmup_steps"], number(values, "warmup_steps")
        share = length / whole if whole > 0 else 1.0
        message = f"The rate warms up for {count(length)} steps" + (f" of {count(whole)}." if whole > 0 else ".")
    elif "warmup_ratio" in values and number(values, "warmup_ratio") > 0:
        stated, share = values["warmup_ratio"], number(values, "warmup_ratio")
        length = share * whole if whole > 0 else SHORT_WARMUP_STEPS
        message = f"The rate warms up for {100 * share:.3g} % of the steps."
    else:
        stated = values["warmup_steps"] if "warmup_steps" in values else values["warmup_ratio"]
        yield found("warmup", {"not_used": SURE}, "No warm-up is set.", stated)
        return
    state = "short" if length < SHORT_WARMUP_STEPS or share < SHORT_WARMUP_SHARE else "ordinary"
    yield found("warmup", {state: SURE}, message, stated)


def _accumulation(values: Values) -> Iterator[Found]:
    steps = number(values, "accumulation_steps")
    message = f"The gradients of {count(steps)} batches make one update."
    if steps <= 1:
        message = "Each batch makes an update."
    state = "used" if steps > 1 else "not_used"
    yield found("gradient_accumulation", {state: CERTAIN}, message, values["accumulation_steps"])


def _weight_decay(values: Values) -> Iterator[Found]:
    decay = number(values, "weight_decay")
    usual = USUAL_DECAY_OF_ADAMW if word(values, "optimizer") == "adamw" else USUAL_DECAY
    state = "zero" if decay == 0 else "usual" if decay <= usual else "high"
    yield found("weight_decay", {state: SURE}, f"Weight decay is {figure(decay)}.", values["weight_decay"])


def _clip_norm(values: Values) -> Iterator[Found]:
    limit = number(values, "clip_norm")
    if limit <= 0:
        likelihood, message = {"not_used": SURE}, "Clipping is switched off."
    else:
        message = f"The gradient's norm is clipped at {figure(limit)}."
        likelihood = {"loose": 0.6, "tight": 0.38}
        if limit <= TIGHT_NORM or limit >= LOOSE_NORM:
            likelihood = {"tight": 0.93} if limit <= TIGHT_NORM else {"loose": 0.93}
    yield found("gradient_clipping", likelihood, message, values["clip_norm"])


def _clip_value(values: Values) -> Iterator[Found]:
    limit = number(values, "clip_value")
    if limit > 0:
        message = f"Each component of the gradient is clipped at {figure(limit)}."
        yield found("gradient_clipping", {"loose": 0.5, "tight": 0.48}, message, values["clip_value"])
    elif "clip_norm" not in values:
        message = "Clipping is switched off."
        yield found("gradient_clipping", {"not_used": SURE}, message, values["clip_value"])


TITLES = {"sgd": "SGD", "adam": "Adam", "adamw": "AdamW", "nadam": "NAdam", "radam": "RAdam", "rmsprop": "RMSprop"}


def _title(named: str) -> str:
    return TITLES.get(named, named.capitalize())


UPDATE_RULES: Mapping[str, Rule] = {
    "accumulation_steps": _accumulation,
    "beta2": _beta2,
    "clip_norm": _clip_norm,
    "clip_value": _clip_value,
    "epsilon": _epsilon,
    "momentum": _momentum,
    "optimizer": _optimizer,
    "schedule": _schedule,
    "warmup_ratio": _warmup,
    "warmup_steps": _warmup,
    "weight_decay": _weight_decay,
}
"""Name of a value -> what follows from it; the rules of ``learning_rate`` are those above."""
