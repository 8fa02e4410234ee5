"""What a program's names stand for, as far as reading it tells: constants, layers, networks, arrays, losses.

Values that have an identity in the program (a network, an optimizer, a loader) compare by identity and are changed as
the program changes them; values of expressions (a tensor, an array) are never changed. All of these are frozen but the
tensor, of which there is one for each layer of each call, and which takes a third of the time to make so.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import Any

from triage.intake.scripts.aims import Aim, after
from triage.intake.scripts.source import Source, Spot

__all__ = [
    "OPAQUE", "Above", "Archive", "Array", "Bound", "Class", "Data", "Function", "Instance", "Items", "Known", "Layer",
    "Library", "Loader", "Loss", "Model", "Scope", "Severed", "Table", "Tensor", "Term", "Transforms", "Unknown",
    "Value", "number", "text",
]  # fmt: skip

Value = Any
"""One of the classes here."""

LARGEST = 1e18  # Numbers beyond are not worked with, nor is what is no number.


@dataclass(slots=True, eq=False)
class Scope:
    """Names of a function or a module; `origins` has the lines in which constants were passed for parameters."""

    source: Source
    names: dict[str, Value] = field(default_factory=dict)
    outer: Scope | None = None
    owner: Value = None
    shared: set[str] = field(default_factory=set)
    origins: dict[str, Spot] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Known:
    """A constant and where it is written; one that the command line may change is not settled."""

    value: Any
    settled: bool = True
    spot: Spot | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True, eq=False)
class Unknown:
    """What reading does not tell; `name` is what made it, `born` when."""

    name: str = ""
    born: int = 0


@dataclass(frozen=True, slots=True)
class Library:
    """Something of a library, by its documented name."""

    name: str


@dataclass(slots=True, eq=False)
class Items:
    """A list, tuple or set; an open one has more items of the same kind."""

    values: list[Value]
    open: bool = False
    spot: Spot | None = None
    made: str = "list"


@dataclass(slots=True, eq=False)
class Table:
    """A dictionary or a namespace with text keys."""

    values: dict[Any, Value]
    settled: bool = True
    name: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Function:
    """A function of the program."""

    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
    scope: Scope
    owner: Class | None = None


@dataclass(slots=True, eq=False)
class Class:
    """A class of the program."""

    node: ast.ClassDef
    scope: Scope
    bases: list[Value]
    names: dict[str, Value]


@dataclass(frozen=True, slots=True, eq=False)
class Bound:
    """A method and its object: a function of the program, or a name that a library knows."""

    owner: Value
    method: Function | str


@dataclass(frozen=True, slots=True, eq=False)
class Above:
    """An object seen as one of the classes above that in which the method stands."""

    owner: Value
    start: Class | None


@dataclass(slots=True, eq=False)
class Instance:
    """An object of a class of the program that is no network; `given` are the arguments it was made with."""

    made_of: Class
    attributes: dict[str, Value]
    spot: Spot
    given: dict[str, Value] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class Layer:
    """A layer.

    Args:
        kind: `dense`, `conv`, `recurrent`, `attention`, `embedding`, `batch_norm`, `other_norm`, `activation`,
            `dropout`, `pool`, `flatten`, `merge`, `scaling`, `neutral`, `augmentation` or `unknown`.
        name: class.
        spot: where it is made.
        activation: which, of an activation or of a layer that has one inside; empty for none, None where unknown.
        units: outputs or channels.
        facts: further arguments that are known.
        frozen: where its weights were switched off.
        attributes: what the program hung on it.
        sites: functions of the program that were under way when it was made, and where each was called.

    """

    kind: str
    name: str
    spot: Spot
    activation: str | None = ""
    units: float | None = None
    facts: dict[str, Value] = field(default_factory=dict)
    frozen: Spot | None = None
    attributes: dict[str, Value] = field(default_factory=dict)
    sites: tuple[tuple[ast.AST, Spot], ...] = ()


@dataclass(slots=True, eq=False)
class Model:
    """A network: layers in a row, a class of the program, or one that a library has ready.

    Args:
        kind: `row`, `list` (registered, called one by one), `own`, `ready` (of a library), `graph` (of Keras).
        name: class.
        framework: `pytorch` or `keras`.
        items: layers in order.
        attributes: parts by name.
        made_of: class of the program.
        path: of a graph of Keras, the layers from input to output.
        pretrained: whether weights come from elsewhere; None where that is open.
        severed: of a graph of Keras, what the gradient does not reach.

    """

    kind: str
    name: str
    framework: str
    spot: Spot
    items: list[Value] = field(default_factory=list)
    attributes: dict[str, Value] = field(default_factory=dict)
    made_of: Class | None = None
    path: tuple[Layer, ...] = ()
    severed: tuple[Severed, ...] = ()
    pretrained: bool | None = False
    frozen: Spot | None = None
    thawed: bool = False
    whole: bool = True
    born: int = 0
    compiled: dict[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Archive:
    """A file of several arrays by name: the root of each."""

    entries: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Array:
    """Data: an array, a column, a tensor of samples, a data set of TensorFlow.

    Args:
        root: what it was taken from; the same object for all parts.
        dataset: name of a data set that libraries have ready.
        split: `train` or `test`, where that is known.
        role: `x` or `y`.
        born: when the root was made.
        cuts: parts that were taken of the root, one (from, to) after the other; None for one that cannot be compared.
        order: tokens of what reordered it.
        scaled: tokens of what scaled it, with places.
        one_hot: whether it was turned to one-hot vectors.
        classes: how many classes it has.
        flow: facts of a data set of TensorFlow or of an iterator: `shuffle`, `batch`, `repeat` ...
        parts: x and y of a data set that holds both.
        dims: number of dimensions, with that of the samples; None where it is not told.

    """

    root: object
    dataset: str = ""
    split: str = ""
    role: str = ""
    born: int = 0
    cuts: tuple[Any, ...] = ()
    order: tuple[object, ...] = ()
    scaled: tuple[tuple[str, Any, Spot], ...] = ()
    one_hot: Spot | None = None
    classes: int | None = None
    samples: int | None = None
    flow: tuple[tuple[str, Any, Spot], ...] = ()
    parts: tuple[Value, ...] = ()
    flat: bool = False
    sure: bool = True
    dims: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Term:
    """One loss, computed."""

    kind: str
    name: str
    spot: Spot
    output: Value = None
    target: Value = None
    sign: int = 1
    facts: dict[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Severed:
    """What stands before a cut on the way to further weights, which learn while it does not.

    Args:
        spot: where the gradient was cut off.
        models: the networks before it.
        layers: the layers before it, in order.

    """

    spot: Spot
    models: tuple[Model | Layer, ...]
    layers: tuple[Layer, ...]


@dataclass(slots=True, eq=False)
class Tensor:
    """A result of networks or of arithmetic on such.

    Args:
        path: the layers it came through, in order.
        models: the networks it came through.
        terms: losses that were added up.
        sign: -1 where the sum was negated.
        shrunk: what it was divided by.
        cut: where the gradient was cut off.
        data: what went in.
        severed: what its gradient does not reach, as it was cut off further up.
        reshaped: `flat` where its last dimension, of size 1, was taken away, `other` for other shapes, and behind how
            many layers that was.
        aim: what of it should fall or rise.

    """

    path: tuple[Layer, ...] = ()
    models: tuple[Model | Layer, ...] = ()
    terms: tuple[Term, ...] = ()
    sign: int = 1
    shrunk: tuple[Value, ...] = ()
    cut: Spot | None = None
    data: Array | None = None
    severed: tuple[Severed, ...] = ()
    aim: Aim | None = None
    reshaped: tuple[str, int] | None = None

    def behind(self, layer: Layer) -> Tensor:
        """The tensor behind one more layer."""
        # Written out: the most frequent step by far, and several times as fast as `replace`.
        path = (*self.path, layer)
        aim = after(self.aim, layer.kind, layer.name) if self.aim else None
        return Tensor(
            path, self.models, self.terms, self.sign, self.shrunk, self.cut, self.data, self.severed, aim,
            self.reshaped,
        )  # fmt: skip


@dataclass(slots=True, eq=False)
class Loss:
    """A loss function as an object: its kind, class and arguments."""

    kind: str
    name: str
    spot: Spot
    facts: dict[str, Value] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class Transforms:
    """Steps that images pass through, in order: name of each and its arguments."""

    steps: list[tuple[str, list[Value], Spot]]
    whole: bool = True


@dataclass(slots=True, eq=False)
class Data:
    """A data set with samples by index."""

    name: str
    spot: Spot
    split: str = ""
    transform: Value = None
    arrays: tuple[Value, ...] = ()
    base: Value = None
    part: object = None
    classes: int | None = None
    indexed: bool = True
    place: Value = None


@dataclass(slots=True, eq=False)
class Loader:
    """What hands out batches."""

    data: Value
    spot: Spot
    facts: dict[str, Value]


def _opaque_layer() -> Layer:
    return Layer("unknown", "", Spot(Source("", ast.Module([], []), ()), 0), None)


OPAQUE = _opaque_layer()
"""Stands for steps that reading does not tell."""


def number(value: Value) -> float | None:
    """The number, if it is one that can be worked with; not a truth value."""
    if not isinstance(value, Known) or isinstance(value.value, bool) or not isinstance(value.value, int | float):
        return None
    return value.value if -LARGEST < value.value < LARGEST else None


def text(value: Value) -> str | None:
    """The text, if it is one."""
    return value.value if isinstance(value, Known) and isinstance(value.value, str) else None
