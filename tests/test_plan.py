import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from triage.plan import Trials, checks_of, expected_minutes, list_trials, rank_checks, rank_remedies, remedies_of

shares = st.floats(0.0, 1.0)


def test_a_remedy_that_surely_helps_costs_its_own_minutes():
    trials = Trials(("mend",), np.array([[1.0]]), np.array([25.0]))
    assert expected_minutes(trials, np.array([1.0])) == pytest.approx(25.0)


def test_the_likelier_cause_is_tried_first():
    trials = Trials(("first", "second"), np.eye(2), np.array([10.0, 10.0]))
    assert expected_minutes(trials, np.array([0.2, 0.8])) == pytest.approx(0.8 * 10 + 0.2 * 20)


def test_a_cheap_remedy_goes_before_a_dear_one_that_is_a_little_likelier():
    trials = Trials(("dear", "cheap"), np.eye(2), np.array([100.0, 10.0]))
    assert expected_minutes(trials, np.array([0.55, 0.45])) == pytest.approx(0.45 * 10 + 0.55 * 110)


@given(arrays(float, (4, 3), elements=shares), arrays(float, 3, elements=shares), st.permutations(range(4)))
def test_the_order_in_which_remedies_are_listed_does_not_matter(relief, probability, order):
    minutes = np.array([10.0, 20.0, 30.0, 45.0])
    names = ("a", "b", "c", "d")
    plain = expected_minutes(Trials(names, relief, minutes), probability)
    permuted = Trials(tuple(names[i] for i in order), relief[list(order)], minutes[list(order)])
    ratios = (relief @ probability) / minutes
    if len(set(ratios)) == 4:
        assert expected_minutes(permuted, probability) == pytest.approx(plain)


def test_every_remedy_of_the_knowledge_is_a_trial_with_its_relief(real_base, real_network):
    trials = list_trials(real_base, real_network.hypotheses.causes)
    assert set(trials.remedies) == set(real_base.remedies)
    assert (trials.relief.max(axis=1) > 0).all()
    assert (trials.minutes > 0).all()


def test_checks_that_confirm_come_before_those_that_do_not(real_base):
    for cause in real_base.causes.values():
        confirming = {edge.finding for edge in cause.checks if edge.confirms}
        order = [check.id in confirming for check in checks_of(real_base, cause)]
        assert order == sorted(order, reverse=True)


def test_every_remedy_of_a_cause_is_listed_once(real_base):
    for cause in real_base.causes.values():
        listed = [remedy.id for remedy in remedies_of(real_base, cause)]
        assert sorted(listed) == sorted(link.remedy for link in cause.remedies)


def test_a_check_is_worth_the_probability_that_it_confirms_and_what_is_known_is_not_checked(real_base, real_network):
    causes = real_network.hypotheses.causes
    sure = np.array([cause == "nan_in_input" for cause in causes], dtype=float)
    steps = rank_checks(real_base, causes, sure, frozenset())
    assert steps[0].cause == "nan_in_input"
    assert steps[0].id in {edge.finding for edge in real_base.causes["nan_in_input"].checks if edge.confirms}
    assert steps[0].id not in {step.id for step in rank_checks(real_base, causes, sure, {steps[0].id})}


def test_a_remedy_that_was_tried_is_not_planned_again(real_base, real_network):
    causes = real_network.hypotheses.causes
    trials = list_trials(real_base, causes)
    sure = np.array([cause == "learning_rate_too_high" for cause in causes], dtype=float)
    assert rank_remedies(real_base, trials, causes, sure, frozenset())[0].id == "lower_learning_rate"
    after = rank_remedies(real_base, trials, causes, sure, {"lower_rate_tenfold"})
    assert "lower_learning_rate" not in {step.id for step in after}
