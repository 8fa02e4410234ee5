"""Healthy runs that need a loop of their own: name -> (seed -> Record)."""

from __future__ import annotations

from collections.abc import Callable

from . import (
    special_curriculum,
    special_density,
    special_gan,
    special_generalising,
    special_representation,
    special_reward,
    special_text,
)
from .record import Record

SPECIALS: dict[str, Callable[[int], Record]] = {
    "gan_blobs": special_gan.train_gan,
    "gridworld_policy": special_reward.train_gridworld,
    "bandit_actor_critic": special_reward.train_bandit,
    "grokking": special_generalising.train_grokking,
    "double_descent": special_generalising.train_double_descent,
    "contrastive": special_representation.train_contrastive,
    "triplet": special_representation.train_triplet,
    "vae_warmup": special_representation.train_vae,
    "autoencoder": special_representation.train_autoencoder,
    "language_model": special_text.train_language_model,
    "token_sums": special_text.train_token_sums,
    "memory_staircase": special_text.train_staircase,
    "fine_tuning": special_text.train_fine_tuning,
    "curriculum": special_curriculum.train_curriculum,
    "mixture_density": special_density.train_mixture,
    "gaussian_likelihood": special_density.train_gaussian,
}
"""A seed of 100 or above is held back: let it draw other sizes, rates and widths than the seeds below."""
