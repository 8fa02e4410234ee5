import numpy as np
import pytest
from hypothesis import given

from knowledge.schema import Cause, Check, Edge, OddsEdge, Setting, State, Symptom
from knowledge.typical import background, single_cause_tables
from tests.knowledge.small import QUESTION, base_of, small
from tests.small_bases import bases
from triage.beliefs import compile_network


def rows_of(finding, **cause):
    """P(state) under no cause and under a cause made of these edges."""
    files = small()
    base = base_of(
        {
            f"{finding.kind}s/{finding.id}.yaml": finding.model_dump(mode="json", exclude_defaults=True, by_alias=True),
            "causes/too_fast.yaml": {
                **files["causes/too_fast.yaml"],
                "symptoms": [],
                "checks": [],
                "odds": [],
                **{name: _plain(value) for name, value in cause.items()},
            },
        }
    )
    return single_cause_tables(base)[finding.id]


def _plain(value):
    return [item.model_dump(mode="json", exclude_defaults=True) for item in value] if isinstance(value, list) else value


def symptom(combine="nominal", **leaks):
    states = {name: State(label="It is so", leak=leak) for name, leak in leaks.items()}
    return Symptom(id="course", kind="symptom", title="Course", combine=combine, states=states, question=QUESTION)


def setting(**shares):
    states = {name: State(label="It is so", share=share) for name, share in shares.items()}
    return Setting(id="engine", kind="setting", title="Engine", states=states, question=QUESTION)


def edge(**states):
    return [Edge.model_validate({"finding": "course", "states": states})]


def measured(value):
    return {"band": "frequent", "measured": value, "n": 10**12}


def assert_same_as_the_network(base, network):
    tables = single_cause_tables(base)
    assert tables.keys() == network.tables.keys() - base.trials.keys()
    assert network.hypotheses.causes == tuple(base.causes)
    for name, table in tables.items():
        assert table.shape == (1 + len(base.causes), len(base.findings[name].states))
        np.testing.assert_allclose(network.tables[name][: len(table)], table, rtol=0, atol=1e-12, err_msg=name)


def test_the_real_network_says_the_same_of_no_cause_and_of_each_alone(real_base, real_network):
    assert_same_as_the_network(real_base, real_network)


@given(bases())
def test_any_network_says_the_same_of_no_cause_and_of_each_alone(base):
    assert_same_as_the_network(base, compile_network(base))


@given(bases())
def test_every_row_is_a_distribution(base):
    for table in single_cause_tables(base).values():
        assert (table >= 0.0).all()
        np.testing.assert_allclose(table.sum(axis=1), 1.0, rtol=0, atol=1e-12)


def test_every_row_of_the_real_knowledge_is_a_distribution(real_base):
    for table in single_cause_tables(real_base).values():
        assert (table >= -1e-15).all()
        np.testing.assert_allclose(table.sum(axis=1), 1.0, rtol=0, atol=1e-12)


def test_a_finding_that_a_cause_does_not_mention_is_as_common_as_without_it():
    finding = symptom(falls=0.7, grows=0.3)
    np.testing.assert_allclose(rows_of(finding), [[0.7, 0.3], [0.7, 0.3]])


def test_nominal_states_stay_normal_only_if_neither_the_cause_nor_the_leak_acts():
    # normal: 0.4 x 0.8; the rest in proportion 0.5 + 0.1 to 0.1 + 0.1
    rows = rows_of(symptom(falls=0.8, grows=0.1, jumps=0.1), symptoms=edge(grows=measured(0.5), jumps=measured(0.1)))
    np.testing.assert_allclose(rows[1], [0.32, 0.68 * 0.6 / 0.8, 0.68 * 0.2 / 0.8])


def test_ordered_states_are_the_worse_of_what_the_cause_and_the_leak_bring():
    # at most the second: (0.4 + 0.5) x (0.8 + 0.1)
    rows = rows_of(
        symptom("ordered", falls=0.8, slows=0.1, stops=0.1), symptoms=edge(slows=measured(0.5), stops=measured(0.1))
    )
    np.testing.assert_allclose(rows[1], [0.4 * 0.8, 0.9 * 0.9 - 0.4 * 0.8, 1.0 - 0.9 * 0.9])


@pytest.mark.parametrize("combine", ["ordered", "nominal"])
def test_a_cause_that_does_nothing_where_nothing_happens_by_itself_leaves_it_normal(combine):
    rows = rows_of(symptom(combine, falls=1.0, grows=0.0), symptoms=edge(falls="obligate"))
    np.testing.assert_array_equal(rows, [[1.0, 0.0], [1.0, 0.0]])


def test_a_check_is_combined_like_a_symptom():
    check = Check(
        id="course",
        kind="check",
        title="Course",
        minutes=3,
        instructions="Look at it.",
        question=QUESTION,
        states={"clean": State(label="Clean", leak=0.9), "dirty": State(label="Dirty", leak=0.1)},
    )
    np.testing.assert_allclose(rows_of(check, checks=edge(dirty="frequent"))[1], [0.45 * 0.9, 1 - 0.45 * 0.9])


def test_odds_weigh_how_common_a_setting_is():
    odds = [OddsEdge(finding="engine", states={"steam": 3.0})]
    np.testing.assert_allclose(rows_of(setting(steam=0.25, diesel=0.75), odds=odds)[1], [0.5, 0.5])


def test_what_a_cause_requires_rules_the_other_states_out():
    finding = setting(steam=0.25, diesel=0.25, electric=0.5)
    odds = [OddsEdge(finding="engine", states={"steam": 3.0})]
    rows = rows_of(finding, odds=odds, requires={"engine": ["steam", "diesel"]})
    np.testing.assert_allclose(rows[1], [0.75, 0.25, 0.0])


def test_the_background_is_scaled_to_one_and_even_where_nothing_is_said():
    np.testing.assert_allclose(background(symptom(falls=0.8, grows=0.8)), [0.5, 0.5])
    np.testing.assert_allclose(background(symptom(falls=0.0, grows=0.0)), [0.5, 0.5])
    np.testing.assert_allclose(background(setting(steam=0.2, diesel=0.6)), [0.25, 0.75])


def test_the_rows_follow_the_order_of_the_causes(real_base):
    backwards = {name: real_base.causes[name] for name in reversed(real_base.causes)}
    base = type(real_base)(
        backwards, real_base.findings, real_base.remedies, real_base.pairs, real_base.sources, "backwards"
    )
    forward, backward = single_cause_tables(real_base), single_cause_tables(base)
    for name, table in forward.items():
        np.testing.assert_array_equal(backward[name][1:], table[:0:-1])
    assert all(isinstance(cause, Cause) for cause in backwards.values())
