"""Python's own functions, and the libraries that give a program its settings."""

from __future__ import annotations

import math
from dataclasses import replace

from triage.intake.scripts.applying import merged
from triage.intake.scripts.attributes import attribute, set_attribute
from triage.intake.scripts.trace import Call, Run
from triage.intake.scripts.values import (
    Array,
    Bound,
    Function,
    Items,
    Known,
    Layer,
    Loader,
    Model,
    Parameters,
    Table,
    Tensor,
    Unknown,
    Value,
    number,
    text,
)

__all__ = ["builtin_call"]


def builtin_call(run: Run, name: str, call: Call) -> Value | None:
    """What a call yields; None where nothing is known of it."""
    last = name.rsplit(".", 1)[-1]
    first = call.get(0)
    if name.startswith("argparse."):
        return Table({}, name="parser") if last == "ArgumentParser" else None
    if last in ("OrderedDict", "defaultdict"):
        return _ordered(first)
    if last in ("SimpleNamespace", "Namespace", "dict"):
        values = dict(first.values) if isinstance(first, Table) else {}
        return Table({**values, **call.named})
    if last in ("deepcopy", "copy"):
        return _copied(run, first, {}) if last == "deepcopy" else first or Unknown(last, run.tick())
    if last in ("int", "float", "abs", "round") and (value := number(first)) is not None:
        if not math.isfinite(value):
            return Unknown(last, run.tick())
        converted: float = {"int": int, "float": float, "abs": abs, "round": round}[last](value)
        return Known(converted, first.settled)
    if last == "float" and (words := text(first)) is not None:
        return _as_number(words)
    if last in ("float", "int") and isinstance(first, Tensor):
        return Unknown(last, run.tick())
    if last == "len":
        if isinstance(first, Items) and not first.open:
            return Known(len(first.values))
        if isinstance(first, Array) and first.samples is not None:
            return Known(first.samples)
        return Unknown("len", run.tick())
    if last in ("list", "tuple", "sorted", "reversed", "iter", "set"):
        return _as_list(first)
    if last in ("zip", "enumerate"):
        return _zipped(run, last, call)
    if last == "next":
        return _next(run, first)
    if last == "range":
        return _range(run, call)
    if last == "map":
        return _mapped(run, call)
    if last == "filter":
        if isinstance(call.get(1), Parameters):
            inner = call.args[1]
            return Parameters(inner.owners, filtered=True)
        return Unknown("filter", run.tick())
    if last in ("sum", "max", "min"):
        if isinstance(first, Items) and any(isinstance(value, Tensor) for value in first.values):
            return merged(first.values)
        numbers = [number(value) for value in call.args]
        if last != "sum" and len(numbers) > 1 and None not in numbers:
            return Known({"max": max, "min": min}[last](numbers), all(value.settled for value in call.args))
        return first if last == "sum" and isinstance(first, Tensor) else Unknown(last, run.tick())
    if last == "getattr" and (wanted := text(call.get(1))) is not None:
        return attribute(run, first, wanted, call.spot)
    if last == "setattr" and len(call.args) == 3:
        if (wanted := text(call.get(1))) is not None:
            set_attribute(run, first, wanted, call.args[2], call.spot)
        elif isinstance(first, Model) and isinstance(call.args[2], Model | Layer):
            first.attributes[f"<{len(first.attributes)}>"] = call.args[2]
        return Known(None)
    if last in ("sqrt", "log", "exp", "ceil", "floor") and (value := number(first)) is not None:
        try:
            return Known(float(getattr(math, last)(value)), first.settled)
        except (ValueError, OverflowError):
            return Unknown(last, run.tick())
    if last == "partial" and isinstance(first, Function | Bound):
        return Unknown("partial", run.tick())
    if last in ("print", "str", "repr", "isinstance", "open", "input", "type", "id", "hasattr", "callable", "vars"):
        return first if last == "vars" and isinstance(first, Table) else Unknown(last, run.tick())
    return Unknown(last, run.tick()) if name.startswith("builtins.") else None


