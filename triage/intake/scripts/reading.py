"""Sources -> the trace of the program that they are."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from triage.intake.scripts.calling import invoke
from triage.intake.scripts.expressions import evaluate
from triage.intake.scripts.interpreter import execute
from triage.intake.scripts.lightning import steps_of
from triage.intake.scripts.names import imported, starred
from triage.intake.scripts.source import Source, Spot
from triage.intake.scripts.trace import Call, Run
from triage.intake.scripts.values import Class, Function, Known, Model, Scope, Value

__all__ = ["trace_of"]

STEPS = 150_000
"""Expressions and statements that are looked at, at most."""


def trace_of(sources: Sequence[Source]) -> Run:
    """Go through the files, those that others import first, and through what nothing has called."""
    run = Run(tuple(sources), invoke, evaluate, STEPS)
    for source in sources:
        run.aliases[source] = imported(source.tree)
        run.stars[source] = starred(source.tree)
    scopes = []
    for source in _in_order(run):
        scope = Scope(source)
        scope.names["__name__"] = Known("__main__")
        run.modules.setdefault(source.stem, scope)
        scopes.append(scope)
        execute(run, scope, source.tree.body, [])
    for scope in scopes:
        _rest(run, scope)
    return run


def _in_order(run: Run) -> list[Source]:
    """Files, each behind those of them that it imports."""
    stems = {source.stem: source for source in run.sources}
    found: dict[Source, None] = {}

    def add(source: Source, depth: int) -> None:
        if source in found or depth > len(stems):
            return
        wanted = [*run.aliases[source].values(), *run.stars[source]]
        for name in wanted:
            for part in name.split("."):
                if part in stems and stems[part] is not source:
                    add(stems[part], depth + 1)
        found.setdefault(source)

    for source in run.sources:
        add(source, 0)
    return list(found)


def _rest(run: Run, scope: Scope) -> None:
    """Functions that nothing has called, as another file may."""
    for value in list(scope.names.values()):
        if isinstance(value, Function) and value.node not in run.visited and isinstance(value.node, ast.FunctionDef):
            _alone(run, value)
        elif isinstance(value, Class) and value.node not in run.visited:
            _unmade(run, value)
        elif isinstance(value, Model) and value.made_of is not None:
            steps_of(run, value)


def _alone(run: Run, function: Function) -> None:
    node = function.node
    run.seed = None
    run.invoke(run, function, Call(_CALL, Spot(function.scope.source, getattr(node, "lineno", 1)), [], {}))


def _unmade(run: Run, made_of: Class) -> None:
    """A class that nothing makes: a network of which only the layers can be told, or one that trains itself."""
    if run.exhausted:
        return
    spot = Spot(made_of.scope.source, made_of.node.lineno)
    owner: Value = run.invoke(run, made_of, Call(_CALL, spot, [], {}))
    if isinstance(owner, Model):
        run.happens("unmade", spot, owner)
        steps_of(run, owner)


_CALL = ast.Call(ast.Name("", ast.Load()), [], [])
