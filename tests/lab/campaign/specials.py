"""Healthy runs that need a loop of their own: name -> (seed -> Record)."""

from __future__ import annotations

from collections.abc import Callable

from . import special_gan
from .record import Record

SPECIALS: dict[str, Callable[[int], Record]] = {
    "gan_blobs": special_gan.train_gan,
}
"""A seed of 100 or above is held back: let it draw other sizes, rates and widths than the seeds below."""
