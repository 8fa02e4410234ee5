import math

import numpy as np
import pytest

from tests.detectors.curves import decay, noise, readings


@pytest.mark.parametrize("classes", [2, 3, 4, 10])
def test_a_flat_loss_of_ln_n_is_chance(classes: int):
    found = readings(math.log(classes) + noise(300, 0.003))["loss_signature"]
    assert found.state == "at_chance"
    assert f"ln {classes}" in found.message


def test_a_loss_of_ln_n_to_the_last_digit_is_chance_in_a_short_log_too():
    found = readings([0.6931] * 6)["loss_signature"]
    assert found.state == "at_chance"


@pytest.mark.parametrize("classes", [100, 1000])
def test_many_classes_need_the_accuracy_to_be_sure(classes: int):
    loss = math.log(classes) + noise(300, 0.003)
    alone = readings(loss)["loss_signature"].likelihood.get("at_chance", 0)
    both = readings(loss, train_accuracy=np.full(300, 1 / classes))["loss_signature"].likelihood["at_chance"]
    assert both > 0.85
    assert both > alone


def test_a_bad_start_that_falls_to_chance_and_stays_is_chance():
    found = readings(decay(300, 6.0, math.log(10), 0.03, 0.003))["loss_signature"]
    assert found.state == "at_chance"


def test_an_accuracy_well_above_chance_speaks_against_it():
    found = readings(1.0986 + noise(300, 0.003), train_accuracy=np.full(300, 0.8))["loss_signature"]
    assert found.state == "ordinary"


@pytest.mark.parametrize("floor", [0.5, 1.5, 1.9, 2.6])
def test_another_level_is_no_chance(floor: float):
    assert readings(floor + noise(300, 0.003))["loss_signature"].state == "ordinary"


def test_a_falling_loss_that_passes_ln_n_is_ordinary():
    assert readings(decay(300, 3.0, 0.2, 0.3, 0.01))["loss_signature"].state == "ordinary"


@pytest.mark.parametrize("constant", [87.3365, 16.118])
def test_saturation_constants_are_known(constant: float):
    values = np.concatenate([decay(100, 5.0, 1.0, 0.3, 0.02), np.full(100, constant)])
    assert readings(values)["loss_signature"].state == "saturation_constant"


def test_zero_printed_after_high_values_is_exactly_zero():
    values = np.concatenate([2.0 + noise(60, 0.1), np.zeros(60)])
    found = readings(values)["loss_signature"]
    assert found.state == "exactly_zero"
    assert found.steps == (60, 119)


def test_zero_throughout_is_exactly_zero():
    found = readings([0.0] * 10)
    assert found["loss_signature"].state == "exactly_zero"
    assert found["train_loss_trend"].state == "exactly_constant"


def test_a_loss_that_rounds_to_zero_at_last_is_ordinary():
    assert readings(np.round(decay(200, 2.0, 0.0, 0.05), 4))["loss_signature"].state == "ordinary"


class TestMetric:
    def test_accuracy_that_rises_with_the_falling_loss_agrees(self):
        loss = decay(100, 2.3, 0.2, 0.2, 0.01)
        assert readings(loss, train_accuracy=1 - loss / 2.6)["metric_against_loss"].state == "agree"

    def test_accuracy_that_does_not_move_is_stuck(self):
        loss = decay(100, 2.3, 0.2, 0.2, 0.01)
        found = readings(loss, train_accuracy=0.1 + noise(100, 0.002))["metric_against_loss"]
        assert found.state == "loss_falls_metric_stuck"

    def test_accuracy_near_one_at_once_is_suspicious(self):
        found = readings(decay(50, 0.05, 0.001, 0.2), train_accuracy=np.full(50, 0.999))["metric_against_loss"]
        assert found.state == "metric_good_at_once"

    @pytest.mark.parametrize("value", [0.0, 1.7, -0.2])
    def test_impossible_values_are_named(self, value: float):
        accuracy = np.full(50, 0.9) if value else np.zeros(50)
        accuracy[20] = value
        assert (
            readings(decay(50, 2, 0.1, 0.2), train_accuracy=accuracy)["metric_against_loss"].state
            == "metric_impossible"
        )

    def test_percent_is_understood(self):
        loss = decay(100, 2.3, 0.2, 0.2, 0.01)
        assert readings(loss, train_accuracy=100 - loss / 0.026)["metric_against_loss"].state == "agree"


@pytest.mark.parametrize(
    "values",
    [
        [1, 1e300, 1e300, 0.54, 0.44, 0.36, 0.30, 0.24, 0.20, 0.16, 0.13, 0.11],
        [1.1e-8, 4.7e-23, 3.4e-32, 4.3e-23, 5e7, 9e-35, 39, 4e10, 1e300, 1e21, 1e17, 1e300],
    ],
)
def test_values_near_the_ends_of_the_number_format_are_read(values):
    assert readings(np.array(values, dtype=float))["nan_onset"].state == "none"


def test_a_loss_that_fell_to_the_logarithm_of_a_number_has_learnt():
    loss = 2.3026 + (10.7 - 2.3026) * np.exp(-np.arange(600) / 60)
    assert readings(loss)["loss_signature"].state == "ordinary"
    stuck = 2.3026 + 0.002 * np.random.default_rng(0).normal(size=600)
    assert readings(stuck)["loss_signature"].state == "at_chance"
