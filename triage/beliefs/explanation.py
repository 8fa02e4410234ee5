"""Why: what each report says for and against, in decibans.

A deciban is a tenth of a power of ten in the odds (Good 1950, "Probability and the Weighing of Evidence"): 10 decibans
make odds ten times as large, 3 double them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from triage.beliefs.posterior import Posterior, normalised

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
    ratio = (posterior.log_likelihood[:, leading] - posterior.log_likelihood[:, other]) * 10.0 / np.log(10.0)
    return tuple(Weight(f, float(np.clip(w, -LIMIT, LIMIT))) for f, w in zip(posterior.findings, ratio, strict=True))


def weights_of_causes(posterior: Posterior) -> NDArray[np.float64]:
    """Leave-one-out weight of each finding for each cause, float64 of shape (findings, causes).

    10 log10 of the cause's odds with all reports over its odds with all but those on the finding. Not additive: two
    findings that say the same each look weaker than both together are.
    """
    total = posterior.log_likelihood.sum(axis=0)
    without = normalised(posterior.network, total[None, :] - posterior.log_likelihood)
    members = posterior.network.hypotheses.members
    odds_with = _log_odds(posterior.probability @ members)
    odds_without = _log_odds(without @ members)
    result: NDArray[np.float64] = np.clip((odds_with[None, :] - odds_without) * 10.0 / np.log(10.0), -LIMIT, LIMIT)
    return result


def _log_odds(probability: NDArray[np.float64]) -> NDArray[np.float64]:
    bounded = np.clip(probability, 1e-15, 1.0 - 1e-15)
    result: NDArray[np.float64] = np.log(bounded) - np.log1p(-bounded)
    return result
