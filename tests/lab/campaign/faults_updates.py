"""Faults of what becomes of a gradient: the optimizer and its state, sums over batches, clipping, depth and time."""

from __future__ import annotations

import numpy as np

from .faults_rates import MOST_STEPS, needs_warmup
from .injection import Injection, log_uniform
from .recipe import Recipe
from .tasks import TASKS

ADAPTIVE = frozenset({"adam", "adamw", "rmsprop"})
PLAIN = frozenset({"sgd", "momentum", "nesterov"})


def _is_calm(recipe: Recipe) -> bool:
    """A long run of Adam without the noise of batches, held by a raised epsilon."""
    spec = recipe.optimisation
    whole = spec.batch >= recipe.data.samples and recipe.steps >= 800
    return whole and spec.optimizer in {"adam", "adamw"} and spec.epsilon > 1e-4


def _calm_until_unstable(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """An epsilon that bounds nothing: the second moment sinks with the gradient until the steps are too long."""
    if not _is_calm(recipe) or TASKS[recipe.data.task].kind != "regression":
        return None
    epsilon, beta2 = float(rng.choice([1e-7, 1e-8, 1e-12])), float(rng.choice([0.999, 0.999, 0.98, 0.9999]))
    return recipe.but(epsilon=epsilon, beta2=beta2, rate=recipe.optimisation.rate * log_uniform(rng, 1.0, 2.5))


def _gradient_after_calm(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """The same epsilon, and records that come late bring the first larger gradient in a long time."""
    if not _is_calm(recipe):
        return None
    epsilon, beta2 = float(rng.choice([1e-7, 1e-8, 1e-12])), float(rng.choice([0.999, 0.999, 0.9999]))
    share = max(log_uniform(rng, 0.005, 0.02), 1.2 / recipe.data.samples)
    return recipe.but(epsilon=epsilon, beta2=beta2, late_share=share, late_from=float(rng.uniform(0.5, 0.85)))


def _plain_for_adaptive(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """Plain descent where gradients differ in size, at Adam's rate or at one that is usual elsewhere."""
    if recipe.optimisation.optimizer not in ADAPTIVE:
        return None
    kept = rng.uniform() < 0.4
    rate = recipe.optimisation.rate if kept else log_uniform(rng, 0.003, 0.05)
    return recipe.but(optimizer="sgd", rate=rate)


def _adaptive_at_plain_rate(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """RMSprop or Adam with a rate that is usual for SGD; RMSprop's first steps are ten times that rate."""
    if recipe.optimisation.optimizer not in PLAIN or needs_warmup(recipe):
        return None
    rate = max(recipe.optimisation.rate, log_uniform(rng, 0.03, 0.4))
    return recipe.but(optimizer=str(rng.choice(["rmsprop", "adam"])), rate=rate)


def _momentum_misset(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """A memory so long that the effective rate is tenfold or more, or momentum taken away at the rate it needed."""
    spec = recipe.optimisation
    longer = float(rng.choice([0.98, 0.99, 0.995, 0.999]))
    if spec.optimizer in {"momentum", "nesterov"}:
        return recipe.but(optimizer="sgd") if rng.uniform() < 0.3 else recipe.but(momentum=longer)
    if spec.optimizer == "sgd":
        return recipe.but(optimizer="momentum", momentum=longer)
    return None


def _state_lost(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """One to three restarts from the weights alone; often the rate goes back to its start with them."""
    spec = recipe.optimisation
    if spec.optimizer not in ADAPTIVE or recipe.steps < 100:
        return None
    count = int(rng.choice([1, 1, 1, 2, 3]))
    restarts = tuple(sorted(float(share) for share in rng.uniform(0.5, 0.92, size=count)))
    changed, rate_lost = recipe, rng.uniform() < 0.6
    if rate_lost and spec.schedule == "constant":
        changed = recipe.but(schedule="step", decay=float(rng.choice([0.1, 0.03])), milestones=(0.45,))
    return changed.but(
        restarts=restarts,
        restart_optimizer="lost",
        restart_schedule="lost" if rate_lost and spec.schedule != "plateau" else "kept",
        restart_order=str(rng.choice(["kept", "lost"])),
    )


def _never_zeroed(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    return recipe.but(zero_grad=False)


def _zeroed_seldom(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """Gradients are cleared once an epoch, or every few steps; the updates go on at each step."""
    every = recipe.steps_per_epoch if rng.uniform() < 0.5 else int(rng.integers(5, 60))
    return recipe.but(zero_grad_every=max(5, every)) if recipe.steps_per_epoch >= 8 else None


def _micro_batches(recipe: Recipe, rng: np.random.Generator) -> dict[str, int] | None:
    """The same batch in parts; None where it is too small or the run would take too long."""
    spec = recipe.optimisation
    most = min(spec.batch // 2, 2 * MOST_STEPS[recipe.network.kind] // recipe.steps, 32)
    if most < 4 or recipe.network.norm == "batch":
        return None
    parts = int(rng.choice([k for k in (4, 6, 8, 12, 16, 24, 32) if k <= most]))
    return {"accumulation": parts, "batch": max(1, spec.batch // parts), "steps": recipe.steps,
            "evaluate_every": recipe.running.evaluate_every or recipe.steps_per_epoch}  # fmt: skip


def _sum_not_divided(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    parts = _micro_batches(recipe, rng)
    return None if parts is None else recipe.but(accumulation_divided=False, **parts)


def _parts_lost(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """Each part of the batch clears what the parts before it left, and the loss is divided by their number."""
    parts = _micro_batches(recipe, rng)
    return None if parts is None else recipe.but(accumulation_reset="each_micro_batch", **parts)


def _clip_too_tight(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """A limit far below the usual norm (about 1), which adaptive optimizers would not notice."""
    if recipe.optimisation.optimizer not in PLAIN:
        return None
    if rng.uniform() < 0.25:
        return recipe.but(clip=log_uniform(rng, 1e-5, 3e-3), clip_by="value")
    return recipe.but(clip=log_uniform(rng, 5e-4, 0.1), clip_by="norm")


def _clip_before_unscale(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """The limit meets gradients that the loss scale has made 2**8 to 2**16 times longer."""
    if recipe.optimisation.optimizer not in PLAIN:
        return None
    scale = float(2 ** int(rng.integers(8, 17)))
    return recipe.but(
        precision="fp16_scaled",
        loss_scale=scale,
        clip=float(rng.choice([0.5, 1.0, 5.0, 10.0])),
        clip_before_unscale=True,
    )


def _explodes_in_depth(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """Many layers, each a little too strong, without norm, way around or clipping."""
    if recipe.network.kind not in {"dense", "conv"} or recipe.optimisation.batch >= recipe.data.samples:
        return None
    conv = recipe.network.kind == "conv"
    depth = int(rng.integers(6, 11)) if conv else int(rng.integers(8, 21))
    # The signal grows by gain**depth: from 8 to 2000 times over all layers.
    gain = log_uniform(rng, 8, 2000) ** (1 / depth)
    return recipe.but(depth=depth, norm="none", residual=False, init="he", init_scale=gain, clip=0.0, bottleneck=0)


def _explodes_in_time(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """A plain recurrence whose weights stretch what passes, over more steps, without clipping."""
    if recipe.network.kind != "recurrent" or TASKS[recipe.data.task].kind == "alignment":
        return None
    length = int(rng.integers(24, 49))
    # Every step multiplies by the gain: from 50 to a million times over the whole sequence.
    gain = log_uniform(rng, 50, 1e6) ** (1 / length)
    steps = min(recipe.steps, 350)
    return recipe.but(
        length=length, cell="rnn", activation="relu", init="orthogonal", init_scale=gain, norm="none", clip=0.0,
        **_shorter(recipe, steps),
    )  # fmt: skip


def _shorter(recipe: Recipe, steps: int) -> dict[str, int]:
    every = recipe.running.evaluate_every or recipe.steps_per_epoch
    return {"steps": steps, "evaluate_every": max(1, round(every * steps / recipe.steps))}


def _vanishes_in_depth(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """Stacked sigmoids, or many layers of weights that are too small, without norm or way around."""
    if recipe.network.kind not in {"dense", "conv"}:
        return None
    conv = recipe.network.kind == "conv"
    plain = {"norm": "none", "residual": False, "bottleneck": 0}
    if rng.uniform() < 0.5:
        return recipe.but(depth=int(rng.integers(4, 8 if conv else 13)), activation="sigmoid", **plain)
    depth = int(rng.integers(5, 10 if conv else 17))
    activation = str(rng.choice(["relu", "tanh", "gelu"]))
    return recipe.but(
        depth=depth, activation=activation, init="xavier", init_scale=float(rng.uniform(0.2, 0.7)), **plain
    )


def _vanishes_in_time(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """A plain recurrence over a long sequence whose answer also lies at its beginning."""
    long = recipe.data.task in {"adding", "tokens", "parity"}
    if recipe.network.kind != "recurrent" or recipe.network.norm != "none" or not long:
        return None
    length = int(rng.integers(30, 61))
    scale = float(rng.uniform(0.3, 0.8))
    steps = min(recipe.steps, 350)
    return recipe.but(length=length, cell="rnn", activation="tanh", init_scale=scale, **_shorter(recipe, steps))


def _grows_without_bound(recipe: Recipe, rng: np.random.Generator) -> Recipe | None:
    """Nothing holds the weights of a ReLU network any more, until some wrong samples meet logits grown too large."""
    spec, net = recipe.optimisation, recipe.network
    held = spec.weight_decay >= 2e-3 and not spec.clip and net.activation in {"relu", "leaky"} and net.norm == "none"
    if not held or recipe.steps < 900 or TASKS[recipe.data.task].kind != "classification":
        return None
    wrong = max(log_uniform(rng, 0.002, 0.02), 1.2 / recipe.data.samples)
    return recipe.but(
        weight_decay=0.0, dropout=0.0, rate=spec.rate * log_uniform(rng, 1.0, 1.6), late_share=wrong,
        late_from=float(rng.uniform(0.5, 0.85)),
    )  # fmt: skip


_ADAM, _UNSUITED = ("adam_second_moment_collapse",), ("optimizer_unsuited",)
_NOT_ZEROED, _ACCUMULATION = ("gradients_not_zeroed",), ("gradient_accumulation_wrong",)
_CLIPPING = ("gradient_clipping_misused",)
_EXPLODING, _VANISHING = ("exploding_gradients",), ("vanishing_gradients",)

FAULTS = (
    Injection("calm_until_unstable", _ADAM, _calm_until_unstable),
    Injection("large_gradient_after_calm", _ADAM, _gradient_after_calm),
    Injection("plain_for_adaptive", _UNSUITED, _plain_for_adaptive),
    Injection("adaptive_at_plain_rate", _UNSUITED, _adaptive_at_plain_rate),
    Injection("momentum_misset", _UNSUITED, _momentum_misset),
    Injection("optimizer_state_lost", ("optimizer_state_lost_on_resume",), _state_lost),
    Injection("gradients_never_zeroed", _NOT_ZEROED, _never_zeroed),
    Injection("gradients_zeroed_seldom", _NOT_ZEROED, _zeroed_seldom),
    Injection("accumulated_sum_not_divided", _ACCUMULATION, _sum_not_divided),
    Injection("accumulated_parts_lost", _ACCUMULATION, _parts_lost),
    Injection("clip_too_tight", _CLIPPING, _clip_too_tight),
    Injection("clip_before_unscale", _CLIPPING, _clip_before_unscale),
    Injection("explodes_in_depth", _EXPLODING, _explodes_in_depth),
    Injection("explodes_in_time", _EXPLODING, _explodes_in_time),
    Injection("vanishes_in_depth", _VANISHING, _vanishes_in_depth),
    Injection("vanishes_in_time", _VANISHING, _vanishes_in_time),
    Injection("weights_grow_without_bound", ("unbounded_weight_growth",), _grows_without_bound),
)
PAIRS: tuple[Injection, ...] = ()
