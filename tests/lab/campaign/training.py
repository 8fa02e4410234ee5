"""The training loop: a recipe -> the record of its run."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor

from . import arithmetic, datasets
from .batches import Order, augmented, drowned
from .datasets import Dataset
from .evaluating import Evaluation, Measure, fixed_subset, without_hidden
from .networks import Net, build, dead_share
from .objectives import SINGLE, Terms, Value, correct, evaluate, loss_name
from .optimisation import Optimizer, clip, flatten, frozen_mask, rate_at
from .recipe import Recipe
from .record import Record

PROBES = 60
NAN_STEPS = 30
"""Steps without a finite loss after which nothing can change any more, and the rest is filled in."""


def train(recipe: Recipe) -> Record:
    """Train to the end, as people's programs do, also when the loss is not a number."""
    begun = time.perf_counter()
    torch.set_num_threads(1)
    torch.manual_seed(recipe.seed)
    dataset = datasets.make(recipe.data, recipe.seed)
    return _Training(recipe, dataset).run(begun)


@dataclass
class _Curves:
    """What is gathered while a run goes on."""

    steps: dict[str, np.ndarray]
    parts: dict[str, np.ndarray] = field(default_factory=dict)
    rounds: list[tuple[int, float, float, Measure]] = field(default_factory=list)
    probes: list[tuple[int, float, float]] = field(default_factory=list)
    resumes: list[int] = field(default_factory=list)
    skipped: int = 0
    clipped: int = 0


