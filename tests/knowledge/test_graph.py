import json
import warnings

import networkx as nx
import pytest

from knowledge.base import edges_of
from tests.knowledge.small import base_of, small


@pytest.fixture(scope="module")
def graph():
    return base_of(small()).as_graph()


@pytest.fixture(scope="module")
def real_graph(real_base):
    return real_base.as_graph()


def edges(graph, relation):
    return {(start, end): facts for start, end, key, facts in graph.edges(keys=True, data=True) if key == relation}


def count(graph, relation):
    return sum(key == relation for _, _, key in graph.edges(keys=True))


def node_link(graph, **names):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # older networkx announce another name of a key
        return nx.node_link_data(graph, **names)


def test_the_small_graph_is_exactly_what_its_files_say(graph):
    assert set(graph) == {
        "cause:too_fast",
        "cause:bad_data",
        "finding:loss_course",
        "finding:optimizer_kind",
        "finding:slow_down",
        "finding:scan_data",
        "remedy:shorter_steps",
        "remedy:clean_data",
        "source:s9",
        "source:a-paper",
    }
    assert {(start, end, key) for start, end, key in graph.edges(keys=True)} == {
        ("cause:too_fast", "finding:loss_course", "shows"),
        ("cause:too_fast", "finding:slow_down", "is_checked_by"),
        ("cause:too_fast", "finding:optimizer_kind", "weighs"),
        ("cause:too_fast", "remedy:shorter_steps", "is_cured_by"),
        ("cause:too_fast", "cause:bad_data", "is_taken_for"),
        ("cause:bad_data", "cause:too_fast", "goes_with"),
        ("cause:too_fast", "source:s9", "cites"),
        ("cause:too_fast", "source:a-paper", "cites"),
        ("cause:bad_data", "finding:loss_course", "shows"),
        ("cause:bad_data", "finding:scan_data", "is_checked_by"),
        ("cause:bad_data", "finding:optimizer_kind", "requires"),
        ("cause:bad_data", "remedy:clean_data", "is_cured_by"),
        ("cause:bad_data", "source:s9", "cites"),
    }


def test_nodes_carry_their_kind_their_id_and_their_title(graph):
    assert graph.nodes["cause:too_fast"] == {
        "kind": "cause",
        "name": "too_fast",
        "title": "Steps too long",
        "family": "learning_rate",
        "prior": "common",
        "prior_odds": 0.06,
        "mechanism": "Every step overshoots.",
        "evidence": [],
    }
    assert graph.nodes["finding:scan_data"] == {
        "kind": "check",
        "name": "scan_data",
        "title": "Scan the data",
        "states": {"clean": 0.95, "dirty": 0.05},
        "labels": {"clean": "Clean", "dirty": "Dirty"},
        "evidence": [],
    }
    assert graph.nodes["finding:optimizer_kind"]["states"] == {"adam": 0.6, "sgd": 0.4}
    assert graph.nodes["remedy:clean_data"]["relief"] == 1.0
    assert graph.nodes["source:a-paper"]["address"] == "https://example.org/paper"
    assert graph.nodes["source:s9"]["claims"]["S9.1"] == "Long steps make it grow."


def test_the_kind_of_an_edge_is_its_key_and_stands_among_its_facts(real_graph):
    assert all(key == facts["kind"] for _, _, key, facts in real_graph.edges(keys=True, data=True))


def test_an_edge_to_a_source_carries_everything_that_is_taken_from_there(graph):
    assert edges(graph, "cites")["cause:bad_data", "source:s9"]["evidence"] == [{"claim": "S9.2", "stance": "supports"}]


def test_edges_between_causes_and_to_remedies_carry_their_odds_and_their_relief(graph):
    pair = edges(graph, "goes_with")["cause:bad_data", "cause:too_fast"]
    assert (pair["odds"], pair["told_apart_by"], pair["basis"]) == (2.0, ["scan_data"], "expert")
    assert edges(graph, "is_cured_by")["cause:too_fast", "remedy:shorter_steps"] == {
        "kind": "is_cured_by",
        "order": 0,
        "relief": 0.9,
        "evidence": [{"claim": "S9.1", "stance": "supports"}],
    }


