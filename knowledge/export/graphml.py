"""GraphML, for yEd, Gephi, igraph, NetworkX (http://graphml.graphdrawing.org/specification.html)."""

from __future__ import annotations

from io import BytesIO

import networkx as nx

from knowledge.export.flat import flat_graph

__all__ = ["write"]


def write(graph: nx.MultiDiGraph) -> str:
    """The graph; states, labels, claims and evidence are JSON in a text attribute, the relation is ``kind``."""
    raw = BytesIO()
    nx.write_graphml_xml(flat_graph(graph), raw, prettyprint=False, named_key_ids=True)
    return raw.getvalue().decode("utf-8")