class _Training:
    """One run under way."""

    def __init__(self, recipe: Recipe, dataset: Dataset) -> None:
        self.recipe, self.dataset = recipe, dataset
        self.name = loss_name(recipe, dataset)
        self.net: Net = build(recipe, dataset, self.name in SINGLE)
        self.net.train()
        self.switch = arithmetic.install(self.net, recipe.arithmetic)
        self.weights, self.gradients = flatten(self.net)
        self.mask = frozen_mask(self.net, recipe.optimisation)
        rounded = arithmetic.weight_rounding(recipe.arithmetic)
        moved = self.weights.clone() if recipe.optimisation.updates == "other_copy" else self.weights
        self.optimizer = Optimizer(recipe.optimisation, moved, rounded)
        self.terms = Terms(recipe.objective, dataset.classes, arithmetic.rounding(recipe.arithmetic))
        self.evaluation = Evaluation(recipe, dataset, self.net, self.name, self.terms)
        self.x, self.y = torch.from_numpy(dataset.x), torch.from_numpy(dataset.y)
        self.x_val, self.y_val = torch.from_numpy(dataset.x_val), torch.from_numpy(dataset.y_val)
        self.hidden, self.hidden_val = _hidden_rows(recipe, self.x), _hidden_rows(recipe, self.x_val)
        self.order = Order(recipe, dataset)
        self.probe = fixed_subset(dataset, 256, recipe.seed)
        self.true = torch.from_numpy(dataset.x_true[:256]), torch.from_numpy(dataset.y_true[:256])
        self.scaled = recipe.arithmetic.precision == "fp16_scaled"
        self.scale, self.good_steps = recipe.arithmetic.loss_scale if self.scaled else 1.0, 0
        self.rate_factor, self.schedule_start = 1.0, 0
        self.chips = torch.Generator().manual_seed(recipe.seed)
        names = ("loss", "accuracy", "rate", "grad_norm", "loss_scale")
        self.curves = _Curves({name: np.full(recipe.steps, np.nan, dtype=np.float32) for name in names})

    def run(self, begun: float) -> Record:
        recipe, curves = self.recipe, self.curves
        steps, per_epoch = recipe.steps, recipe.steps_per_epoch
        start = self.weights.clone()
        every = recipe.running.evaluate_every or per_epoch
        probe_at = set(np.unique(np.geomspace(1, steps, PROBES // 2).astype(int) - 1).tolist())
        probe_at |= set(np.linspace(0, steps - 1, PROBES // 2).astype(int).tolist())
        restarts = {round(share * steps) for share in recipe.running.restarts}
        lost, done = 0, steps
        for step in range(steps):
            if step in restarts:
                self._restart(step)
            if step in probe_at:
                self._look(step)
            if step % per_epoch == 0 and step:
                self.order.begin_epoch(step)
            if recipe.arithmetic.arithmetic != "right":
                self._machine(step)
            self._step(step, step % per_epoch)
            lost = 0 if math.isfinite(curves.steps["loss"][step]) else lost + 1
            if (step + 1) % every == 0 or step == steps - 1:
                self._evaluate(step, every)
                if self._gave_up():
                    done = step + 1
                    break
            if lost >= NAN_STEPS and not torch.isfinite(self.weights).all():
                self._fill(step + 1, every)
                break
        self._look(done - 1)
        return self._record(start, done, time.perf_counter() - begun)

    def _step(self, step: int, place: int) -> None:
        spec, curves = self.recipe.optimisation, self.curves.steps
        clearing = spec.zero_grad and step % spec.zero_grad_every == 0
        if clearing:
            self.gradients.zero_()
        losses, accuracies = [], []
        for micro in range(spec.accumulation):
            if micro and spec.accumulation_reset == "each_micro_batch":
                self.gradients.zero_()
            inputs, targets = self.order.rows(place * spec.accumulation + micro)
            if not len(inputs):
                continue
            value, accuracy = self._forward(inputs, targets, step)
            losses.append(value)
            accuracies.append(accuracy)
        curves["loss"][step] = sum(losses) / len(losses) if spec.accumulation_divided else sum(losses)
        curves["accuracy"][step] = sum(accuracies) / len(accuracies)
        if self.recipe.running.printed == "running_mean":
            self._print_mean(step, place)
        rate = self._rate(step)
        curves["rate"][step] = rate
        self._update(step, rate)

    def _forward(self, inputs: Tensor, targets: Tensor, step: int) -> tuple[float, float]:
        recipe = self.recipe
        x, y = self.x[inputs], self.y[targets]
        if recipe.data.augmentation:
            x = augmented(x, recipe.data.augmentation, recipe.data.augmentation_kind)
        if recipe.data.odd_batch and step == round(recipe.data.odd_batch * recipe.steps):
            x = drowned(x, recipe.data.odd_size)
        hidden = None if self.hidden is None else self.hidden[inputs]
        z, y = self.net(x, hidden), without_hidden(y, hidden, recipe)
        if recipe.optimisation.updates == "detached":
            z = z.detach().requires_grad_()
        value = evaluate(z, y, recipe.objective, self.name, self.terms)
        divided = recipe.optimisation.accumulation if recipe.optimisation.accumulation_divided else 1
        (value.total * (self.scale / divided)).backward()
        self._note_parts(step, value)
        right = correct(z.detach(), y, self.dataset, self.name)
        accuracy = math.nan if right is None or not len(right) else int(right.sum()) / len(right)
        if recipe.running.metric not in {"accuracy", "none"}:
            with torch.no_grad():
                accuracy = self.evaluation.metric(accuracy, z.detach(), y)
        return value.total.item(), accuracy

    def _note_parts(self, step: int, value: Value) -> None:
        for name, part in value.parts.items():
            if name not in self.curves.parts:
                self.curves.parts[name] = np.full(self.recipe.steps, np.nan, dtype=np.float32)
            self.curves.parts[name][step] = float(part)

    def _update(self, step: int, rate: float) -> None:
        spec, curves = self.recipe.optimisation, self.curves
        gradient = self.gradients if self.mask is None else self.gradients * self.mask
        scaled_norm = float(gradient.norm())
        limit = self._limit(step)
        curves.steps["grad_norm"][step] = scaled_norm / self.scale
        if self.scaled:
            curves.steps["loss_scale"][step] = self.scale
            if not math.isfinite(scaled_norm):
                self.scale, self.good_steps = max(1.0, self.scale / 2), 0
                curves.skipped += 1
                return
        if spec.clip:
            curves.clipped += spec.clip_by != "value" and scaled_norm > limit
            clip(gradient, scaled_norm, limit, spec)
        if spec.updates not in {"no_step"}:
            self.optimizer.step(gradient / self.scale if self.scaled else gradient, rate)
        if self.scaled:
            self.good_steps += 1
            if self.good_steps >= self.recipe.arithmetic.scale_growth:
                self.scale, self.good_steps = self.scale * 2, 0

    def _limit(self, step: int) -> float:
        """The norm to which a gradient is shortened; infinite while there is no norm to compare with."""
        spec = self.recipe.optimisation
        limit = spec.clip
        if spec.clip_by == "percentile":
            before = self.curves.steps["grad_norm"][max(0, step - 200) : step]
            limit = float(np.nanpercentile(before, spec.clip)) if np.isfinite(before).any() else math.inf
        return limit * self.scale if spec.clip and not spec.clip_before_unscale else limit

    def _rate(self, step: int) -> float:
        steps = self.recipe.steps
        return self.rate_factor * rate_at(
            step - self.schedule_start, self.recipe.optimisation, steps, self.recipe.steps_per_epoch
        )

    def _print_mean(self, step: int, place: int) -> None:
        """Print the mean of the epoch so far instead of the batch."""
        before = self.curves.steps["loss"][step - 1] if place else 0.0
        now = self.curves.steps["loss"][step]
        self.curves.steps["loss"][step] = (before * place + now) / (place + 1)

    def _restart(self, step: int) -> None:
        running = self.recipe.running
        self.curves.resumes.append(step)
        self.rate_factor *= running.restart_rate
        if running.restart_optimizer == "lost":
            self.optimizer.forget()
            self.scale = self.recipe.arithmetic.loss_scale if self.scaled else 1.0
        if running.restart_schedule == "lost":
            self.schedule_start = step
        if running.restart_order == "lost":
            self.order.start_again()
            self.order.begin_epoch(step)

    def _machine(self, step: int) -> None:
        spec = self.recipe.arithmetic
        if step >= spec.wrong_from * self.recipe.steps:
            self.switch(True)
            if spec.arithmetic == "flips":
                arithmetic.flip(self.weights, spec, self.chips)

    def _evaluate(self, step: int, every: int) -> None:
        losses, hits = (self.curves.steps[name][step - step % every : step + 1] for name in ("loss", "accuracy"))
        if self.recipe.running.printed == "running_mean":
            losses = losses[-1:]
        found = self.evaluation.of_program(self.x_val, self.y_val, self.hidden_val)
        self.curves.rounds.append((step, float(np.mean(losses)), float(np.mean(hits)), found))
        history = [m.loss for _, _, _, m in self.curves.rounds]
        patient = self.recipe.optimisation.schedule != "plateau" or len(history) % 4 or len(history) == 4
        if not patient and min(history[-4:]) > min(history[:-4]) * 0.999:
            self.rate_factor *= self.recipe.optimisation.decay

    def _gave_up(self) -> bool:
        patience = self.recipe.running.patience
        history = [m.loss for _, _, _, m in self.curves.rounds]
        return (
            bool(patience)
            and len(history) > patience
            and int(np.nanargmin([*history, np.inf])) < len(history) - patience
        )

    def _look(self, step: int) -> None:
        hidden = _hidden_rows(self.recipe, self.probe[0])
        loss = self.evaluation.truly(*self.probe, hidden).loss
        true = self.evaluation.truly(*self.true).loss
        self.curves.probes.append((step, loss, true))

    def _fill(self, begin: int, every: int) -> None:
        """The rest of a run whose weights are not numbers: everything it logs is NaN, but for the rate."""
        curves, steps = self.curves, self.recipe.steps
        for step in range(begin, steps):
            curves.steps["rate"][step] = self._rate(step)
            curves.steps["loss_scale"][step] = self.scale if self.scaled else math.nan
        last = self.evaluation.of_program(self.x_val, self.y_val, self.hidden_val)
        right = last.accuracy if not math.isnan(last.accuracy) else math.nan
        for step in range(begin, steps):
            curves.steps["accuracy"][step] = right
            if (step + 1) % every == 0 or step == steps - 1:
                curves.rounds.append((step, math.nan, right, last))

    def _record(self, start: Tensor, done: int, seconds: float) -> Record:
        curves, recipe = self.curves, self.recipe
        rounds, probes = curves.rounds, curves.probes
        lost = not bool(torch.isfinite(self.weights).all())
        truth = {
            "quality_train": self.evaluation.quality(*self.probe),
            "quality_true": self.evaluation.quality(*self.true),
            "dead_units": dead_share(self.net.eval(), self.probe[0], None),
            "weights_start": float(start.norm()),
            "weights_end": float(self.weights.norm()),
            "weights_changed": float(lost or not torch.equal(start, self.weights)),
            "weights_nan": float(lost),
            "skipped": float(curves.skipped),
            "clipped": curves.clipped / max(1, done),
            "seconds": seconds,
        }
        short = {name: values[:done] for name, values in curves.steps.items()}
        if not self.scaled:
            short["loss_scale"] = short["loss_scale"][:0]
        terms = list(curves.parts)
        return Record(
            **short,
            epoch=(np.arange(done) // recipe.steps_per_epoch).astype(np.int32),
            epoch_loss=_floats([r[1] for r in rounds]),
            epoch_accuracy=_floats([r[2] for r in rounds]),
            val_loss=_floats([r[3].loss for r in rounds]),
            val_accuracy=_floats([r[3].accuracy for r in rounds]),
            evaluated=np.array([r[0] for r in rounds], dtype=np.int32),
            probe_step=np.array([p[0] for p in probes], dtype=np.int32),
            probe_loss=_floats([p[1] for p in probes]),
            probe_val=_floats([p[2] for p in probes]),
            steps_per_epoch=recipe.steps_per_epoch,
            resumes=tuple(curves.resumes),
            parts={name: values[:done] for name, values in curves.parts.items()},
            val_parts={name: _floats([r[3].parts.get(name, math.nan) for r in rounds]) for name in terms},
            truth=truth,
        )


def _floats(values: list[float]) -> np.ndarray:
    return np.array(values, dtype=np.float32)


def _hidden_rows(recipe: Recipe, x: Tensor) -> Tensor | None:
    """Queries with every key masked, in a share of the samples: the last quarter of the sequence."""
    if not recipe.network.hidden_rows or recipe.network.kind != "transformer":
        return None
    hit = torch.from_numpy(np.random.default_rng([recipe.seed, 4]).uniform(size=len(x)) < recipe.network.hidden_rows)
    late = torch.arange(x.shape[1]) >= 3 * x.shape[1] // 4
    return hit[:, None] & late[None]
