"""What calls of PyTorch, torchvision, timm and Hugging Face yield ("torch.nn", "torch.optim", docs of PyTorch)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from triage.intake.scripts.aims import MIXED
from triage.intake.scripts.applying import activated, as_tensor, facts_of, merged, score, through
from triage.intake.scripts.arithmetic import arithmetic_layer
from triage.intake.scripts.bare_weights import Weight, asks_gradient, made_weight, refilled
from triage.intake.scripts.copies import first_copy, joined_rows
from triage.intake.scripts.label_values import binned
from triage.intake.scripts.layers import activation_of, kind_of, loss_kind
from triage.intake.scripts.likeness import UNIT, alike
from triage.intake.scripts.making import torch_layer
from triage.intake.scripts.optimizers import Optimizer, Parameters, Scheduler
from triage.intake.scripts.orders import counted, note_seed, shuffled
from triage.intake.scripts.pixels import cast
from triage.intake.scripts.pooling import is_pooling, pooled
from triage.intake.scripts.ranking import ranked
from triage.intake.scripts.ready_heads import CLASSES
from triage.intake.scripts.shapes import RESHAPING, reshaped_array, reshaped_tensor
from triage.intake.scripts.torch_data import torch_data_call
from triage.intake.scripts.trace import Call, Run
from triage.intake.scripts.values import (
    Array,
    Bound,
    Items,
    Known,
    Layer,
    Library,
    Loss,
    Model,
    Table,
    Tensor,
    Unknown,
    Value,
    number,
    text,
)

__all__ = ["torch_call"]

_SAME = frozenset(
    [
        "flatten", "reshape", "squeeze", "unsqueeze", "permute", "transpose", "movedim", "swapaxes", "clamp_",
        "contiguous", "to", "mean", "sum", "as_tensor", "from_numpy", "checkpoint", "compile", "jit", "script",
        "trace", "DataParallel", "DistributedDataParallel", "prepare", "nan_to_num", "chunk", "split", "dropout",
        "dropout1d", "dropout2d", "dropout3d", "alpha_dropout", "pad", "interpolate", "normalize", "layer_norm",
        "group_norm", "adaptive_avg_pool2d", "adaptive_avg_pool1d", "adaptive_max_pool2d", "adaptive_max_pool1d",
        "batch_norm", "instance_norm", "repeat_interleave", "tile", "rot90", "flip", "pack_padded_sequence",
        "pad_packed_sequence", "clone", "narrow", "select", "index_select",
    ]
)  # fmt: skip

_LOG = frozenset({"log", "log2", "log10", "log1p", "logsumexp"})
_POWER = frozenset({"pow", "square", "abs", "sqrt", "exp", "norm", "var", "std", "prod", "rsqrt"})


def torch_call(run: Run, name: str, call: Call) -> Value | None:
    """What a call yields; None where nothing is known of it."""
    last = name.rsplit(".", 1)[-1]
    first = call.get(0, "input")
    if name.startswith("torch.nn."):
        return _of_networks(run, name, last, first, call)
    if name.startswith(("torch.optim.lr_scheduler.", "transformers.get_")):
        return _scheduler(run, last, call)
    if name.startswith("torch.optim.") or (name.startswith("transformers.") and last in ("AdamW", "Adafactor")):
        return _optimizer(run, last, call)
    if name.startswith(("torch.utils.data.", "torchvision.datasets.", "torchvision.transforms.")):
        return torch_data_call(run, name, call)
    if name.startswith(("torchvision.models.", "timm.")) or "from_pretrained" in name:
        return _ready(run, name, last, call)
    return _plain(run, name, last, first, call)


def _of_networks(run: Run, name: str, last: str, first: Value, call: Call) -> Value | None:
    if name.startswith("torch.nn.functional."):
        return _functional(run, last, call)
    if name.startswith("torch.nn.init."):
        run.happens("init", call.spot, first, name=last, call=call)
        if isinstance(first, Weight):
            refilled(first, last)
        return first
    if name.startswith("torch.nn.utils.") and last.startswith("clip_grad"):
        run.happens("clip", call.spot, first, name=last, limit=call.get(1, "max_norm", "clip_value"))
        return Unknown("norm", run.tick())
    return _module(run, last, call)


def _module(run: Run, last: str, call: Call) -> Value | None:
    first = call.get(0)
    if last == "Sequential":
        items = list(first.values.values()) if isinstance(first, Table) else list(call.args)
        items = [part for item in items for part in (item.values if isinstance(item, Items) else [item])]
        whole = not any(isinstance(item, Items) and item.open for item in call.args)
        model = Model("row", last, "pytorch", call.spot, items, born=run.tick(), whole=whole)
        if isinstance(first, Table):
            model.attributes.update({key: value for key, value in first.values.items() if isinstance(key, str)})
        return model
    if last in ("ModuleList", "ModuleDict"):
        items = list(first.values) if isinstance(first, Items) else []
        model = Model("list", last, "pytorch", call.spot, items, born=run.tick())
        if isinstance(first, Table):
            model.items = list(first.values.values())
            model.attributes.update({key: value for key, value in first.values.items() if isinstance(key, str)})
        model.whole = not (isinstance(first, Items) and first.open)
        return model
    if last in ("DataParallel", "DistributedDataParallel"):
        run.happens("parallel", call.spot, call.get(0, "module"), ids=call.get(1, "device_ids"))
        return call.get(0, "module")
    if (kind := loss_kind(last)) and last.endswith("Loss"):
        return Loss(kind, last, call.spot, {**call.named, "framework": "pytorch"})
    if kind_of(last):
        layer = torch_layer(last, call)
        layer.sites = tuple(run.sites)
        return layer
    if last == "CosineSimilarity":
        return Library("torch.nn.functional.cosine_similarity")
    if last == "Parameter":
        return made_weight(run, call.node.args[0] if call.node.args else None, call.spot)
    return None


def _functional(run: Run, last: str, call: Call) -> Value | None:
    first = call.get(0, "input")
    if kind := loss_kind(last):
        return score(run, Loss(kind, last, call.spot, {**call.named, "framework": "pytorch"}), call)
    if last in ("cosine_similarity", "normalize") and (angle := _angle(last, call)) is not None:
        return angle
    if activation_of(last) is not None:
        return activated(first, last, call.spot)
    if last in ("linear", "conv1d", "conv2d", "conv3d", "conv_transpose2d"):
        return through(first, Layer("dense" if last == "linear" else "conv", f"F.{last}", call.spot))
    if is_pooling(last):
        return pooled(run, last, call)
    if last.startswith("adaptive"):
        return through(first, Layer("pool", f"F.{last}", call.spot))
    if last.startswith(("dropout", "alpha_dropout", "feature_dropout")):
        facts = {"p": call.get(1, "p") or Known(0.5), "training": call.get(2, "training")}
        return through(first, Layer("dropout", f"F.{last}", call.spot, facts=facts))
    if last in ("batch_norm", "layer_norm", "group_norm", "instance_norm", "rms_norm"):
        return through(first, Layer("batch_norm" if last == "batch_norm" else "other_norm", f"F.{last}", call.spot))
    if last == "one_hot":
        return replace(first, one_hot=call.spot) if isinstance(first, Array) else Unknown("one_hot", run.tick())
    if last == "scaled_dot_product_attention":
        return through(merged(call.args), Layer("attention", last, call.spot, None))
    if last == "embedding":
        return through(first, Layer("embedding", last, call.spot))
    if last in _SAME:
        return as_tensor(first)
    return None


def _angle(last: str, call: Call) -> Value | None:
    """Vectors of length one, or the cosine of two; None of what comes from no network."""
    one, other = call.get(0, "x1", "input"), call.get(1, "x2")
    if last == "normalize":
        return through(one, Layer("neutral", UNIT, call.spot)) if isinstance(one, Tensor) else None
    if not isinstance(one, Tensor) and not isinstance(other, Tensor):
        return None
    return replace(through(merged([one, other]), arithmetic_layer("cosine", call.spot)), aim=alike(one, other) or MIXED)


def _optimizer(run: Run, last: str, call: Call) -> Value | None:
    if not last[:1].isupper() or last in ("Optimizer",):
        return None
    facts = {name: (value, call.spot_of(name)) for name, value in call.named.items()}
    if (rate := call.get(1)) is not None and "lr" not in facts:
        facts["lr"] = (rate, call.spot_of("", 1))
    if (more := call.get(2)) is not None and last == "SGD":
        facts.setdefault("momentum", (more, call.spot_of("", 2)))
    parameters = _parameters_of(call.get(0, "params"))
    found = Optimizer(last.lower(), call.spot, facts, parameters, run.tick())
    run.happens("optimizer", call.spot, found)
    return found


def _parameters_of(value: Value) -> Parameters | None:
    if isinstance(value, Parameters):
        return value
    if isinstance(value, Bound) and isinstance(value.owner, Layer | Model):
        return Parameters((value.owner,), whole=False)
    if not isinstance(value, Items) or value.open:
        return None
    owners: list[Value] = []
    groups: list[Table] = []
    whole = True
    for part in value.values:
        inner = part.values.get("params") if isinstance(part, Table) else part
        found = _parameters_of(inner)
        if found is None:
            return None
        if isinstance(part, Table):
            groups.append(part)
        owners += found.owners
        whole = whole and found.whole and not found.filtered
    return Parameters(tuple(dict.fromkeys(owners)), tuple(groups), whole, filtered=not whole)


def _scheduler(run: Run, last: str, call: Call) -> Value | None:
    names = {
        "StepLR": ("step_size", "gamma"), "MultiStepLR": ("milestones", "gamma"), "ExponentialLR": ("gamma",),
        "CosineAnnealingLR": ("T_max", "eta_min"), "LambdaLR": ("lr_lambda",), "OneCycleLR": ("max_lr", "total_steps"),
        "ReduceLROnPlateau": ("mode", "factor", "patience"), "LinearLR": ("start_factor", "end_factor", "total_iters"),
        "CosineAnnealingWarmRestarts": ("T_0", "T_mult"), "PolynomialLR": ("total_iters", "power"),
        "CyclicLR": ("base_lr", "max_lr"), "MultiplicativeLR": ("lr_lambda",),
        "get_linear_schedule_with_warmup": ("num_warmup_steps", "num_training_steps"),
        "get_cosine_schedule_with_warmup": ("num_warmup_steps", "num_training_steps"),
        "get_constant_schedule_with_warmup": ("num_warmup_steps",),
    }  # fmt: skip
    if last == "get_scheduler":
        last = f"get_{text(call.get(0, 'name')) or ''}_schedule"
        facts = facts_of(call, {"num_warmup_steps": 2, "num_training_steps": 3})
        optimizer = call.get(1, "optimizer")
    elif last[:1].isupper() or last.endswith(("_warmup", "_schedule")):
        facts = facts_of(call, {name: position + 1 for position, name in enumerate(names.get(last, ()))})
        optimizer = call.get(0, "optimizer")
    else:
        return None
    found = Scheduler(last, call.spot, facts, optimizer)
    if last == "SequentialLR":
        found.facts.setdefault("parts", call.get(1, "schedulers"))
    run.happens("scheduler", call.spot, found)
    return found


def _ready(run: Run, name: str, last: str, call: Call) -> Value | None:
    if name.startswith("torchvision.models.") and (not last.islower() or "." in name[len("torchvision.models.") :]):
        parts = name.split(".")
        if not last.islower() or not parts[-2].islower():
            return None
    given = call.get(0, "weights", "pretrained") if name.startswith("torchvision") else call.get(1, "pretrained")
    pretrained: bool | None = False
    if given is not None:
        pretrained = bool(given.value) if isinstance(given, Known) else (None if isinstance(given, Unknown) else True)
    found = Model("ready", last, "pytorch", call.spot, pretrained=pretrained, born=run.tick())
    if "num_classes" in call.named and not name.startswith("transformers."):
        found.attributes[CLASSES] = call.named["num_classes"]
    return found


def _plain(run: Run, name: str, last: str, first: Value, call: Call) -> Value | None:
    if name.startswith("transformers."):
        return None
    handler = _HANDLERS.get(last)
    if handler is not None and (found := handler(run, last, call)) is not None:
        return found
    if asks_gradient(call):
        return made_weight(run, call.node, call.spot)
    if isinstance(first, Tensor) or any(isinstance(value, Tensor) for value in call.args):
        return _on_tensor(run, last, first, call)
    return first if last == "compile" else None


def _switch(run: Run, last: str, call: Call) -> Value:
    """What switches gradients off or on, under `with`."""
    if last == "set_grad_enabled":
        return Table({"mode": call.get(0, "mode")}, name="set_grad")
    return Table({}, name="enable_grad" if last == "enable_grad" else "no_grad")


def _autocast(run: Run, last: str, call: Call) -> Value:
    device = text(call.get(0, "device_type")) or ""
    run.happens("autocast", call.spot, None, dtype=call.get(1, "dtype"), enabled=call.get(3, "enabled"), device=device)
    return Table({}, name="autocast")


def _grad_scaler(run: Run, last: str, call: Call) -> Value:
    run.happens("grad_scaler", call.spot, None, enabled=call.named.get("enabled"))
    return Table({}, name="grad_scaler")


def _loaded(run: Run, last: str, call: Call) -> Value:
    return Unknown("checkpoint", run.tick())


def _reshaped(run: Run, last: str, call: Call) -> Value | None:
    first = call.get(0, "input")
    return reshaped_array(first, last, call.args[1:]) if isinstance(first, Array) else None


def _permutation(run: Run, last: str, call: Call) -> Value:
    token = object()
    run.happens("order", call.spot, None, token=token)
    return shuffled(run, counted(run, call.spot), token, call.spot)


def _default_type(run: Run, last: str, call: Call) -> Value:
    run.happens("default_type", call.spot, call.get(0), name=last)
    return Known(None)


def _as_tensor(run: Run, last: str, call: Call) -> Value | None:
    """A tensor made from a value, which forgets how that came about if it is a copy."""
    first = call.get(0)
    if isinstance(first, Tensor) and last in ("tensor", "FloatTensor"):
        run.happens("cut", call.spot, first)
        return replace(first, cut=first.cut or call.spot)
    return cast(first, call.spot) if last == "FloatTensor" or "dtype" in call.named else first


def _binned(run: Run, last: str, call: Call) -> Value | None:
    return binned(last, call)


def _seeded(run: Run, last: str, call: Call) -> Value:
    note_seed(run, call)
    return Known(None)


def _put_together(run: Run, last: str, call: Call) -> Value:
    given = call.get(0, "tensors")
    if last not in ("stack", "hstack") and isinstance(given, Items) and not (number(call.get(1, "dim")) or 0):
        joined = joined_rows(run, given.values, call.spot)
        if first_copy(joined):
            return joined
    return through(call.get(0, "tensors"), Layer("merge", f"torch.{last}", call.spot))


_HANDLERS: Mapping[str, Callable[[Run, str, Call], Value | None]] = {
    **dict.fromkeys(("no_grad", "inference_mode", "enable_grad", "set_grad_enabled"), _switch),
    **dict.fromkeys(("set_default_dtype", "set_default_tensor_type", "set_float32_matmul_precision"), _default_type),
    **dict.fromkeys(
        ("tensor", "Tensor", "FloatTensor", "LongTensor", "as_tensor", "from_numpy", "Variable", "asarray"), _as_tensor
    ),
    **dict.fromkeys(("cat", "concat", "hstack", "vstack", "stack"), _put_together),
    **dict.fromkeys(("unsqueeze", "squeeze", "reshape", "flatten", "ravel", "transpose", "permute"), _reshaped),
    **dict.fromkeys(("bucketize", "searchsorted"), _binned),
    **dict.fromkeys(("manual_seed", "manual_seed_all"), _seeded),
    "autocast": _autocast,
    "GradScaler": _grad_scaler,
    "load": _loaded,
    "randperm": _permutation,
}


def _on_tensor(run: Run, last: str, first: Value, call: Call) -> Value | None:
    if last in _LOG:
        run.happens("log", call.spot, first, name=last)
        return through(first, arithmetic_layer(last, call.spot))
    if isinstance(first, Tensor) and (pair := ranked(first, last, call, 1)) is not None:
        return pair
    if is_pooling(last):
        return pooled(run, last, call)
    if last in _POWER:
        if last in ("sqrt", "norm"):
            run.happens("root", call.spot, first, name=last)
        return through(first, arithmetic_layer("pow" if last in ("square", "abs", "pow") else last, call.spot))
    if last == "clamp":
        return through(first, arithmetic_layer("bounded", call.spot))
    if activation_of(last) is not None:
        return activated(first, last, call.spot)
    if last in ("argmax", "round", "sign", "argmin", "argsort"):
        tensor = as_tensor(first)
        return replace(tensor, cut=tensor.cut or call.spot)
    if last in RESHAPING:
        return reshaped_tensor(as_tensor(first), last, call.args[1:])
    if last in ("matmul", "bmm", "mm", "einsum", "mul", "add", "sub", "div", "where", "maximum", "minimum"):
        return through(merged([v for v in call.args if isinstance(v, Tensor)]), arithmetic_layer("other", call.spot))
    if last in ("zeros_like", "ones_like", "rand_like", "randn_like", "full_like"):
        return Unknown("fresh", run.tick())
    if last in _SAME or number(call.get(1)) is not None:
        return as_tensor(first)
    return None
