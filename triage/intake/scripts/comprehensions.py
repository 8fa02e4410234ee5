"""What comprehensions and generator expressions yield."""

from __future__ import annotations

import ast

from triage.intake.scripts.binding import assign
from triage.intake.scripts.iteration import element_of, is_data, unwrapped
from triage.intake.scripts.layer_lists import collapsed
from triage.intake.scripts.optimizers import Parameters
from triage.intake.scripts.source import Spot
from triage.intake.scripts.trace import Loop, Run
from triage.intake.scripts.values import Items, Known, Model, Scope, Unknown, Value, number

__all__ = ["comprehension", "dictionary_comprehension"]

MOST_ITEMS, MOST_TURNS = 64, 32
"""Turns over what is listed, and over a range."""


def comprehension(run: Run, scope: Scope, node: ast.ListComp | ast.SetComp | ast.GeneratorExp) -> Value:
    """The items; one over data is a loop over them like any other."""
    inner = Scope(scope.source, {}, scope, scope.owner)
    first = node.generators[0]
    over = run.evaluate(run, scope, first.iter)
    below, bounds, counted = unwrapped(run, scope, first.iter, over)
    turns, is_open = _turns(run, over, bounds)
    is_open = is_open or len(node.generators) > 1 or bool(first.ifs)
    if is_data(below) and not counted:
        spot = Spot(scope.source, node.lineno)
        loop = Loop(spot, below, "", None, f"for _ in {ast.unparse(first.iter)}", run.turn)
        run.happens("loop", spot, below, loop=loop)
        run.loops.append(loop)
        found = _items(run, inner, node, turns)
        run.loops.pop()
    else:
        found = _items(run, inner, node, turns)
    if any(isinstance(value, Parameters) for value in found):
        filtered = any(generator.ifs for generator in node.generators)
        owners = tuple(dict.fromkeys(o for value in found if isinstance(value, Parameters) for o in value.owners))
        return Parameters(owners, filtered=filtered)
    return Items(found, is_open, Spot(scope.source, node.lineno))


def _turns(run: Run, over: Value, bounds: tuple[Value, Value] | None) -> tuple[list[Value], bool]:
    """What the variable stands for in each turn, and whether there are more."""
    if isinstance(over, Model) and over.kind in ("row", "list"):
        over = Items(collapsed(over.items))
    turns: list[Value] = []
    is_open = False
    if isinstance(over, Items) and not over.open:
        turns = over.values[:MOST_ITEMS]
    elif bounds is not None and (low := number(bounds[0])) is not None and (high := number(bounds[1])) is not None:
        turns = [Known(turn) for turn in range(int(low), int(min(high, low + MOST_TURNS)))]
        is_open = high > low + MOST_TURNS
    return (turns, is_open) if turns else ([element_of(run, over)], True)


def _items(
    run: Run, inner: Scope, node: ast.ListComp | ast.SetComp | ast.GeneratorExp, turns: list[Value]
) -> list[Value]:
    found = []
    for turn in turns:
        assign(run, inner, node.generators[0].target, turn)
        for other in node.generators[1:]:
            run.evaluate(run, inner, other.iter)
            assign(run, inner, other.target, Unknown("element", run.tick()))
        for generator in node.generators:
            for test in generator.ifs:
                run.evaluate(run, inner, test)
        found.append(run.evaluate(run, inner, node.elt))
        if run.exhausted:
            break
    return found


def dictionary_comprehension(run: Run, scope: Scope, node: ast.DictComp) -> Value:
    """A mapping of which nothing is told; what is worked out on the way is followed."""
    inner = Scope(scope.source, {}, scope, scope.owner)
    for generator in node.generators:
        run.evaluate(run, inner, generator.iter)
        assign(run, inner, generator.target, Unknown("element", run.tick()))
    run.evaluate(run, inner, node.value)
    return Unknown("mapping", run.tick())
