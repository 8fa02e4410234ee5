r"""Protobuf text format, read without a schema (Protocol Buffers documentation, "Text Format Language Specification").

::

    layer {
      name: "pool1"   # a string, with escapes
      pooling_param { pool: MAX kernel_size: 3 stride: 5 }
      dims: [1, 3, 224, 224]
    }

Without a schema a field that may repeat cannot be told from one that may not, so all values of a name are kept in
their order, each with its line.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from triage.errors import IntakeError
from triage.intake.configs.source import Source

__all__ = ["DEEPEST", "Field", "Message", "begins_as_textproto", "parse_textproto"]

DEEPEST = 100
"""Messages within messages, as protobuf itself allows."""


@dataclass(slots=True)
class Message:
    """Fields by name, in the order of the file.

    Args:
        line: where it begins, counted from one.
        fields: name -> its values.

    """

    line: int = 1
    fields: dict[str, list[Field]] = field(default_factory=dict)

    def all(self, name: str) -> list[Field]:
        """All values of a name."""
        return self.fields.get(name, [])

    def last(self, name: str) -> Field | None:
        """The value that counts where a field does not repeat."""
        values = self.fields.get(name)
        return values[-1] if values else None

    def messages(self, name: str) -> Iterator[Message]:
        """All values of a name that are messages."""
        return (item.value for item in self.all(name) if isinstance(item.value, Message))

    def message(self, *path: str) -> Message | None:
        """The message at the end of a path of names."""
        found: Message | None = self
        for name in path:
            value = found.last(name) if found is not None else None
            found = value.value if value is not None and isinstance(value.value, Message) else None
        return found

    def number(self, name: str) -> float | None:
        """A finite number, or None."""
        item = self.last(name)
        return item.number if item is not None else None

    def word(self, name: str) -> str:
        """A string or the name of an enumeration; empty where there is none."""
        item = self.last(name)
        return item.value if item is not None and isinstance(item.value, str) else ""

    def flag(self, name: str) -> bool | None:
        """True or false, or None where neither stands there."""
        item = self.last(name)
        return item.flag if item is not None else None

    def line_of(self, name: str) -> int:
        """Where the value that counts stands; the message itself where there is none."""
        item = self.last(name)
        return item.line if item is not None else self.line


@dataclass(frozen=True, slots=True)
class Field:
    """One value.

    Args:
        value: a message, a number, or a string or the name of an enumeration.
        line: where it stands, counted from one.

    """

    value: Message | float | str
    line: int

    @property
    def number(self) -> float | None:
        """A finite number, or None."""
        return self.value if isinstance(self.value, float) and math.isfinite(self.value) else None

    @property
    def flag(self) -> bool | None:
        """True or false as text format spells them, or None."""
        if isinstance(self.value, float):
            return {0.0: False, 1.0: True}.get(self.value)
        return FLAGS.get(self.value) if isinstance(self.value, str) else None


FLAGS = {"true": True, "True": True, "t": True, "false": False, "False": False, "f": False}

_TOKEN = re.compile(
    r"""(?:\s|\#[^\n]*)*+
    (?: (?P<word>-?[A-Za-z_]\w*)
    | (?P<mark>[{}<>\[\]:;,/]|\.(?!\d))
    | (?P<string>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
    | (?P<number>[-+]?\s*(?:0[xX][0-9a-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)[fF]?(?![\w.]))
    | (?P<end>\Z))
    """,
    re.VERBOSE,
)

_BLANK = re.compile(r"(?:\s|\#[^\n]*)*+")

_ESCAPE = re.compile(rb"\\(?:([0-7]{1,3})|[xX]([0-9a-fA-F]{1,2})|(.))", re.DOTALL)
_LETTERS = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"a": b"\a", b"b": b"\b", b"f": b"\f", b"v": b"\v"}

_CLOSING = {"{": "}", "<": ">"}

Token = tuple[str, str, int]
"""Kind, text and line."""

_BEGINNING = re.compile(
    r"""\ufeff?(?:\s|\#[^\n]*)*+[A-Za-z_]\w*"""
    r"""\s*(?::?\s*[{<]|:\s*(?:["'\[]|[-+.\d]|[A-Za-z_]\w*[ \t]*(?:[\r\n\#;,]|$)))"""
)


def begins_as_textproto(text: str) -> bool:
    """Whether a text begins with a field, behind its comments; one that only quotes such a text does not."""
    return _BEGINNING.match(text) is not None


def parse_textproto(source: Source) -> Message:
    """Read a text as one message.

    Raises:
        IntakeError: it is not of this format, or nested too deeply.

    """
    tokens = _Tokens(source)
    root = Message()
    open_messages = [(root, "")]
    while True:
        message, closing = open_messages[-1]
        kind, text, line = tokens.take()
        if kind == "end":
            if closing:
                raise tokens.error(f"'{closing}' for the message of line {message.line}", kind, text, line)
            return root
        if kind == "mark" and text == closing:
            open_messages.pop()
            continue
        if kind == "mark" and text in ",;":
            continue
        name = _name(tokens, kind, text, line)
        opened = _value(tokens, message, name, line)
        if opened is not None:
            if len(open_messages) > DEEPEST:
                raise IntakeError(source.file, f"expected messages at most {DEEPEST} deep, found more", line)
            open_messages.append(opened)


class _Tokens:
    """The tokens of a text one after the other, with one to look ahead."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._position = 0
        self._line = 1
        self._ahead: Token | None = None

    def take(self) -> Token:
        token, self._ahead = self._ahead or self._next(), None
        return token

    def peek(self) -> Token:
        if self._ahead is None:
            self._ahead = self._next()
        return self._ahead

    def error(self, expected: str, kind: str, text: str, line: int) -> IntakeError:
        found = "the end of the file" if kind == "end" else repr(text[:40])
        return IntakeError(self._source.file, f"expected {expected}, found {found}", line)

    def _next(self) -> Token:
        text = self._source.text
        match = _TOKEN.match(text, self._position)
        if match is None:
            blank = _BLANK.match(text, self._position)
            begins = blank.end() if blank is not None else self._position
            line = self._line + text.count("\n", self._position, begins)
            raise self.error("protobuf text format", "", text[begins : begins + 40].split("\n", 1)[0], line)
        kind = str(match.lastgroup)
        line = self._line + text.count("\n", self._position, match.start(kind))
        self._position = match.end()
        self._line = line + text.count("\n", match.start(kind), self._position)
        return kind, match[kind], line


def _name(tokens: _Tokens, kind: str, text: str, line: int) -> str:
    """Name of a field; that of an extension stands in brackets."""
    if kind == "word" and not text.startswith("-"):
        return text
    if (kind, text) != ("mark", "["):
        raise tokens.error("the name of a field", kind, text, line)
    parts: list[str] = []
    while True:
        kind, text, line = tokens.take()
        if (kind, text) == ("mark", "]"):
            return "".join(parts)
        if kind not in ("word", "number") and text not in ("/", "."):
            raise tokens.error("']' behind the name of an extension", kind, text, line)
        parts.append(text)


def _value(tokens: _Tokens, message: Message, name: str, line: int) -> tuple[Message, str] | None:
    """Take what stands behind a name; a message and its closing mark are given back to be read next."""
    values = message.fields.setdefault(name, [])
    kind, text, at = tokens.take()
    colon = (kind, text) == ("mark", ":")
    if colon:
        kind, text, at = tokens.take()
    if kind == "mark" and text in _CLOSING:
        opened = Message(line)
        values.append(Field(opened, line))
        return opened, _CLOSING[text]
    if (kind, text) == ("mark", "["):
        _list(tokens, values)
    elif colon:
        values.append(Field(_scalar(tokens, kind, text, at), line))
    else:
        raise tokens.error(f"':' or '{{' behind {name[:40]!r}", kind, text, at)
    return None


def _list(tokens: _Tokens, values: list[Field]) -> None:
    """Take the scalars of a list up to its end."""
    kind, text, line = tokens.take()
    while (kind, text) != ("mark", "]"):
        if kind == "mark" and text in _CLOSING:
            raise tokens.error("numbers or strings in a list", kind, text, line)
        values.append(Field(_scalar(tokens, kind, text, line), line))
        kind, text, line = tokens.take()
        if (kind, text) == ("mark", ","):
            kind, text, line = tokens.take()
        elif (kind, text) != ("mark", "]"):
            raise tokens.error("',' or ']' in a list", kind, text, line)


def _scalar(tokens: _Tokens, kind: str, text: str, line: int) -> float | str:
    if kind == "number":
        return _number(text)
    if kind == "word":
        plain = text.lower().removeprefix("-")
        return float(text) if plain in ("inf", "infinity", "nan") else text
    if kind != "string":
        raise tokens.error("a value", kind, text, line)
    parts = [_unescaped(text[1:-1])]
    while tokens.peek()[0] == "string":
        parts.append(_unescaped(tokens.take()[1][1:-1]))
    return "".join(parts)


def _number(text: str) -> float:
    plain = "".join(text.split())
    if "x" in plain.lower():
        whole = int(plain, 16)
        return float(whole) if whole.bit_length() <= 64 else math.inf
    return float(plain.rstrip("fF"))


def _unescaped(text: str) -> str:
    if "\\" not in text:
        return text
    return _ESCAPE.sub(_byte, text.encode("utf-8", "replace")).decode("utf-8", "replace")


def _byte(match: re.Match[bytes]) -> bytes:
    octal, hexadecimal, letter = match.groups()
    if octal is not None:
        return bytes([int(octal, 8) & 0xFF])
    if hexadecimal is not None:
        return bytes([int(hexadecimal, 16)])
    return _LETTERS.get(letter, letter)
