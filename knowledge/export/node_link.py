"""Node-link JSON, as `networkx.node_link_graph` (``edges="edges"``) and d3 read it."""

from __future__ import annotations

import json

import networkx as nx

__all__ = ["write"]


def write(graph: nx.MultiDiGraph) -> str:
    """The graph with everything that its nodes and edges carry, as strict JSON."""
    document = {
        "directed": True,
        "multigraph": True,
        "graph": graph.graph,
        "nodes": [{"id": node, **facts} for node, facts in graph.nodes(data=True)],
        "edges": [
            {"source": start, "target": end, "key": key, **facts}
            for start, end, key, facts in graph.edges(keys=True, data=True)
        ],
    }
    return json.dumps(document, indent=1, allow_nan=False) + "\n"
