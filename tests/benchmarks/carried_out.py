"""Questions until 0.9 by people who carry out every check that they are asked for.

The simulation of `tests.benchmarks.questions` lets most checks end in "don't know", as they do where nobody goes and
looks; then few consultations reach 0.9 under any strategy, and how many questions that takes is hard to compare. Here
every check is carried out when it is asked for, at its cost in minutes; settings and symptoms are known as often as
there, answers are as noisy, and asking goes on until 0.9 or until nothing may be asked.

Run: python -m tests.benchmarks.carried_out [RUNS]
"""

import multiprocessing
import os
import sys

import numpy as np

from tests.benchmarks.questions import FIXED, LOOKAHEAD, OURS, PROCESSES, SEED, STRATEGIES, consult, draw, world

RUNS = 500


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else RUNS
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ[name] = "1"
    with multiprocessing.get_context("spawn").Pool(PROCESSES) as pool:
        outcomes = list(pool.imap(consultations, range(runs), chunksize=5))
    print(f"{runs} consultations; mean questions and minutes of those that reach 0.9 under both ours and the other.\n")
    print("| strategy | reaches 0.9 | truth leads | runs of both | questions: ours, its, ratio | minutes: ours, its |")
    print("|---|---|---|---|---|---|")
    for name in outcomes[0]:
        print(row(name, outcomes))


def consultations(number):
    here = world()
    checks = frozenset(name for name, finding in here.base.findings.items() if finding.kind == "check")
    person = draw(here, np.random.default_rng([SEED, number]), checks)
    names = (name for name in STRATEGIES if name != LOOKAHEAD)
    return {name: consult(here, person, name, len(here.questions.findings)) for name in names}


def row(name, outcomes):
    reached = np.mean([run[name].reached for run in outcomes])
    leads = np.mean([run[name].rank[-1] == 1 for run in outcomes])
    both = [run for run in outcomes if run[name].reached and run[OURS].reached]
    ours, its = (np.array([run[who].asked for run in both]) for who in (OURS, name))
    minutes = [np.mean([run[who].minutes[-1] for run in both]) for who in (OURS, name)]
    low, high = interval(ours, its)
    goal = ", goal at most 0.5" if name == FIXED else ""
    ratio = f"{ours.mean() / its.mean():.3f} ({low:.3f} to {high:.3f}{goal})"
    return (
        f"| {name} | {reached:.1%} | {leads:.1%} | {len(both)} | {ours.mean():.1f}, {its.mean():.1f}, {ratio} "
        f"| {minutes[0]:.0f}, {minutes[1]:.0f} |"
    )


def interval(ours, its):
    """95 % interval of the ratio of means, by the bootstrap over runs."""
    random = np.random.default_rng(SEED)
    draws = random.integers(len(ours), size=(2000, len(ours)))
    return np.quantile(ours[draws].mean(axis=1) / its[draws].mean(axis=1), [0.025, 0.975])


if __name__ == "__main__":
    main()
