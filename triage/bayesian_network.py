"""The engine's model as a Bayesian network for other engines.

One variable is the hypothesis, with a state per hypothesis; every finding hangs from it, and from every finding the
answer to its question, with the errors that people make. What a network of other engines cannot hold is left out and
stands in its remark.
"""

from __future__ import annotations

from collections.abc import Container, Iterator

import numpy as np
from numpy.typing import NDArray

from knowledge.base import KnowledgeBase
from knowledge.export.network import BayesianNetwork, Variable
from triage.beliefs import Network, compile_network
from triage.interview import answers_to

__all__ = ["CAUSE", "answer_to", "single_fault_network", "two_fault_network"]

CAUSE = "cause"
"""Name of the variable of hypotheses; where a finding is called so, with underscores behind it."""

NONE, NOT_LISTED = "none", "not_listed"

_SINGLE = (
    "Single-fault form: the causes are states of one node, of which one holds at a time, since a node for each of them "
    "cannot hold a prior that is set by how many there are. Two at once are left out; "
    "triage knowledge export --two-faults has them. "
)
_DOUBLE = "All hypotheses: no fault, each cause, every two causes at once, and a fault that is not listed. "
_REMARK = (
    "Enter an answer at the node answer_FINDING, which allows for errors in answering; enter at FINDING itself only "
    "what is certain. Symptoms that a person brings up unasked and readings of detectors are weighed otherwise."
)


def single_fault_network(base: KnowledgeBase) -> BayesianNetwork:
    """No fault, each cause alone, and a fault that is not listed; the prior is that of the engine without the pairs."""
    network = compile_network(base)
    causes = len(network.hypotheses.causes)
    return _network(base, network, np.array([*range(1 + causes), len(network.hypotheses) - 1]), _SINGLE)


def two_fault_network(base: KnowledgeBase) -> BayesianNetwork:
    """The same with every two causes at once: the whole model of the engine, in tables of some ten megabytes."""
    network = compile_network(base)
    return _network(base, network, np.arange(len(network.hypotheses)), _DOUBLE)


def answer_to(finding: str) -> str:
    """Name of the variable that holds the answer to a question."""
    return f"answer_{finding}"


def _network(base: KnowledgeBase, network: Network, kept: NDArray[np.int64], form: str) -> BayesianNetwork:
    hypotheses = _hypotheses(network, kept, _unused(CAUSE, network.states))
    version = f"triage knowledge {base.version}, hash {base.hash}. "
    return BayesianNetwork(
        "loss_triage",
        version + form + _REMARK,
        (hypotheses, *_findings(base, network, kept, hypotheses.name)),
    )


def _unused(name: str, used: Container[str]) -> str:
    """The name, with underscores behind it until nothing else has it."""
    while name in used:
        name += "_"
    return name


def _hypotheses(network: Network, kept: NDArray[np.int64], name: str) -> Variable:
    prior = network.hypotheses.prior[kept]
    sets = network.hypotheses.sets
    last = len(sets) - 1
    states: dict[str, None] = {}
    for index in kept.tolist():
        state = NOT_LISTED if index == last else "__and__".join(sets[index]) or NONE
        states[_unused(state, states)] = None
    return Variable(name, "What is wrong", tuple(states), None, (prior / prior.sum())[None, :])


def _findings(base: KnowledgeBase, network: Network, kept: NDArray[np.int64], parent: str) -> Iterator[Variable]:
    for name, states in network.states.items():
        finding = base.finding(name)
        yield Variable(name, finding.title, states, parent, _complete(network.tables[name][kept]))
        answers = answers_to(finding, network.background(name))
        yield Variable(_unused(answer_to(name), network.states), finding.question.prompt, states, name, answers)


def _complete(table: NDArray[np.float64]) -> NDArray[np.float64]:
    """The rows as distributions: one of zeros, of causes that exclude each other and have no prior, is made even."""
    total = table.sum(axis=1, keepdims=True)
    rows: NDArray[np.float64] = np.where(total > 0.0, table, 1.0) / np.where(total > 0.0, total, table.shape[1])
    return rows
