"""Whether other engines, given the exported Bayesian network, come to the same posteriors as triage.

The network is written by ``triage knowledge export``, read by each library from the file, and asked for the posterior
of its node of causes on random sets of evidence, drawn from a random hypothesis of the model:

- answers: answers to ten questions, at the nodes of the answers, where the errors of answering are;
- states: ten findings known for certain, at their own nodes;
- likelihoods: ten findings with a likelihood over their states each, as a detector's reading is.

Ours is the posterior of the engine (`triage.beliefs.infer`) over the hypotheses that the file holds. The single-fault
form holds no two causes at once, so the engine's posterior is divided by what it gives to those that remain; the form
with two faults holds all, and is compared as it is. The bar is 1e-6.

Run: python -m tests.benchmarks.foreign_posteriors [SETS]; the extra ``bench`` has both libraries.
"""

import importlib.util
import sys
import tempfile
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import knowledge
from knowledge.export import NETWORK_FORMATS, export_network
from triage.bayesian_network import CAUSE, answer_to, single_fault_network, two_fault_network
from triage.beliefs import compile_network, infer
from triage.interview import answers_to

SETS = 50
REPORTS = 10
BAR = 1e-6
KINDS = ("answers", "states", "likelihoods")
LIBRARIES = {"pyagrum": "pyAgrum", "pgmpy": "pgmpy"}


@dataclass(frozen=True)
class EvidenceSet:
    """What is known.

    Args:
        kind: one of `KINDS`.
        certain: node -> index of its state.
        likely: node -> likelihood over its states.
        ours: finding -> likelihood over its true states, which says the same to our engine.

    """

    kind: str
    certain: Mapping[str, int]
    likely: Mapping[str, np.ndarray]
    ours: Mapping[str, np.ndarray]


Engine = Callable[[EvidenceSet], np.ndarray]
"""Evidence -> the posterior of the node of causes."""


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else SETS
    base = knowledge.load()
    network = compile_network(base)
    print(f"{len(network.hypotheses.causes)} causes, {len(network.states)} findings; {count} sets of {REPORTS} each\n")
    print("| form | format | engine | evidence | states of the cause | largest difference | bar 1e-6 |")
    print("|---|---|---|---|---:|---:|---|")
    warnings.simplefilter("ignore")
    for title, make, pairs in (("single-fault", single_fault_network, False), ("two-fault", two_fault_network, True)):
        exported = make(base)
        for library in filter(importlib.util.find_spec, LIBRARIES):
            for name in NETWORK_FORMATS:
                with tempfile.TemporaryDirectory() as folder:
                    engine = engine_of(library, name, exported, Path(folder))
                for kind in KINDS:
                    drawn = draw_sets(base, network, np.random.default_rng(11), count, (kind,))
                    difference = largest_difference(engine, network, drawn, pairs=pairs)
                    met = "met" if difference < BAR else "**missed**"
                    row = (
                        title,
                        name,
                        version_of(library),
                        kind,
                        len(exported.variables[0].states),
                        f"{difference:.0e}",
                        met,
                    )
                    print(f"| {' | '.join(map(str, row))} |", flush=True)


def version_of(library):
    return f"{LIBRARIES[library]} {importlib.import_module(library).__version__}"


def draw_sets(base, network, random, count, kinds=KINDS):
    """Sets of evidence that some hypothesis of the model explains; the kinds take turns."""
    known = network.hypotheses.prior[:-1] / network.hypotheses.prior[:-1].sum()
    sets = []
    for index in range(count):
        truth = int(random.choice(known.size, p=known))
        names = random.choice(list(network.states), size=min(REPORTS, len(network.states)), replace=False).tolist()
        sets.append(_drawn(kinds[index % len(kinds)], base, network, random, truth, names))
    return sets


def _drawn(kind, base, network, random, truth, names):
    certain, likely, ours = {}, {}, {}
    for name in names:
        chance = network.tables[name][truth]
        state = int(random.choice(chance.size, p=chance / chance.sum()))
        if kind == "answers":
            answers = answers_to(base.finding(name), network.background(name))
            answer = int(random.choice(answers.shape[1], p=answers[state] / answers[state].sum()))
            certain[answer_to(name)] = answer
            ours[name] = answers[:, answer]
        elif kind == "states":
            certain[name] = state
            ours[name] = np.eye(chance.size)[state]
        else:
            values = random.uniform(0.02, 1.0, chance.size)
            values[state] = 1.0
            likely[name] = ours[name] = values
    return EvidenceSet(kind, certain, likely, ours)


def largest_difference(engine, network, sets, *, pairs):
    """Between any probability of any hypothesis in any of the sets, theirs against ours."""
    return max(float(np.abs(engine(drawn) - _ours(network, drawn, pairs=pairs)).max()) for drawn in sets)


def _ours(network, drawn, *, pairs):
    posterior = infer(network, drawn.ours).probability
    if not pairs:
        posterior = np.delete(posterior, np.arange(len(posterior))[network.hypotheses.pairs])
    return posterior / posterior.sum()


def engine_of(library, name, exported, folder) -> Engine:
    """The network, written to a file in that format and read from it by the library."""
    path = folder / {"xdsl": "network.xdsl", "xmlbif": "network.bifxml"}[name]
    path.write_text(export_network(exported, name), encoding="utf-8")
    return {"pyagrum": _pyagrum, "pgmpy": _pgmpy}[library](path, name)


def _pyagrum(path, name):
    import pyagrum

    engine = pyagrum.LazyPropagation(network := pyagrum.loadBN(str(path)))
    engine.setTargets({CAUSE})

    def posterior(drawn):
        engine.eraseAllEvidence()
        for node, state in drawn.certain.items():
            engine.addEvidence(node, state)
        for node, likelihood in drawn.likely.items():
            engine.addEvidence(node, likelihood.tolist())
        engine.makeInference()
        return engine.posterior(network.idFromName(CAUSE)).toarray()

    return posterior


def _pgmpy(path, name):
    from pgmpy.factors.discrete import DiscreteFactor
    from pgmpy.inference import VariableElimination
    from pgmpy.readwrite import XDSLReader, XMLBIFReader

    model = {"xdsl": XDSLReader, "xmlbif": XMLBIFReader}[name](str(path)).get_model()
    states = {node: model.get_cpds(node).state_names[node] for node in model.nodes()}
    order = states[CAUSE]

    def posterior(drawn):
        certain = {node: states[node][state] for node, state in drawn.certain.items()}
        likely = [
            DiscreteFactor([node], [value.size], value, state_names={node: states[node]})
            for node, value in drawn.likely.items()
        ]
        found = VariableElimination(model).query(
            [CAUSE], evidence=certain, virtual_evidence=likely or None, show_progress=False
        )
        return np.array([found.values[found.state_names[CAUSE].index(state)] for state in order])

    return posterior


if __name__ == "__main__":
    main()
