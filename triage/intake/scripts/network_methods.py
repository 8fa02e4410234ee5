"""Methods of networks and layers: those that PyTorch and Keras give them."""

from __future__ import annotations

from collections.abc import Iterator

from triage.intake.scripts.attributes import set_attribute
from triage.intake.scripts.trace import Call, Run
from triage.intake.scripts.values import (
    Bound,
    Function,
    Items,
    Known,
    Layer,
    Model,
    Parameters,
    Tensor,
    Unknown,
    Value,
    text,
)

__all__ = ["layer_method", "model_method", "parts_of"]

_MOVES = frozenset({"to", "cuda", "cpu", "share_memory", "float", "type", "xpu", "mps", "build", "requires_grad"})
_TYPES = frozenset({"half", "double", "bfloat16"})


def parts_of(owner: Model | Layer, depth: int = 0) -> Iterator[Model | Layer]:
    """A network and everything inside it that a library would find there, each once."""
    yield from dict.fromkeys(_inside(owner, depth))


def _inside(owner: Model | Layer, depth: int) -> Iterator[Model | Layer]:
    yield owner
    if depth >= 10:
        return
    inner: list[Value] = list(owner.attributes.values())
    if isinstance(owner, Model):
        inner += owner.items
        inner += owner.path
    if isinstance(owner, Layer):
        inner += [value for value in owner.facts.values() if isinstance(value, Layer)]
    for part in inner:
        if isinstance(part, Model | Layer):
            yield from _inside(part, depth + 1)


def model_method(run: Run, owner: Model, name: str, call: Call) -> Value | None:
    """What a method of a network yields and does."""
    found = _torch(run, owner, name, call) if owner.framework == "pytorch" else _keras(run, owner, name, call)
    return found if found is not None else _either(run, owner, name, call)


def layer_method(run: Run, owner: Layer, name: str, call: Call) -> Value | None:
    """What a method of a layer yields and does."""
    if name in ("parameters", "named_parameters", "train", "eval", "requires_grad_", "modules", "apply"):
        if name in ("train", "eval"):
            return owner
        if name in ("modules", "apply"):
            return Items([owner])
        weights = Parameters((owner,))
        if name == "requires_grad_":
            set_attribute(run, weights, "requires_grad", call.get(0) or Known(True), call.spot)
            return owner
        return Items([Items([Unknown("name", run.tick()), weights])], open=True) if name[0] == "n" else weights
    if name in _MOVES or name in _TYPES:
        return owner
    return Known(None) if name in ("get_weights", "set_weights", "reset_parameters", "build", "adapt") else None


def _torch(run: Run, owner: Model, name: str, call: Call) -> Value | None:
    if name in _TYPES or (name == "to" and any(_is_type(value) for value in [*call.args, *call.named.values()])):
        run.happens("cast", call.spot, owner, name=name, args=[*call.args, *call.named.values()])
        return owner
    if name in ("parameters", "buffers"):
        return Parameters((owner,)) if name == "parameters" else Unknown(name, run.tick())
    if name == "named_parameters":
        return Items([Items([Unknown("name", run.tick()), Parameters((owner,))])], open=True)
    if name in ("train", "eval"):
        given = call.get(0, "mode")
        training: bool | None = name == "train"
        if name == "train" and given is not None:
            training = bool(given.value) if isinstance(given, Known) else None
        run.happens("mode", call.spot, owner, training=training)
        return owner
    if name == "zero_grad":
        run.happens("reset", call.spot, owner)
        return Known(None)
    if name in ("children", "modules", "named_children", "named_modules"):
        inner = list(parts_of(owner))[1:] if "modules" in name else [*owner.items, *owner.attributes.values()]
        held = [part for part in inner if isinstance(part, Model | Layer)][:200]
        is_open = owner.kind == "ready"
        values: list[Value] = held or [Unknown("part", run.tick())]
        if name.startswith("named"):
            values = [Items([Unknown("name", run.tick()), value]) for value in values]
        return Items(values, open=is_open or not held)
    if name == "apply":
        function = call.get(0)
        if isinstance(function, Function | Bound):
            for part in list(parts_of(owner))[:200]:
                run.invoke(run, function, Call(call.node, call.spot, [part], {}))
        return owner
    if name in ("add_module", "register_module"):
        if isinstance(call.get(1), Model | Layer):
            owner.attributes[text(call.get(0)) or f"<{len(owner.attributes)}>"] = call.args[1]
            if owner.kind == "row":
                owner.items.append(call.args[1])
        return Known(None)
    if name in ("append", "extend") and owner.kind in ("list", "row"):
        given = call.get(0)
        owner.items += given.values if isinstance(given, Items) else [given]
        return Known(None)
    if name in ("values", "items") and owner.kind == "list":
        return Items(list(owner.items))
    if name == "load_state_dict":
        owner.pretrained = None
        run.happens("load_state_dict", call.spot, owner, call=call)
        return Known(None)
    if name == "requires_grad_":
        set_attribute(run, Parameters((owner,)), "requires_grad", call.get(0) or Known(True), call.spot)
        return owner
    if name == "forward":
        return run.invoke(run, owner, call)
    return None


def _is_type(value: Value) -> bool:
    name = getattr(value, "name", "")
    return isinstance(name, str) and name in (
        "torch.half", "torch.float16", "torch.bfloat16", "torch.double", "torch.float64",
    )  # fmt: skip


def _keras(run: Run, owner: Model, name: str, call: Call) -> Value | None:
    if name == "add" and call.args:
        part = call.args[0]
        if not isinstance(part, Tensor):
            owner.items.append(part)
        if not isinstance(part, Model | Layer | Tensor):
            owner.whole = False
        if run.guards:
            owner.whole = False
        return Known(None)
    if name == "pop" and owner.items:
        owner.items.pop()
        return Known(None)
    if name == "compile":
        owner.compiled = {**call.named}
        for position, word in enumerate(("optimizer", "loss", "metrics")):
            if position < len(call.args):
                owner.compiled.setdefault(word, call.args[position])
        run.happens("compile", call.spot, owner, call=call, frozen=frozen_parts(owner))
        return Known(None)
    if name in ("fit", "fit_generator", "train_on_batch"):
        run.happens("fit", call.spot, owner, call=call, name=name, compiled=dict(owner.compiled))
        return Unknown("history", run.tick())
    if name in ("evaluate", "evaluate_generator", "predict", "predict_generator", "test_on_batch"):
        run.happens("evaluate", call.spot, owner, call=call, name=name)
        return Unknown(name, run.tick())
    if name == "load_weights":
        owner.pretrained = None
        run.happens("load_weights", call.spot, owner, path=call.get(0))
        return Known(None)
    if name == "get_layer":
        wanted = text(call.get(0, "name"))
        for part in parts_of(owner):
            if isinstance(part, Layer) and wanted is not None and text(part.facts.get("name")) == wanted:
                return part
        return Unknown("layer", run.tick())
    return None


def frozen_parts(owner: Model) -> tuple[Model | Layer, ...]:
    """Parts that are frozen now."""
    return tuple(part for part in parts_of(owner) if part.frozen is not None)


def _either(run: Run, owner: Model, name: str, call: Call) -> Value | None:
    if name in _MOVES:
        return owner
    if name in ("summary", "state_dict", "save", "save_weights", "get_weights", "save_pretrained", "half", "adapt",
                "eval", "print_trainable_parameters", "register_buffer", "register_parameter", "to_json"):  # fmt: skip
        return Unknown(name, run.tick())
    if name in ("gradient_checkpointing_enable", "resize_token_embeddings", "enable_input_require_grads"):
        return Known(None)
    return None
