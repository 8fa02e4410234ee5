"""Sources -> the trace of the program that they are."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence, Set

from triage.intake.scripts.calling import invoke
from triage.intake.scripts.expressions import evaluate
from triage.intake.scripts.interpreter import execute
from triage.intake.scripts.lightning import steps_of
from triage.intake.scripts.names import canonical, imported, starred
from triage.intake.scripts.source import Source, Spot
from triage.intake.scripts.trace import Run, call_of
from triage.intake.scripts.values import Class, Function, Known, Library, Model, Scope, Value

__all__ = ["trace_of"]

STEPS = 150_000
"""Expressions and statements that are looked at, at most."""


def trace_of(sources: Sequence[Source]) -> Run:
    """Go through the files, those that others import first, and through what nothing has called."""
    run = Run(tuple(sources), invoke, evaluate, STEPS)
    own = {source.stem for source in sources}
    for source in sources:
        run.aliases[source] = imported(source.statements)
        run.libraries[source] = _libraries(run.aliases[source], own)
        run.stars[source] = starred(source.statements)
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


def _libraries(aliases: Mapping[str, str], own: Set[str]) -> Mapping[str, Library]:
    """Imported names that are none of the program's own files."""
    return {name: Library(canonical(full)) for name, full in aliases.items() if own.isdisjoint(full.split("."))}


def _in_order(run: Run) -> list[Source]:
    """Files, each behind those of them that it imports."""
    stems = {source.stem: source for source in run.sources}
    found: dict[Source, None] = {}
    for source in run.sources:
        _add(run, source, stems, found, 0)
    return list(found)


def _add(run: Run, source: Source, stems: Mapping[str, Source], found: dict[Source, None], depth: int) -> None:
    if source in found or depth > len(stems):
        return
    for name in (*run.aliases[source].values(), *run.stars[source]):
        for part in name.split("."):
            if part in stems and stems[part] is not source:
                _add(run, stems[part], stems, found, depth + 1)
    found.setdefault(source)


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
    run.invoke(run, function, call_of(Spot(function.scope.source, getattr(node, "lineno", 1))))


def _unmade(run: Run, made_of: Class) -> None:
    """A class that nothing makes: a network of which only the layers can be told, or one that trains itself."""
    if run.exhausted:
        return
    spot = Spot(made_of.scope.source, made_of.node.lineno)
    owner: Value = run.invoke(run, made_of, call_of(spot))
    if isinstance(owner, Model):
        run.happens("unmade", spot, owner)
        steps_of(run, owner)
