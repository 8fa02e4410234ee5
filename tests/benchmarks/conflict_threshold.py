"""How large the conflict measure grows when nothing conflicts, and when the findings have no common cause.

Draws runs from the knowledge itself: a hypothesis from its prior, the true state of a random choice of findings, and
answers through the reliability of each question. The threshold of the banner is the 99th percentile of the coherent
runs. Beside it: the same number of findings, each from a run of its own, which is what no known cause explains.

Run: python -m tests.benchmarks.conflict_threshold
"""

import numpy as np

import knowledge
from knowledge.trial import HELPED, NO_EFFECT
from triage.beliefs import Report, compile_network, conflict_bits, infer, merge
from triage.conclusion import CONFLICT_BITS
from triage.interview import answers_to

RUNS = 2000


def main() -> None:
    base = knowledge.load()
    network = compile_network(base)
    random = np.random.default_rng(1)
    names = [name for name, finding in base.findings.items() if finding.kind != "setting"]
    known = network.hypotheses.prior[:-1] / network.hypotheses.prior[:-1].sum()
    print(f"{'findings':>8} {'coherent 95%':>13} {'99%':>7} {'mixed above 99%':>16} {'above the threshold now':>24}")
    for count in (3, 5, 8, 12, 20, 30):
        coherent, mixed = [], []
        for _ in range(RUNS):
            chosen = random.choice(names, size=count, replace=False)
            truth = random.choice(len(known), p=known)
            coherent.append(score(base, network, random, chosen, [truth] * count))
            faults = 1 + random.choice(len(network.hypotheses.causes), size=count, replace=False)
            mixed.append(score(base, network, random, [telling(network, random, fault) for fault in faults], faults))
        ninety_five, ninety_nine = np.quantile(coherent, [0.95, 0.99])
        above = np.mean(np.array(mixed) > ninety_nine)
        now = np.mean(np.array(mixed) > CONFLICT_BITS * count)
        print(f"{count:>8} {ninety_five:>13.2f} {ninety_nine:>7.2f} {above:>16.0%} {now:>24.0%}")


def telling(network, random, fault):
    """A finding that the fault makes abnormal, drawn by how much."""
    names = [name for name in network.tables if network.states[name] != (NO_EFFECT, HELPED)]
    abnormal = np.array([max(network.tables[n][0, 0] - network.tables[n][fault, 0], 0.0) for n in names]) ** 2
    return random.choice(names, p=abnormal / abnormal.sum())


def score(base, network, random, findings, hypotheses):
    reports = []
    for name, hypothesis in zip(findings, hypotheses, strict=True):
        states = network.states[name]
        row = network.tables[name][hypothesis]
        answers = answers_to(base.findings[name], network.background(name))
        answer = random.choice(len(states), p=(row / row.sum()) @ answers)
        reports.append(Report(name, tuple(answers[:, answer]), "answer"))
    return conflict_bits(infer(network, merge(reports)))


if __name__ == "__main__":
    main()
