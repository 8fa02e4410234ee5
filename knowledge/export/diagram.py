"""What a diagram shows of the graph: nodes with a label, edges with a label and what they rest on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import networkx as nx

from knowledge.export.evidence import claims_of, sentences

__all__ = ["KINDS", "Box", "Diagram", "Line", "diagram_of", "overview_of"]

KINDS = {
    "cause": "#f9d5d3",
    "symptom": "#d6e6f5",
    "setting": "#e7e2f3",
    "check": "#fdf0c4",
    "remedy": "#d8efd8",
}
"""Kind of a node -> its colour; all of them carry black text."""


@dataclass(frozen=True)
class Box:
    """A node: ``number`` stands for it in the diagram."""

    number: int
    kind: str
    title: str
    note: str


@dataclass(frozen=True)
class Line:
    """An edge between two boxes by their numbers."""

    start: int
    end: int
    kind: str
    label: str
    note: str


@dataclass(frozen=True)
class Diagram:
    """Boxes and lines; the sources are in the notes."""

    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]


def diagram_of(graph: nx.MultiDiGraph) -> Diagram:
    """Everything but the sources."""
    claims = claims_of(graph)
    numbers = {
        node: index for index, node in enumerate(node for node in graph if graph.nodes[node]["kind"] != "source")
    }
    boxes = tuple(
        Box(number, graph.nodes[node]["kind"], graph.nodes[node]["title"], graph.nodes[node]["name"])
        for node, number in numbers.items()
    )
    lines = tuple(
        Line(
            numbers[start],
            numbers[end],
            kind,
            _label(graph, end, facts),
            "\n".join([*filter(None, [facts.get("basis")]), *sentences(facts.get("evidence", ()), claims)]),
        )
        for start, end, kind, facts in graph.edges(keys=True, data=True)
        if end in numbers
    )
    return Diagram(boxes, lines)


def overview_of(graph: nx.MultiDiGraph) -> Diagram:
    """The causes, the symptoms, and which shows which: of a whole knowledge no more can be drawn legibly."""
    kept = [node for node, facts in graph.nodes(data=True) if facts["kind"] in ("cause", "symptom")]
    numbers = {node: index for index, node in enumerate(kept)}
    boxes = tuple(
        Box(number, graph.nodes[node]["kind"], graph.nodes[node]["title"], graph.nodes[node]["name"])
        for node, number in numbers.items()
    )
    lines = tuple(
        Line(numbers[start], numbers[end], kind, "", "")
        for start, end, kind in graph.edges(keys=True)
        if kind == "shows" and start in numbers and end in numbers
    )
    return Diagram(boxes, lines)


def _label(graph: nx.MultiDiGraph, end: str, facts: Mapping[str, Any]) -> str:
    """The relation, then a line per state: its probability in percent, its factor, or that it is needed."""
    relation = facts["kind"].replace("_", " ")
    names = graph.nodes[end].get("labels", {})
    states = facts.get("states", {})
    if not isinstance(states, dict):
        return "\n".join([relation, *(names.get(state, state) for state in states)])
    if facts["kind"] == "weighs":
        return "\n".join([relation, *(f"x {value:g} {names.get(state, state)}" for state, value in states.items())])
    if "relief" in facts:
        return f"{relation}, {100 * facts['relief']:.3g} %"
    return "\n".join([relation, *(f"{100 * value:.3g} % {names.get(s, s)}" for s, value in states.items())])
