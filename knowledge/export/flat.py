"""The graph with nothing but plain values, for formats that know no lists, mappings or missing values."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import networkx as nx

from knowledge.export.xml_text import xml_text

__all__ = ["flat_graph"]

Plain = str | int | float | bool


def flat_graph(graph: nx.MultiDiGraph) -> nx.MultiDiGraph:
    """A copy whose lists and mappings are JSON, whose text XML can hold, and whose edges have a key of their own each.

    The relation stays in the edge attribute ``kind``.
    """
    flat: nx.MultiDiGraph = nx.MultiDiGraph(**_plain(graph.graph))
    for node, facts in graph.nodes(data=True):
        flat.add_node(node, **_plain(facts))
    for index, (start, end, facts) in enumerate(graph.edges(data=True)):
        flat.add_edge(start, end, key=f"e{index}", **_plain(facts))
    return flat


def _plain(facts: Mapping[str, Any]) -> dict[str, Plain]:
    return {name: _value(value) for name, value in facts.items() if value is not None}


def _value(value: Any) -> Plain:  # noqa: ANN401 - what JSON can hold
    if isinstance(value, str):
        return xml_text(value)
    if isinstance(value, bool | int | float):
        return value
    return xml_text(json.dumps(value, ensure_ascii=False))
