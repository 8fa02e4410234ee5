"""The knowledge written out for pyAgrum and pgmpy, and their ways to the posterior and to the worth of every question.

Two networks, both exact for the model, the hypothesis being one variable with a value per hypothesis:

- full: hypothesis -> true state of every finding -> answer to every question. Any report can be entered, as a
  likelihood of the true state.
- short: hypothesis -> answer, the true states being summed out beforehand. Enough as long as every report is one answer
  to a question that is not asked again. No peer would do this by itself; it is what helps them most.

A network of causes with noisy-MAX is not among them: it cannot hold the prior, which is set per number of causes, nor a
fault that is not listed. The outcomes of remedies are left out, since nobody is asked for them, to the gain of the
peers. A row of zeros, of causes that exclude each other, is written as an even one; its prior is zero.

Rules of the comparison, where there was a choice:

- Times "in a row" are of calls repeated one after the other, the first not being counted; "turn about" each of our
  calls follows directly on one of theirs and finds the caches filled with other things, and the other way round, as in
  use, where seconds pass between two questions. Both are medians over all sets of reports.
- Both sides start from the reports, so ours is the posterior and what follows from it: for "gains" the gain of every
  question, like for like; for "next question", on which the goals are, the whole ranking with its preconditions. The
  others give the gains of the questions that may be asked now; one way is for all that were not asked, which are those
  that our ranking needs. Every question is timed, none is left to scaling.
- What is built once (networks, engines where they can be kept) is not timed on either side.

Used by tests/benchmarks/inference.py.
"""

import importlib
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from triage.beliefs import infer
from triage.interview import information_gain, rank_questions

REPETITIONS = 3
GOAL_DIFFERENCE = 1e-9
HYPOTHESIS = "hypothesis"
LEAST = 1e-300


@dataclass(frozen=True)
class Way:
    """One way of a library to a result.

    Args:
        name: what it is called.
        take: function of a case, and for gains of the names of the questions, that returns the result.
        every: gains of all questions that were not asked, not only of those that may be asked now.
        goal: how many times as long as our next question it should take.

    """

    name: str
    take: Callable
    every: bool = False
    goal: float | None = None


@dataclass(frozen=True)
class Peer:
    """What a library can do: posteriors over hypotheses, and gains of questions in bits."""

    name: str
    posteriors: list[Way]
    gains: list[Way]


def print_peer(library, network, questions, cases):
    peer = written_out_for(library, network, questions)
    if peer is None:
        print(f"{library} is not installed (pip install {library}): its comparison is skipped.\n")
        return

    def posterior(case):
        return infer(network, case.evidence).probability

    def question(case):
        return rank_questions(questions, infer(network, case.evidence), case.evidence, frozenset(case.answers))

    def gains(case):
        values = information_gain(questions, infer(network, case.evidence), {}).tolist()
        return dict(zip(questions.findings, values, strict=True))

    print(f"| {peer.name} | its ms | ours ms | ratio in a row | turn about | goal | | largest difference | |")
    print("|---|---:|---:|---:|---:|---:|---|---:|---|")
    for way in peer.posteriors:
        difference = max(float(np.abs(way.take(case) - posterior(case)).max()) for case in cases)
        print_ratio("posterior", way, side_by_side(way.take, posterior, cases), difference)
    askable = {id(case): [candidate.finding for candidate in question(case)] for case in cases}
    unasked = {id(case): [name for name in questions.findings if name not in case.answers] for case in cases}
    for way in peer.gains:
        names = unasked if way.every else askable

        def theirs(case, way=way, names=names):
            return way.take(case, names[id(case)])

        difference = max(abs(gain - gains(case)[name]) for case in cases for name, gain in theirs(case).items())
        print_ratio("gains", replace(way, goal=None), side_by_side(theirs, gains, cases), difference)
        print_ratio("next question", way, side_by_side(theirs, question, cases), difference)
    print()


def side_by_side(theirs, ours, cases):
    """Median ms of their calls and ours in a row, then turn about."""
    row, turn = ([], []), ([], [])
    for case in cases:
        for side in (0, 1):
            row[side].extend([timed((theirs, ours)[side], case) for _ in range(REPETITIONS + 1)][1:])
        for _ in range(REPETITIONS):
            turn[0].append(timed(theirs, case))
            turn[1].append(timed(ours, case))
    return tuple(float(np.median(taken)) for taken in (*row, *turn))


def timed(function, *arguments):
    """Processor time of a call in ms."""
    start = time.process_time()
    function(*arguments)
    return 1000.0 * (time.process_time() - start)


def print_ratio(task, way, medians, difference):
    theirs, ours, theirs_in_turn, ours_in_turn = medians
    row, turn = theirs / ours, theirs_in_turn / ours_in_turn
    verdict = ""
    if way.goal is not None:
        verdict = met(turn >= way.goal) if (turn >= way.goal) == (row >= way.goal) else "met in one way only"
    times = f"{theirs:.2f} | {ours:.3f} | {row:.1f} | {turn:.1f} | {'' if way.goal is None else f'{way.goal:g}'}"
    agreement = f"{difference:.0e} | {met(difference <= GOAL_DIFFERENCE)}"
    print(f"| {task}: {way.name} | {times} | {verdict} | {agreement} |", flush=True)


