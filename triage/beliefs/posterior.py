"""What to believe, given reports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from triage.beliefs.combination import row_sums
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
    total = row_sums(weighed)
    return weighed * np.divide(1.0, total, out=np.zeros_like(total), where=total > 0)[:, None]


def conflict_bits(posterior: Posterior) -> float:
    """How badly the findings fit together under anything known, in bits.

    log2 of the product of their own probabilities over their joint one. Positive where they are less likely together
    than apart (Jensen, Chamberlain, Nordahl and Jensen 1991, "Analysis in HUGIN of data conflict"); findings of one
    fault are clearly negative. The fault that is not listed is left out: it would explain anything a little.
    """
    if len(posterior.findings) < 2:
        return 0.0
    known = posterior.network.hypotheses.prior[:-1] / posterior.network.hypotheses.prior[:-1].sum()
    log_likelihood = posterior.log_likelihood[:, :-1]
    apart = np.log(np.maximum(np.exp(log_likelihood) @ known, TINY)).sum()
    total = log_likelihood.sum(axis=0)
    peak = total.max()
    together = peak + np.log(np.exp(total - peak) @ known)
    return float((apart - together) / np.log(2.0))
