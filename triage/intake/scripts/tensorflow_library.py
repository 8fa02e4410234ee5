"""What calls of TensorFlow outside Keras yield ("TensorFlow API documentation": tf.nn, tf.data, tf.math)."""

from __future__ import annotations

from dataclasses import replace

from triage.intake.scripts.aims import ERROR
from triage.intake.scripts.applying import activated, as_tensor, merged, score, through
from triage.intake.scripts.arithmetic import arithmetic_layer, scaled_by
from triage.intake.scripts.bare_weights import made_weight
from triage.intake.scripts.buffers import made_buffer
from triage.intake.scripts.layers import activation_of, loss_kind
from triage.intake.scripts.optimizers import Optimizer
from triage.intake.scripts.pixels import cast, pixels
from triage.intake.scripts.pooling import is_pooling, pooled
from triage.intake.scripts.trace import Call, Run
from triage.intake.scripts.values import (
    Array,
    Items,
    Layer,
    Loss,
    Table,
    Tensor,
    Unknown,
    Value,
)

__all__ = ["tensorflow_call"]

_SAME = frozenset(
    [
        "cast",
        "reshape",
        "squeeze",
        "expand_dims",
        "identity",
        "reduce_mean",
        "reduce_sum",
        "convert_to_tensor",
        "transpose",
        "constant",
        "ensure_shape",
        "flatten",
        "boolean_mask",
        "gather",
        "nan_to_num",
        "reduce_max",
    ]
)


def tensorflow_call(run: Run, name: str, call: Call) -> Value | None:
    """What a call yields; None where nothing is known of it."""
    last = name.rsplit(".", 1)[-1]
    first = call.get(0)
    if ".Dataset." in name:
        return _dataset(run, last, first, call)
    if (read := _read(run, name, last, call)) is not None:
        return read
    if last == "Variable" and (buffer := _variable(run, call)) is not None:
        return buffer
    if last == "GradientTape":
        run.happens("tape", call.spot)
        return Table({}, name="tape")
    if last in ("clip_by_global_norm", "clip_by_norm", "clip_by_value") and not isinstance(first, Tensor):
        return _clipped(run, last, first, call)
    if ".train." in name and last.endswith("Optimizer"):
        return _optimizer(run, last, call)
    if kind := loss_kind(last):
        loss = Loss(kind, last, call.spot, {**call.named, "framework": "keras"})
        target, output = call.get(0, "labels"), call.get(1, "logits")
        return score(run, loss, Call(call.node, call.spot, [target, output], {}))
    if activation_of(last) is not None and last not in ("exp", "identity", "linear"):
        return activated(first, last, call.spot)
    together = isinstance(first, Items) and any(isinstance(value, Tensor) for value in first.values)
    if isinstance(first, Tensor) or isinstance(call.get(1), Tensor) or together:
        return _on_tensor(run, last, first, call)
    if isinstance(first, Array):
        if ".image." in name:
            return _of_image(first, last, call)
        if last == "one_hot":
            return replace(first, one_hot=call.spot)
        return cast(first, call.spot) if last in _SAME else None
    quiet = ("set_seed", "set_random_seed", "list_physical_devices", "set_memory_growth")
    return Unknown(last, run.tick()) if last in quiet else None


def _read(run: Run, name: str, last: str, call: Call) -> Array | None:
    """Records of files, or an image of one."""
    if last.endswith("Dataset") and name.startswith("tensorflow.data."):
        return Array(object(), born=run.tick(), flow=(("opaque", last, call.spot),), sure=False)
    if last in ("decode_jpeg", "decode_png", "decode_image", "decode_bmp"):
        return pixels(Array(object(), born=run.tick()), call.spot)
    return None


def _of_image(image: Array, last: str, call: Call) -> Array:
    """An image after a step of `tf.image`: some change the scale, most do not."""
    if last == "convert_image_dtype":
        return scaled_by(image, "/", 255.0, call.spot)
    if last == "per_image_standardization":
        return scaled_by(image, "own_statistics", None, call.spot)
    return image


