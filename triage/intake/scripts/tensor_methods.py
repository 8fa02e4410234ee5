"""Methods of tensors ("torch.Tensor", documentation of PyTorch)."""

from __future__ import annotations

from dataclasses import replace

from triage.intake.scripts.applying import activated, as_tensor, merged, through
from triage.intake.scripts.arithmetic import arithmetic_layer
from triage.intake.scripts.layers import activation_of
from triage.intake.scripts.trace import Call, Run
from triage.intake.scripts.values import Known, Tensor, Unknown, Value, number

__all__ = ["tensor_method"]

_CUTS = frozenset({"detach", "detach_", "argmax", "argmin", "round", "sign", "argsort", "byte", "bool"})
_NUMBERS = frozenset({"item", "tolist", "numpy"})
_LOGS = frozenset({"log", "log2", "log10", "log1p", "logsumexp"})
_POWERS = frozenset({"pow", "square", "abs", "abs_", "pow_"})


def tensor_method(run: Run, owner: Tensor, name: str, call: Call) -> Value | None:
    """What a method of a tensor yields; None for those that say what they are by their name."""
    if name in ("backward", "step", "zero_grad", "train", "eval"):
        return None
    if name in _CUTS:
        return replace(owner, cut=owner.cut or call.spot)
    if name in _NUMBERS:
        if owner.terms or owner.models:
            return replace(owner, cut=owner.cut or call.spot, terms=owner.terms)
        return Unknown("item", run.tick())
    if name in _LOGS:
        run.happens("log", call.spot, owner, name=name)
        return through(owner, arithmetic_layer(name, call.spot))
    if name in _POWERS:
        return through(owner, arithmetic_layer("pow", call.spot))
    if name in ("exp", "sqrt", "norm", "var", "std"):
        if name in ("sqrt", "norm"):
            run.happens("root", call.spot, owner, name=name)
        return through(owner, arithmetic_layer(name, call.spot))
    if name in ("clamp", "clamp_", "clamp_min", "clip"):
        return through(owner, arithmetic_layer("bounded", call.spot))
    if name in ("mul", "mul_", "div", "div_", "add", "sub", "add_", "sub_", "neg"):
        return _arithmetic(owner, name, call)
    if activation_of(name) is not None:
        return activated(owner, name, call.spot)
    if name in ("size", "dim", "shape", "numel", "data_ptr", "is_cuda", "get_device", "stride", "ndimension"):
        return Unknown(name, run.tick())
    if name in ("matmul", "mm", "bmm", "masked_fill", "masked_fill_", "gather", "index_select", "masked_select"):
        others = [as_tensor(value) for value in call.args if isinstance(value, Tensor)]
        return through(merged([owner, *others]), arithmetic_layer(name, call.spot))
    if name == "requires_grad_":
        return owner
    # Shapes, types, devices, sums and means change neither the activation nor the loss.
    return owner


def _arithmetic(owner: Tensor, name: str, call: Call) -> Tensor:
    plain = name.rstrip("_")
    if plain == "neg":
        return replace(owner, sign=-owner.sign) if owner.terms else through(owner, arithmetic_layer("neg", call.spot))
    other = call.get(0)
    if owner.terms and not isinstance(other, Tensor):
        if plain == "div" or (plain == "mul" and (number(other) or 2) < 1):
            return replace(owner, shrunk=(*owner.shrunk, other if other is not None else Known(None)))
        return owner
    if isinstance(other, Tensor):
        return through(merged([owner, other]), arithmetic_layer(plain, call.spot))
    return through(owner, arithmetic_layer(plain, call.spot))
