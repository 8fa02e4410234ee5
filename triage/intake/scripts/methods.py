"""What methods of values yield, and what they do."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from triage.intake.scripts.applying import unseen
from triage.intake.scripts.array_methods import array_method, generator_method, scaler_method
from triage.intake.scripts.attributes import set_attribute
from triage.intake.scripts.bare_weights import PRODUCTS, Weight, made_weight, multiplied, refilled, weight_method
from triage.intake.scripts.buffers import Buffer, Gradients, buffer_method
from triage.intake.scripts.copies import numbers_repeated
from triage.intake.scripts.corpora import Corpus, corpus_method
from triage.intake.scripts.lightning import TRAINER, trainer_method
from triage.intake.scripts.network_methods import layer_method, model_method
from triage.intake.scripts.optimizers import Optimizer, Parameters, Scheduler
from triage.intake.scripts.option_methods import parser_method
from triage.intake.scripts.orders import note_seed
from triage.intake.scripts.tensor_methods import tensor_method
from triage.intake.scripts.trace import Call, Run
from triage.intake.scripts.values import (
    Array,
    Bound,
    Data,
    Instance,
    Items,
    Known,
    Layer,
    Library,
    Loader,
    Loss,
    Model,
    Table,
    Tensor,
    Unknown,
    Value,
)

__all__ = ["method"]


def method(run: Run, owner: Value, name: str, call: Call) -> Value:
    """What a call of a method yields."""
    if name == "manual_seed":
        note_seed(run, call)
        return owner
    if name in PRODUCTS:
        multiplied(run, [owner, *call.args], call.spot)
    reader = _READERS.get(type(owner))
    found = reader(run, owner, name, call) if reader is not None else None
    if found is not None:
        return found
    return _unknown(run, owner, name, call)


def _unknown(run: Run, owner: Value, name: str, call: Call) -> Value:
    """A method by what it is called, whoever has it."""
    if name == "backward":
        of = call.get(0, "loss") if isinstance(owner, Unknown | Instance | Library | Bound) and call.args else owner
        run.happens("backward", call.spot, of if isinstance(of, Tensor) else owner, call=call, owner=owner)
        return Known(None)
    if name in ("zero_grad", "clear_gradients"):
        run.happens("reset", call.spot, owner)
        return Known(None)
    if name == "step":
        for value in call.args:
            if not isinstance(value, Optimizer | Tensor | Unknown | Known | Array):
                run.invoke(run, value, Call(call.node, call.spot, [], {}))
        stepped = next((value for value in call.args if isinstance(value, Optimizer)), owner)
        run.happens("step", call.spot, stepped, call=call, owner=owner)
        return Unknown("stepped", run.tick())
    if name in ("eval", "train") and not call.args:
        run.happens("mode", call.spot, owner, training=name == "train")
        return owner
    if name in ("clip_grad_norm_", "clip_grad_value_"):
        run.happens("clip", call.spot, owner, name=name, limit=call.get(1, "max_norm", "clip_value"))
        return Unknown("norm", run.tick())
    if name == "prepare" and call.args:
        run.happens("prepared", call.spot, owner)
        return Items(list(call.args)) if len(call.args) > 1 else call.args[0]
    if name in ("unscale_", "load_state_dict", "set_epoch", "fit", "requires_grad_"):
        run.happens(name, call.spot, owner, call=call)
        return Unknown(name, run.tick())
    if name in ("item", "tolist", "numpy"):
        return Unknown("item", run.tick())
    if isinstance(owner, Unknown | Weight) and name in (
        "to",
        "cuda",
        "cpu",
        "float",
        "long",
        "view",
        "reshape",
        "type",
        "double",
    ):
        return owner
    run.happens("unknown_call", call.spot, owner, name=name, call=call)
    if name == "scale" and (tensor := next(call.tensors(), None)) is not None:
        return tensor
    return unseen(call) or Unknown(name, run.tick())


def _items(run: Run, owner: Items, name: str, call: Call) -> Value | None:
    if name == "append" and call.args:
        owner.values.append(call.args[0])
    elif name == "extend" and isinstance(call.get(0), Items):
        owner.values += call.args[0].values
        owner.open = owner.open or call.args[0].open
    elif name == "insert" and len(call.args) == 2:
        owner.values.insert(0, call.args[1])
    elif name in ("pop", "sort", "reverse", "remove", "clear", "extend"):
        owner.open = owner.open or name != "reverse"
    else:
        return None
    if len(owner.values) > 2000:
        del owner.values[2000:]
        owner.open = True
    return Known(None)


def _table(run: Run, owner: Table, name: str, call: Call) -> Value | None:
    if owner.name in ("parser", "arguments"):
        return parser_method(run, owner, name, call)
    if owner.name == "grad_scaler":
        return _scaler(run, owner, name, call)
    if owner.name == "tape":
        return _tape(run, name, call)
    if owner.name == TRAINER:
        return trainer_method(run, name, call)
    if (found := scaler_method(run, owner, name, call)) is not None:
        return found
    if (found := generator_method(run, owner, name, call)) is not None:
        return found
    if name == "get" and isinstance(call.get(0), Known) and isinstance(call.args[0].value, str | int):
        return owner.values.get(call.args[0].value, call.get(1) or Known(None))
    if name == "update":
        given = call.get(0)
        owner.values.update(given.values if isinstance(given, Table) else {})
        owner.values.update(call.named)
        return Known(None)
    if name == "items":
        return Items([Items([Known(key), value]) for key, value in owner.values.items()])
    if name in ("values", "keys"):
        return Items(list(owner.values.values()) if name == "values" else [Known(key) for key in owner.values])
    return None


def _scaler(run: Run, owner: Table, name: str, call: Call) -> Value | None:
    if name == "scale":
        run.happens("loss_scaled", call.spot, call.get(0))
        return call.get(0)
    if name == "step":
        optimizer = call.get(0)
        run.happens("step", call.spot, optimizer, call=call, owner=owner)
        return Known(None)
    if name == "unscale_":
        run.happens("unscale_", call.spot, call.get(0), call=call)
        return Known(None)
    if name == "update":
        run.happens("scaler_update", call.spot, owner)
        return Known(None)
    if name == "load_state_dict":
        run.happens("load_state_dict", call.spot, owner, call=call)
        return Known(None)
    return None


def _tape(run: Run, name: str, call: Call) -> Value | None:
    if name in ("gradient", "jacobian"):
        loss = call.get(0, "target")
        event = run.happens("gradient", call.spot, loss, sources=call.get(1, "sources"), call=call)
        return Gradients(event, loss)
    return Known(None) if name == "watch" else None


def _optimizer(run: Run, owner: Optimizer, name: str, call: Call) -> Value | None:
    if name == "apply_gradients":
        run.happens("applied", call.spot, owner, given=call.get(0, "grads_and_vars", "grads"))
        return Known(None)
    if name == "minimize":
        loss = call.get(0)
        run.happens("minimize", call.spot, owner, loss=loss)
        return Known(None)
    if name == "add_param_group":
        owner.parameters = None
        return Known(None)
    if name == "state_dict":
        return Unknown(name, run.tick())
    return None


def _scheduler(run: Run, owner: Scheduler, name: str, call: Call) -> Value | None:
    if name == "step":
        run.happens("schedule_step", call.spot, owner, call=call)
        return Known(None)
    return Unknown(name, run.tick()) if name in ("get_last_lr", "get_lr", "state_dict") else None


def _parameters(run: Run, owner: Parameters, name: str, call: Call) -> Value | None:
    if name == "requires_grad_":
        set_attribute(run, owner, "requires_grad", call.get(0) or Known(True), call.spot)
        return owner
    if name in ("detach", "clone", "view", "mul", "norm"):
        return Unknown(name, run.tick())
    return None


def _bound(run: Run, owner: Bound, name: str, call: Call) -> Value | None:
    """Methods of weights and of data sets that hang together: `layer.weight.data.fill_(0)`, `tf.data` of TFDS."""
    inner = owner.owner
    part = owner.method
    if isinstance(inner, Weight) and part == "data":
        refilled(inner, name)
        return inner
    if isinstance(inner, Array) and part == "index" and name == "repeat":
        return numbers_repeated(run, call)
    if name.endswith("_") and isinstance(inner, Layer | Model | Parameters) and not name.startswith("_"):
        if part in ("weight", "bias") or (part == "data" and isinstance(inner, Parameters)):
            run.happens("init", call.spot, owner, name=name, call=call)
            return owner
        if part == "grad":
            run.happens("reset", call.spot, inner, by_hand=True)
            return owner
    if (isinstance(inner, Bound) and inner.method == "grad") or part == "grad":
        if name in ("zero_", "fill_", "detach_"):
            run.happens("reset", call.spot, inner, by_hand=True)
        return Unknown(name, run.tick())
    return None


def _data(run: Run, owner: Data | Loader, name: str, call: Call) -> Value | None:
    return Unknown(name, run.tick()) if name in ("__len__", "__getitem__") else None


def _gradient_asked(run: Run, owner: Unknown, name: str, call: Call) -> Value | None:
    """A tensor that becomes weights, `torch.zeros(3, 4).requires_grad_()`."""
    return made_weight(run, call.node, call.spot) if name == "requires_grad_" else None


def _loss(run: Run, owner: Loss, name: str, call: Call) -> Value | None:
    return owner if name in ("to", "cuda", "cpu", "train", "eval") else None


_READERS: Mapping[type, Callable[..., Value | None]] = {
    Tensor: tensor_method,
    Array: array_method,
    Model: model_method,
    Layer: layer_method,
    Items: _items,
    Table: _table,
    Optimizer: _optimizer,
    Scheduler: _scheduler,
    Parameters: _parameters,
    Bound: _bound,
    Data: _data,
    Loader: _data,
    Loss: _loss,
    Corpus: corpus_method,
    Buffer: buffer_method,
    Weight: weight_method,
    Unknown: _gradient_asked,
}