def _variable(run: Run, call: Call) -> Value | None:
    buffer = made_buffer(run, call)
    if buffer is not None:
        made_weight(run, call.node.args[0] if call.node.args else None, call.spot, buffer)
    return buffer


def _clipped(run: Run, last: str, first: Value, call: Call) -> Value:
    """Gradients, clipped one by one or together."""
    run.happens("keras_clip", call.spot, first, name=last, limit=call.get(1, "clip_norm"))
    return Items([first, Unknown("norm", run.tick())]) if last == "clip_by_global_norm" else first


def _optimizer(run: Run, last: str, call: Call) -> Value:
    """An optimizer of TensorFlow 1."""
    facts = {word: (value, call.spot_of(word)) for word, value in call.named.items()}
    if (rate := call.get(0)) is not None:
        facts.setdefault("learning_rate", (rate, call.spot_of("", 0)))
    optimizer = Optimizer(last.removesuffix("Optimizer").lower(), call.spot, facts, None, run.tick(), "keras")
    run.happens("optimizer", call.spot, optimizer)
    return optimizer


def _on_tensor(run: Run, last: str, first: Value, call: Call) -> Value | None:
    if is_pooling(last):
        return pooled(run, last, call)
    tensor = merged([value for value in call.args if isinstance(value, Tensor)])
    if last == "log":
        run.happens("log", call.spot, first, name=last)
        return through(first, arithmetic_layer("log", call.spot))
    if last in ("clip_by_value", "maximum"):
        return through(first, arithmetic_layer("bounded", call.spot))
    if last in ("square", "abs", "pow", "squared_difference"):
        found = through(tensor, arithmetic_layer("pow", call.spot))
        return replace(found, aim=ERROR) if last == "squared_difference" else found
    if last in ("sqrt", "norm"):
        run.happens("root", call.spot, first, name=last)
        return through(first, arithmetic_layer(last, call.spot))
    if last in ("concat", "stack", "add_n"):
        return through(merged(_all_of(first)), Layer("merge", last, call.spot))
    if last == "stop_gradient":
        run.happens("cut", call.spot, first)
    if last in ("argmax", "round", "stop_gradient"):
        return replace(as_tensor(first), cut=call.spot)
    if last in _SAME:
        return as_tensor(first)
    return through(tensor, arithmetic_layer("other", call.spot))


def _all_of(value: Value) -> list[Value]:
    return value.values if isinstance(value, Items) else [value]


def _zipped(run: Run, call: Call) -> Array | None:
    """A data set of pairs, from one of inputs and one of labels."""
    first = call.get(0, "datasets")
    parts = first.values if isinstance(first, Items) else call.args
    if len(parts) != 2 or not isinstance(parts[0], Array) or not isinstance(parts[1], Array):
        return None
    run.happens("pair", call.spot, None, x=parts[0], y=parts[1], way="zip")
    return replace(parts[0], parts=tuple(parts), one_hot=parts[1].one_hot)


def _dataset(run: Run, last: str, first: Value, call: Call) -> Value:
    if last == "zip" and (zipped := _zipped(run, call)) is not None:
        return zipped
    if last not in ("from_tensor_slices", "from_tensors"):
        return Array(object(), born=run.tick(), flow=(("opaque", last, call.spot),), sure=False)
    sliced = ("sliced", None, call.spot)
    parts = tuple(first.values) if isinstance(first, Items) else ()
    known = [part for part in parts if isinstance(part, Array)]
    if len(parts) == len(known) == 2:
        x = known[0]
        run.happens("pair", call.spot, None, x=x, y=known[1], way=last)
        return replace(x, parts=parts, flow=(*x.flow, sliced), one_hot=known[1].one_hot)
    if isinstance(first, Array):
        return replace(first, flow=(*first.flow, sliced))
    return Array(object(), born=run.tick(), parts=parts, flow=(sliced,), sure=False)
