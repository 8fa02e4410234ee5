"""The true course of the training loss, its speed, and how it stands to the validation loss."""

from __future__ import annotations

import math

import numpy as np

from .datasets import make
from .plan import Run
from .record import Record
from .truth_course import (
    Course,
    Floats,
    Reach,
    comparable,
    finite_steps,
    half_way,
    looks,
    loss_name,
    printed,
)
from .truth_onset import spikes_of

CROSS_ENTROPIES = frozenset({
    "cross_entropy", "softmax_twice", "unfused", "log_of_softmax", "naive_softmax", "binary", "binary_unguarded",
})  # fmt: skip


def chance_of(run: Run) -> float | None:
    """The loss of a blind guess: ln of the classes, or the variance of the targets; None where it is something else."""
    recipe = run.recipe
    if recipe is None or recipe.objective.second_term != "none":
        return None
    spec, dataset = recipe.objective, make(recipe.data, recipe.seed)
    if (spec.sign, spec.loss_factor) != (1.0, 1.0) or spec.reduction not in {"mean", "by_hand"}:
        return None
    loss = loss_name(recipe)
    if loss in CROSS_ENTROPIES and dataset.kind in {"classification", "sequence"}:
        return math.log(2 if loss.startswith("binary") else dataset.classes + max(0, recipe.network.extra_outputs))
    if loss == "squared":
        return float(dataset.y_true.astype(float).var())
    return None


def exactly_constant(values: Floats) -> bool:
    """The same number to the last of six digits, the first value left out."""
    kept = values[1:][np.isfinite(values[1:])]
    return len(kept) >= 4 and bool(np.ptp(kept) <= 1e-6 * max(1e-30, abs(float(kept[0]))))


def train_loss_trend(run: Run, record: Record, reach: Reach | None, unit: str = "") -> str:
    """The state on which both looks agree: the printed losses without their noise, and the hidden loss.

    Where each epoch has the same mean to the last digit and its batches differ, the unit of the log decides.
    """
    until = finite_steps(record)
    if exactly_constant(record.loss[:until].astype(float)) and until >= 10:
        return "exactly_constant"
    if _exploded(record, until):
        return "diverging"
    if unit != "step" and exactly_constant(record.epoch_loss.astype(float)):
        return "exactly_constant" if unit == "epoch" else ""
    found = {_trend(run, record, look, reach) for look in looks(record, until)}
    return found.pop() if len(found) == 1 else ""


