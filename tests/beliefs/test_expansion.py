import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.beliefs.test_posterior import reports_of
from tests.small_bases import SIZE, bases_with_answers
from triage.beliefs import compile_network, expand, infer, mean, merge


@given(bases_with_answers(), st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_a_mean_by_expansion_is_the_sum_over_every_hypothesis(given_base, random):
    base, answers = given_base
    network = compile_network(base, SIZE)
    posterior = infer(network, merge(reports_of(base, answers)))
    names = list(base.findings)
    weights = {name: np.array([[random.uniform(-3, 3)] for _ in network.states[name]]) for name in names}
    of = [lambda rows, weight=weights[name]: np.concatenate([rows, np.cos(rows @ weight)], axis=1) for name in names]
    long_way = np.concatenate(
        [posterior.probability @ quantities(network.tables[name]) for name, quantities in zip(names, of, strict=True)]
    )
    assert mean(expand(network, names, of), posterior) == pytest.approx(long_way, abs=1e-12)


def test_on_the_real_knowledge_the_states_of_every_finding_keep_their_probabilities(real_network, real_base):
    posterior = infer(real_network, merge(reports_of(real_base, {"nan_onset": "sudden", "optimizer": "adam"})))
    names = list(real_base.findings)
    expansion = expand(real_network, names, [lambda rows: rows] * len(names))
    long_way = np.concatenate([posterior.probability @ real_network.tables[name] for name in names])
    assert mean(expansion, posterior) == pytest.approx(long_way, abs=1e-12)
    assert expansion.term.size < 0.1 * sum(real_network.tables[name].size for name in names)
