"""How long belief, next question and explanation take, on one core.

Three tables:

1. The real knowledge base, against the goals: posterior after 10 reports under 0.1 ms, next question under 1 ms,
   explanation under 2 ms.
2. The same model written out for pyAgrum and pgmpy: how far results agree, and the ratio of times; the rules of the
   comparison stand in tests/benchmarks/peers.py. A library that is not installed is skipped, which is said.
3. Synthetic knowledge of more causes, drawn from the real one: each finding and remedy as a copy of a real one, as many
   per cause as there are; each cause with as many edges of each kind as a real one, each edge copied from a random real
   edge and turned to a random copy of its finding. Goal: next question under 16 ms at 200 causes.

Reports are answers to random questions, drawn from a random hypothesis through the reliability of each question. Times
are processor times of one thread, which on an idle machine are wall times and on a shared one do not count what others
do; and medians: over the repetitions for one set of reports, then over the sets; beside it that of the slowest set.

Run: python -m tests.benchmarks.inference [SETS]
"""

import os

os.environ["OMP_NUM_THREADS"] = "1"
os.environ["OPENBLAS_NUM_THREADS"] = "1"

import sys
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

import knowledge
from knowledge.base import KnowledgeBase
from tests.benchmarks.peers import met, print_peer, timed
from triage.beliefs import (
    Network,
    Report,
    compile_network,
    infer,
    merge,
    weights_between,
    weights_of_causes,
)
from triage.interview import Questions, compile_questions, rank_questions, stop_reason
from triage.plan import list_trials
from triage.session import Session

REPORTS = 10
VOLUNTEERED = 2
REPETITIONS = 100
SLOW_REPETITIONS = 10
SIZES = (64, 100, 200)

POSTERIOR = "posterior after 10 reports"
QUESTION = "next question"
EXPLANATION = "explanation"
GOALS = {POSTERIOR: 0.1, QUESTION: 1.0, EXPLANATION: 2.0}
GOAL_GROWN = 16.0


@dataclass(frozen=True)
class Case:
    """A set of reports: question -> index of the answer, and the merged likelihoods."""

    answers: Mapping[str, int]
    evidence: Mapping[str, np.ndarray]


@dataclass(frozen=True)
class Compiled:
    """A knowledge base and all that is made of it once."""

    base: KnowledgeBase
    network: Network
    questions: Questions


def main() -> None:
    sets = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    base = knowledge.load()
    compiled = compiled_from(base)
    cases = draw_cases(compiled, np.random.default_rng(1), sets)
    print(f"{size_of(compiled)}; {sets} sets of {REPORTS} reports\n")
    print_own(compiled, cases)
    for library in ("pyagrum", "pgmpy"):
        print_peer(library, compiled.network, compiled.questions, cases)
    print_growth(base, sets)


def compiled_from(base):
    network = compile_network(base)
    return Compiled(base, network, compile_questions(base, network))


def size_of(compiled):
    hypotheses, findings = compiled.network.hypotheses, compiled.questions.findings
    acting = sum(int(compiled.network.effects[name].acting.sum()) for name in findings)
    return (
        f"{len(hypotheses.causes)} causes, {len(hypotheses):,} hypotheses, {len(findings)} questions, "
        f"{acting / len(hypotheses.causes):.1f} edges per cause"
    )


def draw_cases(compiled, random, count):
    network, questions = compiled.network, compiled.questions
    known = network.hypotheses.prior[:-1] / network.hypotheses.prior[:-1].sum()
    cases = []
    for _ in range(count):
        truth = random.choice(known.size, p=known)
        answers = {}
        for name in random.choice(questions.findings, size=REPORTS, replace=False).tolist():
            chance = network.tables[name][truth] @ questions.answers[name]
            answers[name] = int(random.choice(chance.size, p=chance / chance.sum()))
        cases.append(case_of(compiled, answers))
    return cases


def case_of(compiled, answers):
    matrices = compiled.questions.answers
    reports = [Report(name, tuple(matrices[name][:, answer]), "answer") for name, answer in answers.items()]
    return Case(answers, merge(reports))


def print_own(compiled, cases):
    rows = {**core_times(compiled, cases), **further_times(compiled, cases)}
    print("| real knowledge base | median ms | slowest set | goal | |")
    print("|---|---:|---:|---:|---|")
    for name, (middle, slowest) in rows.items():
        goal = f"{GOALS[name]:g} | {met(middle < GOALS[name])}" if name in GOALS else "|"
        print(f"| {name} | {middle:.3f} | {slowest:.3f} | {goal} |")
    print()


