"""The catalogue: every recorded run, its fault, the configuration without it, and how its log is written."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

from .data import DataSpec
from .runs import Config


@dataclass(frozen=True)
class Fault:
    """One recorded run.

    `sound` is the same run with the fault taken out. `fails_by` says what failing means for it: an `event` (NaN, or a
    loss that undoes its fall) or a `level` (a final score nearer to the faulty run's than to the sound run's), and
    `score` which number the level is. `known` holds facts that follow from how the fault was put in.
    """

    name: str
    cause: str | None
    claims: tuple[str, ...]
    config: Config
    sound: Config
    fails_by: Literal["event", "level"] = "level"
    score: Literal["skill", "train_loss", "val_loss"] = "skill"
    log: Literal["keras", "lightning", "steps"] = "keras"
    every: int = 1
    columns: tuple[str, ...] = ()
    known: tuple[tuple[str, str], ...] = ()
    skip: tuple[str, ...] = ()


def _with(config: Config, data: dict[str, Any] | None = None, **changes: Any) -> Config:
    return replace(config, data=replace(config.data, **(data or {})), **changes)


HEALTHY = Config(
    DataSpec("blobs", samples=3000, held_out=600, features=16, classes=5, distance=3.5),
    "fused_cross_entropy", hidden=(64, 64), rate=0.05, weight_decay=3e-3, epochs=60, batch=64,
)  # fmt: skip

_ADAM = Config(
    DataSpec("fractions", samples=64, held_out=0, features=4, noise=0.0),
    "squared_error", hidden=(48,) * 10, output="sigmoid", optimizer="adam", rate=0.03, epochs=2000, batch=64, seed=6,
)  # fmt: skip

_HEAD = Config(
    DataSpec("blobs", samples=1500, held_out=0, features=12, classes=3),
    "one_vs_rest", hidden=(32, 32), activation="leaky", outputs=300, rate=0.08, momentum=0.9, steps=160,
)  # fmt: skip

_STEEP = Config(
    DataSpec("curve", samples=800, held_out=0, features=6, noise=0.1),
    "squared_error", hidden=(32, 32), activation="tanh", init="xavier", rate=0.45, steps=100,
)  # fmt: skip

_BROKEN_SAMPLE = Config(
    DataSpec("blobs", samples=8000, held_out=0, features=10, classes=4, nan_samples=1),
    "fused_cross_entropy", rate=0.02, batch=16, epochs=1,
)  # fmt: skip

_SEPARATE = Config(
    DataSpec("blobs", samples=1000, held_out=300, features=16, classes=10, distance=4.0),
    "cross_entropy_on_probabilities", hidden=(64, 64), rate=0.138, momentum=0.9, epochs=80, seed=5,
)  # fmt: skip

_NAIVE = Config(
    DataSpec("blobs", samples=2000, held_out=0, features=12, classes=5, distance=4.0),
    "naive_softmax_cross_entropy", hidden=(64, 64), rate=0.18, momentum=0.9, steps=160, seed=4,
)  # fmt: skip

_RECURRENT = Config(
    DataSpec("sequences", samples=1000, held_out=0, features=2, length=40, noise=0.1),
    "squared_error", hidden=(24,), recurrent=True, init_scale=0.9, rate=0.03, steps=320,
)  # fmt: skip

_POLY = Config(
    DataSpec("blobs", samples=2000, held_out=0, features=12, classes=4),
    "fused_cross_entropy", rate=0.05, schedule="poly", horizon=0, steps=80,
)  # fmt: skip

_TWO_TERMS = Config(
    DataSpec("scenes", samples=1500, held_out=0, features=10, classes=4),
    "class_and_box", hidden=(48, 48), activation="tanh", init="xavier", rate=0.05, loss_weights=(1.0, 20.0), steps=80,
)  # fmt: skip

_BALANCED = Config(
    DataSpec("blobs", samples=2000, held_out=0, features=10, classes=4),
    "frequency_balanced_cross_entropy", rate=0.05, batch=32, steps=320,
)  # fmt: skip

_SMALL_SET = Config(
    DataSpec("blobs", samples=150, held_out=400, features=20, classes=4, distance=2.0),
    "fused_cross_entropy", hidden=(128, 128), optimizer="adam", rate=1e-3, epochs=100, batch=16,
)  # fmt: skip

_NARROW = Config(
    DataSpec("curve", samples=800, held_out=200, features=6, noise=0.1),
    "squared_error", hidden=(4,) * 8, rate=0.05, epochs=60, seed=2,
)  # fmt: skip

_SLOW = Config(
    DataSpec("blobs", samples=2000, held_out=500, features=16, classes=5, distance=4.0),
    "fused_cross_entropy", hidden=(64, 64), rate=1e-5, epochs=60,
)  # fmt: skip

_RAW = Config(
    DataSpec("blobs", 1500, 400, features=10, classes=4, distance=4.0, units=1000.0, standardise=False),
    "fused_cross_entropy", hidden=(32, 32), activation="tanh", init="xavier", rate=0.01, epochs=60,
)  # fmt: skip

_CONFIDENT = Config(
    DataSpec("blobs", samples=1000, held_out=300, features=10, classes=2, distance=4.0),
    "unguarded_binary_cross_entropy", hidden=(32, 32), optimizer="adam", rate=1e-3, epochs=32,
)  # fmt: skip

_CUT_OFF = Config(
    DataSpec("curve", samples=1200, held_out=300, features=6, noise=0.1),
    "squared_error", hidden=(64, 64), output="relu", optimizer="adam", rate=1e-3, epochs=60,
)  # fmt: skip

_MISLABELLED = Config(
    DataSpec("blobs", samples=4000, held_out=500, features=16, classes=5, distance=4.0, mislabelled=0.4),
    "fused_cross_entropy", rate=0.05, epochs=60,
)  # fmt: skip

_BOTTLENECK = Config(
    DataSpec("blobs", samples=1500, held_out=400, features=20, classes=6, distance=1.5),
    "fused_cross_entropy", hidden=(), activation="none", rate=0.25, batch=4, epochs=20,
)  # fmt: skip

_ZEROS = Config(
    DataSpec("blobs", samples=1500, held_out=300, features=12, classes=5, distance=4.0),
    "fused_cross_entropy", hidden=(32, 32), activation="tanh", init="xavier", init_scale=0.0, rate=0.1, epochs=60,
)  # fmt: skip

_DEEP_SIGMOID = Config(
    DataSpec("blobs", samples=1500, held_out=300, features=12, classes=5, distance=4.0),
    "fused_cross_entropy", hidden=(32,) * 8, activation="sigmoid", init="xavier", rate=0.1, epochs=60,
)  # fmt: skip

_PRICES = Config(
    DataSpec("curve", samples=1500, held_out=300, features=6, noise=0.1, target_units=500.0, target_shift=2000.0),
    "squared_error", hidden=(32, 32), rate=0.01, epochs=60,
)  # fmt: skip

_TWO_UNITS = Config(
    DataSpec("spirals", samples=2000, held_out=300, features=2, classes=3),
    "fused_cross_entropy", hidden=(2,), rate=0.1, epochs=60,
)  # fmt: skip

_WARM_COSINE = Config(
    DataSpec("curve", samples=4000, held_out=0, features=8, noise=0.3),
    "squared_error", hidden=(64, 64), optimizer="adam", rate=2e-3, batch=8, steps=1500, warmup=150,
    schedule="cosine", clip=20.0,
)  # fmt: skip

CATALOGUE: tuple[Fault, ...] = (
    Fault("adam_second_moment_collapse", "adam_second_moment_collapse", ("S1.1", "S1.2", "S1.3", "S1.4"),
          _ADAM, _with(_ADAM, epsilon=1e-3), "event"),
    Fault("class_count_mismatch", "class_count_mismatch", ("S0.1", "S0.2", "S0.6"),
          _HEAD, _with(_HEAD, outputs=None), "event", log="steps"),
    Fault("learning_rate_too_high", "learning_rate_too_high", ("S0.3", "S2.10", "S3.3"),
          _STEEP, _with(_STEEP, rate=0.05), "event", log="steps"),
    Fault("nan_in_input", "nan_in_input", ("S3.10", "S3.13", "S3.14"),
          _BROKEN_SAMPLE, _with(_BROKEN_SAMPLE, {"nan_samples": 0}), "event", log="steps"),
    Fault("softmax_cross_entropy_not_fused", "softmax_cross_entropy_not_fused", ("S4.1", "S4.2", "S4.3", "S4.14"),
          _SEPARATE, _with(_SEPARATE, loss="fused_cross_entropy"), "event"),
    Fault("exp_overflow_in_softmax", "exp_overflow_in_softmax", ("S2.14", "S2.15"),
          _NAIVE, _with(_NAIVE, loss="fused_cross_entropy"), "event", log="steps"),
    Fault("exploding_gradients", "exploding_gradients", ("S3.3", "S2.25"),
          _RECURRENT, _with(_RECURRENT, clip=1.0), "event", log="steps", columns=("grad_norm",)),
    Fault("learning_rate_schedule_broken", "learning_rate_schedule_broken", ("S3.6", "S3.7", "S3.8"),
          _POLY, _with(_POLY, horizon=None), "event", log="steps", columns=("lr",)),
    Fault("learning_rate_schedule_overrun", "learning_rate_schedule_broken", ("S3.6", "S3.7", "S3.8"),
          _with(_POLY, horizon=300, steps=400), _with(_POLY, horizon=None, steps=400), "event",
          log="steps", columns=("lr",)),
    Fault("loss_term_dominates", "loss_term_dominates", ("S3.5",),
          _TWO_TERMS, _with(_TWO_TERMS, loss_weights=(1.0, 1.0)), "event", log="steps", columns=("parts",)),
    Fault("division_by_zero_in_loss", "division_by_zero_in_loss", ("S3.9", "S3.10", "S3.11", "S3.12"),
          _BALANCED, _with(_BALANCED, loss="fused_cross_entropy"), "event", log="steps"),
    Fault("overfitting", "overfitting", ("S2.5", "S2.30"),
          _SMALL_SET, _with(_SMALL_SET, {"samples": 4000}, epochs=8), score="val_loss"),
    Fault("dead_relu", "dead_relu", ("S2.27", "S2.28", "S4.12"),
          _NARROW, _with(_NARROW, activation="leaky")),
    Fault("learning_rate_too_low", "learning_rate_too_low", ("S2.11", "S2.12"),
          _SLOW, _with(_SLOW, rate=0.01)),
    Fault("data_not_normalized", "data_not_normalized", ("S2.2", "S2.3"),
          _RAW, _with(_RAW, {"standardise": True})),
    Fault("log_of_zero", "log_of_zero", ("S4.6", "S3.9"),
          _CONFIDENT, _with(_CONFIDENT, loss="binary_cross_entropy"), "event", log="lightning", every=10),
    Fault("wrong_output_activation", "wrong_output_activation", ("S2.26",),
          _CUT_OFF, _with(_CUT_OFF, output="linear")),
    Fault("labels_wrong", "labels_wrong", ("S2.2", "S2.7"),
          _MISLABELLED, _with(_MISLABELLED, {"mislabelled": 0.0})),
    Fault("bottleneck_reached", "bottleneck_reached", ("S2.32",),
          _BOTTLENECK, _with(_BOTTLENECK, rate=0.025), score="train_loss", log="lightning", every=25),
    Fault("bad_initialization", "bad_initialization", ("S2.19", "S2.20"),
          _ZEROS, _with(_ZEROS, init_scale=1.0)),
    Fault("vanishing_gradients", "vanishing_gradients", ("S4.10",),
          _DEEP_SIGMOID, _with(_DEEP_SIGMOID, activation="relu", init="he")),
    Fault("targets_not_scaled", "targets_not_scaled", (),
          _PRICES, _with(_PRICES, {"target_units": 1.0, "target_shift": 0.0})),
    Fault("too_few_hidden_units", "too_few_hidden_units", ("S2.4", "S2.17"),
          _TWO_UNITS, _with(_TWO_UNITS, hidden=(64,))),
    Fault("healthy_classifier", None, (), HEALTHY, HEALTHY),
    Fault("healthy_warmup_cosine", None, (), _WARM_COSINE, _WARM_COSINE, "event", log="steps",
          columns=("lr", "grad_norm")),
)  # fmt: skip
