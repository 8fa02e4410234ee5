"""The plain structure of a pickle of PyTorch, without unpickling.

Instructions are taken apart by `pickletools`, which only reads; what they do is done here, to lists, dicts, tuples and
the records of `torch_names`. Nothing is imported, nothing that the file names is called, and what hashes or walks deep
is never asked of values that a file made up.
"""

from __future__ import annotations

import io
import pickletools
import warnings
from collections.abc import Callable, Mapping

from triage.intake.artifacts.torch_names import Made, Name, PickleError, called, checked, storage_of

__all__ = ["PickleError", "plain_structure"]

MOST_INSTRUCTIONS = 4_000_000
"""A tensor takes about thirty."""

EACH = 20_000
"""Instructions between two looks at whether anyone still waits."""


class _Mark:
    """Where a run of values on the stack begins."""


_MARK = _Mark()


def plain_structure(stream: io.BytesIO, still_wanted: Callable[[], None]) -> object:
    """What the next pickle of a stream holds.

    Args:
        stream: stands behind the pickle afterwards.
        still_wanted: is called now and then; what it raises ends the reading.

    Raises:
        PickleError: it is none, or it attacks.

    """
    machine = _Machine()
    with warnings.catch_warnings():
        # An escape in a text that Python would not write itself is no matter for whoever reads weights.
        warnings.simplefilter("ignore", DeprecationWarning)
        return _followed(machine, stream, still_wanted)


def _followed(machine: _Machine, stream: io.BytesIO, still_wanted: Callable[[], None]) -> object:
    try:
        for number, (code, argument, _) in enumerate(pickletools.genops(stream)):
            if number % EACH == 0:
                still_wanted()
            if number > MOST_INSTRUCTIONS:
                raise PickleError("a pickle of more instructions than weights need")
            if code.name == "STOP":
                return machine.pop()
            machine.follow(code.name, argument)
    except PickleError:
        raise
    except (IndexError, KeyError, TypeError, ValueError, OverflowError, RecursionError) as error:
        raise PickleError(f"a pickle that is broken ({type(error).__name__})") from None
    raise PickleError("a pickle without an end")


class _Machine:
    """The stack machine of pickles ("pickletools", Python library), over plain values."""

    def __init__(self) -> None:
        self.stack: list[object] = []
        self.memo: dict[int, object] = {}

    def follow(self, name: str, argument: object) -> None:
        """Carry out one instruction."""
        if name in _CONSTANTS:
            self.stack.append(_CONSTANTS[name])
        elif name in _VALUES:
            self.stack.append(argument)
        elif name in _KEPT:
            self.memo[_index(argument)] = self.stack[-1]
        elif name in _TAKEN:
            self.stack.append(self.memo[_index(argument)])
        elif name in _RULES:
            _RULES[name](self)
        elif name in ("GLOBAL", "INST"):
            module, _, attribute = str(argument).partition(" ")
            full = checked(f"{module}.{attribute}")
            self.stack.append(Made(full.full, list(self.to_mark())) if name == "INST" else full)
        elif name not in _IGNORED:
            raise PickleError(f"a pickle with the instruction {name}, which weights do not need")

    def pop(self) -> object:
        value = self.stack.pop()
        if value is _MARK:
            raise PickleError("a pickle that is broken (a mark for a value)")
        return value

    def to_mark(self) -> list[object]:
        """All values behind the last mark, which are taken away with it."""
        values: list[object] = []
        while (value := self.stack.pop()) is not _MARK:
            values.append(value)
        values.reverse()
        return values


def _tuple(count: int) -> Callable[[_Machine], None]:
    def rule(machine: _Machine) -> None:
        values = [machine.pop() for _ in range(count)]
        machine.stack.append(tuple(reversed(values)))

    return rule


def _dict_of(machine: _Machine) -> None:
    values = machine.to_mark()
    found: dict[object, object] = {}
    _fill(found, values)
    machine.stack.append(found)


def _set_items(machine: _Machine) -> None:
    values = machine.to_mark()
    _fill(machine.stack[-1], values)


def _set_item(machine: _Machine) -> None:
    value, key = machine.pop(), machine.pop()
    _fill(machine.stack[-1], [key, value])


def _append(machine: _Machine) -> None:
    value = machine.pop()
    _extend(machine.stack[-1], [value])


def _appends(machine: _Machine) -> None:
    values = machine.to_mark()
    _extend(machine.stack[-1], values)


def _fill(target: object, pairs: list[object]) -> None:
    """Keys that no checkpoint has are left out: to hash one may go as deep as a file likes."""
    if isinstance(target, Made):
        target.state.append(pairs)
        return
    if not isinstance(target, dict) or len(pairs) % 2:
        raise PickleError("a pickle that is broken (entries without a dict)")
    for key, value in zip(pairs[::2], pairs[1::2], strict=True):
        if key is None or isinstance(key, str | int | float | bytes):
            target[key] = value


