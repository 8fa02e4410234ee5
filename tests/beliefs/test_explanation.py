import numpy as np
import pytest
from hypothesis import given, settings

from tests.beliefs.test_posterior import reports_of
from tests.small_bases import SIZE, bases_with_answers
from triage.beliefs import compile_network, infer, merge, weights_between, weights_of_causes


def decibans(odds):
    return 10 * np.log10(odds)


@given(bases_with_answers())
@settings(max_examples=60, deadline=None)
def test_weights_between_two_hypotheses_add_up_to_the_change_of_their_odds(given_base):
    base, answers = given_base
    network = compile_network(base, SIZE)
    posterior = infer(network, merge(reports_of(base, answers)))
    prior = network.hypotheses.prior
    for leading, other in ((1, 0), (1, 2)):
        total = sum(weight.decibans for weight in weights_between(posterior, leading, other))
        change = decibans(posterior.probability[leading] / posterior.probability[other]) - decibans(
            prior[leading] / prior[other]
        )
        assert total == pytest.approx(change, abs=1e-6)


@given(bases_with_answers())
@settings(max_examples=60, deadline=None)
def test_the_weight_of_a_finding_is_what_leaving_it_out_takes_from_the_odds(given_base):
    base, answers = given_base
    network = compile_network(base, SIZE)
    evidence = merge(reports_of(base, answers))
    posterior = infer(network, evidence)
    weights = weights_of_causes(posterior)
    for row, name in enumerate(posterior.findings):
        without = infer(network, {other: value for other, value in evidence.items() if other != name})
        for column in range(len(base.causes)):
            with_it, left = posterior.cause_probability[column], without.cause_probability[column]
            if 1e-9 < with_it < 1 - 1e-9 and 1e-9 < left < 1 - 1e-9:
                expected = decibans(with_it / (1 - with_it)) - decibans(left / (1 - left))
                assert weights[row, column] == pytest.approx(expected, abs=1e-5)


def test_a_failed_remedy_speaks_against_what_it_would_have_cured(real_network, real_base):
    answers = {"optimizer": "adam", "train_loss_trend": "jump_then_plateau", "raise_adam_epsilon": "no_effect"}
    posterior = infer(real_network, merge(reports_of(real_base, answers)))
    column = real_network.hypotheses.causes.index("adam_second_moment_collapse")
    row = posterior.findings.index("raise_adam_epsilon")
    assert weights_of_causes(posterior)[row, column] < -3
