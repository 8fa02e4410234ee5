"""NaN, spikes and jumps: when a run failed, how it began, and what came with it."""

from __future__ import annotations

import numpy as np

from .batches import Order
from .datasets import Dataset, make
from .plan import Run
from .recipe import Recipe
from .record import Record
from .tasks import IGNORED
from .truth_course import Floats, Reach, finite_steps, printed


def nan_onset(record: Record) -> str:
    """How NaN or Inf began.

    Intermittent: ordinary numbers come again for most of the rest. After growth: one of the last five losses is three
    times as far above the level as the 55 before ever were; sudden: none is further up than they were. Between the two,
    and in the first handful of steps, nobody can say. At the very first value it is NaN from the start.
    """
    lost = ~np.isfinite(record.loss)
    if not lost.any():
        return "validation_only" if len(record.val_loss) and not np.isfinite(record.val_loss).all() else "none"
    at = int(np.flatnonzero(lost)[0])
    after = float(lost[at:].mean())
    if len(lost) - at >= 10 and after < 0.5 and not lost[-3:].all():
        return "intermittent"
    if after < 0.95:
        return ""
    return "first_step" if at == 0 else _growth(record.loss[:at].astype(float))


def _growth(before: Floats) -> str:
    if len(before) < 5:
        return "after_growth" if len(before) > 1 and before[-1] > 10 * abs(before[0]) else ""
    last, rest = before[-5:], before[-60:-5] if len(before) >= 10 else before[:3]
    level = float(np.median(rest))
    usual = max(float(rest.max()) - level, 0.05 * abs(level), 1e-12)
    ratio = (float(last.max()) - level) / usual
    if ratio > 3:
        return "after_growth"
    whole = printed_growth(before)
    if np.abs(last).max() > 3 * np.abs(rest).max():
        return ""
    return "sudden" if ratio <= 1.2 and whole < 0.1 else "after_growth" if whole > 1 else ""


def printed_growth(before: Floats) -> float:
    """How far the last tenth lies above the lowest tenth, in units of that."""
    parts = [float(np.median(part)) for part in np.array_split(before, min(10, len(before)))]
    return (parts[-1] - min(parts)) / max(abs(min(parts)), 1e-12)


