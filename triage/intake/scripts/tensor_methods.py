"""Methods of tensors ("torch.Tensor", documentation of PyTorch)."""

from __future__ import annotations

import ast
from dataclasses import replace

from triage.intake.scripts.aims import LIKELIHOOD
from triage.intake.scripts.applying import activated, as_tensor, merged, through
from triage.intake.scripts.arithmetic import arithmetic_layer, combined, negated
from triage.intake.scripts.layers import activation_of
from triage.intake.scripts.ranking import ranked
from triage.intake.scripts.shapes import reshaped_tensor
from triage.intake.scripts.trace import Call, Run
from triage.intake.scripts.values import Tensor, Unknown, Value

__all__ = ["tensor_method"]

_CUTS = frozenset({"detach", "detach_", "argmax", "argmin", "round", "sign", "argsort", "byte", "bool"})
_NUMBERS = frozenset({"item", "tolist", "numpy"})
_ASKED = frozenset({"size", "dim", "shape", "numel", "data_ptr", "is_cuda", "get_device", "stride", "ndimension"})
_ARITHMETIC = {"mul": ast.Mult(), "div": ast.Div(), "add": ast.Add(), "sub": ast.Sub()}
"""Methods that do what operators do."""

_TOGETHER = frozenset({"matmul", "mm", "bmm", "masked_fill", "masked_fill_", "gather", "index_select", "masked_select"})
_STEPS = {
    **dict.fromkeys(("log", "log2", "log10", "log1p", "logsumexp"), "log"),
    **dict.fromkeys(("pow", "square", "abs", "abs_", "pow_"), "pow"),
    **dict.fromkeys(("clamp", "clamp_", "clamp_min", "clip"), "bounded"),
    **{name: name for name in ("exp", "sqrt", "norm", "var", "std", "acos", "arccos")},
}
"""Methods -> steps of a formula."""


def tensor_method(run: Run, owner: Tensor, name: str, call: Call) -> Value | None:
    """What a method of a tensor yields; None for those that say what they are by their name."""
    if name in ("backward", "step", "zero_grad", "train", "eval"):
        return None
    if name in _ASKED:
        return Unknown(name, run.tick())
    if name in ("detach", "detach_", "numpy"):
        run.happens("cut", call.spot, owner)
    if name in _CUTS or (name in _NUMBERS and (owner.terms or owner.models)):
        return replace(owner, cut=owner.cut or call.spot)
    if name in _NUMBERS:
        return Unknown("item", run.tick())
    if (found := ranked(owner, name, call, 0)) is not None:
        return found
    if name == "log_prob":
        return replace(through(owner, arithmetic_layer(name, call.spot)), aim=LIKELIHOOD)
    if name in _STEPS:
        return _stepped(run, owner, name, call)
    if name in ("neg", "neg_"):
        return negated(run, owner)
    if (operator := _ARITHMETIC.get(name.rstrip("_"))) is not None:
        other = call.get(0, "other")
        return combined(run, operator, owner, other if other is not None else Unknown(), call.spot)
    if activation_of(name) is not None:
        return activated(owner, name, call.spot)
    if name in _TOGETHER:
        others = [as_tensor(value) for value in call.args if isinstance(value, Tensor)]
        return through(merged([owner, *others]), arithmetic_layer(name, call.spot))
    # Shapes, types, devices, sums and means change neither the activation nor the loss.
    return reshaped_tensor(owner, name, call.args)


def _stepped(run: Run, owner: Tensor, name: str, call: Call) -> Tensor:
    """A step of a formula."""
    step = _STEPS[name]
    if step == "log":
        run.happens("log", call.spot, owner, name=name)
        step = name
    return through(owner, arithmetic_layer(step, call.spot))
