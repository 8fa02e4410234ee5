import math

import numpy as np
import pytest

from tests.detectors.curves import decay, readings


@pytest.mark.parametrize("first", [0.001, 0.693, 2.303, 11.5, 99.0, -5000.0])
def test_a_first_loss_of_an_ordinary_size_is_not_judged(first: float):
    assert "initial_loss" not in readings(np.concatenate([[first], decay(50, 2.3, 0.1, 0.2)]))


@pytest.mark.parametrize(
    ("first", "least", "most"),
    [(100, 0.5, 0.65), (1e3, 0.8, 0.92), (1e4, 0.9, 0.95), (3e9, 0.93, 0.95), (1e300, 0.93, 0.95)],
)
def test_a_huge_first_loss_is_the_surer_the_larger_it_is(first: float, least: float, most: float):
    found = readings(np.concatenate([[first], decay(50, 2.3, 0.1, 0.2)]), step_unit="epoch")["initial_loss"]
    assert found.state == "far_above"
    assert least <= found.likelihood["far_above"] <= most
    assert found.steps == (0, 0)
    assert f"{first:.4g} at epoch 0" in found.message


def test_a_loss_that_grows_later_began_as_it_should():
    assert "initial_loss" not in readings(np.exp(np.arange(40.0)))


@pytest.mark.parametrize("first", [math.nan, math.inf])
def test_a_first_value_that_is_no_number_is_told_by_the_onset(first: float):
    assert "initial_loss" not in readings([first, 1e9, 1e8])


def test_validation_alone_does_not_show_the_first_training_loss():
    assert "initial_loss" not in readings(None, [1e9, 1e5, 1e4])


def guessing(first: float, accuracy: float, ends_at: float = 0.9) -> dict:
    losses = np.concatenate([[first], decay(50, 2.0, 0.1, 0.2)])
    return readings(losses, train_accuracy=np.linspace(accuracy, ends_at, 51))


@pytest.mark.parametrize(
    ("first", "accuracy", "state"),
    [
        (2.3, 0.1, "as_expected"),
        (0.7, 0.5, "as_expected"),
        (3.1, 0.1, "as_expected"),
        (24.0, 0.1, "far_above"),
        (9.0, 0.5, "far_above"),
        (0.25, 0.1, "far_below"),
        (-3.0, 0.1, "far_below"),
    ],
)
def test_a_first_loss_is_held_against_that_of_a_guess_where_the_accuracy_is_that_of_one(first, accuracy, state):
    found = guessing(first, accuracy)["initial_loss"]
    assert found.state == state or (first < 0 and found.likelihood["far_below"] > 0.4)
    assert "a guess" in found.message


def test_an_accuracy_in_percent_is_one_of_a_hundredth():
    assert guessing(24.0, 10.0, 90.0)["initial_loss"].state == "far_above"


def test_a_run_that_was_right_at_once_tells_nothing_of_a_guess():
    assert "initial_loss" not in guessing(0.3, 0.9)


def test_a_mean_over_an_epoch_is_no_start():
    losses = np.concatenate([[24.0], decay(50, 2.0, 0.1, 0.2)])
    found = readings(losses, train_accuracy=np.linspace(0.1, 0.9, 51), step_unit="epoch")
    assert "initial_loss" not in found


def test_a_loss_of_several_terms_is_not_held_against_a_guess():
    losses = np.concatenate([[24.0], decay(50, 2.0, 0.1, 0.2)])
    found = readings(losses, train_accuracy=np.linspace(0.1, 0.9, 51), **{"train_loss/box": losses / 2})
    assert "initial_loss" not in found
