"""Why: what each report says for and against, in decibans.

A deciban is a tenth of a power of ten in the odds (Good 1950, "Probability and the Weighing of Evidence"): 10 decibans
make odds ten times as large, 3 double them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from triage.beliefs.posterior import Posterior

__all__ = ["Weight", "weights_between", "weights_of_causes"]

LIMIT = 100.0
"""Decibans beyond which a weight is not told apart: odds of ten thousand million to one."""


@dataclass(frozen=True, slots=True)
class Weight:
    """What the reports on one finding say, in decibans; positive is for."""

    finding: str
    decibans: float


def weights_between(posterior: Posterior, leading: int, other: int) -> tuple[Weight, ...]:
    """Weight of each finding for one hypothesis against another: 10 log10 of the ratio of its likelihoods.

    Additive: they sum to the change from prior to posterior odds of the two.

    Args:
        posterior: the beliefs.
        leading, other: indices of hypotheses.

    """
    ratio = 10.0 * np.log10(posterior.likelihood[:, leading] / posterior.likelihood[:, other])
    return tuple(Weight(f, float(np.clip(w, -LIMIT, LIMIT))) for f, w in zip(posterior.findings, ratio, strict=True))


def weights_of_causes(posterior: Posterior) -> NDArray[np.float64]:
    """Leave-one-out weight of each finding for each cause, float64 of shape (findings, causes).

    10 log10 of the cause's odds with all reports over its odds with all but those on the finding. Not additive: two
    findings that say the same each look weaker than both together are.
    """
    hypotheses = posterior.network.hypotheses
    weights = np.zeros((len(posterior.findings), len(hypotheses.causes)))
    odds_with = _log_odds(posterior.cause_probability)
    for row, likelihood in enumerate(posterior.likelihood):
        without = posterior.probability / likelihood
        weights[row] = odds_with - _log_odds(hypotheses.marginal(without / without.sum()))
    result: NDArray[np.float64] = np.clip(weights, -LIMIT, LIMIT)
    return result


def _log_odds(probability: NDArray[np.float64]) -> NDArray[np.float64]:
    """Odds in decibans."""
    bounded = np.clip(probability, 1e-15, 1.0 - 1e-15)
    result: NDArray[np.float64] = 10.0 * np.log10(bounded / (1.0 - bounded))
    return result