def _as_number(words: str) -> Value | None:
    try:
        value = float(words)
    except ValueError:
        return None
    return Known(value) if math.isfinite(value) else None


def _ordered(first: Value) -> Value:
    """Named parts, in order."""
    if isinstance(first, Items):
        pairs = [pair.values for pair in first.values if isinstance(pair, Items) and len(pair.values) == 2]
        if len(pairs) == len(first.values):
            return Table({text(key) or str(index): value for index, (key, value) in enumerate(pairs)})
    return Table(dict(first.values) if isinstance(first, Table) else {})


def _copied(run: Run, first: Value, copies: dict[int, Value]) -> Value:
    """A copy of all that has an identity, with what is inside."""
    if id(first) in copies:
        return copies[id(first)]
    if isinstance(first, Model):
        copy = replace(first, items=[], attributes={}, born=run.tick())
        copies[id(first)] = copy
        copy.items = [_copied(run, part, copies) for part in first.items]
        copy.attributes = {name: _copied(run, part, copies) for name, part in first.attributes.items()}
        return copy
    if isinstance(first, Layer):
        copies[id(first)] = replace(first)
        return copies[id(first)]
    if isinstance(first, Table):
        return Table(dict(first.values), first.settled, first.name)
    if isinstance(first, Items):
        return Items([_copied(run, part, copies) for part in first.values], first.open, first.spot)
    return first if first is not None else Unknown("copy", run.tick())


def _as_list(first: Value) -> Value:
    if isinstance(first, Items):
        return Items(list(first.values), first.open, first.spot)
    if isinstance(first, Model) and first.kind in ("row", "list"):
        return Items(list(first.items))
    if isinstance(first, Array):
        return Items([], open=True, made="list")
    return first if first is not None else Items([])


def _zipped(run: Run, last: str, call: Call) -> Value:
    if last == "enumerate":
        first = call.get(0)
        if isinstance(first, Model) and first.kind in ("row", "list"):
            first = Items(list(first.items))
        if isinstance(first, Items):
            return Items([Items([Known(i), value]) for i, value in enumerate(first.values)], first.open)
        if isinstance(first, Loader) and first.facts.get("element") is not None:
            return Items([Items([Unknown("index", run.tick()), first.facts["element"]])], open=True)
        return Items([Items([Unknown("index", run.tick()), Unknown("element", run.tick())])], open=True)
    sides = [Items(list(a.items)) if isinstance(a, Model) and a.kind in ("row", "list") else a for a in call.args]
    if sides and all(isinstance(side, Items) and not side.open for side in sides):
        return Items([Items(list(row)) for row in zip(*(side.values for side in sides), strict=False)])
    if sides and all(isinstance(side, Array) for side in sides):
        run.happens("pair", call.spot, None, x=sides[0], y=sides[-1], way="zip")
    return Items([Items([Unknown("element", run.tick()) for _ in sides])], open=True)


def _next(run: Run, first: Value) -> Value:
    if isinstance(first, Items) and first.values:
        return first.values[0]
    if isinstance(first, Loader) and first.facts.get("element") is not None:
        return first.facts["element"]
    return Unknown("next", run.tick())


def _range(run: Run, call: Call) -> Value:
    bounds = [number(argument) for argument in call.args]
    if bounds and None not in bounds and all(float(b).is_integer() for b in bounds if b is not None):  # noqa: SIM102
        if len(bounds) < 3 or bounds[2]:
            turns = range(*(int(bound) for bound in bounds if bound is not None))
            if 0 < len(turns) <= 12:
                return Items([Known(turn) for turn in turns], open=True, made="range")
    return Unknown("range", run.tick())


def _mapped(run: Run, call: Call) -> Value:
    over = call.get(1)
    if isinstance(over, Items) and not over.open and len(over.values) <= 64:
        made = [run.invoke(run, call.args[0], Call(call.node, call.spot, [value], {})) for value in over.values]
        return Items(made)
    if isinstance(call.get(0), Function):
        run.invoke(run, call.args[0], Call(call.node, call.spot, [Unknown("element", run.tick())], {}))
    return Unknown("map", run.tick())
