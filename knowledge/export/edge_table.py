"""CSV (RFC 4180): one table of everything that has a number, a row per state of every edge."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from typing import Any

import networkx as nx

from knowledge.export.evidence import claims_of, sentences

__all__ = ["COLUMNS", "write"]

COLUMNS = (
    "relation",
    "cause",
    "cause_title",
    "target",
    "target_kind",
    "target_title",
    "state",
    "state_label",
    "measure",
    "value",
    "basis",
    "confirms",
    "evidence",
)
"""``measure`` says what ``value`` is: a ``probability``, a ``factor``, ``odds``, or ``allowed``, which has none.

Rows of the relation ``background`` have no cause: how common a state is where none acts; rows of ``prior`` have no
target: the prior odds of a cause.
"""

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "'")
"""What a spreadsheet takes for the beginning of a formula; an apostrophe in front makes it text. One that is there
already gets another, so that taking the first away always gives back what was."""


def write(graph: nx.MultiDiGraph) -> str:
    """The table with a header; text that a spreadsheet would take for a formula begins with an apostrophe."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for row in (*_nodes(graph), *_edges(graph)):
        writer.writerow({column: _cell(value) for column, value in row.items()})
    return out.getvalue()


def _nodes(graph: nx.MultiDiGraph) -> Iterator[dict[str, Any]]:
    claims = claims_of(graph)
    for node, facts in graph.nodes(data=True):
        evidence = "\n".join(sentences(facts.get("evidence", ()), claims))
        if facts["kind"] == "cause":
            yield {
                "relation": "prior",
                **_cause(facts),
                "measure": "odds",
                "value": facts["prior_odds"],
                "evidence": evidence,
            }
        for state, share in facts.get("states", {}).items():
            yield {
                "relation": "background",
                **_target(graph, node),
                **_state(graph, node, state),
                "measure": "probability",
                "value": share,
                "evidence": evidence,
            }


def _edges(graph: nx.MultiDiGraph) -> Iterator[dict[str, Any]]:
    claims = claims_of(graph)
    for start, end, kind, facts in graph.edges(keys=True, data=True):
        if kind == "cites":
            continue
        row = {
            "relation": kind,
            **_cause(graph.nodes[start]),
            **_target(graph, end),
            "basis": facts.get("basis"),
            "confirms": facts.get("confirms"),
            "evidence": "\n".join(sentences(facts.get("evidence", ()), claims)),
        }
        states = facts.get("states", [])
        if isinstance(states, dict):
            measure = "factor" if kind == "weighs" else "probability"
            for state, value in states.items():
                yield row | _state(graph, end, state) | {"measure": measure, "value": value}
        else:
            for state in states:
                yield row | _state(graph, end, state) | {"measure": "allowed"}
        if not states:
            yield row | _single(facts)


def _single(facts: Mapping[str, Any]) -> dict[str, Any]:
    if "relief" in facts:
        return {"measure": "probability", "value": facts["relief"]}
    return {"measure": "odds", "value": facts["odds"]} if "odds" in facts else {}


def _cause(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {"cause": facts["name"], "cause_title": facts["title"]}


def _target(graph: nx.MultiDiGraph, node: str) -> dict[str, Any]:
    facts = graph.nodes[node]
    return {"target": facts["name"], "target_kind": facts["kind"], "target_title": facts["title"]}


def _state(graph: nx.MultiDiGraph, finding: str, state: str) -> dict[str, Any]:
    return {"state": state, "state_label": graph.nodes[finding]["labels"].get(state)}


def _cell(value: Any) -> Any:  # noqa: ANN401 - text, number or nothing
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        held = value.replace("\0", "\ufffd")
        return f"'{held}" if held.startswith(_FORMULA) else held
    return value
