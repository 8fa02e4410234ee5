"""GEXF 1.2, for Gephi and NetworkX (https://gexf.net)."""

from __future__ import annotations

import re
from io import BytesIO

import networkx as nx

from knowledge.export.flat import flat_graph

__all__ = ["write"]

_TODAY = re.compile(r' lastmodifieddate="[^"]*"')


def write(graph: nx.MultiDiGraph) -> str:
    """The graph as in GraphML, with titles and relations as labels; without the day, so that it is always the same."""
    flat = flat_graph(graph)
    for _, facts in flat.nodes(data=True):
        facts["label"] = facts["title"]
    for _, _, facts in flat.edges(data=True):
        facts["label"] = facts["kind"]
    raw = BytesIO()
    nx.write_gexf(flat, raw, prettyprint=False)
    return _TODAY.sub("", raw.getvalue().decode("utf-8"), count=1)