def test_edges_to_findings_carry_states_basis_and_evidence(graph):
    assert edges(graph, "shows")["cause:too_fast", "finding:loss_course"] == {
        "kind": "shows",
        "confirms": False,
        "states": {"grows": 0.9},
        "basis": "documented",
        "evidence": [{"claim": "S9.1", "stance": "supports"}],
    }
    assert edges(graph, "shows")["cause:bad_data", "finding:loss_course"]["states"] == {
        "ends_in_nan": pytest.approx((20 * 0.8 + 24 * 0.9) / 44)
    }
    check = edges(graph, "is_checked_by")["cause:too_fast", "finding:slow_down"]
    assert check["confirms"] is True
    assert check["evidence"] == [
        {"source": "a-paper", "claim_text": "Shorter steps end it.", "locator": "page 3", "stance": "supports"}
    ]
    weight = edges(graph, "weighs")["cause:too_fast", "finding:optimizer_kind"]
    assert (weight["states"], weight["basis"]) == ({"sgd": 2.0}, "expert")
    assert edges(graph, "requires")["cause:bad_data", "finding:optimizer_kind"] == {
        "kind": "requires",
        "states": ["adam"],
    }


def test_the_real_graph_has_a_node_for_every_thing(real_graph, real_base):
    kinds = (real_base.causes, real_base.findings, real_base.remedies, real_base.sources)
    assert real_graph.number_of_nodes() == sum(map(len, kinds))


def test_the_real_graph_has_an_edge_for_every_tie(real_graph, real_base):
    causes = real_base.causes.values()
    assert count(real_graph, "shows") == sum(len(cause.symptoms) for cause in causes)
    assert count(real_graph, "is_checked_by") == sum(len(cause.checks) for cause in causes)
    assert count(real_graph, "weighs") == sum(len(cause.odds) for cause in causes)
    assert count(real_graph, "requires") == sum(len(cause.requires) for cause in causes)
    assert count(real_graph, "is_cured_by") == sum(len(cause.remedies) for cause in causes)
    assert count(real_graph, "is_taken_for") == sum(len(set(cause.see_also)) for cause in causes)
    cited = [real_base.sources_of(thing) for thing in causes]
    from_causes = [start for start, _, key in real_graph.edges(keys=True) if key == "cites" and "cause:" in start]
    assert len(from_causes) == sum(map(len, cited))


def test_no_edge_of_the_real_graph_leads_to_a_node_that_is_nothing(real_graph):
    assert [name for name, facts in real_graph.nodes(data=True) if "kind" not in facts] == []


def test_every_edge_of_the_real_graph_to_a_finding_carries_what_its_file_says(real_graph, real_base):
    for cause in real_base.causes.values():
        for edge in edges_of(cause):
            between = real_graph.get_edge_data(f"cause:{cause.id}", f"finding:{edge.finding}")
            (facts,) = (facts for relation, facts in between.items() if relation != "requires")
            assert facts["states"].keys() == edge.states.keys()
            assert facts["basis"] == edge.basis
            assert len(facts["evidence"]) == len(edge.evidence)


def test_the_order_of_the_remedies_is_kept(real_graph, real_base):
    for cause in real_base.causes.values():
        ranked = [
            (real_graph.edges[f"cause:{cause.id}", f"remedy:{link.remedy}", "is_cured_by"]["order"], link.remedy)
            for link in cause.remedies
        ]
        assert ranked == sorted(ranked, key=lambda pair: pair[0])


def test_the_graph_says_which_knowledge_it_is(real_graph, real_base):
    assert real_graph.graph == {"version": real_base.version, "hash": real_base.hash}


def test_the_graph_can_be_written_as_json(real_graph):
    data = json.loads(json.dumps(node_link(real_graph), allow_nan=False))
    assert {node["id"] for node in data["nodes"]} == set(real_graph)


def test_the_graph_goes_through_json_and_comes_back_the_same(real_graph):
    data = json.loads(json.dumps(node_link(real_graph), allow_nan=False))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        back = nx.node_link_graph(data)
    assert dict(back.nodes(data=True)) == dict(real_graph.nodes(data=True))
    assert sorted(back.edges(keys=True)) == sorted(real_graph.edges(keys=True))
    for start, end, key, facts in real_graph.edges(keys=True, data=True):
        assert back.edges[start, end, key] == facts
