"""The part of the graph that some causes are tied to."""

from __future__ import annotations

from collections.abc import Iterable

import networkx as nx

__all__ = ["part_of"]


def part_of(graph: nx.MultiDiGraph, causes: Iterable[str]) -> nx.MultiDiGraph:
    """The causes, what is next to them, and the edges between; of other causes nothing but their place.

    Args:
        graph: as `KnowledgeBase.as_graph` makes it.
        causes: ids of causes that it has.

    """
    chosen = {f"cause:{cause}" for cause in causes}
    near = {end for cause in chosen for end in (*graph.successors(cause), *graph.predecessors(cause))}
    part: nx.MultiDiGraph = nx.MultiDiGraph(**graph.graph)
    part.add_nodes_from((node, facts) for node, facts in graph.nodes(data=True) if node in chosen | near)
    part.add_edges_from(
        (start, end, key, facts)
        for start, end, key, facts in graph.edges(keys=True, data=True)
        if start in part and end in part and (chosen & {start, end} or graph.nodes[start]["kind"] != "cause")
    )
    return part
