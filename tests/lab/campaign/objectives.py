"""The losses: each gives a value per sample, or per valid target, for every term; then they are reduced and weighed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from .datasets import Dataset
from .recipe import Objective, Recipe
from .tasks import IGNORED

FITTING = {
    "classification": "cross_entropy",
    "sequence": "cross_entropy",
    "regression": "squared",
    "detection": "class_and_box",
    "alignment": "alignment",
}
SINGLE = frozenset({"binary", "binary_unguarded", "binary_squared", "hinge"})
"""Losses of one output for two classes."""


@dataclass(frozen=True)
class Value:
    """What was minimised, and each term of it as the program would print it."""

    total: Tensor
    parts: dict[str, Tensor]


@dataclass(frozen=True)
class Terms:
    """What a loss may need beside outputs and targets."""

    objective: Objective
    classes: int
    half: Callable[[Tensor], Tensor]


def loss_name(recipe: Recipe, dataset: Dataset) -> str:
    """The loss of a recipe."""
    return recipe.objective.loss or FITTING[dataset.kind]


def _in_range(z: Tensor, y: Tensor, terms: Terms) -> tuple[Tensor, Tensor | None]:
    """Class ids beyond the outputs, clipped; and where they were."""
    if terms.objective.out_of_range == "error":
        return y, None
    return y.clamp(max=z.shape[-1] - 1), y >= z.shape[-1]


def _cross_entropy(z: Tensor, y: Tensor, terms: Terms) -> dict[str, Tensor]:
    z, y = z.reshape(-1, z.shape[-1]), y.reshape(-1)
    y, beyond = _in_range(z, y, terms)
    if terms.objective.reduction == "by_hand":
        y = y.clamp(min=0)
    values = functional.cross_entropy(z, y, reduction="none", label_smoothing=terms.objective.label_smoothing)
    if beyond is not None and terms.objective.out_of_range == "nan":
        values = values * torch.where(beyond, float("nan"), 1.0)
    return {"": values}


def _softmax_twice(z: Tensor, y: Tensor, terms: Terms) -> dict[str, Tensor]:
    return _cross_entropy(torch.softmax(z, dim=-1), y, terms)


def _chosen(p: Tensor, y: Tensor) -> Tensor:
    p, y = p.reshape(-1, p.shape[-1]), y.reshape(-1)
    return p.gather(1, y.clamp(min=0)[:, None])[:, 0]


def _unfused(z: Tensor, y: Tensor, terms: Terms) -> dict[str, Tensor]:
    """Softmax and logarithm apart, clipped at the guard: a clipped sample has no gradient."""
    return {"": -_chosen(torch.softmax(z, dim=-1), y).clamp(min=terms.objective.guard).log()}


def _log_of_softmax(z: Tensor, y: Tensor, terms: Terms) -> dict[str, Tensor]:
    """Softmax and logarithm apart, without a guard; every class enters, as 0 * log 0 too."""
    p = torch.softmax(z, dim=-1).reshape(-1, z.shape[-1])
    hot = functional.one_hot(y.reshape(-1).clamp(min=0), p.shape[-1])
    return {"": -(hot * p.log()).sum(dim=1)}


def _on_probabilities(z: Tensor, y: Tensor, terms: Terms) -> dict[str, Tensor]:
    """Outputs taken for probabilities, clipped from below at the guard unless it is 0: scores may be negative."""
    p = _chosen(z, y)
    return {"": -(p.clamp(min=terms.objective.guard) if terms.objective.guard else p).log()}


def _naive_softmax(z: Tensor, y: Tensor, terms: Terms) -> dict[str, Tensor]:
    """Exp without subtracting the largest score first, in the number format of the run."""
    powers = terms.half(torch.exp(z))
    return {"": -_chosen(powers / powers.sum(dim=-1, keepdim=True), y).log()}


def _squared_on_classes(z: Tensor, y: Tensor, terms: Terms) -> dict[str, Tensor]:
    """Squared error between outputs and one-hot targets."""
    z, y = z.reshape(-1, z.shape[-1]), y.reshape(-1)
    hot = functional.one_hot(y.clamp(0, z.shape[-1] - 1), z.shape[-1])
    return {"": (z - hot).square().mean(dim=1)}


def _squared_on_ids(z: Tensor, y: Tensor, terms: Terms) -> dict[str, Tensor]:
    """Squared error between the first output and the number of the class."""
    return {"": (z[..., 0].reshape(-1) - y.reshape(-1)).square()}


def _binary_each(z: Tensor, y: Tensor, terms: Terms) -> dict[str, Tensor]:
    """Binary cross-entropy of every output of a network for several classes, summed over classes."""
    z, y = z.reshape(-1, z.shape[-1]), y.reshape(-1)
    hot = functional.one_hot(y.clamp(0, z.shape[-1] - 1), z.shape[-1]).to(z.dtype)
    return {"": functional.binary_cross_entropy_with_logits(z, hot, reduction="none").sum(dim=1)}


def _binary(z: Tensor, y: Tensor, terms: Terms) -> dict[str, Tensor]:
    """Binary cross-entropy on raw scores; targets beyond 0 and 1 make it unbounded."""
    return {"": functional.binary_cross_entropy_with_logits(z[:, 0], y.to(z.dtype), reduction="none")}


def _binary_unguarded(z: Tensor, y: Tensor, terms: Terms) -> dict[str, Tensor]:
    p = terms.half(torch.sigmoid(z[:, 0]))
    return {"": -(y * p.log() + (1 - y) * (1 - p).log())}


def _binary_squared(z: Tensor, y: Tensor, terms: Terms) -> dict[str, Tensor]:
    return {"": (z[:, 0] - y).square()}


def _hinge(z: Tensor, y: Tensor, terms: Terms) -> dict[str, Tensor]:
    return {"": (1 - z[:, 0] * (2 * y - 1)).clamp(min=0)}


def _no_bound(z: Tensor, y: Tensor, terms: Terms) -> dict[str, Tensor]:
    """The likelihood of the right class, which was meant to be a log-likelihood: the score itself, negated."""
    return {"": -_chosen(z, y)}


def _squared(z: Tensor, y: Tensor, terms: Terms) -> dict[str, Tensor]:
    return {"": (z - y).square().mean(dim=1)}


def _absolute(z: Tensor, y: Tensor, terms: Terms) -> dict[str, Tensor]:
    return {"": (z - y).abs().mean(dim=1)}


def _huber(z: Tensor, y: Tensor, terms: Terms) -> dict[str, Tensor]:
    return {"": functional.huber_loss(z, y, reduction="none").mean(dim=1)}


def _log_cosh(z: Tensor, y: Tensor, terms: Terms) -> dict[str, Tensor]:
    error = z - y
    return {"": (error + functional.softplus(-2 * error) - 0.6931).mean(dim=1)}


def _binary_on_numbers(z: Tensor, y: Tensor, terms: Terms) -> dict[str, Tensor]:
    """Binary cross-entropy where the targets are numbers beyond 0..1: it has no lower bound."""
    return {"": functional.binary_cross_entropy_with_logits(z, y, reduction="none").mean(dim=1)}


def _relative(z: Tensor, y: Tensor, terms: Terms) -> dict[str, Tensor]:
    """Percentage error: divides by the target."""
    return {"": ((z - y) / (y.abs() + terms.objective.guard)).abs().mean(dim=1)}


def _log_error(z: Tensor, y: Tensor, terms: Terms) -> dict[str, Tensor]:
    """Squared error of logarithms, hand-written: log of what may be 0 or negative."""
    low = terms.objective.guard
    return {"": ((z.clamp(min=0) + low).log() - (y.clamp(min=0) + low).log()).square().mean(dim=1)}


def _gaussian(z: Tensor, y: Tensor, terms: Terms) -> dict[str, Tensor]:
    """Gaussian likelihood whose log-spread is the second half of the outputs, or its own bias; may be negative."""
    half = z.shape[1] // 2
    mean, log_spread = z[:, :half], z[:, half:]
    return {"": (log_spread + 0.5 * ((y - mean) / log_spread.exp()).square()).mean(dim=1)}


def _class_and_box(z: Tensor, y: Tensor, terms: Terms) -> dict[str, Tensor]:
    scores, boxes = z[:, :-4], z[:, -4:]
    return {
        "cls": _cross_entropy(scores, y[:, 0].long(), terms)[""],
        "box": functional.smooth_l1_loss(boxes, y[:, 1:], reduction="none").sum(dim=1),
    }


def _alignment(z: Tensor, y: Tensor, terms: Terms) -> dict[str, Tensor]:
    lengths = (y != IGNORED).sum(dim=1)
    frames = torch.full_like(lengths, z.shape[1])
    scores = functional.log_softmax(z, dim=-1).transpose(0, 1)
    values = functional.ctc_loss(scores, y.clamp(min=0), frames, lengths, blank=0, reduction="none")
    return {"": values / lengths.clamp(min=1)}


def _alignment_skipping(z: Tensor, y: Tensor, terms: Terms) -> dict[str, Tensor]:
    """The same; a sample without a path counts as 0 and has no gradient."""
    lengths = (y != IGNORED).sum(dim=1)
    frames = torch.full_like(lengths, z.shape[1])
    scores = functional.log_softmax(z, dim=-1).transpose(0, 1)
    values = functional.ctc_loss(scores, y.clamp(min=0), frames, lengths, reduction="none", zero_infinity=True)
    return {"": values / lengths.clamp(min=1)}


LOSSES: dict[str, Callable[[Tensor, Tensor, Terms], dict[str, Tensor]]] = {
    "cross_entropy": _cross_entropy,
    "softmax_twice": _softmax_twice,
    "unfused": _unfused,
    "log_of_softmax": _log_of_softmax,
    "on_probabilities": _on_probabilities,
    "naive_softmax": _naive_softmax,
    "squared_on_classes": _squared_on_classes,
    "squared_on_ids": _squared_on_ids,
    "binary_each": _binary_each,
    "binary": _binary,
    "binary_unguarded": _binary_unguarded,
    "binary_squared": _binary_squared,
    "hinge": _hinge,
    "no_bound": _no_bound,
    "squared": _squared,
    "absolute": _absolute,
    "huber": _huber,
    "log_cosh": _log_cosh,
    "binary_on_numbers": _binary_on_numbers,
    "relative": _relative,
    "log_error": _log_error,
    "gaussian": _gaussian,
    "class_and_box": _class_and_box,
    "alignment": _alignment,
    "alignment_skipping": _alignment_skipping,
}

SECOND: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "output_size": lambda z, y: z.square().flatten(1).mean(dim=1),
    "pixels": lambda z, y: (64 * z).square().flatten(1).sum(dim=1),
    "entropy": lambda z, y: (torch.softmax(z, -1) * functional.log_softmax(z, -1)).flatten(1).sum(dim=1),
}
"""Further terms beside a loss of one."""


def _reduced(values: Tensor, y: Tensor, objective: Objective, classes: int) -> Tensor:
    if objective.reduction == "sum":
        return values.sum()
    if objective.reduction == "root":
        return values.mean().sqrt()
    if objective.reduction in {"rare_class", "foreground"} and classes:
        labels = (y[:, 0] if y.is_floating_point() else y).reshape(-1)
        wanted = labels == classes - 1 if objective.reduction == "rare_class" else labels > 0
        return values.mean() + (values * wanted).sum() / wanted.sum()
    if objective.reduction == "rare_class":
        wanted = y[:, 0] > 2 * objective.guard if y.ndim > 1 else y > 0
        return (values * wanted).sum() / wanted.sum()
    if objective.rare_weight != 1 and classes:
        weights = _class_weights(y, objective.rare_weight, classes)
        return (values * weights).sum() / weights.sum()
    if not y.is_floating_point() and values.numel() == y.numel():
        valid = (y != IGNORED).reshape(-1)
        if objective.reduction == "by_hand":
            return (values * valid).sum() / valid.sum()
        return values.sum() / valid.sum() if not valid.all() else values.mean()
    return values.mean()


def _class_weights(y: Tensor, rare_weight: float, classes: int) -> Tensor:
    """1 for each target, another weight for those of the last class, 0 for those that do not count."""
    labels = (y[:, 0] if y.is_floating_point() else y).reshape(-1)
    return torch.where(labels == classes - 1, rare_weight, 1.0) * (labels != IGNORED)


def _library_mean(value: Tensor, y: Tensor, objective: Objective) -> Tensor:
    """A library's mean over no valid target prints NaN and gives no gradient; a mean by hand gives NaN to both."""
    if objective.reduction == "mean" and not y.is_floating_point() and not (y != IGNORED).any():
        return torch.nan_to_num(value) * 0.0 + float("nan") * torch.zeros(())
    return value