def _extend(target: object, values: list[object]) -> None:
    if isinstance(target, Made):
        target.state.append(values)
    elif isinstance(target, list):
        target.extend(values)
    else:
        raise PickleError("a pickle that is broken (entries without a list)")


def _call(machine: _Machine) -> None:
    given, name = machine.pop(), machine.pop()
    machine.stack.append(_result(name, given))


def _call_with_names(machine: _Machine) -> None:
    named, given, name = machine.pop(), machine.pop(), machine.pop()
    made = _result(name, given)
    machine.stack.append(Made(made.name, [*made.state, named]) if isinstance(made, Made) else made)


def _object(machine: _Machine) -> None:
    values = machine.to_mark()
    machine.stack.append(_result(values[0], tuple(values[1:])))


def _result(name: object, given: object) -> object:
    """Calls of anything but names, such as of an object that was made, give a record as well."""
    if not isinstance(given, tuple):
        raise PickleError("a pickle that is broken (a call without arguments)")
    return called(name.full, given) if isinstance(name, Name) else Made("", [name, *given])


def _build(machine: _Machine) -> None:
    """The state of an object is kept where it is of a class that is not known; of a dict it is only its metadata."""
    state = machine.pop()
    if isinstance(machine.stack[-1], Made):
        machine.stack[-1].state.append(state)
    elif machine.stack[-1] is _MARK:
        raise PickleError("a pickle that is broken (a state without an object)")


def _stack_name(machine: _Machine) -> None:
    name, module = machine.pop(), machine.pop()
    if not isinstance(name, str) or not isinstance(module, str):
        raise PickleError("a pickle that names something without a name")
    machine.stack.append(checked(f"{module}.{name}"))


def _stored(machine: _Machine) -> None:
    machine.stack.append(storage_of(machine.pop()))


def _memoize(machine: _Machine) -> None:
    machine.memo[len(machine.memo)] = machine.stack[-1]


def _drop(machine: _Machine) -> None:
    machine.stack.pop()


def _drop_to_mark(machine: _Machine) -> None:
    machine.to_mark()


def _index(argument: object) -> int:
    return int(str(argument))


_CONSTANTS: Mapping[str, object] = {"NONE": None, "NEWTRUE": True, "NEWFALSE": False, "EMPTY_TUPLE": (), "MARK": _MARK}
_VALUES = frozenset(
    {
        "INT", "BININT", "BININT1", "BININT2", "LONG", "LONG1", "LONG4", "FLOAT", "BINFLOAT", "STRING", "BINSTRING",
        "SHORT_BINSTRING", "BINBYTES", "SHORT_BINBYTES", "BINBYTES8", "BYTEARRAY8", "UNICODE", "BINUNICODE",
        "SHORT_BINUNICODE", "BINUNICODE8",
    }
)  # fmt: skip
_KEPT = frozenset({"PUT", "BINPUT", "LONG_BINPUT"})
_TAKEN = frozenset({"GET", "BINGET", "LONG_BINGET"})
_IGNORED = frozenset({"PROTO", "FRAME"})
_RULES: Mapping[str, Callable[[_Machine], None]] = {
    "EMPTY_LIST": lambda machine: machine.stack.append([]),
    "EMPTY_DICT": lambda machine: machine.stack.append({}),
    "EMPTY_SET": lambda machine: machine.stack.append([]),
    "LIST": lambda machine: machine.stack.append(machine.to_mark()),
    "FROZENSET": lambda machine: machine.stack.append(machine.to_mark()),
    "TUPLE": lambda machine: machine.stack.append(tuple(machine.to_mark())),
    "TUPLE1": _tuple(1),
    "TUPLE2": _tuple(2),
    "TUPLE3": _tuple(3),
    "DICT": _dict_of,
    "SETITEM": _set_item,
    "SETITEMS": _set_items,
    "APPEND": _append,
    "APPENDS": _appends,
    "ADDITEMS": _appends,
    "REDUCE": _call,
    "NEWOBJ": _call,
    "NEWOBJ_EX": _call_with_names,
    "OBJ": _object,
    "BUILD": _build,
    "STACK_GLOBAL": _stack_name,
    "BINPERSID": _stored,
    "MEMOIZE": _memoize,
    "POP": _drop,
    "POP_MARK": _drop_to_mark,
    "DUP": lambda machine: machine.stack.append(machine.stack[-1]),
}
"""Instruction -> what it does. Those that are left out ask for registered extensions or for what lies elsewhere."""
