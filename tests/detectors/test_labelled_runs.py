"""Public runs whose state is known."""

import csv
from pathlib import Path

import pytest

from tests.detectors.curves import readings

RUNS = Path(__file__).parents[2].parent / "shared" / "labelled_runs"

if not RUNS.is_dir():
    pytest.skip("the labelled runs are not here", allow_module_level=True)

SETTINGS = {"learning_rate_size", "learning_rate_schedule", "warmup", "training_length"}
FINE = {
    "nan_onset": ("none",),
    "train_loss_trend": ("falling", "still_falling_at_end"),
    "loss_signature": ("ordinary",),
    "speed_of_descent": ("ordinary",),
    "loss_noise": ("ordinary", "smooth"),  # a batch of half a million tokens has hardly any noise
    "loss_floor": ("low", "part_way"),
    "validation_against_train": ("follows_train",),
    "val_loss_course": ("smooth",),
    "metric_against_loss": ("agree",),
}

NAMES = {"loss": "train_loss", "val_loss": "val_loss", "acc": "train_accuracy"}


def read(path: Path):
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    first = next(iter(rows[0]))
    columns = {
        NAMES[name]: [float(row[name]) if row[name] else None for row in rows] for name in rows[0] if name in NAMES
    }
    return readings(step=[float(row[first]) for row in rows], step_unit=first, **columns)


@pytest.mark.parametrize(
    "path", sorted(RUNS.glob("llm_healthy*.csv")) + sorted(RUNS.glob("*_fixed_*.csv")), ids=lambda p: p.stem
)
def test_healthy_and_repaired_runs_show_no_fault(path: Path):
    for finding, reading in read(path).items():
        assert finding in SETTINGS or reading.state in FINE[finding], reading.message


@pytest.mark.parametrize("path", sorted(RUNS.glob("*_buggy_*.csv")), ids=lambda p: p.stem)
def test_faulty_runs_show_nan_or_chance(path: Path):
    found = read(path)
    chance = found.get("loss_signature")
    assert found["nan_onset"].state != "none" or (chance is not None and chance.state == "at_chance")