def spikes_of(record: Record) -> list[int]:
    """Steps of sudden rises that came back: far above the noise around them, by a seventh of the run's fall or more.

    A rise is sudden and healed when it takes at most a thirtieth of the run. One batch alone must stand out by
    three times the whole fall, as a few odd samples make less. The opening does not count.
    """
    values = record.loss[: finite_steps(record)].astype(float)
    if len(values) < 40:
        return []
    half = max(10, len(values) // 30)
    centre = _running_median(values, half)
    above = values - centre
    noise = _running_median(np.abs(above), 2 * half) * 1.4826 + 1e-12
    start = float(np.median(values[:3]))
    fall = max(abs(start - float(np.median(values[-half:]))), 0.2 * abs(start))
    high = np.flatnonzero(above > np.maximum(10 * noise, 0.15 * fall))
    high = high[(high >= max(8, len(values) // 12)) & (high < len(values) - 3)]
    groups = [group for group in np.split(high, np.flatnonzero(np.diff(high) > half) + 1) if len(group)]
    return [int(group[0]) for group in groups if len(group) >= 3 or above[group].max() > 3 * fall]


def _running_median(values: Floats, half: int) -> Floats:
    padded = np.concatenate([np.repeat(values[:1], half), values, np.repeat(values[-1:], half)])
    return np.median(np.lib.stride_tricks.sliding_window_view(padded, 2 * half + 1), axis=1)


def spike_timing(record: Record, spikes: list[int]) -> str:
    """The rhythm of four spikes or more: at one place of the epoch, ever closer, or neither in any doubt."""
    if len(spikes) < 4:
        return ""
    gaps, epoch = np.diff(spikes), record.steps_per_epoch
    place = np.array(spikes) % epoch
    near = np.minimum(np.abs(place - np.median(place)), epoch - np.abs(place - np.median(place)))
    if epoch >= 8 and (near <= max(1, epoch // 20)).mean() >= 0.8 and abs(np.median(gaps) / epoch - 1) < 0.2:
        return "once_per_epoch"
    if len(gaps) >= 6 and np.median(gaps[len(gaps) // 2 :]) < 0.4 * np.median(gaps[: len(gaps) // 2]):
        return "growing_more_frequent"
    uneven = gaps.std() > 0.35 * gaps.mean()
    return "irregular" if uneven and (near <= max(1, epoch // 20)).mean() < 0.5 else ""


def rise_of(record: Record) -> int | None:
    """The step at which a loss left its best level for good; None where it did not."""
    course = printed(record, finite_steps(record))
    if course is None:
        return None
    line = course.best + 0.5 * (course.end - course.best)
    below = np.flatnonzero(course.smooth <= line)
    return int(course.steps[below[-1]]) if len(below) and below[-1] < len(course.steps) - 1 else None


def failed_at(record: Record, trend: str, onset: str) -> int | None:
    """The step of the failure that the findings about it mean: the first NaN, the first spike, or the rise."""
    if onset in {"sudden", "after_growth"}:
        return finite_steps(record)
    if onset == "validation_only":
        return int(record.evaluated[np.flatnonzero(~np.isfinite(record.val_loss))[0]])
    if trend == "spikes_that_heal":
        return spikes_of(record)[0] if spikes_of(record) else None
    if trend in {"jump_then_plateau", "falls_then_rises", "collapsed_to_chance"}:
        return rise_of(record)
    if trend == "diverging":
        return int(np.nanargmin(record.loss[: max(1, finite_steps(record))]))
    return None


def failure_time(record: Record, at: int | None, reach: Reach | None) -> str:
    """The first handful is five updates. Long progress: most of the twins' way was done, and hundreds of steps.

    Early: at most a quarter of that way was done, or some dozens of updates. Between the two one may say either.
    """
    if at is None or reach is None or reach.fall <= 0:
        return ""
    if at <= 5:
        return "first_steps"
    before = record.loss[max(0, at - 30) : max(1, at - 2)]
    before = before[np.isfinite(before)]
    if at <= 10 or not len(before):
        return ""
    done = (float(record.loss[0]) - float(np.median(before))) / reach.fall
    if at >= 300 and done >= 0.8:
        return "after_long_progress"
    return "early" if at <= 60 or (done <= 0.25 and at <= 300) else ""


def bad_rows(dataset: Dataset) -> np.ndarray:
    """Training samples that are broken: not finite, absurdly large, without a target, or with one too long."""
    rows = np.arange(len(dataset.x))
    x, y = (np.asarray(a, dtype=float).reshape(len(rows), -1) for a in (dataset.x, dataset.y))
    broken = ~(np.isfinite(x).all(axis=1) & np.isfinite(y).all(axis=1))
    with np.errstate(invalid="ignore"):
        for values in (x, np.where(y == IGNORED, 0, y)):
            size = np.abs(values).max(axis=1)
            broken |= size > 6 * np.nanquantile(size, 0.9) + 1e-9
    broken |= (y == IGNORED).all(axis=1)
    if dataset.kind == "alignment":
        broken |= (y != IGNORED).sum(axis=1) > dataset.x.shape[1]
    return np.flatnonzero(broken)


def bad_steps(recipe: Recipe, steps: int) -> np.ndarray:
    """For each step whether a broken sample was in its batch; the order is drawn as the program draws it."""
    dataset = make(recipe.data, recipe.seed)
    rows, order, per_epoch = bad_rows(dataset), Order(recipe, dataset), recipe.steps_per_epoch
    hit = np.zeros(steps, dtype=bool)
    if not len(rows):
        return hit
    for step in range(steps):
        if step and step % per_epoch == 0:
            order.begin_epoch(step)
        parts = range(recipe.optimisation.accumulation)
        place = step % per_epoch * recipe.optimisation.accumulation
        hit[step] = any(np.isin(order.rows(place + part)[0].numpy(), rows).any() for part in parts)
    return hit


def all_coincide_with(run: Run, record: Record, spikes: list[int]) -> str:
    """What came with most of the first six spikes."""
    found = [coincides_with(run, record, at) for at in spikes[:6]]
    common = max(set(found), key=found.count, default="")
    return common if found.count(common) > 0.6 * len(found) else ""


def coincides_with(run: Run, record: Record, at: int | None) -> str:
    """What came with a failure, from the program's own book-keeping.

    A restart or a change of the rate (by half, or the end of the warm-up) within three steps before. A broken sample in
    the batch, or in the one before, where one batch in five at most has one. The border of an epoch within a step where
    epochs are long enough that this is no accident. Nothing, where none of these is anywhere near.
    """
    recipe = run.recipe
    if at is None or recipe is None:
        return ""
    if any(0 <= at - step <= 3 for step in record.resumes):
        return "restart"
    rate, warm = record.rate[max(0, at - 4) : at + 1].astype(float), recipe.optimisation.warmup
    with np.errstate(all="ignore"):
        changed = bool((np.abs(np.diff(np.log(np.abs(rate)))) > 0.4).any()) if at > max(3, warm) else False
    if changed or (warm >= 10 and 0 <= at - warm <= 3):
        return "rate_change"
    if not record.resumes:
        hit = bad_steps(recipe, min(at + 1, record.steps))
        if len(hit) >= 5 and hit.mean() <= 0.2 and hit[-2:].any():
            return "same_batch"
        if hit.mean() > 0.2 and at > 5:
            return ""
    place = at % record.steps_per_epoch
    near = min(place, record.steps_per_epoch - place)
    if at >= record.steps_per_epoch - 1 and near <= 1:
        return "epoch_boundary" if record.steps_per_epoch >= 30 else ""
    far = all(abs(at - step) > 20 for step in record.resumes) and abs(at - warm) > 20 if warm else not record.resumes
    return "nothing_noticed" if far and near > 2 else ""
