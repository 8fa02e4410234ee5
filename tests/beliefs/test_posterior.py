import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.typical import background
from tests.small_bases import SIZE, bases, bases_with_answers, long_way_posterior, long_way_row
from triage.beliefs import (
    Report,
    answer_likelihood,
    compile_network,
    conflict_bits,
    infer,
    merge,
    state_probabilities,
)
from triage.conclusion import CONFLICT_BITS
from triage.interview import answers_to


def reports_of(base, answers, origin="answer"):
    return [
        Report(
            name,
            answer_likelihood(
                answers_to(base.findings[name], background(base.findings[name])),
                [list(base.findings[name].states).index(state)],
            ),
            origin,
        )
        for name, state in answers.items()
    ]


@given(bases_with_answers())
@settings(max_examples=80, deadline=None)
def test_the_posterior_equals_the_sum_over_every_joint_state(given_base):
    base, answers = given_base
    network = compile_network(base, SIZE)
    evidence = merge(reports_of(base, answers))
    posterior = infer(network, evidence)
    expected = long_way_posterior(base, evidence, {name: table[-1] for name, table in network.tables.items()})
    for index, causes in enumerate(network.hypotheses.sets[:-1]):
        assert posterior.probability[index] == pytest.approx(expected[frozenset(causes)], abs=1e-12)
    assert posterior.not_listed == pytest.approx(expected["not listed"], abs=1e-12)


@given(bases())
@settings(max_examples=60, deadline=None)
def test_every_row_of_the_tables_equals_its_combination_worked_out_one_by_one(base):
    network = compile_network(base, SIZE)
    for name, table in network.tables.items():
        for index, causes in enumerate(network.hypotheses.sets[:-1]):
            assert table[index] == pytest.approx(long_way_row(base, name, frozenset(causes)), abs=1e-12)
        assert table[-1].sum() == pytest.approx(1.0)


@given(bases_with_answers(), st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_the_order_of_answers_does_not_matter(given_base, random):
    base, answers = given_base
    network = compile_network(base, SIZE)
    reports = reports_of(base, answers)
    shuffled = random.sample(reports, len(reports))
    first = infer(network, merge(reports)).probability
    second = infer(network, merge(shuffled)).probability
    assert np.array_equal(first, second)


@given(bases_with_answers())
@settings(max_examples=60, deadline=None)
def test_a_report_made_twice_counts_once(given_base):
    base, answers = given_base
    network = compile_network(base, SIZE)
    reports = reports_of(base, answers)
    once = infer(network, merge(reports)).probability
    twice = infer(network, merge([*reports, *reports])).probability
    assert np.array_equal(once, twice)


@given(bases_with_answers(), st.data())
@settings(max_examples=60, deadline=None)
def test_not_knowing_changes_nothing(given_base, data):
    base, answers = given_base
    network = compile_network(base, SIZE)
    name = data.draw(st.sampled_from(sorted(base.findings)))
    reports = reports_of(base, answers)
    unsure = Report(name, (1.0,) * len(base.findings[name].states), "another person")
    before = infer(network, merge(reports)).probability
    after = infer(network, merge([*reports, unsure])).probability
    assert after == pytest.approx(before, abs=1e-12)


@given(bases_with_answers())
@settings(max_examples=60, deadline=None)
def test_probabilities_are_a_distribution_and_a_cause_is_at_most_all_of_it(given_base):
    base, answers = given_base
    posterior = infer(compile_network(base, SIZE), merge(reports_of(base, answers)))
    assert posterior.probability.sum() == pytest.approx(1.0)
    assert (posterior.probability >= 0).all()
    assert (posterior.cause_probability <= 1.0 + 1e-12).all()


@given(bases_with_answers())
@settings(max_examples=60, deadline=None)
def test_two_sources_on_one_finding_cannot_say_more_than_knowing_its_state(given_base):
    base, answers = given_base
    network = compile_network(base, SIZE)
    for name, state in answers.items():
        one = reports_of(base, {name: state})
        two = [*one, *reports_of(base, {name: state}, origin="detector")]
        certain = np.zeros(len(base.findings[name].states))
        certain[list(base.findings[name].states).index(state)] = 1.0
        table = network.tables[name]
        evidence = merge(two)
        assert (table @ evidence[name])[0] > 0
        bound = (table @ certain).max() / max((table @ certain).min(), 1e-300)
        ratio = (table @ evidence[name]).max() / (table @ evidence[name])[table.sum(axis=1) > 0].min()
        assert ratio <= bound * (1 + 1e-9)


@given(bases_with_answers())
@settings(max_examples=60, deadline=None)
def test_state_probabilities_are_a_distribution_that_the_reports_sharpen(given_base):
    base, answers = given_base
    network = compile_network(base, SIZE)
    evidence = merge(reports_of(base, answers))
    posterior = infer(network, evidence)
    for name in base.findings:
        assert state_probabilities(posterior, name, evidence).sum() == pytest.approx(1.0)


def test_one_finding_alone_is_never_in_conflict(real_network, real_base):
    posterior = infer(real_network, merge(reports_of(real_base, {"nan_onset": "sudden"})))
    assert conflict_bits(posterior) == 0.0


def test_findings_of_one_fault_agree_and_a_failure_that_nothing_known_explains_conflicts(real_network, real_base):
    fitting = {"optimizer": "adam", "train_loss_trend": "jump_then_plateau", "raise_adam_epsilon": "prevents"}
    unexplained = {
        "nan_onset": "sudden",
        "scan_inputs_for_nan": "clean",
        "replay_failing_batch": "finite_on_replay",
        "weights_contain_nan": "none",
        "lower_rate_tenfold": "no_effect",
        "run_in_fp32": "no_effect",
    }
    assert conflict_bits(infer(real_network, merge(reports_of(real_base, fitting)))) < 0
    assert conflict_bits(infer(real_network, merge(reports_of(real_base, unexplained)))) > CONFLICT_BITS * len(
        unexplained
    )
