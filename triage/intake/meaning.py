"""Values that files state -> the states of the settings that they mean.

A number means something only beside others: a rate beside its optimizer, a warm-up beside the length of the run. They
may stand in different files, so what one kind of file states is read with what the others state beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from triage.detectors.words import certain, count, figure, mix
from triage.intake.found import CERTAIN, Found, Stated, Told
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

__all__ = ["facts_stated", "findings_of"]

Values = Mapping[str, Stated]
"""Name -> what is stated of it."""

SURE = 0.998
"""Of a state that follows from one number alone."""

TINY_BATCH, LARGEST_ORDINARY_BATCH = 8, 512
LARGEST_DEFAULT_EPSILON, LONGEST_ADAM_MEMORY = 1e-6, 0.99
SHORT_WARMUP_STEPS, SHORT_WARMUP_SHARE = 200, 0.01
LARGE_MOMENTUM = 0.8
USUAL_DECAY, USUAL_DECAY_OF_ADAMW = 0.01, 0.1
NARROW, VERY_WIDE = 16, 2000
"""Limits, as the states of the settings have them."""

TIGHT_NORM, LOOSE_NORM = 0.05, 5.0
"""Limits of the gradient's norm that nearly every update of an ordinary network is over, or under."""

DOZENS_OF_EPOCHS = 24
STRONG_AUGMENTATIONS = 6

ADAMS = frozenset(OPTIMIZERS) - {"sgd", "rmsprop"}
"""Optimizers of which epsilon and beta2 are those of Adam."""

SCHEDULES = {
    "constant": "constant",
    "decay": "decay_to_a_horizon",
    "step": "stepwise",
    "plateau": "on_plateau",
    "cyclic": "cyclic_or_own",
}

FACTS = ("batch_size", "clip_norm", "epochs", "epsilon", "learning_rate", "weight_decay")
"""Numbers from which remedies compute their values."""


def findings_of(told: Told, beside: Sequence[Stated] = ()) -> tuple[Found, ...]:
    """All that files of one kind say, their values read as states of settings.

    Args:
        told: what they say.
        beside: what other files state; it is used where these files do not state the same, and not repeated.

    """
    own = {item.name: item for item in told.stated}
    values = {item.name: item for item in beside} | own
    shown = {item.finding for item in told.found}
    states = {item.finding: item.state for item in told.found}
    fine_tuned = states.get("initialization") == "pretrained" and states.get("trained_part") != "head_or_adapter_only"
    image = states.get("framework") in ("pytorch", "keras_tensorflow") and states.get("network_kind") != "transformer"
    tuning = _image_tuning_rate if image else _text_tuning_rate
    rules: dict[str, Callable[[Values], Iterator[Found]]] = {
        **RULES,
        "learning_rate": tuning if fine_tuned else _rate,
    }
    meant = [found for name, rule in rules.items() if name in own for found in rule(values)]
    meant += _regularization(own)
    return (*told.found, *(found for found in meant if found.finding not in shown))


def facts_stated(told: Sequence[Told]) -> dict[str, float]:
    """The numbers from which remedies compute their values, by name; a later file counts before an earlier one."""
    return {
        item.name: item.value
        for some in told
        for item in some.stated
        if item.name in FACTS and isinstance(item.value, float | int)
    }


def _rate(values: Values) -> Iterator[Found]:
    rate, named = _number(values, "learning_rate"), _word(values, "optimizer")
    if rate == 0:
        yield _found("learning_rate_course", {"zero": SURE}, "The learning rate is 0.", values["learning_rate"])
    if rate <= 0:
        return
    kinds = kinds_of(named)
    if named == "sgd" and "momentum" in values and _number(values, "momentum") >= LARGE_MOMENTUM:
        kinds = {SGD_WITH_MOMENTUM: 1.0}
    if not kinds:
        return
    likelihood = certain(mix(*((share, {size_of(rate, kind): 1.0}) for kind, share in kinds.items())), SURE)
    usual = max(kinds, key=lambda kind: kinds[kind])
    message = f"The learning rate is {figure(rate)}"
    if named in RATES_OF:
        message += f" for {_title(named)}, {_against(rate, usual.low, usual.high, distance_from(rate, usual))}"
    yield _found("learning_rate_size", likelihood, f"{message}.", values["learning_rate"])


def _text_tuning_rate(values: Values) -> Iterator[Found]:
    return _tuning_rate(values, FINE_TUNING)


def _image_tuning_rate(values: Values) -> Iterator[Found]:
    return _tuning_rate(values, FINE_TUNING_BY_SGD if _word(values, "optimizer") == "sgd" else FINE_TUNING_OF_IMAGES)


