"""JSON-LD 1.1 (https://www.w3.org/TR/json-ld11/): the graph for RDF stores.

Everything has a name below ``urn:loss-triage:``. An edge that carries probabilities or evidence is a resource of its
own between its two ends, since a triple carries nothing: cause -``shows``-> edge -``finding``-> finding. Addresses of
sources are typed text, for they come from people and not every one is an IRI.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import networkx as nx

__all__ = ["NAMESPACE", "VOCABULARY", "write"]

NAMESPACE = "urn:loss-triage:"
VOCABULARY = "urn:loss-triage:vocabulary:"

_DOUBLE = "http://www.w3.org/2001/XMLSchema#double"

_CONTEXT: dict[str, Any] = {
    "@version": 1.1,
    "@vocab": VOCABULARY,
    "title": "http://purl.org/dc/terms/title",
    "description": "http://purl.org/dc/terms/description",
    "label": "http://www.w3.org/2000/01/rdf-schema#label",
    "address": {"@id": "http://schema.org/url", "@type": "http://www.w3.org/2001/XMLSchema#anyURI"},
    **{name: {"@type": _DOUBLE} for name in ("probability", "factor", "odds", "prior_odds", "relief")},
    **{name: {"@type": "@id"} for name in ("finding", "remedy", "cause", "source", "claim", "told_apart_by")},
}


def write(graph: nx.MultiDiGraph) -> str:
    """The graph as one JSON-LD document with its context inside; nothing is to be fetched to read it."""
    things = {node: _thing(node, facts) for node, facts in graph.nodes(data=True)}
    for start, end, kind, facts in graph.edges(keys=True, data=True):
        things[start].setdefault(kind, []).append(_edge(graph, start, end, facts))
    whole = {"@id": f"{NAMESPACE}knowledge", "@type": "Knowledge", **graph.graph}
    document = {"@context": _CONTEXT, "@graph": [whole, *things.values()]}
    return json.dumps(document, indent=1, allow_nan=False) + "\n"


def _thing(node: str, facts: Mapping[str, Any]) -> dict[str, Any]:
    thing: dict[str, Any] = {"@id": _name(node), "@type": facts["kind"].capitalize(), "id": facts["name"]}
    thing |= {key: facts[key] for key in _KEPT if key in facts}
    if "mechanism" in facts:
        thing["description"] = facts["mechanism"]
    if "states" in facts:
        thing["state"] = [
            {
                "@id": _state(node, state),
                "@type": "State",
                "id": state,
                "label": facts["labels"][state],
                "probability": float(share),
            }
            for state, share in facts["states"].items()
        ]
    if "claims" in facts:
        thing["makes"] = [
            {"@id": _claim(claim), "@type": "Claim", "id": claim, "description": text}
            for claim, text in facts["claims"].items()
        ]
    return thing | _evidence(facts)


_KEPT = ("title", "family", "prior", "prior_odds", "change", "relief", "address", "genre")


def _edge(graph: nx.MultiDiGraph, start: str, end: str, facts: Mapping[str, Any]) -> dict[str, Any]:
    kind, target = facts["kind"], end.partition(":")[0]
    edge: dict[str, Any] = {
        "@id": f"{NAMESPACE}edge:{start.partition(':')[2]}:{kind}:{target}:{graph.nodes[end]['name']}",
        "@type": "".join(map(str.capitalize, kind.split("_"))),
        target: _name(end),
    }
    edge |= {key: facts[key] for key in ("basis", "confirms", "order", "relief", "odds", "note") if key in facts}
    if "told_apart_by" in facts:
        edge["told_apart_by"] = [_name(f"finding:{finding}") for finding in facts["told_apart_by"]]
    if isinstance(states := facts.get("states"), dict):
        value = "factor" if kind == "weighs" else "probability"
        edge["makes_likely"] = [
            {"of": {"@id": _state(end, state)}, value: float(number)} for state, number in states.items()
        ]
    elif states:
        edge["allows"] = [{"@id": _state(end, state)} for state in states]
    return edge | _evidence(facts)


def _evidence(facts: Mapping[str, Any]) -> dict[str, Any]:
    if not facts.get("evidence"):
        return {}
    return {
        "evidence": [
            {
                "@type": "Evidence",
                **({"claim": _claim(item["claim"])} if "claim" in item else {}),
                **({"source": _name(f"source:{item['source']}")} if "source" in item else {}),
                **({"description": item["claim_text"]} if "claim_text" in item else {}),
                **{key: item[key] for key in ("locator", "stance") if key in item},
            }
            for item in facts["evidence"]
        ]
    }


def _name(node: str) -> str:
    return f"{NAMESPACE}{node}"


def _state(finding: str, state: str) -> str:
    return f"{NAMESPACE}state:{finding.partition(':')[2]}:{state}"


def _claim(claim: str) -> str:
    return f"{NAMESPACE}claim:{claim}"
