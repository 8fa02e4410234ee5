"""Sound recipes of losses that can go wrong: two classes with one output, and sums of several terms."""

from __future__ import annotations

from .recipe import Recipe


def _recipe(**fields: object) -> Recipe:
    return Recipe().but(**fields)


TUNING: dict[str, Recipe] = {
    "blobs_two_momentum": _recipe(
        task="blobs", samples=800, classes=2, features=10, separation=2.2, loss="binary", width=24,
        optimizer="momentum", rate=0.01, batch=25, epochs=10,
    ),
    "tokens_two_gru": _recipe(
        task="tokens", samples=900, classes=2, length=10, noise=0.1, loss="binary", kind="recurrent", depth=1,
        width=16, optimizer="adam", rate=5e-3, batch=30, epochs=10,
    ),
    "spirals_two_sgd": _recipe(
        task="spirals", samples=700, classes=2, noise=0.25, loss="binary", width=40, rate=0.2, batch=20, epochs=35,
    ),
    "blobs_clear_adam": _recipe(
        task="blobs", samples=900, classes=4, features=10, separation=9.0, width=32, optimizer="adam", rate=4e-3,
        batch=30, epochs=20,
    ),
    "scenes_dense_sgd": _recipe(
        task="scenes", samples=1500, classes=3, noise=0.2, width=64, rate=0.03, batch=25, epochs=20,
    ),
    "digits_score_penalty": _recipe(
        task="digits", samples=1100, noise=0.3, width=48, second_term="output_size", term_weights=(1.0, 0.01),
        optimizer="adam", rate=2e-3, batch=40, epochs=14, weight_decay=1e-3,
    ),
    "blobs_entropy_bonus": _recipe(
        task="blobs", samples=1000, classes=6, features=12, separation=3.0, width=32, second_term="entropy",
        term_weights=(1.0, 0.05), optimizer="momentum", rate=0.01, batch=25, epochs=12,
    ),
    "text_gru_score_penalty": _recipe(
        task="text", samples=800, classes=6, length=12, kind="recurrent", depth=1, width=28, optimizer="adam",
        rate=5e-3, second_term="output_size", term_weights=(1.0, 0.003), batch=25, epochs=10,
    ),
}  # fmt: skip

HELD_BACK: dict[str, Recipe] = {
    "moons_two_adam": _recipe(
        task="moons", samples=700, classes=2, noise=0.2, loss="binary", width=24, optimizer="adam", rate=5e-3,
        batch=28, epochs=20,
    ),
    "blobs_two_sgd": _recipe(
        task="blobs", samples=700, classes=2, features=8, separation=3.0, loss="binary", width=20, rate=0.05,
        batch=20, epochs=12,
    ),
    "tokens_two_transformer": _recipe(
        task="tokens", samples=900, classes=2, length=10, noise=0.1, loss="binary", kind="transformer",
        norm="layer", depth=1, width=20, optimizer="adam", rate=3e-3, batch=30, epochs=8,
    ),
    "spirals_two_adam": _recipe(
        task="spirals", samples=600, classes=2, noise=0.25, loss="binary", width=32, optimizer="adam", rate=5e-3,
        batch=30, epochs=40,
    ),
    "tabular_clear_momentum": _recipe(
        task="tabular", samples=900, classes=3, features=8, separation=8.0, width=32, optimizer="momentum",
        rate=0.02, batch=30, epochs=20,
    ),
    "scenes_conv_momentum": _recipe(
        task="scenes", samples=1200, classes=3, noise=0.25, kind="conv", width=8, optimizer="momentum", rate=5e-3,
        batch=30, epochs=14,
    ),
    "digits_entropy_bonus": _recipe(
        task="digits", samples=1000, noise=0.3, width=40, second_term="entropy", term_weights=(1.0, 0.05),
        rate=0.08, batch=30, epochs=15, weight_decay=1e-3,
    ),
    "tabular_score_penalty": _recipe(
        task="tabular", samples=1300, classes=4, features=12, separation=3.5, width=40, second_term="output_size",
        term_weights=(1.0, 0.01), optimizer="adam", rate=3e-3, batch=40, epochs=15,
    ),
    "copy_lstm_score_penalty": _recipe(
        task="copy", samples=800, classes=5, length=10, noise=0.1, kind="recurrent", cell="lstm", depth=1, width=24,
        optimizer="adam", rate=8e-3, second_term="output_size", term_weights=(1.0, 0.003), batch=25, epochs=10,
    ),
    "scenes_dense_rmsprop": _recipe(
        task="scenes", samples=1500, classes=4, noise=0.2, width=48, optimizer="rmsprop", rate=1e-3, batch=32,
        epochs=18,
    ),
}  # fmt: skip
