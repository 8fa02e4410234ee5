"""Plain data out of a pickle, without unpickling: its instructions are followed here, and none can call anything.

Dicts, lists, tuples, texts and numbers are what they are; what stands for names and calls is in `pickled_names`.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Sequence

from triage.history.pickled_names import Name, Named, PickleError, named

__all__ = ["PickleError", "plain_data"]

MOST_INSTRUCTIONS = 8_000_000
"""A number takes one, or eight where numpy made it."""


class _Mark:
    """Where a run of values on the stack begins."""


_MARK = _Mark()
_ESCAPE = re.compile(rb"\\(x[0-9a-fA-F]{2}|.)")
_ESCAPED = {b"n": b"\n", b"r": b"\r", b"t": b"\t"}
_NUMBERS = re.compile(rb"[+-]?\d{1,400}L?")


def plain_data(data: bytes) -> object:
    """What a pickle of protocol 0 to 5 holds, where that is plain data.

    Args:
        data: the pickle.

    Raises:
        PickleError: it is none, or it names anything but plain data.

    """
    try:
        return _Machine(data).run()
    except (IndexError, struct.error, TypeError, KeyError, OverflowError, UnicodeError, RecursionError) as error:
        raise PickleError(f"a pickle that is broken ({type(error).__name__})") from None


class _Machine:
    """The stack machine of pickles, over plain data."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0
        self.stack: list[object] = []
        self.memo: dict[int, object] = {}
        self.named = Named()

    def run(self) -> object:
        steps = _STEPS
        data = self.data
        for _ in range(MOST_INSTRUCTIONS):
            code = data[self.at]
            self.at += 1
            if code == 0x2E:
                return self.pop()
            step = steps.get(code)
            if step is None:
                raise PickleError(f"a pickle with the instruction {bytes([code])!r}, which plain data does not need")
            step(self)
        raise PickleError("a pickle of more instructions than a history needs")

    def take(self, size: int) -> bytes:
        end = self.at + size
        if size < 0 or end > len(self.data):
            raise PickleError("a pickle that is cut off")
        taken = self.data[self.at : end]
        self.at = end
        return taken

    def number(self, layout: str) -> int:
        found: int = struct.unpack(layout, self.take(struct.calcsize(layout)))[0]
        return found

    def line(self) -> bytes:
        end = self.data.find(b"\n", self.at)
        if end < 0:
            raise PickleError("a pickle that is cut off")
        taken = self.data[self.at : end]
        self.at = end + 1
        return taken

    def pop(self) -> object:
        value = self.stack.pop()
        if value is _MARK:
            raise PickleError("a pickle that is broken (mark)")
        return value

    def popped_to_mark(self) -> list[object]:
        """The values above the last mark, which goes too."""
        values: list[object] = []
        while (value := self.stack.pop()) is not _MARK:
            values.append(value)
        values.reverse()
        return values

    def top(self) -> object:
        return self.stack[-1]

    def remember(self, number: int) -> None:
        self.memo[number] = self.top()

    def recall(self, number: int) -> None:
        self.stack.append(self.memo[number])

    def name(self, full: str) -> None:
        self.stack.append(named(full))

    def stack_name(self) -> None:
        last, module = self.pop(), self.pop()
        if not isinstance(module, str) or not isinstance(last, str):
            raise PickleError("a pickle that asks for what has no name")
        self.name(f"{module}.{last}")

    def call(self) -> None:
        """What numpy and the collections would build; nothing is called."""
        given, name = self.pop(), self.pop()
        if not isinstance(name, Name) or not isinstance(given, tuple):
            raise PickleError("a pickle that calls what is no name")
        self.stack.append(self.named.made(name.full, given))

    def build(self) -> None:
        state, value = self.pop(), self.top()
        self.named.tell(value, state)

    def append_all(self, values: Sequence[object]) -> None:
        target = self.top()
        if not isinstance(target, list):
            raise PickleError("a pickle that appends to what is no list")
        target.extend(values)

    def set_all(self, values: Sequence[object]) -> None:
        target = self.top()
        if not isinstance(target, dict) or len(values) % 2:
            raise PickleError("a pickle that fills what is no dict")
        for key, value in zip(values[::2], values[1::2], strict=True):
            if not isinstance(key, str | bytes | int | float):
                raise PickleError("a dict whose keys are no texts")
            target[key] = value


def _text_int(machine: _Machine) -> int | bool:
    line = machine.line().strip()
    if line in (b"00", b"01"):
        return line == b"01"
    if _NUMBERS.fullmatch(line) is None:
        raise PickleError(f"a pickle with {line[:40]!r} for a number")
    return int(line.rstrip(b"L"))


def _text_float(machine: _Machine) -> float:
    line = machine.line()
    try:
        return float(line[:1000])
    except ValueError:
        raise PickleError(f"a pickle with {line[:40]!r} for a number") from None


def _quoted(machine: _Machine) -> str:
    line = machine.line().strip()
    if len(line) < 2 or line[:1] != line[-1:] or line[:1] not in (b"'", b'"'):
        raise PickleError("a pickle with a text that is not quoted")
    return _ESCAPE.sub(_unescaped, line[1:-1]).decode("latin-1")


def _unescaped(match: re.Match[bytes]) -> bytes:
    found = match[1]
    return bytes([int(found[1:], 16)]) if len(found) == 3 else _ESCAPED.get(found, found)


