"""Sound recipes for faults of the updates: long calm runs of Adam, ReLU networks held by decay, long recurrences."""

from __future__ import annotations

from .recipe import Recipe


def _recipe(**fields: object) -> Recipe:
    return Recipe().but(**fields)


def _calm(**fields: object) -> Recipe:
    """Adam on the whole set without noise, its epsilon raised as such runs need."""
    whole = {"batch": fields["samples"], "optimizer": "adam", "held_out": 200, "evaluate_every": 40}
    return _recipe(**{"steps": 1800, "epsilon": 0.03, "noise": 0.0, **whole, **fields})


def _held(**fields: object) -> Recipe:
    """Many updates of a network whose weights only decay holds."""
    long = {"steps": 2000, "evaluate_every": 50, "depth": 4, "optimizer": "momentum", "weight_decay": 2e-3}
    return _recipe(**{**long, **fields})


TUNING: dict[str, Recipe] = {
    "curve_calm_adam": _calm(task="curve", samples=120, width=24, depth=3, activation="tanh", rate=1e-2, epsilon=0.05),
    "linear_calm_adam": _calm(task="linear", samples=100, features=6, width=20, activation="tanh", rate=2e-2),
    "friedman_calm_adam": _calm(task="friedman", samples=200, features=5, width=24, depth=3, rate=1e-2),
    "spirals_calm_adam": _calm(
        task="spirals", classes=3, samples=150, noise=0.1, width=24, depth=3, rate=1e-2, epsilon=0.01,
    ),
    "series_calm_adam": _calm(
        task="series", samples=100, noise=0.05, kind="recurrent", depth=1, width=12, length=6, rate=2e-2,
        epsilon=0.01, steps=1200,
    ),
    "moons_calm_adam": _calm(
        task="moons", classes=2, samples=200, noise=0.05, loss="binary", width=16, depth=4, rate=1e-2, epsilon=0.01,
    ),
    "digits_deep_held": _held(
        task="digits", samples=800, noise=0.1, width=40, init="he", rate=0.04, batch=40,
    ),
    "blobs_deep_held": _held(
        task="blobs", classes=5, features=12, separation=6.0, samples=800, width=32, init="he", rate=0.04, batch=32,
    ),
    "spirals_deep_held": _held(
        task="spirals", classes=3, noise=0.3, samples=600, width=48, depth=3, rate=0.05, batch=32,
    ),
    "images_conv_held": _held(
        task="images", kind="conv", samples=800, noise=0.2, width=8, depth=2, rate=0.05, batch=32, steps=900,
    ),
    "adding_gru_long": _held(
        task="adding", samples=900, length=24, noise=0.0, kind="recurrent", depth=1, width=20, optimizer="adam",
        rate=8e-3, weight_decay=0.0, clip=1.0, batch=30, steps=450, evaluate_every=30,
    ),
}  # fmt: skip

HELD_BACK: dict[str, Recipe] = {
    "spot_calm_adam": _calm(task="spot", samples=100, width=32, rate=1e-2),
    "curve_calm_gelu": _calm(task="curve", samples=100, width=24, activation="gelu", rate=2e-2, epsilon=0.05),
    "blobs_calm_adam": _calm(
        task="blobs", classes=4, features=8, separation=6.0, samples=300, width=16, depth=3, rate=1e-2, epsilon=0.01,
    ),
    "linear_calm_adamw": _calm(
        task="linear", samples=160, features=8, width=24, activation="tanh", optimizer="adamw", rate=1e-2,
    ),
    "blobs_adam_held": _held(
        task="blobs", classes=4, features=10, separation=5.0, samples=800, width=32, init="he", optimizer="adam",
        rate=5e-3, batch=40,
    ),
    "digits_leaky_held": _held(
        task="digits", samples=1000, noise=0.15, width=48, depth=3, activation="leaky", rate=0.05, batch=50,
    ),
    "spirals_two_held": _held(
        task="spirals", classes=2, noise=0.3, samples=500, width=32, depth=3, init="he", rate=0.03, batch=25,
    ),
    "tokens_gru_long": _held(
        task="tokens", samples=1000, classes=3, length=24, noise=0.1, kind="recurrent", depth=1, width=24,
        optimizer="adam", rate=6e-3, weight_decay=0.0, clip=2.0, batch=40, steps=350, evaluate_every=25,
    ),
}  # fmt: skip
