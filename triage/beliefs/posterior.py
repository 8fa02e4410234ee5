"""What to believe, given reports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from triage.beliefs.combination import row_sums
from triage.beliefs.network import TINY, Network
from triage.beliefs.volunteering import choice_likelihood

__all__ = ["Posterior", "conflict_bits", "infer", "normalised", "state_probabilities", "states_given_reports"]

Array = NDArray[np.float64]

BLOCK = 16
"""Findings that are multiplied before the product is scaled anew; ``TINY`` to this power is still a number."""


@dataclass(frozen=True)
class Posterior:
    """Probabilities after the reports.

    Args:
        network: what was inferred in.
        findings: the findings that were reported on, in the order of ``rows``.
        rows: for each of them P(reports on it | hypothesis) over its largest value, float64 of shape (hypotheses,).
        probability: float64 of shape (hypotheses,), sums to one.

    """

    network: Network
    findings: tuple[str, ...]
    rows: tuple[Array, ...]
    probability: Array

    @cached_property
    def likelihood(self) -> Array:
        """The rows as one table, shape (findings, hypotheses)."""
        return np.array(self.rows).reshape(len(self.rows), len(self.network.hypotheses))

    @cached_property
    def cause_probability(self) -> Array:
        """Marginal probability of each cause, shape (causes,)."""
        return self.network.hypotheses.marginal(self.probability)

    @property
    def none(self) -> float:
        """Probability that nothing is wrong."""
        return float(self.probability[0])

    @property
    def not_listed(self) -> float:
        """Probability of a fault that the knowledge does not have."""
        return float(self.probability[-1])


def infer(network: Network, evidence: Mapping[str, Array], volunteered: Set[str] = frozenset()) -> Posterior:
    """Posterior over all hypotheses, exact for the model.

    P(h | reports) is proportional to P(h) x product over findings f of sum over states s of P(s | h) x likelihood_f(s),
    and, where symptoms were brought up unasked, x P(these are the ones that the person chose | h), of which each of
    them is given an equal part.

    Args:
        network: the tables.
        evidence: finding -> likelihood over its states, as `triage.beliefs.report.merge` makes it.
        volunteered: those of the findings that are symptoms which the person brought up unasked.

    """
    findings = tuple(evidence)
    if volunteered:
        rows = tuple(_with_choice(network, evidence, volunteered))
    else:
        rows = tuple(network.tables.row(finding, evidence[finding]) for finding in findings)
    return Posterior(network, findings, rows, normalised(network, rows))


def _with_choice(network: Network, evidence: Mapping[str, Array], volunteered: Set[str]) -> Array:
    """The rows of the likelihood where the choice of what was brought up speaks, too."""
    likelihood = np.array([network.tables[finding] @ evidence[finding] for finding in evidence])
    part = choice_likelihood(network, evidence, volunteered) ** (1.0 / len(volunteered))
    likelihood[[finding in volunteered for finding in evidence]] *= part
    likelihood /= likelihood.max(axis=1, keepdims=True)
    np.maximum(likelihood, TINY, out=likelihood)
    return likelihood


def normalised(network: Network, rows: Sequence[Array]) -> Array:
    """Prior times the product of the rows of a likelihood, each of shape (hypotheses,), normalised."""
    joint = network.hypotheses.prior
    for start in range(0, len(rows), BLOCK):
        product = rows[start].copy()
        for row in rows[start + 1 : start + BLOCK]:
            product *= row
        joint = joint * product
        joint /= joint.item(joint.argmax())
    result: Array = joint / joint.sum()
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
    likelihood = posterior.likelihood[:, :-1]
    apart = np.log2(likelihood @ known).sum()
    total = np.log2(likelihood).sum(axis=0)
    peak = total.max()
    return float(apart - peak - np.log2(np.exp2(total - peak) @ known))