def core_times(compiled, cases, repetitions=REPETITIONS):
    """The three tasks with a goal; name -> median over the sets, slowest set."""
    network, questions = compiled.network, compiled.questions
    milliseconds = defaultdict(list)
    for case in cases:
        posterior = infer(network, case.evidence)
        leading, other = np.argsort(-posterior.probability)[:2].tolist()
        asked = frozenset(case.answers)

        def rank(fresh, case=case, asked=asked):
            return rank_questions(questions, fresh, case.evidence, asked)

        def explain(fresh, leading=leading, other=other):
            return weights_of_causes(fresh), weights_between(fresh, leading, other)

        def fresh(posterior=posterior):
            return replace(posterior)

        milliseconds[POSTERIOR].append(time_of(lambda case=case: infer(network, case.evidence), repetitions))
        milliseconds[QUESTION].append(time_of(rank, repetitions, fresh))
        milliseconds[EXPLANATION].append(time_of(explain, repetitions, fresh))
    return summary(milliseconds)


def further_times(compiled, cases):
    """What has no goal of its own; `stop_reason` where it has to weigh trying against asking."""
    base, network, questions = compiled.base, compiled.network, compiled.questions
    trials = list_trials(base, network.hypotheses.causes)
    random = np.random.default_rng(2)
    milliseconds = defaultdict(list)
    for case in cases:
        posterior = infer(network, case.evidence)
        asked = frozenset(case.answers)
        candidates = rank_questions(questions, posterior, case.evidence, asked)
        told = with_volunteered(compiled, random, case)
        session = session_with(base, case)

        def stop(posterior=posterior, candidates=candidates):
            return stop_reason(questions, posterior, candidates, trials)

        def both(case=case, asked=asked):
            return rank_questions(questions, infer(network, case.evidence), case.evidence, asked)

        def read(fresh, case=case):
            return rank_questions(questions, fresh, case.evidence, frozenset())

        def volunteered(told=told):
            return infer(network, told[0].evidence, told[1])

        milliseconds["posterior and next question together"].append(time_of(both, REPETITIONS))
        milliseconds["next question, the ten being read from a log, not asked"].append(
            time_of(read, REPETITIONS, lambda posterior=posterior: replace(posterior))
        )
        milliseconds["posterior, 2 of the 10 volunteered symptoms"].append(time_of(volunteered, SLOW_REPETITIONS))
        if posterior.none < 0.5 and stop() in (None, "cheaper_to_try"):
            milliseconds["stop_reason, where it weighs trying"].append(time_of(stop, REPETITIONS))
        milliseconds["Session.diagnosis()"].append(time_of(session.diagnosis, SLOW_REPETITIONS))
        milliseconds["first posterior after compiling"].append(
            time_of(lambda net, case=case: infer(net, case.evidence), 3, lambda: compile_network(base))
        )
    milliseconds["compile_network"].append(time_of(lambda: compile_network(base), SLOW_REPETITIONS))
    milliseconds["compile_questions"].append(
        time_of(lambda net: compile_questions(base, net), SLOW_REPETITIONS, lambda: compile_network(base))
    )
    return summary(milliseconds)


def with_volunteered(compiled, random, case):
    """The case with two of its reports put in place by symptoms that were brought up, and which these are."""
    names = random.choice(sorted(compiled.network.noticed), size=VOLUNTEERED, replace=False).tolist()
    told = {name: int(random.integers(1, len(compiled.network.states[name]))) for name in names}
    others = {name: answer for name, answer in case.answers.items() if name not in told}
    kept = dict(list(others.items())[: REPORTS - VOLUNTEERED])
    return case_of(compiled, {**kept, **told}), frozenset(names)


def session_with(base, case):
    session = Session(base)
    for name, answer in case.answers.items():
        session.answer(name, list(base.findings[name].states)[answer])
    return session


def time_of(function, repetitions, prepare=None):
    """Median time of a call in ms; what ``prepare`` returns is its argument and is not timed."""
    taken = []
    for _ in range(repetitions + 1):
        arguments = () if prepare is None else (prepare(),)
        taken.append(timed(function, *arguments))
    return float(np.median(taken[1:]))


def summary(milliseconds):
    return {name: (float(np.median(values)), max(values)) for name, values in milliseconds.items()}


