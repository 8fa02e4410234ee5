"""The knowledge as tables: P(state of every finding | every hypothesis)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from knowledge.base import AnyFinding, KnowledgeBase
from knowledge.schema import PRIOR_ODDS, Setting
from knowledge.trial import CHANCE_CURE, HELPED, NO_EFFECT, reliefs
from triage.beliefs.combination import combine_nominal, combine_ordered, combine_setting
from triage.beliefs.hypotheses import SIZE_PRIOR, Hypotheses, SizePrior, enumerate_hypotheses

__all__ = ["Effect", "Network", "compile_network"]

UNIFORM_WEIGHT_NOT_LISTED = 0.02
"""How much of the distribution of a fault that is not listed is spread evenly over the states."""

COMES_TO_MIND = 0.3
"""Of the abnormal symptoms that people can tell of when asked, the share that comes to their mind unasked. A judgement,
and on the low side: the true causes of 34 reported cases grow less likely the larger it is, if only by 0.1 nats from 0
to 1, for who writes a report tells most of what there is to see."""

Array = NDArray[np.float64]
Indices = NDArray[np.int64]


@dataclass(frozen=True)
class Effect:
    """What each cause alone does to one finding.

    Args:
        kind: how effects meet: ``ordered`` and ``nominal`` states, or a ``setting``.
        alone: float64 of shape (causes, states); a distribution without the leak, the normal state first; of a setting,
            factors.
        background: float64 of shape (states,), how common each state is where no cause acts.

    """

    kind: Literal["ordered", "nominal", "setting"]
    alone: Array
    background: Array

    @property
    def acting(self) -> NDArray[np.bool_]:
        """Which causes do anything to the finding, shape (causes,)."""
        neutral = np.ones if self.kind == "setting" else _normal
        result: NDArray[np.bool_] = (self.alone != neutral(self.background.size)).any(axis=1)
        return result

    def rows(self, first: Indices, second: Indices) -> Array:
        """The finding's distribution under no cause, each cause, and each of the given pairs of causes."""
        combine = {"ordered": combine_ordered, "nominal": combine_nominal, "setting": combine_setting}[self.kind]
        return combine(self.alone, self.background, first, second)

    def not_listed(self, prior: Array) -> Array:
        """Its distribution under a fault that is not listed: that of the listed ones on average, and then anything.

        Args:
            prior: float64 of shape (causes,), how probable each cause is alone.

        """
        if self.kind == "setting":
            return self.background
        nobody = np.zeros(0, dtype=np.int64)
        rows = self.rows(nobody, nobody)
        mean = prior @ rows[1:] / prior.sum() if prior.size else rows[0]
        result: Array = (1.0 - UNIFORM_WEIGHT_NOT_LISTED) * mean + UNIFORM_WEIGHT_NOT_LISTED / mean.size
        return result


TINY = 1e-18
"""The least that one finding can make of a hypothesis, against what it makes of the one that it fits best."""

MOST_ROWS = 256
"""Rows that are kept; they take a few megabytes."""


class Tables(Mapping[str, Array]):
    """Finding -> P(state | hypothesis), each worked out when it is first asked for."""

    def __init__(self, effects: Mapping[str, Effect], hypotheses: Hypotheses) -> None:
        """Keep what is needed; nothing is worked out yet."""
        self._effects = effects
        self._hypotheses = hypotheses
        self._known: dict[str, Array] = {}
        self._rows: dict[tuple[str, bytes], Array] = {}

    def __getitem__(self, finding: str) -> Array:
        """Table of shape (hypotheses, states), the hypotheses lying next to each other in memory."""
        if finding not in self._known:
            effect, hypotheses = self._effects[finding], self._hypotheses
            rows = effect.rows(hypotheses.first, hypotheses.second)
            last = effect.not_listed(hypotheses.prior[hypotheses.singles])
            self._known[finding] = np.asfortranarray(np.concatenate([rows, last[None, :]]))
        return self._known[finding]

    def row(self, finding: str, likelihood: Array) -> Array:
        """P(reports on a finding | hypothesis) over its largest value, never below `TINY`.

        Kept for what was asked last, as an interview asks it again after every answer, and logs of a kind show much the
        same.

        Args:
            finding: id.
            likelihood: float64 of shape (states,), what its reports say.

        Returns:
            float64 of shape (hypotheses,), which must not be changed.

        """
        key = finding, likelihood.tobytes()
        row = self._rows.get(key)
        if row is None:
            row = self[finding] @ likelihood
            row /= row.item(row.argmax())
            np.maximum(row, TINY, out=row)
            if len(self._rows) >= MOST_ROWS:
                self._rows.clear()
            self._rows[key] = row
        return row

    def __iter__(self) -> Iterator[str]:
        """The findings."""
        return iter(self._effects)

    def __len__(self) -> int:
        """Number of findings."""
        return len(self._effects)


