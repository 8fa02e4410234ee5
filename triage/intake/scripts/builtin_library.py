"""Python's own functions, and the libraries that give a program its settings."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace

from triage.intake.scripts.applying import merged
from triage.intake.scripts.attributes import attribute, set_attribute
from triage.intake.scripts.buffers import element
from triage.intake.scripts.class_counts import CLASSES, FEWER, HIGHEST, counted_classes, noted
from triage.intake.scripts.optimizers import Parameters
from triage.intake.scripts.orders import counted, length_of
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
    Table,
    Tensor,
    Unknown,
    Value,
    number,
    text,
)

__all__ = ["builtin_call"]

LARGEST = 2**62
"""Numbers beyond are not worked with."""


def builtin_call(run: Run, name: str, call: Call) -> Value | None:
    """What a call yields; None where nothing is known of it."""
    last = name.rsplit(".", 1)[-1]
    if name.startswith("argparse."):
        return Table({}, name="parser") if last == "ArgumentParser" else None
    handler = _HANDLERS.get(last)
    found = handler(run, last, call) if handler is not None else None
    if found is not None:
        return found
    return Unknown(last, run.tick()) if name.startswith(("builtins.", "math.", "functools.")) else None


def _plain_number(run: Run, last: str, call: Call) -> Value | None:
    first = call.get(0)
    if last == "float" and (words := text(first)) is not None:
        return _as_number(words)
    value = number(first)
    if last == "int" and _is_highest(first):
        return first if isinstance(first, Unknown) else noted(run, HIGHEST, call.spot)
    if value is None or not math.isfinite(value) or abs(value) > LARGEST:
        return None
    if last in ("int", "round"):
        return Known(int(value) if last == "int" else round(value), first.settled)
    return Known(float(value) if last == "float" else abs(value), first.settled)


def _is_highest(value: Value) -> bool:
    """Whether it is the greatest number of an array, as it may be the greatest label."""
    if isinstance(value, Unknown):
        return value.name in (HIGHEST, CLASSES, FEWER)
    return isinstance(value, Array) and value.role == "statistic" and value.flow[-1][1] in ("max", "amax")


def _as_number(words: str) -> Value | None:
    try:
        value = float(words)
    except ValueError:
        return None
    return Known(value) if math.isfinite(value) else None


def _computed(run: Run, last: str, call: Call) -> Value | None:
    first = call.get(0)
    value = number(first)
    if value is None or abs(value) > LARGEST:
        return None
    compute: Callable[[float], float] = getattr(math, last)
    try:
        found = float(compute(value))
    except (ValueError, OverflowError):
        return None
    return Known(found, first.settled) if math.isfinite(found) else None


def _namespace(run: Run, last: str, call: Call) -> Value:
    first = call.get(0)
    values = dict(first.values) if isinstance(first, Table) else {}
    return Table({**values, **call.named})


def _ordered(run: Run, last: str, call: Call) -> Value:
    """Named parts, in order."""
    first = call.get(0)
    if isinstance(first, Items):
        pairs = [pair.values for pair in first.values if isinstance(pair, Items) and len(pair.values) == 2]
        if len(pairs) == len(first.values):
            return Table({text(key) or str(index): value for index, (key, value) in enumerate(pairs)})
    return Table(dict(first.values) if isinstance(first, Table) else {})


def _copy(run: Run, last: str, call: Call) -> Value | None:
    return _copied(run, call.get(0), {}) if last == "deepcopy" else call.get(0)


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


def _length(run: Run, last: str, call: Call) -> Value | None:
    first = call.get(0)
    if isinstance(first, Items) and not first.open:
        # What is empty here may be filled where the program runs on.
        return Known(len(first.values), settled=bool(first.values))
    if (classes := counted_classes(run, first, call.spot)) is not None:
        return classes
    if isinstance(first, Loader) or (isinstance(first, Array) and first.samples is None):
        return length_of(run, first)
    return Known(first.samples) if isinstance(first, Array) else None


def _list(run: Run, last: str, call: Call) -> Value:
    first = call.get(0)
    if isinstance(first, Items):
        return Items(list(first.values), first.open, first.spot)
    if isinstance(first, Model) and first.kind in ("row", "list"):
        return Items(list(first.items))
    if isinstance(first, Array):
        return Items([], open=True, made="list")
    if last == "list" and isinstance(first, Unknown) and first.name == "range":
        return counted(run, call.spot)
    return first if first is not None else Items([])


def _enumerated(run: Run, last: str, call: Call) -> Value:
    first = call.get(0)
    if isinstance(first, Model) and first.kind in ("row", "list"):
        first = Items(list(first.items))
    if isinstance(first, Items):
        return Items([Items([Known(i), value]) for i, value in enumerate(first.values)], first.open)
    element = first.facts.get("element") if isinstance(first, Loader) else None
    if element is None:
        element = Unknown("element", run.tick())
    return Items([Items([Unknown("index", run.tick()), element])], open=True)


def _zipped(run: Run, last: str, call: Call) -> Value:
    sides = [Items(list(a.items)) if isinstance(a, Model) and a.kind in ("row", "list") else a for a in call.args]
    if sides and all(isinstance(side, Items) and not side.open for side in sides):
        return Items([Items(list(row)) for row in zip(*(side.values for side in sides), strict=False)])
    if sides and all(isinstance(side, Array) for side in sides):
        run.happens("pair", call.spot, None, x=sides[0], y=sides[-1], way="zip")
    return Items([Items([element(side) or Unknown("element", run.tick()) for side in sides])], open=True)


def _next(run: Run, last: str, call: Call) -> Value | None:
    first = call.get(0)
    if isinstance(first, Items) and first.values:
        return first.values[0]
    return first.facts.get("element") if isinstance(first, Loader) else None


def _range(run: Run, last: str, call: Call) -> Value | None:
    bounds = [number(argument) for argument in call.args]
    whole = [int(bound) for bound in bounds if bound is not None and abs(bound) < LARGEST and float(bound).is_integer()]
    if bounds and len(whole) == len(bounds) <= 3 and (len(whole) < 3 or whole[2]):
        turns = range(*whole)
        if 0 < len(turns) <= 12:
            return Items([Known(turn) for turn in turns], open=True, made="range")
    return None


def _mapped(run: Run, last: str, call: Call) -> Value | None:
    over = call.get(1)
    if isinstance(over, Items) and not over.open and len(over.values) <= 64:
        made = [run.invoke(run, call.args[0], Call(call.node, call.spot, [value], {})) for value in over.values]
        return Items(made)
    if isinstance(call.get(0), Function):
        run.invoke(run, call.args[0], Call(call.node, call.spot, [Unknown("element", run.tick())], {}))
    return None


def _filtered(run: Run, last: str, call: Call) -> Value | None:
    inner = call.get(1)
    return replace(inner, filtered=True) if isinstance(inner, Parameters) else None


def _chained(run: Run, last: str, call: Call) -> Value | None:
    """Weights of several networks, one behind the other."""
    if call.args and all(isinstance(value, Parameters) for value in call.args):
        owners = tuple(dict.fromkeys(owner for value in call.args for owner in value.owners))
        return Parameters(owners, filtered=any(value.filtered for value in call.args))
    return None


def _reduced(run: Run, last: str, call: Call) -> Value | None:
    first = call.get(0)
    if isinstance(first, Items) and any(isinstance(value, Tensor) for value in first.values):
        return merged(first.values)
    if last == "sum":
        return first if isinstance(first, Tensor) else None
    numbers = [value for value in map(number, call.args) if value is not None]
    if len(numbers) < 2 or len(numbers) < len(call.args):
        return None
    return Known(max(numbers) if last == "max" else min(numbers), all(value.settled for value in call.args))


def _get(run: Run, last: str, call: Call) -> Value | None:
    wanted = text(call.get(1))
    return attribute(run, call.get(0), wanted, call.spot) if wanted is not None else None


def _set(run: Run, last: str, call: Call) -> Value | None:
    if len(call.args) != 3:
        return None
    owner, _, value = call.args
    if (wanted := text(call.args[1])) is not None:
        set_attribute(run, owner, wanted, value, call.spot)
    elif isinstance(owner, Model) and isinstance(value, Model | Layer):
        owner.attributes[f"<{len(owner.attributes)}>"] = value
    return Known(None)


def _variables(run: Run, last: str, call: Call) -> Value | None:
    first = call.get(0)
    return first if isinstance(first, Table) else None


def _partial(run: Run, last: str, call: Call) -> Value | None:
    return Unknown("partial", run.tick()) if isinstance(call.get(0), Function | Bound) else None


_Handler = Callable[[Run, str, Call], "Value | None"]

_HANDLERS: Mapping[str, _Handler] = {
    **dict.fromkeys(("int", "float", "abs", "round"), _plain_number),
    **dict.fromkeys(("sqrt", "log", "exp", "ceil", "floor", "log2", "log10"), _computed),
    **dict.fromkeys(("SimpleNamespace", "Namespace", "dict"), _namespace),
    **dict.fromkeys(("OrderedDict", "defaultdict"), _ordered),
    **dict.fromkeys(("deepcopy", "copy"), _copy),
    **dict.fromkeys(("list", "tuple", "sorted", "reversed", "iter", "set"), _list),
    **dict.fromkeys(("sum", "max", "min"), _reduced),
    "len": _length,
    "enumerate": _enumerated,
    "zip": _zipped,
    "next": _next,
    "range": _range,
    "map": _mapped,
    "filter": _filtered,
    "chain": _chained,
    "getattr": _get,
    "setattr": _set,
    "vars": _variables,
    "partial": _partial,
}
