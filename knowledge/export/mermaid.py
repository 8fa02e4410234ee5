"""Mermaid flowcharts (https://mermaid.js.org/syntax/flowchart.html), which GitHub and GitLab draw in Markdown.

Mermaid reads labels as Markdown with HTML in it, strips what looks like a directive, and knows an escape of its own,
``#NN;`` for the character of that number. So everything stands as its number but letters, digits and what means nothing
in any of the three.
"""

from __future__ import annotations

import re

import networkx as nx

from knowledge.export.diagram import KINDS, Diagram, diagram_of, overview_of

__all__ = ["MOST_LINES", "MOST_TEXT", "write"]

MOST_LINES = 500
MOST_TEXT = 50_000
"""Edges and characters that Mermaid draws unless its page says otherwise (``maxEdges``, ``maxTextSize``)."""

_ACTING = re.compile(r"[^\w ,.()'?-]", re.ASCII)
_LIST = re.compile(r"^(\s*)(-|\d+(?=[.)]))")


def write(graph: nx.MultiDiGraph) -> str:
    """Everything but the sources, or the overview of causes and symptoms where that is more than Mermaid draws."""
    diagram = diagram_of(graph)
    text = _flowchart(diagram, "")
    if len(diagram.lines) <= MOST_LINES and len(text) <= MOST_TEXT:
        return text
    shown = "%% Causes and the symptoms that they show; with all else it is more than Mermaid draws.\n"
    return _flowchart(overview_of(graph), shown)


def _flowchart(diagram: Diagram, remark: str) -> str:
    labels = [f"{_label(line.label)}" for line in diagram.lines]
    return "".join(
        [
            "flowchart LR\n",
            remark,
            *(f'  n{box.number}["{_label(box.title)}"]:::{box.kind}\n' for box in diagram.boxes),
            *(
                f'  n{line.start} -->|"{label}"| n{line.end}\n' if label else f"  n{line.start} --> n{line.end}\n"
                for line, label in zip(diagram.lines, labels, strict=True)
            ),
            *(f"  classDef {kind} fill:{colour},color:#000,stroke:#555\n" for kind, colour in KINDS.items()),
        ]
    )


def _label(text: str) -> str:
    return "<br/>".join(_escaped(line) for line in text.split("\n"))


def _escaped(text: str) -> str:
    shown = _LIST.sub(lambda found: found[1] + "".join(f"#{ord(c)};" for c in found[2]), _ACTING.sub(_number, text))
    return shown.replace("_", "#95;")


def _number(found: re.Match[str]) -> str:
    code = ord(found[0])
    if code < 32 or 0x7F <= code <= 0x9F or 0xD800 <= code <= 0xDFFF:
        return " "
    return found[0] if code > 127 else f"#{code};"
