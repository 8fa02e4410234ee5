"""Sound recipes whose structure can go wrong: batch norm, strong regularisation, depth that is needed, attention."""

from __future__ import annotations

from .recipe import Recipe


def _recipe(**fields: object) -> Recipe:
    return Recipe().but(**fields)


TUNING: dict[str, Recipe] = {
    "blobs_batch_norm_sgd": _recipe(
        task="blobs", samples=1000, classes=5, features=12, separation=2.5, width=32, norm="batch", rate=0.03,
        batch=25, epochs=10,
    ),
    "friedman_batch_norm_adam": _recipe(
        task="friedman", samples=1200, features=8, noise=0.25, width=40, norm="batch", optimizer="adam", rate=3e-3,
        batch=40, epochs=15,
    ),
    "spot_batch_norm_momentum": _recipe(
        task="spot", samples=800, noise=0.4, kind="conv", width=8, norm="batch", optimizer="momentum", rate=0.01,
        batch=32, epochs=12,
    ),
    "tokens_gru_batch_norm": _recipe(
        task="tokens", samples=900, classes=3, length=10, noise=0.2, kind="recurrent", depth=1, width=20,
        norm="batch", optimizer="adam", rate=3e-3, batch=30, epochs=10,
    ),
    "digits_noisy_regularised": _recipe(
        task="digits", samples=700, noise=0.4, label_noise=0.2, width=128, dropout=0.6, optimizer="adamw", rate=1e-3,
        weight_decay=0.3, batch=32, epochs=30,
    ),
    "tabular_noisy_dropout": _recipe(
        task="tabular", samples=500, classes=3, features=20, separation=3.0, label_noise=0.15, width=96,
        dropout=0.6, optimizer="adam", rate=1e-3, weight_decay=0.01, batch=25, epochs=25,
    ),
    "friedman_noisy_decay": _recipe(
        task="friedman", samples=400, features=10, noise=0.5, width=96, dropout=0.3, optimizer="adam", rate=2e-3,
        weight_decay=0.01, augmentation=0.1, batch=20, epochs=40,
    ),
    "images_noisy_decay": _recipe(
        task="images", samples=450, noise=0.5, label_noise=0.2, kind="conv", width=10, dropout=0.3,
        augmentation=0.4, optimizer="momentum", rate=0.01, weight_decay=0.01, batch=30, epochs=22,
    ),
    "blobs_noisy_decay": _recipe(
        task="blobs", samples=400, classes=4, features=20, separation=4.0, label_noise=0.2, width=80, dropout=0.5,
        optimizer="momentum", rate=0.01, weight_decay=0.02, batch=20, epochs=25,
    ),
    "spirals_deep_adam": _recipe(
        task="spirals", samples=900, classes=4, noise=0.2, depth=4, width=14, optimizer="adam", rate=4e-3, batch=30,
        epochs=40,
    ),
    "moons_deep_momentum": _recipe(
        task="moons", samples=700, classes=2, noise=0.2, loss="binary", depth=3, width=14, activation="tanh",
        optimizer="momentum", rate=0.03, batch=28, epochs=25,
    ),
    "friedman_deep_adam": _recipe(
        task="friedman", samples=900, features=6, noise=0.15, depth=4, width=18, optimizer="adam", rate=3e-3,
        batch=30, epochs=25,
    ),
    "curve_deep_momentum": _recipe(
        task="curve", samples=500, held_out=200, noise=0.15, depth=3, width=14, activation="tanh",
        optimizer="momentum", rate=0.03, batch=20, epochs=50,
    ),
    "tabular_deep_adam": _recipe(
        task="tabular", samples=1200, classes=4, features=8, separation=4.0, depth=3, width=16, optimizer="adam",
        rate=3e-3, batch=40, epochs=15,
    ),
    "copy_transformer_momentum": _recipe(
        task="copy", samples=900, classes=6, length=10, noise=0.05, kind="transformer", norm="layer", depth=1,
        width=24, optimizer="momentum", rate=0.05, clip=2.0, batch=20, epochs=10,
    ),
    "adding_transformer_adam": _recipe(
        task="adding", samples=1000, length=8, noise=0.0, kind="transformer", norm="layer", depth=1, width=24,
        optimizer="adam", rate=3e-3, batch=32, epochs=12,
    ),
}  # fmt: skip

