"""Calls: the program's own functions are followed, its classes are made, all else is asked of the libraries."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from triage.intake.scripts.applying import applied, apply, score, unseen
from triage.intake.scripts.attributes import line_of_classes, method_of
from triage.intake.scripts.expressions import evaluate
from triage.intake.scripts.hub_library import TRAINERS
from triage.intake.scripts.interpreter import execute
from triage.intake.scripts.joining import joined
from triage.intake.scripts.library import called
from triage.intake.scripts.methods import method
from triage.intake.scripts.source import Spot
from triage.intake.scripts.trace import Call, Run
from triage.intake.scripts.values import (
    Bound,
    Class,
    Function,
    Instance,
    Items,
    Known,
    Layer,
    Library,
    Loader,
    Loss,
    Model,
    Scope,
    Table,
    Transforms,
    Unknown,
    Value,
)

__all__ = ["invoke"]

DEEPEST = 14
"""Functions inside each other."""

MOST_CALLS = 100
"""Times that one function is followed."""

_STEPS = frozenset({"training_step", "validation_step", "test_step", "configure_optimizers", "__init__"})

_TRAINING = frozenset({"backward", "zero_grad", "step", "fit", "GradientTape", "eval", "no_grad", "load_state_dict"})

_MAY_TRAIN = re.compile("|".join(sorted(_TRAINING)))

_MODULES = frozenset(
    {
        "torch.nn.Module", "pytorch_lightning.LightningModule", "lightning.LightningModule",
        "lightning.pytorch.LightningModule", "pl.LightningModule", "torch.jit.ScriptModule",
        "torch.nn.Sequential",
    }
)  # fmt: skip
_MODELS = frozenset({"keras.Model", "keras.models.Model", "keras.layers.Layer", "keras.Layer", "keras.Sequential",
                     "keras.models.Sequential", "tensorflow.Module", "keras.layers.Module"})  # fmt: skip


def invoke(run: Run, function: Value, call: Call) -> Value:
    """What a call yields."""
    if isinstance(function, Library):
        return called(run, function.name, call)
    if isinstance(function, Layer | Model):
        return apply(run, function, call)
    if isinstance(function, Bound):
        if isinstance(function.method, Function):
            return _method(run, function.owner, function.method, call)
        return method(run, function.owner, function.method, call)
    if isinstance(function, Function):
        return _follow(run, function, [], call)
    if isinstance(function, Class):
        return _make(run, function, call)
    if isinstance(function, Loss):
        return score(run, function, call)
    if isinstance(function, Transforms):
        return call.args[0] if call.args else Unknown("transformed", run.tick())
    if isinstance(function, Instance):
        own = method_of(function, "__call__")
        if isinstance(own, Function):
            return _follow(run, own, [function], call)
    name = function.name if isinstance(function, Unknown) else ""
    return unknown_call(run, name, call)


def _method(run: Run, owner: Value, function: Function, call: Call) -> Value:
    """A method of the program; what one of a network works out has come through the network."""
    name = getattr(function.node, "name", "")
    if isinstance(owner, Model) and name in ("train", "eval"):
        found = _follow(run, function, [owner], call)
        given = call.get(0, "mode")
        off = name == "eval" or (isinstance(given, Known) and given.value is False)
        run.happens("mode", call.spot, owner, training=not off)
        return found
    if isinstance(owner, Model) and run.inside == 0 and not _trains(run, function):
        return applied(run, owner, call, lambda inner: _follow(run, function, [owner], inner))
    return _follow(run, function, [owner], call)


def _trains(run: Run, function: Function) -> bool:
    """Whether a method of a network does more than to work something out: trains, evaluates or changes it."""
    node = function.node
    known = run.training_methods.get(node)
    if known is None:
        known = getattr(node, "name", "") in _STEPS or (
            _MAY_TRAIN.search(function.scope.source.code_of(node)) is not None
            and any(isinstance(n, ast.Attribute) and n.attr in _TRAINING for n in ast.walk(node))
        )
        run.training_methods[node] = known
    return known


def unknown_call(run: Run, name: str, call: Call) -> Value:
    """A call of what reading does not know."""
    run.happens("unknown_call", call.spot, None, name=name, call=call)
    return unseen(call) or Unknown(name, run.tick())


def _follow(run: Run, function: Function, first: list[Value], call: Call) -> Value:
    node = function.node
    run.followed[node] = run.followed.get(node, 0) + 1
    if len(run.under_way) >= DEEPEST or node in run.under_way or run.followed[node] > MOST_CALLS:
        return Unknown("deep", run.tick())
    scope = Scope(function.scope.source, {}, function.scope, function.owner)
    _bind(run, scope, function, [*first, *call.args], call.named)
    scope.origins.update(_origins(node.args, len(first), call))
    run.visited.add(node)
    if isinstance(node, ast.Lambda):
        run.under_way.append(node)
        try:
            return evaluate(run, scope, node.body)
        finally:
            run.under_way.pop()
    off = _switches_off(run, function)
    if off is not None:
        run.no_gradient.append(off)
    run.under_way.append(node)
    run.within.append(node.name)
    run.sites.append((node, call.spot))
    results: list[Value] = []
    execute(run, scope, node.body, results)
    run.sites.pop()
    run.within.pop()
    run.under_way.pop()
    if off is not None:
        run.no_gradient.pop()
    if "<yielded>" in scope.names:
        return Loader(
            None, Spot(function.scope.source, node.lineno), {"element": scope.names["<yielded>"], "node": node}
        )
    found: Value = results[0] if results else Known(None)
    for other in results[1:]:
        found = joined(run, found, other)
    return found


def _switches_off(run: Run, function: Function) -> Spot | None:
    """Decorator under which no gradient is kept."""
    for decorator in getattr(function.node, "decorator_list", []):
        node = decorator.func if isinstance(decorator, ast.Call) else decorator
        if isinstance(node, ast.Attribute | ast.Name):
            value = evaluate(run, function.scope, node)
            if isinstance(value, Library) and value.name in ("torch.no_grad", "torch.inference_mode"):
                return Spot(function.scope.source, decorator.lineno)
    return None


def _bind(run: Run, scope: Scope, function: Function, args: list[Value], named: dict[str, Value]) -> None:
    spec = function.node.args
    names = [argument.arg for argument in (*spec.posonlyargs, *spec.args)]
    rest = dict(named)
    for name, value in zip(names, args, strict=False):
        scope.names[name] = value
    defaults = dict(zip(reversed(names), reversed(spec.defaults), strict=False))
    for only, default in zip(spec.kwonlyargs, spec.kw_defaults, strict=True):
        names.append(only.arg)
        if default is not None:
            defaults[only.arg] = default
    for name in names:
        if name in rest:
            scope.names[name] = rest.pop(name)
        elif name not in scope.names:
            default = defaults.get(name)
            scope.names[name] = evaluate(run, function.scope, default) if default else Unknown(name, 0)
    if spec.vararg is not None:
        scope.names[spec.vararg.arg] = Items(args[len(spec.posonlyargs) + len(spec.args) :])
    if spec.kwarg is not None:
        scope.names[spec.kwarg.arg] = Table(dict(rest))


def _origins(spec: ast.arguments, offset: int, call: Call) -> Iterator[tuple[str, Spot]]:
    """Parameters for which the caller writes a constant, or passes on one that it was given, with the line of it."""
    names = [argument.arg for argument in (*spec.posonlyargs, *spec.args)]
    given: list[tuple[str, ast.expr]] = list(zip(names[offset:], call.node.args, strict=False))
    given += [(word.arg, word.value) for word in call.node.keywords if word.arg is not None]
    for name, node in given:
        inner = node.operand if isinstance(node, ast.UnaryOp) else node
        if isinstance(inner, ast.Constant):
            yield name, Spot(call.spot.source, node.lineno)
        elif (spot := call.origin_of(node)) is not None:
            yield name, spot


def _make(run: Run, made_of: Class, call: Call) -> Value:
    """An object of a class of the program."""
    bases = set(_libraries_of(made_of))
    name = made_of.node.name
    owner: Model | Instance
    if bases & _MODULES:
        owner = Model("own", name, "pytorch", call.spot, made_of=made_of, born=run.tick())
    elif bases & _MODELS:
        owner = Model("own", name, "keras", call.spot, made_of=made_of, born=run.tick())
    elif any(base.endswith(("PreTrainedModel", "PretrainedModel")) for base in bases):
        owner = Model("own", name, "pytorch", call.spot, made_of=made_of, pretrained=None, born=run.tick())
    else:
        given = {str(position): value for position, value in enumerate(call.args)}
        owner = Instance(made_of, {}, call.spot, given | call.named)
    run.visited.add(made_of.node)
    if bases & TRAINERS:
        run.happens("trainer", call.spot, owner, call=call)
    if isinstance(owner, Instance):
        _fields(run, owner, made_of, call)
    start = method_of(owner, "__init__")
    if isinstance(start, Function):
        if any(base.endswith("LightningModule") for base in bases):
            _keep_settings(run, owner, start, call)
        _follow(run, start, [owner], call)
    elif isinstance(owner, Model) and bases & {"torch.nn.Sequential"}:
        owner.kind, owner.items = "row", list(call.args)
    if isinstance(owner, Instance) and any(base == "torch.utils.data.Dataset" for base in bases):
        owner.attributes.setdefault("<dataset>", Known(True))
    return owner


def _keep_settings(run: Run, owner: Model | Instance, start: Function, call: Call) -> None:
    """The arguments of a module as `save_hyperparameters` keeps them."""
    scope = Scope(start.scope.source, {}, start.scope, start.owner)
    _bind(run, scope, start, [owner, *call.args], call.named)
    owner.attributes["hparams"] = Table({name: value for name, value in scope.names.items() if value is not owner})


def _libraries_of(made_of: Class, depth: int = 0) -> Iterator[str]:
    for base in made_of.bases:
        if isinstance(base, Library):
            yield base.name
        elif isinstance(base, Class) and depth < 12:
            yield from _libraries_of(base, depth + 1)


def _fields(run: Run, owner: Instance, made_of: Class, call: Call) -> None:
    """Values that a data class takes, in the order of its fields."""
    names = []
    for one in reversed(list(line_of_classes(owner))):
        for statement in one.node.body:
            if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
                names.append(statement.target.id)
                if statement.target.id in one.names:
                    owner.attributes[statement.target.id] = one.names[statement.target.id]
    if "__init__" in made_of.names:
        return
    for name, value in zip(names, call.args, strict=False):
        owner.attributes[name] = value
    owner.attributes.update({name: value for name, value in call.named.items() if name in names})
