"""What calls of Keras yield ("Keras 3 API documentation"; older names as in the documentation of versions 1 and 2)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from triage.intake.scripts.applying import activated, as_tensor, facts_of, merged, score, through
from triage.intake.scripts.arithmetic import arithmetic_layer, scaled_by
from triage.intake.scripts.gradients import severed_of
from triage.intake.scripts.layers import activation_of, loss_kind
from triage.intake.scripts.making import keras_layer
from triage.intake.scripts.optimizers import Optimizer, Scheduler
from triage.intake.scripts.pooling import is_pooling, pooled
from triage.intake.scripts.ready_heads import CLASSES
from triage.intake.scripts.trace import Call, Run
from triage.intake.scripts.values import (
    OPAQUE,
    Array,
    Items,
    Known,
    Layer,
    Loss,
    Model,
    Table,
    Tensor,
    Unknown,
    Value,
    number,
    text,
)

__all__ = ["keras_call"]

_DATASETS = {
    "mnist": (10, 60000), "fashion_mnist": (10, 60000), "cifar10": (10, 50000), "cifar100": (100, 50000),
    "imdb": (2, 25000), "reuters": (46, 8982), "boston_housing": (None, 404), "california_housing": (None, 16512),
}  # fmt: skip
"""Classes and training samples ("Datasets", documentation of Keras)."""

_MERGES = frozenset({"add", "concatenate", "multiply", "average", "maximum", "subtract", "dot", "merge", "minimum"})


def keras_call(run: Run, name: str, call: Call) -> Value | None:
    """What a call yields; None where nothing is known of it."""
    parts = name.split(".")
    area, last = (parts[1] if len(parts) > 2 else ""), parts[-1]
    if last in ("Input", "InputLayer") and area in ("", "layers", "engine"):
        return Tensor() if last == "Input" else Layer("neutral", last, call.spot)
    if last in ("Sequential", "Model", "Functional") and area in ("", "models"):
        return _model(run, last, call)
    if area == "mixed_precision" or last in ("set_floatx", "set_dtype_policy", "set_global_policy", "set_policy"):
        return _type(run, name, last, call)
    reader = _utility if area == "backend" and last in _UTILITIES else _AREAS.get(area, _utility)
    return reader(run, name, last, call)


def _layer(run: Run, name: str, last: str, call: Call) -> Value | None:
    if last in _MERGES:
        return through(merged(_all_of(call.get(0, "inputs"))), Layer("merge", last, call.spot))
    if not last[:1].isupper():
        return None
    layer = keras_layer(last, call)
    if last == "Lambda" and (function := call.get(0, "function")) is not None:
        layer.facts["function"] = function
    layer.sites = tuple(run.sites)
    return layer


def _metric(run: Run, name: str, last: str, call: Call) -> Value | None:
    return Unknown(last, run.tick())


def _described(run: Run, name: str, last: str, call: Call) -> Value | None:
    """Something that is known by its class and its arguments."""
    return Table(_positional(last, call), name=last)


def _activation(run: Run, name: str, last: str, call: Call) -> Value | None:
    return activated(call.get(0), last, call.spot) if activation_of(last) is not None else None


def _type(run: Run, name: str, last: str, call: Call) -> Value | None:
    run.happens("keras_type", call.spot, None, name=last, value=call.get(0))
    return call.get(0) if last == "Policy" else Known(None)


def _saved(run: Run, name: str, last: str, call: Call) -> Value | None:
    if last not in ("load_model", "clone_model", "model_from_json"):
        return None
    if last == "load_model":
        run.happens("load_model", call.spot, None, path=call.get(0))
    return Model("ready", last, "keras", call.spot, pretrained=None, born=run.tick())


def _all_of(value: Value) -> list[Value]:
    return value.values if isinstance(value, Items) else [value]


def _model(run: Run, last: str, call: Call) -> Value:
    if last == "Sequential":
        given = call.get(0, "layers")
        held = given.values if isinstance(given, Items) else []
        items = [part for part in held if not isinstance(part, Tensor)]
        whole = given is None or (isinstance(given, Items) and not given.open)
        return Model("row", last, "keras", call.spot, items, born=run.tick(), whole=whole)
    outputs = call.get(1, "outputs", "output")
    model = Model("graph", last, "keras", call.spot, born=run.tick())
    if isinstance(outputs, Items):
        model.attributes["<outputs>"] = outputs
        flows = [value for value in outputs.values if isinstance(value, Tensor)]
        model.path = flows[0].path if len(flows) == 1 == len(outputs.values) else (*merged(flows).path, OPAQUE)
        tensors: list[Tensor] = flows
    else:
        model.path = outputs.path if isinstance(outputs, Tensor) else (OPAQUE,)
        tensors = [outputs] if isinstance(outputs, Tensor) else []
    model.items = [inner for tensor in tensors for inner in tensor.models]
    model.severed = severed_of(tensors) if len(tensors) > 1 else tensors[0].severed if tensors else ()
    inputs = call.get(0, "inputs", "input")
    if isinstance(inputs, Items) and len(inputs.values) > 1:
        model.attributes["<inputs>"] = inputs
    return model


def _application(run: Run, name: str, last: str, call: Call) -> Value | None:
    if last == "preprocess_input":
        first = call.get(0)
        if isinstance(first, Array):
            return scaled_by(first, "preprocess", None, call.spot)
        return (
            through(first, Layer("scaling", last, call.spot))
            if isinstance(first, Tensor)
            else Unknown(last, run.tick())
        )
    if not last[:1].isupper():
        return None
    weights = call.get(1, "weights")
    pretrained: bool | None = True
    if isinstance(weights, Known):
        pretrained = weights.value is not None
    elif weights is not None:
        pretrained = None
    model = Model("ready", last, "keras", call.spot, pretrained=pretrained, born=run.tick())
    top = call.get(0, "include_top")
    if top is None or (isinstance(top, Known) and top.value):
        model.attributes["<top>"] = Known(True)
        if "classes" in call.named:
            model.attributes[CLASSES] = call.named["classes"]
    return model


def _optimizer(run: Run, name: str, last: str, call: Call) -> Value | None:
    if ".schedules." in name or last in (
        "ExponentialDecay",
        "CosineDecay",
        "PolynomialDecay",
        "PiecewiseConstantDecay",
    ):
        names = {
            "ExponentialDecay": ("initial_learning_rate", "decay_steps", "decay_rate"),
            "CosineDecay": ("initial_learning_rate", "decay_steps", "alpha"),
            "PolynomialDecay": ("initial_learning_rate", "decay_steps", "end_learning_rate"),
            "PiecewiseConstantDecay": ("boundaries", "values"),
            "CosineDecayRestarts": ("initial_learning_rate", "first_decay_steps"),
        }.get(last, ("initial_learning_rate", "decay_steps"))
        facts = facts_of(call, {word: position for position, word in enumerate(names)})
        lines = {word: call.spot_of(word, position) for position, word in enumerate(names) if word in facts}
        found = Scheduler(last, call.spot, facts, lines=lines)
        run.happens("scheduler", call.spot, found)
        return found
    if not last[:1].isupper() or last in ("Optimizer", "LossScaleOptimizer"):
        return call.get(0) if last == "LossScaleOptimizer" else None
    facts = {word: (value, call.spot_of(word)) for word, value in call.named.items()}
    if (rate := call.get(0)) is not None:
        facts.setdefault("learning_rate", (rate, call.spot_of("", 0)))
    if "lr" in facts:
        facts.setdefault("learning_rate", facts["lr"])
    optimizer = Optimizer(last.lower(), call.spot, facts, None, run.tick(), "keras")
    run.happens("optimizer", call.spot, optimizer)
    return optimizer


def _loss(run: Run, name: str, last: str, call: Call) -> Value | None:
    kind = loss_kind(last)
    if not kind:
        return None
    facts: dict[str, Value] = {**call.named, "framework": "keras"}
    if (last[:1].isupper() and last not in ("MSE", "MAE")) or (not call.args and "y_true" not in call.named):
        if call.args and "from_logits" not in facts and last.endswith(("Crossentropy", "CrossEntropy")):
            facts["from_logits"] = call.args[0]
        return Loss(kind, last, call.spot, facts)
    return score(run, Loss(kind, last, call.spot, facts), call)


def _positional(last: str, call: Call) -> dict[str, Value]:
    names = {
        "RandomNormal": ("mean", "stddev"), "RandomUniform": ("minval", "maxval"), "Constant": ("value",),
        "TruncatedNormal": ("mean", "stddev"), "LearningRateScheduler": ("schedule",), "l2": ("l2",), "L2": ("l2",),
        "ReduceLROnPlateau": ("monitor", "factor", "patience"),
    }.get(last, ())  # fmt: skip
    return facts_of(call, {word: position for position, word in enumerate(names)})


def _dataset(run: Run, name: str, last: str, call: Call) -> Value | None:
    if last != "load_data":
        return None
    name = name.split(".")[-2]
    classes, samples = _DATASETS.get(name, (None, None))
    if name == "cifar100" and (mode := call.get(0, "label_mode")) is not None:
        classes = {"fine": 100, "coarse": 20}.get(text(mode) or "")
    born = run.tick()
    sets = []
    for split in ("train", "test"):
        count = samples if split == "train" else None
        root_x, root_y = object(), object()
        sets.append(
            Items(
                [
                    Array(root_x, name, split, "x", born, samples=count, flow=(("loaded", None, call.spot),)),
                    Array(root_y, name, split, "y", born, classes=classes, samples=count, flat=True),
                ]
            )
        )
    return Items(list(sets))


def _backend(run: Run, name: str, last: str, call: Call) -> Value | None:
    first = call.get(0)
    if loss_kind(last):
        return _loss(run, name, last, call)
    if last in ("image_data_format", "image_dim_ordering"):
        return Unknown(last, run.tick())
    if last in ("epsilon",):
        return Known(1e-7)
    if activation_of(last) is not None and last not in ("exp", "exponential"):
        return activated(first, last, call.spot)
    if isinstance(first, Tensor) and is_pooling(last):
        return pooled(run, last, call)
    if isinstance(first, Tensor) or isinstance(call.get(1), Tensor):
        tensor = merged([value for value in call.args if isinstance(value, Tensor)])
        if last == "stop_gradient":
            run.happens("cut", call.spot, first)
            return replace(as_tensor(first), cut=call.spot)
        if last == "log":
            run.happens("log", call.spot, first, name=last)
            return through(first, arithmetic_layer("log", call.spot))
        if last in ("clip", "maximum"):
            return through(first, arithmetic_layer("bounded", call.spot))
        if last in ("square", "abs", "pow"):
            return through(first, arithmetic_layer("pow", call.spot))
        if last in ("mean", "sum", "flatten", "cast", "reshape", "max", "expand_dims", "squeeze"):
            return as_tensor(first)
        return through(tensor, arithmetic_layer("other", call.spot))
    return Unknown(last, run.tick())


def _utility(run: Run, name: str, last: str, call: Call) -> Value | None:
    first = call.get(0, "y", "x", "inputs")
    if last == "to_categorical":
        if isinstance(first, Array):
            width = number(call.get(1, "num_classes", "nb_classes"))
            run.happens("one_hot", call.spot, first, width=width)
            return replace(first, one_hot=call.spot, flow=(*first.flow, ("width", width, call.spot)))
        return Array(object(), born=run.tick(), one_hot=call.spot, role="y")
    if last == "normalize":
        return scaled_by(first, "normalize", None, call.spot) if isinstance(first, Array) else first
    if last == "pad_sequences":
        return scaled_by(first, "tokens", None, call.spot) if isinstance(first, Array) else first
    if last == "ImageDataGenerator":
        return Table(dict(call.named), name=last)
    if last in ("image_dataset_from_directory", "text_dataset_from_directory"):
        return _from_directory(run, last, call)
    if last in ("set_random_seed", "clear_session", "plot_model", "get_file"):
        return Unknown(last, run.tick())
    if name.startswith("keras.ops."):
        return _backend(run, name, last, call)
    return None


def _from_directory(run: Run, last: str, call: Call) -> Value:
    shuffled = call.named.get("shuffle")
    flow = [("batch", call.named.get("batch_size", Known(32)), call.spot)]
    held = shuffled.value if isinstance(shuffled, Known) else True if shuffled is None else None
    flow += [("directory_shuffle", held, call.spot), ("folder", None, call.spot)]
    if not last.startswith("text"):
        flow.append(("pixels", None, call.spot))
    mode = text(call.named.get("label_mode"))
    given = call.named.get("subset", Known(""))
    subset = text(given) if isinstance(given, Known) else None
    words = "text" if last.startswith("text") else "images"
    hot = call.spot if mode == "categorical" else None
    split = {"training": "train", "validation": "validation"}.get(subset or "", "")
    cut = (words, subset, call.named.get("seed") if held else None)
    root = call.get(0, "directory") or object()
    return Array(root, "", split, "", run.tick(), one_hot=hot, flow=tuple(flow), cuts=(cut,))


_UTILITIES = frozenset({"clear_session"})

_AREAS: Mapping[str, Callable[[Run, str, str, Call], Value | None]] = {
    **dict.fromkeys(("callbacks", "regularizers", "initializers", "constraints"), _described),
    **dict.fromkeys(("models", "saving"), _saved),
    "layers": _layer,
    "applications": _application,
    "optimizers": _optimizer,
    "losses": _loss,
    "metrics": _metric,
    "datasets": _dataset,
    "activations": _activation,
    "backend": _backend,
}
"""Packages of Keras."""
