"""Means over all hypotheses without visiting every one of them, exactly.

A quantity x of a finding is the same for every hypothesis that holds none of the causes that act on the finding, and a
finding has few of them. So x is written as what no cause, each cause and each pair of causes add (Moebius inversion
over sets of at most two causes; Rota 1964, "On the foundations of combinatorial theory I"):

    x(i) = x0 + d_i,    x(i, j) = x0 + d_i + d_j + d_ij,

and d_ij is zero unless both causes act on the finding. With c_i the marginal probability of a cause and p_ij that of a
pair, the mean over hypotheses is x0 + sum over i of c_i d_i + sum over i < j of p_ij d_ij, and as much for not listed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from triage.beliefs.network import Effect, Network
from triage.beliefs.posterior import Posterior

__all__ = ["Expansion", "expand", "mean"]

Array = NDArray[np.float64]
Indices = NDArray[np.int64]


@dataclass(frozen=True)
class Expansion:
    """Quantities, written as above.

    Args:
        none: float64 of shape (quantities,), under no cause.
        single: float64 of shape (causes, quantities), what each cause adds.
        not_listed: float64 of shape (quantities,), what a fault that is not listed adds.
        pair: int64 of shape (terms,), the hypothesis of each term that a pair adds, ordered by quantity.
        term: float64 of shape (terms,), what it adds.
        touched: int64, the quantities that pairs add to, in order.
        starts: int64, where the terms of each of them begin.

    """

    none: Array
    single: Array
    not_listed: Array
    pair: Indices
    term: Array
    touched: Indices
    starts: Indices


def expand(network: Network, findings: Sequence[str], quantities: Sequence[Callable[[Array], Array]]) -> Expansion:
    """Write quantities of findings as an expansion.

    Args:
        network: the tables.
        findings: some of its findings; one may stand there several times.
        quantities: for each of them, what maps rows of P(state | hypothesis), shape (rows, states), to shape
            (rows, its quantities).

    """
    if not findings:
        nothing, nowhere = np.zeros(0), np.zeros(0, dtype=np.int64)
        return Expansion(
            nothing, np.zeros((len(network.hypotheses.causes), 0)), nothing, nowhere, nothing, nowhere, nowhere
        )
    blocks = [_block(network, network.effects[name], of) for name, of in zip(findings, quantities, strict=True)]
    none, single, not_listed, pairs, terms = zip(*blocks, strict=True)
    counts = np.concatenate([np.full(block.shape[1], len(block)) for block in terms])
    touched = np.flatnonzero(counts)
    return Expansion(
        none=np.concatenate(none),
        single=np.concatenate(single, axis=1),
        not_listed=np.concatenate(not_listed),
        pair=np.concatenate([np.tile(pair, block.shape[1]) for pair, block in zip(pairs, terms, strict=True)]),
        term=np.concatenate([block.T.ravel() for block in terms]),
        touched=touched,
        starts=(np.cumsum(counts) - counts)[touched],
    )


def _block(
    network: Network, effect: Effect, quantities: Callable[[Array], Array]
) -> tuple[Array, Array, Array, Indices, Array]:
    hypotheses = network.hypotheses
    first, second = hypotheses.first, hypotheses.second
    both = np.flatnonzero(effect.acting[first] & effect.acting[second] & (hypotheses.prior[hypotheses.pairs] > 0.0))
    first, second = first[both], second[both]
    value = quantities(effect.rows(first, second))
    last = quantities(effect.not_listed(hypotheses.prior[hypotheses.singles])[None, :])[0]
    none, single = value[0], value[hypotheses.singles]
    pair = value[hypotheses.singles.stop :] - single[first] - single[second] + none
    return none, single - none, last - none, both + hypotheses.singles.stop, pair


def mean(expansion: Expansion, posterior: Posterior) -> Array:
    """Mean of each quantity over the hypotheses, shape (quantities,)."""
    result = expansion.none + posterior.cause_probability @ expansion.single
    result += posterior.not_listed * expansion.not_listed
    if expansion.touched.size:
        result[expansion.touched] += np.add.reduceat(
            posterior.probability.take(expansion.pair) * expansion.term, expansion.starts
        )
    return result
