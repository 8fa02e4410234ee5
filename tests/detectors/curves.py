"""Synthetic loss curves with fixed seeds."""

from __future__ import annotations

import numpy as np

from tests.detectors.histories import history
from triage.detectors import Reading, detect


def noise(size: int, sigma: float, seed: int = 0) -> np.ndarray:
    return sigma * np.random.default_rng(seed).standard_normal(size)


def decay(size: int, start: float, floor: float, part: float, sigma: float = 0.0, seed: int = 0) -> np.ndarray:
    """An exponential fall whose time constant is the given part of the run."""
    return floor + (start - floor) * np.exp(-np.arange(size) / (size * part)) + noise(size, sigma, seed)


def readings(*args: object, **columns: object) -> dict[str, Reading]:
    """Readings of a history of the given columns, by finding."""
    return {reading.finding: reading for reading in detect(history(*args, **columns))}  # type: ignore[arg-type]


def trend(values: np.ndarray | list[float], **columns: object) -> Reading:
    return readings(values, **columns)["train_loss_trend"]