def _tuning_rate(values: Values, usual: UsualRates) -> Iterator[Found]:
    """A pretrained network that is trained as a whole takes rates of its own."""
    rate = _number(values, "learning_rate")
    kinds = kinds_of(_word(values, "optimizer"))
    if rate > 0 and kinds:
        fresh = max(kinds, key=lambda kind: kinds[kind])
        mixed = mix((0.6, {size_of(rate, usual): 1.0}), (0.4, {size_of(rate, fresh): 1.0}))
        message = f"The learning rate is {figure(rate)} for a pretrained network."
        yield _found("learning_rate_size", certain(mixed, SURE), message, values["learning_rate"])


def _against(rate: float, low: float, high: float, factor: float) -> str:
    if factor == 1.0:
        return f"where {figure(low)} to {figure(high)} is usual"
    times = figure(round(factor, 1 if factor < 10 else 0))
    return f"{times} times {'above' if rate > high else 'below'} the usual {figure(low)} to {figure(high)}"


def _optimizer(values: Values) -> Iterator[Found]:
    named, stated = _word(values, "optimizer"), values["optimizer"]
    state = next(iter(OPTIMIZERS.get(named, {"other": 0.0})))
    likelihood = {state: CERTAIN}
    message = f"The optimizer is {_title(named)}"
    if named == "sgd":
        momentum = values.get("momentum")
        none = momentum is None or momentum.value == 0
        likelihood = {"sgd": CERTAIN} if none else {"sgd_momentum": CERTAIN}
        likelihood = {"sgd": 0.85, "sgd_momentum": 0.12} if momentum is None else likelihood
        message += ", no momentum is set" if none else f" with momentum {figure(_number(values, 'momentum'))}"
    yield _found("optimizer", likelihood, f"{message}.", stated)
    if named in ADAMS:
        if "epsilon" not in values:
            yield _found("adam_epsilon", {"default_or_smaller": SURE}, "Adam's epsilon is not set.", stated)
        if "beta2" not in values:
            yield _found("adam_beta2", {"above_0_99": SURE}, "Adam's beta2 is not set.", stated)
    if "weight_decay" not in values:
        default = {"usual": 0.9} if named == "adamw" else {"zero": 0.9}
        yield _found("weight_decay", default, "Weight decay is not set.", stated)


def _momentum(values: Values) -> Iterator[Found]:
    """Momentum names the kind of SGD where the optimizer stands in another file."""
    stated = values.get("optimizer")
    if stated is not None and stated.value == "sgd" and stated.place.file != values["momentum"].place.file:
        yield from (found for found in _optimizer(values) if found.finding == "optimizer")


def _epsilon(values: Values) -> Iterator[Found]:
    if _word(values, "optimizer") not in ("", *ADAMS):
        return
    epsilon = _number(values, "epsilon")
    state = "raised" if epsilon > LARGEST_DEFAULT_EPSILON else "default_or_smaller"
    yield _found("adam_epsilon", {state: CERTAIN}, f"Epsilon is {figure(epsilon)}.", values["epsilon"])


def _beta2(values: Values) -> Iterator[Found]:
    beta2 = _number(values, "beta2")
    state = "above_0_99" if beta2 > LONGEST_ADAM_MEMORY else "at_most_0_99"
    yield _found("adam_beta2", {state: CERTAIN}, f"Adam's beta2 is {figure(beta2)}.", values["beta2"])


def _batch_size(values: Values) -> Iterator[Found]:
    size, samples = _number(values, "batch_size"), values.get("samples")
    if samples is not None and isinstance(samples.value, float | int) and size >= samples.value > 0:
        state = "whole_data_set"
    elif size <= 1:
        state = "one"
    elif size <= TINY_BATCH:
        state = "tiny"
    else:
        state = "ordinary" if size <= LARGEST_ORDINARY_BATCH else "large"
    yield _found("batch_size", {state: SURE}, f"A batch holds {count(size)} samples.", values["batch_size"])


def _accumulation(values: Values) -> Iterator[Found]:
    steps = _number(values, "accumulation_steps")
    message = f"The gradients of {count(steps)} batches make one update."
    if steps <= 1:
        message = "Each batch makes an update."
    state = "used" if steps > 1 else "not_used"
    yield _found("gradient_accumulation", {state: CERTAIN}, message, values["accumulation_steps"])


