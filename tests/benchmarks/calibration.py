"""Whether stated probabilities come true: simulated consultations, and how often what was stated was so.

A run is drawn from the knowledge itself: a hypothesis from the prior (no fault and not listed among them), the true
state of every finding given it, and what would be said and read of each, through the reliability of the question and
of the detector. "I don't know" comes as often as people cannot answer. The rows differ in what is reported:

- asked: eight questions as the interview chooses them, or eight at random from those that may be asked;
- volunteered: K = 1 or 2 symptoms unasked (drawn beforehand), then five questions. As `triage.beliefs.volunteering`
  says, they are chosen, each set alike, from those that are abnormal in the run and come to mind; what is told is an
  abnormal state. Its likelihood holds that K come to mind, so a run with fewer is drawn anew, hypothesis and all:
  - false alarms: as `infer` multiplies to the letter, where what is told may also be normal in truth;
  - no redraw: whoever has fewer than K tells what there is, be it nothing, and that is not known to the model;
  - taken as answers: the runs of "volunteered", the symptoms wrongly taken for answers to questions;
- detectors: a reading of every symptom that has a detector, then five questions;
- perturbed: the truth comes from knowledge with noise on the log-odds of everything and without some of its edges, the
  inference from the knowledge as it is.

The verdict is the largest of no fault, the marginal of each cause, and not listed. Beside its expected calibration
error (ECE) stands what perfect calibration shows by chance in as many runs. ECE of causes is over all marginals above
0.01. The smallest set of hypotheses that reaches 90 % holds more than that, so its coverage stands beside its mean
probability; in a randomised set the last hypothesis is in with the probability that makes it 90 % (Vovk, Gammerman and
Shafer 2005, "Algorithmic learning in a random world").

Run: python -m tests.benchmarks.calibration [RUNS]
"""

import sys
import time
from dataclasses import dataclass, replace
from math import comb, prod

import numpy as np

import knowledge
from knowledge.base import KnowledgeBase
from triage.beliefs import (
    Network,
    Report,
    answer_likelihood,
    answer_matrix,
    compile_network,
    confusion_matrix,
    infer,
    merge,
    reading_likelihood,
    volunteered_findings,
)
from triage.interview import answers_to, compile_questions, rank_questions

RUNS = 5000
BINS = 15
LEVEL = 0.9
GOAL_ERROR = 0.03
GOAL_COVERAGE = (0.88, 0.92)
WITH_GOAL = ("asked, best first", "asked, at random", "volunteered", "volunteered, false alarms", "detectors")
SMALLEST_MARGINAL = 0.01
PERTURBED_BASES = 10
NOISE = 0.5
REMOVED = 0.15
DONT_KNOW = -1
POOL = 10_000


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else RUNS
    base = knowledge.load()
    world = World(base, compile_network(base))
    runs = [draw_runs(world, np.random.default_rng(1), count)]
    told = draw_volunteers(world, np.random.default_rng(2), count, literal)
    alarms = draw_volunteers(world, np.random.default_rng(3), count, with_false_alarms)
    silent = draw_volunteers_or_silence(world, np.random.default_rng(4), count)
    perturbed = draw_perturbed(world, np.random.default_rng(5), count)
    rows = {
        "asked, best first": (runs, 8, {}),
        "asked, at random": (runs, 8, {"at_random": True}),
        "volunteered": (told, 5, {}),
        "volunteered, false alarms": (alarms, 5, {}),
        "volunteered, no redraw": (silent, 5, {}),
        "volunteered, taken as answers": (told, 5, {"as_volunteered": False}),
        "detectors": (runs, 5, {"detectors": True}),
        "perturbed, asked": (perturbed, 8, {}),
        "perturbed, detectors": (perturbed, 5, {"detectors": True}),
    }
    outcomes = {}
    for name, (drawn, questions, how) in rows.items():
        start = time.perf_counter()
        outcomes[name] = consult_all(world, drawn, questions, **how)
        print(f"{name}: {time.perf_counter() - start:.0f} s", file=sys.stderr)
    print(f"knowledge {base.hash}: {count} runs per row, the perturbed ones from {PERTURBED_BASES} perturbed bases\n")
    print_calibration(outcomes)
    print_accuracy(outcomes)
    print_reliability(outcomes["asked, best first"])


@dataclass(frozen=True)
class World:
    """Knowledge that runs are drawn from, or that is believed."""

    base: KnowledgeBase
    network: Network

    def answers(self, name):
        """P(what is said | true state)."""
        return answers_to(self.base.findings[name], self.network.background(name))

    def readings(self, name):
        """P(what is read | true state); the same mixture as of a person."""
        return answer_matrix(self.network.background(name), *self.detector(name))

    def detector(self, name):
        """Reliability and confusion of the detector of a symptom, or None."""
        detector = getattr(self.base.findings[name], "detector", None)
        return detector and (detector.reliability, confusion_matrix(self.network.states[name], detector.look_alikes))


