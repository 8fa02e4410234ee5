"""What shows in a run and can be told from its numbers by a plain rule, without the detectors under test."""

from __future__ import annotations

import math

import numpy as np

from .experiments import event_at, run_of
from .faults import Fault
from .inspections import final_quality
from .runs import Run


def nan_onset(run: Run) -> str:
    """How NaN or Inf began; growth means that one of the last five losses is twice the largest of the 55 before."""
    at = run.nan_at
    if at is None:
        return "none"
    if at == 0:
        return "first_step"
    if at < 5:
        return ""
    recent = run.loss[max(0, at - 60) : at - 5]
    return "after_growth" if len(recent) and run.loss[at - 5 : at].max() > 2 * recent.max() else "sudden"


def failure_time(run: Run) -> str:
    """When an event came: in the first five updates, after 300 good ones that at least halved the loss, or between."""
    at = event_at(run)
    if not at:
        return ""
    if at <= 5:
        return "first_steps"
    good = at >= 300 and float(np.median(run.loss[at // 2 : at])) < run.loss[0] / 2
    return "after_long_progress" if good else "early"


def initial_loss(run: Run) -> str:
    """The first loss against that of an untrained network, within a factor of three."""
    dataset, config = run.dataset, run.config
    if config.loss == "class_and_box":
        box = float((dataset.y[:, 1:] ** 2).mean())
        expected = config.loss_weights[0] * math.log(dataset.classes) + config.loss_weights[1] * box
    elif config.loss == "squared_error":
        expected = float(dataset.y.var())
    elif config.loss == "one_vs_rest":
        expected = dataset.classes * math.log(2)
    else:
        expected = math.log(2 if config.loss.endswith("binary_cross_entropy") else dataset.classes)
    ratio = float(run.loss[0]) / expected
    return "far_above" if ratio > 3 else "far_below" if ratio < 1 / 3 else "as_expected"


def grad_norm_course(run: Run) -> str:
    """The gradient norm before the failure, or over the whole run where there is none."""
    at = event_at(run)
    before = run.grad_norm[: at if at else len(run.grad_norm)]
    finite = before[np.isfinite(before)]
    if len(finite) < 20:
        return ""
    middle = float(np.median(finite[len(finite) // 2 :]))
    after = run.grad_norm[at:][np.isfinite(run.grad_norm[at:])] if at else finite[:0]
    if len(after) and len(finite) > 500 and middle < 1e-2 * min(finite[0], after.max()):
        return "small_for_long_then_jump"
    if at and (finite[-5:].max() > 2 * finite[-60:-5].max() or finite.max() > 100 * np.median(finite[:5])):
        return "grows_before_failure"
    if len(finite) < len(before):
        return "not_finite_first"
    if middle < 1e-6:
        return "zero" if middle == 0 else "tiny"
    return "unremarkable"


def failing_component(run: Run) -> str:
    """Which logged component is the first to reach ten times its first value or to be lost."""
    if not run.parts:
        return "none_stands_out"
    bad = [np.flatnonzero(~(part <= 10 * part[0])) for part in run.parts.values()]
    first = [int(where[0]) if len(where) else len(run.loss) for where in bad]
    return "one_first" if len(set(first)) > 1 else "none_stands_out"


def symptoms_of(fault: Fault, run: Run) -> dict[str, str]:
    """The symptoms of a recorded run. `run` still has its final weights."""
    with np.errstate(all="ignore"):
        found = {
            "nan_onset": nan_onset(run),
            "failure_time": failure_time(run) if fault.fails_by == "event" else "",
            "initial_loss": initial_loss(run),
            "grad_norm_course": grad_norm_course(run),
            "failing_component": failing_component(run),
            "learning_rate_course": "as_planned" if np.isfinite(run.rate).all() else "not_finite",
            "final_quality": final_quality(run, run_of(fault.sound)),
        }
    return {name: state for name, state in found.items() if state}