def _push(make: Callable[[_Machine], object]) -> Callable[[_Machine], None]:
    def step(machine: _Machine) -> None:
        machine.stack.append(make(machine))

    return step


def _sized(layout: str, decode: bool) -> Callable[[_Machine], object]:
    def make(machine: _Machine) -> object:
        taken = machine.take(machine.number(layout))
        return taken.decode("utf-8", errors="replace") if decode else taken

    return make


def _old_text(layout: str) -> Callable[[_Machine], object]:
    """A str of Python 2, which may be a key or the bytes of an array."""
    return lambda machine: machine.take(machine.number(layout)).decode("latin-1")


def _long(layout: str) -> Callable[[_Machine], object]:
    def make(machine: _Machine) -> object:
        taken = machine.take(machine.number(layout))
        if len(taken) > 200:
            raise PickleError("a pickle of a number that is too long")
        return int.from_bytes(taken, "little", signed=True)

    return make


def _tuple1(machine: _Machine) -> None:
    machine.stack[-1] = (machine.stack[-1],)


def _tuple2(machine: _Machine) -> None:
    stack = machine.stack
    stack[-2:] = [(stack[-2], stack[-1])]


def _tuple3(machine: _Machine) -> None:
    stack = machine.stack
    stack[-3:] = [(stack[-3], stack[-2], stack[-1])]


def _dict_of(machine: _Machine) -> None:
    values = machine.popped_to_mark()
    machine.stack.append({})
    machine.set_all(values)


def _named(machine: _Machine) -> None:
    module, last = machine.line(), machine.line()
    machine.name(f"{module.decode('utf-8', 'replace')}.{last.decode('utf-8', 'replace')}")


def _instance(machine: _Machine) -> None:
    given = tuple(machine.popped_to_mark())
    _named(machine)
    machine.stack.append(given)
    machine.call()


def _pair(machine: _Machine) -> None:
    value, key = machine.pop(), machine.pop()
    machine.set_all((key, value))


def _one(machine: _Machine) -> None:
    value = machine.pop()
    machine.append_all((value,))


def _many(machine: _Machine) -> None:
    values = machine.popped_to_mark()
    machine.append_all(values)


def _pairs(machine: _Machine) -> None:
    values = machine.popped_to_mark()
    machine.set_all(values)


def _text_number(machine: _Machine) -> int:
    line = machine.line()
    if not line.isdigit() or len(line) > 12:
        raise PickleError("a pickle that is broken (memo)")
    return int(line)


_STEPS: dict[int, Callable[[_Machine], object]] = {
    ord(code): step
    for code, step in {
        "\x80": lambda machine: machine.take(1),
        "\x95": lambda machine: machine.take(8),
        "(": _push(lambda _: _MARK),
        "0": lambda machine: machine.stack.pop(),
        "1": lambda machine: machine.popped_to_mark(),
        "2": lambda machine: machine.stack.append(machine.top()),
        "N": _push(lambda _: None),
        "\x88": _push(lambda _: True),
        "\x89": _push(lambda _: False),
        "I": _push(_text_int),
        "L": _push(_text_int),
        "J": _push(lambda machine: machine.number("<i")),
        "K": _push(lambda machine: machine.number("<B")),
        "M": _push(lambda machine: machine.number("<H")),
        "\x8a": _push(_long("<B")),
        "\x8b": _push(_long("<I")),
        "F": _push(_text_float),
        "G": _push(lambda machine: machine.number(">d")),
        "S": _push(_quoted),
        "T": _push(_old_text("<I")),
        "U": _push(_old_text("<B")),
        "B": _push(_sized("<I", decode=False)),
        "C": _push(_sized("<B", decode=False)),
        "\x8e": _push(_sized("<Q", decode=False)),
        "\x96": _push(_sized("<Q", decode=False)),
        "V": _push(lambda machine: machine.line().decode("raw_unicode_escape", errors="replace")),
        "X": _push(_sized("<I", decode=True)),
        "\x8c": _push(_sized("<B", decode=True)),
        "\x8d": _push(_sized("<Q", decode=True)),
        ")": _push(lambda _: ()),
        "t": _push(lambda machine: tuple(machine.popped_to_mark())),
        "\x85": _tuple1,
        "\x86": _tuple2,
        "\x87": _tuple3,
        "]": _push(lambda _: []),
        "l": _push(lambda machine: machine.popped_to_mark()),
        "}": _push(lambda _: {}),
        "d": _dict_of,
        "a": _one,
        "e": _many,
        "s": _pair,
        "u": _pairs,
        "p": lambda machine: machine.remember(_text_number(machine)),
        "q": lambda machine: machine.remember(machine.number("<B")),
        "r": lambda machine: machine.remember(machine.number("<I")),
        "\x94": lambda machine: machine.remember(len(machine.memo)),
        "g": lambda machine: machine.recall(_text_number(machine)),
        "h": lambda machine: machine.recall(machine.number("<B")),
        "j": lambda machine: machine.recall(machine.number("<I")),
        "c": _named,
        "i": _instance,
        "\x93": lambda machine: machine.stack_name(),
        "R": lambda machine: machine.call(),
        "b": lambda machine: machine.build(),
    }.items()
}
"""Instruction -> what it does. Those that are left out build instances, or ask for what lies outside of the file."""
