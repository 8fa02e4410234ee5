"""JSON-LD, read back as RDF."""

import json
import warnings

import pytest
from hypothesis import given

from knowledge.export import export
from knowledge.export.jsonld import NAMESPACE, VOCABULARY
from tests.knowledge.export.reading import HOSTILE, hostile_base, title_of
from tests.knowledge.small import base_of, small

rdflib = pytest.importorskip("rdflib", reason="the RDF library rdflib is not installed (extra dev)")

TITLE = rdflib.URIRef("http://purl.org/dc/terms/title")
DOUBLE = rdflib.XSD.double


def read(text):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # the library's reader uses what the library deprecates
        return rdflib.Graph().parse(data=text, format="json-ld")


def term(name):
    return rdflib.URIRef(VOCABULARY + name)


def named(node):
    return rdflib.URIRef(NAMESPACE + node)


@pytest.fixture(scope="module")
def real_triples(real_base):
    return read(export(real_base, "jsonld"))


def test_every_thing_of_the_real_knowledge_is_a_resource_with_its_kind_and_title(real_triples, real_base):
    for node, facts in real_base.as_graph().nodes(data=True):
        (title,) = {found for _, _, found in real_triples.triples((named(node), TITLE, None))}
        assert str(title) == facts["title"]
        assert any(real_triples.triples((named(node), rdflib.RDF.type, term(facts["kind"].capitalize()))))


def test_every_edge_of_the_real_knowledge_is_a_resource_between_its_ends(real_triples, real_base):
    found = set()
    for start, end, kind in real_base.as_graph().edges(keys=True):
        target = term(end.partition(":")[0])
        between = {edge for _, _, edge in real_triples.triples((named(start), term(kind), None))}
        found |= {(start, end, kind) for edge in between if any(real_triples.triples((edge, target, named(end))))}
    assert found == set(real_base.as_graph().edges(keys=True))


def test_a_query_finds_the_probabilities_of_the_states_as_doubles():
    graph = read(export(base_of(small()), "jsonld"))
    answer = list(
        graph.query(
            f"""PREFIX v: <{VOCABULARY}>
            SELECT ?cause ?state ?p ?basis WHERE {{
              ?cause v:shows ?edge . ?edge v:makes_likely ?row ; v:basis ?basis .
              ?row v:of/v:id ?state ; v:probability ?p }} ORDER BY ?state"""
        )
    )
    shown = [(str(row.cause), str(row.state), row.p.toPython(), row.p.datatype, str(row.basis)) for row in answer]
    assert [row[:2] for row in shown] == [
        (f"{NAMESPACE}cause:bad_data", "ends_in_nan"),
        (f"{NAMESPACE}cause:too_fast", "grows"),
    ]
    assert shown[1][2:] == (0.9, DOUBLE, "documented")
    assert shown[0][2] == pytest.approx((20 * 0.8 + 24 * 0.9) / 44)


def test_a_whole_number_is_a_double_too():
    graph = read(export(base_of(small()), "jsonld"))
    relief = {found for _, _, found in graph.triples((named("remedy:clean_data"), term("relief"), None))}
    assert [value.datatype for value in relief] == [DOUBLE]


def test_evidence_leads_to_the_claim_and_the_claim_to_its_source():
    graph = read(export(base_of(small()), "jsonld"))
    claims = {claim for _, _, claim in graph.triples((None, term("claim"), None))}
    assert claims == {named("claim:S9.1"), named("claim:S9.2")}
    for claim in claims:
        assert {source for source, _, _ in graph.triples((None, term("makes"), claim))} == {named("source:s9")}


def test_nothing_is_fetched_to_read_it(real_base):
    context = json.loads(export(real_base, "jsonld"))["@context"]
    assert isinstance(context, dict)
    assert "@import" not in context


@given(title=HOSTILE, claim=HOSTILE)
def test_hostile_words_come_back_as_they_were(title, claim):
    base = hostile_base(title, claim)
    graph = read(export(base, "jsonld"))
    assert {str(found) for _, _, found in graph.triples((named("cause:too_fast"), TITLE, None))} == {title_of(base)}
    description = rdflib.URIRef("http://purl.org/dc/terms/description")
    said = {str(found) for _, _, found in graph.triples((named("claim:S9.1"), description, None))}
    assert said == {base.claims["S9.1"][1]}


def test_an_address_that_is_no_iri_does_no_harm():
    files = small()
    files["sources/s9.yaml"]["address"] = 'https://example.org/"<x>{y}\\'
    graph = read(export(base_of(files), "jsonld"))
    address = rdflib.URIRef("http://schema.org/url")
    (found,) = {value for _, _, value in graph.triples((named("source:s9"), address, None))}
    assert str(found) == files["sources/s9.yaml"]["address"]
