"""The learning rates that are usual, by the optimizer and the kind of training that they are for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = [
    "ADAMS", "ANY_KIND", "FINE_TUNING", "FINE_TUNING_BY_SGD", "FINE_TUNING_OF_IMAGES", "OPTIMIZERS", "RATES_OF",
    "SGD_WITH_MOMENTUM", "UsualRates", "distance_from", "kinds_of", "size_of",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class UsualRates:
    """The lowest and the highest rate that are usual for one kind of training."""

    low: float
    high: float


ADAM, SGD, FINE_TUNING = UsualRates(1e-4, 1e-3), UsualRates(0.01, 0.1), UsualRates(1e-5, 5e-5)
"""Adam and its kin, SGD with and without momentum, and fine-tuning (Godbole et al. 2023, "Deep Learning Tuning
Playbook"; the defaults of Kingma and Ba 2014 and of Devlin et al. 2018)."""

FINE_TUNING_OF_IMAGES, FINE_TUNING_BY_SGD = UsualRates(1e-5, 5e-4), UsualRates(1e-3, 0.01)
"""Fine-tuning of networks for images, by Adam and its kin and by SGD ("Transfer Learning for Computer Vision Tutorial",
documentation of PyTorch: SGD at 1e-3; "Transfer learning & fine-tuning", documentation of Keras: Adam at 1e-5)."""

SGD_WITH_MOMENTUM = UsualRates(1e-3, 0.1)
"""Momentum of 0.9 makes steps ten times as long ("Training a Classifier", documentation of PyTorch: 1e-3)."""

ANY_KIND: Mapping[UsualRates, float] = {ADAM: 0.6, SGD: 0.25, FINE_TUNING: 0.15}
ADAMS: Mapping[UsualRates, float] = {ADAM: 0.8, FINE_TUNING: 0.2}
"""How common each kind is, where nothing says which it is."""

_ADAM, _ADAMW, _RMSPROP = {"adam": 0.95}, {"adamw": 0.95}, {"rmsprop": 0.95}

OPTIMIZERS: Mapping[str, Mapping[str, float]] = {
    "adam": _ADAM, "nadam": _ADAM, "radam": _ADAM, "adamax": _ADAM, "amsgrad": _ADAM, "adamw": _ADAMW,
    "rmsprop": _RMSPROP, "sgd": {"sgd_momentum": 0.55, "sgd": 0.4},
}  # fmt: skip
"""Class, in small letters -> states of the setting; the name of SGD tells no momentum."""

RATES_OF: Mapping[str, Mapping[UsualRates, float]] = {
    **dict.fromkeys(("adam", "nadam", "radam", "adamax", "amsgrad", "adamw", "rmsprop"), ADAMS),
    "sgd": {SGD: 1.0},
}
"""Class, in small letters -> the kinds of training it is for, and how common each is."""


def kinds_of(optimizer: str) -> Mapping[UsualRates, float]:
    """The kinds of training an optimizer is for, and how common each is.

    Args:
        optimizer: its class in small letters; empty where it is not known.

    Returns:
        Nothing for an optimizer that is known and of which no rate is usual: Adadelta and L-BFGS start from 1, Adagrad,
        Rprop and ASGD from 0.01 (documentation of PyTorch), Adadelta and Adagrad of Keras from 0.001.

    """
    return RATES_OF.get(optimizer, {} if optimizer else ANY_KIND)


NEAR, FAR = 3.0, 30.0
"""Factors beyond what is usual, as the states of the setting have them."""


def size_of(rate: float, usual: UsualRates) -> str:
    """The state of ``learning_rate_size``: where a rate stands against what is usual."""
    factor = distance_from(rate, usual)
    side = "above_usual" if rate > usual.high else "below_usual"
    return "usual" if factor <= NEAR else side if factor <= FAR else f"far_{side}"


def distance_from(rate: float, usual: UsualRates) -> float:
    """By which factor a rate lies above the highest or below the lowest that is usual; one in between."""
    if rate > usual.high:
        return rate / usual.high
    return usual.low / max(rate, 1e-300) if rate < usual.low else 1.0
