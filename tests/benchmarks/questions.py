"""How many questions, and how many minutes, until the fault is known: our next question beside other strategies.

Simulated consultations from the knowledge itself. A fault (one cause or two) is drawn from the prior, the true state of
every finding given it, and what the person would answer to every question. The person starts with one or two abnormal
symptoms that come to mind, if any do, and is then asked until a cause or no fault reaches 0.9, nothing may be asked any
more, or 40 questions were asked. All strategies see the same runs, and the same question gets the same answer in all of
them; each may only ask what `rank_questions` allows.

A person to whom a symptom comes to mind can also tell of it when asked, and whoever takes an abnormal state for the
normal one does not bring it up. Ranks are of the best placed true cause among all causes, no fault and not listed; what
is reported after 5 and 10 questions is, for a consultation that ended earlier, what was believed at its end. Log loss
is of the true hypothesis, in nats.

Two-step lookahead maximises (gain of a question + expected gain of the best next one after each answer, "don't know"
included) over (expected minutes of both), each gain weighed by the share who can answer; see `tests/benchmarks/ahead`.

Two tables are there to read the others by: what would be known if everything were answered that the person can answer,
and after how many questions each strategy knows as much, by mean log loss, as ours after 5 and after 10.

Run: python -m tests.benchmarks.questions [RUNS] [RUNS OF THE LOOKAHEAD]
"""

import multiprocessing
import os
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from functools import cache

import numpy as np

import knowledge
from tests.benchmarks.ahead import Ahead
from triage.beliefs import Report, compile_network, infer, merge, volunteered_findings
from triage.interview import CONFIDENT, compile_questions, rank_questions, stop_reason
from triage.plan import list_trials

RUNS = 2000
RUNS_AHEAD = 500
SEED = 7
MOST_QUESTIONS = 40
PROCESSES = 2
OURS, LOOKAHEAD, FIXED, CEILING = "ours", "two-step lookahead", "fixed order", "everything answered"
MILESTONES = (5, 10)


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else RUNS
    ahead = min(int(sys.argv[2]) if len(sys.argv) > 2 else RUNS_AHEAD, runs)
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ[name] = "1"
    start = time.perf_counter()
    with multiprocessing.get_context("spawn").Pool(PROCESSES) as pool:
        outcomes = list(pool.imap(consultations, [(number, number < ahead) for number in range(runs)], chunksize=5))
    minutes = (time.perf_counter() - start) / 60
    faults = Counter(outcome[OURS].causes for outcome in outcomes)
    opening = Counter(outcome[OURS].volunteered for outcome in outcomes)
    print(f"{runs} consultations, {ahead} of them also with the lookahead; {minutes:.1f} minutes on {PROCESSES} cores.")
    print(f"Knowledge {knowledge.load().hash}.")
    print(f"One cause in {faults[1]}, two in {faults[2]}; volunteered symptoms: none in {opening[0]}, ", end="")
    print(f"one in {opening[1]}, two in {opening[2]}.\n")
    print_strategies(outcomes)
    print_ceiling([outcome[CEILING] for outcome in outcomes])
    print_equal_knowledge(outcomes)
    print_pairwise(outcomes)
    print_goals(outcomes)
    print_stops([outcome[OURS] for outcome in outcomes])


@dataclass(frozen=True)
class World:
    base: object
    network: object
    questions: object
    trials: object
    ahead: Ahead


@cache
def world() -> World:
    """The knowledge, compiled once per process."""
    base = knowledge.load()
    network = compile_network(base)
    questions = compile_questions(base, network)
    return World(
        base, network, questions, list_trials(base, network.hypotheses.causes), Ahead(base, network, questions)
    )


@dataclass(frozen=True)
class Person:
    """One run and what its owner would say.

    Args:
        truth: index of the hypothesis.
        answers: finding -> index of the state that is answered, or None for "don't know".
        opening: the symptoms that are brought up unasked.
        order: the questions in a random order.

    """

    truth: int
    answers: dict
    opening: tuple
    order: dict


@dataclass
class Outcome:
    """A consultation; the lists hold one value before the first question and one after each."""

    causes: int
    volunteered: int
    rank: list = field(default_factory=list)
    log_loss: list = field(default_factory=list)
    minutes: list = field(default_factory=list)
    stops: list = field(default_factory=list)
    seconds: list = field(default_factory=list)
    reached: bool = False

    @property
    def asked(self):
        return len(self.rank) - 1


