"""The list of all runs. An id says what the run is, so it stays when injections, variants or bases are added.

The runs of an injection are the beginning of a fixed list of its own: more injections for a cause shorten the lists,
and never change what stands in them.
"""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from . import injection, variants
from .bases import BASES, Base
from .injection import Apply, Injection
from .recipe import Recipe

TUNING_SEEDS, HELD_BACK_SEEDS = (0, 1, 2, 3, 4), (100, 101, 102, 103, 104)
PER_CAUSE, PER_PAIR, PER_VARIANT, PER_SPECIAL = (24, 12), (6, 3), (13, 7), (10, 5)
"""Runs for tuning and held-back runs."""


@dataclass(frozen=True)
class Run:
    """One run of the campaign.

    Args:
        id: unique; `base--what--seed`.
        base: name of the base; "" for a special.
        injection, variant, special: their names, at most one of them; none for the healthy twin.
        causes: ids of the causes that are injected; empty for a healthy run.
        seed: the twin of a faulty run has the same base and seed.
        held_back: measured on, never tuned on.
        recipe: what is trained; None for a special.

    """

    id: str
    base: str
    injection: str | None
    variant: str | None
    special: str | None
    causes: tuple[str, ...]
    seed: int
    held_back: bool
    recipe: Recipe | None

    @property
    def twin(self) -> str | None:
        """The id of the healthy run with the same base and seed; None for a special."""
        return f"{self.base}--sound--{self.seed}" if self.base else None


def _hash(*words: str) -> int:
    return zlib.crc32("/".join(words).encode())


def _places(name: str, apply: Apply, *, held_back: bool) -> Iterator[tuple[Base, int, Recipe]]:
    """All bases that fit, each in turn with one more seed, in an order that belongs to the name."""
    bases = sorted((b for b in BASES if b.held_back == held_back), key=lambda b: _hash(name, b.name))
    seeds = HELD_BACK_SEEDS if held_back else TUNING_SEEDS
    for turn in range(len(seeds)):
        for base in bases:
            seed = seeds[(turn + _hash(base.name, name)) % len(seeds)]
            rng = np.random.default_rng([_hash(name), _hash(base.name), seed])
            changed = apply(base.recipe.but(seed=seed), rng)
            if changed is not None:
                yield base, seed, changed


def _first(places: Iterator[tuple[Base, int, Recipe]], count: int) -> list[tuple[Base, int, Recipe]]:
    return [place for place, _ in zip(places, range(count), strict=False)]


def _twins() -> Iterator[Run]:
    for base in BASES:
        for seed in HELD_BACK_SEEDS if base.held_back else TUNING_SEEDS:
            recipe = base.recipe.but(seed=seed)
            run_id = f"{base.name}--sound--{seed}"
            yield Run(run_id, base.name, None, None, None, (), seed, base.held_back, recipe)


def _faulty(injections: Sequence[Injection]) -> Iterator[Run]:
    shared = Counter(fault.cause for fault in injections if len(fault.cause) == 1)
    for fault in injections:
        sizes = PER_CAUSE if len(fault.cause) == 1 else PER_PAIR
        for held_back, size in zip((False, True), sizes, strict=True):
            count = -(-size // shared.get(fault.cause, 1))
            for base, seed, recipe in _first(_places(fault.name, fault.apply, held_back=held_back), count):
                run_id = f"{base.name}--{fault.name}--{seed}"
                yield Run(run_id, base.name, fault.name, None, None, fault.cause, seed, held_back, recipe)


def _varied() -> Iterator[Run]:
    for variant in variants.gathered():
        for held_back, count in zip((False, True), PER_VARIANT, strict=True):
            for base, seed, recipe in _first(_places(variant.name, variant.apply, held_back=held_back), count):
                run_id = f"{base.name}--{variant.name}--{seed}"
                yield Run(run_id, base.name, None, variant.name, None, (), seed, held_back, recipe)


def _special() -> Iterator[Run]:
    from .specials import SPECIALS

    for name in SPECIALS:
        for held_back, count in zip((False, True), PER_SPECIAL, strict=True):
            for seed in range(100 * held_back, 100 * held_back + count):
                yield Run(f"special--{name}--{seed}", "", None, None, name, (), seed, held_back, None)


@lru_cache(maxsize=1)
def plan() -> tuple[Run, ...]:
    """Every run of the campaign, in an order that does not depend on chance."""
    runs = (*_twins(), *_faulty(injection.gathered()), *_varied(), *_special())
    doubled = [name for name, count in Counter(run.id for run in runs).items() if count > 1]
    if doubled:
        raise ValueError(f"expected every run to have its own id, found {doubled[0]} twice")
    return runs
