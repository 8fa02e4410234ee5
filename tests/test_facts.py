import numpy as np
import pandas as pd
import pytest

from knowledge.schema import Remedy
from triage.facts import facts_of, values_of
from triage.history import read_history


def remedy(**rule):
    return Remedy(
        id="mend",
        title="Mend it",
        change="Mend it.",
        values={"new_value": {"from": "learning_rate", **rule}},
        minutes=5,
        relief="frequent",
        side_effects="None known.",
    )


def test_the_facts_of_a_history_are_its_rates_norms_and_length():
    frame = pd.DataFrame(
        {"step": range(11), "loss": 1.0, "lr": np.r_[0.1333, np.full(10, 0.8)], "grad_norm": np.arange(11.0)}
    )
    assert facts_of(read_history(frame)) == {
        "steps": 11.0,
        "learning_rate": 0.8,
        "first_learning_rate": 0.1333,
        "grad_norm_p90": 9.0,
        "grad_norm_median": 5.0,
    }


def test_a_rate_that_is_never_finite_or_zero_throughout_is_no_fact():
    for rate in (np.nan, 0.0):
        frame = pd.DataFrame({"step": range(5), "loss": 1.0, "lr": rate})
        assert "learning_rate" not in facts_of(read_history(frame))


def test_norms_up_to_the_limits_of_float64_give_no_warning_and_no_fact_that_overflows():
    frame = pd.DataFrame({"step": range(6), "loss": 1.0, "grad_norm": 1.7e308})
    assert "grad_norm_median" not in facts_of(read_history(frame))


@pytest.mark.parametrize(
    ("rule", "by", "expected"),
    [("divide", 100, 0.008), ("multiply", 0.5, 0.4), ("at_most", 0.1, 0.1), ("at_least", 1.0, 1.0)],
)
def test_values_follow_from_facts_by_their_rule(rule, by, expected):
    assert values_of(remedy(rule=rule, by=by), {"learning_rate": 0.8}) == {"new_value": expected}


def test_a_value_whose_fact_is_unknown_is_left_out():
    assert values_of(remedy(rule="divide", by=10), {"steps": 5.0}) == {}
