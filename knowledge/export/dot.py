r"""DOT, for Graphviz (https://graphviz.org/doc/info/lang.html).

Within double quotes only the quote is escaped for the parser; labels and tooltips then take a backslash and the
character after it for an escape (``\n``, ``\N``), and ``&name;`` for an entity, so both are doubled up.
"""

from __future__ import annotations

import re

import networkx as nx

from knowledge.export.diagram import KINDS, diagram_of

__all__ = ["write"]

MOST_RANKED = 300
"""Edges up to which ranks are laid out in a second; beyond, springs are, and take one too."""

_UNSHOWN = re.compile("[\x00-\x09\x0b-\x1f\x7f]")


def write(graph: nx.MultiDiGraph) -> str:
    """A directed graph; what an edge rests on stands in its tooltip, ids in those of the nodes."""
    diagram = diagram_of(graph)
    layout = 'rankdir="LR"' if len(diagram.lines) <= MOST_RANKED else 'layout="sfdp", overlap="scale"'
    boxes = [
        f'  n{box.number} [label={_quoted(box.title)}, tooltip={_quoted(box.note)}, fillcolor="{KINDS[box.kind]}"];\n'
        for box in diagram.boxes
    ]
    lines = [
        f"  n{line.start} -> n{line.end} [label={_quoted(line.label)}, tooltip={_quoted(line.note)}];\n"
        for line in diagram.lines
    ]
    return "".join(
        [
            "digraph knowledge {\n",
            f'  graph [{layout}, charset="UTF-8"];\n',
            '  node [shape="box", style="rounded,filled", fontname="sans-serif", fontsize="11"];\n',
            '  edge [fontname="sans-serif", fontsize="8", color="#555555"];\n',
            *boxes,
            *lines,
            "}\n",
        ]
    )


def _quoted(text: str) -> str:
    shown = _UNSHOWN.sub(" ", text)
    escaped = shown.replace("&", "&amp;").replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
