"""Sound recipes of data that can go wrong: tiny batches, streamed files, boxes, alignments, masks, two classes."""

from __future__ import annotations

from .recipe import Recipe


def _recipe(**fields: object) -> Recipe:
    return Recipe().but(**fields)


TUNING: dict[str, Recipe] = {
    "text_transformer_batch_two": _recipe(
        task="text", samples=250, classes=6, length=12, kind="transformer", norm="layer", depth=1, width=24,
        optimizer="adamw", rate=4e-3, weight_decay=0.05, warmup=20, schedule="linear", batch=2, epochs=5,
        evaluate_every=50,
    ),
    "text_gru_batch_four": _recipe(
        task="text", samples=480, classes=6, length=12, kind="recurrent", depth=1, width=28, optimizer="adam",
        rate=3e-3, clip=1.0, batch=4, epochs=4, evaluate_every=60,
    ),
    "blobs_batch_two": _recipe(
        task="blobs", samples=400, classes=4, features=8, separation=3.0, width=24, rate=0.03, batch=2, epochs=7,
    ),
    "copy_gru_batch_three": _recipe(
        task="copy", samples=400, classes=5, length=10, noise=0.1, kind="recurrent", depth=1, width=28,
        optimizer="adam", rate=5e-3, batch=3, epochs=5, padding=0.4,
    ),
    "text_gru_streamed": _recipe(
        task="text", samples=1000, classes=7, length=14, kind="recurrent", depth=1, width=32, optimizer="adam",
        rate=5e-3, order="as_is", batch=25, epochs=10,
    ),
    "digits_streamed": _recipe(
        task="digits", samples=1200, noise=0.3, width=48, optimizer="adam", rate=2e-3, order="as_is", batch=30,
        epochs=10,
    ),
    "boxes_conv_momentum": _recipe(
        task="scenes", samples=1200, classes=3, noise=0.3, kind="conv", width=8, optimizer="momentum", rate=0.01,
        batch=30, epochs=14,
    ),
    "scenes_dense_adam_long": _recipe(
        task="scenes", samples=1800, classes=5, noise=0.2, width=96, optimizer="adam", rate=1e-3, batch=40,
        epochs=20, weight_decay=1e-3,
    ),
    "scenes_conv_norm_cosine": _recipe(
        task="scenes", samples=1200, classes=2, noise=0.3, kind="conv", width=8, norm="batch", optimizer="adamw",
        rate=3e-3, weight_decay=0.02, schedule="cosine", batch=40, epochs=14,
    ),
    "alignment_lstm_adam": _recipe(
        task="alignment", samples=500, classes=5, features=5, length=14, noise=0.4, kind="recurrent", cell="lstm",
        depth=1, width=24, optimizer="adam", rate=8e-3, clip=5.0, batch=20, epochs=14,
    ),
    "alignment_gru_cosine": _recipe(
        task="alignment", samples=700, classes=7, features=6, length=12, noise=0.5, kind="recurrent", depth=1,
        width=28, optimizer="adamw", rate=6e-3, weight_decay=0.02, schedule="cosine", warmup=15, batch=25,
        epochs=11,
    ),
    "alignment_gru_momentum": _recipe(
        task="alignment", samples=500, classes=4, features=5, length=10, noise=0.4, kind="recurrent", depth=1,
        width=20, optimizer="momentum", rate=0.08, clip=2.0, batch=16, epochs=14,
    ),
    "alignment_rnn_adam": _recipe(
        task="alignment", samples=500, classes=5, features=4, length=12, noise=0.3, kind="recurrent", cell="rnn",
        activation="tanh", depth=1, width=32, optimizer="adam", rate=4e-3, clip=2.0, batch=20, epochs=14,
    ),
    "masks_dense_adam": _recipe(
        task="masks", samples=1000, noise=0.3, width=64, optimizer="adam", rate=2e-3, loss="binary_on_numbers",
        batch=32, epochs=15,
    ),
    "masks_conv_momentum": _recipe(
        task="masks", samples=1000, noise=0.5, kind="conv", width=8, optimizer="momentum", rate=0.05,
        loss="binary_on_numbers", batch=32, epochs=14,
    ),
}  # fmt: skip

HELD_BACK: dict[str, Recipe] = {
    "text_gru_batch_two": _recipe(
        task="text", samples=300, classes=5, length=10, kind="recurrent", depth=1, width=24, optimizer="adam",
        rate=2e-3, batch=2, epochs=4, evaluate_every=75,
    ),
    "copy_transformer_batch_four": _recipe(
        task="copy", samples=400, classes=6, length=10, noise=0.1, kind="transformer", norm="layer", depth=1,
        width=20, optimizer="adam", rate=3e-3, batch=4, epochs=6, padding=0.3, evaluate_every=50,
    ),
    "digits_batch_three": _recipe(
        task="digits", samples=600, noise=0.2, width=40, rate=0.03, batch=3, epochs=7,
    ),
    "text_transformer_streamed": _recipe(
        task="text", samples=900, classes=7, length=12, kind="transformer", norm="layer", depth=1, width=24,
        optimizer="adam", rate=3e-3, order="as_is", batch=20, epochs=9,
    ),
    "blobs_streamed": _recipe(
        task="blobs", samples=1200, classes=6, features=10, separation=2.8, width=32, optimizer="momentum",
        rate=0.01, order="as_is", batch=30, epochs=12,
    ),
    "scenes_conv_adam_small": _recipe(
        task="scenes", samples=900, classes=2, noise=0.2, kind="conv", width=8, optimizer="adam", rate=3e-3,
        batch=25, epochs=14,
    ),
    "scenes_dense_momentum": _recipe(
        task="scenes", samples=1500, classes=3, noise=0.25, width=64, optimizer="momentum", rate=0.01,
        schedule="step", batch=32, epochs=20,
    ),
    "scenes_conv_sgd": _recipe(
        task="scenes", samples=1200, classes=4, noise=0.2, kind="conv", width=10, rate=0.05, batch=25, epochs=14,
    ),
    "alignment_gru_adamw": _recipe(
        task="alignment", samples=500, classes=5, features=4, length=12, noise=0.4, kind="recurrent", depth=1,
        width=20, optimizer="adamw", rate=8e-3, weight_decay=0.05, batch=20, epochs=12,
    ),
    "alignment_lstm_cosine": _recipe(
        task="alignment", samples=600, classes=6, features=6, length=12, noise=0.4, kind="recurrent", cell="lstm",
        depth=1, width=28, optimizer="adam", rate=0.01, schedule="cosine", clip=5.0, batch=24, epochs=14,
    ),
    "masks_dense_sgd": _recipe(
        task="masks", samples=1200, noise=0.4, width=64, rate=0.5, loss="binary_on_numbers", batch=32, epochs=20,
    ),
    "masks_conv_adam": _recipe(
        task="masks", samples=1000, noise=0.4, kind="conv", width=8, optimizer="adam", rate=2e-3,
        loss="binary_on_numbers", batch=32, epochs=12,
    ),
}  # fmt: skip
