"""YAML -> a tree, from the events of its parser: nothing is ever built of what a tag names.

A number is one where the framework would make it one: ``1e-4`` is a text in YAML 1.1, and read as 0.0001 by all that
train with it. ``yes``, ``no``, ``on`` and ``off`` are truth values, as PyYAML has them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from triage.errors import IntakeError
from triage.intake.configs.structured import DEEPEST, MOST_NODES, Node, Scalar, key_of

__all__ = ["read_yaml"]

_PYTHON = "tag:yaml.org,2002:python/"
_NULLS = frozenset({"", "~", "null", "Null", "NULL", "???"})
"""``???`` is what Hydra writes for a value that must be given on the command line."""

_TRUTHS = {
    **dict.fromkeys(("true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON"), True),
    **dict.fromkeys(("false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF"), False),
}
_INTEGER = re.compile(r"[+-]?\d[\d_]{0,30}")
_HEXADECIMAL = re.compile(r"[+-]?0x[0-9a-fA-F]{1,16}")
_FLOAT = re.compile(r"[+-]?(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d+)?")
_INFINITE = re.compile(r"([+-]?)\.(?:inf|Inf|INF)")
_BREAKS = str.maketrans({"\x85": " ", "\u2028": " ", "\u2029": " "})


_Event: TypeAlias = Any
"""An event of PyYAML's parser."""


@dataclass(slots=True)
class _Open:
    """A mapping or a sequence whose end has not come yet."""

    line: int
    anchor: str | None
    mapping: dict[str, Node] | None
    items: list[Node] = field(default_factory=list)
    merged: list[Node] = field(default_factory=list)
    key: str | None = None
    key_line: int = 1
    size: int = 1


def read_yaml(text: str, file: str) -> tuple[Node, tuple[str, ...]]:
    """The tree of a file, and what was read past in it.

    Args:
        text: of all of the file.
        file: its name for messages.

    Raises:
        IntakeError: the text is not YAML, is nested too deeply or holds too many values.

    """
    import yaml

    loader: Any = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader
    notes: dict[str, None] = {}
    documents: list[Node] = []
    try:
        for root in _documents(yaml.parse(text.translate(_BREAKS), Loader=loader), file, notes):
            documents.append(root)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        reason = f"expected YAML, found {_one_line(error.problem or error.context)}"
        raise IntakeError(file, reason, mark.line + 1 if mark else None) from None
    except (yaml.YAMLError, UnicodeError, ValueError) as error:
        raise IntakeError(file, f"expected YAML, found {_one_line(str(error))}") from None
    except RecursionError:
        raise _too_deep(file, None) from None
    mappings = [root for root in documents if root.mapping]
    if len(mappings) > 1:
        notes[f"The file holds {len(mappings)} documents; where they differ the last one counts."] = None
        return _joined(mappings), tuple(notes)
    return next(iter(mappings or documents), Node(None, 1)), tuple(notes)


def _documents(events: Iterator[_Event], file: str, notes: dict[str, None]) -> Iterator[Node]:
    """The root of each document."""
    import yaml

    anchors: dict[str, Node] = {}
    stack: list[_Open] = []
    total = 0
    for event in events:
        line = event.start_mark.line + 1
        if isinstance(event, yaml.DocumentStartEvent):
            anchors = {}
        if isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent) and (event.tag or "").startswith(_PYTHON):
            notes["Python objects in the file were read as plain data; none was built."] = None
        if isinstance(event, yaml.CollectionStartEvent):
            if len(stack) >= DEEPEST:
                raise _too_deep(file, line)
            stack.append(_Open(line, event.anchor, {} if isinstance(event, yaml.MappingStartEvent) else None))
        if not isinstance(event, yaml.ScalarEvent | yaml.CollectionEndEvent | yaml.AliasEvent):
            continue
        anchor = stack[-1].anchor if isinstance(event, yaml.CollectionEndEvent) else event.anchor
        node = _ended(event, stack, anchors, file)
        if anchor:
            anchors[anchor] = node
        total += 1
        if total > MOST_NODES or node.size + (stack[-1].size if stack else 0) > MOST_NODES:
            raise IntakeError(file, f"expected at most {MOST_NODES:,} values, found more, aliases unfolded", line)
        if stack:
            _add(stack[-1], node)
        else:
            yield node


def _ended(event: _Event, stack: list[_Open], anchors: Mapping[str, Node], file: str) -> Node:
    """The value that ends with an event: a plain one, an alias, or the collection that is open."""
    import yaml

    line = event.start_mark.line + 1
    if isinstance(event, yaml.ScalarEvent):
        return Node(_scalar(event.tag, str(event.value), event.implicit[0]), line)
    if not isinstance(event, yaml.AliasEvent):
        return _closed(stack.pop())
    name = str(event.anchor)
    if name not in anchors:
        raise IntakeError(file, f"expected an anchor &{name[:40]} before its alias, found none", line)
    return anchors[name]


def _add(opened: _Open, node: Node) -> None:
    opened.size += node.size
    if opened.mapping is None:
        opened.items.append(node)
    elif opened.key is None:
        opened.key, opened.key_line = _key(node), node.line
    else:
        if opened.key == "<<":
            opened.merged += node.items or [node]
        else:
            opened.mapping[opened.key] = Node(node.value, opened.key_line, node.size)
        opened.key = None


def _closed(opened: _Open) -> Node:
    if opened.mapping is None:
        return Node(tuple(opened.items), opened.line, opened.size)
    merged: dict[str, Node] = {}
    for other in reversed(opened.merged):
        merged |= other.mapping
    return Node(merged | opened.mapping, opened.line, opened.size)


def _key(node: Node) -> str:
    if isinstance(node.value, str):
        return key_of(node.value)
    return "" if isinstance(node.value, Mapping | Sequence) else str(node.value).lower()


def _scalar(tag: str | None, text: str, implicit: bool) -> Scalar:
    """A plain value as its tag has it, or as it looks where there is none."""
    if tag is not None and tag.startswith((_PYTHON + "name:", _PYTHON + "module:")) and not text:
        return tag.removeprefix(_PYTHON).partition(":")[2]
    if implicit or (tag is not None and tag.endswith((":float", ":int", ":bool", ":null"))):
        return _resolved(text)
    return text


def _resolved(text: str) -> Scalar:
    if text in _NULLS:
        return None
    if text in _TRUTHS:
        return _TRUTHS[text]
    if _INTEGER.fullmatch(text):
        return int(text.replace("_", ""))
    if _HEXADECIMAL.fullmatch(text):
        return int(text, 16)
    if len(text) <= 60 and _FLOAT.fullmatch(text):
        return float(text.replace("_", ""))
    if found := _INFINITE.fullmatch(text):
        return float(found[1] + "inf")
    return float("nan") if text in (".nan", ".NaN", ".NAN") else text


def _joined(roots: Sequence[Node]) -> Node:
    whole: dict[str, Node] = {}
    for root in roots:
        whole |= root.mapping
    return Node(whole, roots[0].line, sum(root.size for root in roots))


def _too_deep(file: str, line: int | None) -> IntakeError:
    return IntakeError(file, f"expected at most {DEEPEST} levels, found a deeper nesting", line)


def _one_line(text: str | None) -> str:
    return " ".join((text or "something else").split())[:160]
