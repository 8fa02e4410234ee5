"""Small knowledge bases made at random, and what is believed in them, worked out the long way."""

from itertools import combinations, product
from math import prod

import numpy as np
from hypothesis import strategies as st

from knowledge.base import KnowledgeBase
from knowledge.schema import (
    PRIOR_ODDS,
    Cause,
    Check,
    Edge,
    Likelihood,
    OddsEdge,
    Pair,
    Question,
    Remedy,
    RemedyLink,
    Setting,
    State,
    Symptom,
)
from triage.beliefs import SizePrior

BANDS = ["very_frequent", "frequent", "occasional", "very_rare"]


def question(reliability=0.9):
    return Question(prompt="What is it?", why="It helps.", answerable=0.8, reliability=reliability, minutes=1.0)


@st.composite
def backgrounds(draw, size):
    weights = [draw(st.integers(1, 20)) for _ in range(size)]
    return [weight / sum(weights) for weight in weights]


@st.composite
def findings(draw, number):
    names = [f"state_{index}" for index in range(draw(st.integers(2, 4)))]
    values = draw(backgrounds(len(names)))
    kind = draw(st.sampled_from(["symptom", "setting", "check"]))
    common = {"id": f"finding_{number}", "title": f"Finding {number}", "kind": kind, "question": question()}
    if kind == "setting":
        states = {name: State(label=name, share=value) for name, value in zip(names, values, strict=True)}
        return Setting(**common, states=states)
    states = {name: State(label=name, leak=value) for name, value in zip(names, values, strict=True)}
    combine = draw(st.sampled_from(["ordered", "nominal"]))
    if kind == "check":
        return Check(**common, states=states, combine=combine, minutes=5.0, instructions="Look at it.")
    return Symptom(**common, states=states, combine=combine)


@st.composite
def causes(draw, number, known):
    edges, odds, requires = {"symptom": [], "check": []}, [], {}
    for finding in known:
        states = list(finding.states)
        if finding.kind == "setting":
            which = draw(st.sampled_from(["nothing", "odds", "requires"]))
            if which == "odds":
                factors = {name: draw(st.floats(0.1, 10.0)) for name in states}
                odds.append(OddsEdge(finding=finding.id, states=factors))
            if which == "requires":
                requires[finding.id] = draw(st.lists(st.sampled_from(states), min_size=1, unique=True))
        elif draw(st.booleans()):
            chosen = draw(st.sampled_from(states))
            band = draw(st.sampled_from(BANDS))
            edges[finding.kind].append(Edge(finding=finding.id, states={chosen: Likelihood(band=band)}))
    return Cause(
        id=f"cause_{number}",
        title=f"Cause {number}",
        family="data",
        prior=draw(st.sampled_from(["common", "regular", "rare"])),
        mechanism="It breaks the run.",
        requires=requires,
        odds=odds,
        symptoms=edges["symptom"],
        checks=edges["check"],
        remedies=[RemedyLink(remedy="remedy_1")],
    )


@st.composite
def bases(draw, most_causes=4, most_findings=4):
    known = [draw(findings(number)) for number in range(draw(st.integers(1, most_findings)))]
    faults = [draw(causes(number, known)) for number in range(draw(st.integers(2, most_causes)))]
    pairs = {}
    if draw(st.booleans()):
        factor = draw(st.sampled_from([0.0, 0.5, 4.0]))
        pairs["pair_1"] = Pair(id="pair_1", causes=["cause_0", "cause_1"], odds=factor, note="They know each other.")
    remedy = Remedy(
        id="remedy_1", title="Mend it", change="Mend it.", minutes=5, relief="frequent", side_effects="None known."
    )
    return KnowledgeBase(
        causes={cause.id: cause for cause in faults},
        findings={finding.id: finding for finding in known},
        remedies={"remedy_1": remedy},
        pairs=pairs,
        sources={},
        hash="small",
    )


