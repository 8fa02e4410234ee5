"""What a checkpoint holds beside the weights: the optimizer's settings and moments, and whether a run can go on."""

from __future__ import annotations

import math
from collections.abc import Iterable

from triage.intake.artifacts.checkpoint import Checkpoint
from triage.intake.artifacts.looked import Looked, place_of
from triage.intake.artifacts.summaries import Summary
from triage.intake.found import Found, Place, Stated, Told, shows

__all__ = ["optimizer_told"]

SQUARES = "exp_avg_sq"
SOME = 0.05
"""Share of the numbers below epsilon from which on it is worth a note."""

MOMENTS = frozenset({SQUARES, "exp_avg", "momentum_buffer", "square_avg", "max_exp_avg_sq"})


def optimizer_told(looked: Looked) -> Told:
    """Settings are stated, what the moments show is found, and so is an optimizer that is missing."""
    checkpoint = looked.checkpoint
    place = Place(checkpoint.file)
    found = [*_class(checkpoint, place), *_resumable(checkpoint, place), *_precision(looked), *_no_gradient(looked)]
    return Told(tuple(_stated(checkpoint, place)), tuple(found), tuple(_notes(looked)))


def _stated(checkpoint: Checkpoint, place: Place) -> Iterable[Stated]:
    name = _optimizer(checkpoint)
    if name:
        yield Stated("optimizer", name, place)
    groups = checkpoint.groups
    rates = [rate for group in groups if (rate := _number(group.get("max_lr")) or _number(group.get("initial_lr")))]
    if rates:
        yield Stated("learning_rate", max(rates), Place(place.file, words=f"initial_lr: {max(rates):g}"))
    decays = [decay for group in groups if (decay := _number(group.get("weight_decay"))) is not None]
    if decays:
        yield Stated("weight_decay", max(decays), Place(place.file, words=f"weight_decay: {max(decays):g}"))
    first = groups[0] if groups else {}
    betas = first.get("betas")
    pair = betas if isinstance(betas, tuple | list) and len(betas) == 2 else (None, None)
    named = {"epsilon": first.get("eps"), "beta1": pair[0], "beta2": pair[1], "momentum": first.get("momentum")}
    for what, value in named.items():
        number = _number(value)
        if number is not None:
            yield Stated(what, number, Place(place.file, words=f"{what}: {number:g}"))


def _optimizer(checkpoint: Checkpoint) -> str:
    """Told by the settings that only one class has; AdamW has said so since PyTorch 2.7."""
    if "optimizer" in checkpoint.words:
        return checkpoint.words["optimizer"]
    settings = checkpoint.groups[0] if checkpoint.groups else {}
    if "betas" in settings and "amsgrad" in settings and "decoupled_weight_decay" in settings:
        return "adamw" if settings["decoupled_weight_decay"] is True else "adam"
    if {"momentum", "dampening", "nesterov"} <= settings.keys():
        return "sgd"
    if {"alpha", "centered", "momentum"} <= settings.keys():
        return "rmsprop"
    return "adagrad" if {"lr_decay", "initial_accumulator_value"} <= settings.keys() else ""


def _class(checkpoint: Checkpoint, place: Place) -> list[Found]:
    """Adam and AdamW keep the same settings in older PyTorch."""
    settings = checkpoint.groups[0] if checkpoint.groups else {}
    if _optimizer(checkpoint) or not {"betas", "eps", "amsgrad"} <= settings.keys():
        return []
    message = "The optimizer in the checkpoint has the settings of Adam or AdamW."
    return [Found("optimizer", {"adam": 0.49, "adamw": 0.49}, message, Place(place.file, words="betas, eps, amsgrad"))]


def _resumable(checkpoint: Checkpoint, place: Place) -> list[Found]:
    """Only of a checkpoint that counts its steps: it is meant to be taken up again, others may be meant for use."""
    unit = next((unit for unit in ("step", "epoch") if checkpoint.progress.get(unit, 0.0) >= 1.0), None)
    if unit is None or not checkpoint.weights or checkpoint.format != "pytorch":
        return []
    at = f"{unit} {checkpoint.progress[unit]:,.0f}"
    likelihood = {"optimizer_or_schedule_missing": 0.7, "all_restored": 0.22, "data_position_lost": 0.06}
    if "optimizer" not in checkpoint.parts:
        return [Found("resume_state", likelihood, f"The checkpoint of {at} holds no optimizer.", place)]
    adaptive = any("betas" in group for group in checkpoint.groups)
    if adaptive and "moments" not in checkpoint.parts:
        return [Found("resume_state", likelihood, f"The optimizer in the checkpoint of {at} has no moments.", place)]
    return []


def _precision(looked: Looked) -> list[Found]:
    """Only where the moments stand beside the weights: weights alone are often converted for use."""
    checkpoint = looked.checkpoint
    place = Place(checkpoint.file)
    if "scaler" in checkpoint.parts:
        return [shows("precision", "fp16_amp", "A gradient scaler stands in the checkpoint.", place, 0.93)]
    kinds = {tensor.kind.name for tensor, _ in looked.matrices()}
    kept = {moment.tensor.kind.name for moment in checkpoint.moments if moment.slot in MOMENTS}
    states = {"F16": ("fp16_pure", "fp16"), "BF16": ("bf16", "bf16"), "F64": ("tf32_or_other", "float64")}
    if len(kinds) != 1 or kinds != kept or not kinds <= states.keys():
        return []
    state, name = states[kinds.pop()]
    tensor = next(tensor for tensor, _ in looked.matrices())
    message = f"The weights and the moments of the optimizer are stored in {name}."
    return [shows("precision", state, message, place_of(tensor), 0.95)]


def _squares(looked: Looked) -> list[tuple[float, Summary]]:
    """Adam's second moments, each with its epsilon."""
    moments = (moment for moment in looked.checkpoint.moments if moment.slot == SQUARES)
    summaries = ((moment.epsilon, looked.summaries[moment.tensor.name]) for moment in moments)
    return [(epsilon, summary) for epsilon, summary in summaries if summary.count]


def _no_gradient(looked: Looked) -> list[Found]:
    squares = _squares(looked)
    moments = [moment for moment in looked.checkpoint.moments if moment.slot == SQUARES]
    if not squares or any(summary.largest or summary.broken for _, summary in squares):
        return []
    message = "Adam's second moment is exactly zero in all layers, so no gradient has ever come in."
    return [shows("gradients_by_layer", "zero_everywhere", message, place_of(moments[0].tensor), 0.85)]


def _notes(looked: Looked) -> Iterable[str]:
    squares = [(epsilon, summary) for epsilon, summary in _squares(looked) if epsilon > 0.0]
    count = sum(summary.count for _, summary in squares)
    below = sum(summary.below for _, summary in squares)
    if count and below > SOME * count:
        epsilon = squares[0][0]
        yield (
            f"The root of Adam's second moment is below epsilon ({epsilon:g}) in {below / count:.0%} of its numbers: "
            "there epsilon, and not the gradients, sets the length of a step."
        )
    broken = [moment for moment in looked.checkpoint.moments if looked.summaries[moment.tensor.name].broken]
    if broken:
        yield f"{len(broken):,} tensors of the optimizer hold NaN or Inf, first {broken[0].tensor.name[:80]}."
    kinds = {tensor.kind.name for tensor, _ in looked.matrices()}
    if kinds in ({"F16"}, {"BF16"}) and not _precision(looked):
        yield f"All weights are stored in {kinds.pop().lower()}, perhaps for use only: it says nothing of the training."


def _number(value: object) -> float | None:
    """A finite number that is not negative; None for anything else."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) and number >= 0.0 else None