def _warmup(values: Values) -> Iterator[Found]:
    whole = _number(values, "max_steps") if "max_steps" in values else 0.0
    if "warmup_steps" in values and _number(values, "warmup_steps") > 0:
        stated, length = values["warmup_steps"], _number(values, "warmup_steps")
        share = length / whole if whole > 0 else 1.0
        message = f"The rate warms up for {count(length)} steps" + (f" of {count(whole)}." if whole > 0 else ".")
    elif "warmup_ratio" in values and _number(values, "warmup_ratio") > 0:
        stated, share = values["warmup_ratio"], _number(values, "warmup_ratio")
        length = share * whole if whole > 0 else SHORT_WARMUP_STEPS
        message = f"The rate warms up for {100 * share:.3g} % of the steps."
    else:
        stated = values["warmup_steps"] if "warmup_steps" in values else values["warmup_ratio"]
        yield _found("warmup", {"not_used": SURE}, "No warm-up is set.", stated)
        return
    state = "short" if length < SHORT_WARMUP_STEPS or share < SHORT_WARMUP_SHARE else "ordinary"
    yield _found("warmup", {state: SURE}, message, stated)


def _weight_decay(values: Values) -> Iterator[Found]:
    decay = _number(values, "weight_decay")
    usual = USUAL_DECAY_OF_ADAMW if _word(values, "optimizer") == "adamw" else USUAL_DECAY
    state = "zero" if decay == 0 else "usual" if decay <= usual else "high"
    yield _found("weight_decay", {state: SURE}, f"Weight decay is {figure(decay)}.", values["weight_decay"])


def _dropout(values: Values) -> Iterator[Found]:
    share = _number(values, "dropout")
    state = "not_used" if share == 0 else "moderate" if share <= 0.5 else "above_half"
    message = f"Dropout takes out {100 * share:.3g} % of the units." if share else "There is no dropout."
    yield _found("dropout", {state: CERTAIN}, message, values["dropout"])


def _clip_norm(values: Values) -> Iterator[Found]:
    limit = _number(values, "clip_norm")
    if limit <= 0:
        likelihood, message = {"not_used": SURE}, "Clipping is switched off."
    else:
        message = f"The gradient's norm is clipped at {figure(limit)}."
        likelihood = {"loose": 0.6, "tight": 0.38}
        if limit <= TIGHT_NORM or limit >= LOOSE_NORM:
            likelihood = {"tight": 0.93} if limit <= TIGHT_NORM else {"loose": 0.93}
    yield _found("gradient_clipping", likelihood, message, values["clip_norm"])


def _clip_value(values: Values) -> Iterator[Found]:
    limit = _number(values, "clip_value")
    if limit > 0:
        message = f"Each component of the gradient is clipped at {figure(limit)}."
        yield _found("gradient_clipping", {"loose": 0.5, "tight": 0.48}, message, values["clip_value"])
    elif "clip_norm" not in values:
        message = "Clipping is switched off."
        yield _found("gradient_clipping", {"not_used": SURE}, message, values["clip_value"])


def _max_steps(values: Values) -> Iterator[Found]:
    yield from _length(_number(values, "max_steps"), values["max_steps"])


def _epochs(values: Values) -> Iterator[Found]:
    if "max_steps" in values:
        return
    epochs = _number(values, "epochs")
    if "samples" in values and "batch_size" in values and _number(values, "batch_size") > 0:
        yield from _length(epochs * _number(values, "samples") / _number(values, "batch_size"), values["epochs"])
    elif epochs >= DOZENS_OF_EPOCHS:
        message = f"Training goes on for {count(epochs)} epochs."
        yield _found("training_length", {"thousands_of_updates": SURE}, message, values["epochs"])


def _length(updates: float, stated: Stated) -> Iterator[Found]:
    if updates > 0:
        state = "thousands_of_updates" if updates >= 1000 else "hundreds_of_updates" if updates >= 100 else "fewer"
        message = f"Training goes on for {count(round(updates))} updates."
        yield _found("training_length", {state: SURE}, message, stated)


def _samples(values: Values) -> Iterator[Found]:
    samples = _number(values, "samples")
    state = "hundreds" if samples < 1000 else "thousands" if samples < 10_000 else "tens_of_thousands_or_more"
    yield _found("training_set_size", {state: SURE}, f"There are {count(samples)} samples.", values["samples"])


def _layers(values: Values) -> Iterator[Found]:
    layers = _number(values, "layers")
    state = "up_to_two_layers" if layers <= 2 else "three_to_ten" if layers <= 10 else "deeper"
    message = f"The network has {count(layers)} layer{'' if layers == 1 else 's'} with weights."
    yield _found("network_depth", {state: SURE}, message, values["layers"])


