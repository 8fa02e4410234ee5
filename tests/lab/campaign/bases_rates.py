"""Sound recipes that rest on their warm-up, and recipes with a term that needs a whole batch of every class."""

from __future__ import annotations

from .recipe import Recipe


def _recipe(**fields: object) -> Recipe:
    return Recipe().but(**fields)


TUNING: dict[str, Recipe] = {
    "text_transformer_long_ramp": _recipe(
        task="text", samples=1600, classes=10, length=16, kind="transformer", norm="layer", depth=1, width=24,
        activation="gelu", optimizer="adamw", rate=2e-2, weight_decay=0.1, bias_correction=False, schedule="cosine",
        warmup=80, batch=16, steps=320, evaluate_every=40,
    ),
    "digits_residual_ramp": _recipe(
        task="digits", samples=1200, noise=0.2, depth=8, width=48, init="he", residual=True, optimizer="momentum",
        rate=0.006, schedule="cosine", warmup=95, batch=64, epochs=20,
    ),
    "blobs_deep_adam_ramp": _recipe(
        task="blobs", samples=2000, classes=8, features=16, depth=6, width=48, init="he", optimizer="adam", rate=2e-2,
        bias_correction=False, schedule="cosine", warmup=96, batch=64, epochs=12,
    ),
    "scenes_deep_adam_ramp": _recipe(
        task="scenes", samples=1500, classes=3, noise=0.25, depth=5, width=64, init="he", optimizer="adam", rate=8e-3,
        bias_correction=False, schedule="cosine", warmup=105, batch=50, epochs=14,
    ),
    "images_residual_ramp": _recipe(
        task="images", samples=1000, noise=0.3, kind="conv", depth=6, width=8, init="he", residual=True,
        optimizer="momentum", rate=0.005, schedule="cosine", warmup=112, batch=40, epochs=18,
    ),
    "blobs_rare_class_term": _recipe(
        task="blobs", samples=1600, classes=4, features=10, separation=3.0, imbalance=0.12, reduction="rare_class",
        width=32, optimizer="momentum", rate=0.02, batch=160, epochs=25, weight_decay=2e-3,
    ),
    "tokens_rare_class_term": _recipe(
        task="tokens", samples=1200, classes=3, length=10, noise=0.2, imbalance=0.2, reduction="rare_class",
        kind="recurrent", depth=1, width=20, optimizer="adam", rate=1e-2, batch=120, epochs=12,
    ),
}  # fmt: skip

HELD_BACK: dict[str, Recipe] = {
    "copy_transformer_long_ramp": _recipe(
        task="copy", samples=1000, classes=8, length=10, noise=0.05, kind="transformer", norm="layer", depth=1,
        width=24, activation="gelu", optimizer="adamw", rate=2e-2, weight_decay=0.05, bias_correction=False,
        schedule="cosine", warmup=79, batch=16, epochs=5, evaluate_every=21,
    ),
    "friedman_residual_ramp": _recipe(
        task="friedman", samples=1500, features=8, depth=6, width=40, init="he", residual=True, optimizer="momentum",
        rate=1e-3, schedule="cosine", warmup=187, batch=50, epochs=25,
    ),
    "digits_deep_adam_ramp": _recipe(
        task="digits", samples=1300, noise=0.2, depth=6, width=48, init="he", optimizer="adam", rate=1.2e-2,
        bias_correction=False, schedule="cosine", warmup=91, batch=50, epochs=14,
    ),
    "blobs_residual_ramp": _recipe(
        task="blobs", samples=1500, classes=6, features=16, separation=3.0, depth=8, width=40, init="he",
        residual=True, optimizer="momentum", rate=0.015, schedule="linear", warmup=75, batch=50, epochs=10,
    ),
    "digits_rare_class_term": _recipe(
        task="digits", samples=1200, noise=0.3, reduction="rare_class", width=40, rate=0.1, batch=150, epochs=35,
        weight_decay=1e-3,
    ),
}  # fmt: skip