@dataclass(frozen=True)
class Runs:
    """What is true, and what would be said and read of it: arrays of one value per run, states by their position.

    ``volunteered`` has, per run, what is brought up unasked: symptom -> state.
    """

    truth: np.ndarray
    answers: dict[str, np.ndarray]
    readings: dict[str, np.ndarray]
    volunteered: list[dict[str, int]]


def draw_runs(world, random, count):
    """Runs in which nothing is brought up unasked."""
    return reported(world, random, *draw_truth(world, random, count), [{}] * count)


def draw_truth(world, random, count):
    """Hypothesis of each run, and the true state of every finding, independent given the hypothesis."""
    truth = random.choice(len(world.network.hypotheses), size=count, p=world.network.hypotheses.prior)
    return truth, {name: draw_columns(random, world.network.tables[name][truth]) for name in world.base.findings}


def reported(world, random, truth, states, volunteered):
    answers, readings = {}, {}
    for name, finding in world.base.findings.items():
        answers[name] = draw_columns(random, world.answers(name)[states[name]])
        answers[name][random.random(len(truth)) >= finding.question.answerable] = DONT_KNOW
        if world.detector(name):
            readings[name] = draw_columns(random, world.readings(name)[states[name]])
    return Runs(truth, answers, readings, volunteered)


def draw_columns(random, rows):
    """One column per row, with the probabilities of the row, which need not sum to one."""
    reached = np.cumsum(rows, axis=1)
    return (reached <= (random.random(len(rows)) * reached[:, -1])[:, None]).sum(axis=1)


def draw_volunteers(world, random, count, choose):
    """Runs in which K symptoms are brought up, one or two; what ``choose`` does not keep is drawn anew as a whole."""
    ones = random.binomial(count, 0.5)
    missing = {1: ones, 2: count - ones}
    parts = []
    while number := next((number for number in missing if missing[number]), None):
        truth, states = draw_truth(world, random, POOL)
        kept, told = (drawn[: missing[number]] for drawn in choose(world, random, states, number))
        missing[number] -= len(kept)
        states = {name: values[kept] for name, values in states.items()}
        parts.append(reported(world, random, truth[kept], states, told))
    return parts


def literal(world, random, states, number):
    """Chosen, each set alike, from what is abnormal and comes to mind; the state that is told is an abnormal one."""
    candidates = abnormal(world, states) & comes_to_mind(world, random, states)
    kept = np.flatnonzero(candidates.sum(axis=1) >= number)
    chosen = [random.choice(np.flatnonzero(candidates[run]), size=number, replace=False) for run in kept]
    return kept, told_of(world, told_as_abnormal(world, random, states), kept, chosen)


def with_false_alarms(world, random, states, number):
    """As `infer` multiplies: P(told | h) of each chosen symptom, whatever its true state, x E[1 / C(K + N, K)].

    A set is drawn from the symptoms that are taken for abnormal and come to mind; the run is kept in proportion to the
    number of such sets over C(K + N, K), N being the others that are abnormal in truth and come to mind.
    """
    mind = comes_to_mind(world, random, states)
    said = {name: draw_columns(random, world.answers(name)[states[name]]) for name in world.network.noticed}
    taken, true = abnormal(world, said) & mind, abnormal(world, states) & mind
    enough = np.flatnonzero(taken.sum(axis=1) >= number)
    chosen = [random.choice(np.flatnonzero(taken[run]), size=number, replace=False) for run in enough]
    sets = [comb(taken[run].sum(), number) for run in enough]
    others = [true[run].sum() - true[run, places].sum() for run, places in zip(enough, chosen, strict=True)]
    weight = np.array(sets) / np.array([comb(number + count, number) for count in others])
    accepted = np.flatnonzero(random.random(len(enough)) < weight / weight.max())
    return enough[accepted], told_of(world, said, enough[accepted], [chosen[index] for index in accepted])


def draw_volunteers_or_silence(world, random, count):
    """No run is drawn anew: at most as many symptoms as there are, and nothing where nothing comes to mind."""
    truth, states = draw_truth(world, random, count)
    candidates = abnormal(world, states) & comes_to_mind(world, random, states)
    numbers = np.minimum(random.integers(1, 3, size=count), candidates.sum(axis=1))
    chosen = [random.permutation(np.flatnonzero(row))[:number] for row, number in zip(candidates, numbers, strict=True)]
    told = told_of(world, told_as_abnormal(world, random, states), range(count), chosen)
    return [reported(world, random, truth, states, told)]


