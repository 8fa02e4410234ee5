"""What a loop runs over, below `enumerate`, progress bars and the like."""

from __future__ import annotations

import ast

from triage.intake.scripts.buffers import Buffer, Gradients
from triage.intake.scripts.optimizers import Parameters
from triage.intake.scripts.trace import Run
from triage.intake.scripts.values import Array, Data, Items, Known, Library, Loader, Scope, Unknown, Value

__all__ = ["element_of", "is_data", "unwrapped"]


def unwrapped(run: Run, scope: Scope, node: ast.expr, value: Value) -> tuple[Value, tuple[Value, Value] | None, bool]:
    """What is looped over below `enumerate` and progress bars, the bounds of a range, and whether it is one."""
    for _ in range(6):
        if not isinstance(node, ast.Call):
            break
        name = _called(run, scope, node)
        if name == "range" or (name.endswith(("trange", ".range")) and name != "tensorflow.data.Dataset.range"):
            bounds = [run.evaluate(run, scope, argument) for argument in node.args]
            if len(bounds) == 1:
                return value, (Known(0), bounds[0]), True
            return value, ((bounds[0], bounds[1]) if len(bounds) > 1 else None), True
        if node.args and (
            name in ("enumerate", "iter", "list", "zip", "reversed")
            or name.rsplit(".", 1)[-1] in ("tqdm", "track", "tqdm_notebook", "progress_bar", "islice", "ProgressBar")
        ):
            node = node.args[0]
            value = run.evaluate(run, scope, node)
            continue
        break
    return value, None, False


def element_of(run: Run, over: Value) -> Value:
    """One element of what is looped over."""
    if isinstance(over, Parameters | Gradients):
        return over
    if isinstance(over, Items) and over.values:
        first = over.values[0]
        held = first.values if isinstance(first, Items) else [first]
        if any(isinstance(value, Gradients | Buffer) for value in held):
            return first
    if isinstance(over, Loader):
        return over.facts.get("element") or Unknown("batch", run.tick())
    return Unknown("element", run.tick())


def is_data(over: Value) -> bool:
    """Whether what is looped over are samples or batches of them."""
    return isinstance(over, Loader | Array | Data)


def _called(run: Run, scope: Scope, node: ast.Call) -> str:
    if isinstance(node.func, ast.Name):
        return run.aliases[scope.source].get(node.func.id, node.func.id)
    if isinstance(node.func, ast.Attribute):
        found = run.evaluate(run, scope, node.func)
        return found.name if isinstance(found, Library) else ""
    return ""
