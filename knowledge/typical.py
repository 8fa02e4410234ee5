"""What a cause shows when it is the only one: P(state | cause) of every finding.

The combination of a cause with the leak is that of the canonical models: noisy-MAX for ordered states, and for
nominal ones normal only if neither acts, else the abnormal states in proportion (Diez and Druzdzel 2006, "Canonical
probabilistic models", section 4).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from knowledge.base import AnyFinding, KnowledgeBase
from knowledge.schema import Cause, Setting

__all__ = ["background", "single_cause_tables"]

Array = NDArray[np.float64]


def single_cause_tables(base: KnowledgeBase) -> dict[str, Array]:
    """P(state | cause alone) of every finding.

    Returns:
        finding -> float64 of shape (1 + causes, states); the first row is that of no cause, the others follow the order
        of ``base.causes``.

    """
    return {
        name: np.stack([background(finding), *(_distribution(finding, cause) for cause in base.causes.values())])
        for name, finding in base.findings.items()
    }


def background(finding: AnyFinding) -> Array:
    """The leak of a symptom or check, the share of a setting: its distribution where no cause acts."""
    values = [(state.share if isinstance(finding, Setting) else state.leak) or 0.0 for state in finding.states.values()]
    row = np.array(values, dtype=np.float64)
    return row / row.sum() if row.sum() > 0 else np.full(row.shape, 1.0 / row.size)


def _distribution(finding: AnyFinding, cause: Cause) -> Array:
    leak = background(finding)
    if isinstance(finding, Setting):
        return _weighed(finding, cause, leak)
    edge = next((edge for edge in (*cause.symptoms, *cause.checks) if edge.finding == finding.id), None)
    if edge is None:
        return leak
    alone = np.array([edge.states[state].probability if state in edge.states else 0.0 for state in finding.states])
    alone[0] += max(0.0, 1.0 - alone.sum())
    if finding.combine == "ordered":
        return np.diff(np.cumsum(alone) * np.cumsum(leak), prepend=0.0)
    normal = alone[0] * leak[0]
    abnormal = alone[1:] + leak[1:]
    total = abnormal.sum()
    return np.concatenate([[normal], (1.0 - normal) * (abnormal / total if total > 0 else abnormal)])


def _weighed(finding: Setting, cause: Cause, share: Array) -> Array:
    factors = {weight.finding: weight.states for weight in cause.odds}.get(finding.id, {})
    required = cause.requires.get(finding.id, list(finding.states))
    weights = np.array([factors.get(state, 1.0) * (state in required) for state in finding.states])
    total = (weights * share).sum()
    return weights * share / total if total > 0 else share