def abnormal(world, states):
    return np.stack([states[name] > 0 for name in world.network.noticed], axis=1)


def comes_to_mind(world, random, states):
    """Whether each symptom would come to mind if it were abnormal; whoever is asked of it may still not know."""
    return random.random(abnormal(world, states).shape) < np.array(list(world.network.noticed.values()))


def told_as_abnormal(world, random, states):
    """What people say who take the symptom for abnormal."""
    said = {}
    for name in world.network.noticed:
        matrix = world.answers(name)
        matrix[:, 0] = 0.0
        said[name] = draw_columns(random, matrix[states[name]])
    return said


def told_of(world, said, runs, chosen):
    names = list(world.network.noticed)
    return [{names[i]: int(said[names[i]][run]) for i in places} for run, places in zip(runs, chosen, strict=True)]


def draw_perturbed(world, random, count):
    sizes = [(count + index) // PERTURBED_BASES for index in range(PERTURBED_BASES)]
    return [draw_runs(perturbed_world(world, random), random, size) for size in sizes]


def perturbed_world(world, random):
    """Another truth: noise on the log-odds of leaks, shares, links, factors and prior odds, and edges removed.

    Certain links (0 and 1) stay certain. The prior is normalised anew per number of causes.
    """
    hypotheses, prior = world.network.hypotheses, world.network.hypotheses.prior.copy()
    causes = {name: noise(random) for name in hypotheses.causes}
    pairs = {frozenset(pair.causes): noise(random) for pair in world.base.pairs.values()}
    moved = prior * [prod(map(causes.get, names)) * pairs.get(frozenset(names), 1.0) for names in hypotheses.sets]
    for part in (hypotheses.singles, hypotheses.pairs):
        prior[part] = moved[part] * prior[part].sum() / moved[part].sum()
    effects = {name: perturbed_effect(effect, random) for name, effect in world.network.effects.items()}
    return World(world.base, replace(world.network, hypotheses=replace(hypotheses, prior=prior), effects=effects))


def perturbed_effect(effect, random):
    """What a cause requires of a setting stays; links of one edge that come to more than one are scaled to one."""
    removed = random.random((len(effect.alone), 1)) < REMOVED
    background = moved_probabilities(effect.background, random)
    if effect.kind == "setting":
        moved = np.where(effect.alone == 1.0, 1.0, effect.alone * noise(random, effect.alone.shape))
        alone = np.where(removed & (effect.alone > 0.0), 1.0, moved)
    else:
        links = np.where(removed, 0.0, moved_probabilities(effect.alone[:, 1:], random))
        links /= np.maximum(1.0, links.sum(axis=1, keepdims=True))
        alone = np.concatenate([1.0 - links.sum(axis=1, keepdims=True), links], axis=1)
    return replace(effect, alone=alone, background=background / background.sum())


def moved_probabilities(probability, random):
    moved = probability * noise(random, probability.shape)
    return moved / (1.0 - probability + moved)


def noise(random, shape=None):
    return np.exp(NOISE * random.normal(size=shape))


def consult_all(world, parts, count, *, at_random=False, detectors=False, as_volunteered=True):
    """What every consultation stated, and what of it was so: measure -> one value per run."""
    random = np.random.default_rng(6)
    questions = compile_questions(world.base, world.network)
    outcomes = []
    for runs, run in ((part, run) for part in parts for run in range(part.truth.size)):
        brought_up = runs.volunteered[run].items()
        reports = [replace(answer(world, name, state), volunteered=as_volunteered) for name, state in brought_up]
        if detectors:
            reports += [reading(world, name, read[run]) for name, read in runs.readings.items()]
        answers = {name: states[run] for name, states in runs.answers.items()}
        posterior = consult(world, questions, reports, answers, count, random if at_random else None)
        outcomes.append(outcome_of(posterior, runs.truth[run]))
    return {measure: [outcome[measure] for outcome in outcomes] for measure in outcomes[0]}


def consult(world, questions, reports, answers, count, random):
    """The posterior after the first reports and so many questions, at random where ``random`` is given."""
    asked = {report.finding for report in reports if report.origin == "answer"}
    for _ in range(count):
        evidence = merge(reports)
        posterior = infer(world.network, evidence, volunteered_findings(reports))
        candidates = rank_questions(questions, posterior, evidence, asked)
        if not candidates:
            return posterior
        name = candidates[random.integers(len(candidates)) if random else 0].finding
        asked.add(name)
        if answers[name] != DONT_KNOW:
            reports = [*reports, answer(world, name, answers[name])]
    return infer(world.network, merge(reports), volunteered_findings(reports))


def answer(world, name, state):
    return Report(name, answer_likelihood(world.answers(name), [state]), "answer")


def reading(world, name, state):
    states, common = world.network.states[name], world.network.background(name)
    return Report(name, reading_likelihood(states, common, {states[state]: 1.0}, *world.detector(name)), "detector")


def outcome_of(posterior, truth):
    hypotheses, probability = posterior.network.hypotheses, posterior.probability
    so = np.zeros(len(hypotheses))
    so[truth] = 1.0
    verdicts, true = (
        np.concatenate([weight[:1], hypotheses.marginal(weight), weight[-1:]]) for weight in (probability, so)
    )
    ranked = np.argsort(-verdicts, kind="stable")
    causes = np.flatnonzero(posterior.cause_probability > SMALLEST_MARGINAL) + 1
    order = np.argsort(-probability, kind="stable")
    reached = np.cumsum(probability[order])
    last = int(np.searchsorted(reached, LEVEL))
    place = int(np.flatnonzero(order == truth)[0])
    share = 1.0 - (reached[last] - LEVEL) / probability[order[last]]
    return {
        "stated": verdicts[ranked[0]],
        "right": true[ranked[0]],
        "among three": true[ranked[:3]].any(),
        "marginals": verdicts[causes],
        "present": true[causes],
        "brier": ((probability - so) ** 2).sum(),
        "log loss": -np.log(max(probability[truth], 1e-300)),
        "covered": place <= last,
        "mass": reached[last],
        "covered randomised": 1.0 if place < last else share * (place == last),
    }


def calibration_error(stated, true):
    """ECE over bins of equal width (Guo et al. 2017, "On calibration of modern neural networks", section 2)."""
    return sum(size * abs(mean - share) for _, mean, share, size in reliability(stated, true)) / len(stated)


def reliability(stated, true):
    """Bin, mean stated probability, share that is true and number, of the bins that are not empty."""
    bins = np.minimum((stated * BINS).astype(int), BINS - 1)
    return [(b, stated[bins == b].mean(), true[bins == b].mean(), int((bins == b).sum())) for b in np.unique(bins)]


def by_chance(stated):
    """Mean and 95th percentile of the error that perfect calibration shows in as many runs."""
    random = np.random.default_rng(7)
    errors = [calibration_error(stated, random.random(stated.size) < stated) for _ in range(400)]
    return np.mean(errors), np.quantile(errors, 0.95)


def print_calibration(rows):
    print("| row | ECE verdict | by chance (95 %) | ECE causes | coverage | sets hold | randomised coverage | goals |")
    print("|---|--:|--:|--:|--:|--:|--:|---|")
    low, high = GOAL_COVERAGE
    for name, row in rows.items():
        stated = np.array(row["stated"])
        error = calibration_error(stated, np.array(row["right"]))
        causes = calibration_error(np.concatenate(row["marginals"]), np.concatenate(row["present"]))
        chance, most = by_chance(stated)
        coverage = np.mean(row["covered randomised"])
        met = "met" if max(error, causes) <= GOAL_ERROR and low <= coverage <= high else "MISSED"
        print(
            f"| {name} | {error:.4f} | {chance:.4f} ({most:.4f}) | {causes:.4f} | {np.mean(row['covered']):.1%} "
            f"| {np.mean(row['mass']):.1%} | {coverage:.1%} | {met if name in WITH_GOAL else ''} |"
        )
    print(f"\ngoals, for {RUNS} runs: both ECE at most {GOAL_ERROR}, randomised coverage {low:.0%} to {high:.0%}\n")


def print_accuracy(rows):
    print("| row | mean stated | top-1 | top-3 | Brier verdict | Brier hypotheses | log loss (nats) |")
    print("|---|--:|--:|--:|--:|--:|--:|")
    for name, row in rows.items():
        stated, right, three, brier, loss = (
            np.array(row[measure]) for measure in ("stated", "right", "among three", "brier", "log loss")
        )
        print(
            f"| {name} | {stated.mean():.1%} | {right.mean():.1%} | {three.mean():.1%} "
            f"| {((stated - right) ** 2).mean():.4f} | {brier.mean():.4f} | {loss.mean():.3f} |"
        )


def print_reliability(row):
    print("\nverdicts after eight questions, best first\n\n| bin | mean stated | share true | n |\n|---|--:|--:|--:|")
    for index, mean, share, size in reliability(np.array(row["stated"]), np.array(row["right"])):
        print(f"| {index / BINS:.2f}-{(index + 1) / BINS:.2f} | {mean:.3f} | {share:.3f} | {size} |")


if __name__ == "__main__":
    main()
