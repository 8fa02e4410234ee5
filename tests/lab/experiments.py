"""Checks that re-run a configuration with one change, and the one rule by which their outcome is named.

A run *fails by an event* when a loss is not finite, or when the loss of its last tenth undoes its fall: it lies more
than half-way back from the best tenth to the first five losses. It fails so too when it has not come below nine tenths
of these although the sound run halves them, or has risen by half. Its failure step is the first loss that is not
finite, or the last step from which the smoothed loss no longer returns below that line. A run *fails by its level* when
its final score is nearer to the faulty run's than to the sound run's; a loss that is not finite is a failure there too.
A changed run that fails at 1.5 times the original step or later fails *later*, at two thirds of it or before *sooner*,
else *like the original*.

Some faults strike by chance, so one good run proves little: a change has *cured* the run when it prevents the failure
under the recorded seed and under two further seeds with which the unchanged run fails. A changed run gets the updates
of the original, one with another batch size too.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from .changes import changes, clean_data
from .faults import HEALTHY, Fault
from .losses import LOSSES
from .runs import Config, Run, skill, train


@lru_cache(maxsize=512)
def run_of(config: Config) -> Run:
    """The run of a configuration up to its first NaN, trained once."""
    return train(config, stop_at_nan=True)


def level(run: Run) -> float:
    """The median training loss of the last tenth."""
    return float(np.median(run.loss[-max(1, len(run.loss) // 10) :]))


def start(run: Run) -> float:
    """The median of the first five losses."""
    return float(np.median(run.loss[:5]))


def event_at(run: Run, *, must_fall: bool = True) -> int | None:
    """The step at which the run failed by an event, or None; without `must_fall` a loss may stay where it began."""
    if run.nan_at is not None:
        return run.nan_at
    best = min(float(np.median(part)) for part in np.array_split(run.loss, 10))
    line = (best + start(run)) / 2
    undone = level(run) > line and best < 0.8 * start(run)
    if undone:
        window = max(1, len(run.loss) // 100)
        smooth = np.convolve(run.loss, np.ones(window) / window, mode="valid")
        return int(np.flatnonzero(smooth <= line)[-1]) + 1
    never_fell = level(run) > (0.9 if must_fall else 1.5) * start(run)
    return 0 if never_fell else None


def score(fault: Fault, run: Run) -> float:
    """The number that says how well a run did; higher is better."""
    if fault.score == "train_loss":
        loss_of = LOSSES[run.config.loss]
        with np.errstate(all="ignore"):
            final = loss_of(run.network.forward(run.dataset.x), run.dataset.y, run.config.options).value
        return -float(np.log(max(final, 1e-30)))
    if fault.score == "val_loss":
        return -float(np.mean(run.epochs["val_loss"][-max(1, len(run.epochs["val_loss"]) // 10) :]))
    return skill(run)


@dataclass(frozen=True)
class Judge:
    """The rule above for one catalogue entry."""

    fault: Fault

    @property
    def faulty(self) -> Run:
        """The recorded run, up to its first NaN."""
        return run_of(self.fault.config)

    @property
    def bar(self) -> float:
        """The score half-way between the faulty and the sound run; for a healthy run half its own."""
        sound = score(self.fault, run_of(self.fault.sound))
        return sound / 2 if self.fault.cause is None else (score(self.fault, self.faulty) + sound) / 2

    def failed_at(self, run: Run) -> int | None:
        """The failure step, or None; a run that fails by its level failed from the start."""
        if self.fault.fails_by == "event":
            sound = run_of(self.fault.sound)
            return event_at(run, must_fall=level(sound) < 0.5 * start(sound))
        if run.nan_at is not None:
            return run.nan_at
        return 0 if score(self.fault, run) < self.bar else None

    def failing_seeds(self) -> tuple[int, ...]:
        """Two further seeds with which the unchanged run fails, or as many as there are among the next eight."""
        config = self.fault.config
        found: list[int] = []
        for seed in range(config.seed + 1, config.seed + 9):
            if len(found) < 2 and self.failed_at(run_of(replace(config, seed=seed))) is not None:
                found.append(seed)
        return tuple(found)

    def course(self, config: Config) -> str:
        """`cured`, `later`, `sooner` or `alike`: what became of the failure under a changed configuration."""
        now, before = self.failed_at(run_of(config)), self.failed_at(self.faulty)
        if now is None:
            again = [self.failed_at(run_of(replace(config, seed=seed))) for seed in self.failing_seeds()]
            return "cured" if all(at is None for at in again) else "alike"
        if before and now >= 1.5 * before:
            return "later"
        return "sooner" if before and now <= before / 1.5 else "alike"


def works(config: Config) -> bool:
    """Whether a run on other data learned something: no event, and a skill of at least one half."""
    run = run_of(config)
    return event_at(run) is None and skill(run) >= 0.5


def _raise_rate(judge: Judge) -> str:
    changed = run_of(replace(judge.fault.config, rate=10 * judge.fault.config.rate))
    if judge.fault.cause is not None and judge.failed_at(changed) is None:
        return "learns_better"
    before, now = (event_at(run, must_fall=False) for run in (judge.faulty, changed))
    if now is not None and (before is None or now <= before / 1.5):
        return "fails"
    return "no_better"


def _regularize(judge: Judge) -> str | None:
    config = judge.fault.config
    if not config.data.held_out or config.weight_decay:
        return None
    before, after = judge.faulty, run_of(replace(config, weight_decay=0.03))
    if before.nan_at is not None or after.nan_at is not None:
        return "no_effect"
    gaps = [run.epochs["val_loss"][-1] - run.epochs["loss"][-1] for run in (before, after)]
    if gaps[0] < 0.1 * before.epochs["val_loss"][-1]:
        return "no_effect"
    better = after.epochs["val_loss"][-1] < before.epochs["val_loss"][-1]
    return "gap_closes" if gaps[1] < gaps[0] / 2 and better else "no_effect"


def _tiny_set(config: Config) -> str:
    run = run_of(replace(config, subset=20, batch=min(20, config.batch), steps=600, weight_decay=0.0))
    if run.nan_at is not None:
        return "turns_nan"
    return "reaches_near_zero" if level(run) <= 0.05 * run.loss[0] else "stays_high"


def _longer(judge: Judge) -> str:
    config = judge.fault.config
    if judge.faulty.nan_at is not None:
        return "no_further_gain"
    longer = run_of(replace(config, epochs=3 * config.epochs, steps=config.steps and 3 * config.steps))
    if event_at(longer) is not None and judge.fault.fails_by == "event":
        return "no_further_gain"
    needed = 0.2 if judge.fault.score == "train_loss" else 0.05
    gain = score(judge.fault, longer) - score(judge.fault, judge.faulty)
    return "keeps_improving" if gain >= needed else "no_further_gain"


def _clipping_off(judge: Judge) -> str:
    changed = run_of(replace(judge.fault.config, clip=0.0))
    return "explodes" if event_at(changed) is not None else "no_change"


def _other_seed(judge: Judge) -> str:
    config = judge.fault.config
    now, before = judge.failed_at(run_of(replace(config, seed=config.seed + 1))), judge.failed_at(judge.faulty)
    if now is None or before is None:
        return "does_not_fail" if now is None else "fails_elsewhere_in_the_run"
    return "fails_alike" if before / 1.5 < now < 1.5 * before or now == before else "fails_elsewhere_in_the_run"


def carry_out(fault: Fault) -> dict[str, str]:
    """The outcomes of all experiments that make sense for an entry, each really run."""
    judge, config = Judge(fault), fault.config
    answers = {
        "run_reference_example": "works" if works(HEALTHY) else "fails_too",
        "raise_rate_tenfold": _raise_rate(judge),
        "overfit_tiny_set": _tiny_set(config),
        "train_longer": _longer(judge),
        "repeat_with_other_seed": _other_seed(judge),
    }
    regularized = _regularize(judge)
    if regularized:
        answers["add_regularization"] = regularized
    if config.clip:
        answers["switch_clipping_off"] = _clipping_off(judge)
    if fault.cause is None:
        return answers
    for change in changes(config):
        comparable = fault.score == "skill" or change.config.loss == config.loss
        if comparable and change.check not in fault.skip:
            nothing_new = change.config == config
            course = "alike" if nothing_new else judge.course(change.config)
            answers[change.check] = change.states.get(course, "no_effect")
    elsewhere = judge.course(replace(config, product="loops"))
    answers["run_elsewhere"] = "works_there" if elsewhere == "cured" else "fails_there_too"
    if fault.score == "skill":
        standard = replace(config, data=clean_data(config))
        answers["train_on_standard_data"] = "works" if works(standard) else "fails_too"
    if config.outputs is None and not config.recurrent:
        small = replace(config, hidden=(16,), activation="tanh", init="xavier", init_scale=1.0, output="linear")
        answers["swap_model"] = "other_model_works" if judge.course(small) == "cured" else "fails_too"
    return {name: state for name, state in answers.items() if name not in fault.skip}
