"""The true state of each symptom of a run, judged from what no log shows.

Each rule says what a state means, on the full record, the hidden losses, the recipe and the sound twins, and leaves the
symptom out where the truth lies between two states. No rule knows how a detector decides.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .plan import Run
from .record import Record
from .truth_course import Reach, comparable, finite_steps, loss_name, printed, reach_of
from .truth_levels import fall_at_rate_drop, loss_floor, loss_noise
from .truth_onset import (
    all_coincide_with,
    coincides_with,
    failed_at,
    failure_time,
    nan_onset,
    spike_timing,
    spikes_of,
)
from .truth_trend import (
    chance_of,
    speed_of_descent,
    train_loss_trend,
    val_loss_course,
    val_swing,
    validation_against_train,
)

_PLANNED_RISES = frozenset({"restarts", "triangle", "one_cycle"})
_FAILED = frozenset({"jump_then_plateau", "falls_then_rises", "diverging", "collapsed_to_chance", "spikes_that_heal"})


def initial_loss(run: Run, record: Record, reach: Reach | None) -> str:
    """The first printed and the first hidden loss against a blind guess, or the twins where nobody knows that figure.

    Within a factor of two of it both are as expected, beyond a factor of four both are far from it.
    """
    chance = chance_of(run)
    if chance is None and reach is not None and comparable(run):
        chance = reach.first
    if chance is None or chance <= 0 or not len(record.probe_loss):
        return ""
    ratios = np.array([record.loss[0], record.probe_loss[0]], dtype=float) / chance
    if not np.isfinite(ratios).all():
        return ""
    if (ratios > 4).all() or (ratios < 0.25).all():
        return "far_above" if ratios[0] > 4 else "far_below"
    return "as_expected" if (ratios < 2).all() and (ratios > 0.5).all() else ""


def loss_signature(run: Run, record: Record) -> str:
    """Tell-tale values. Exactly 0 in a tenth of the losses; below 0 in a twentieth; a limit of the arithmetic (the
    logarithm of the smallest number or of the guard) in half of the late ones; a blind guess within 3 % throughout the
    second half while nothing was learnt. Guessing in numbers has no figure of its own, so it has no entry.
    """
    values = record.loss[np.isfinite(record.loss)].astype(float)
    if len(values) < 10:
        return ""
    zero, below = float((values == 0).mean()), float((values < 0).mean())
    late = values[len(values) // 2 :]
    if zero >= 0.1 or below >= 0.05:
        return "exactly_zero" if zero >= 0.1 else "negative"
    if run.recipe is None or not run.causes:
        return "ordinary" if not zero and not below else ""
    limits = [87.3365, 103.2789, 16.118]
    if loss_name(run.recipe) == "unfused":
        limits.append(-np.log(run.recipe.objective.guard))
    for limit in limits:
        share = float((np.abs(late / limit - 1) < 1e-3).mean())
        if share > 0.1:
            return "saturation_constant" if share >= 0.5 else ""
    chance, learnt = chance_of(run), record.truth["quality_train"]
    if zero or below:
        return ""
    course = printed(record, finite_steps(record))
    if chance is None or course is None or loss_name(run.recipe) == "squared":
        return "ordinary" if learnt > 0.2 else ""
    second = course.smooth[len(course.values) // 2 :]
    off = np.abs(second / chance - 1)
    if (off < 0.03).all() and learnt < 0.05 and not run.recipe.data.imbalance:
        return "at_chance"
    return "ordinary" if (off > 0.1).all() or learnt > 0.3 else ""


def metric_against_loss(record: Record) -> str:
    """The accuracy beside its own loss: of validation where there is one, and of training.

    Impossible: 0 at every evaluation, or above 1. Good at once: 0.98 at the first one, and above it ever after. Stuck:
    the loss loses a fifth while the accuracy stays within two hundredths, below 0.9. Agreeing: the ranks of the two run
    against each other, or neither moves.
    """
    pairs = [(record.val_loss, record.val_accuracy), (record.epoch_loss, record.epoch_accuracy)]
    found = [_metric(np.asarray(loss, float), np.asarray(right, float)) for loss, right in pairs]
    found = [state for state in found if state is not None]
    if not found:
        return ""
    for state in ("metric_impossible", "loss_falls_metric_stuck"):
        if state in found:
            return state
    return found[0] if len(set(found)) == 1 else ""


def _metric(loss: np.ndarray, right: np.ndarray) -> str | None:
    """None where there is no accuracy, "" where nobody can say."""
    if len(loss) != len(right) or not np.isfinite(right).any():
        return None
    keep = np.isfinite(loss) & np.isfinite(right)
    loss, right = loss[keep], right[keep]
    if len(loss) < 5:
        return ""
    if (right == 0).all() or (right > 1).any():
        return "metric_impossible"
    if right[0] >= 0.98 and right.min() >= 0.97:
        return "metric_good_at_once"
    falls = (loss[0] - np.median(loss[-2:])) / max(abs(loss[0]), 1e-12)
    if falls > 0.2 and np.ptp(right) < 0.02 and right.max() < 0.9:
        return "loss_falls_metric_stuck"
    if np.ptp(right) < 0.03 and abs(falls) < 0.05:
        return "agree"
    ranks = [np.argsort(np.argsort(values)) for values in (loss, right)]
    linked = np.corrcoef(*ranks)[0, 1] if np.ptp(loss) > 0 and np.ptp(right) > 0 else 0.0
    return "agree" if linked < -0.7 and right[-1] < 0.98 + 0.02 * (right[0] < 0.95) else ""


def learning_rate_course(run: Run, record: Record) -> str:
    """The rate in force against the plan. Gone too early: below a hundredth of its peak for good before half-time."""
    rate = record.rate.astype(float)
    if not np.isfinite(rate).all():
        return "not_finite"
    if not rate.any():
        return "zero"
    if not run.causes or run.recipe is None:
        return "as_planned"
    spec, peak = run.recipe.optimisation, float(rate.max())
    if (rate < 0).any() or spec.schedule == "rising":
        return ""
    later = np.arange(1, len(rate)) >= max(1, spec.warmup)
    jumps = later & (rate[1:] > 1.4 * rate[:-1] + 1e-3 * peak)
    if jumps.any():
        planned = spec.schedule in _PLANNED_RISES and run.recipe.running.restart_rate == 1 and not record.resumes
        return "as_planned" if planned else "jumps_up"
    living = np.flatnonzero(rate > 0.01 * peak)
    share = (living[-1] + 1) / len(rate)
    return "decays_too_early" if share < 0.5 else "as_planned" if share > 0.8 else ""


def loss_scale_course(record: Record) -> str:
    """Stuck: at its least for a fifth of the run, and at the end. Collapsing: a 256th of its start or less, on the way.

    Steady: it never lost more than a factor of 32 of its highest value, and comes to rest.
    """
    scale = record.loss_scale[np.isfinite(record.loss_scale)].astype(float)
    if len(scale) < 10:
        return ""
    at_least = float((scale <= 1).mean())
    if scale[-1] <= 1 and scale[0] > 1:
        return "stuck_at_minimum" if at_least >= 0.2 else "collapses"
    if scale[-1] <= scale[0] / 256 and scale[-1] <= 0.3 * scale[len(scale) // 2]:
        return "collapses"
    return "steady" if scale.min() >= scale.max() / 32 and scale[-1] >= scale[len(scale) // 2] / 4 else ""


def grad_norm_course(record: Record, at: int | None, onset: str) -> str:
    """The norm before clipping, up to the failure where there is one."""
    norm = record.grad_norm.astype(float)
    lost = np.flatnonzero(~np.isfinite(norm))
    end = finite_steps(record)
    if len(lost) and lost[0] < end:
        persistent = lost[0] >= end - 2 or (~np.isfinite(norm[:end])).mean() > 0.1
        return "not_finite_first" if persistent else ""
    before = norm[: end if at is None else min(end, max(at, 0))]
    if len(before) < 12:
        return ""
    if not before.any():
        return "zero"
    typical, first = float(np.median(before)), float(np.median(before[:10]))
    if typical <= 1e-6:
        return "tiny" if np.quantile(before, 0.9) <= 1e-5 else ""
    if at is not None:
        return _before_failure(before, norm[at : at + 5], typical, first)
    if first >= 100 and float(np.median(before[: len(before) // 4])) >= 100:
        return "large_from_start"
    level = np.array([float(np.median(part)) for part in np.array_split(before, min(20, len(before) // 3))])
    calm = level.max() < 30 * max(typical, first) and (level > 1e-5).all()
    return "unremarkable" if calm and first < 30 and onset == "none" else ""


def _before_failure(before: np.ndarray, after: np.ndarray, typical: float, first: float) -> str:
    """Growth over three steps or more to five times all that was usual; or a hundredth of the start, then a jump."""
    after = after[np.isfinite(after)]
    late = float(np.median(before[len(before) // 2 :]))
    if len(before) > 200 and late < 0.01 * first and len(after) and after.max() > 30 * late:
        return "small_for_long_then_jump"
    last, rest = before[-4:], before[: max(8, len(before) - 20)]
    if (last[-3:] > 5 * np.quantile(rest, 0.95)).all() or ((np.diff(last) > 0).all() and last[-1] > 10 * typical):
        return "grows_before_failure"
    if first >= 100:
        return "large_from_start"
    return "unremarkable" if last.max() < 2 * float(np.quantile(before, 0.98)) and first < 30 else ""


def failing_component(record: Record) -> str:
    """Which term is first lost, or first ten times as large as it ever was in the beginning."""
    if len(record.parts) < 2:
        return "none_stands_out"
    end = finite_steps(record)
    lost = [_first(~np.isfinite(values)) for values in record.parts.values()]
    if end < len(record.loss) and min(lost) > end:
        return "total_only"
    if min(lost) < len(record.loss):
        ahead = sorted(lost)
        return "one_first" if ahead[1] - ahead[0] >= 2 else "none_stands_out" if ahead[0] == ahead[-1] else ""
    grown = []
    for values in record.parts.values():
        size = np.abs(values.astype(float))
        start = max(float(size[: max(1, len(size) // 50)].max()), 1e-9)
        grown.append(float(np.median(size[-max(1, len(size) // 10) :])) / start)
    if max(grown) > 10 and sorted(grown)[-2] < 2:
        return "one_first"
    return "none_stands_out" if max(grown) < 2 else ""


def _first(where: np.ndarray) -> int:
    """The first place that is true, or the length."""
    found = np.flatnonzero(where)
    return int(found[0]) if len(found) else len(where)


def final_quality(run: Run, record: Record, reach: Reach | None) -> str:
    """Quality on fresh sound samples against the twins; where the program's own figure is false, nobody knows it."""
    true = record.truth["quality_true"]
    if not run.causes:
        return "as_expected"
    recipe = run.recipe
    if recipe is None or reach is None or reach.true <= 0.2:
        return ""
    data = recipe.data
    false = recipe.running.evaluation_mode != "evaluation" or recipe.running.metric != "accuracy"
    if false or data.shift != "none" or data.leaked or data.leaked_feature or data.label_map != "right":
        return ""
    share = true / reach.true
    if share <= 0.08:
        return "useless"
    return "as_expected" if share >= 0.97 else "somewhat_worse" if 0.2 <= share <= 0.9 else ""


