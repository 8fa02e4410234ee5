"""What comes out where layers, networks and losses are called."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from triage.intake.scripts.aims import MIXED
from triage.intake.scripts.attributes import method_of
from triage.intake.scripts.gradients import beyond_cut, reached, severed_of
from triage.intake.scripts.layers import WEIGHTED, activation_of
from triage.intake.scripts.ready_heads import last_layer
from triage.intake.scripts.source import Spot
from triage.intake.scripts.trace import Call, Run, call_of
from triage.intake.scripts.values import (
    OPAQUE,
    Array,
    Bound,
    Function,
    Items,
    Known,
    Layer,
    Library,
    Loss,
    Model,
    Table,
    Tensor,
    Term,
    Unknown,
    Value,
)

__all__ = ["activated", "applied", "apply", "as_tensor", "merged", "score", "sort_of_activation", "through", "unseen"]

_BUILT = "<built>"
"""Attribute of a layer whose `build` was gone through."""

LONGEST_PATH = 2000
"""Layers of a path that are kept."""


def as_tensor(value: Value) -> Tensor:
    """The value as something that has come through no layer yet."""
    if isinstance(value, Tensor):
        return value
    if isinstance(value, Items):
        return merged(value.values)
    return Tensor(data=value if isinstance(value, Array) else None)


def merged(values: Iterable[Value]) -> Tensor:
    """Several tensors as one: that with the longest way, from all networks."""
    tensors = [as_tensor(value) for value in values]
    if not tensors:
        return Tensor()
    longest = max(tensors, key=lambda tensor: len(tensor.path))
    models, cut = reached(tensors)
    terms = tuple(dict.fromkeys(term for tensor in tensors for term in tensor.terms))
    aims = {tensor.aim for tensor in tensors}
    aim = longest.aim if len(aims) == 1 else MIXED
    return replace(longest, models=models, cut=cut, terms=terms, severed=severed_of(tensors), aim=aim)


def unseen(call: Call) -> Tensor | None:
    """What comes of tensors where reading cannot follow a call; None where it is given none."""
    tensors = list(call.tensors())
    if not tensors:
        return None
    longest = max(tensors, key=lambda tensor: len(tensor.path))
    models = tuple(dict.fromkeys(model for tensor in tensors for model in tensor.models))
    return Tensor((*longest.path, OPAQUE), models)


def through(value: Value, layer: Layer) -> Tensor:
    """The value behind one more layer."""
    tensor = as_tensor(value)
    if layer.kind in WEIGHTED:
        tensor = beyond_cut(tensor)
    if len(tensor.path) > LONGEST_PATH:
        return tensor
    return tensor.behind(layer)


def activated(value: Value, name: str, spot: Spot) -> Tensor:
    """The value behind an activation."""
    return through(value, Layer("activation", name, spot, activation_of(name)))


def sort_of_activation(value: Value) -> str | None:
    """Sort of the activation that an argument names; empty for none, None where that is not told."""
    if value is None or (isinstance(value, Known) and value.value is None):
        return ""
    if isinstance(value, Known) and isinstance(value.value, str):
        return activation_of(value.value)
    if isinstance(value, Library):
        return activation_of(value.name)
    if isinstance(value, Layer) and value.kind == "activation":
        return value.activation
    return None


def apply(run: Run, owner: Model | Layer, call: Call) -> Value:
    """What a layer or a network yields."""
    given = _given(call)
    if isinstance(owner, Layer):
        found = merged(given.values) if isinstance(given, Items) else as_tensor(given)
        if owner.kind in WEIGHTED:
            found = beyond_cut(found)
        run.used.setdefault(owner, call.spot)
        if run.inside:
            return _cut_inside(run, _passed(run, owner, found))
        run.happens("apply", call.spot, owner, mode=call.named.get("training"), given=given)
        models = found.models if owner in found.models else (*found.models, owner)
        off = run.no_gradient[-1] if run.no_gradient else None
        passed = _passed(run, owner, found)
        return replace(passed, models=models, cut=passed.cut or off)
    return applied(run, owner, call, lambda inner: _told(_inside(run, owner, _given(inner), inner)))


def _passed(run: Run, layer: Layer, tensor: Tensor) -> Tensor:
    """The tensor behind a layer, cut off where the layer is a function of the program that stops gradients."""
    found = tensor.behind(layer)
    function = layer.facts.get("function") if layer.name == "Lambda" else None
    if isinstance(function, Function):
        stops = "stop_gradient" in ast.unparse(function.node)
    else:
        stops = isinstance(function, Library) and function.name.endswith("stop_gradient")
    if not stops:
        return found
    inner = run.invoke(run, function, call_of(layer.spot, [tensor]))
    return replace(found, cut=inner.cut) if isinstance(inner, Tensor) else found


def _cut_inside(run: Run, found: Tensor) -> Tensor:
    """The tensor, cut off where the forward pass itself switches the gradient off."""
    if len(run.no_gradient) <= run.off_before or run.no_gradient[-1] is None or found.cut is not None:
        return found
    return replace(found, cut=run.no_gradient[-1])


def _told(found: Value) -> Value:
    """The result of a forward pass, which is a tensor even where nothing else is known of it."""
    return found if isinstance(found, Tensor | Items | Table) else Tensor((OPAQUE,))


def _given(call: Call) -> Value:
    return call.args[0] if call.args else next(iter(call.named.values()), None)


def applied(run: Run, owner: Model, call: Call, work: Callable[[Call], Value]) -> Value:
    """What a network yields by its forward pass or by another of its methods."""
    if run.inside == 0:
        given = _given(call)
        run.happens("apply", call.spot, owner, mode=call.named.get("training"), given=given)
        named = {name: beyond_cut(value) for name, value in call.named.items()}
        call = Call(call.node, call.spot, [beyond_cut(value) for value in call.args], named)
        run.off_before = len(run.no_gradient)
    run.inside += 1
    try:
        found = work(call)
    finally:
        run.inside -= 1
    if run.inside == 0:
        return _marked(run, owner, found)
    return _cut_inside(run, found) if isinstance(found, Tensor) else found


def _inside(run: Run, owner: Model, given: Value, call: Call) -> Value:
    if owner.kind == "row":
        flow: Value = as_tensor(given) if not isinstance(given, Items) else merged(given.values)
        for part in owner.items:
            run.budget -= 1
            if run.budget < 0:
                break
            if isinstance(part, Layer):
                flow = _passed(run, part, beyond_cut(flow) if part.kind in WEIGHTED else flow)
            elif isinstance(part, Model):
                flow = _inside(run, part, flow, _with(call, flow))
            else:
                flow = through(flow, OPAQUE)
        return flow
    if owner.kind == "graph":
        start = as_tensor(given)
        severed = owner.severed if not start.path else start.severed
        return replace(start, path=(*start.path, *owner.path), severed=severed)
    if owner.framework == "keras":
        _built(run, owner, call)
    forward = method_of(owner, "forward" if owner.framework == "pytorch" else "call") or method_of(owner, "__call__")
    if isinstance(forward, Function) and forward.node not in run.under_way:
        prepared = [as_tensor(a) if isinstance(a, Array | Unknown) else a for a in call.args]
        named = {name: as_tensor(v) if isinstance(v, Array | Unknown) else v for name, v in call.named.items()}
        return run.invoke(run, Bound(owner, forward), Call(call.node, call.spot, prepared, named))
    start = as_tensor(given)
    layer = last_layer(owner) if owner.kind == "ready" else Layer("unknown", owner.name, owner.spot, None)
    return replace(start, path=(*start.path, layer))


def _built(run: Run, owner: Model, call: Call) -> None:
    """Keras calls `build` of a layer of one's own before it is first called."""
    build = method_of(owner, "build")
    if isinstance(build, Function) and _BUILT not in owner.attributes and build.node not in run.under_way:
        owner.attributes[_BUILT] = Known(True)
        run.invoke(run, Bound(owner, build), Call(call.node, owner.spot, [Unknown("input_shape", run.tick())], {}))


