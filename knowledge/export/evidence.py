"""Evidence as one sentence each, for formats that hold no more than text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import networkx as nx

__all__ = ["claims_of", "sentences"]


def claims_of(graph: nx.MultiDiGraph) -> dict[str, str]:
    """Claim id -> what it says, of all sources of the graph."""
    return {claim: text for _, facts in graph.nodes(data=True) for claim, text in facts.get("claims", {}).items()}


def sentences(evidence: Iterable[Mapping[str, Any]], claims: Mapping[str, str]) -> list[str]:
    """Where each piece of evidence is from and what it says.

    Args:
        evidence: as nodes and edges of the graph carry it.
        claims: as `claims_of` makes it.

    """
    return [_sentence(item, claims) for item in evidence]


def _sentence(item: Mapping[str, Any], claims: Mapping[str, str]) -> str:
    place = item.get("claim") or ", ".join(filter(None, [item.get("source"), item.get("locator")]))
    said = item.get("claim_text") or claims.get(item.get("claim", ""), "")
    stance = "" if item.get("stance") == "supports" else "contradicts, "
    return f"{stance}{place}: {' '.join(said.split())}" if said else f"{stance}{place}"