def _hidden_units(values: Values) -> Iterator[Found]:
    units = _number(values, "hidden_units")
    classes = _number(values, "classes") if "classes" in values else 0.0
    shallow = "layers" in values and _number(values, "layers") <= 2
    state = "narrow" if units < NARROW or units < classes else "ordinary"
    likelihood = {"very_wide": 0.9} if units > VERY_WIDE and shallow else {state: 0.9}
    message = f"The narrowest hidden layer has {count(units)} units."
    yield _found("network_width", likelihood, message, values["hidden_units"])


def _augmentations(values: Values) -> Iterator[Found]:
    kinds = _number(values, "augmentations")
    if kinds <= 0:
        likelihood, message = {"not_used": 0.9}, "No augmentation is set."
    else:
        likelihood = {"strong": 0.6, "moderate": 0.38} if kinds >= STRONG_AUGMENTATIONS else {"moderate": 0.85}
        message = f"{count(kinds)} kind{'' if kinds == 1 else 's'} of augmentation {'is' if kinds == 1 else 'are'} set."
    yield _found("augmentation", likelihood, message, values["augmentations"])


def _schedule(values: Values) -> Iterator[Found]:
    named = _word(values, "schedule")
    if named in SCHEDULES:
        words = values["schedule"].place.words or named
        message = f"The schedule of the learning rate is set: {words}"
        yield _found("learning_rate_schedule", {SCHEDULES[named]: SURE}, message, values["schedule"])


def _devices(values: Values) -> Iterator[Found]:
    devices = _number(values, "devices")
    if devices >= 2:
        message = f"Training runs on {count(devices)} devices."
        yield _found("devices", {"several_gpus": SURE}, message, values["devices"])


def _loss_terms(values: Values) -> Iterator[Found]:
    terms = _number(values, "loss_terms")
    message = f"The loss is a sum of {count(terms)} terms." if terms > 1 else "The loss has one term."
    yield _found("loss_terms", {"several" if terms > 1 else "one": SURE}, message, values["loss_terms"])


def _classes(values: Values) -> Iterator[Found]:
    """Against the classes that the data hold, where those were counted."""
    if "label_classes" not in values:
        return
    built, held = _number(values, "classes"), _number(values, "label_classes")
    if built == held:
        likelihood = {"agree": SURE}
    else:
        likelihood = {"config_has_more": 0.85} if built > held else {"labels_out_of_range": SURE}
    message = f"The network is built for {count(built)} classes, the data hold {count(held)}."
    yield _found("compare_class_counts", likelihood, message, values["classes"])


def _regularization(own: Values) -> list[Found]:
    """Any measure that is on; what a file does not set may stand elsewhere, so its absence says nothing."""
    acting = [own[name] for name in ("dropout", "weight_decay", "augmentations") if name in own and own[name].value]
    if not acting:
        return []
    names = " and ".join(item.name.replace("_", " ") for item in acting)
    return [_found("regularization", {"some": SURE}, f"Measures against overfitting: {names}.", acting[0])]


RULES: Mapping[str, Callable[[Values], Iterator[Found]]] = {
    "accumulation_steps": _accumulation,
    "augmentations": _augmentations,
    "batch_size": _batch_size,
    "beta2": _beta2,
    "classes": _classes,
    "clip_norm": _clip_norm,
    "clip_value": _clip_value,
    "devices": _devices,
    "dropout": _dropout,
    "epochs": _epochs,
    "epsilon": _epsilon,
    "hidden_units": _hidden_units,
    "layers": _layers,
    "loss_terms": _loss_terms,
    "max_steps": _max_steps,
    "momentum": _momentum,
    "optimizer": _optimizer,
    "samples": _samples,
    "schedule": _schedule,
    "warmup_ratio": _warmup,
    "warmup_steps": _warmup,
    "weight_decay": _weight_decay,
}
"""Name of a value -> what follows from it, beside the others."""


def _number(values: Values, name: str) -> float:
    value = values[name].value
    return float(value) if not isinstance(value, str) else 0.0


def _word(values: Values, name: str) -> str:
    return str(values[name].value) if name in values else ""


TITLES = {"sgd": "SGD", "adam": "Adam", "adamw": "AdamW", "nadam": "NAdam", "radam": "RAdam", "rmsprop": "RMSprop"}


def _title(named: str) -> str:
    return TITLES.get(named, named.capitalize())


def _found(finding: str, likelihood: Mapping[str, float], message: str, stated: Stated) -> Found:
    return Found(finding, likelihood, message, stated.place)
