"""How many units a program counts for its classes, and which labels it says it has."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from triage.intake.scripts.source import Source, Spot
from triage.intake.scripts.trace import Run
from triage.intake.scripts.values import Array, Bound, Items, Layer, Unknown, Value, number

__all__ = [
    "CLASSES",
    "FEWER",
    "HIGHEST",
    "allowed_labels",
    "counted_classes",
    "miscounted",
    "noted",
    "numbered_from_one",
]

HIGHEST = "highest label"
CLASSES = "number of classes"
FEWER = "fewer than the classes"
"""Names of numbers that are not told, by what they stand for."""

_UNITS = ("out_features", "out_channels", "units", "filters")
_LABELS = re.compile(
    r"(?:^|_|\.)(?:y|labels?|targets?|masks?|classes|class_ids?|segmentation|annotations?|kinds?)(?:_|$)"
)


def counted_classes(run: Run, first: Value, spot: Spot) -> Unknown | None:
    """What `len` of the different labels or of the classes of an encoder stands for; None for all else."""
    encoder = isinstance(first, Bound) and first.method in ("classes_", "classes", "class_names", "class_to_idx")
    unique = isinstance(first, Array) and any(name == "unique" for name, _, _ in first.flow)
    if not encoder and not unique:
        return None
    return noted(run, CLASSES, spot)


def noted(run: Run, name: str, spot: Spot) -> Unknown:
    """A number that stands for something, noted where it is made."""
    found = Unknown(name, run.tick())
    run.happens("count", spot, found)
    return found


def miscounted(run: Run, layer: Layer) -> tuple[str, Spot] | None:
    """What the units of a layer were counted by, where that is one less than the classes, and where."""
    given = next((layer.facts[word] for word in _UNITS if word in layer.facts), None)
    if not isinstance(given, Unknown) or given.name not in (HIGHEST, FEWER):
        return None
    return given.name, next((event.spot for event in run.of("count") if event.subject is given), layer.spot)


def allowed_labels(run: Run) -> Iterator[tuple[float, Spot]]:
    """The greatest label that an assertion allows, or that labels are clipped to, and where."""
    for source in run.sources:
        for node in source.statements:
            if isinstance(node, ast.Assert):
                for test in node.test.values if isinstance(node.test, ast.BoolOp) else [node.test]:
                    if isinstance(test, ast.Compare) and (bound := _bound(run, test, source)) is not None:
                        yield bound, Spot(source, node.lineno)


def _bound(run: Run, test: ast.Compare, source: Source) -> float | None:
    """The greatest label by a comparison such as `labels.max() <= 6`."""
    if len(test.ops) != 1 or not _is_greatest_label(test.left):
        return None
    bound = number(run.evaluate(run, run.modules[source.stem], test.comparators[0]))
    if bound is None:
        return None
    if isinstance(test.ops[0], ast.LtE | ast.Eq):
        return bound
    return bound - 1 if isinstance(test.ops[0], ast.Lt) else None


def _is_greatest_label(node: ast.expr) -> bool:
    words = ast.unparse(node)
    named = re.fullmatch(
        r"(?:int\()?(?:(?:np|torch|tf)\.(?:a?max|reduce_max)\()?([\w.]+?)(?:\.max\(\))?(?:\.item\(\))?\)*", words
    )
    return named is not None and "max" in words and _LABELS.search(named[1]) is not None


def numbered_from_one(run: Run) -> Iterator[tuple[int, Spot]]:
    """Mappings from the names of classes to numbers that begin at one: how many classes, and where."""
    for source in run.sources:
        for node in source.statements:
            value = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
            if isinstance(value, ast.DictComp) and (many := _from_one(run, value, source)) is not None:
                yield many, Spot(source, value.lineno)


def _from_one(run: Run, node: ast.DictComp, source: Source) -> int | None:
    generator = node.generators[0]
    target, over = generator.target, generator.iter
    if not isinstance(target, ast.Tuple) or not isinstance(over, ast.Call) or ast.unparse(over.func) != "enumerate":
        return None
    given = over.args[1] if len(over.args) > 1 else next((w.value for w in over.keywords if w.arg == "start"), None)
    start = ast.unparse(given) if given is not None else "0"
    index, value = ast.unparse(target.elts[0]), ast.unparse(node.value)
    shifted = (start == "1" and value == index) or (start == "0" and value in (f"{index} + 1", f"1 + {index}"))
    if not shifted or not over.args or generator.ifs:
        return None
    names = run.evaluate(run, run.modules[source.stem], over.args[0])
    return len(names.values) if isinstance(names, Items) and not names.open else None