@dataclass(frozen=True)
class Moment:
    """What a strategy chooses by."""

    person: Person
    posterior: object
    evidence: dict
    asked: set
    candidates: list


def consultations(task):
    """The outcome of one run under every strategy, the lookahead only if wanted, and what there was to be known."""
    number, lookahead = task
    person = draw(world(), np.random.default_rng([SEED, number]))
    outcomes = {name: consult(world(), person, name) for name in STRATEGIES if lookahead or name != LOOKAHEAD}
    return outcomes | {CEILING: everything(world(), person)}


def draw(world, random, always=frozenset()) -> Person:
    network, questions = world.network, world.questions
    faults = network.hypotheses.prior[1:-1] / network.hypotheses.prior[1:-1].sum()
    truth = 1 + int(random.choice(faults.size, p=faults))
    answers, minds = {}, []
    for name, answerable in zip(questions.findings, questions.answerable, strict=True):
        state = choice(random, network.tables[name][truth])
        answer = choice(random, questions.answers[name][state])
        reach = random.random()
        answers[name] = answer if name in always or reach < answerable else None
        if reach < network.noticed.get(name, 0.0) and state > 0 and answer > 0:
            minds.append(name)
    count = min(int(random.integers(1, 3)), len(minds))
    opening = tuple(minds[index] for index in random.choice(len(minds), size=count, replace=False)) if count else ()
    order = dict(zip(questions.findings, random.permutation(len(questions.findings)).tolist(), strict=True))
    return Person(truth, answers, opening, order)


def choice(random, probability):
    return int(np.searchsorted(np.cumsum(probability), random.random() * probability.sum(), side="right"))


def consult(world, person, strategy, most=MOST_QUESTIONS) -> Outcome:
    network, questions = world.network, world.questions
    outcome = Outcome(len(network.hypotheses.sets[person.truth]), len(person.opening))
    reports = [report(world, person, name, volunteered=True) for name in person.opening]
    asked, minutes = set(person.opening), 0.0
    while True:
        evidence = merge(reports)
        posterior = infer(network, evidence, volunteered_findings(reports))
        outcome.rank.append(rank_of_truth(posterior, person.truth))
        outcome.log_loss.append(log_loss(posterior, person.truth))
        outcome.minutes.append(minutes)
        candidates = rank_questions(questions, posterior, evidence, asked)
        if strategy == OURS:
            outcome.stops.append(stop_reason(questions, posterior, candidates, world.trials))
        outcome.reached = max(posterior.none, float(posterior.cause_probability.max())) >= CONFIDENT
        if outcome.reached or not candidates or outcome.asked == most:
            return outcome
        start = time.perf_counter()
        chosen = STRATEGIES[strategy](world, Moment(person, posterior, evidence, asked, candidates))
        outcome.seconds.append(time.perf_counter() - start)
        asked.add(chosen.finding)
        minutes += chosen.minutes
        if person.answers[chosen.finding] is not None:
            reports.append(report(world, person, chosen.finding))


def everything(world, person) -> tuple:
    """Whether 0.9 is reached and the truth leads once every question is answered that the person can answer."""
    reports = [report(world, person, name, volunteered=True) for name in person.opening]
    others = [name for name, answer in person.answers.items() if answer is not None and name not in person.opening]
    reports += [report(world, person, name) for name in others]
    posterior = infer(world.network, merge(reports), volunteered_findings(reports))
    reached = max(posterior.none, float(posterior.cause_probability.max())) >= CONFIDENT
    return reached, rank_of_truth(posterior, person.truth) == 1, log_loss(posterior, person.truth), len(others)


def report(world, person, name, *, volunteered=False):
    likelihood = world.questions.answers[name][:, person.answers[name]]
    return Report(name, tuple(likelihood.tolist()), "answer", volunteered=volunteered)


def log_loss(posterior, truth):
    return -float(np.log(max(posterior.probability[truth], 1e-300)))


def rank_of_truth(posterior, truth):
    statements = [*posterior.cause_probability.tolist(), posterior.none, posterior.not_listed]
    hypotheses = posterior.network.hypotheses
    best = max(statements[hypotheses.causes.index(cause)] for cause in hypotheses.sets[truth])
    return 1 + sum(value > best for value in statements)


