"""What the compilation of a Keras model states: ``compile_config`` of Keras 3, ``training_config`` of Keras 2."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from triage.intake.configs.keras_layers import Layer, Model, named
from triage.intake.configs.source import Source
from triage.intake.configs.structured import Node
from triage.intake.configs.terms import loss_of, name_of, optimizer_of
from triage.intake.found import Found, Stated, shows

__all__ = ["compiled_states"]

NUMBERS: Mapping[str, str] = {
    "beta_1": "beta1",
    "beta_2": "beta2",
    "epsilon": "epsilon",
    "weight_decay": "weight_decay",
    "gradient_accumulation_steps": "accumulation_steps",
}

ADAPTIVE = frozenset({"adam", "adamw", "nadam", "adamax", "lamb"})

SCHEDULES = {
    "exponentialdecay": "step", "piecewiseconstantdecay": "step", "cosinedecay": "decay", "polynomialdecay": "decay",
    "inversetimedecay": "decay", "cosinedecayrestarts": "cyclic",
}  # fmt: skip

WITH_HORIZON = frozenset({"cosinedecay", "polynomialdecay"})

CLASS_LOSSES = frozenset({"categoricalcrossentropy", "sparsecategoricalcrossentropy"})

TARGETS = {
    "categoricalcrossentropy": ("one_hot", "one-hot vectors"),
    "sparsecategoricalcrossentropy": ("class_indices", "class numbers"),
    "binarycrossentropy": ("zero_one_values", "values from 0 to 1"),
}

Item = Stated | Found | str


def compiled_states(compiled: Node, model: Model, source: Source) -> Iterator[Item]:
    """All that the compilation says.

    Args:
        compiled: its arguments.
        model: the model that is compiled, of which the outputs feed the loss.
        source: the file.

    """
    optimizer = compiled.mapping.get("optimizer") or compiled.mapping.get("optimizer_config")
    if optimizer is not None:
        yield from _optimizer(optimizer, source)
    losses = _losses(compiled.mapping.get("loss"))
    weights = [item for item in _parts(compiled.mapping.get("loss_weights")) if item.number is not None]
    if losses:
        place = source.place(losses[-1].line, losses[-1].column)
        acting = sum(item.number != 0 for item in weights) if len(weights) == len(losses) > 1 else len(losses)
        yield Stated("loss_terms", float(max(acting, 1)), place)
        if len({name_of(named(loss)) for loss in losses}) == 1:
            yield from _loss(losses[0], model, source)


def _optimizer(node: Node, source: Source) -> Iterator[Item]:
    inner = node.mapping.get("inner_optimizer") or node
    title = optimizer_of(named(inner))
    if title is not None:
        yield Stated("optimizer", title, source.place(inner.line, inner.column))
    config = inner.mapping.get("config")
    held = config.mapping if config is not None else {}
    for key, stated in NUMBERS.items():
        value = held.get(key)
        number = value.number if value is not None else None
        if value is None or number is None or (stated == "epsilon" and title not in ADAPTIVE):
            continue
        yield Stated(stated, _single(number), source.place(value.line, value.column))
    momentum = held.get("momentum")
    if momentum is not None and momentum.number is not None and title in ("sgd", "rmsprop"):
        yield Stated("momentum", _single(momentum.number), source.place(momentum.line, momentum.column))
    for key, stated in (("clipvalue", "clip_value"), ("clipnorm", "clip_norm"), ("global_clipnorm", "clip_norm")):
        limit = held.get(key)
        if limit is not None and limit.number is not None:
            yield Stated(stated, limit.number, source.place(limit.line, limit.column))
    rate = held.get("learning_rate") or held.get("lr")
    if rate is not None:
        yield from _rate(rate, source)


def _rate(rate: Node, source: Source) -> Iterator[Item]:
    """A number, or a schedule with its own arguments."""
    place = source.place(rate.line, rate.column)
    if rate.number is not None:
        yield Stated("learning_rate", _single(rate.number), place)
        return
    kind, config = name_of(named(rate)), rate.mapping.get("config")
    held = config.mapping if config is not None else {}
    if kind in SCHEDULES:
        yield Stated("schedule", SCHEDULES[kind], place)
    target, first, values = held.get("warmup_target"), held.get("initial_learning_rate"), held.get("values")
    highest = max((item.number for item in (values.items if values else ()) if item.number is not None), default=None)
    for node, value in ((target, None), (first, None), (values, highest)):
        number = value if value is not None else node.number if node is not None else None
        if node is not None and number is not None:
            yield Stated("learning_rate", _single(number), source.place(node.line, node.column))
            break
    climb, horizon = held.get("warmup_steps"), held.get("decay_steps")
    if climb is not None and climb.number is not None:
        yield Stated("warmup_steps", climb.number, source.place(climb.line, climb.column))
    if kind in WITH_HORIZON and horizon is not None and horizon.number is not None:
        yield Stated("decay_steps", horizon.number, source.place(horizon.line, horizon.column))


def _single(value: float) -> float:
    """A number of single precision as it was meant, since Keras writes all of its digits."""
    return float(f"{value:.7g}")


def _losses(node: Node | None) -> list[Node]:
    """The losses of the outputs; an object with a class is one loss, any other one holds one for each output."""
    if node is None or node.value is None:
        return []
    return [node] if named(node) else [item for item in _parts(node) if named(item)]


def _parts(node: Node | None) -> list[Node]:
    return [*node.items, *node.mapping.values()] if node is not None else []


def _loss(node: Node, model: Model, source: Source) -> Iterator[Item]:
    name = named(node)
    plain = name_of(name)
    config = node.mapping.get("config")
    raw = config.mapping.get("from_logits") if config is not None else None
    on_logits = raw is not None and raw.flag is True
    likelihood = loss_of(name)
    place = source.place(node.line, node.column)
    if plain in CLASS_LOSSES:
        state = "cross_entropy_on_logits" if on_logits else "cross_entropy_on_probabilities"
        what = "raw scores" if on_logits else "probabilities"
        yield shows("loss_function", state, f"The loss is {name[:60]} on {what}.", place)
    elif likelihood is not None:
        yield Found("loss_function", likelihood, f"The loss is {name[:60]}.", place)
    if plain in TARGETS:
        state, words = TARGETS[plain]
        yield shows("target_form", state, f"The targets are {words}, as {name[:60]} takes them.", place, 0.93)
    yield from _task(plain, model.outputs, source)


def _task(loss: str, outputs: Sequence[Layer], source: Source) -> Iterator[Found]:
    if not outputs:
        return
    last = outputs[-1]
    place = source.place(last.at.line, last.at.column)
    if loss in CLASS_LOSSES | {"binarycrossentropy"}:
        if last.kind == "Dense":
            likelihood = {"classification": 0.85, "language_model": 0.06}
            yield Found("task", likelihood, "The last layer gives one set of class scores.", place)
        elif last.kind in ("Conv2D", "Conv3D"):
            likelihood = {"segmentation": 0.75, "generative": 0.1, "detection": 0.08}
            yield Found("task", likelihood, "The last layer gives class scores for each place.", place)
