r"""Cypher statements that make the graph in Neo4j, Memgraph and other engines that speak openCypher.

Strings stand in single quotes with backslash escapes (openCypher 9, "String literals"). Neo4j decodes ``\uXXXX`` before
anything else, anywhere in a query, so a backslash in a text that happens to stand before a ``u`` would become one: the
string is broken up there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import networkx as nx

from knowledge.export.evidence import claims_of, sentences

__all__ = ["write"]

_BEFORE_U = re.compile(r"(?<=\\)(?=u)")
_ESCAPES = {"\\": "\\\\", "'": "\\'", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def write(graph: nx.MultiDiGraph) -> str:
    """One statement a line: a node each, labelled by its kind and ``Thing``, then an edge each.

    A property is a plain value or a list of them: states and their probabilities are two lists, evidence is one of
    sentences.
    """
    claims = claims_of(graph)
    return "".join(
        [
            f"// triage knowledge {_one_line(graph.graph['version'])}, hash {_one_line(graph.graph['hash'])}\n",
            "CREATE INDEX thing_key IF NOT EXISTS FOR (n:Thing) ON (n.key);\n",
            *(
                f"CREATE (:{facts['kind'].capitalize()}:Thing {_properties({'key': node, **facts}, claims)});\n"
                for node, facts in graph.nodes(data=True)
            ),
            *(
                f"MATCH (a:Thing {{key: {_text(start)}}}), (b:Thing {{key: {_text(end)}}}) "
                f"CREATE (a)-[:{kind.upper()} {_properties(facts, claims)}]->(b);\n"
                for start, end, kind, facts in graph.edges(keys=True, data=True)
            ),
        ]
    )


def _properties(facts: Mapping[str, Any], claims: Mapping[str, str]) -> str:
    plain: dict[str, Any] = {}
    for name, value in facts.items():
        if name == "evidence":
            plain[name] = sentences(value, claims)
        elif name == "labels":
            plain["state_labels"] = list(value.values())
        elif name == "claims":
            plain["claims"], plain["claim_texts"] = list(value), list(value.values())
        elif isinstance(value, dict):
            plain[name] = list(value)
            plain["factors" if facts["kind"] == "weighs" else "probabilities"] = list(map(float, value.values()))
        elif value is not None:
            plain[name] = value
    return "{" + ", ".join(f"{name}: {_literal(value)}" for name, value in plain.items()) + "}"


def _literal(value: Any) -> str:  # noqa: ANN401 - a plain value or a list of them
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, list):
        return "[" + ", ".join(map(_literal, value)) + "]"
    return _text(str(value))


def _text(text: str) -> str:
    return " + ".join(
        "'" + "".join(_ESCAPES.get(character) or _held(character) for character in piece) + "'"
        for piece in _BEFORE_U.split(text)
    )


def _held(character: str) -> str:
    """The character, or the escape of one that is not seen; what needs a pair of them not every engine reads."""
    seen = character.isprintable() or ord(character) > 0xFFFF
    return character if seen else f"\\u{ord(character):04x}"


def _one_line(text: str) -> str:
    return " ".join(text.split())