HELD_BACK: dict[str, Recipe] = {
    "digits_batch_norm_momentum": _recipe(
        task="digits", samples=1000, noise=0.3, width=40, norm="batch", optimizer="momentum", rate=0.01, batch=40,
        epochs=12, weight_decay=1e-3,
    ),
    "tabular_batch_norm_adam": _recipe(
        task="tabular", samples=1200, classes=2, features=10, separation=2.5, loss="binary", width=24, norm="batch",
        optimizer="adam", rate=2e-3, batch=30, epochs=12,
    ),
    "images_batch_norm_adam": _recipe(
        task="images", samples=1000, noise=0.4, kind="conv", width=8, norm="batch", optimizer="adam", rate=2e-3,
        batch=40, epochs=10,
    ),
    "spot_batch_norm_adam": _recipe(
        task="spot", samples=900, noise=0.5, kind="conv", width=8, norm="batch", optimizer="adam", rate=3e-3,
        batch=30, epochs=12,
    ),
    "friedman_batch_norm_sgd": _recipe(
        task="friedman", samples=1000, features=6, noise=0.2, depth=3, width=32, norm="batch", rate=0.03, batch=50,
        epochs=25,
    ),
    "blobs_noisy_dropout": _recipe(
        task="blobs", samples=500, classes=6, features=24, separation=4.0, label_noise=0.2, width=96, dropout=0.6,
        optimizer="adamw", rate=1e-3, weight_decay=0.5, batch=25, epochs=25,
    ),
    "images_noisy_augmented": _recipe(
        task="images", samples=500, noise=0.5, label_noise=0.15, kind="conv", width=10, dropout=0.3,
        augmentation=0.5, optimizer="adam", rate=2e-3, weight_decay=5e-3, batch=32, epochs=22,
    ),
    "tokens_gru_batch_norm_two": _recipe(
        task="tokens", samples=900, classes=2, length=8, noise=0.1, loss="binary", kind="recurrent", depth=1,
        width=16, norm="batch", optimizer="adam", rate=3e-3, batch=30, epochs=8,
    ),
    "tabular_noisy_decay": _recipe(
        task="tabular", samples=450, classes=3, features=20, separation=3.5, label_noise=0.2, width=80, dropout=0.5,
        rate=0.05, weight_decay=0.02, batch=20, epochs=30,
    ),
    "friedman_noisy_dropout": _recipe(
        task="friedman", samples=350, features=10, noise=0.5, width=80, dropout=0.3, augmentation=0.15,
        optimizer="rmsprop", rate=1e-3, weight_decay=0.01, batch=20, epochs=40,
    ),
    "spirals_noisy_decay": _recipe(
        task="spirals", samples=400, classes=2, noise=0.3, label_noise=0.25, width=64, dropout=0.2, augmentation=0.1,
        optimizer="adam", rate=4e-3, weight_decay=3e-3, batch=25, epochs=50,
    ),
    "digits_noisy_decay_sgd": _recipe(
        task="digits", samples=500, noise=0.5, label_noise=0.2, width=96, dropout=0.5, rate=0.1, weight_decay=0.02,
        batch=25, epochs=30,
    ),
    "spirals_deep_momentum": _recipe(
        task="spirals", samples=900, classes=3, noise=0.2, depth=4, width=16, activation="tanh",
        optimizer="momentum", rate=0.02, batch=30, epochs=40,
    ),
    "moons_deep_adam": _recipe(
        task="moons", samples=800, classes=2, noise=0.2, loss="binary", depth=3, width=12, optimizer="adam",
        rate=4e-3, batch=32, epochs=25,
    ),
    "curve_deep_adam": _recipe(
        task="curve", samples=500, held_out=200, noise=0.15, depth=4, width=12, optimizer="adam", rate=4e-3,
        batch=25, epochs=45,
    ),
    "images_conv_rmsprop": _recipe(
        task="images", samples=1000, noise=0.3, kind="conv", width=8, activation="leaky", optimizer="rmsprop",
        rate=1e-3, batch=32, epochs=10,
    ),
    "copy_transformer_deep": _recipe(
        task="copy", samples=800, classes=6, length=10, noise=0.05, kind="transformer", norm="layer", depth=2,
        width=20, activation="gelu", optimizer="adam", rate=3e-3, batch=20, epochs=8, padding=0.3,
    ),
    "text_transformer_plain": _recipe(
        task="text", samples=900, classes=6, length=14, kind="transformer", norm="layer", depth=1, width=24,
        optimizer="adam", rate=3e-3, batch=20, epochs=9,
    ),
    "series_transformer_adamw": _recipe(
        task="series", samples=1000, noise=0.2, length=10, kind="transformer", norm="layer", depth=1, width=20,
        optimizer="adamw", rate=5e-3, weight_decay=0.02, schedule="cosine", warmup=20, batch=25, epochs=12,
    ),
    "adding_transformer_adamw": _recipe(
        task="adding", samples=1000, length=7, noise=0.0, kind="transformer", norm="layer", depth=2, width=16,
        activation="gelu", optimizer="adamw", rate=3e-3, weight_decay=0.01, warmup=10, batch=32, epochs=12,
    ),
}  # fmt: skip