def _with(call: Call, given: Value) -> Call:
    return Call(call.node, call.spot, [given], {})


def _marked(run: Run, owner: Model, found: Value) -> Value:
    """The result, marked as one of this network and cut off where no gradient is kept."""
    off = run.no_gradient[-1] if run.no_gradient else None
    if isinstance(found, Tensor):
        models = found.models if owner in found.models else (*found.models, owner)
        return replace(found, models=models, cut=found.cut or off)
    if isinstance(found, Items):
        return Items([_marked(run, owner, value) for value in found.values], found.open, found.spot, found.made)
    if isinstance(found, Table):
        return Table({name: _marked(run, owner, value) for name, value in found.values.items()})
    return found


def score(run: Run, loss: Loss, call: Call) -> Tensor:
    """What a loss yields for outputs and targets."""
    facts = dict(loss.facts)
    first, second = (
        call.get(0, "input", "output", "logits", "y_true", "labels"),
        call.get(1, "target", "y_pred", "logits"),
    )
    if loss.facts.get("framework") == "keras":
        first, second = call.get(1, "y_pred", "logits"), call.get(0, "y_true", "labels")
    term = Term(loss.kind, loss.name, call.spot, first, second, 1, {**facts, "made": loss.spot})
    run.happens("loss", call.spot, loss, term=term, node=call.node)
    return _of_term(run, term)


def _of_term(run: Run, term: Term) -> Tensor:
    sides = [side for side in (term.output, term.target) if isinstance(side, Tensor)]
    models, cut = reached(sides)
    off = run.no_gradient[-1] if run.no_gradient else None
    longest = max((side.path for side in sides), key=len, default=())
    unknown = any(isinstance(side, Unknown) for side in (term.output,))
    cut = off or (None if unknown else cut)
    return Tensor(longest, models, (term,), 1, (), cut, severed=severed_of(sides))


def facts_of(call: Call, names: Mapping[str, int]) -> dict[str, Value]:
    """Arguments by name, where they are given."""
    found = dict(call.named)
    for name, position in names.items():
        if name not in found and (value := call.get(position)) is not None:
            found[name] = value
    return found
