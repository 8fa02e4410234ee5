"""Methods of networks and layers: those that PyTorch and Keras give them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from triage.intake.scripts.attributes import method_of, set_attribute
from triage.intake.scripts.bare_weights import added_weight
from triage.intake.scripts.optimizers import Parameters
from triage.intake.scripts.parts import parts_of
from triage.intake.scripts.trace import Call, Run
from triage.intake.scripts.values import (
    Bound,
    Function,
    Items,
    Known,
    Layer,
    Model,
    Tensor,
    Unknown,
    Value,
    text,
)

__all__ = ["layer_method", "model_method"]

MOST_PARTS = 200
"""Parts of a network that are gone through one by one."""

_TYPES = ("half", "double", "bfloat16")
_TYPE_NAMES = frozenset({"torch.half", "torch.float16", "torch.bfloat16", "torch.double", "torch.float64",
                         "torch.float", "torch.float32"})  # fmt: skip
_MOVES = ("to", "cuda", "cpu", "share_memory", "float", "type", "xpu", "mps", "build", "requires_grad")
_ASKED = (
    "summary", "state_dict", "save", "save_weights", "get_weights", "save_pretrained", "adapt", "to_json",
    "print_trainable_parameters", "register_buffer", "register_parameter", "buffers", "gradient_checkpointing_enable",
    "resize_token_embeddings", "enable_input_require_grads",
)  # fmt: skip


def model_method(run: Run, owner: Model, name: str, call: Call) -> Value | None:
    """What a method of a network yields and does; None for one that is not known."""
    handler = (_TORCH if owner.framework == "pytorch" else _KERAS).get(name)
    found = handler(run, owner, name, call) if handler is not None else None
    if found is not None:
        return found
    if name in _MOVES:
        return owner
    return Unknown(name, run.tick()) if name in _ASKED else None


def layer_method(run: Run, owner: Layer, name: str, call: Call) -> Value | None:
    """What a method of a layer yields and does; None for one that is not known."""
    weights = Parameters((owner,))
    if name == "parameters":
        return weights
    if name == "named_parameters":
        return Items([Items([Unknown("name", run.tick()), weights])], open=True)
    if name == "requires_grad_":
        set_attribute(run, weights, "requires_grad", call.get(0) or Known(True), call.spot)
        return owner
    if name in ("modules", "apply"):
        return Items([owner])
    if name in _MOVES or name in _TYPES or name in ("train", "eval"):
        return owner
    return Known(None) if name in ("get_weights", "set_weights", "reset_parameters", "adapt") else None


def _cast(run: Run, owner: Model, name: str, call: Call) -> Value | None:
    given = [*call.args, *call.named.values()]
    if name in (*_TYPES, "float") or any(getattr(value, "name", "") in _TYPE_NAMES for value in given):
        run.happens("cast", call.spot, owner, name=name, args=given)
    return owner


def _weights(run: Run, owner: Model, name: str, call: Call) -> Value:
    if name == "parameters":
        return Parameters((owner,))
    return Items([Items([Unknown("name", run.tick()), Parameters((owner,))])], open=True)


def _mode(run: Run, owner: Model, name: str, call: Call) -> Value:
    given = call.get(0, "mode")
    training: bool | None = name == "train"
    if name == "train" and given is not None:
        training = bool(given.value) if isinstance(given, Known) else None
    run.happens("mode", call.spot, owner, training=training)
    return owner


def _reset(run: Run, owner: Model, name: str, call: Call) -> Value:
    run.happens("reset", call.spot, owner)
    return Known(None)


def _inner(run: Run, owner: Model, name: str, call: Call) -> Value:
    """Parts, all or those of the first level, with names or without."""
    every = list(parts_of(owner))[1:] if "modules" in name else [*owner.items, *owner.attributes.values()]
    held = [part for part in every if isinstance(part, Model | Layer)][:MOST_PARTS]
    values: list[Value] = [*held] if held else [Unknown("part", run.tick())]
    if name.startswith("named"):
        values = [Items([Unknown("name", run.tick()), value]) for value in values]
    return Items(values, open=owner.kind == "ready" or not held)


def _applied(run: Run, owner: Model, name: str, call: Call) -> Value:
    function = call.get(0)
    if isinstance(function, Function | Bound):
        for part in list(parts_of(owner))[:MOST_PARTS]:
            run.invoke(run, function, Call(call.node, call.spot, [part], {}))
    return owner


def _registered(run: Run, owner: Model, name: str, call: Call) -> Value:
    part = call.get(1)
    if isinstance(part, Model | Layer):
        owner.attributes[text(call.get(0)) or f"<{len(owner.attributes)}>"] = part
        if owner.kind == "row":
            owner.items.append(part)
    return Known(None)


def _appended(run: Run, owner: Model, name: str, call: Call) -> Value | None:
    if owner.kind not in ("list", "row"):
        return None
    given = call.get(0)
    owner.items += given.values[:MOST_PARTS] if isinstance(given, Items) else [given]
    return Known(None)


def _listed(run: Run, owner: Model, name: str, call: Call) -> Value | None:
    return Items(list(owner.items)) if owner.kind == "list" else None


def _restored(run: Run, owner: Model, name: str, call: Call) -> Value:
    owner.pretrained = None
    run.happens("load_state_dict", call.spot, owner, call=call)
    return Known(None)


def _gradients(run: Run, owner: Model, name: str, call: Call) -> Value:
    set_attribute(run, Parameters((owner,)), "requires_grad", call.get(0) or Known(True), call.spot)
    return owner


def _forward(run: Run, owner: Model, name: str, call: Call) -> Value:
    return run.invoke(run, owner, call)


def _added(run: Run, owner: Model, name: str, call: Call) -> Value:
    part = call.get(0)
    if part is not None and not isinstance(part, Tensor):
        owner.items.append(part)
    if not isinstance(part, Model | Layer | Tensor) or run.guards:
        owner.whole = False
    return Known(None)


def _given_weight(run: Run, owner: Model, name: str, call: Call) -> Value:
    return added_weight(run, call)


def _popped(run: Run, owner: Model, name: str, call: Call) -> Value:
    if owner.items:
        owner.items.pop()
    return Known(None)


def _compiled(run: Run, owner: Model, name: str, call: Call) -> Value:
    owner.compiled = {**call.named}
    for position, word in enumerate(("optimizer", "loss", "metrics")):
        if position < len(call.args):
            owner.compiled.setdefault(word, call.args[position])
    frozen = tuple(part for part in parts_of(owner) if part.frozen is not None)
    run.happens("compile", call.spot, owner, call=call, frozen=frozen)
    return Known(None)


def _fitted(run: Run, owner: Model, name: str, call: Call) -> Value:
    for step in ("train_step", "test_step"):
        function = method_of(owner, step)
        if isinstance(function, Function) and function.node not in run.visited:
            # Keras calls these itself, with a batch.
            run.invoke(run, Bound(owner, function), Call(call.node, owner.spot, [Unknown("data", run.tick())], {}))
    run.happens("fit", call.spot, owner, call=call, name=name, compiled=dict(owner.compiled))
    return Unknown("history", run.tick())


def _evaluated(run: Run, owner: Model, name: str, call: Call) -> Value:
    run.happens("evaluate", call.spot, owner, call=call, name=name)
    return Unknown(name, run.tick())


def _loaded(run: Run, owner: Model, name: str, call: Call) -> Value:
    owner.pretrained = None
    run.happens("load_weights", call.spot, owner, path=call.get(0))
    return Known(None)


def _layer(run: Run, owner: Model, name: str, call: Call) -> Value:
    wanted = text(call.get(0, "name"))
    for part in parts_of(owner):
        if isinstance(part, Layer) and wanted is not None and text(part.facts.get("name")) == wanted:
            return part
    return Unknown("layer", run.tick())


_Handler = Callable[[Run, Model, str, Call], "Value | None"]

_TORCH: Mapping[str, _Handler] = {
    **dict.fromkeys(("to", "float", *_TYPES), _cast),
    **dict.fromkeys(("parameters", "named_parameters"), _weights),
    **dict.fromkeys(("train", "eval"), _mode),
    **dict.fromkeys(("children", "modules", "named_children", "named_modules"), _inner),
    **dict.fromkeys(("add_module", "register_module"), _registered),
    **dict.fromkeys(("append", "extend"), _appended),
    **dict.fromkeys(("values", "items"), _listed),
    "zero_grad": _reset,
    "apply": _applied,
    "load_state_dict": _restored,
    "requires_grad_": _gradients,
    "forward": _forward,
}

_KERAS: Mapping[str, _Handler] = {
    **dict.fromkeys(("fit", "fit_generator", "train_on_batch"), _fitted),
    **dict.fromkeys(("evaluate", "evaluate_generator", "predict", "predict_generator", "test_on_batch"), _evaluated),
    "add": _added,
    **dict.fromkeys(("add_weight", "add_variable"), _given_weight),
    "pop": _popped,
    "compile": _compiled,
    "load_weights": _loaded,
    "get_layer": _layer,
}
