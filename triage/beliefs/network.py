"""The knowledge as tables: P(state of every finding | every hypothesis)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from knowledge.base import AnyFinding, KnowledgeBase
from knowledge.schema import PRIOR_ODDS, Setting
from triage.beliefs.combination import combine_nominal, combine_ordered, combine_setting, row_sums
from triage.beliefs.hypotheses import SIZE_PRIOR, Hypotheses, SizePrior, enumerate_hypotheses

__all__ = ["Network", "compile_network"]

UNIFORM_WEIGHT_NOT_LISTED = 0.02
"""How much of the distribution of a fault that is not listed is spread evenly over the states."""


@dataclass(frozen=True)
class Network:
    """What `compile_network` makes of a knowledge base.

    Args:
        hypotheses: the hypotheses with their prior.
        states: finding -> its states, in order.
        tables: finding -> float64 of shape (hypotheses, states); every row sums to one, but for a pair of causes that
            require different states of one setting: its row is zero, and so is its prior.

    """

    hypotheses: Hypotheses
    states: Mapping[str, tuple[str, ...]]
    tables: Mapping[str, NDArray[np.float64]]

    def background(self, finding: str) -> NDArray[np.float64]:
        """How common each state of a finding is where no cause acts, shape (states,)."""
        row: NDArray[np.float64] = self.tables[finding][0]
        return row


def compile_network(base: KnowledgeBase, size: SizePrior = SIZE_PRIOR) -> Network:
    """Tabulate a knowledge base.

    Args:
        base: knowledge that passes the lint.
        size: prior of the number of causes.

    """
    hypotheses = enumerate_hypotheses(
        {cause.id: PRIOR_ODDS[cause.prior] for cause in base.causes.values() if cause.replaced_by is None},
        {frozenset(pair.causes): pair.odds for pair in base.pairs.values()},
        size,
    )
    findings = {name: finding for name, finding in base.findings.items() if finding.replaced_by is None}
    effects = _effects(base, hypotheses.causes, findings)
    tables = {name: _table(finding, effects[name], hypotheses) for name, finding in findings.items()}
    states = {name: tuple(finding.states) for name, finding in findings.items()}
    return Network(_without_impossible(hypotheses, tables), states, tables)


def _without_impossible(hypotheses: Hypotheses, tables: Mapping[str, NDArray[np.float64]]) -> Hypotheses:
    """Take the prior from pairs of causes that require different states of one setting, and normalise anew per size."""
    possible = np.all([row_sums(table) > 0.0 for table in tables.values()], axis=0)
    prior = np.where(possible, hypotheses.prior, 0.0)
    pairs = slice(1 + len(hypotheses.causes), -1)
    kept = prior[pairs].sum()
    if kept > 0.0:
        prior[pairs] *= hypotheses.prior[pairs].sum() / kept
    return replace(hypotheses, prior=prior / prior.sum())


def _effects(
    base: KnowledgeBase, causes: tuple[str, ...], findings: Mapping[str, AnyFinding]
) -> dict[str, NDArray[np.float64]]:
    """What each cause alone does to each finding: a distribution for symptoms and checks, factors for settings.

    The probability that the listed states of an edge leave over is the cause not acting, which is the normal state.
    """
    positions = {name: {state: i for i, state in enumerate(finding.states)} for name, finding in findings.items()}
    effects = {}
    for name, finding in findings.items():
        effects[name] = np.zeros((len(causes), len(finding.states)))
        effects[name][:, 0] = 1.0
        if isinstance(finding, Setting):
            effects[name][:] = 1.0
    for row, cause in enumerate(causes):
        for edge in (*base.causes[cause].symptoms, *base.causes[cause].checks):
            line = effects[edge.finding][row]
            line[0] = 0.0
            for state, likelihood in edge.states.items():
                line[positions[edge.finding][state]] = likelihood.probability
            line[0] += max(0.0, 1.0 - line.sum())
        for weight in base.causes[cause].odds:
            for state, factor in weight.states.items():
                effects[weight.finding][row, positions[weight.finding][state]] = factor
        for setting, states in base.causes[cause].requires.items():
            needed = [positions[setting][state] for state in states]
            excluded = np.ones(len(positions[setting]), dtype=bool)
            excluded[needed] = False
            effects[setting][row, excluded] = 0.0
    return effects


def _table(finding: AnyFinding, effect: NDArray[np.float64], hypotheses: Hypotheses) -> NDArray[np.float64]:
    background = np.array(
        [(state.share if finding.kind == "setting" else state.leak) or 0.0 for state in finding.states.values()]
    )
    background = background / background.sum()
    if isinstance(finding, Setting):
        rows = combine_setting(effect, background, hypotheses.first, hypotheses.second)
        return np.concatenate([rows, background[None, :]])
    combine = combine_ordered if finding.combine == "ordered" else combine_nominal
    rows = combine(effect, background, hypotheses.first, hypotheses.second)
    return np.concatenate([rows, _not_listed(rows, hypotheses)[None, :]])


def _not_listed(rows: NDArray[np.float64], hypotheses: Hypotheses) -> NDArray[np.float64]:
    """A fault that is not listed looks like the listed ones on average, and then anything is possible."""
    singles = slice(1, 1 + len(hypotheses.causes))
    weights = hypotheses.prior[singles]
    states = rows.shape[1]
    mean = weights @ rows[singles] / weights.sum() if weights.size else rows[0]
    result: NDArray[np.float64] = (1.0 - UNIFORM_WEIGHT_NOT_LISTED) * mean + UNIFORM_WEIGHT_NOT_LISTED / states
    return result
