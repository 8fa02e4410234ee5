"""Mermaid and DOT, drawn by Mermaid itself and by Graphviz."""

import re
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import example, given, settings

from knowledge.export import export
from knowledge.export.mermaid import MOST_LINES, MOST_TEXT
from tests.knowledge.export.reading import HOSTILE, NASTY, hostile_base, title_of, words_of
from tests.knowledge.small import base_of, small

DOT = shutil.which("dot") or shutil.which("graphviz-pure", path=str(Path(sys.executable).parent))
SVG = "{http://www.w3.org/2000/svg}"

needs_dot = pytest.mark.skipif(DOT is None, reason="no Graphviz: neither dot nor graphviz-pure (extra dev) is there")


@pytest.fixture(scope="module")
def draw_mermaid():
    """Mermaid source -> the words of each of its nodes and each of its edges, as drawn."""
    mermaidx = pytest.importorskip("mermaidx", reason="the Mermaid renderer mermaidx is not installed (extra dev)")

    def draw(source):
        root = ElementTree.fromstring(mermaidx.render(source).svg())
        return [_words(root, name) for name in ("nodeLabel", "edgeLabel")]

    return draw


def _words(root, name):
    spans = [found for found in root.iter() if found.get("class", "") == name and found.tag.endswith("span")]
    return ["".join(found.itertext()) for found in spans]


def draw_dot(source):
    """DOT source -> what stands at each node and at each edge, and in their tooltips, as drawn."""
    drawn = subprocess.run([DOT, "-Tsvg"], input=source.encode(), capture_output=True, check=False, timeout=60)
    assert drawn.returncode == 0, drawn.stderr
    root = ElementTree.fromstring(drawn.stdout)
    groups = {kind: [g for g in root.iter(f"{SVG}g") if g.get("class") == kind] for kind in ("node", "edge")}
    return [["".join(text.text or "" for text in g.iter(f"{SVG}text")) for g in found] for found in groups.values()]


def shown(text):
    """What a picture keeps of a text: no blanks, no control characters."""
    return words_of(re.sub("[\x7f-\x9f]", "", text))


def test_mermaid_draws_a_node_for_every_thing_and_an_edge_for_every_tie(draw_mermaid):
    base = base_of(small())
    nodes, edges = draw_mermaid(export(base, "mermaid"))
    things = [facts for _, facts in base.as_graph().nodes(data=True) if facts["kind"] != "source"]
    assert sorted(nodes) == sorted(facts["title"] for facts in things)
    ties = [kind for _, _, kind in base.as_graph().edges(keys=True) if kind != "cites"]
    assert len([text for text in edges if text]) == len(ties)
    assert "shows90 % It grows" in edges
    assert "weighsx 2 SGD" in edges


def test_mermaid_draws_a_real_cause(draw_mermaid, real_base):
    nodes, _ = draw_mermaid(export(real_base, "mermaid", ["nan_in_input"]))
    assert real_base.causes["nan_in_input"].title in nodes


@settings(max_examples=settings().max_examples // 5)  # to draw one takes a second
@given(title=HOSTILE)
@example(title=NASTY[0])
@example(title=NASTY[2])
@example(title=NASTY[3])
@example(title=NASTY[4])
def test_mermaid_shows_hostile_titles_as_they_are(draw_mermaid, title):
    base = hostile_base(title)
    nodes, edges = draw_mermaid(export(base, "mermaid"))
    wanted = shown(title_of(base))
    assert [shown(node) for node in nodes].count(wanted) == 3
    assert len(nodes) == 8
    assert any(wanted in shown(edge) for edge in edges)


@settings(max_examples=200)
@given(title=HOSTILE)
def test_no_hostile_title_puts_more_than_words_into_a_mermaid_source(title):
    lines = export(hostile_base(title), "mermaid").split("\n")
    assert lines[0] == "flowchart LR"
    node = re.compile(r'  n\d+\["[^"\[\]{}<>`%:;]*(?:(?:<br/>|#\d+;)[^"\[\]{}<>`%:;]*)*"\]:::[a-z]+')
    edge = re.compile(r'  n\d+ -->\|"[^"\[\]{}<>`%:;|]*(?:(?:<br/>|#\d+;)[^"\[\]{}<>`%:;|]*)*"\| n\d+')
    style = re.compile(r"  classDef [a-z]+ fill:#[0-9a-f]{6},color:#000,stroke:#555")
    assert all(node.fullmatch(x) or edge.fullmatch(x) or style.fullmatch(x) for x in lines[1:-1])


def test_no_mermaid_of_the_real_knowledge_is_more_than_mermaid_draws(real_base):
    for causes in ([], *([cause] for cause in real_base.causes)):
        text = export(real_base, "mermaid", causes)
        assert len(text) <= MOST_TEXT
        assert text.count(" --") <= MOST_LINES


def test_the_whole_as_mermaid_is_the_causes_and_the_symptoms_that_they_show(real_base):
    text = export(real_base, "mermaid")
    assert "%% Causes and the symptoms" in text
    assert text.count(":::cause") == len(real_base.causes)
    assert text.count(" --> ") == sum(len(cause.symptoms) for cause in real_base.causes.values())


@needs_dot
def test_graphviz_draws_a_node_for_every_thing_and_an_edge_for_every_tie():
    base = base_of(small())
    nodes, edges = draw_dot(export(base, "dot"))
    things = [facts for _, facts in base.as_graph().nodes(data=True) if facts["kind"] != "source"]
    assert sorted(nodes) == sorted(facts["title"] for facts in things)
    assert len(edges) == sum(kind != "cites" for _, _, kind in base.as_graph().edges(keys=True))
    assert "shows90 % It grows" in edges


@needs_dot
def test_graphviz_draws_the_whole_real_knowledge(real_base):
    nodes, edges = draw_dot(export(real_base, "dot"))
    graph = real_base.as_graph()
    assert len(nodes) == sum(facts["kind"] != "source" for _, facts in graph.nodes(data=True))
    assert len(edges) == sum(kind != "cites" for _, _, kind in graph.edges(keys=True))


@needs_dot
@given(title=HOSTILE)
def test_graphviz_shows_hostile_titles_as_they_are(title):
    base = hostile_base(title)
    nodes, edges = draw_dot(export(base, "dot"))
    assert len(nodes) == 8
    assert [shown(node) for node in nodes].count(shown(title_of(base))) == 3
    assert any(shown(title_of(base)) in shown(edge) for edge in edges)


@needs_dot
def test_the_tooltip_of_an_edge_tells_what_it_rests_on():
    source = export(base_of(small()), "dot")
    drawn = subprocess.run([DOT, "-Tsvg"], input=source.encode(), capture_output=True, check=True, timeout=60)
    titles = [
        value for found in ElementTree.fromstring(drawn.stdout).iter() for key, value in found.items() if "title" in key
    ]
    assert any("S9.1: Long steps make it grow." in title for title in titles)
