"""Node-link JSON, GraphML and GEXF, read back by networkx."""

import io
import json
import warnings

import networkx as nx
import pytest
from hypothesis import given

from knowledge.errors import UnknownIdError
from knowledge.export import export
from tests.knowledge.export.reading import HOSTILE, hostile_base, in_xml, title_of
from tests.knowledge.small import base_of, small


def read_node_link(text):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # networkx below 3.6 announces another name of a key
        return nx.node_link_graph(json.loads(text), edges="edges")


def read_graphml(text):
    return nx.read_graphml(io.BytesIO(text.encode()), force_multigraph=True)


def read_gexf(text):
    return nx.read_gexf(io.BytesIO(text.encode()))


READERS = {"node-link": read_node_link, "graphml": read_graphml, "gexf": read_gexf}
FLAT = ("graphml", "gexf")


def relations(graph):
    return sorted((start, end, facts["kind"]) for start, end, facts in graph.edges(data=True))


def plain(value):
    return json.loads(value) if isinstance(value, str) and value[:1] in ("[", "{") else value


@pytest.mark.parametrize("name", READERS)
def test_the_real_graph_comes_back_whole(name, real_base):
    graph = real_base.as_graph()
    back = READERS[name](export(real_base, name))
    assert isinstance(back, nx.MultiDiGraph)
    assert set(back) == set(graph)
    assert relations(back) == relations(graph)


def test_node_link_gives_back_the_very_same_graph(real_base):
    back = read_node_link(export(real_base, "node-link"))
    graph = real_base.as_graph()
    assert back.graph == graph.graph
    assert dict(back.nodes(data=True)) == dict(graph.nodes(data=True))
    assert {(s, e, k): d for s, e, k, d in back.edges(keys=True, data=True)} == {
        (s, e, k): d for s, e, k, d in graph.edges(keys=True, data=True)
    }


@pytest.mark.parametrize("name", FLAT)
def test_nodes_and_edges_carry_the_same_facts_as_json(name, real_base):
    graph = real_base.as_graph()
    back = READERS[name](export(real_base, name))
    for node, facts in graph.nodes(data=True):
        assert {key: plain(value) for key, value in back.nodes[node].items() if key in facts} == facts
    found = {(start, end, facts["kind"]): facts for start, end, facts in back.edges(data=True)}
    for start, end, kind, facts in graph.edges(keys=True, data=True):
        read = found[start, end, kind]
        assert {key: plain(value) for key, value in read.items() if key in facts} == facts


@pytest.mark.parametrize("name", FLAT)
def test_every_edge_has_an_id_of_its_own(name, real_base):
    graph = READERS[name](export(real_base, name))
    ids = [facts.get("id", key) for _, _, key, facts in graph.edges(keys=True, data=True)]
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("name", READERS)
@given(title=HOSTILE, claim=HOSTILE)
def test_hostile_words_come_back_as_they_were(name, title, claim):
    base = hostile_base(title, claim)
    back = READERS[name](export(base, name))
    held = in_xml if name in FLAT else (lambda text: text)
    assert back.nodes["cause:too_fast"]["title"] == held(title_of(base))
    claims = back.nodes["source:s9"]["claims"]
    assert (json.loads(claims) if name in FLAT else claims)["S9.1"] == (
        in_xml_json(base) if name in FLAT else base.claims["S9.1"][1]
    )


def in_xml_json(base):
    """JSON escapes control characters itself, so nothing is lost but what stands raw in it."""
    return json.loads(in_xml(json.dumps(base.claims["S9.1"][1], ensure_ascii=False)))


@pytest.mark.parametrize("name", ["node-link", "graphml", "gexf", "cypher", "jsonld", "csv", "mermaid", "dot"])
def test_the_same_knowledge_is_written_the_same_way_every_time(name, real_base):
    assert export(real_base, name) == export(real_base, name)
    chosen = ["learning_rate_too_high", "exp_overflow_in_softmax"]
    assert export(real_base, name, chosen) == export(real_base, name, chosen)


def test_a_part_holds_a_cause_with_its_neighbours_and_no_edge_of_other_causes():
    part = read_node_link(export(base_of(small()), "node-link", ["too_fast"]))
    assert set(part) == {
        "cause:too_fast",
        "cause:bad_data",
        "finding:loss_course",
        "finding:slow_down",
        "finding:optimizer_kind",
        "remedy:shorter_steps",
        "source:s9",
        "source:a-paper",
    }
    assert ("cause:bad_data", "finding:loss_course", "shows") not in relations(part)
    assert ("cause:bad_data", "cause:too_fast", "goes_with") in relations(part)


def test_an_unknown_cause_is_an_error_that_names_the_nearest(real_base):
    with pytest.raises(UnknownIdError, match="learning_rate_too_high"):
        export(real_base, "dot", ["learning_rate_to_high"])


def test_an_unknown_format_is_an_error_that_names_all(real_base):
    with pytest.raises(ValueError, match="expected one of node-link, graphml"):
        export(real_base, "xdsl")
