"""Cypher, carried out by an engine that speaks it."""

import pytest
from hypothesis import example, given

from knowledge.export import export
from tests.knowledge.export.reading import HOSTILE, NASTY, hostile_base, title_of
from tests.knowledge.small import base_of, small

kglite = pytest.importorskip(
    "kglite", reason="the graph database kglite cannot be loaded here (extra dev)", exc_type=ImportError
)


def made(text):
    """A database in which every statement was carried out, but the index, whose syntax is Neo4j's own."""
    graph = kglite.KnowledgeGraph()
    for line in text.splitlines():
        if line.startswith(("CREATE (", "MATCH")):
            assert line.endswith(";")
            graph.cypher(line[:-1])
    return graph


def rows(graph, query):
    return [dict(row) for row in graph.cypher(query)]


def test_the_database_holds_the_nodes_and_edges_of_the_graph():
    base = base_of(small())
    graph, database = base.as_graph(), made(export(base, "cypher"))
    nodes = rows(database, "MATCH (n:Thing) RETURN n.key AS key, n.title AS title, labels(n) AS labels")
    assert {row["key"]: row["title"] for row in nodes} == {node: facts["title"] for node, facts in graph.nodes.items()}
    for row in nodes:
        assert set(row["labels"]) == {"Thing", graph.nodes[row["key"]]["kind"].capitalize()}
    edges = rows(database, "MATCH (a:Thing)-[r]->(b:Thing) RETURN a.key AS start, type(r) AS kind, b.key AS end")
    assert sorted((row["start"], row["end"], row["kind"].lower()) for row in edges) == sorted(graph.edges(keys=True))


def test_edges_carry_states_with_their_probabilities_the_basis_and_the_evidence():
    database = made(export(base_of(small()), "cypher"))
    (edge,) = rows(
        database,
        "MATCH (:Cause {name: 'too_fast'})-[r:SHOWS]->(:Symptom) "
        "RETURN r.states AS states, r.probabilities AS probabilities, r.basis AS basis, r.evidence AS evidence",
    )
    assert edge == {
        "states": ["grows"],
        "probabilities": [0.9],
        "basis": "documented",
        "evidence": ["S9.1: Long steps make it grow."],
    }
    (weight,) = rows(database, "MATCH (:Cause)-[r:WEIGHS]->() RETURN r.states AS states, r.factors AS factors")
    assert weight == {"states": ["sgd"], "factors": [2.0]}


def test_the_real_knowledge_is_one_statement_a_line_that_the_engine_takes(real_base):
    part = export(real_base, "cypher", ["adam_second_moment_collapse"])
    (count,) = rows(made(part), "MATCH (n:Thing) RETURN count(n) AS n")
    assert count["n"] > 40
    for line in export(real_base, "cypher").splitlines():
        assert line.startswith(("// ", "CREATE ", "MATCH (a:Thing {key: '"))


@given(title=HOSTILE)
@example(title="a\\\x1f")
@example(title="a\\u0027 \\\\u")
def test_hostile_titles_come_back_as_they_were(title):
    base = hostile_base(title)
    database = made(export(base, "cypher"))
    (row,) = rows(database, "MATCH (n:Cause {name: 'too_fast'}) RETURN n.title AS title")
    assert row["title"] == title_of(base)
    (count,) = rows(database, "MATCH (n:Thing) RETURN count(n) AS n")
    assert count["n"] == base.as_graph().number_of_nodes()


@pytest.mark.parametrize("title", NASTY)
def test_no_text_leaves_an_escape_that_neo4j_would_decode_before_it_reads_the_string(title):
    text = export(hostile_base(f"{title}\\u0027"), "cypher")
    assert "\\\\u" not in text
