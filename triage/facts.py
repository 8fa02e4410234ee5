"""Numbers that a history tells of the run's setup, and the values of remedies that follow from them."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite

import numpy as np
from numpy.typing import NDArray

from knowledge.schema import Remedy, ValueRule
from triage.history import History

__all__ = ["facts_of", "values_of"]


def facts_of(history: History) -> dict[str, float]:
    """The facts that a history holds.

    ``learning_rate`` is the highest finite one logged, ``steps`` the number of rows; ``first_learning_rate``,
    ``grad_norm_p90`` and ``grad_norm_median`` say it themselves. Each is there only where the history tells it and a
    float64 holds it.
    """
    facts = {"steps": float(history.rows)}
    rates = _finite(history, "learning_rate")
    if rates.size and (highest := float(rates.max())) > 0:
        facts["learning_rate"] = highest
        facts["first_learning_rate"] = float(rates[0])
    norms = _finite(history, "grad_norm")
    if norms.size:
        norms = norms.copy()
        with np.errstate(over="ignore", invalid="ignore"):
            facts["grad_norm_p90"] = float(np.quantile(norms, 0.9, overwrite_input=True))
            facts["grad_norm_median"] = float(np.median(norms, overwrite_input=True))
    return {name: fact for name, fact in facts.items() if isfinite(fact)}


def _finite(history: History, name: str) -> NDArray[np.float64]:
    curve = history.curve(name)
    return np.empty(0) if curve is None else curve.finite.values


def values_of(remedy: Remedy, facts: Mapping[str, float]) -> dict[str, float]:
    """The concrete values of a remedy, for those of its rules whose fact is known, to three significant digits."""
    values = {name: _apply(rule, facts[rule.fact]) for name, rule in remedy.values.items() if rule.fact in facts}
    return {name: float(f"{value:.3g}") for name, value in values.items() if isfinite(value)}


def _apply(rule: ValueRule, fact: float) -> float:
    match rule.rule:
        case "divide":
            return fact / rule.by
        case "multiply":
            return fact * rule.by
        case "at_least":
            return max(fact, rule.by)
        case "at_most":
            return min(fact, rule.by)
