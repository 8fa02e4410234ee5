from itertools import combinations, product
from math import comb, prod

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.beliefs.test_posterior import reports_of
from tests.small_bases import SIZE, bases_with_answers
from triage.beliefs import choice_likelihood, compile_network, infer, merge


def long_way(network, evidence, volunteered, hypothesis):
    """The mean of 1 / C(K + N, K) over every set of other symptoms that may be abnormal and come to mind."""
    others = [name for name in network.noticed if name not in volunteered]
    chances = []
    for name in others:
        row = network.tables[name][hypothesis] * evidence.get(name, 1.0)
        chances.append(network.noticed[name] * (1.0 - row[0] / row.sum()))
    count = len(volunteered)
    total = 0.0
    for present in product([False, True], repeat=len(others)):
        weight = prod(q if there else 1.0 - q for q, there in zip(chances, present, strict=True))
        total += weight / comb(count + sum(present), count)
    return total


@given(bases_with_answers(), st.data())
@settings(max_examples=60, deadline=None)
def test_the_chance_of_a_choice_is_the_mean_over_everything_else_that_may_be_seen(given_base, data):
    base, answers = given_base
    network = compile_network(base, SIZE)
    if not network.noticed:
        return
    chosen = frozenset(data.draw(st.lists(st.sampled_from(sorted(network.noticed)), min_size=1, unique=True)))
    evidence = merge(reports_of(base, answers))
    chance = choice_likelihood(network, evidence, chosen)
    for index, prior in enumerate(network.hypotheses.prior):
        if prior > 0.0:
            assert chance[index] == pytest.approx(long_way(network, evidence, chosen, index), abs=1e-12)


def test_the_chances_of_all_choices_of_one_size_sum_to_the_chance_that_there_are_so_many(real_network):
    """Of every hypothesis: over all sets of K, P(they are there) x P(they are chosen) sums to P(K are there)."""
    names = sorted(real_network.noticed)[:6]
    noticed = {name: real_network.noticed[name] for name in names}
    network = type(real_network)(real_network.hypotheses, real_network.states, real_network.effects, noticed)
    q = np.stack([noticed[name] * (1.0 - network.tables[name][:, 0]) for name in names])
    total = sum(
        np.prod([q[names.index(name)] for name in chosen], axis=0) * choice_likelihood(network, {}, frozenset(chosen))
        for chosen in combinations(names, 2)
    )
    none = np.prod(1.0 - q, axis=0)
    one = sum(q[i] * np.prod(np.delete(1.0 - q, i, axis=0), axis=0) for i in range(len(names)))
    assert total == pytest.approx(1.0 - none - one, abs=1e-12)


def test_what_is_brought_up_counts_for_less_where_much_else_should_have_been(real_network, real_base):
    evidence = merge(reports_of(real_base, {"nan_onset": "sudden"}))
    asked = infer(real_network, evidence)
    told = infer(real_network, evidence, frozenset({"nan_onset"}))
    chance = choice_likelihood(real_network, evidence, frozenset({"nan_onset"}))
    possible = asked.probability > 0.0
    ratio = np.divide(told.probability, asked.probability, out=np.ones_like(chance), where=possible)
    few, many = int(np.argmax(np.where(possible, chance, 0.0))), int(np.argmin(np.where(possible, chance, 1.0)))
    assert ratio[few] > 1.0 > ratio[many]
    assert told.probability.sum() == pytest.approx(1.0)


def test_once_everything_else_is_known_a_choice_says_nothing_more(real_network, real_base):
    answers = {name: real_network.states[name][0] for name in real_network.noticed}
    evidence = merge(reports_of(real_base, answers))
    sure = {name: np.eye(len(value))[0] for name, value in evidence.items()}
    chance = choice_likelihood(real_network, sure, frozenset({"nan_onset"}))
    assert chance == pytest.approx(np.ones_like(chance))
