"""What the names in a pickle of PyTorch stand for; they are compared, and never looked up, imported or called.

The few that make up a tensor become plain records (``torch/_utils.py`` and ``torch/serialization.py`` of PyTorch name
them). Names that only an attack has in a file of weights end the reading; any other becomes a record of its name, which
does nothing.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

__all__ = ["Made", "Name", "PickleError", "Storage", "TensorRecord", "called", "checked", "storage_of"]

MOST_DIMENSIONS = 64

TYPES: Mapping[str, str] = {
    "Double": "F64", "Float": "F32", "Half": "F16", "BFloat16": "BF16", "Long": "I64", "Int": "I32", "Short": "I16",
    "Char": "I8", "Byte": "U8", "Bool": "BOOL", "Untyped": "U8",
}  # fmt: skip
"""Storage class of PyTorch -> name of its type in `KINDS`."""

DTYPES: Mapping[str, str] = {
    "float64": "F64", "float32": "F32", "float16": "F16", "bfloat16": "BF16", "int64": "I64", "int32": "I32",
    "int16": "I16", "int8": "I8", "uint8": "U8", "bool": "BOOL", "float8_e4m3fn": "F8_E4M3", "float8_e5m2": "F8_E5M2",
    "uint16": "U16", "uint32": "U32", "uint64": "U64",
}  # fmt: skip

ATTACKS = re.compile(
    r"(?:os|posix|nt|posixpath|ntpath|subprocess|multiprocessing|sys|shutil|socket|ssl|http|urllib|requests|webbrowser|"
    r"ctypes|_ctypes|cffi|importlib|runpy|pty|code|codeop|commands|popen2|platform|signal|asyncio|pip|ensurepip|"
    r"timeit|cProfile|profile|bdb|pdb|doctest|idlelib|lib2to3|distutils|pydoc|pickle|_pickle|cPickle|dill|"
    r"marshal|shelve|inspect|tempfile|fileinput|venv|zipimport|imp)\..*|"
    r"(?:builtins|__builtin__|__builtins__)\.(?:eval|exec|execfile|compile|open|input|__import__|globals|breakpoint|"
    r"apply)|"
    r"(?:operator|_operator)\.methodcaller|types\.(?:CodeType|FunctionType)|"
    r"torch\.(?:hub|_inductor|_dynamo\.guards|fx\.experimental|utils\.(?:collect_env|bottleneck|cpp_extension))\..*|"
    r"numpy\.(?:testing|f2py|distutils)\..*|pandas\.(?:io\..*|eval|read_.*)"
)
"""Names that weights do not need and attacks do. Others may do harm as well, elsewhere: here none is called."""


class PickleError(ValueError):
    """It is no pickle that can be read, or one that attacks; the message goes on from "found"."""


@dataclass(frozen=True, slots=True)
class Name:
    """A function or class that the pickle names.

    Args:
        full: module and name, with a point between.

    """

    full: str


@dataclass(slots=True)
class Made:
    """What stands for an object of a class that is not known: its name, and what was said of it."""

    name: str
    state: list[object] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Storage:
    """Bytes of the file that tensors are made of.

    Args:
        key: what they are called.
        kind: name of their type in `KINDS`; empty where it is not known.
        count: of the numbers.

    """

    key: str
    kind: str
    count: int


@dataclass(frozen=True, slots=True)
class TensorRecord:
    """A view of a storage.

    Args:
        storage: of what.
        kind: name of its type in `KINDS`; empty where it is not known.
        offset: the first number.
        shape: of the view.
        strides: numbers from one to the next, for each side.

    """

    storage: Storage
    kind: str
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]

    @property
    def span(self) -> int:
        """How many numbers lie from the first to the last; none where it has none."""
        if 0 in self.shape:
            return 0
        return 1 + sum((side - 1) * stride for side, stride in zip(self.shape, self.strides, strict=True))


def checked(full: str) -> Name:
    """What stands for a name; raises `PickleError` where it belongs to an attack."""
    if ATTACKS.fullmatch(full):
        raise PickleError(
            f"a pickle that asks for {full[:80]!r}, which no weights need: loading it runs what a stranger wrote"
        )
    return Name(full)


def called(name: str, given: tuple[object, ...]) -> object:
    """What a call would give: a plain value where it is known, else a record of it.

    Args:
        name: module and name of what is called.
        given: its arguments.

    Raises:
        PickleError: a tensor is made otherwise than PyTorch makes it.

    """
    known = _KNOWN.get(name)
    return known(given) if known is not None else Made(name, [*given])


def storage_of(given: object) -> Storage:
    """The storage that a persistent id stands for.

    Raises:
        PickleError: it is not the id of a storage.

    """
    if not isinstance(given, tuple) or len(given) not in (5, 6) or given[0] != "storage":
        raise PickleError("a reference to what lies outside of the file")
    _, kind, key, _, count = given[:5]
    if not isinstance(kind, Name) or not isinstance(key, str | int) or not _is_count(count):
        raise PickleError("a reference to bytes that is not as PyTorch writes it")
    short = kind.full.rsplit(".", 1)[-1].removesuffix("Storage")
    return Storage(str(key), TYPES.get(short, ""), count)


def _tensor(given: tuple[object, ...]) -> object:
    if len(given) < 4 or not isinstance(given[0], Storage):
        raise PickleError("a tensor without its bytes")
    return _record(given[0], given[0].kind, given[1], given[2], given[3])


def _typed_tensor(given: tuple[object, ...]) -> object:
    """``_rebuild_tensor_v3``: the type stands beside a storage of bare bytes."""
    if len(given) < 7 or not isinstance(given[0], Storage) or not isinstance(given[6], Name):
        raise PickleError("a tensor without its bytes or its type")
    kind = DTYPES.get(given[6].full.rsplit(".", 1)[-1], "")
    return _record(given[0], kind, given[1], given[2], given[3])


def _record(storage: Storage, kind: str, offset: object, shape: object, strides: object) -> TensorRecord:
    sides, steps = _counts(shape), _counts(strides)
    if not _is_count(offset) or len(sides) != len(steps):
        raise PickleError("a tensor whose shape and strides do not fit each other")
    return TensorRecord(storage, kind, int(offset), sides, steps)  # type: ignore[call-overload]


def _counts(given: object) -> tuple[int, ...]:
    if not isinstance(given, tuple | list) or len(given) > MOST_DIMENSIONS or not all(map(_is_count, given)):
        raise PickleError("a tensor whose shape or strides are no numbers")
    return tuple(given)


def _is_count(value: object) -> bool:
    return type(value) is int and 0 <= value < 1 << 62


def _first(given: tuple[object, ...]) -> object:
    if not given:
        raise PickleError("a parameter without its tensor")
    return given[0]


def _again(given: tuple[object, ...]) -> object:
    """``_rebuild_from_type_v2``: a function, a class, the arguments of the function, a state."""
    if len(given) < 3 or not isinstance(given[0], Name) or not isinstance(given[2], tuple):
        raise PickleError("a tensor that is made otherwise than PyTorch makes it")
    if given[0].full.startswith("torch._tensor._rebuild_from_type"):
        raise PickleError("a tensor that is made of itself")
    return called(given[0].full, given[2])


def _listed(given: tuple[object, ...]) -> object:
    return list(given[0]) if given and isinstance(given[0], list | tuple) else []


def _ordered(given: tuple[object, ...]) -> object:
    """An ordered dict; older PyTorch gives the pairs at once."""
    pairs = given[0] if given and isinstance(given[0], list) else []
    return {
        pair[0]: pair[1]
        for pair in pairs
        if isinstance(pair, list | tuple) and len(pair) == 2 and isinstance(pair[0], str | int)
    }


def _size(given: tuple[object, ...]) -> object:
    return tuple(given[0]) if given and isinstance(given[0], list | tuple) else ()


def _numpy_type(given: tuple[object, ...]) -> object:
    letters = given[0] if given else None
    return Made("numpy.dtype", [letters])


def _numpy_number(given: tuple[object, ...]) -> object:
    """A single number, such as the best accuracy so far."""
    kind, content = given if len(given) == 2 else (None, None)
    if isinstance(kind, Made) and kind.name == "numpy.dtype" and isinstance(content, bytes):
        letters = kind.state[0]
        if isinstance(letters, str) and re.fullmatch(r"[iu][1248]|f[248]|b1", letters) and len(content) <= 8:
            try:
                return struct.unpack("<" + np.dtype(letters).char.replace("l", "q").replace("L", "Q"), content)[0]
            except struct.error:
                return None
    return Made("numpy.scalar")


def _encoded(given: tuple[object, ...]) -> object:
    """Bytes as Python 2 could read them."""
    text = given[0] if given else None
    if isinstance(text, str) and len(text) <= 16:
        return text.encode("latin-1", errors="replace")
    return Made("_codecs.encode")


_Rule = Callable[[tuple[object, ...]], object]
_KNOWN: Mapping[str, _Rule] = {
    "torch._utils._rebuild_tensor": _tensor,
    "torch._utils._rebuild_tensor_v2": _tensor,
    "torch._utils._rebuild_tensor_v3": _typed_tensor,
    "torch._utils._rebuild_parameter": _first,
    "torch._utils._rebuild_parameter_with_state": _first,
    "torch._tensor._rebuild_from_type_v2": _again,
    "torch.nn.parameter.Parameter": _first,
    "torch.Size": _size,
    "collections.OrderedDict": _ordered,
    "collections.defaultdict": lambda _: {},
    "builtins.dict": _ordered,
    "__builtin__.dict": _ordered,
    "builtins.set": _listed,
    "__builtin__.set": _listed,
    "builtins.frozenset": _listed,
    "__builtin__.frozenset": _listed,
    "builtins.list": _listed,
    "__builtin__.list": _listed,
    "numpy.dtype": _numpy_type,
    "numpy.core.multiarray.scalar": _numpy_number,
    "numpy._core.multiarray.scalar": _numpy_number,
    "_codecs.encode": _encoded,
}