def _exploded(record: Record, until: int) -> bool:
    """Lost while it rose at ten times all that it began with; or a hundredfold up in the last quarter, and highest."""
    values = record.loss[:until].astype(float)
    if until < 4 or values[0] <= 0:
        return False
    rising = until < len(record.loss) and bool((np.diff(values[-4:]) > 0).all())
    first = float(np.abs(values[: max(1, min(3, until - 3))]).max())
    late, before = values[-max(2, until // 4) :], values[: -max(2, until // 4)]
    huge = float(np.median(late)) > 100 * first and late.max() > before.max()
    return huge or (rising and values[-1] > 10 * first)


def _trend(run: Run, record: Record, look: Course, reach: Reach | None) -> str:
    """One look: what leaves its course and comes back, what swings, what rose, and how far it fell and still does."""
    way = reach.fall if reach is not None and comparable(run) and reach.fall > 0 else abs(look.first - look.best)
    way = max(way, 1e-12)
    fell, risen = look.first - look.best, look.end - look.best
    doubt = 4 * look.noise
    spikes, high = spikes_of(record), risen > max(0.1 * way, doubt)
    moved = fell > max(0.15 * way, doubt) and record.truth["quality_train"] > 0.02 and record.truth["weights_changed"]
    if spikes and moved and not high:
        return "spikes_that_heal"
    if swings(look, way, reach):
        return "oscillating" if look.end < look.first + 0.5 * way else ""
    if high:
        return _risen(run, record, look, way) if risen > max(0.25 * way, 2 * doubt) else ""
    if look.smooth[len(look.values) // 20 + 1 :].max() > look.first + max(0.5 * way, doubt) and run.causes:
        return ""
    return _fallen(run, record, look, reach, way, fell)


def _risen(run: Run, record: Record, look: Course, way: float) -> str:
    """It ends well above its best.

    Collapsed: it had done a third of the way, and ends within a tenth of a blind guess, no better than one. Diverging:
    it ends above its start by half of the way, and was higher in each third than before. Jumped: after a sixth of the
    run, from a fifth of the rise to four fifths within three windows, then level. Slowly: the same takes a sixth of the
    run, and it ends below its start.
    """
    smooth, chance = look.smooth, chance_of(run)
    thirds = [float(np.median(part)) for part in np.array_split(smooth, 3)]
    rise, low = look.end - look.best, int(np.argmin(smooth))
    good = look.first - look.best >= 0.3 * way
    if good and chance and abs(look.end - chance) < 0.1 * chance and record.truth["quality_train"] < 0.08:
        return "collapsed_to_chance"
    if look.end > look.first + 0.5 * way:
        return "diverging" if thirds[0] < thirds[1] < thirds[2] and look.end > 1.3 * thirds[1] else ""
    after = smooth[low:]
    begun = int(np.flatnonzero(after <= look.best + 0.2 * rise)[-1])
    there = np.flatnonzero(after >= look.best + 0.8 * rise)
    done = int(there[0]) if len(there) else 0
    if not good or done <= begun or swings(look, way, None):
        return ""
    quick, slow = (done - begun) <= 3, (done - begun) >= len(smooth) / 6
    level = abs(thirds[2] - look.end) < 0.15 * rise and float(np.ptp(after[done:])) < 0.5 * rise
    if quick and level and low + begun >= len(smooth) / 6 and len(after) - done >= 4:
        return "jump_then_plateau"
    return "falls_then_rises" if slow and look.end < look.first + 0.1 * way else ""


def swings(look: Course, way: float, reach: Reach | None) -> bool:
    """Four turns in the last two thirds, of a seventh of the way, beyond all noise and three times the twins'."""
    late = look.values[len(look.values) // 3 :]
    size = max(0.15 * way, 6 * look.noise, 3 * reach.swing if reach and look.noise else 0.0)
    turns, high, low, up = 0, late[0], late[0], True
    for value in late:
        high, low = max(high, value), min(low, value)
        if up and high - value >= size:
            turns, up, low = turns + 1, False, value
        elif not up and value - low >= size:
            turns, up, high = turns + 1, True, value
    return turns >= 4


def _fallen(run: Run, record: Record, look: Course, reach: Reach | None, way: float, fell: float) -> str:
    """Flat: under a fiftieth of the way, and no more than its own noise shows.

    Still falling: a twentieth of all that fell came in the last quarter of the run, and a fair part of it in the last
    tenth. Settled: less than a fiftieth in the last quarter. A settled one is too high where less was learnt and its
    level is above the twins' by a tenth of the way and more than they differ; low where it is not above them by half of
    what they differ. Where the unit is another, the quality on the training samples decides instead. A healthy run
    settles where it should.
    """
    doubt = 2 * look.noise
    if (
        reach is not None
        and abs(look.first - look.end) < 0.02 * way
        and np.ptp(look.smooth) < max(0.05 * way, 2 * doubt)
    ):
        learnt = record.truth["quality_train"] > 0.3 * reach.quality
        return "" if learnt or not run.causes or reach.fall < 0.2 * abs(reach.first) else "flat_from_start"
    if fell < max(0.08 * way, doubt):
        return ""
    quarter, tenth = look.fall_over(0.75), look.fall_over(0.88)
    if quarter > max(0.05 * fell, doubt):
        return "still_falling_at_end" if tenth > 0.25 * quarter else ""
    if quarter > max(0.02 * fell, 0.3 * abs(look.end), doubt) or quarter < -max(0.05 * fell, doubt):
        return ""
    if not run.causes:
        return "falling"
    if reach is None or finite_steps(record) < 0.5 * len(record.loss):
        return ""
    if comparable(run):
        above = look.end - reach.level
        low = above <= max(0.02 * way, 0.5 * reach.spread)
        poor = reach.quality - record.truth["quality_train"] > 0.05
        high = above > max(0.1 * way, reach.spread) and poor
        return "plateau" if high else "falling" if low else ""
    missing = reach.quality - record.truth["quality_train"]
    return "plateau" if missing > 0.2 else "falling" if missing < 0.03 else ""


def speed_of_descent(run: Run, record: Record, trend: str, reach: Reach | None) -> str:
    """When half of the twins' fall is done: after eight times as many steps, or in three times at most.

    A loss that never gets half-way is very slow where it falls all the time and its twins need a tenth of the run. One
    that did half of its own fall in good time is held up by something else.
    Suspiciously fast: a hundredth of the start is left after one epoch of ten steps or more, and the twins have more
    than a tenth left then. A loss that does not fall has no speed.
    """
    if trend not in {"falling", "still_falling_at_end", "plateau", "spikes_that_heal"} or reach is None:
        return ""
    if not comparable(run):
        return ""
    mine = half_way(record, reach.first, reach.level)
    course = printed(record)
    if course is None:
        return ""
    epoch = record.steps_per_epoch
    if 10 <= epoch < record.steps and reach.half > epoch and record.evaluated.size:
        after = float(np.median(record.loss[epoch : epoch + max(3, epoch // 10)]))
        if abs(after) < 0.01 * abs(course.first):
            return "suspiciously_fast"
    late = half_way(record) >= 4 * reach.half and mine >= 50
    if math.isinf(mine):
        steady = trend == "still_falling_at_end" and reach.half < 0.1 * record.steps
        return "very_slow" if steady and late else ""
    return "very_slow" if mine >= 8 * reach.half and late else "ordinary" if mine <= 3 * reach.half else ""


def val_loss_course(record: Record, reach_swing: float) -> str:
    """The program's own validation loss by itself, from the fifth evaluation on.

    What a straight line between the neighbours misses, against all that it moved: under 4 % it is smooth, once far
    above the rest it jumped, for a fifth of the evaluations above 15 % it is erratic. `reach_swing` is what the twins'
    own validation shows in the same unit.
    """
    values = record.val_loss.astype(float)
    if exactly_constant(np.concatenate([values[:1], values])):
        return "exactly_constant"
    values = values[np.isfinite(values)]
    if len(values) < 6:
        return ""
    moved = max(float(np.ptp(values[:2])), float(np.ptp(values)), 1e-12)
    missed = np.abs(values[1:-1] - (values[:-2] + values[2:]) / 2)[1:]
    rough = np.sort(missed)
    if (missed > max(0.15 * moved, 3 * reach_swing)).mean() >= 0.2 and len(values) >= 8:
        return "erratic"
    steps = np.diff(values)[1:]
    big = int(np.argmax(steps))
    rest = np.delete(np.abs(steps), big)
    if steps[big] > 0.3 * moved and steps[big] > 8 * rest.max():
        return "sudden_jump"
    return "smooth" if rough[-1] < 0.12 * moved and np.median(rough) < 0.04 * moved else ""


def val_swing(record: Record) -> float:
    """The typical miss of a straight line between two evaluations."""
    values = record.val_loss.astype(float)
    return float(np.median(np.abs(values[1:-1] - (values[:-2] + values[2:]) / 2))) if len(values) >= 5 else 0.0


def validation_against_train(record: Record) -> str:
    """The program's validation loss beside its mean training loss, an evaluation each.

    All sizes are shares of what the training loss fell, or of the validation loss where that moved more. Flattened: the
    validation stays in a narrow band for two fifths of the run, while training falls on and leaves a gap behind it.
    """
    keep = np.isfinite(record.val_loss) & np.isfinite(record.epoch_loss)
    val, train = record.val_loss[keep].astype(float), record.epoch_loss[keep].astype(float)
    if len(val) < 6:
        return ""
    start = float(np.median(record.loss[: max(1, min(3, record.steps_per_epoch // 4))]))
    fell, val_fell = start - _tail(train), start - _tail(val)
    whole = max(start - train.min(), start - val.min(), 1e-12)
    low, half = int(np.argmin(val)), len(val) // 2
    train_moved, val_moved = float(np.ptp(train)), float(np.ptp(val))
    if max(train_moved, val_moved) < 0.02 * abs(start) and abs(_tail(val) - _tail(train)) < 0.05 * abs(start):
        return "follows_train"
    if fell < 0.03 * abs(start):
        better = val[0] - _tail(val) > 0.15 * abs(val[0]) and train_moved < 0.03 * abs(start)
        return "falls_while_train_flat" if better else ""
    gap = _tail(val) - _tail(train)
    risen, gained = _tail(val) - val[low], train[low] - _tail(train)
    if val.min() > start - 0.05 * whole and fell > 0.3 * whole and val_moved < 2 * whole:
        never = abs(_tail(val) - val[0]) < 0.05 * whole or _tail(val) > val[0]
        return "never_improves" if never and (train[0] - _tail(train)) > 0.1 * whole else ""
    if risen > max(0.1 * (start - val[low]), 0.05 * abs(val[low])) and low < 0.8 * len(val):
        falls = gained > max(0.02 * whole, 0.1 * abs(train[low]))
        return "rises_while_train_falls" if falls else ""
    later, train_later = val[half] - _tail(val), train[half] - _tail(train)
    moving = np.flatnonzero(np.abs(val - _tail(val)) > 0.06 * whole)
    still = int(moving[-1]) + 1 if len(moving) else 0
    if still <= 0.6 * len(val) and train[still] - _tail(train) > 0.1 * whole and gap > 0.15 * whole:
        return "flattens_while_train_falls"
    below = (val[half:] < train[half:] - 0.02 * whole).mean()
    if below == 1 and -gap > max(0.04 * whole, 0.12 * abs(_tail(train))):
        return "better_than_train"
    alike = abs(gap) < 0.1 * whole and val_fell > 0.7 * fell and risen < 0.03 * whole
    clear = later > 0.3 * train_later or train_later < 0.03 * whole
    return "follows_train" if alike and clear and -gap < 0.03 * whole else ""


def _tail(values: Floats) -> float:
    return float(np.median(values[-max(2, len(values) // 8) :]))
