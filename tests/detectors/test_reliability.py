"""How often shapes are read right over many random runs of one kind."""

import numpy as np
import pytest

from tests.detectors.curves import trend

RUNS = 120

FINE = ("falling", "still_falling_at_end")


def random_run(kind: str, seed: int) -> tuple[np.ndarray, str]:
    """A run of 20 to 5,000 values with multiplicative noise, and its unit."""
    rng = np.random.default_rng(seed)
    size = int(np.exp(rng.uniform(np.log(20), np.log(5000))))
    part = np.arange(size) / size
    sigma = rng.uniform(0.005, 0.1) if size < 300 else rng.uniform(0.01, 0.4)
    start = rng.uniform(0.7, 7)
    floor = start * rng.uniform(0, 0.3)
    base = floor + (start - floor) * np.exp(-part / rng.uniform(0.05, 0.25))
    jitter = np.exp(sigma * rng.standard_normal(size))
    where = rng.uniform(0.3, 0.85)
    match kind:
        case "exponential":
            values = base * jitter
        case "power law":
            values = (floor + 0.05 + (start - floor) * (1 + np.arange(size)) ** -rng.uniform(0.3, 0.8)) * jitter
        case "cosine":
            values = (floor + (start - floor) * (1 + np.cos(np.pi * part)) / 2) * jitter
        case "heavy tails":
            values = base * (1 + sigma * np.abs(rng.standard_t(3, size)))
        case "flat":
            values = start * jitter
        case "jump":
            values = np.where(part < where, base, floor + (start - floor) * rng.uniform(0.5, 1)) * jitter**0.5
        case "diverging":
            values = base * jitter + start * np.exp(rng.uniform(8, 30) * (part - 0.85))
        case "swings":
            turns = rng.uniform(6, max(7, min(size / 4, 100)))
            values = start * (1 + rng.uniform(0.3, 0.6) * np.sin(2 * np.pi * turns * part)) * jitter**0.2
        case _:
            values = base * jitter**0.5
            for row in rng.integers(int(0.2 * size), int(0.95 * size), rng.integers(1, 5)):
                values[row : row + rng.integers(2, 4)] += start * rng.uniform(0.8, 2)
    return values, "epoch" if size < 200 else "step"


@pytest.mark.parametrize(
    ("kind", "states", "least"),
    [
        ("exponential", FINE, 0.96),
        ("power law", FINE, 0.92),
        ("cosine", FINE, 0.97),
        ("heavy tails", FINE, 0.88),
        ("flat", ("flat_from_start",), 0.85),
        ("jump", ("jump_then_plateau",), 0.85),
        ("diverging", ("diverging",), 0.97),
        ("swings", ("oscillating",), 0.95),
        ("spikes", ("spikes_that_heal",), 0.88),
    ],
)
def test_most_runs_of_a_kind_are_read_right(kind: str, states: tuple[str, ...], least: float):
    right = 0
    for seed in range(RUNS):
        values, unit = random_run(kind, seed)
        right += trend(values, step_unit=unit).state in states
    assert right >= least * RUNS
