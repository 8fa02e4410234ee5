"""The knowledge as a networkx graph."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import networkx as nx

from knowledge.base import edge_probabilities
from knowledge.schema import Edge, Evidence, OddsEdge

if TYPE_CHECKING:
    from knowledge.base import KnowledgeBase

__all__ = ["build_graph"]


def build_graph(base: KnowledgeBase) -> nx.MultiDiGraph:
    """Nodes and edges as `KnowledgeBase.as_graph` describes them."""
    graph: nx.MultiDiGraph = nx.MultiDiGraph(version=base.version, hash=base.hash)
    for cause in base.causes.values():
        graph.add_node(f"cause:{cause.id}", kind="cause", name=cause.id, title=cause.title, family=cause.family)
    for finding in base.findings.values():
        graph.add_node(f"finding:{finding.id}", kind=finding.kind, name=finding.id, title=finding.title)
    for remedy in base.remedies.values():
        graph.add_node(f"remedy:{remedy.id}", kind="remedy", name=remedy.id, title=remedy.title)
    for source in base.sources.values():
        graph.add_node(f"source:{source.id}", kind="source", name=source.id, title=source.title, address=source.address)
    _add_causes(graph, base)
    _add_citations(graph, base)
    return graph


def _add_causes(graph: nx.MultiDiGraph, base: KnowledgeBase) -> None:
    for cause in base.causes.values():
        here = f"cause:{cause.id}"
        for relation, edges in (("shows", cause.symptoms), ("is_checked_by", cause.checks)):
            for edge in edges:
                graph.add_edge(here, f"finding:{edge.finding}", key=relation, confirms=edge.confirms, **_facts(edge))
        for weight in cause.odds:
            graph.add_edge(here, f"finding:{weight.finding}", key="weighs", **_facts(weight))
        for finding, states in cause.requires.items():
            graph.add_edge(here, f"finding:{finding}", key="requires", states=list(states))
        for order, link in enumerate(cause.remedies):
            graph.add_edge(
                here, f"remedy:{link.remedy}", key="is_cured_by", order=order, evidence=_evidence(link.evidence)
            )
        for other in cause.see_also:
            graph.add_edge(here, f"cause:{other}", key="is_taken_for")


def _add_citations(graph: nx.MultiDiGraph, base: KnowledgeBase) -> None:
    claims = base.claims
    things = [
        *((f"cause:{thing.id}", thing) for thing in base.causes.values()),
        *((f"finding:{thing.id}", thing) for thing in base.findings.values()),
        *((f"remedy:{thing.id}", thing) for thing in base.remedies.values()),
    ]
    for node, thing in things:
        for item in base.evidence_of(thing):
            source = claims[item.claim][0].id if item.claim in claims else item.source
            if source is not None and not graph.has_edge(node, f"source:{source}", key="cites"):
                graph.add_edge(node, f"source:{source}", key="cites")


def _facts(edge: Edge | OddsEdge) -> dict[str, Any]:
    return {"states": edge_probabilities(edge), "basis": edge.basis.value, "evidence": _evidence(edge.evidence)}


def _evidence(items: list[Evidence]) -> list[dict[str, Any]]:
    return [item.model_dump(exclude_none=True) for item in items]
