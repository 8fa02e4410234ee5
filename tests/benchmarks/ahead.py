"""Exact two-step lookahead on the worth of questions, all questions and answers at once by matrix products.

With p(h) the beliefs and P(a | h) the answers of a question q, P(a, b) = sum over h of p(h) P(a | h) P(b | h) is one
product for all answers a of all first and all answers b of all second questions: findings are independent given the
hypothesis. From it and sum over h of p(h) P(a | h) H(B | h) follows the gain of every second question after every
first answer. Answers are taken to depend on the hypothesis alone, as in `triage.interview.information_gain`.
"""

import numpy as np

SMALLEST = 1e-300
MOST_ROUNDS = 30


class Ahead:
    """What can be tabulated once per network.

    Args:
        base: the knowledge, of which the preconditions are taken.
        network: the tables.
        questions: as `triage.interview.compile_questions` makes them.

    """

    def __init__(self, base, network, questions):
        self.questions = questions
        self.states = network.states
        self.place = {name: index for index, name in enumerate(questions.findings)}
        given = [(network.tables[name] @ questions.answers[name]).T for name in questions.findings]
        self.answers = np.concatenate(given)
        self.owner = np.concatenate([np.full(len(rows), index) for index, rows in enumerate(given)])
        self.state = np.concatenate([questions.answers[name].argmax(axis=0) for name in questions.findings])
        self.entropy = np.stack([-(rows * np.log2(np.maximum(rows, SMALLEST))).sum(axis=0) for rows in given])
        self.conditions = {name: base.findings[name].asks_when for name in questions.findings}
        self.opens = {}
        for other, conditions in self.conditions.items():
            for name in {name for condition in conditions for name in condition}:
                self.opens.setdefault(name, []).append(other)

    def best(self, posterior, evidence, asked, candidates):
        """The candidate that the best pair starts with; the first of them where several do."""
        values = np.round(self.values(posterior, evidence, asked, candidates), 12)
        return candidates[int(np.argmax(values))]

    def values(self, posterior, evidence, asked, candidates):
        """Of each candidate, what it and the best next question after each answer win per minute, the answers averaged.

        The next questions are those that make the ratio of expected gain to expected minutes largest: given a rate, the
        best next question maximises gain - rate x minutes, and the ratio that this gives is the next rate (Dinkelbach
        1967, "On nonlinear fractional programming").
        """
        first = np.array([self.place[candidate.finding] for candidate in candidates])
        second = np.array([index for name, index in self.place.items() if name not in asked])
        rows = np.concatenate([np.flatnonzero(self.owner == index) for index in first])
        position = np.repeat(np.arange(len(first)), [np.count_nonzero(self.owner == index) for index in first])
        chance, won = self._second_gains(posterior.probability, rows, second)
        allowed = self._allowed(rows, second, first, evidence)
        answerable, minutes = self.questions.answerable[first], self.questions.minutes[first]
        now = answerable * np.array([candidate.gain_bits for candidate in candidates])
        others = ~np.eye(len(first), dtype=bool)
        spent = chance[:, None] * self.questions.minutes[second]
        rate = now / minutes
        for _ in range(MOST_ROUNDS):
            after = _picked(won, spent, rate[position], allowed)
            blank = _picked(np.tile(now, (len(first), 1)), np.tile(minutes, (len(first), 1)), rate, others)
            told = np.stack([np.bincount(position, weights=part, minlength=len(first)) for part in after])
            gain, cost = answerable * told + (1.0 - answerable) * np.stack(blank)
            previous, rate = rate, (now + gain) / (minutes + cost)
            if np.abs(rate - previous).max() < 1e-12:
                break
        return rate

    def _second_gains(self, probability, rows, second):
        """P(answer) of each first answer; times that, the gain of each second question times who can answer it."""
        weighed = self.answers[rows] * probability
        chance = weighed.sum(axis=1)
        columns = np.flatnonzero(np.isin(self.owner, second))
        joint = weighed @ self.answers[columns].T
        surprise = -joint * np.log2(np.maximum(joint, SMALLEST) / np.maximum(chance, SMALLEST)[:, None])
        starts = np.searchsorted(self.owner[columns], second)
        gain = np.add.reduceat(surprise, starts, axis=1) - weighed @ self.entropy[second].T
        return chance, np.maximum(gain, 0.0) * self.questions.answerable[second]

    def _allowed(self, rows, second, first, evidence):
        """Whether each second question may be asked after each first answer: not the same, and its conditions hold."""
        allowed = np.isin(second, first)[None, :] & (second[None, :] != self.owner[rows][:, None])
        known = {name: self.states[name][int(value.argmax())] for name, value in evidence.items()}
        column = {index: number for number, index in enumerate(second.tolist())}
        for line, row in enumerate(rows):
            name = self.questions.findings[self.owner[row]]
            for other in self.opens.get(name, ()):
                if self.place[other] in column and other != name:
                    then = known | {name: self.states[name][self.state[row]]}
                    if any(all(then.get(f) in c[f] for f in c) for c in self.conditions[other]):
                        allowed[line, column[self.place[other]]] = True
        return allowed


def _picked(gain, minutes, rate, allowed):
    """Gain and minutes of the best choice of each row at its rate; zero where there is none."""
    score = np.where(allowed, gain - rate[:, None] * minutes, -np.inf)
    best = score.argmax(axis=1)[:, None]
    some = allowed.any(axis=1)
    return tuple(np.where(some, np.take_along_axis(values, best, axis=1)[:, 0], 0.0) for values in (gain, minutes))
