"""Faults that are injected into sound recipes, gathered from the `faults_*` modules."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from .recipe import Recipe

Apply = Callable[[Recipe, np.random.Generator], Recipe | None]
"""A sound recipe and a generator for the severity -> the faulty recipe, or None where the fault cannot be in it.

Whether it is None depends on the recipe alone, and the seed of the recipe stays as it was.
"""


@dataclass(frozen=True)
class Injection:
    """A way for one cause, or two at once, to be in a run.

    Args:
        name: unique, and never changed once runs of it exist: run ids hold it.
        cause: ids of `knowledge/causes`, one or two.
        apply: makes a sound recipe faulty.

    """

    name: str
    cause: tuple[str, ...]
    apply: Apply


def log_uniform(rng: np.random.Generator, low: float, high: float) -> float:
    """A number between two, each order of magnitude as likely."""
    return float(np.exp(rng.uniform(np.log(low), np.log(high))))


def both(first: Injection, second: Injection) -> Injection:
    """Two faults at once; it applies where both do."""

    def apply(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
        once = first.apply(recipe, rng)
        return None if once is None else second.apply(once, rng)

    return Injection(f"{first.name}+{second.name}", (*first.cause, *second.cause), apply)


def gathered() -> tuple[Injection, ...]:
    """Every injection, and every pair."""
    from . import (
        faults_data,
        faults_evaluation,
        faults_losses,
        faults_network,
        faults_rates,
        faults_sample,
        faults_updates,
    )

    modules = (
        faults_sample,
        faults_data,
        faults_evaluation,
        faults_losses,
        faults_network,
        faults_rates,
        faults_updates,
    )
    return tuple(fault for module in modules for fault in (*module.FAULTS, *module.PAIRS))
