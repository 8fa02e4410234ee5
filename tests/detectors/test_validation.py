import numpy as np
import pandas as pd
import pytest

from tests.detectors.curves import decay, noise, readings
from triage.detectors import detect
from triage.history import read_history

SIZE = 100


def compare(train: np.ndarray, val: np.ndarray):
    return readings(train, val, step_unit="epoch")["validation_against_train"]


def test_both_falling_is_still_learning():
    found = compare(decay(SIZE, 2.3, 0.3, 0.5, 0.005), decay(SIZE, 2.3, 0.4, 0.5, 0.01, 1))
    assert found.state == "follows_train"
    assert found.message.startswith("Still learning")


def test_validation_that_flattens_while_train_falls_is_overfitting():
    found = compare(decay(SIZE, 2.3, 0.05, 0.4, 0.005), decay(SIZE, 2.3, 1.0, 0.08, 0.01, 1))
    assert found.state == "flattens_while_train_falls"
    assert found.message.startswith("Overfitting:")


def test_validation_that_rises_while_train_falls_is_strong_overfitting_from_its_minimum_on():
    val = decay(SIZE, 2.3, 0.8, 0.08, 0.01, 1) + np.maximum(0, np.arange(SIZE) / SIZE - 0.3)
    found = compare(decay(SIZE, 2.3, 0.05, 0.3, 0.005), val)
    assert found.state == "rises_while_train_falls"
    assert found.message.startswith("Overfitting, strongly")
    assert found.steps is not None
    assert 20 <= found.steps[0] <= 45


def test_flat_training_with_falling_validation_puts_the_data_at_fault():
    found = compare(1.5 + noise(SIZE, 0.01), decay(SIZE, 2.3, 0.8, 0.4, 0.01, 1))
    assert found.state == "falls_while_train_flat"
    assert found.message.startswith("The data are at fault")


def test_both_flat_is_a_bottleneck():
    found = compare(1.5 + noise(SIZE, 0.01), 1.6 + noise(SIZE, 0.01, 1))
    assert found.state == "follows_train"
    assert found.message.startswith("A bottleneck")


def test_both_rising_is_structure_hyperparameters_or_data():
    found = compare(1 + np.arange(SIZE) / SIZE + noise(SIZE, 0.01), 1.2 + np.arange(SIZE) / SIZE + noise(SIZE, 0.01, 1))
    assert found.state == "follows_train"
    assert found.message.startswith("Structure, hyperparameters or uncleaned data")


def test_validation_that_stays_at_its_start_never_improves():
    found = compare(decay(SIZE, 2.3, 0.1, 0.2, 0.005), 2.3 + noise(SIZE, 0.02, 1))
    assert found.state == "never_improves"


def test_validation_below_training_throughout_is_better():
    assert compare(decay(SIZE, 2.3, 0.8, 0.2, 0.01), decay(SIZE, 2.0, 0.4, 0.2, 0.01, 1)).state == "better_than_train"


def test_a_healthy_gap_follows_train():
    assert compare(decay(SIZE, 2.3, 0.3, 0.15, 0.01), decay(SIZE, 2.3, 0.36, 0.15, 0.01, 1)).state == "follows_train"


def test_a_gap_that_is_nothing_against_the_fall_follows_train():
    train = decay(3000, 0.8, 0.0, 0.05) + np.geomspace(1e-4, 2e-6, 3000)
    assert compare(train, decay(3000, 0.8, 5e-5, 0.05)).state == "follows_train"


def test_sparse_validation_is_compared_at_its_own_steps():
    train = decay(2000, 2.3, 0.02, 0.25, 0.02)
    val = [None] * 2000
    for row in range(0, 2000, 100):
        val[row] = 2.3 if row == 0 else 0.9 + max(0, row - 500) / 1500
    found = readings(list(train), val)["validation_against_train"]
    assert found.state == "rises_while_train_falls"


def test_few_evaluations_leave_the_comparison_unsure():
    found = compare(decay(4, 2.3, 0.1, 0.4), np.array([1.5, 1.2, 1.3, 1.6]))
    assert max(found.likelihood.values()) < 0.9


def test_a_validation_loss_of_zero_throughout_was_never_computed():
    frame = pd.DataFrame({"epoch": range(50), "loss": decay(50, 2.3, 0.1, 0.2, 0.01), "val_loss": np.zeros(50)})
    found = {reading.finding for reading in detect(read_history(frame))}
    assert "train_loss_trend" in found
    assert "validation_against_train" not in found
    assert "val_loss_course" not in found


class TestCourse:
    @pytest.mark.parametrize(
        ("val", "state"),
        [
            (decay(SIZE, 2.3, 0.4, 0.2, 0.01), "smooth"),
            (1.0 + np.arange(SIZE) / SIZE, "smooth"),
            (decay(SIZE, 2.3, 0.6, 0.1) * np.exp(noise(SIZE, 0.5)), "erratic"),
            (np.where(np.arange(SIZE) < 60, decay(SIZE, 2.3, 0.4, 0.1, 0.01), 1.9 + noise(SIZE, 0.02)), "sudden_jump"),
            (np.full(SIZE, 0.6931), "exactly_constant"),
        ],
    )
    def test_the_validation_curve_by_itself(self, val: np.ndarray, state: str):
        found = readings(decay(SIZE, 2.3, 0.3, 0.2, 0.01), val, step_unit="epoch")["val_loss_course"]
        assert found.state == state

    def test_validation_is_read_without_training(self):
        found = readings(None, decay(SIZE, 2.3, 0.4, 0.2, 0.01))
        assert found["val_loss_course"].state == "smooth"
        assert "train_loss_trend" not in found
