"""The hypotheses: no fault, every cause alone, every two causes together, and a fault that is not listed.

The enumeration is complete for the model (at most two causes at once), so posteriors over it are exact.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

__all__ = ["SIZE_PRIOR", "Hypotheses", "SizePrior", "enumerate_hypotheses"]


@dataclass(frozen=True, slots=True)
class SizePrior:
    """How probable it is, before anything is known, that so many causes are at work.

    Args:
        none: no fault at all.
        one: exactly one cause.
        two: exactly two causes at once.
        not_listed: a fault that the knowledge does not have.

    """

    none: float
    one: float
    two: float
    not_listed: float


SIZE_PRIOR = SizePrior(none=0.4, one=0.42, two=0.13, not_listed=0.05)
"""Some runs are brought because something seems wrong, others to be checked; two of five are taken to be sound."""


@dataclass(frozen=True)
class Hypotheses:
    """All hypotheses in a fixed order: none, single causes, pairs of causes, not listed.

    Args:
        causes: ids.
        sets: the causes of each hypothesis; empty for the first (none) and for the last (not listed).
        first, second: int64 of shape (pairs,), the cause indices of each pair.
        prior: float64 of shape (hypotheses,), sums to one.

    """

    causes: tuple[str, ...]
    sets: tuple[tuple[str, ...], ...]
    first: NDArray[np.int64]
    second: NDArray[np.int64]
    prior: NDArray[np.float64]

    def __len__(self) -> int:
        """Number of hypotheses."""
        return len(self.sets)

    @property
    def singles(self) -> slice:
        """Where the single causes stand."""
        return slice(1, 1 + len(self.causes))

    @property
    def pairs(self) -> slice:
        """Where the pairs of causes stand."""
        return slice(1 + len(self.causes), len(self.sets) - 1)

    def marginal(self, weight: NDArray[np.float64]) -> NDArray[np.float64]:
        """The weight of all hypotheses that contain each cause, shape (causes,), of a weight per hypothesis."""
        return self._of_causes(weight[self.singles], weight[self.pairs])

    def blame(self, weight: NDArray[np.float64]) -> NDArray[np.float64]:
        """As `marginal`, but the weight of a pair is shared by its two causes."""
        return self._of_causes(weight[self.singles], 0.5 * weight[self.pairs])

    def _of_causes(self, single: NDArray[np.float64], pair: NDArray[np.float64]) -> NDArray[np.float64]:
        count = len(self.causes)
        result: NDArray[np.float64] = (
            single
            + np.bincount(self.first, weights=pair, minlength=count)
            + np.bincount(self.second, weights=pair, minlength=count)
        )
        return result


def enumerate_hypotheses(
    odds: Mapping[str, float], pair_odds: Mapping[frozenset[str], float], size: SizePrior = SIZE_PRIOR
) -> Hypotheses:
    """Enumerate the hypotheses with their prior.

    P(set) = P(size) x product of the causes' odds, normalised per size; a pair of causes that come together more or
    less often than by chance has the factor of its pair on top.

    Args:
        odds: prior odds of each cause, positive.
        pair_odds: factor for pairs of causes that are not independent; 0 for two that exclude each other.
        size: prior of the number of causes.

    """
    causes = tuple(odds)
    single = np.array([odds[cause] for cause in causes], dtype=np.float64)
    couples: Sequence[tuple[int, int]] = list(combinations(range(len(causes)), 2))
    first, second = np.array(couples, dtype=np.int64).reshape(-1, 2).T
    together = single[first] * single[second]
    for index, (i, j) in enumerate(couples):
        together[index] *= pair_odds.get(frozenset((causes[i], causes[j])), 1.0)

    prior = np.concatenate(
        [[size.none], size.one * _normalised(single), size.two * _normalised(together), [size.not_listed]]
    )
    sets = ((), *((cause,) for cause in causes), *((causes[i], causes[j]) for i, j in couples), ())
    return Hypotheses(causes, sets, first, second, prior / prior.sum())


def _normalised(weights: NDArray[np.float64]) -> NDArray[np.float64]:
    total = weights.sum()
    return weights / total if total > 0 else weights
