"""A discrete Bayesian network as other engines take it: variables with their states, parents and tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["BayesianNetwork", "Variable"]


@dataclass(frozen=True)
class Variable:
    """One node of the network, with at most one parent.

    Args:
        name: identifier: a letter, then letters, digits and underscores.
        title: what it is, for people.
        states: identifiers.
        parent: name of its parent, which stands before it, or None.
        table: float64 of shape (states of the parent, states), P(state | state of the parent), or (1, states) of one
            without a parent. Every row sums to one.

    """

    name: str
    title: str
    states: tuple[str, ...]
    parent: str | None
    table: NDArray[np.float64]


@dataclass(frozen=True)
class BayesianNetwork:
    """The whole network.

    Args:
        name: identifier.
        remark: what it is and what it leaves out; it goes into the file.
        variables: parents before their children.

    """

    name: str
    remark: str
    variables: tuple[Variable, ...]