@st.composite
def bases_with_answers(draw):
    """A base and, for some of its findings, the state that a person reports."""
    base = draw(bases())
    reported = draw(st.lists(st.sampled_from(sorted(base.findings)), unique=True))
    return base, {name: draw(st.sampled_from(list(base.findings[name].states))) for name in reported}


SIZE = SizePrior(none=0.2, one=0.5, two=0.25, not_listed=0.05)


def long_way_posterior(base, likelihoods, not_listed_rows):
    """Posterior over frozensets of causes and ``"not listed"``: the sum over every joint state of every finding."""
    names = list(base.causes)
    sets = {0: [frozenset()], 1: [frozenset([name]) for name in names]}
    sets[2] = [frozenset(couple) for couple in combinations(names, 2)]
    weight = {}
    for size, mass in ((0, SIZE.none), (1, SIZE.one), (2, SIZE.two)):
        raw = {causes: _odds_of(base, causes) for causes in sets[size]}
        total = sum(raw.values())
        weight |= {causes: mass * value / total if total else 0.0 for causes, value in raw.items()}
    weight["not listed"] = SIZE.not_listed
    joint = {}
    for hypothesis, mass in weight.items():
        rows = {
            name: not_listed_rows[name] if hypothesis == "not listed" else long_way_row(base, name, hypothesis)
            for name in base.findings
        }
        total = 0.0
        for states in product(*(range(len(rows[name])) for name in base.findings)):
            total += prod(
                rows[name][state] * likelihoods.get(name, np.ones(len(rows[name])))[state]
                for name, state in zip(base.findings, states, strict=True)
            )
        joint[hypothesis] = mass * total
    whole = sum(joint.values())
    return {hypothesis: value / whole for hypothesis, value in joint.items()}


def _odds_of(base, causes):
    odds = prod(PRIOR_ODDS[base.causes[name].prior] for name in causes)
    for pair in base.pairs.values():
        if causes == frozenset(pair.causes):
            odds *= pair.odds
    for finding in base.findings.values():
        allowed = set(finding.states)
        for name in causes:
            allowed &= set(base.causes[name].requires.get(finding.id, finding.states))
        if not allowed:
            return 0.0
    return odds


def long_way_row(base, name, causes):
    """P(state | causes): every combination of what each cause and the leak would do alone, one by one."""
    finding = base.finding(name)
    states = list(finding.states)
    if finding.kind == "setting":
        weights = []
        for state in states:
            weight = finding.states[state].share
            for cause in causes:
                weight *= next((o.states.get(state, 1.0) for o in base.causes[cause].odds if o.finding == name), 1.0)
                weight *= state in base.causes[cause].requires.get(name, states)
            weights.append(weight)
        return np.array(weights) / (sum(weights) or 1.0)
    leak = np.array([state.leak for state in finding.states.values()])
    actors = [leak, *(_alone(base.causes[cause], name, states) for cause in sorted(causes))]
    row = np.zeros(len(states))
    if finding.combine == "ordered":
        for outcome in product(range(len(states)), repeat=len(actors)):
            row[max(outcome)] += prod(actor[state] for actor, state in zip(actors, outcome, strict=True))
        return row
    row[0] = prod(actor[0] for actor in actors)
    for state in range(1, len(states)):
        acting = sum(sum(actor[1:]) for actor in actors)
        row[state] = (1.0 - row[0]) * sum(actor[state] for actor in actors) / acting
    return row


def _alone(cause, name, states):
    row = np.zeros(len(states))
    if states == ["no_effect", "helped"]:
        row[1] = next((0.55 for link in cause.remedies if link.remedy == name), 0.0)
    for edge in (*cause.symptoms, *cause.checks):
        if edge.finding == name:
            for state, likelihood in edge.states.items():
                row[states.index(state)] = likelihood.probability
    row[0] += 1.0 - row.sum()
    return row
