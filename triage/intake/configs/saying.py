"""Values of a tree as statements: a number where it can be one of that name, nothing where it cannot."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from triage.intake.configs.structured import Document, Node
from triage.intake.configs.terms import loss_of, optimizer_of, precision_of, schedule_of
from triage.intake.found import Found, Place, Stated, shows

__all__ = [
    "PRECISION_TITLES", "Item", "Named", "betas", "loss", "number", "numbers", "optimizer", "precision", "schedule",
    "sets",
]  # fmt: skip

Item: TypeAlias = Stated | Found | str
"""A value, a finding or a note."""

Named: TypeAlias = Mapping[str, Sequence[str]]
"""Name of a number -> the paths at which it may stand."""

SET = 0.98
"""Likelihood of what a configuration sets: a command line or the script may have had the last word."""

_ANY, _SHARE, _COUNT = (0.0, 1e12), (0.0, 1.0), (1.0, 1e12)

_RANGES: Mapping[str, tuple[float, float]] = {
    "accumulation_steps": _COUNT, "batch_size": _COUNT, "beta1": _SHARE, "beta2": _SHARE, "classes": _COUNT,
    "devices": _COUNT, "dropout": _SHARE, "epochs": (1e-3, 1e7), "epsilon": (1e-30, 1e3), "hidden_units": _COUNT,
    "layers": _COUNT, "learning_rate": (0.0, 1e6), "max_steps": _COUNT, "momentum": (0.0, 1.0), "samples": _COUNT,
    "warmup_ratio": _SHARE, "weight_decay": (0.0, 1e3),
}  # fmt: skip
"""What a number of that name can be; -1 and the like stand for what is not set."""

_WHOLE = frozenset({"accumulation_steps", "batch_size", "classes", "devices", "hidden_units", "layers", "samples"})

PRECISION_TITLES = {
    "fp32": "fp32",
    "fp16_amp": "fp16 mixed with fp32",
    "fp16_pure": "fp16 throughout",
    "bf16": "bf16",
    "tf32_or_other": "neither fp32 nor a 16-bit format",
}


def numbers(document: Document, named: Named, of: Node | None = None) -> Iterator[Item]:
    """All numbers of a table that stand in the file."""
    for name, paths in named.items():
        yield from number(document, name, document.at(*paths, of=of))


def number(document: Document, name: str, node: Node | None) -> Iterator[Item]:
    """A number, where there is one and it can be of that name."""
    value = node.number if node is not None else None
    low, high = _RANGES.get(name, _ANY)
    if node is None or value is None or not low <= value <= high or (name in _WHOLE and value != int(value)):
        return
    yield Stated(name, int(value) if value == int(value) else value, document.place(node))


def betas(document: Document, node: Node | None) -> Iterator[Item]:
    """Both betas of Adam, as a list or as the text ``(0.9, 0.98)``."""
    if node is None:
        return
    text = (node.word or "").strip("()[] ")
    items = node.items or [Node(part, node.line, column=node.column) for part in text.split(",")[:4]]
    if len(items) == 2:
        for name, item in zip(("beta1", "beta2"), items, strict=True):
            yield from number(document, name, item)


def optimizer(document: Document, node: Node | None) -> Iterator[Item]:
    """The optimizer that a value names."""
    named = optimizer_of(node.word) if node is not None and node.word else None
    if node is not None and named is not None:
        yield Stated("optimizer", named, document.place(node))


def schedule(document: Document, node: Node | None) -> Iterator[Item]:
    """The schedule that a value names."""
    named = schedule_of(node.word) if node is not None and node.word else None
    if node is not None and named is not None:
        yield Stated("schedule", named, document.place(node))


def loss(document: Document, node: Node | None) -> Iterator[Item]:
    """The loss that a value names."""
    named = node.word if node is not None else None
    likelihood = loss_of(named) if named else None
    if node is not None and named and likelihood is not None:
        yield Found("loss_function", likelihood, f"The loss is {named[:60]}.", document.place(node))


def precision(document: Document, node: Node | None) -> Iterator[Item]:
    """The number format that a value names."""
    state = precision_of(node.value) if node is not None else None
    if node is not None and state is not None:
        yield sets("precision", state, f"Training computes in {PRECISION_TITLES[state]}.", document.place(node))


def sets(finding: str, state: str, message: str, place: Place, sure: float = SET) -> Found:
    """That a configuration sets a finding to one state."""
    return shows(finding, state, message, place, sure)
