"""Sound recipes that faults are injected into: they train to near what is reachable, or are still on the way there.

About a third is held back: measured on, never tuned on. Each kind of network and of task is on both sides.
"""

from __future__ import annotations

from dataclasses import dataclass

from .recipe import Recipe


@dataclass(frozen=True)
class Base:
    """A sound recipe (seed 0) and its name."""

    name: str
    held_back: bool
    recipe: Recipe


def _recipe(**fields: object) -> Recipe:
    return Recipe().but(**fields)


_DENSE: dict[str, Recipe] = {
    "digits_sgd": _recipe(task="digits", samples=1200, noise=0.2, rate=0.1, batch=32, epochs=25, weight_decay=1e-3),
    "digits_momentum_step": _recipe(
        task="digits", samples=1000, noise=0.4, width=48, optimizer="momentum", rate=0.03, schedule="step",
        milestones=(0.5, 0.8), batch=50, epochs=30, weight_decay=3e-3, dropout=0.2,
    ),
    "digits_adam_short": _recipe(
        task="digits", samples=1300, noise=0.2, optimizer="adam", rate=2e-3, batch=32, epochs=6,
    ),
    "digits_deep_batch_norm": _recipe(
        task="digits", samples=1200, noise=0.3, depth=4, width=48, norm="batch", optimizer="adam", rate=1e-3,
        batch=64, epochs=15, dropout=0.1,
    ),
    "blobs_sgd": _recipe(
        task="blobs", samples=1000, classes=5, features=12, separation=2.5, width=32, rate=0.05, batch=16,
        epochs=12,
    ),
    "blobs_adamw_cosine": _recipe(
        task="blobs", samples=3000, classes=8, features=16, separation=3.0, depth=3, width=32, norm="layer",
        optimizer="adamw", rate=1e-3, weight_decay=0.1, dropout=0.1, schedule="cosine", warmup=40, clip=5.0,
        batch=64, epochs=15,
    ),
    "tabular_adam": _recipe(
        task="tabular", samples=1500, classes=2, features=10, separation=2.5, optimizer="adam", rate=2e-3, width=24,
        batch=25, epochs=15, loss="binary", weight_decay=1e-3,
    ),
    "tabular_uneven": _recipe(
        task="tabular", samples=2000, classes=3, features=12, separation=3.0, imbalance=0.15, optimizer="momentum",
        rate=0.01, width=32, batch=40, epochs=15,
    ),
    "moons_whole_set": _recipe(
        task="moons", samples=500, classes=2, noise=0.25, width=16, activation="tanh", optimizer="momentum",
        rate=0.1, weight_decay=2e-3, batch=500, epochs=600, loss="binary",
    ),
    "spirals_adam": _recipe(
        task="spirals", samples=800, classes=3, noise=0.25, width=48, optimizer="adam", rate=5e-3, batch=40,
        epochs=50,
    ),
    "friedman_adam": _recipe(
        task="friedman", samples=1500, features=8, noise=0.25, width=48, optimizer="adam", rate=3e-3, batch=32,
        epochs=25,
    ),
    "friedman_sgd_deep": _recipe(
        task="friedman", samples=1000, features=6, noise=0.15, depth=4, width=32, activation="tanh", rate=0.05,
        batch=25, epochs=30,
    ),
    "curve_momentum": _recipe(
        task="curve", samples=400, noise=0.15, width=32, activation="tanh", optimizer="momentum", rate=0.03,
        batch=20, epochs=80, held_out=200,
    ),
    "linear_sgd_tiny_batch": _recipe(
        task="linear", samples=300, features=10, noise=0.3, depth=1, width=16, rate=0.01, batch=4, epochs=15,
        held_out=200,
    ),
    "friedman_rmsprop": _recipe(
        task="friedman", samples=1200, features=10, noise=0.3, width=40, activation="leaky", optimizer="rmsprop",
        rate=1e-3, batch=48, epochs=25, dropout=0.05,
    ),
    "digits_whole_epochs_100": _recipe(
        task="digits", samples=1400, noise=0.25, width=32, optimizer="adamw", rate=2e-3, weight_decay=0.05,
        batch=200, epochs=100, dropout=0.3,
    ),
}  # fmt: skip

