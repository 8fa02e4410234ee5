"""The knowledge as a networkx graph."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import networkx as nx

from knowledge.bands import BAND_PROBABILITY
from knowledge.base import AnyFinding, edge_probabilities
from knowledge.schema import PRIOR_ODDS, Cause, Edge, Evidence, OddsEdge, Remedy, Setting

if TYPE_CHECKING:
    from knowledge.base import KnowledgeBase

__all__ = ["build_graph"]


def build_graph(base: KnowledgeBase) -> nx.MultiDiGraph:
    """Nodes and edges as `KnowledgeBase.as_graph` describes them."""
    graph: nx.MultiDiGraph = nx.MultiDiGraph(version=base.version, hash=base.hash)
    _add_nodes(graph, base)
    for start, end, kind, facts in (*_ties(base), *_citations(base)):
        graph.add_edge(start, end, key=kind, kind=kind, **facts)
    return graph


def _add_nodes(graph: nx.MultiDiGraph, base: KnowledgeBase) -> None:
    for cause in base.causes.values():
        graph.add_node(
            f"cause:{cause.id}",
            kind="cause",
            name=cause.id,
            title=cause.title,
            family=cause.family,
            prior=cause.prior.value,
            prior_odds=PRIOR_ODDS[cause.prior],
            mechanism=cause.mechanism.strip(),
            evidence=_evidence(cause.evidence),
        )
    for finding in base.findings.values():
        graph.add_node(
            f"finding:{finding.id}",
            kind=finding.kind,
            name=finding.id,
            title=finding.title,
            states=_shares(finding),
            labels={name: state.label for name, state in finding.states.items()},
            evidence=_evidence([*finding.evidence, *(item for s in finding.states.values() for item in s.evidence)]),
        )
    for remedy in base.remedies.values():
        graph.add_node(
            f"remedy:{remedy.id}",
            kind="remedy",
            name=remedy.id,
            title=remedy.title,
            change=remedy.change,
            relief=BAND_PROBABILITY[remedy.relief],
            evidence=_evidence(remedy.evidence),
        )
    for source in base.sources.values():
        graph.add_node(
            f"source:{source.id}",
            kind="source",
            name=source.id,
            title=source.title,
            address=source.address,
            genre=source.kind,
            claims=dict(source.claims),
        )


def _shares(finding: AnyFinding) -> dict[str, float]:
    """How common each state is where no cause acts, as far as the files say."""
    return {
        name: (state.share if isinstance(finding, Setting) else state.leak) or 0.0
        for name, state in finding.states.items()
    }


Tie = tuple[str, str, str, dict[str, Any]]
"""Start, end, kind and what else is known of an edge."""


def _ties(base: KnowledgeBase) -> Iterator[Tie]:
    for cause in base.causes.values():
        here = f"cause:{cause.id}"
        for kind, edges in (("shows", cause.symptoms), ("is_checked_by", cause.checks)):
            for edge in edges:
                yield here, f"finding:{edge.finding}", kind, {"confirms": edge.confirms, **_facts(edge)}
        for weight in cause.odds:
            yield here, f"finding:{weight.finding}", "weighs", _facts(weight)
        for finding, states in cause.requires.items():
            yield here, f"finding:{finding}", "requires", {"states": list(states)}
        for order, link in enumerate(cause.remedies):
            relief = link.relief or (base.remedies[link.remedy].relief if link.remedy in base.remedies else None)
            facts = {"order": order, "evidence": _evidence(link.evidence)}
            if relief is not None:
                facts["relief"] = BAND_PROBABILITY[relief]
            yield here, f"remedy:{link.remedy}", "is_cured_by", facts
        for other in cause.see_also:
            yield here, f"cause:{other}", "is_taken_for", {}
    for pair in base.pairs.values():
        first, second = pair.causes
        yield (
            f"cause:{first}",
            f"cause:{second}",
            "goes_with",
            {
                "odds": pair.odds,
                "told_apart_by": list(pair.told_apart_by),
                "note": pair.note,
                "basis": pair.basis.value,
                "evidence": _evidence(pair.evidence),
            },
        )


def _citations(base: KnowledgeBase) -> Iterator[Tie]:
    """One edge from each thing to each source that it rests on, with all that it takes from there."""
    claims = base.claims
    things: list[tuple[str, Cause | AnyFinding | Remedy]] = [
        *((f"cause:{thing.id}", thing) for thing in base.causes.values()),
        *((f"finding:{thing.id}", thing) for thing in base.findings.values()),
        *((f"remedy:{thing.id}", thing) for thing in base.remedies.values()),
    ]
    for node, thing in things:
        cited: dict[str, list[Evidence]] = {}
        for item in base.evidence_of(thing):
            source = claims[item.claim][0].id if item.claim in claims else item.source
            if source is not None and item not in cited.setdefault(source, []):
                cited[source].append(item)
        for source, items in cited.items():
            yield node, f"source:{source}", "cites", {"evidence": _evidence(items)}


def _facts(edge: Edge | OddsEdge) -> dict[str, Any]:
    return {"states": edge_probabilities(edge), "basis": edge.basis.value, "evidence": _evidence(edge.evidence)}


def _evidence(items: list[Evidence]) -> list[dict[str, Any]]:
    return [item.model_dump(exclude_none=True) for item in items]