def predictions_look(run: Run, record: Record) -> str:
    """What is certain without a look: weights that are NaN give NaN, and a network that predicts well varies."""
    if record.truth["weights_nan"]:
        return "not_a_number"
    bounded = run.recipe is not None and run.recipe.network.output != "linear"
    return "varied" if record.truth["quality_true"] > 0.4 and not bounded else ""


def symptoms_of(run: Run, record: Record, twins: Sequence[Record], unit: str = "") -> dict[str, str]:
    """The true state of every symptom that is beyond doubt.

    Args:
        run: what was trained.
        record: what came of it.
        twins: sound records of the same base, up to five.
        unit: what the training loss is logged by, `step` or `epoch`, where a state hangs on it; "" leaves such out.

    """
    with np.errstate(all="ignore"):
        reach = reach_of(twins)
        onset, trend = nan_onset(record), train_loss_trend(run, record, reach, unit)
        failed = onset in {"sudden", "after_growth", "validation_only"} or trend in _FAILED
        at = failed_at(record, trend, onset) if failed else None
        swing = max((val_swing(twin) for twin in twins), default=0.0) if comparable(run) else 0.0
        found = {
            "nan_onset": onset,
            "train_loss_trend": trend,
            "speed_of_descent": speed_of_descent(run, record, trend, reach),
            "loss_noise": loss_noise(record, trend, unit),
            "loss_floor": loss_floor(record, trend),
            "fall_at_rate_drop": fall_at_rate_drop(record),
            "initial_loss": initial_loss(run, record, reach),
            "loss_signature": loss_signature(run, record),
            "learning_rate_course": learning_rate_course(run, record),
            "loss_scale_course": loss_scale_course(record),
            "grad_norm_course": grad_norm_course(record, at, onset),
            "failing_component": failing_component(record),
            "final_quality": final_quality(run, record, reach),
            "predictions_look": predictions_look(run, record),
            "metric_against_loss": metric_against_loss(record),
        }
        if len(record.val_loss):
            found["val_loss_course"] = val_loss_course(record, swing)
            found["validation_against_train"] = validation_against_train(record)
        if failed:
            found["failure_time"] = failure_time(record, at, reach if comparable(run) else None)
            found["failure_coincides_with"] = coincides_with(run, record, at)
        if trend == "spikes_that_heal" and onset == "none":
            found["failure_coincides_with"] = all_coincide_with(run, record, spikes_of(record))
            found["spike_timing"] = spike_timing(record, spikes_of(record))
    return {name: state for name, state in found.items() if state}