def by_worth(_, moment):
    return moment.candidates[0]


def by_gain(_, moment):
    return max(moment.candidates, key=lambda candidate: candidate.gain_bits)


def at_random(_, moment):
    return min(moment.candidates, key=lambda candidate: moment.person.order[candidate.finding])


def in_order(world, moment):
    return min(moment.candidates, key=lambda candidate: world.ahead.place[candidate.finding])


def confirming(world, moment):
    """The likeliest state of the finding under the leading cause is the most distinctive; ties in fixed order."""
    leading = 1 + int(moment.posterior.cause_probability.argmax())

    def distinctive(candidate):
        row = world.network.tables[candidate.finding][leading]
        state = int(row.argmax())
        common = world.network.background(candidate.finding)[state]
        return (-round(float(row[state] / max(common, 1e-12)), 9), world.ahead.place[candidate.finding])

    return min(moment.candidates, key=distinctive)


def two_steps(world, moment):
    return world.ahead.best(moment.posterior, moment.evidence, moment.asked, moment.candidates)


STRATEGIES = {
    OURS: by_worth,
    "information gain alone": by_gain,
    "confirm the leader": confirming,
    "random order": at_random,
    FIXED: in_order,
    LOOKAHEAD: two_steps,
}


def print_strategies(outcomes) -> None:
    print("| strategy | runs | reached 0.9 | truth leads | questions | minutes | rank at 5, 10 | log loss at 5, 10 |")
    print("|---|---|---|---|---|---|---|---|")
    rows = [(name, [outcome[name] for outcome in outcomes if name in outcome]) for name in STRATEGIES]
    compared = [outcome[OURS] for outcome in outcomes if LOOKAHEAD in outcome]
    if 0 < len(compared) < len(outcomes):
        rows.append(("ours, on the runs of the lookahead", compared))
    for name, some in rows:
        if some:
            ranks = ", ".join(f"{mean(at(one.rank, after) for one in some):.2f}" for after in MILESTONES)
            losses = ", ".join(f"{mean(at(one.log_loss, after) for one in some):.2f}" for after in MILESTONES)
            print(
                f"| {name} | {len(some)} | {mean(one.reached for one in some):.1%} "
                f"| {mean(one.rank[-1] == 1 for one in some):.1%} | {mean(one.asked for one in some):.2f} "
                f"| {mean(one.minutes[-1] for one in some):.1f} | {ranks} | {losses} |"
            )
    seconds = [value for outcome in outcomes if LOOKAHEAD in outcome for value in outcome[LOOKAHEAD].seconds]
    if seconds:
        print(f"\nThe lookahead takes {np.median(seconds) * 1000:.0f} ms a step (median) on top of `rank_questions`.")
    print()


def print_ceiling(ceilings) -> None:
    """Preconditions are left aside here, and so is the limit on the number of questions."""
    reached, leads, loss, count = np.mean(ceilings, axis=0)
    print(f"If everything were answered that the person can answer ({count:.0f} questions on average):")
    print(f"0.9 reached in {reached:.1%}, the truth leads in {leads:.1%}, log loss {loss:.2f}.\n")


def print_equal_knowledge(outcomes) -> None:
    """The first number of questions at which the mean log loss is no larger than that of ours, and their minutes."""
    print("Questions (minutes) until the mean log loss is that of ours, on the same runs:\n")
    print("| strategy | as ours after 5 | as ours after 10 |")
    print("|---|---|---|")
    for name in STRATEGIES:
        both = [(outcome[OURS], outcome[name]) for outcome in outcomes if name in outcome]
        cells = []
        for after in MILESTONES if both else ():
            wanted = mean(at(one.log_loss, after) for one, _ in both) + 1e-12
            enough = (n for n in range(MOST_QUESTIONS + 1) if mean(at(o.log_loss, n) for _, o in both) <= wanted)
            first = next(enough, None)
            minutes = None if first is None else mean(at(other.minutes, first) for _, other in both)
            cells.append(f"more than {MOST_QUESTIONS}" if first is None else f"{first} ({minutes:.0f})")
        if cells:
            print(f"| {name} | {cells[0]} | {cells[1]} |")
    print()