def evaluate(z: Tensor, y: Tensor, objective: Objective, name: str, terms: Terms) -> Value:
    """What a program minimises for outputs and targets."""
    parts = LOSSES[name](z, y, terms)
    if objective.second_term != "none":
        parts = {"main": next(iter(parts.values())), "extra": SECOND[objective.second_term](z, y)}
    reduced = {part: _reduced(values, y, objective, terms.classes) for part, values in parts.items()}
    weights = (
        dict(zip(reduced, objective.term_weights, strict=False)) if len(reduced) > 1 else dict.fromkeys(reduced, 1)
    )
    total = sum(weights[part] * value for part, value in reduced.items())
    total = _library_mean(total, y, objective) * (objective.sign * objective.loss_factor)
    parts = {part: weights[part] * value.detach() for part, value in reduced.items()} if len(reduced) > 1 else {}
    return Value(total, parts)


def correct(z: Tensor, y: Tensor, dataset: Dataset, name: str) -> Tensor | None:
    """Which predictions are right, of valid targets; None for numbers and alignments."""
    if dataset.kind in {"regression", "alignment"}:
        return None
    labels = y[:, 0].long() if dataset.kind == "detection" else y
    if name in SINGLE or z.shape[-1] == 1:
        line = 0.5 if name == "binary_squared" else 0.0
        return (z[..., 0] > line).reshape(-1) == (labels.reshape(-1) > 0)
    scores = z[:, :-4] if dataset.kind == "detection" else z
    right = scores.argmax(dim=-1).reshape(-1) == labels.reshape(-1)
    return right[labels.reshape(-1) != IGNORED]
