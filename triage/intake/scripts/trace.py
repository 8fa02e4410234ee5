"""What happens in a program, in the order in which it would: the trace that the judges read.

Events and calls are not frozen, although nobody changes them: a program has thousands, and a frozen one takes three
times as long to make.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from triage.intake.scripts.source import Source, Spot
from triage.intake.scripts.values import Class, Library, Scope, Tensor, Value, number

__all__ = ["Call", "Event", "Guard", "Loop", "Run", "call_of"]


@dataclass(frozen=True, slots=True, eq=False)
class Loop:
    """A loop of the program.

    Args:
        spot: its first line.
        over: what it runs over, without `enumerate` and the like; None of a `while`.
        name: of the variable.
        bounds: first and last of a range.
        text: what it runs over, as it is written.
        began: turn of the trace before its first.
        builds: whether it puts layers together, so that each of its turns is gone through.

    """

    spot: Spot
    over: Value
    name: str
    bounds: tuple[Value, Value] | None
    text: str
    began: int
    builds: bool = False

    @property
    def turns(self) -> float | None:
        """How often a loop over a range is gone through; None where that is not told."""
        low, high = (number(self.bounds[0]), number(self.bounds[1])) if self.bounds else (None, None)
        return high - (low or 0) if high is not None else None


@dataclass(frozen=True, slots=True)
class Guard:
    """A branch that something stands in: the test, and whether it must hold."""

    node: ast.If | ast.IfExp | ast.Try
    holds: bool


@dataclass(slots=True, eq=False)
class Event:
    """Something that happened.

    Args:
        kind: what, such as `backward`.
        spot: where.
        at: its turn.
        subject: whom it happened to.
        facts: more, by name.
        loops: around it, outermost first.
        guards: branches around it.
        no_gradient: where the gradient was switched off, if it was.
        within: names of the functions that were under way.

    """

    kind: str
    spot: Spot
    at: int
    subject: Value
    facts: Mapping[str, Any]
    loops: tuple[Loop, ...]
    guards: tuple[Guard, ...]
    no_gradient: Spot | None
    within: tuple[str, ...]


@dataclass(slots=True, eq=False)
class Call:
    """A call with its arguments worked out; `origins` are those of the scope that it stands in."""

    node: ast.Call
    spot: Spot
    args: list[Value]
    named: dict[str, Value]
    origins: Mapping[str, Spot] | None = None

    def get(self, position: int, *names: str) -> Value:
        """An argument by any of its names or by its position; None where it is not given."""
        for name in names:
            if name in self.named:
                return self.named[name]
        return self.args[position] if 0 <= position < len(self.args) else None

    def tensors(self) -> Iterator[Tensor]:
        """Those of the arguments that are tensors."""
        return (value for value in (*self.args, *self.named.values()) if isinstance(value, Tensor))

    def spot_of(self, name: str, position: int = -1) -> Spot:
        """Line of an argument; of a parameter that is passed on, where its constant stands."""
        node = next((word.value for word in self.node.keywords if word.arg == name), None)
        if node is None and 0 <= position < len(self.node.args):
            node = self.node.args[position]
        if node is None:
            return self.spot
        return self.origin_of(node) or Spot(self.spot.source, node.lineno)

    def origin_of(self, node: ast.expr) -> Spot | None:
        """Where the constant stands that a parameter was given by the caller; None of all else."""
        return self.origins.get(node.id) if self.origins and isinstance(node, ast.Name) else None


def call_of(spot: Spot, args: Sequence[Value] = ()) -> Call:
    """A call that stands nowhere in the program, as a library makes it."""
    return Call(_NOWHERE, spot, list(args), {})


_NOWHERE = ast.Call(ast.Name("", ast.Load()), [], [])


@dataclass(slots=True, eq=False)
class Run:
    """A program while it is read.

    Args:
        sources: its files.
        events: so far, by kind, in order.
        latest: event.
        invoke: calls a value with arguments.
        evaluate: works out an expression.
        budget: steps that may still be taken.
        aliases: imported names of each file.
        libraries: those of them that are none of the program's own, worked out.
        stars: modules of which a file imports everything.
        modules: names of each file, by its stem.
        options: values that the command line has by default.
        seed: token of the last seeding; None where random numbers go on.
        lengths: the arrays and loaders that numbers of rows and of batches, which are not told, belong to.
        used: first line in which a layer is called.
        sites: functions of the program that are under way, and where each was called.
        constants: values of those that were worked out once.

    """

    sources: tuple[Source, ...]
    invoke: Callable[[Run, Value, Call], Value]
    evaluate: Callable[[Run, Scope, ast.expr | None], Value]
    budget: int
    aliases: dict[Source, Mapping[str, str]] = field(default_factory=dict)
    libraries: dict[Source, Mapping[str, Library]] = field(default_factory=dict)
    stars: dict[Source, tuple[str, ...]] = field(default_factory=dict)
    modules: dict[str, Scope] = field(default_factory=dict)
    events: dict[str, list[Event]] = field(default_factory=dict)
    latest: Event | None = None
    notes: dict[str, None] = field(default_factory=dict)
    loops: list[Loop] = field(default_factory=list)
    guards: list[Guard] = field(default_factory=list)
    no_gradient: list[Spot | None] = field(default_factory=list)
    within: list[str] = field(default_factory=list)
    options: dict[str, Value] = field(default_factory=dict)
    seed: object = None
    lengths: dict[Value, Value] = field(default_factory=dict)
    used: dict[Value, Spot] = field(default_factory=dict)
    sites: list[tuple[ast.AST, Spot]] = field(default_factory=list)
    turn: int = 0
    depth: int = 0
    inside: int = 0
    off_before: int = 0
    under_way: list[ast.AST] = field(default_factory=list)
    visited: set[ast.AST] = field(default_factory=set)
    followed: dict[ast.AST, int] = field(default_factory=dict)
    training_methods: dict[ast.AST, bool] = field(default_factory=dict)
    constants: dict[ast.AST, Value] = field(default_factory=dict)
    exhausted: bool = False

    def let_go(self) -> None:
        """Forget what happened and what names stand for, once all is judged.

        Modules, classes and functions hold each other in circles. What is left of a program is freed at once where
        these are cut, and must be searched for where they are not, which takes twice as long.
        """
        for scope in self.modules.values():
            for value in scope.names.values():
                if isinstance(value, Class):
                    value.names.clear()
            scope.names.clear()
        self.events.clear()
        self.latest = None

    def tick(self) -> int:
        """The next turn."""
        self.turn += 1
        return self.turn

    def happens(self, kind: str, spot: Spot, subject: Value = None, **facts: object) -> Event:
        """Note that something happens now."""
        event = Event(
            kind,
            spot,
            self.tick(),
            subject,
            facts,
            tuple(self.loops),
            tuple(self.guards),
            self.no_gradient[-1] if self.no_gradient else None,
            tuple(self.within),
        )
        self.events.setdefault(kind, []).append(event)
        self.latest = event
        return event

    def of(self, *kinds: str) -> Iterator[Event]:
        """Events of some kinds, in order."""
        if len(kinds) == 1:
            return iter(self.events.get(kinds[0], ()))
        found = [event for kind in kinds for event in self.events.get(kind, ())]
        return iter(sorted(found, key=lambda event: event.at))

    def note(self, words: str) -> None:
        """Something for the reader that is no finding."""
        self.notes.setdefault(words)