def print_pairwise(outcomes) -> None:
    print("Only runs that reached 0.9 under both ours and the other:\n")
    print("| other | runs | questions: ours, other | minutes: ours, other | truth leads: ours, other |")
    print("|---|---|---|---|---|")
    for name in list(STRATEGIES)[1:]:
        both = [(o[OURS], o[name]) for o in outcomes if name in o and o[OURS].reached and o[name].reached]
        if both:
            print(
                f"| {name} | {len(both)} | {mean(a.asked for a, _ in both):.2f}, {mean(b.asked for _, b in both):.2f} "
                f"| {mean(a.minutes[-1] for a, _ in both):.1f}, {mean(b.minutes[-1] for _, b in both):.1f} "
                f"| {mean(a.rank[-1] == 1 for a, _ in both):.1%}, {mean(b.rank[-1] == 1 for _, b in both):.1%} |"
            )
    print()


def print_goals(outcomes) -> None:
    """Ratios of means with intervals over resampled runs (paired bootstrap)."""
    print("Ours over the other; in brackets the 95 % interval of the bootstrap over runs.\n")
    print("| other | runs | mean questions | mean minutes | goal for questions |")
    print("|---|---|---|---|---|")
    for name, goal in ((LOOKAHEAD, 1.05), (FIXED, 0.5)):
        for label, only_both in (("all", False), ("reached under both", True)):
            pairs = [(outcome[OURS], outcome[name]) for outcome in outcomes if name in outcome]
            pairs = [(a, b) for a, b in pairs if not only_both or (a.reached and b.reached)]
            if pairs:
                questions, text = ratio([(a.asked, b.asked) for a, b in pairs])
                _, cost = ratio([(a.minutes[-1], b.minutes[-1]) for a, b in pairs])
                verdict = "met" if questions <= goal else "missed"
                print(f"| {name}, {label} | {len(pairs)} | {text} | {cost} | at most {goal}: {verdict} |")
    print()


def ratio(pairs):
    values = np.array(pairs, dtype=float)
    random = np.random.default_rng(SEED)
    drawn = random.integers(len(values), size=(2000, len(values)))
    sums = np.stack([values[rows].sum(axis=0) for rows in drawn])
    low, high = np.quantile(sums[:, 0] / np.maximum(sums[:, 1], 1e-9), [0.025, 0.975])
    middle = float(values[:, 0].sum() / max(values[:, 1].sum(), 1e-9))
    return middle, f"{middle:.3f} ({low:.3f} to {high:.3f})"


def print_stops(ours) -> None:
    print("When `stop_reason` would have ended the consultation (first reason to fire), under ours:\n")
    print("| reason | share of runs | questions: mean, median | minutes | truth leads | truth in top three |")
    print("|---|---|---|---|---|---|")
    first = {}
    for one in ours:
        moment = next((index for index, reason in enumerate(one.stops) if reason), None)
        first.setdefault(one.stops[moment] if moment is not None else f"none in {MOST_QUESTIONS}", []).append(
            (one, one.asked if moment is None else moment)
        )
    print_moments(first, len(ours))
    print_moments({"all of them": [pair for pairs in first.values() for pair in pairs]}, len(ours))
    print("\nEach reason where it fires at any time (the first time in each run):\n")
    print("| reason | share of runs | questions: mean, median | minutes | truth leads | truth in top three |")
    print("|---|---|---|---|---|---|")
    ever = {}
    for one in ours:
        for reason in {reason for reason in one.stops if reason}:
            ever.setdefault(reason, []).append((one, one.stops.index(reason)))
    print_moments(ever, len(ours))


def print_moments(moments, runs) -> None:
    for reason, pairs in sorted(moments.items(), key=lambda item: -len(item[1])):
        asked = [moment for _, moment in pairs]
        print(
            f"| {reason} | {len(pairs) / runs:.1%} | {np.mean(asked):.2f}, {np.median(asked):.0f} "
            f"| {mean(one.minutes[moment] for one, moment in pairs):.1f} "
            f"| {mean(one.rank[moment] == 1 for one, moment in pairs):.1%} "
            f"| {mean(one.rank[moment] <= 3 for one, moment in pairs):.1%} |"
        )


def at(values, after):
    return values[min(after, len(values) - 1)]


def mean(values):
    return float(np.mean(list(values)))


if __name__ == "__main__":
    main()