def print_growth(base, sets):
    print(
        "| knowledge | posterior ms | next question ms | explanation ms | compile_network ms | compile_questions ms |"
    )
    print("|---|---:|---:|---:|---:|---:|")
    for size in SIZES:
        grown = synthetic(base, size, np.random.default_rng(size))
        compiled = compiled_from(grown)
        times = core_times(compiled, draw_cases(compiled, np.random.default_rng(3), sets), SLOW_REPETITIONS)
        build = time_of(lambda grown=grown: compile_network(grown), 3)
        tabulate = time_of(
            lambda net, grown=grown: compile_questions(grown, net), 3, lambda grown=grown: compile_network(grown)
        )
        cells = " | ".join(f"{times[name][0]:.2f}" for name in (POSTERIOR, QUESTION, EXPLANATION))
        print(f"| synthetic, {size_of(compiled)} | {cells} | {build:.0f} | {tabulate:.0f} |", flush=True)
    last = times[QUESTION][0]
    print(f"\nnext question at {size} causes: {last:.2f} ms, goal {GOAL_GROWN:g} ms: {met(last < GOAL_GROWN)}")


def synthetic(base, count, random):
    """Knowledge of ``count`` causes with the statistics of ``base``; see the top of this file."""
    factor = count / len(base.causes)
    finding_copies = copies_of(base.findings, factor, random)
    remedy_copies = copies_of(base.remedies, factor, random)
    causes = {f"cause_{i}": cause_like(base, f"cause_{i}", finding_copies, remedy_copies, random) for i in range(count)}
    return KnowledgeBase(
        causes=causes,
        findings={
            copy: like_finding(base.findings[name], copy, number, finding_copies)
            for name, copies in finding_copies.items()
            for number, copy in enumerate(copies)
        },
        remedies={
            copy: like_remedy(base.remedies[name], copy, number, finding_copies)
            for name, copies in remedy_copies.items()
            for number, copy in enumerate(copies)
        },
        pairs=pairs_like(base, list(causes), factor, random),
        sources={},
        hash=f"synthetic {count}",
    )


def copies_of(things, factor, random):
    """Id -> ids of its copies, ``factor`` times as many as there are things in all, every one at least once."""
    names = list(things)
    numbers = dict.fromkeys(names, int(factor))
    rest = round(factor * len(names)) - int(factor) * len(names)
    for name in random.permutation(names)[:rest].tolist():
        numbers[name] += 1
    return {name: [f"{name}_{number}" for number in range(numbers[name])] for name in names}


def like_finding(finding, copy, number, copies):
    """A copy that asks after copies of its preconditions."""
    conditions = [
        {copies[needed][number % len(copies[needed])]: states for needed, states in condition.items()}
        for condition in finding.asks_when
    ]
    return finding.model_copy(update={"id": copy, "asks_when": conditions, "replaced_by": None})


def like_remedy(remedy, copy, number, copies):
    trial = None if remedy.trial is None else copies[remedy.trial][number % len(copies[remedy.trial])]
    return remedy.model_copy(update={"id": copy, "trial": trial, "replaced_by": None})


def cause_like(base, name, finding_copies, remedy_copies, random):
    """A cause with as many edges of each kind as a random real one, each copied from a random real edge of its kind."""
    real = list(base.causes.values())
    model = real[random.integers(len(real))]

    def edges(kind):
        pool = [edge for cause in real for edge in getattr(cause, kind)]
        chosen = {}
        while len(chosen) < len(getattr(model, kind)):
            edge = pool[random.integers(len(pool))]
            if kind == "remedies":
                target = str(random.choice(remedy_copies[edge.remedy]))
                chosen[target] = edge.model_copy(update={"remedy": target})
            else:
                target = str(random.choice(finding_copies[edge.finding]))
                chosen[target] = edge.model_copy(update={"finding": target})
        return list(chosen.values())

    kinds = {kind: edges(kind) for kind in ("symptoms", "checks", "odds", "remedies")}
    needs = real[random.integers(len(real))].requires
    requires = {str(random.choice(finding_copies[setting])): states for setting, states in needs.items()}
    return model.model_copy(update={"id": name, "requires": requires, "replaced_by": None, **kinds})


def pairs_like(base, causes, factor, random):
    real = list(base.pairs.values())
    pairs = {}
    for number in range(round(factor * len(real))):
        couple = random.choice(causes, size=2, replace=False).tolist()
        model = real[random.integers(len(real))]
        pairs[f"pair_{number}"] = model.model_copy(update={"id": f"pair_{number}", "causes": couple})
    return pairs


if __name__ == "__main__":
    main()