_CONV: dict[str, Recipe] = {
    "images_conv_sgd": _recipe(
        task="images", samples=1200, noise=0.3, kind="conv", width=8, optimizer="momentum", rate=0.015,
        weight_decay=2e-3, batch=32, epochs=12,
    ),
    "images_conv_batch_norm": _recipe(
        task="images", samples=1200, noise=0.4, kind="conv", width=8, depth=3, norm="batch", optimizer="momentum",
        rate=0.02, weight_decay=1e-3, schedule="cosine", batch=40, epochs=12,
    ),
    "images_conv_adam": _recipe(
        task="images", samples=1400, noise=0.3, kind="conv", width=10, optimizer="adam", rate=2e-3, batch=50,
        epochs=12, dropout=0.1,
    ),
    "spot_conv_adam": _recipe(
        task="spot", samples=1000, noise=0.4, kind="conv", width=8, optimizer="adam", rate=2e-3, batch=32,
        epochs=14,
    ),
    "spot_conv_sgd": _recipe(
        task="spot", samples=800, noise=0.5, kind="conv", width=6, activation="leaky", rate=0.05, batch=20,
        epochs=14,
    ),
    "scenes_conv_adam": _recipe(
        task="scenes", samples=1400, classes=3, noise=0.25, kind="conv", width=10, optimizer="adam", rate=2e-3,
        batch=32, epochs=16,
    ),
    "scenes_dense_adamw": _recipe(
        task="scenes", samples=2400, classes=4, noise=0.3, width=64, optimizer="adamw", rate=1e-3,
        weight_decay=0.05, schedule="linear", batch=32, epochs=16, dropout=0.1,
    ),
    "images_residual_norm": _recipe(
        task="images", samples=1000, noise=0.35, kind="conv", width=8, depth=4, residual=True, norm="layer",
        optimizer="adamw", rate=2e-3, weight_decay=0.02, warmup=20, clip=2.0, batch=32, epochs=9,
    ),
}  # fmt: skip

_RECURRENT: dict[str, Recipe] = {
    "series_gru_adam": _recipe(
        task="series", samples=800, noise=0.15, length=14, kind="recurrent", depth=1, width=20, optimizer="adam",
        rate=5e-3, batch=32, epochs=14, clip=1.0,
    ),
    "series_rnn_sgd": _recipe(
        task="series", samples=800, noise=0.2, length=12, kind="recurrent", cell="rnn", activation="tanh", depth=1,
        width=16, optimizer="momentum", rate=0.01, batch=25, epochs=15, clip=5.0,
    ),
    "adding_gru_adam": _recipe(
        task="adding", samples=1000, length=8, kind="recurrent", depth=1, width=20, optimizer="adam", rate=5e-3,
        batch=32, epochs=20, noise=0.0,
    ),
    "tokens_gru_adam": _recipe(
        task="tokens", samples=1000, classes=3, length=12, noise=0.2, kind="recurrent", depth=1, width=20,
        optimizer="adam", rate=4e-3, batch=40, epochs=12, dropout=0.1,
    ),
    "tokens_lstm_momentum": _recipe(
        task="tokens", samples=1000, classes=4, length=10, noise=0.15, kind="recurrent", cell="lstm", depth=1,
        width=24, optimizer="momentum", rate=0.1, clip=1.0, batch=32, epochs=16,
    ),
    "text_gru_adam": _recipe(
        task="text", samples=900, classes=8, length=16, kind="recurrent", depth=1, width=32, optimizer="adam",
        rate=4e-3, schedule="exponential", decay=0.3, batch=30, epochs=12,
    ),
    "copy_lstm_adam": _recipe(
        task="copy", samples=800, classes=6, length=12, noise=0.1, kind="recurrent", cell="lstm", depth=1, width=28,
        optimizer="adam", rate=8e-3, batch=32, epochs=14, padding=0.5,
    ),
    "alignment_gru_adam": _recipe(
        task="alignment", samples=600, classes=6, features=5, length=12, noise=0.5, kind="recurrent", depth=1,
        width=24, optimizer="adam", rate=5e-3, clip=5.0, batch=20, epochs=10,
    ),
    "alignment_rnn_momentum": _recipe(
        task="alignment", samples=600, classes=5, features=4, length=10, noise=0.5, kind="recurrent", cell="rnn",
        activation="tanh", depth=1, width=24, optimizer="momentum", rate=0.02, clip=2.0, batch=20, epochs=12,
    ),
}  # fmt: skip

