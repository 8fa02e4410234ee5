"""The true noise of the training loss, what it does where the rate drops, and where it settles."""

from __future__ import annotations

import numpy as np

from .record import Record
from .truth_course import Course, finite_steps, looks

SETTLED = frozenset({"falling", "spikes_that_heal"})
NOISY = frozenset({"falling", "still_falling_at_end", "plateau", "spikes_that_heal"})


def loss_noise(record: Record, trend: str, unit: str) -> str:
    """The scatter of all printed losses about the course, against its level there, where each is of one batch.

    The course is the median of the 21 steps about each one; the scatter is the middle half of the distances from it, as
    of a normal distribution. Rough: three quarters of the level or more. Smooth: a sixtieth or less. Ordinary: between
    a thirtieth and a half. A course that swings, jumps, runs away or never moves has no noise of its own.
    """
    values = record.loss[: finite_steps(record)].astype(float)
    if trend not in NOISY or unit not in {"", "step"} or len(values) < 20 or values.min() < 0:
        return ""
    width = min(21, len(values) // 4 * 2 + 1)
    padded = np.pad(values, width // 2, mode="reflect")
    level = np.median(np.lib.stride_tricks.sliding_window_view(padded, width), axis=1)
    kept = level > 0
    if kept.sum() < 10:
        return ""
    away = (values[kept] - level[kept]) / level[kept]
    low, high = np.quantile(away, [0.25, 0.75])
    scatter = float(high - low) / 1.349
    if scatter >= 0.75 or scatter <= 1 / 60:
        return "rough" if scatter >= 0.75 else "smooth"
    return "ordinary" if 1 / 30 <= scatter <= 0.5 else ""


def loss_floor(record: Record, trend: str) -> str:
    """The last level against the first, by the printed and by the hidden loss alike.

    Near zero: a hundredth or less. Low: between a fiftieth and a quarter. Part of the way: from a third on.
    """
    if trend not in SETTLED or record.loss[: finite_steps(record)].min(initial=0.0) < 0:
        return ""
    found = {_floor(look) for look in looks(record, finite_steps(record))}
    return found.pop() if len(found) == 1 else ""


def _floor(look: Course) -> str:
    if look.first <= 0:
        return ""
    share = look.end / look.first
    if share <= 0.01 or share >= 1 / 3:
        return "near_zero" if share <= 0.01 else "part_way"
    return "low" if 0.02 <= share <= 0.25 else ""


def fall_at_rate_drop(record: Record) -> str:
    """What both looks show at the drops of a rate that was held for a twentieth of the run before and behind.

    Falls at a drop: at one of them. Stops falling: at one of them, and at none it falls. Falls on: at all of them.
    """
    drops = _drops(record.rate.astype(float))
    views = looks(record, finite_steps(record))
    if not drops or not views:
        return ""
    states = {_at_drops(look, drops) for look in views}
    return states.pop() if len(states) == 1 else ""


def _drops(rate: np.ndarray) -> list[int]:
    """Steps at which the rate is half of what it was the step before, or less, and held on both sides."""
    if not np.isfinite(rate).all():
        return []
    held = max(5, len(rate) // 20)
    places = np.flatnonzero((rate[1:] <= 0.5001 * rate[:-1]) & (rate[1:] > 0)) + 1
    return [
        int(at)
        for at in places
        if at >= held
        and at + held <= len(rate)
        and np.ptp(rate[at - held : at]) <= 0.01 * rate[at - 1]
        and np.ptp(rate[at : at + held]) <= 0.01 * rate[at]
    ]


def _at_drops(look: Course, drops: list[int]) -> str:
    found = {_at_drop(look, at) for at in drops}
    for state in ("falls_at_drop", "stops_falling"):
        if state in found:
            return state
    return found.pop() if len(found) == 1 else ""


def _at_drop(look: Course, at: int) -> str:
    """Means of two values before the drop and two before these, and of those behind it.

    Falls at it: three times what was to be expected and a twentieth of the level, beyond noise. Stops: it fell by a
    twentieth just before, and behind by less than three tenths of what it would have fallen on, shrinking as it did.
    Falls on: at most half more than what was to be expected, or by less than a fiftieth.
    """
    before, after = look.values[look.steps < at], look.values[look.steps >= at]
    if len(before) < 4 or len(after) < 4:
        return ""
    earlier, last = float(before[-4:-2].mean()), float(before[-2:].mean())
    soon, later = float(after[:2].mean()), float(after[2:4].mean())
    fall, fell = earlier - last, last - soon
    level, doubt = abs(last), 3 * look.noise
    if fell > max(3 * fall, 0.05 * level, doubt):
        return "falls_at_drop"
    sooner = float(before[-6:-4].mean()) - earlier if len(before) >= 6 else fall
    shrinks = min(1.0, fall / sooner) if sooner > 0 else 1.0
    if fall > max(0.05 * level, doubt) and float(before[-1]) - later < 0.3 * shrinks * fall:
        return "stops_falling"
    return "falls_on" if fell < max(1.5 * fall, 0.02 * level) else ""
