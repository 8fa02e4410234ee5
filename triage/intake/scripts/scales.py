"""Which tables hold numbers of very different size, by their names and by those of their columns."""

from __future__ import annotations

import re

from triage.intake.scripts.source import Spot
from triage.intake.scripts.trace import Run
from triage.intake.scripts.values import Array, Items, Known, Value, text

__all__ = ["columns_of", "is_prepared_file", "is_wide_file", "wide_columns", "wide_set"]

_SETS = frozenset(
    {
        "boston_housing", "california_housing", "fetch_california_housing", "load_wine", "load_breast_cancer",
        "fetch_covtype",
    }
)  # fmt: skip
_FILES = frozenset(
    {
        "winequality-red.csv", "winequality-white.csv", "winequality.csv", "wine.data", "covtype.data", "covtype.csv",
        "pima-indians-diabetes.csv", "pima-indians-diabetes.data.csv", "pima-indians-diabetes.data", "auto-mpg.data",
        "auto-mpg.csv", "adult.data", "adult.csv", "concrete_data.csv", "processed.cleveland.data",
        "german.data-numeric", "abalone_raw.csv", "bank-full.csv", "wdbc.data",
    }
)  # fmt: skip
"""Data sets whose columns are of very different size (UCI Machine Learning Repository, scikit-learn, Keras)."""

_WORDS = re.compile(
    r"(?:^|_)(?:income|salary|wage|price|balance|debt|amount|revenue|turnover|sales|cost|loan|credit|capital|fee|eur|"
    r"euros?|usd|dollars?|age|years?|days|hours|minutes|seconds|weeks|months|km|miles|meters|metres|mileage|distance|"
    r"area|sqft|sqm|m2|population|elevation|altitude|depth_m|weight|height|kg|cm|mm|mg|pressure|hpa|rpm|horsepower|"
    r"watts?|kwh|glucose|cholesterol|insulin|platelets|calories|temperature|humidity|speed|kmh|duration|ms|tenure)(?:_|$)"
)
"""Words of columns that hold tens, hundreds or more."""

_PREPARED = re.compile(r"scaled|norm|standard|zscore|processed|prepared|features|clean")

FEWEST = 2


def wide_set(name: str) -> bool:
    """Whether a library hands a data set out unscaled, with columns of very different size."""
    return name in _SETS


def is_wide_file(path: Value) -> bool:
    """Whether a path or an address names such a table."""
    words = text(path)
    return words is not None and words.replace("\\", "/").rsplit("/", 1)[-1].lower() in _FILES


def is_prepared_file(path: Value) -> bool:
    """Whether the name of a file says that its numbers were scaled before."""
    words = text(path)
    return words is not None and _PREPARED.search(words.replace("\\", "/").rsplit("/", 1)[-1].lower()) is not None


def columns_of(key: Items) -> tuple[str, ...]:
    """Names of columns that a list picks; empty where one is not told."""
    names = [text(part) for part in key.values]
    known = [name for name in names if name is not None]
    return tuple(known) if known and len(known) == len(names) and not key.open else ()


def wide_columns(run: Run, value: Array) -> Spot | None:
    """Where columns were picked that speak of money, time or the like and that no step has scaled since."""
    mark = next(((names, spot) for name, names, spot in reversed(value.flow) if name == "columns"), None)
    lost = sum(cut is None for cut in value.cuts) > len(value.order)
    marks = [name for name, _, _ in value.flow]
    if mark is None or value.scaled or lost or "loaded" not in marks or {"prepared", "method"} & set(marks):
        return None
    names: tuple[str, ...] = mark[0]
    spot: Spot = mark[1]
    speaking = [name for name in names if _WORDS.search(re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower())]
    if len(speaking) < FEWEST or 2 * len(speaking) < len(names):
        return None
    for event in run.of("stored"):
        if isinstance(event.subject, Array) and event.subject.root is value.root:
            key = event.facts["key"]
            if not isinstance(key, Known) or key.value in names:
                return None
    return spot
