"""A recipe: everything that one run depends on, as plain values. The defaults are sound; a fault is another value.

A field name stands in one group only, so `recipe.but(rate=0.1, label_noise=0.2)` needs no group names.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from functools import cache
from typing import Any


@dataclass(frozen=True)
class Data:
    """The data set, its nature first, then how it is prepared, then what may be wrong with it.

    Args:
        task: a name of `tasks.TASKS`.
        samples, held_out: training and validation samples.
        features: inputs of a generated table, or channels of a time series.
        classes: classes, or size of the vocabulary of a sequence task.
        length: time steps of a sequence.
        noise: spread of what cannot be learnt, in units of the task's own spread.
        separation: distance of the blobs' centres.
        label_noise: share of labels that nature draws at random, in training and validation alike.
        imbalance: share of the rarest class; 0 for balanced classes.
        dominant: share of class 0, the others have the rest in equal parts; 0 for balanced classes.
        late_share: share of samples that come into the training only after `late_from` (share of the run).
        order: `every_epoch` shuffles, `once` keeps one order, `as_is` takes the file's, `sorted` is by target,
            `in_place` shuffles the inputs of the arrays and forgets the labels every epoch, `overwritten` swaps rows
            through views every epoch, so that some stand there twice and others are gone; `overwritten_once` did so
            before the first epoch and shuffles soundly from then on.
        file_sorted: 0..1, how far the rows of the file are sorted by target; seen where the order is `as_is`.
        drop_last: leaves out the last, smaller batch.
        augmentation, augmentation_kind: strength, and `noise`, `erase`, `shift` or `blend` (of two samples).
        odd_batch, odd_size: share of the run at which one batch is drowned in noise (0 for none), and in how much.
        input_scale, input_offset, input_uneven: raw inputs x * scale * uneven**(column / columns) + offset.
        target_scale, target_shift: raw targets y * scale + shift, of numbers only.
        mislabelled: share of training labels that are drawn anew (numbers: replaced by another sample's).
        label_map: `right`, `from_one` (ids start at 1), `swapped` (classes 0 and 1 are one), `merged` (pairs).
        misaligned, misaligned_by: share of training rows whose targets went elsewhere, `permuted` or `shifted`.
        misaligned_validation: the validation rows have the same fault.
        nan_samples, nan_where, nan_value: count of records with NaN in `input` or `target`; `inf` is the other value.
        outlier_samples, outlier_size, outlier_where: count of absurd records, how many spreads off, and in what.
        leaked: share of validation rows that are copies of training rows.
        leaked_feature: 0..1, how clearly one more feature (or the inputs of both) tells the answer.
        shift, shift_size: what differs in the validation data: `none`, `scaled`, `noisy`, `moved`, `label_map`,
            `columns` (features in another order), `easier`.
        empty_targets: share of samples without a valid target (all ignored); `empty_together` makes them neighbours.
        padding: share of sequences that end early, their last targets ignored.
        invalid_boxes: count of boxes with corners swapped (log of a negative number) or, every other, without width.
        long_targets: count of targets longer than their input.

    """

    task: str = "digits"
    samples: int = 1000
    held_out: int = 400
    features: int = 10
    classes: int = 10
    length: int = 16
    noise: float = 0.3
    separation: float = 3.0
    label_noise: float = 0.0
    imbalance: float = 0.0
    dominant: float = 0.0
    late_share: float = 0.0
    late_from: float = 0.7
    order: str = "every_epoch"
    file_sorted: float = 0.0
    drop_last: bool = False
    augmentation: float = 0.0
    augmentation_kind: str = "noise"
    odd_batch: float = 0.0
    odd_size: float = 3.0
    input_scale: float = 1.0
    input_offset: float = 0.0
    input_uneven: float = 1.0
    target_scale: float = 1.0
    target_shift: float = 0.0
    mislabelled: float = 0.0
    label_map: str = "right"
    misaligned: float = 0.0
    misaligned_by: str = "permuted"
    misaligned_validation: bool = True
    nan_samples: int = 0
    nan_where: str = "input"
    nan_value: str = "nan"
    outlier_samples: int = 0
    outlier_size: float = 100.0
    outlier_where: str = "input"
    leaked: float = 0.0
    leaked_feature: float = 0.0
    shift: str = "none"
    shift_size: float = 0.0
    empty_targets: float = 0.0
    empty_together: bool = True
    padding: float = 0.0
    invalid_boxes: int = 0
    long_targets: int = 0


@dataclass(frozen=True)
class Network:
    """The network and what may be wrong with its structure.

    Args:
        kind: `dense`, `conv`, `recurrent` or `transformer`.
        depth, width: hidden layers, and units, channels or model width of each.
        bottleneck: units of the middle hidden layer of a dense network; 0 for `width`.
        activation: `relu`, `leaky`, `gelu`, `elu`, `tanh`, `sigmoid`, `softmax` or `none`.
        output: activation of the last layer: `linear`, `relu`, `sigmoid`, `tanh` or `softmax`.
        extra_outputs: outputs beyond what the task needs; negative for too few.
        init, init_scale: `default`, `he`, `xavier`, `orthogonal`, `normal` (spread `init_scale`), `constant` (biases
            zero); the others are multiplied by the scale. `init_bias` is added to hidden biases.
        head_scale: multiplies the start weights of the last layer.
        norm: `none`, `batch` or `layer`; `norm_momentum` of the running statistics.
        dropout, residual: as their names say.
        cell: `gru`, `lstm` or `rnn` of a recurrent network.
        heads: of attention.
        attention_scale: multiplies the scores beside 1/sqrt(width of a head); `query_norm` bounds them.
        hidden_rows: share of samples that have a query with every key masked; `hidden_rows_used` says whether the
            outputs of these rows enter the loss.
        future_visible: the causal mask is missing.
        pool_kernel, pool_stride, pooling: of the convolutions; `torch`, or `caffe` that keeps windows past the edge.
        logit_scale: multiplies the outputs.

    """

    kind: str = "dense"
    depth: int = 2
    width: int = 64
    bottleneck: int = 0
    activation: str = "relu"
    output: str = "linear"
    extra_outputs: int = 0
    init: str = "default"
    init_scale: float = 1.0
    init_bias: float = 0.0
    head_scale: float = 1.0
    norm: str = "none"
    norm_momentum: float = 0.1
    dropout: float = 0.0
    residual: bool = False
    cell: str = "gru"
    heads: int = 2
    attention_scale: float = 1.0
    query_norm: bool = False
    hidden_rows: float = 0.0
    hidden_rows_used: bool = False
    future_visible: bool = False
    pool_kernel: int = 2
    pool_stride: int = 2
    pooling: str = "torch"
    logit_scale: float = 1.0


@dataclass(frozen=True)
class Objective:
    """What is minimised.

    Args:
        loss: a name of `objectives.LOSSES`; `""` for the one that fits the task.
        sign: -1 maximises.
        reduction: `mean` or `sum` over samples, `root` of the mean, or `rare_class` and `foreground`, which divide
            by a count that can be zero, or `by_hand`, sum over valid targets by their number.
        loss_factor: multiplies what is minimised and printed.
        term_weights: of the loss terms, in order.
        second_term: `none`, `output_size` (mean square), `pixels` (a sum of squares in raw units), `entropy`.
        guard: epsilon inside logarithms and denominators of hand-written losses.
        label_smoothing, rare_weight: of cross-entropy; the weight of the last class, which is the rare one.
        out_of_range: a class id beyond the outputs is an `error`, or `nan` as on some devices, or `clipped`.

    """

    loss: str = ""
    sign: float = 1.0
    reduction: str = "mean"
    loss_factor: float = 1.0
    term_weights: tuple[float, ...] = (1.0, 1.0)
    second_term: str = "none"
    guard: float = 1e-7
    label_smoothing: float = 0.0
    rare_weight: float = 1.0
    out_of_range: str = "error"


@dataclass(frozen=True)
class Optimisation:
    """How the weights are moved.

    Args:
        optimizer: `sgd`, `momentum`, `nesterov`, `adam`, `adamw` or `rmsprop`.
        rate, momentum, beta1, beta2, epsilon, weight_decay: its settings; `bias_correction` of Adam.
        schedule: a name of `optimisation.SCHEDULES`, sound and broken ones.
        horizon: step at which a schedule believes the run to end; 0 for the true end.
        decay, milestones, cycle, floor: factor of step and exponential schedules, shares of the run at which a step
            comes, length of a restart cycle as a share of the run, and the least share of the rate.
        warmup: steps of linear rise.
        clip, clip_by: 0 for none; `norm`, `value`, or `percentile` of earlier norms; `clip_before_unscale` is a fault.
        accumulation, accumulation_divided: micro-batches per update; whether their gradients are averaged.
        accumulation_reset: the gradients are cleared per update; `each_micro_batch` loses all but the last.
        zero_grad: the gradients are cleared at all; every `zero_grad_every` updates.
        updates: `right`, `no_step`, `detached`, `last_bias` (the optimizer holds one bias only), `other_copy`.
        frozen: parts that take no updates: `none`, `body`, `head`, `first`, `all`.
        batch, epochs, steps: `steps` overrides `epochs` unless 0.

    """

    optimizer: str = "sgd"
    rate: float = 0.1
    momentum: float = 0.9
    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8
    bias_correction: bool = True
    weight_decay: float = 0.0
    schedule: str = "constant"
    horizon: int = 0
    decay: float = 0.1
    milestones: tuple[float, ...] = (0.5, 0.75)
    cycle: float = 0.25
    floor: float = 0.0
    warmup: int = 0
    clip: float = 0.0
    clip_by: str = "norm"
    clip_before_unscale: bool = False
    accumulation: int = 1
    accumulation_divided: bool = True
    accumulation_reset: str = "each_update"
    zero_grad: bool = True
    zero_grad_every: int = 1
    updates: str = "right"
    frozen: str = "none"
    batch: int = 32
    epochs: int = 30
    steps: int = 0


@dataclass(frozen=True)
class Arithmetic:
    """The number format, and machines that compute wrongly.

    Args:
        precision: `fp32`; `bf16` and `fp16_scaled` are mixed precision, the latter with loss scaling; `fp16` has no
            scaling; `bf16_weights` and `fp16_weights` keep the weights and the optimizer's state in the format too.
        range_used: how many times larger the inner values of the imitated network are than ours. Only overflow and
            underflow notice it.
        loss_scale, scale_growth: start of the dynamic scale, and after how many good steps it doubles.
        arithmetic: `right`, `wrong_product` (the last outputs of each layer are those of another sample), `flips`
            (single weights are hit).
        wrong_from, wrong_size: share of the run from which on, and how wrong: the share of a layer's outputs, or 50
            times the chance of a hit at a step.

    """

    precision: str = "fp32"
    range_used: float = 1.0
    loss_scale: float = 65536.0
    scale_growth: int = 200
    arithmetic: str = "right"
    wrong_from: float = 0.0
    wrong_size: float = 1.0


@dataclass(frozen=True)
class Running:
    """The program around the training: restarts, evaluation, what it prints, when it stops.

    Args:
        restarts: shares of the run after which the program is started anew from its last checkpoint.
        restart_optimizer, restart_schedule, restart_order: `kept` or `lost` at a restart.
        restart_rate: multiplies the rate after a restart.
        evaluate_every: steps between evaluations; 0 for the end of each epoch.
        evaluation_mode: `evaluation`, `train` (never switched), `never_back` (train mode is not set again), or
            `swapped` (each is taken for the other).
        metric: `accuracy`, `float_equality`, `shifted_ids`, `threshold_on_logits`, `constant_class`, `none`.
        printed: `batch` prints each step's loss; `running_mean` the mean of the epoch so far.
        patience: evaluations without a better validation loss after which the program stops; 0 for never.

    """

    restarts: tuple[float, ...] = ()
    restart_optimizer: str = "kept"
    restart_schedule: str = "kept"
    restart_order: str = "kept"
    restart_rate: float = 1.0
    evaluate_every: int = 0
    evaluation_mode: str = "evaluation"
    metric: str = "accuracy"
    printed: str = "batch"
    patience: int = 0


@dataclass(frozen=True)
class Recipe:
    """One run. Equal recipes train alike on one machine."""

    data: Data = field(default_factory=Data)
    network: Network = field(default_factory=Network)
    objective: Objective = field(default_factory=Objective)
    optimisation: Optimisation = field(default_factory=Optimisation)
    arithmetic: Arithmetic = field(default_factory=Arithmetic)
    running: Running = field(default_factory=Running)
    seed: int = 0

    def but(self, **fields: Any) -> Recipe:
        """The same recipe with other values, named without their group: `but(rate=0.1, width=8)`.

        Raises:
            TypeError: there is no such field.

        """
        groups: dict[str, dict[str, Any]] = {}
        for name, value in fields.items():
            if name not in group_of_fields():
                raise TypeError(f"expected a field of a recipe, found {name!r}")
            groups.setdefault(group_of_fields()[name], {})[name] = value
        seed = groups.pop("", {})
        new = {group: dataclasses.replace(getattr(self, group), **values) for group, values in groups.items()}
        return dataclasses.replace(self, **new, **seed)

    def get(self, name: str) -> Any:
        """The value of a field, named without its group."""
        group = group_of_fields()[name]
        return getattr(getattr(self, group), name) if group else getattr(self, name)

    @property
    def steps_per_epoch(self) -> int:
        """Optimizer steps of one pass over the training samples."""
        size = self.optimisation.batch * self.optimisation.accumulation
        whole, rest = divmod(self.data.samples, size)
        return max(1, whole + (1 if rest and not self.data.drop_last else 0))

    @property
    def steps(self) -> int:
        """Optimizer steps of the whole run."""
        return self.optimisation.steps or self.optimisation.epochs * self.steps_per_epoch


@cache
def group_of_fields() -> dict[str, str]:
    """Field name -> the group that it stands in, `""` for the seed."""
    groups = {f.name: f.default_factory for f in dataclasses.fields(Recipe) if f.name != "seed"}
    found = {f.name: group for group, made in groups.items() for f in dataclasses.fields(made)}
    return {**found, "seed": ""}


def recipe_of(plain: dict[str, Any]) -> Recipe:
    """The recipe that `dataclasses.asdict` and JSON made plain."""
    made = {f.name: f.default_factory for f in dataclasses.fields(Recipe) if f.name != "seed"}

    def group(kind: Any, values: dict[str, Any]) -> Any:
        return kind(**{name: tuple(v) if isinstance(v, list) else v for name, v in values.items()})

    return Recipe(**{name: group(kind, plain[name]) for name, kind in made.items()}, seed=plain["seed"])
