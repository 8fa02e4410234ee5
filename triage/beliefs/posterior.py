"""What to believe, given reports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from triage.beliefs.network import Network

__all__ = ["Posterior", "conflict_bits", "infer", "normalised", "state_probabilities", "states_given_reports"]

Array = NDArray[np.float64]

TINY = 1e-300
"""Keeps the logarithm of an impossible report finite; far below any probability that can matter."""


@dataclass(frozen=True)
class Posterior:
    """Probabilities after the reports.

    Args:
        network: what was inferred in.
        findings: the findings that were reported on, in the order of the rows of ``log_likelihood``.
        log_likelihood: float64 of shape (findings, hypotheses), natural logarithm of P(reports on it | hypothesis).
        probability: float64 of shape (hypotheses,), sums to one.

    """

    network: Network
    findings: tuple[str, ...]
    log_likelihood: Array
    probability: Array

    @property
    def cause_probability(self) -> Array:
        """Marginal probability of each cause, shape (causes,)."""
        return self.probability @ self.network.hypotheses.members

    @property
    def none(self) -> float:
        """Probability that nothing is wrong."""
        return float(self.probability[0])

    @property
    def not_listed(self) -> float:
        """Probability of a fault that the knowledge does not have."""
        return float(self.probability[-1])


def infer(network: Network, evidence: Mapping[str, Array]) -> Posterior:
    """Posterior over all hypotheses, exact for the model.

    P(h | reports) is proportional to P(h) x product over findings f of sum over states s of P(s | h) x likelihood_f(s).

    Args:
        network: the tables.
        evidence: finding -> likelihood over its states, as `triage.beliefs.report.merge` makes it.

    """
    findings = tuple(evidence)
    log_likelihood = np.empty((len(findings), len(network.hypotheses)))
    for row, finding in enumerate(findings):
        log_likelihood[row] = np.log(np.maximum(network.tables[finding] @ evidence[finding], TINY))
    return Posterior(network, findings, log_likelihood, normalised(network, log_likelihood.sum(axis=0)))


def normalised(network: Network, log_likelihood: Array) -> Array:
    """Prior times likelihood, normalised; ``log_likelihood`` has the hypotheses on its last axis."""
    with np.errstate(divide="ignore"):
        joint = np.log(network.hypotheses.prior) + log_likelihood
    joint -= joint.max(axis=-1, keepdims=True)
    weight: Array = np.exp(joint)
    result: Array = weight / weight.sum(axis=-1, keepdims=True)
    return result


def state_probabilities(posterior: Posterior, finding: str, evidence: Mapping[str, Array]) -> Array:
    """P(true state of a finding | all reports), shape (states,).

    The sum over h of P(h | reports) x P(s | h, the finding's own reports).
    """
    table = posterior.network.tables[finding]
    given = table if finding not in evidence else states_given_reports(table, evidence[finding])
    result: Array = posterior.probability @ given
    return result


def states_given_reports(table: Array, likelihood: Array) -> Array:
    """P(true state | hypothesis, the finding's own reports), shape (hypotheses, states); zero rows stay zero."""
    weighed = table * likelihood
    total = weighed.sum(axis=1, keepdims=True)
    result: Array = np.divide(weighed, total, out=np.zeros_like(weighed), where=total > 0)
    return result


def conflict_bits(posterior: Posterior) -> float:
    """How badly the findings fit together: log2 of the product of their own probabilities over their joint one.

    Positive where they are less likely together than apart (Jensen, Chamberlain, Nordahl and Jensen 1991, "Analysis in
    HUGIN of data conflict"); coherent evidence of one fault is clearly negative.
    """
    if len(posterior.findings) < 2:
        return 0.0
    prior = posterior.network.hypotheses.prior
    likelihood = np.exp(posterior.log_likelihood)
    apart = np.log(np.maximum(likelihood @ prior, TINY)).sum()
    total = posterior.log_likelihood.sum(axis=0)
    peak = total.max()
    together = peak + np.log(np.exp(total - peak) @ prior)
    return float((apart - together) / np.log(2.0))
