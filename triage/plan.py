"""What to check and what to change, in order of probability over cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from knowledge.base import KnowledgeBase
from knowledge.schema import BAND_PROBABILITY, Cause, Check, Remedy

__all__ = ["TRIAL_MINUTES", "Trial", "checks_of", "expected_minutes", "list_trials", "remedies_of"]

TRIAL_MINUTES = 20.0
"""Minutes of a run that shows whether a change helped, on top of making the change."""


@dataclass(frozen=True)
class Trial:
    """A remedy as something to try.

    Args:
        remedy: id.
        relief: float64 of shape (causes,), the chance that it helps if this cause alone is present.
        minutes: to make the change and to see whether it helped.

    """

    remedy: str
    relief: NDArray[np.float64]
    minutes: float


def list_trials(base: KnowledgeBase, causes: Sequence[str]) -> list[Trial]:
    """Every remedy as a trial against the causes, given in the order of the hypotheses' causes."""
    relief = {name: np.zeros(len(causes)) for name in base.remedies}
    for column, cause in enumerate(causes):
        for link in base.causes[cause].remedies:
            band = link.relief or base.remedies[link.remedy].relief
            relief[link.remedy][column] = BAND_PROBABILITY[band]
    return [
        Trial(name, relief[name], base.remedies[name].minutes + TRIAL_MINUTES)
        for name in base.remedies
        if relief[name].any()
    ]


def expected_minutes(trials: Sequence[Trial], probability: NDArray[np.float64]) -> float:
    """Expected minutes of trying remedies in order of probability over cost until one helps.

    The order is optimal where the remedies' successes are exclusive (Heckerman, Breese and Rommelse 1995, section 3):
    each remedy is paid for with the probability that none before it helped.

    Args:
        trials: what can be tried.
        probability: float64 of shape (causes,), marginal probability of each cause.

    """
    helps = np.array([float(np.clip(trial.relief @ probability, 0.0, 1.0)) for trial in trials])
    minutes = np.array([trial.minutes for trial in trials])
    order = np.argsort(-helps / minutes, kind="stable")
    still_broken = np.concatenate([[1.0], np.cumprod(1.0 - helps[order])[:-1]])
    return float(minutes[order] @ still_broken)


def checks_of(base: KnowledgeBase, cause: Cause) -> list[Check]:
    """The checks that bear on a cause, best first: by the probability of the telling outcome over the minutes."""

    def rank(finding: str) -> tuple[bool, float]:
        edge = next(edge for edge in cause.checks if edge.finding == finding)
        check = base.findings[finding]
        normal = next(iter(check.states))
        telling = sum(likelihood.probability for state, likelihood in edge.states.items() if state != normal)
        leak = 1.0 - (check.states[normal].leak or 0.0)
        return (not edge.confirms, -(max(telling - leak, 0.0) or 0.01) / check.minutes)

    found = [base.findings[name] for name in sorted((edge.finding for edge in cause.checks), key=rank)]
    return [check for check in found if isinstance(check, Check)]


def remedies_of(base: KnowledgeBase, cause: Cause) -> list[Remedy]:
    """The remedies of a cause, best first: by the chance that they help over the minutes they take."""

    def rank(index: int) -> tuple[float, int]:
        link = cause.remedies[index]
        remedy = base.remedies[link.remedy]
        return (-BAND_PROBABILITY[link.relief or remedy.relief] / (remedy.minutes + TRIAL_MINUTES), index)

    return [base.remedies[cause.remedies[index].remedy] for index in sorted(range(len(cause.remedies)), key=rank)]
