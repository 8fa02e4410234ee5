"""Symptoms that a person brings up unasked: not a random sample of what the run shows, but a choice from it."""

from __future__ import annotations

from collections.abc import Mapping, Set

import numpy as np
from numpy.typing import NDArray

from triage.beliefs.network import Network

__all__ = ["choice_likelihood"]

Array = NDArray[np.float64]


def choice_likelihood(network: Network, evidence: Mapping[str, Array], volunteered: Set[str]) -> Array:
    """P(the person chose just these symptoms | hypothesis, the other reports), shape (hypotheses,).

    Whoever brings up K symptoms chooses them, each set alike, from those that are abnormal in the run and come to mind:
    these K and N others. The chance of this choice is E[1 / C(K + N, K)], where N counts independent events of
    probabilities q_g. By 1 / C(K + N, K) = K x integral of t^N (1 - t)^(K - 1) dt over 0 <= t <= 1 (the beta integral)
    and E[t^N] = product over g of (1 - q_g + q_g t) (the generating function of N) it is

        K x integral of (1 - t)^(K - 1) x product over g of (1 - q_g + q_g t) dt,

    a polynomial in t, which Gauss-Legendre quadrature of enough nodes integrates exactly. A hypothesis that shows many
    things is so held to account for those that were not brought up.

    Args:
        network: the tables; ``noticed`` says which findings are symptoms and how many people think of them.
        evidence: finding -> likelihood over its states, which sharpens q_g of symptoms that have other reports.
        volunteered: the K symptoms.

    """
    count = len(volunteered)
    others = [name for name in network.noticed if name not in volunteered]
    degree = count - 1 + len(others)
    nodes, weights = np.polynomial.legendre.leggauss(degree // 2 + 1)
    missing = 0.5 - 0.5 * nodes
    value = np.repeat((0.5 * weights * count * missing ** (count - 1))[None, :], len(network.hypotheses), axis=0)
    for name in others:
        abnormal = _abnormal(network.tables[name], evidence.get(name))
        value *= 1.0 - (network.noticed[name] * abnormal)[:, None] * missing
    result: Array = value.sum(axis=1)
    return result


def _abnormal(table: Array, likelihood: Array | None) -> Array:
    """P(not in its normal state | hypothesis, the reports on it), shape (hypotheses,)."""
    if likelihood is None:
        return 1.0 - table[:, 0]
    total = table @ likelihood
    normal = np.divide(table[:, 0] * likelihood[0], total, out=np.ones_like(total), where=total > 0)
    result: Array = 1.0 - normal
    return result
