"""How far the rate falls: factors that pile up on the rate as it is already, and decays too steep for the run."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator

from triage.intake.found import Found, shows
from triage.intake.scripts.optimizers import Scheduler
from triage.intake.scripts.source import Source, Spot
from triage.intake.scripts.training import Training
from triage.intake.scripts.values import Function, Items, Table, number
from triage.intake.scripts.written_calls import name_of_call

__all__ = ["decay_findings"]

LEFT = 2e-5
"""Share of the rate below which nothing is learned any more, if it is reached in the first half of the run."""

_NAMES_RATE = (
    re.compile(r"""\[\s*["']lr["']\s*\]"""),
    re.compile(r"optim\w*(?:\[.*\])?\.(?:lr|learning_rate)\b"),
)
"""Without one of these, in small letters, no rate of an optimizer is asked for."""

_PILES = "This factor grows smaller with each epoch, and is multiplied into the rate as it is already: it piles up."


def decay_findings(training: Training) -> Iterator[Found]:
    """Findings of how the rate falls."""
    spot = next(_piled(training), None)
    if spot is not None:
        yield shows("learning_rate_course", "decays_too_early", _PILES, spot.place(), 0.95)
        return
    yield from _steep(training)


def _piled(training: Training) -> Iterator[Spot]:
    """Where a rate is given that is a product of the present one and a factor that falls."""
    for event in training.fits[-1:]:
        given = event.facts["call"].named.get("callbacks")
        for part in given.values if isinstance(given, Items) else []:
            schedule = part.values.get("schedule") if isinstance(part, Table) else None
            if isinstance(part, Table) and part.name == "LearningRateScheduler" and isinstance(schedule, Function):
                yield from _in_schedule(schedule)
    for event in training.run.of("scheduler"):
        function = event.subject.facts.get("lr_lambda")
        if event.subject.name == "MultiplicativeLR" and isinstance(function, Function):
            yield from _in_factor(function)
    for source in training.run.sources:
        yield from _by_hand(source)


def _in_schedule(schedule: Function) -> Iterator[Spot]:
    """A schedule of Keras, which is given the epoch and the present rate."""
    names = _parameters(schedule)
    if len(names) < 2:
        return
    epochs, rate = {names[0]}, names[1]
    yield from _in_body(schedule, epochs, lambda node: isinstance(node, ast.Name) and node.id == rate)


def _in_factor(function: Function) -> Iterator[Spot]:
    """A factor of MultiplicativeLR, which multiplies the present rate by it."""
    names = _parameters(function)
    for node in _values(function):
        if names and _falls(node, {names[0]}, set()):
            yield Spot(function.scope.source, node.lineno)


def _parameters(function: Function) -> list[str]:
    names = [argument.arg for argument in function.node.args.args]
    return names[1:] if names[:1] == ["self"] else names


def _values(function: Function) -> Iterator[ast.expr]:
    """What a function yields."""
    if isinstance(function.node, ast.Lambda):
        yield function.node.body
        return
    for node in ast.walk(function.node):
        if isinstance(node, ast.Return) and node.value is not None:
            yield node.value


def _in_body(function: Function, epochs: set[str], is_rate: Callable[[ast.expr], bool]) -> Iterator[Spot]:
    source = function.scope.source
    if isinstance(function.node, ast.Lambda):
        if _is_product(function.node.body, is_rate, epochs, set()):
            yield Spot(source, function.node.body.lineno)
        return
    falling: set[str] = set()
    for node in ast.walk(function.node):
        if not isinstance(node, ast.Assign | ast.AugAssign | ast.Return) or node.value is None:
            continue
        if _is_update(node, is_rate, epochs, falling) or _is_product(node.value, is_rate, epochs, falling):
            yield Spot(source, node.value.lineno)
        elif isinstance(node, ast.Assign) and _falls(node.value, epochs, falling):
            falling |= {target.id for target in node.targets if isinstance(target, ast.Name)}


def _is_update(node: ast.stmt, is_rate: Callable[[ast.expr], bool], epochs: set[str], falling: set[str]) -> bool:
    """Whether it is `rate *= factor` or `rate /= factor`, of a factor that changes with the epochs."""
    if not isinstance(node, ast.AugAssign) or not is_rate(node.target):
        return False
    if isinstance(node.op, ast.Div):
        return _holds(node.value, epochs)
    return isinstance(node.op, ast.Mult) and _falls(node.value, epochs, falling)


def _by_hand(source: Source) -> Iterator[Spot]:
    """The rate that the optimizer has, multiplied in a loop or in a function that is given the epoch."""
    code = source.text.lower()
    if not any(pattern.search(code) for pattern in _NAMES_RATE):
        return
    statements = source.statements
    epochs = {
        node.target.id
        for node in statements
        if isinstance(node, ast.For) and isinstance(node.target, ast.Name) and "epoch" in node.target.id.lower()
    } | {"epoch"}
    rates: set[str] = set()

    def is_rate(node: ast.expr) -> bool:
        return _is_present(node) or (isinstance(node, ast.Name) and node.id in rates)

    for node in statements:
        value = node.value if isinstance(node, ast.Assign | ast.AugAssign | ast.Expr) else None
        if value is None:
            continue
        held = [value, *value.args] if isinstance(value, ast.Call) else [value]
        if _is_update(node, is_rate, epochs, set()) or any(_is_product(v, is_rate, epochs, set()) for v in held):
            yield Spot(source, value.lineno)
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            rates.discard(node.targets[0].id)
            if any(_is_present(part) for part in held) and not isinstance(value, ast.BinOp):
                rates.add(node.targets[0].id)


def _is_present(node: ast.expr) -> bool:
    """Whether it is the rate that an optimizer has at the moment."""
    if isinstance(node, ast.Call) and len(node.args) == 1:
        return _is_present(node.args[0])
    if isinstance(node, ast.Subscript):
        return isinstance(node.slice, ast.Constant) and node.slice.value == "lr" and "group" in _root(node.value)
    return isinstance(node, ast.Attribute) and node.attr in ("lr", "learning_rate") and "optim" in _root(node.value)


def _root(node: ast.expr) -> str:
    """The name nearest to what is asked of it: `group`, `param_groups`, `optimizer`."""
    while isinstance(node, ast.Subscript):
        node = node.value
    if isinstance(node, ast.Attribute):
        return node.attr.lower()
    word = node.id.lower() if isinstance(node, ast.Name) else ""
    return "group" if word in ("g", "pg", "p") else word


def _is_product(node: ast.expr, is_rate: Callable[[ast.expr], bool], epochs: set[str], falling: set[str]) -> bool:
    """Whether it is the rate, times or by something that changes with the epochs."""
    above, below = _factors(node)
    rest = [factor for factor in above if not is_rate(factor)]
    if len(rest) == len(above):
        return False
    return any(_falls(factor, epochs, falling) for factor in rest) or any(_holds(factor, epochs) for factor in below)


def _factors(node: ast.expr) -> tuple[list[ast.expr], list[ast.expr]]:
    """Factors above and below the line."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult | ast.Div):
        left, right = _factors(node.left), _factors(node.right)
        if isinstance(node.op, ast.Mult):
            return [*left[0], *right[0]], [*left[1], *right[1]]
        return [*left[0], *right[1]], [*left[1], *right[0]]
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("float", "max"):
        return _factors(node.args[0]) if node.args else ([node], [])
    return [node], []


def _falls(node: ast.expr, epochs: set[str], falling: set[str]) -> bool:
    """Whether it is a power, an exponential or a line that falls with the epochs."""
    above, below = _factors(node)
    for factor in above:
        if isinstance(factor, ast.Name) and factor.id in falling:
            return True
        if isinstance(factor, ast.BinOp) and isinstance(factor.op, ast.Pow) and _shrinks(factor, epochs):
            return True
        if isinstance(factor, ast.BinOp) and isinstance(factor.op, ast.Sub) and _holds(factor.right, epochs):
            return isinstance(factor.left, ast.Constant)
        if isinstance(factor, ast.Call) and _is_power(factor, epochs):
            return True
    ratio = any(_holds(factor, epochs) for factor in above)
    return not ratio and any(_holds(factor, epochs) for factor in below)


def _shrinks(power: ast.BinOp, epochs: set[str]) -> bool:
    """Whether the exponent grows with the epochs; a base above one makes the rate grow."""
    large = isinstance(power.left, ast.Constant) and isinstance(power.left.value, int | float) and power.left.value > 1
    inside = isinstance(power.left, ast.BinOp) and _falls(power.left, epochs, set())
    return inside or (_holds(power.right, epochs) and not large)


def _is_power(call: ast.Call, epochs: set[str]) -> bool:
    """Whether it is `exp(-k * epoch)` or `pow(k, epoch)`, of whatever library."""
    name = name_of_call(call)
    if name == "exp" and call.args:
        minus = any(isinstance(node, ast.USub) for node in ast.walk(call.args[0]))
        return minus and _holds(call.args[0], epochs)
    return name in ("pow", "power") and len(call.args) == 2 and _holds(call.args[1], epochs)


def _holds(node: ast.expr, epochs: set[str]) -> bool:
    return any(isinstance(inner, ast.Name) and inner.id in epochs for inner in ast.walk(node))


def _steep(training: Training) -> Iterator[Found]:
    """Schedules that count epochs, of which nothing is left halfway through the run."""
    for event in training.run.of("schedule_step"):
        schedule = event.subject
        if not isinstance(schedule, Scheduler) or len(event.loops) != 1 or event.guards:
            continue
        factor, epochs = _factor_of_an_epoch(schedule), event.loops[0].turns
        if factor is None or epochs is None or epochs < 2:
            continue
        every, share = factor
        left = share ** (epochs / 2 // every)
        if 0 < share < 1 and left < LEFT:
            message = f"{schedule.name} leaves {left:.0e} of the rate halfway through the {epochs:g} epochs."
            yield shows("learning_rate_course", "decays_too_early", message, schedule.spot.place(), 0.95)
            return


def _factor_of_an_epoch(schedule: Scheduler) -> tuple[float, float] | None:
    """After how many epochs the rate is multiplied, and by what."""
    gamma = number(schedule.facts.get("gamma"))
    if schedule.name == "ExponentialLR" and gamma is not None:
        return 1.0, gamma
    every = number(schedule.facts.get("step_size"))
    if schedule.name == "StepLR" and every is not None and every >= 1:
        return every, 0.1 if schedule.facts.get("gamma") is None else gamma or 0.0
    return None