@dataclass(frozen=True)
class Network:
    """What `compile_network` makes of a knowledge base.

    Args:
        hypotheses: the hypotheses with their prior.
        states: finding -> its states, in order.
        effects: finding -> what the causes do to it.
        noticed: symptom -> share of people to whom it comes to mind where it is abnormal, so that they may bring it up.
        tables: finding -> float64 of shape (hypotheses, states); every row sums to one, but for a pair of causes that
            require different states of one setting: its row is zero, and so is its prior.

    """

    hypotheses: Hypotheses
    states: Mapping[str, tuple[str, ...]]
    effects: Mapping[str, Effect]
    noticed: Mapping[str, float]
    tables: Tables = field(init=False)

    def __post_init__(self) -> None:
        """Make the tables."""
        object.__setattr__(self, "tables", Tables(self.effects, self.hypotheses))

    def background(self, finding: str) -> Array:
        """How common each state of a finding is where no cause acts, shape (states,)."""
        return self.effects[finding].background


def compile_network(base: KnowledgeBase, size: SizePrior = SIZE_PRIOR) -> Network:
    """Make the tables of a knowledge base.

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
    alone = _alone(base, hypotheses.causes, findings)
    effects = {name: Effect(_kind(finding), alone[name], _background(finding)) for name, finding in findings.items()}
    trials = _trials(base, hypotheses.causes)
    return Network(
        _without_impossible(hypotheses, [effect for effect in effects.values() if effect.kind == "setting"]),
        {
            **{name: tuple(finding.states) for name, finding in findings.items()},
            **dict.fromkeys(trials, (NO_EFFECT, HELPED)),
        },
        effects | trials,
        {
            name: COMES_TO_MIND * finding.question.answerable
            for name, finding in findings.items()
            if finding.kind == "symptom"
        },
    )


def _without_impossible(hypotheses: Hypotheses, settings: list[Effect]) -> Hypotheses:
    """Take the prior from pairs of causes that require different states of one setting, and normalise anew per size."""
    possible = np.ones(hypotheses.first.size, dtype=np.bool_)
    for setting in settings:
        allowed = setting.alone * setting.background > 0.0
        if not allowed.all():
            possible &= (allowed[hypotheses.first] & allowed[hypotheses.second]).any(axis=1)
    prior = hypotheses.prior.copy()
    prior[hypotheses.pairs] *= possible
    kept = prior[hypotheses.pairs].sum()
    if kept > 0.0:
        prior[hypotheses.pairs] *= hypotheses.prior[hypotheses.pairs].sum() / kept
    return replace(hypotheses, prior=prior / prior.sum())


def _normal(states: int) -> Array:
    row = np.zeros(states)
    row[0] = 1.0
    return row


def _kind(finding: AnyFinding) -> Literal["ordered", "nominal", "setting"]:
    return "setting" if isinstance(finding, Setting) else finding.combine


def _background(finding: AnyFinding) -> Array:
    values = [(state.share if finding.kind == "setting" else state.leak) or 0.0 for state in finding.states.values()]
    row = np.array(values, dtype=np.float64)
    result: Array = row / row.sum()
    return result


def _alone(base: KnowledgeBase, causes: tuple[str, ...], findings: Mapping[str, AnyFinding]) -> dict[str, Array]:
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


def _trials(base: KnowledgeBase, causes: tuple[str, ...]) -> dict[str, Effect]:
    """What each cause does to the outcome of each remedy: the chance that it helps is its relief of the cause."""
    relief = reliefs((base.causes[cause] for cause in causes), base.remedies)
    trials = {}
    for name in base.trials:
        helps = np.array([relief.get((name, cause), 0.0) for cause in causes])
        alone = np.stack([1.0 - helps, helps], axis=1)
        trials[name] = Effect("nominal", alone, np.array([1.0 - CHANCE_CURE, CHANCE_CURE]))
    return trials
