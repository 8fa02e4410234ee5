"""JSON -> a tree with lines, as programs write it: NaN and Infinity, comments and a last comma are let pass."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from triage.errors import IntakeError
from triage.intake.configs.structured import DEEPEST, MOST_NODES, Node, Scalar, key_of

__all__ = ["read_json"]

_TOKEN = re.compile(
    r"""(?P<space>[\s\ufeff]+|//[^\n]*|/\*(?:[^*]++|\*(?!/))*+\*/|\#[^\n]*)
    |(?P<text>"(?:[^"\\]++|\\.)*+")
    |(?P<number>-?(?:\d+\.?\d*(?:[eE][+-]?\d+)?|Infinity|NaN))
    |(?P<word>true|false|null)
    |(?P<mark>[{}\[\]:,])""",
    re.VERBOSE | re.DOTALL,
)
_SEPARATORS, _OPENING = (":", ","), ("{", "[")
_WORDS = {"true": True, "false": False, "null": None}
_LONGEST_INTEGER = 300


@dataclass(slots=True)
class _Open:
    """An object or a list whose end has not come yet."""

    at: _Token
    mapping: dict[str, Node] | None
    items: list[Node] = field(default_factory=list)
    key: str = ""
    key_at: _Token | None = None
    size: int = 1
    wants: str = "first"
    """``first``, ``value``, ``colon``, ``comma`` or ``more``: what may come next."""


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    line: int
    column: int


def read_json(text: str, file: str) -> Node:
    """The tree of a file.

    Args:
        text: of all of the file.
        file: its name for messages.

    Raises:
        IntakeError: the text is not JSON, is nested too deeply or holds too many values.

    """
    stack: list[_Open] = []
    total = 0
    whole: Node | None = None
    for token in _tokens(text, file):
        if whole is not None:
            raise _unexpected(file, token)
        if token.text in _SEPARATORS:
            _separate(stack, token, file)
            continue
        if token.text in _OPENING:
            if len(stack) >= DEEPEST:
                raise IntakeError(file, f"expected at most {DEEPEST} levels, found a deeper nesting", token.line)
            if stack and not _takes_value(stack[-1]):
                raise _unexpected(file, token)
            stack.append(_Open(token, {} if token.text == _OPENING[0] else None))
            continue
        if token.kind == "text" and stack and stack[-1].mapping is not None and stack[-1].wants in ("first", "more"):
            stack[-1].key, stack[-1].key_at, stack[-1].wants = key_of(_unquoted(token.text)), token, "colon"
            continue
        node = _closed(stack, token, file) if token.kind == "mark" else _plain(token)
        total += 1
        if total > MOST_NODES:
            raise IntakeError(file, f"expected at most {MOST_NODES:,} values, found more", token.line)
        if stack:
            _add(stack[-1], node, token, file)
        else:
            whole = node
    if whole is None:
        raise IntakeError(file, "expected JSON to its closing bracket, found the end of the file", text.count("\n") + 1)
    return whole


def _tokens(text: str, file: str) -> Iterator[_Token]:
    """All but blanks and comments."""
    at, line, begins = 0, 1, 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            raise _unexpected(file, _Token("", text[at : at + 20], line, at - begins))
        kind, words = str(found.lastgroup), found[0]
        if kind != "space":
            yield _Token(kind, words, line, at - begins)
        if kind in ("space", "text") and "\n" in words:
            line += words.count("\n")
            begins = at + words.rindex("\n") + 1
        at = found.end()


def _takes_value(opened: _Open) -> bool:
    return opened.wants == "value" if opened.mapping is not None else opened.wants in ("first", "more")


def _add(opened: _Open, node: Node, token: _Token, file: str) -> None:
    if not _takes_value(opened):
        raise _unexpected(file, token)
    opened.size += node.size
    opened.wants = "comma"
    if opened.mapping is None:
        opened.items.append(node)
    else:
        at = opened.key_at or token
        opened.mapping[opened.key] = Node(node.value, at.line, node.size, at.column)


def _separate(stack: list[_Open], token: _Token, file: str) -> None:
    wanted = stack[-1].wants if stack else ""
    if (token.text, wanted) not in ((":", "colon"), (",", "comma")):
        raise _unexpected(file, token)
    stack[-1].wants = "value" if wanted == "colon" else "more"


def _closed(stack: list[_Open], token: _Token, file: str) -> Node:
    opened = stack.pop() if stack else None
    if opened is None or opened.wants in ("colon", "value") or (opened.mapping is None) != (token.text == "]"):
        raise _unexpected(file, token)
    value = tuple(opened.items) if opened.mapping is None else opened.mapping
    return Node(value, opened.at.line, opened.size, opened.at.column)


def _plain(token: _Token) -> Node:
    return Node(_value(token.text, token.kind), token.line, column=token.column)


def _value(text: str, kind: str) -> Scalar:
    if kind == "text":
        return _unquoted(text)
    if kind == "word":
        return _WORDS[text]
    if text.lstrip("-").isdecimal() and len(text) < _LONGEST_INTEGER:
        return int(text)
    return float(text)


def _unquoted(quoted: str) -> str:
    """The text between the quotes; half of a pair of surrogates, which no text can show, is a question mark."""
    if "\\" not in quoted:
        return quoted[1:-1]
    try:
        text: str = json.loads(quoted, strict=False)
    except ValueError:
        return quoted[1:-1]
    return text.encode("utf-8", errors="replace").decode()


def _unexpected(file: str, token: _Token) -> IntakeError:
    return IntakeError(file, f"expected JSON, found {token.text[:20]!r} out of place", token.line)
