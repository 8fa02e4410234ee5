"""The validation curve: by itself and against the training curve."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from triage.detectors.course import Course, noise_of
from triage.detectors.events import find_jump
from triage.detectors.reading import Reading
from triage.detectors.run import Run
from triage.detectors.shape import Shape
from triage.detectors.words import at, certain, count, figure, mix, share_above

__all__ = ["val_loss_course", "validation_against_train"]

RISE = 0.05
"""A rise of validation after its minimum, as a share of that minimum, that counts as rising."""

TRAIN_GAIN = 0.12
"""So much must training have fallen meanwhile, as a share of its level, to say that it went on learning."""

BETTER = 0.12
"""Validation this share below training is better than it; averaging over an epoch explains less in late epochs."""

ERRATIC = 0.15
"""Noise from one evaluation to the next, as a share of the level, at which validation is erratic."""

TRUSTED_EVALUATIONS = 20
"""Fewer evaluations than this leave the comparison unsure."""


@dataclass(frozen=True, slots=True)
class _Sides:
    """Both curves where they overlap, in the units of the log: levels at start, validation minimum and end."""

    train: Course
    val: Course
    train_start: float
    train_at_best: float
    train_middle: float
    train_end: float
    val_start: float
    val_best: float
    val_middle: float
    val_end: float
    best_row: int
    val_noise: float
    train_noise: float


def validation_against_train(run: Run) -> Reading | None:
    """What validation does relative to training, named by the reading of the two curves."""
    if run.train_course is None or run.val_course is None or len(run.val_course) < 3 or len(run.train_course) < 3:
        return None
    if run.train_shape is None or run.val_shape is None:
        return None
    sides = _sides(run.train_course, run.val_course)
    likelihood = _likelihood(sides, run.train_shape, run.val_shape)
    trust = min(1.0, len(run.val_course) / TRUSTED_EVALUATIONS, len(run.train_course) / TRUSTED_EVALUATIONS)
    spread = {"follows_train": 0.7, "flattens_while_train_falls": 0.12, "rises_while_train_falls": 0.08}
    likelihood = certain(mix((trust, likelihood), (1 - trust, spread)))
    state = next(iter(likelihood))
    message, steps = _words(sides, run, state)
    return Reading("validation_against_train", likelihood, message, steps)


def val_loss_course(run: Run) -> Reading | None:
    """The validation curve by itself: smooth, erratic, one sudden jump, or the same number every time."""
    course, shape = run.val_course, run.val_shape
    if course is None or shape is None:
        return None
    size = len(course)
    first, last = course.unscaled(course.initial), course.unscaled(course.end)
    if shape.state == "exactly_constant":
        message = f"The validation loss {shape.message}."
        return Reading("val_loss_course", {"exactly_constant": 0.95, "smooth": 0.03}, message, None)
    trust = min(1.0, (size - 2) / 12)
    jump = find_jump(course) if shape.state == "jump_then_plateau" else None
    level = max(abs(course.level(0.3, 1.0)), 1e-300)
    if jump is not None:
        likelihood = mix(
            (trust, {"sudden_jump": 0.92, "erratic": 0.04}), (1 - trust, {"smooth": 0.5, "sudden_jump": 0.2})
        )
        step = float(course.steps[jump.row])
        return Reading("val_loss_course", certain(likelihood), f"The validation loss {shape.message}.", (step, step))
    rough = _roughness(course)
    fall = abs(course.initial - course.lowest)
    erratic = share_above(rough / level, ERRATIC, 2.5) * share_above(rough / max(fall, 1e-300), 0.08, 2.5)
    if shape.state == "oscillating":
        erratic = max(erratic, 0.8)
    likelihood = mix(
        (trust * erratic, {"erratic": 0.95}),
        (trust * (1 - erratic), {"smooth": 0.95, "erratic": 0.02}),
        (1 - trust, {"smooth": 0.7, "erratic": 0.2, "sudden_jump": 0.04}),
    )
    change = 100 * course.unscaled(rough) / max(abs(course.unscaled(course.level(0.3, 1.0))), 1e-300)
    message = (
        f"The validation loss goes from {figure(first)} to {figure(last)} over {count(size)} evaluations "
        "and differs by about "
        f"{change:.2g} % from one to the next beyond its trend."
    )
    return Reading("val_loss_course", certain(likelihood), message)


def _roughness(course: Course) -> float:
    """Noise of one evaluation after the first fifth, robust against single spikes but not against many."""
    return noise_of(course.scaled[len(course) // 5 :])


def _sides(train: Course, val: Course) -> _Sides:
    """Levels of both curves at the positions that matter."""
    best_bin = int(val.smooth.argmin())
    best_row = val.row_of_bin(best_bin)
    val_noise = val.unscaled(max(val.bin_noise, 1e-12))
    return _Sides(
        train,
        val,
        train.unscaled(train.initial),
        _level_at(train, float(val.steps[best_row])),
        _level_at(train, float(val.steps[len(val) // 2])),
        train.unscaled(train.end),
        val.unscaled(val.initial),
        val.unscaled(float(val.smooth[best_bin])),
        val.unscaled(val.level(0.4, 0.6)),
        val.unscaled(val.end),
        best_row,
        val_noise,
        train.unscaled(train.bin_noise),
    )


def _level_at(course: Course, step: float) -> float:
    """Level of a course around a position."""
    row = (
        int(np.abs(course.steps - step).argmin())
        if len(course) <= 100_000
        else int(np.searchsorted(course.steps, step))
    )
    index = min(min(row, len(course) - 1) // course.rows, course.smooth.size - 1)
    return course.unscaled(float(course.smooth[index]))


def _likelihood(sides: _Sides, train: Shape, val: Shape) -> dict[str, float]:
    """Likelihood over the states, from how far each curve moved while the other did."""
    rises = _rising(sides)
    train_falls = sum(
        train.likelihood.get(state, 0.0) for state in ("falling", "still_falling_at_end", "spikes_that_heal")
    )
    start = max(abs(sides.val_start), abs(sides.val_best))
    val_gain = (sides.val_start - sides.val_best) / start if start > 0 else 0.0
    train_fell = (sides.train_start - sides.train_end) / max(abs(sides.train_start), abs(sides.train_end), 1e-300)
    learned = share_above(train_fell, 0.3, 3.0) * train_falls
    stuck = learned * (1 - share_above(val_gain, 0.1, 4.0)) * (1.0 if sides.val_end > sides.train_end else 0.2)
    never = stuck * (1 - 0.6 * rises)
    flattens = _flattening(sides, val) * train_falls
    lags = 0.0
    if train.direction == "flat" and val.direction == "falls":
        lags = 0.9 * share_above(val_gain, 0.1, 3.0)
    better = _better(sides)
    parts = [
        (never, {"never_improves": 0.9, "rises_while_train_falls": 0.04, "flattens_while_train_falls": 0.03}),
        ((1 - never) * rises, {"rises_while_train_falls": 0.94, "flattens_while_train_falls": 0.03}),
    ]
    left = (1 - never) * (1 - rises)
    parts.append((left * flattens, {"flattens_while_train_falls": 0.93, "rises_while_train_falls": 0.02}))
    left *= 1 - flattens
    parts.append((left * lags, {"falls_while_train_flat": 0.92, "follows_train": 0.05}))
    left *= 1 - lags
    parts.append((left * better, {"better_than_train": 0.9, "follows_train": 0.08}))
    parts.append((left * (1 - better), {"follows_train": 0.95}))
    return mix(*parts)


def _rising(sides: _Sides) -> float:
    """How surely validation rises after its minimum while training goes on falling."""
    rise = sides.val_end - sides.val_best
    if rise <= 3.0 * sides.val_noise or sides.best_row >= len(sides.val) - 2:
        return 0.0
    share = rise / max(abs(sides.val_best), 1e-300)
    fall = max(sides.val_start - sides.val_best, 0.0)
    fell = share_above(_gain(sides.train_at_best, sides.train_end, sides.train_noise), TRAIN_GAIN, 2.5)
    return share_above(share, RISE, 2.5) * share_above(rise / fall if fall > 0 else 1.0, 0.04, 2.0) * fell


def _flattening(sides: _Sides, val: Shape) -> float:
    """How surely validation is level over the second half while training falls clearly and leaves it behind."""
    if val.late == "falls":
        return 0.0
    fell = share_above(_gain(sides.train_middle, sides.train_end, sides.train_noise), 1.5 * TRAIN_GAIN, 3.0)
    gap = (sides.val_end - sides.train_end) / max(abs(sides.train_end), 1e-300)
    return fell * share_above(max(gap, 0.0), 0.25, 2.5) * _matters(sides, sides.val_end - sides.train_end)


def _gain(before: float, after: float, noise: float) -> float:
    """Fall as a share of the level before; 0 within noise."""
    fall = before - after
    return fall / max(abs(before), abs(after), 1e-300) if fall > 2.0 * noise else 0.0


def _better(sides: _Sides) -> float:
    """How surely validation stays below training over the last half."""
    low, high = sides.val_end, sides.train_end
    reference = max(abs(low), abs(high), 1e-300)
    late = min((high - low) / reference, (sides.train_middle - sides.val_middle) / reference)
    noise = sides.train_noise + sides.val_noise
    return share_above(late, BETTER, 3.0) * _matters(sides, late * reference) if late * reference > noise else 0.0


def _matters(sides: _Sides, gap: float) -> float:
    """How far a gap between the curves is worth a word against all that validation fell: 2 % and more."""
    fall = sides.val_start - sides.val_best
    return share_above(max(gap, 0.0) / fall, 0.02, 2.0) if fall > 0 else 1.0


def _words(sides: _Sides, run: Run, state: str) -> tuple[str, tuple[float, float] | None]:
    """The named reading of the two curves with the figures of both."""
    assert run.train_shape is not None
    assert run.val_shape is not None
    train, val = run.train_shape.direction, run.val_shape.direction
    best = at(run.unit, float(sides.val.steps[sides.best_row]))
    span: tuple[float, float] | None = None
    train_part = {"falls": "falls", "flat": "stays flat,", "rises": "rises,"}[train]
    train_part = f"the training loss {train_part} from {figure(sides.train_start)} to {figure(sides.train_end)}"
    val_part = f"the validation loss goes from {figure(sides.val_start)} to {figure(sides.val_end)}"
    if state == "rises_while_train_falls":
        span = (float(sides.val.steps[sides.best_row]), float(sides.val.steps[-1]))
        name = "overfitting, strongly"
        val_part = (
            f"the validation loss has its minimum of {figure(sides.val_best)} at {best} and rises to "
            f"{figure(sides.val_end)}"
        )
    elif state == "flattens_while_train_falls":
        span = (float(sides.val.steps[len(sides.val) // 2]), float(sides.val.steps[-1]))
        name = "overfitting"
        val_part += f" and is flat over the second half ({figure(sides.val_middle)} half-way)"
    elif state == "never_improves":
        name = "overfitting or two different tasks"
        val_part += f" and never falls worth the name (best {figure(sides.val_best)})"
    elif state == "falls_while_train_flat":
        name = "the data are at fault"
    elif train == "rises" and val == "rises":
        name = "structure, hyperparameters or uncleaned data"
    elif train == "flat" and val == "flat":
        name = "a bottleneck"
    elif train == "falls" and val == "falls":
        name = "still learning"
        if run.train_shape.late == "flat" and run.val_shape.late == "flat":
            name = "still learning, both now settled"
    elif train == "falls":
        learns = sides.val_best < sides.val_start - RISE * abs(sides.val_start)
        name = "still learning, validation at its floor" if learns else "overfitting, as yet faintly"
    elif val == "falls":
        name = "the data are at fault, as it seems"
    else:
        name = "structure, hyperparameters or uncleaned data, as it seems"
    if state == "better_than_train":
        val_part += ", below training throughout the second half"
    return f"{name[0].upper()}{name[1:]}: {train_part}, {val_part}.", span