_TRANSFORMER: dict[str, Recipe] = {
    "text_transformer_adamw": _recipe(
        task="text", samples=1600, classes=10, length=16, kind="transformer", norm="layer", depth=1, width=24,
        activation="gelu", optimizer="adamw", rate=5e-3, beta2=0.95, weight_decay=0.1, schedule="cosine", floor=0.1,
        warmup=20, clip=1.0, batch=16, steps=320, evaluate_every=40,
    ),
    "text_transformer_deep": _recipe(
        task="text", samples=2400, classes=8, length=16, kind="transformer", norm="layer", depth=2, width=24,
        activation="gelu", optimizer="adamw", rate=4e-3, beta2=0.95, weight_decay=0.1, schedule="cosine", floor=0.1,
        warmup=25, clip=1.0, batch=16, steps=300, evaluate_every=25,
    ),
    "text_transformer_adam_constant": _recipe(
        task="text", samples=800, classes=8, length=12, kind="transformer", norm="layer", depth=1, width=32,
        optimizer="adam", rate=2e-3, batch=20, epochs=9,
    ),
    "copy_transformer_adam": _recipe(
        task="copy", samples=800, classes=8, length=10, noise=0.05, kind="transformer", norm="layer", depth=1,
        width=24, optimizer="adam", rate=4e-3, batch=20, epochs=10, padding=0.4,
    ),
    "tokens_transformer_adamw": _recipe(
        task="tokens", samples=1200, classes=4, length=12, noise=0.2, kind="transformer", norm="layer", depth=1,
        width=24, optimizer="adamw", rate=3e-3, weight_decay=0.05, warmup=15, batch=32, epochs=10, dropout=0.1,
    ),
    "series_transformer_adam": _recipe(
        task="series", samples=1000, noise=0.15, length=12, kind="transformer", norm="layer", depth=1, width=24,
        optimizer="adam", rate=5e-3, warmup=15, batch=25, epochs=12,
    ),
}  # fmt: skip

HELD_BACK = frozenset({
    "digits_momentum_step", "blobs_adamw_cosine", "tabular_uneven", "spirals_adam", "friedman_sgd_deep",
    "images_conv_adam", "spot_conv_sgd", "scenes_dense_adamw", "series_rnn_sgd", "tokens_lstm_momentum",
    "copy_lstm_adam", "alignment_rnn_momentum", "text_transformer_deep", "tokens_transformer_adamw",
})  # fmt: skip


def _gathered() -> tuple[Base, ...]:
    """The bases of this module, and of those that were written for single causes."""
    from . import bases_data, bases_evaluation, bases_losses, bases_network, bases_rates, bases_updates

    own = {**_DENSE, **_CONV, **_RECURRENT, **_TRANSFORMER}
    found = [Base(name, name in HELD_BACK, recipe) for name, recipe in own.items()]
    for module in (bases_network, bases_losses, bases_data, bases_rates, bases_updates, bases_evaluation):
        found += [Base(name, False, recipe) for name, recipe in module.TUNING.items()]
        found += [Base(name, True, recipe) for name, recipe in module.HELD_BACK.items()]
    return tuple(found)


BASES: tuple[Base, ...] = _gathered()
BY_NAME: dict[str, Base] = {base.name: base for base in BASES}
