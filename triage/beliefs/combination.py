"""How the distribution of one finding follows from the causes that are present.

Every function takes what each cause would do alone and returns one row per hypothesis, in the order of `Hypotheses`
without its last (not listed): none, singles, pairs.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["combine_nominal", "combine_ordered", "combine_setting", "row_sums"]

Array = NDArray[np.float64]
Indices = NDArray[np.int64]


def combine_ordered(alone: Array, leak: Array, first: Indices, second: Indices) -> Array:
    """Noisy-MAX over ordered states.

    P(X <= x | causes) = product over causes of P(X <= x | cause alone) x P(X <= x | leak), the leak being what happens
    when no listed cause acts (Diez 1993, "Parameter adjustment in Bayes networks: the generalized noisy OR-gate",
    section 3; Diez and Druzdzel 2006, "Canonical probabilistic models", section 4.1).

    Args:
        alone: float64 of shape (causes, states); a cause's own distribution without the leak.
        leak: float64 of shape (states,).
        first, second: cause indices of each pair.

    """
    cumulative = np.cumsum(alone, axis=1)
    leaking = np.cumsum(leak)
    below = np.concatenate(
        [leaking[None, :], cumulative * leaking, cumulative[first] * cumulative[second] * leaking], axis=0
    )
    return np.diff(below, axis=1, prepend=0.0).clip(min=0.0)


def combine_nominal(alone: Array, leak: Array, first: Indices, second: Indices) -> Array:
    """States without an order: normal only if neither a cause nor the leak makes it abnormal, else in proportion.

    P(normal | causes) = product over causes of P(normal | cause alone) x P(normal | leak). What is left is divided
    among the abnormal states in proportion to the sum of what the causes and the leak give each of them.

    Args:
        alone: float64 of shape (causes, states); a cause's own distribution without the leak, normal state first.
        leak: float64 of shape (states,).
        first, second: cause indices of each pair.

    """
    normal = np.concatenate([[leak[0]], alone[:, 0] * leak[0], alone[first, 0] * alone[second, 0] * leak[0]])
    abnormal = np.concatenate(
        [leak[None, 1:], alone[:, 1:] + leak[1:], alone[first, 1:] + alone[second, 1:] + leak[1:]]
    )
    total = row_sums(abnormal)
    scale = np.divide(1.0 - normal, total, out=np.zeros_like(total), where=total > 0)
    return np.concatenate([normal[:, None], abnormal * scale[:, None]], axis=1)


def combine_setting(factors: Array, share: Array, first: Indices, second: Indices) -> Array:
    """Settings are not brought about by causes: how common each state is, weighed by how well it goes with the causes.

    P(s | causes) is proportional to share(s) x product over causes of factor(cause, s). A cause that requires other
    states has the factor 0 at this one.

    Args:
        factors: float64 of shape (causes, states), 1 where a cause says nothing.
        share: float64 of shape (states,).
        first, second: cause indices of each pair.

    """
    rows = np.concatenate([share[None, :], factors * share, factors[first] * factors[second] * share], axis=0)
    total = row_sums(rows)
    return rows * np.divide(1.0, total, out=np.zeros_like(total), where=total > 0)[:, None]


def row_sums(rows: Array) -> Array:
    """Sum over the states; a product with ones, which is several times quicker than a reduction over a short axis."""
    result: Array = rows @ np.ones(rows.shape[1])
    return result
