"""Sound recipes that need their rate to fall: noisy tasks, a long first step, small batches, and a schedule."""

from __future__ import annotations

from .recipe import Recipe


def _recipe(**fields: object) -> Recipe:
    return Recipe().but(**fields)


TUNING: dict[str, Recipe] = {
    "linear_sgd_lowered": _recipe(
        task="linear", samples=600, features=16, noise=0.6, depth=1, width=24, rate=0.03, batch=4, epochs=10,
        schedule="linear", held_out=300,
    ),
    "friedman_momentum_lowered": _recipe(
        task="friedman", samples=1200, features=8, noise=0.6, width=32, optimizer="momentum", rate=0.02, batch=8,
        epochs=10, schedule="cosine",
    ),
    "curve_adam_lowered": _recipe(
        task="curve", samples=800, held_out=300, noise=0.5, width=32, activation="tanh", optimizer="adam", rate=0.02,
        batch=8, epochs=15, schedule="step", milestones=(0.6, 0.85),
    ),
    "tabular_sgd_lowered": _recipe(
        task="tabular", samples=1600, classes=3, features=10, separation=2.5, label_noise=0.2, width=24, rate=0.3,
        batch=10, epochs=9, schedule="cosine",
    ),
    "images_conv_lowered": _recipe(
        task="images", samples=1400, noise=0.6, label_noise=0.15, kind="conv", width=8, optimizer="momentum",
        rate=0.03, batch=32, epochs=12, schedule="step", milestones=(0.5, 0.8), weight_decay=2e-3,
    ),
}  # fmt: skip

HELD_BACK: dict[str, Recipe] = {
    "linear_momentum_lowered": _recipe(
        task="linear", samples=800, features=12, noise=0.5, depth=1, width=16, optimizer="momentum", rate=0.01,
        batch=6, epochs=10, schedule="step", held_out=300,
    ),
    "blobs_adam_lowered": _recipe(
        task="blobs", samples=2000, classes=5, features=10, separation=2.0, width=24, optimizer="adam", rate=0.02,
        batch=16, epochs=9, schedule="linear",
    ),
    "spot_conv_lowered": _recipe(
        task="spot", samples=1200, noise=0.8, kind="conv", width=6, optimizer="adam", rate=0.01, batch=20, epochs=9,
        schedule="cosine",
    ),
    "series_gru_lowered": _recipe(
        task="series", samples=1200, noise=0.4, length=10, kind="recurrent", depth=1, width=16, optimizer="adam",
        rate=0.02, batch=20, epochs=8, schedule="cosine", clip=1.0,
    ),
}  # fmt: skip
