"""The checks that change one thing about a configuration and run it again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from .data import DataSpec, Kind
from .runs import Config

States = dict[str, str]

_ORDERED = {"cured": "prevents", "later": "delays"}
_CURES = {"cured": "cures"}
_PREVENTS = {"cured": "prevents"}
_IMPROVES = {"cured": "improves"}
_FUSED = {
    "cross_entropy_on_probabilities": "fused_cross_entropy",
    "naive_softmax_cross_entropy": "fused_cross_entropy",
    "unguarded_binary_cross_entropy": "binary_cross_entropy",
}
_OTHER = {"relu": "leaky", "leaky": "tanh", "tanh": "relu", "sigmoid": "relu", "none": "relu"}


@dataclass(frozen=True)
class Change:
    """A check that is a single change: the changed configuration, and the state of each course.

    A course without a state is `no_effect`.
    """

    check: str
    config: Config
    states: States


def _change(
    check: str, config: Config, states: dict[str, str], data: dict[str, Any] | None = None, **to: Any
) -> Change:
    return Change(check, replace(config, data=replace(config.data, **(data or {})), **to), states)


def _rate_changes(config: Config, updates: int) -> list[Change]:
    found = [_change("lower_rate_tenfold", config, _ORDERED, rate=config.rate / 10)]
    if config.schedule == "constant" and not config.warmup:
        found.append(_change("add_warmup", config, _ORDERED, warmup=max(1, updates // 10)))
    if config.schedule != "constant":
        found.append(_change("hold_rate_constant", config, _PREVENTS, schedule="constant", warmup=0))
    if not config.clip:
        found.append(_change("clip_gradients", config, _ORDERED, clip=1.0))
    if config.optimizer == "adam":
        sgd = {"cured": "prevents", "sooner": "fails_sooner"}
        found.append(_change("raise_adam_epsilon", config, _ORDERED, epsilon=1e-3))
        found.append(
            _change("swap_optimizer_for_sgd", config, sgd, optimizer="sgd", rate=0.01, momentum=0.9),
        )
    return found


def _loss_changes(config: Config) -> list[Change]:
    found = []
    if config.loss not in {"class_and_box", "unguarded_binary_cross_entropy"}:
        found.append(_change("swap_loss_for_logcosh", config, _PREVENTS, loss="log_cosh"))
    if config.loss in _FUSED:
        found.append(_change("feed_logits_to_fused_loss", config, _CURES, loss=_FUSED[config.loss]))
    if config.loss == "class_and_box":
        found.append(_change("drop_suspect_loss_term", config, _CURES, loss_weights=(1.0, 0.0)))
    return found


def _data_changes(config: Config, updates: int) -> list[Change]:
    found = []
    if config.batch < config.data.samples:
        larger = min(8 * config.batch, config.data.samples)
        found.append(_change("enlarge_batch", config, _CURES, batch=larger, steps=updates))
    if config.batch > 1:
        found.append(_change("shrink_batch", config, _IMPROVES, batch=max(1, config.batch // 8), steps=updates))
    if not config.recurrent:
        found.append(_change("normalize_inputs", config, _CURES, {"standardise": True}))
    if config.data.kind in {"curve", "factors", "sequences", "scenes"}:
        found.append(_change("scale_targets", config, _CURES, {"target_units": 1.0, "target_shift": 0.0}))
    return found


def _network_changes(config: Config) -> list[Change]:
    found = []
    if not config.recurrent:
        init = "he" if config.activation in {"relu", "leaky"} else "xavier"
        found.append(_change("standard_initialization", config, _CURES, init=init, init_scale=1.0))
    if config.hidden and not config.recurrent:
        found.append(_change("swap_hidden_activation", config, _CURES, activation=_OTHER[config.activation]))
    if config.output != "linear":
        found.append(_change("swap_output_activation", config, _CURES, output="linear"))
    if config.hidden:
        wider = tuple(max(2 * h, min(4 * h, 64)) for h in config.hidden)
        found.append(_change("enlarge_network", config, _IMPROVES, hidden=wider))
        found.append(_change("shrink_network", config, _IMPROVES, hidden=tuple(max(2, h // 4) for h in config.hidden)))
    return found


def changes(config: Config) -> list[Change]:
    """Every check that is a single change and makes sense for a configuration."""
    updates = config.steps or config.epochs * -(-config.data.samples // config.batch)
    return [
        *_rate_changes(config, updates),
        *_loss_changes(config),
        *_data_changes(config, updates),
        *_network_changes(config),
    ]


def clean_data(config: Config) -> DataSpec:
    """An easy, clean data set of the same shape."""
    spec = config.data
    base: dict[str, Any] = {"samples": spec.samples, "held_out": spec.held_out, "features": spec.features, "seed": 99}
    if spec.kind in {"curve", "factors", "fractions"}:
        kind: Kind = "fractions" if spec.kind == "fractions" else "factors"
        return DataSpec(kind, noise=0.0, **base)
    if spec.kind == "sequences":
        return DataSpec("sequences", noise=0.0, length=spec.length, **base)
    kind = "scenes" if spec.kind == "scenes" else "blobs"
    return DataSpec(kind, classes=spec.classes, distance=6.0, **base)