def met(fulfilled):
    return "met" if fulfilled else "**missed**"


def written_out_for(library, network, questions):
    """The peer of that import name, or None if it is not installed."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            module = importlib.import_module(library)
            return {"pyagrum": with_pyagrum, "pgmpy": with_pgmpy}[library](Tables(network, questions), module)
    except ModuleNotFoundError as error:
        if error.name != library:
            raise
        return None


class Tables:
    """The model as conditional tables that any library can take."""

    def __init__(self, network, questions):
        self.prior = network.hypotheses.prior
        self.findings = questions.findings
        self.states = {name: _filled(network.tables[name]) for name in self.findings}
        self.answers = questions.answers
        self.outright = {name: self.states[name] @ self.answers[name] for name in self.findings}


class ByHand:
    """What a user can do outside the library with no more than its posterior: H(answer | hypothesis) tabulated once."""

    def __init__(self, tables, posterior):
        self.tables, self.posterior = tables, posterior
        self.answers = np.concatenate([tables.outright[name] for name in tables.findings], axis=1)
        entropies = [-(rows * np.log2(np.maximum(rows, LEAST))).sum(axis=1) for rows in tables.outright.values()]
        self.entropies = np.stack(entropies, axis=1)
        sizes = [rows.shape[1] for rows in tables.outright.values()]
        self.starts = np.cumsum(sizes) - sizes

    def gains(self, case, names):
        posterior = self.posterior(case)
        expected = posterior @ self.answers
        surprise = np.add.reduceat(-expected * np.log2(np.maximum(expected, LEAST)), self.starts)
        gains = dict(zip(self.tables.findings, surprise - posterior @ self.entropies, strict=True))
        return {name: gains[name] for name in names}


def _filled(table):
    return np.where(table.sum(axis=1, keepdims=True) > 0, table, 1.0 / table.shape[1])


def _answer_to(finding):
    return f"answer to {finding}"


def _gains(joints):
    """Mutual information of answer and hypothesis for joint distributions of shape (hypotheses, answers)."""
    hypotheses = _entropy(next(iter(joints.values())).sum(axis=1))
    return {name: hypotheses + _entropy(joint.sum(axis=0)) - _entropy(joint) for name, joint in joints.items()}


def _entropy(values):
    return -(values * np.log2(np.maximum(values, LEAST))).sum()


def with_pyagrum(tables, gum):
    """Shafer-Shenoy propagation, the fastest of its exact engines for both tasks here, on one thread.

    Engines are kept between cases. `InformationTheory`, the library's own function for mutual information, takes
    LazyPropagation alone; `jointMutualInformation` is left out because it is off as soon as there is evidence (3.3.1).
    """
    gum.setNumberOfThreads(1)
    full, short = _pyagrum_network(tables, gum, short=False), _pyagrum_network(tables, gum, short=True)
    joints_full = _pyagrum_gains(full, gum, _enter_likelihoods)
    joints_short = _pyagrum_gains(short, gum, _enter_answers)
    by_hand = ByHand(tables, _pyagrum_posterior(full, gum, _enter_likelihoods))
    return Peer(
        f"pyAgrum {gum.__version__}",
        [
            Way("full network, likelihoods of true states", _pyagrum_posterior(full, gum, _enter_likelihoods)),
            Way("short network, answers", _pyagrum_posterior(short, gum, _enter_answers)),
        ],
        [
            Way("full network, a joint posterior per question", joints_full, goal=20),
            Way("the same, for every question not asked", joints_full, every=True, goal=20),
            Way("short network, a joint posterior per question", joints_short, goal=20),
            Way("full network, InformationTheory per question", _pyagrum_information(full, gum), goal=20),
            Way("by hand: posterior of the full network, the rest in numpy", by_hand.gains),
        ],
    )


def _pyagrum_network(tables, gum, *, short):
    net = gum.BayesNet()

    def add(name, values, parent=None, table=None):
        net.add(gum.RangeVariable(name, "", 0, values - 1))
        if parent is not None:
            net.addArc(parent, name)
        net.cpt(name)[:] = np.ascontiguousarray(tables.prior if table is None else table)

    add(HYPOTHESIS, len(tables.prior))
    for name in tables.findings:
        answers = tables.answers[name]
        if short:
            add(_answer_to(name), answers.shape[1], HYPOTHESIS, tables.outright[name])
        else:
            add(name, answers.shape[0], HYPOTHESIS, tables.states[name])
            add(_answer_to(name), answers.shape[1], name, answers)
    return net


def _enter_likelihoods(engine, case):
    engine.eraseAllEvidence()
    for name, likelihood in case.evidence.items():
        engine.addEvidence(name, likelihood.tolist())


def _enter_answers(engine, case):
    engine.eraseAllEvidence()
    for name, answer in case.answers.items():
        engine.addEvidence(_answer_to(name), answer)


def _pyagrum_posterior(net, gum, enter):
    engine = gum.ShaferShenoyInference(net)
    engine.setTargets({HYPOTHESIS})

    def posterior(case):
        enter(engine, case)
        engine.makeInference()
        return engine.posterior(HYPOTHESIS).toarray()

    return posterior


def _pyagrum_gains(net, gum, enter):
    engine = gum.ShaferShenoyInference(net)

    def gains(case, names):
        engine.eraseAllTargets()
        enter(engine, case)
        wanted = {name: {HYPOTHESIS, _answer_to(name)} for name in names}
        for both in wanted.values():
            engine.addJointTarget(both)
        engine.makeInference()
        joints = {}
        for name, both in wanted.items():
            joint = engine.jointPosterior(both)
            values = joint.toarray()
            joints[name] = values.T if joint.names[0] == HYPOTHESIS else values
        return _gains(joints)

    return gains


def _pyagrum_information(net, gum):
    engine = gum.LazyPropagation(net)

    def gains(case, names):
        _enter_likelihoods(engine, case)
        return {
            name: gum.InformationTheory(engine, [HYPOTHESIS], [_answer_to(name)]).mutualInformationXY()
            for name in names
        }

    return gains


def with_pgmpy(tables, pgmpy):
    """Variable elimination in its default order, which is by far faster here than its belief propagation.

    Answers are entered as evidence on the answer nodes: a likelihood of a true state (``virtual_evidence``) makes the
    library copy and check the whole model at every query. With the prior replaced by the posterior a question needs no
    evidence any more; this is right only since all questions hang from the one hypothesis.
    """
    full, short = _pgmpy_network(tables, short=False), _pgmpy_network(tables, short=True)
    queries = _pgmpy_gains(full)
    by_hand = ByHand(tables, _pgmpy_posterior(full))
    return Peer(
        f"pgmpy {pgmpy.__version__}",
        [
            Way("full network, likelihoods of true states", _pgmpy_virtual(full)),
            Way("full network, answers", _pgmpy_posterior(full)),
            Way("short network, answers", _pgmpy_posterior(short)),
        ],
        [
            Way("full network, a query per question", queries, goal=500),
            Way("the same, for every question not asked", queries, every=True, goal=500),
            Way("short network, a query per question", _pgmpy_gains(short), goal=500),
            Way("full network, prior replaced by posterior, then a query each", _pgmpy_updated(full), goal=500),
            Way("short network, prior replaced by posterior, then a query each", _pgmpy_updated(short), goal=500),
            Way("by hand: posterior of the full network, the rest in numpy", by_hand.gains),
        ],
    )


def _pgmpy_network(tables, *, short):
    from pgmpy.factors.discrete import TabularCPD
    from pgmpy.models import DiscreteBayesianNetwork

    size = len(tables.prior)
    cpds = [TabularCPD(HYPOTHESIS, size, tables.prior[:, None])]
    for name in tables.findings:
        states, answers = tables.answers[name].shape
        if short:
            cpds.append(TabularCPD(_answer_to(name), answers, tables.outright[name].T, [HYPOTHESIS], [size]))
        else:
            cpds.append(TabularCPD(name, states, tables.states[name].T, [HYPOTHESIS], [size]))
            cpds.append(TabularCPD(_answer_to(name), answers, tables.answers[name].T, [name], [states]))
    model = DiscreteBayesianNetwork([(cpd.variables[1], cpd.variables[0]) for cpd in cpds[1:]])
    model.add_cpds(*cpds)
    return model


def _pgmpy_posterior(model):
    from pgmpy.inference import VariableElimination

    engine = VariableElimination(model)
    return lambda case: engine.query([HYPOTHESIS], _pgmpy_evidence(case), show_progress=False).values


def _pgmpy_evidence(case):
    return {_answer_to(name): answer for name, answer in case.answers.items()}


def _pgmpy_virtual(model):
    from pgmpy.factors.discrete import DiscreteFactor
    from pgmpy.inference import VariableElimination

    def posterior(case):
        likelihoods = [DiscreteFactor([name], [value.size], value) for name, value in case.evidence.items()]
        engine = VariableElimination(model)
        return engine.query([HYPOTHESIS], virtual_evidence=likelihoods, show_progress=False).values

    return posterior


def _pgmpy_gains(model):
    from pgmpy.inference import VariableElimination

    engine = VariableElimination(model)
    return lambda case, names: _pgmpy_queries(engine, names, _pgmpy_evidence(case))


def _pgmpy_queries(engine, findings, evidence):
    return _gains(
        {name: engine.query([HYPOTHESIS, _answer_to(name)], evidence, show_progress=False).values for name in findings}
    )


def _pgmpy_updated(model):
    from pgmpy.inference import VariableElimination

    posterior, updated = _pgmpy_posterior(model), model.copy()
    engine = VariableElimination(updated)

    def gains(case, names):
        updated.get_cpds(HYPOTHESIS).values = posterior(case)
        return _pgmpy_queries(engine, names, {})

    return gains
