"""The course of a run without the noise of its batches: what the judgements of `truth_*` rest on.

Two looks at one course: the full record of printed losses in windows, whose noise is known from the steps in them, and
the hidden loss in evaluation mode on fixed samples, which has none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .bases import BY_NAME
from .objectives import FITTING
from .plan import Run
from .recipe import Recipe
from .record import Record
from .tasks import TASKS

Floats = NDArray[np.float64]
WINDOWS = 40


@dataclass(frozen=True)
class Course:
    """A course in time order.

    Args:
        steps: step of each value; of a window its middle.
        values: losses.
        noise: standard error of one value; 0 of a hidden loss.
        first: the loss of the untrained network, or of the first few steps.

    """

    steps: Floats
    values: Floats
    noise: float
    first: float

    @property
    def end(self) -> float:
        """Where it ends: the last tenth, three values at least."""
        return float(np.median(self.values[-max(3, len(self.values) // 10) :]))

    @property
    def best(self) -> float:
        """The lowest that three neighbours reach together."""
        return float(self.smooth.min())

    @property
    def smooth(self) -> Floats:
        """Means of three neighbours."""
        padded = np.concatenate([self.values[:1], self.values, self.values[-1:]])
        return np.convolve(padded, np.ones(3) / 3, mode="valid")

    def at(self, share: float) -> float:
        """The smoothed value at a share of the run."""
        return float(np.interp(share * self.steps[-1], self.steps, self.smooth))

    def fall_over(self, begin: float, end: float = 1.0) -> float:
        """How far it falls between two shares of the run."""
        return self.at(begin) - self.at(end)


def finite_steps(record: Record) -> int:
    """Steps before the first printed loss that is not a number."""
    bad = np.flatnonzero(~np.isfinite(record.loss))
    return int(bad[0]) if len(bad) else len(record.loss)


def printed(record: Record, until: int | None = None) -> Course | None:
    """The printed losses, single ones that are not numbers left out, in windows; None under 12 steps."""
    steps = np.arange(len(record.loss))[:until]
    kept = np.isfinite(record.loss[:until])
    values, steps = record.loss[:until][kept].astype(float), steps[kept]
    if len(values) < 12:
        return None
    parts = np.array_split(np.arange(len(values)), min(WINDOWS, len(values) // 3))
    means = np.array([float(values[part].mean()) for part in parts])
    size = len(parts[0])
    jitter = np.median([float(np.abs(np.diff(values[part])).mean()) / 1.128 for part in parts])
    middles = np.array([float(steps[part].mean()) for part in parts])
    return Course(middles, means, float(jitter) / np.sqrt(size), float(values[: min(3, size)].mean()))


def hidden(record: Record, until: int | None = None) -> Course | None:
    """The hidden losses, evenly spread over the run, up to a step; None where there are not enough."""
    keep = np.isfinite(record.probe_loss) & (record.probe_step < (until or len(record.loss)))
    steps, values = record.probe_step[keep].astype(float), record.probe_loss[keep].astype(float)
    if len(values) < 8 or steps[-1] < 10:
        return None
    even = np.linspace(steps[0], steps[-1], min(WINDOWS, len(values)))
    return Course(even, np.interp(even, steps, values), 0.0, float(values[0]))


def looks(record: Record, until: int | None = None) -> list[Course]:
    """Both looks, or the printed one alone where dropout or batch norm make the hidden one another curve."""
    seen, unseen = printed(record, until), hidden(record, until)
    if seen is None or unseen is None:
        return [look for look in (seen, unseen) if look is not None]
    range_of = max(seen.values.max(), seen.first) - seen.values.min()
    apart = np.median(np.abs(np.interp(seen.steps, unseen.steps, unseen.values) - seen.values))
    return [seen, unseen] if apart <= 0.2 * range_of + 2 * seen.noise else [seen]


def base_of(run: Run) -> Recipe | None:
    """The sound recipe that a run was made from; None for a special."""
    return BY_NAME[run.base].recipe if run.base in BY_NAME else None


def comparable(run: Run) -> bool:
    """Whether a run prints its loss in the unit of its twins."""
    base = base_of(run)
    if base is None or run.recipe is None:
        return False
    names = ("target_scale", "target_shift", "label_smoothing", "accumulation_divided", "extra_outputs", "printed")
    return (
        loss_name(run.recipe) == loss_name(base)
        and run.recipe.objective == base.objective
        and all(run.recipe.get(name) == base.get(name) for name in names)
    )


def loss_name(recipe: Recipe) -> str:
    """The loss, named."""
    return recipe.objective.loss or FITTING[TASKS[recipe.data.task].kind]


@dataclass(frozen=True)
class Reach:
    """What the twins do, in the unit of their printed loss.

    Args:
        first: where they begin.
        level: the highest level at which one ends.
        spread: how far their levels lie apart, and at least the noise of one.
        half: step at which the typical twin has half of its fall behind it.
        quality: the lowest quality on training samples that one reaches, and `true` on fresh ones.
        swing: the largest typical swing of their hidden loss late in the run.

    """

    first: float
    level: float
    spread: float
    half: float
    quality: float
    true: float
    swing: float

    @property
    def fall(self) -> float:
        """How far they fall."""
        return self.first - self.level


def reach_of(twins: Sequence[Record]) -> Reach | None:
    """What sound records of one base do; None without any."""
    pairs = [(twin, printed(twin)) for twin in twins]
    kept = [(twin, course) for twin, course in pairs if course is not None]
    if not kept:
        return None
    ends = [course.end for _, course in kept]
    noise = max(course.noise for _, course in kept)
    return Reach(
        first=float(np.median([course.first for _, course in kept])),
        level=max(ends),
        spread=max(max(ends) - min(ends), 2 * noise),
        half=float(np.median([half_way(twin) for twin, _ in kept])),
        quality=min(twin.truth["quality_train"] for twin, _ in kept),
        true=min(twin.truth["quality_true"] for twin, _ in kept),
        swing=max(swing(course) for _, course in kept),
    )


def half_way(record: Record, first: float | None = None, level: float | None = None) -> float:
    """The step at which the hidden loss is half-way from its start to its end, or between two given levels."""
    keep = np.isfinite(record.probe_loss)
    steps, values = record.probe_step[keep], record.probe_loss[keep].astype(float)
    if len(values) < 4:
        return float("inf")
    line = ((values[0] if first is None else first) + (np.median(values[-3:]) if level is None else level)) / 2
    below = np.flatnonzero(values <= line)
    return float(max(1, steps[below[0]])) if len(below) else float("inf")


def swing(course: Course) -> float:
    """The typical step back and forth in the last half, trend removed: half the median of neighbours' differences."""
    late = course.values[len(course.values) // 2 :]
    return float(np.median(np.abs(np.diff(late, 2)))) / 2 if len(late) >= 5 else 0.0
