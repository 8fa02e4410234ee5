"""The knowledge written out for other tools.

`export` writes the graph: ``node-link``, ``graphml``, ``gexf``, ``cypher``, ``jsonld``, ``csv``, and the diagrams
``mermaid`` and ``dot``. `export_network` writes a `BayesianNetwork` for other engines: ``xdsl``, ``xmlbif``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any

from knowledge.export.network import BayesianNetwork, Variable

if TYPE_CHECKING:
    import networkx as nx

    from knowledge.base import KnowledgeBase

__all__ = ["FORMATS", "NETWORK_FORMATS", "BayesianNetwork", "Variable", "export", "export_network"]

FORMATS = {
    "node-link": "knowledge.export.node_link",
    "graphml": "knowledge.export.graphml",
    "gexf": "knowledge.export.gexf",
    "cypher": "knowledge.export.cypher",
    "jsonld": "knowledge.export.jsonld",
    "mermaid": "knowledge.export.mermaid",
    "dot": "knowledge.export.dot",
    "csv": "knowledge.export.edge_table",
}
"""Format of a graph -> the module whose `write` makes it."""

NETWORK_FORMATS = {"xdsl": "knowledge.export.xdsl", "xmlbif": "knowledge.export.xmlbif"}
"""Format of a Bayesian network -> the module whose `write` makes it."""


def export(base: KnowledgeBase, format_name: str, causes: Sequence[str] = ()) -> str:
    """Write the graph of a knowledge base.

    Args:
        base: the knowledge.
        format_name: one of `FORMATS`.
        causes: only what these causes are tied to; by default everything.

    Raises:
        ValueError: the format is none of them.
        UnknownIdError: there is no such cause.

    """
    from knowledge.export.part import part_of

    write: Callable[[nx.MultiDiGraph], str] = _writer(FORMATS, format_name)
    graph = base.as_graph()
    for cause in causes:
        base.cause(cause)
    return _encodable(write(part_of(graph, causes) if causes else graph))


def export_network(network: BayesianNetwork, format_name: str) -> str:
    """Write a Bayesian network.

    Args:
        network: its variables and tables.
        format_name: one of `NETWORK_FORMATS`.

    Raises:
        ValueError: the format is none of them.

    """
    write: Callable[[BayesianNetwork], str] = _writer(NETWORK_FORMATS, format_name)
    return _encodable(write(network))


def _writer(formats: dict[str, str], name: str) -> Callable[[Any], str]:
    if name not in formats:
        raise ValueError(f"expected one of {', '.join(formats)}, found {name!r}")
    write: Callable[[Any], str] = import_module(formats[name]).write
    return write


def _encodable(text: str) -> str:
    """Halves of surrogate pairs, which no encoding has, become question marks."""
    return text.encode("utf-8", "replace").decode("utf-8")
