import math

import numpy as np
import pandas as pd
import pytest

from tests.detectors.curves import decay, noise, readings, trend
from triage.detectors import detect
from triage.history import read_history

SIZES = [30, 100, 1000, 20_000]


@pytest.mark.parametrize("size", SIZES)
class TestShapes:
    def test_a_fall_to_a_low_floor_is_falling(self, size: int):
        found = trend(decay(size, 2.3, 0.1, 0.15, 0.02))
        assert found.state == "falling"
        assert found.likelihood["falling"] >= 0.85

    def test_a_fall_with_the_noise_of_small_batches_is_falling(self, size: int):
        assert trend(decay(size, 2.3, 0.1, 0.15) * np.exp(noise(size, 0.3))).state == "falling"

    def test_a_smooth_fall_to_almost_zero_is_falling(self, size: int):
        found = readings(decay(size, 2.3, 1e-6, 0.05))
        assert found["train_loss_trend"].state == "falling"
        assert found["loss_signature"].state == "ordinary"

    def test_a_fall_that_goes_on_is_still_falling(self, size: int):
        found = trend(decay(size, 2.3, 0.1, 1.0, 0.01))
        assert found.state == "still_falling_at_end"
        assert found.likelihood["still_falling_at_end"] >= 0.9

    def test_a_small_fall_that_stops_early_is_a_plateau(self, size: int):
        assert trend(decay(size, 2.3, 1.7, 0.08, 0.02)).state == "plateau"

    def test_noise_around_one_level_is_flat(self, size: int):
        found = trend(2.3 + noise(size, 0.05))
        assert found.state == "flat_from_start"
        assert found.likelihood["flat_from_start"] >= 0.85

    def test_values_that_alternate_widely_oscillate(self, size: int):
        assert trend(1 + 0.4 * (-1.0) ** np.arange(size) + noise(size, 0.05)).state == "oscillating"

    def test_slow_wide_swings_oscillate(self, size: int):
        assert trend(1 + 0.4 * np.sin(np.arange(size) * 16 * np.pi / size) + noise(size, 0.05)).state == "oscillating"

    def test_a_jump_that_stays_names_its_step(self, size: int):
        row = int(0.7 * size)
        values = np.where(np.arange(size) < row, decay(size, 2.3, 0.1, 0.15, 0.02), 1.5 + noise(size, 0.05, 1))
        found = trend(values)
        assert found.state == "jump_then_plateau"
        assert found.steps is not None
        assert abs(found.steps[0] - row) <= max(1, size // 2000)

    def test_a_slow_climb_after_a_minimum_falls_then_rises(self, size: int):
        values = decay(size, 2.3, 0.2, 0.1, 0.02) + np.maximum(0, np.arange(size) / size - 0.5)
        assert trend(values).state == "falls_then_rises"

    def test_growth_without_end_diverges(self, size: int):
        assert trend(decay(size, 2.3, 0.5, 0.1, 0.02) + 1e-3 * np.exp(12 * np.arange(size) / size)).state == "diverging"
        assert trend(1 + np.arange(size) / size).state == "diverging"

    def test_a_tail_that_runs_away_diverges_from_its_first_step(self, size: int):
        found = trend(np.concatenate([decay(size, 2.3, 0.5, 0.1, 0.005), [0.9, 2.0, 5.0, 20.0]]))
        assert found.state == "diverging"
        assert found.steps == (size, size + 3)

    def test_a_high_spike_that_comes_back_heals(self, size: int):
        values = decay(size, 2.3, 0.5, 0.1, 0.02)
        row = int(0.6 * size)
        values[row : row + max(1, size // 40)] += 3
        found = trend(values)
        assert found.state == "spikes_that_heal"
        assert found.steps is not None
        assert row <= found.steps[0] < row + max(1, size // 40)

    def test_a_spike_in_the_first_steps_is_no_fault(self, size: int):
        values = decay(size, 6.9, 1.5, 0.1, 0.05)
        values[2] = 16.9
        assert trend(values).state == "falling"

    def test_steps_of_a_schedule_are_no_events(self, size: int):
        part = np.arange(size) / size
        values = np.where(part < 1 / 3, 1.2, np.where(part < 2 / 3, 0.6, 0.5)) + decay(size, 2, 0, 0.02, 0.02)
        assert trend(values).state in ("falling", "still_falling_at_end")

    def test_learning_late_is_falling(self, size: int):
        values = 2.3 / (1 + np.exp((np.arange(size) / size - 0.3) * 40)) + 0.01 + np.abs(noise(size, 0.003))
        assert trend(values).state in ("falling", "still_falling_at_end")

    def test_a_negative_loss_may_fall(self, size: int):
        found = readings(-decay(size, 0, 5, 0.5, 0.02))
        assert found["train_loss_trend"].state in ("falling", "still_falling_at_end")
        assert found["loss_signature"].state == "negative"


def test_heavy_tailed_losses_of_single_samples_show_no_spikes():
    values = np.random.default_rng(0).gamma(0.5, 1.0, 5000) * decay(5000, 2.3, 0.4, 0.3)
    assert trend(values).state in ("falling", "still_falling_at_end")


def test_one_odd_batch_of_modest_height_is_no_spike():
    values = decay(3000, 10.9, 3.3, 0.1, 0.1)
    values[[919, 947]] += 1.5
    assert trend(values).state in ("falling", "still_falling_at_end")


def test_tiny_swings_after_a_complete_fall_do_not_count():
    values = decay(3000, 0.8, 0.0, 0.03) + 4e-6 * (1 + 0.6 * np.sin(np.arange(3000) / 40))
    assert trend(values, step_unit="epoch").state in ("falling", "still_falling_at_end")


def test_the_same_number_every_time_is_exactly_constant_even_in_a_short_log():
    found = trend([0.6931] * 5)
    assert found.state == "exactly_constant"
    assert trend([2.3026] * 100).likelihood["exactly_constant"] >= 0.94


def test_a_short_log_says_how_unsure_it_is():
    found = trend([2.3, 1.6, 1.2, 0.9, 0.75, 0.7])
    assert found.state in ("falling", "still_falling_at_end")
    assert max(found.likelihood.values()) < 0.7
    assert "only 6 points" in found.message


@pytest.mark.parametrize("values", [[1.0], [1.0, 0.5], [math.nan, 1.0, 0.5]])
def test_one_or_two_values_have_no_trend(values: list[float]):
    assert "train_loss_trend" not in readings(values)


def test_steps_in_disorder_are_sorted():
    steps = np.random.default_rng(0).permutation(300).astype(float)
    values = decay(300, 2.3, 0.1, 0.15, 0.02)[steps.astype(int)]
    assert trend(values, step=steps).state == "falling"


def test_pieces_in_the_wrong_order_are_sorted():
    values = decay(300, 2.3, 0.1, 0.15, 0.02)
    order = np.concatenate([np.arange(150, 300), np.arange(150)])
    assert trend(values[order], step=order.astype(float)).state == "falling"


def test_a_counter_that_starts_over_every_epoch_keeps_the_order_of_the_rows():
    steps = np.tile(np.arange(100.0), 8)
    assert trend(decay(800, 2.3, 0.1, 0.15, 0.02), step=steps).state == "falling"


def test_a_sum_of_terms_stands_in_for_a_total_that_is_not_logged():
    half = decay(100, 1.1, 0.05, 0.15, 0.01)
    history = read_history(pd.DataFrame({"step": range(100), "train/box_loss": half, "train/cls_loss": half + 0.01}))
    found = {reading.finding: reading.state for reading in detect(history)}
    assert found["train_loss_trend"] == "falling"


def test_falling_back_to_guessing_is_told_from_an_ordinary_jump():
    loss = np.concatenate([decay(600, 2.4, 0.2, 0.2, 0.02), math.log(10) + noise(300, 0.004, 1)])
    accuracy = np.concatenate([1 - decay(600, 0.9, 0.05, 0.2), np.full(300, 0.1) + noise(300, 0.001, 2)])
    found = readings(loss, train_accuracy=accuracy)
    assert found["train_loss_trend"].state == "collapsed_to_chance"
    assert "ln 10" in found["train_loss_trend"].message
    assert found["loss_signature"].state == "ordinary"
    assert found["failure_time"].state == "after_long_progress"


def overshooting(size: int = 80) -> np.ndarray:
    """A run that falls by nine tenths, climbs far over its new level and settles there for its last third."""
    part = np.arange(size) / size
    climb = np.interp(part, [0.0, 0.1, 0.2, 0.4, 0.5, 0.65, 1.0], [1.1, 0.1, 0.2, 1.5, 6.0, 2.25, 2.25])
    return climb * np.exp(noise(size, 0.002, 1) + noise(size, 0.15, 2) * (part < 0.6))


class TestAfterTheMinimum:
    def test_a_deep_early_fall_is_a_fall_and_a_level_end_no_growth(self):
        found = trend(overshooting(), step_unit="epoch")
        assert found.state == "falls_then_rises"
        assert found.likelihood.get("diverging", 0.0) < 0.1
        assert "no fall worth the name" not in found.message
        assert "its level from epoch" in found.message

    def test_growth_that_goes_on_diverges_also_after_a_small_fall(self):
        values = np.concatenate([np.linspace(1.0, 0.9, 6), np.linspace(0.95, 5.0, 94)]) + noise(100, 0.02)
        found = trend(values)
        assert found.state == "diverging"
        assert "with no fall worth the name" in found.message

    def test_a_rise_to_a_level_without_a_fall_is_no_growth_without_end(self):
        found = trend(3.0 - 2.0 * np.exp(-np.arange(200) / 20) + noise(200, 0.02))
        assert found.likelihood.get("diverging", 0.0) < 0.2
        assert "its level from step" in found.message

    def test_guessing_is_looked_for_where_the_new_level_is_reached(self):
        values = overshooting() * (math.log(10) / 2.25)
        assert trend(values, step_unit="epoch").state == "collapsed_to_chance"

    def test_guessing_may_show_in_the_validation_loss_alone_and_the_loss_names_the_classes(self):
        train = overshooting()
        val = train * np.where(np.arange(80) < 52, 1.1, math.log(10) / 2.25) + noise(80, 0.003, 3)
        accuracy = np.interp(np.arange(80), [0, 8, 55, 79], [0.8, 0.98, 0.145, 0.145]) + noise(80, 0.002, 4)
        found = readings(train, val, train_accuracy=accuracy, step_unit="epoch")["train_loss_trend"]
        assert found.state == "collapsed_to_chance"
        assert found.likelihood["collapsed_to_chance"] >= 0.8
        assert "in validation" in found.message
        assert "ln 10" in found.message
        assert "the accuracy fell from 0.97" in found.message

    def test_a_validation_loss_at_ln_n_far_from_the_training_loss_is_no_guess(self):
        train = decay(200, 2.4, 0.3, 0.1, 0.01)
        train[100:] = 0.9 + noise(100, 0.003, 1)
        val = np.where(np.arange(200) < 100, 1.0, math.log(10)) + noise(200, 0.003, 2)
        assert trend(train).state == "jump_then_plateau"
        assert readings(train, val)["train_loss_trend"].state == "jump_then_plateau"

    def test_an_accuracy_well_above_a_guess_speaks_against_one(self):
        loss = decay(60, 1.42, 1.0986, 0.1, 0.004)
        found = readings(loss, train_accuracy=0.65 + noise(60, 0.004, 1), step_unit="epoch")
        assert found["loss_signature"].state == "ordinary"
        assert found["loss_signature"].likelihood.get("at_chance", 0.0) < 0.05

    def test_a_short_end_at_ln_n_on_the_way_up_is_no_guess(self):
        assert trend(np.linspace(1.0, math.log(7) + 0.02, 30)).state == "diverging"

    def test_a_tail_that_ends_on_its_way_down_far_above_everything_has_run_away(self):
        found = trend(np.concatenate([decay(240, 2.2, 0.95, 0.02) * np.exp(noise(240, 0.25)), [11.0, 11500.0, 1300.0]]))
        assert found.state == "diverging"
        assert "1.15e+04, with 1300 at the end" in found.message


class TestNoiseOrSwings:
    """Single batches are noisy without any order; swings have one."""

    @pytest.mark.parametrize("sigma", [0.4, 0.7, 1.0])
    def test_heavy_tailed_batches_of_a_run_that_fell_fast_are_falling(self, sigma: float):
        course = 0.2 + 2.1 * np.exp(-np.arange(75) / 1.5)
        states = [trend(course * np.exp(noise(75, sigma, seed))).state for seed in range(40)]
        assert sum(state in ("falling", "still_falling_at_end") for state in states) >= 32
        assert states.count("oscillating") <= 2

    @pytest.mark.parametrize("seed", range(5))
    def test_batches_around_one_level_are_flat(self, seed: int):
        found = trend(np.exp(noise(300, 0.6, seed)))
        assert found.state == "flat_from_start"
        assert "does not move beyond its noise" in found.message

    def test_the_same_values_as_means_of_epochs_oscillate(self):
        assert trend(np.exp(noise(300, 0.6)), step_unit="epoch").state == "oscillating"

    @pytest.mark.parametrize("size", [60, 300])
    def test_smooth_swings_under_the_noise_of_batches_oscillate(self, size: int):
        assert trend((1 + 0.6 * np.sin(np.arange(size) / 3)) * np.exp(noise(size, 0.15))).state == "oscillating"
        assert trend(1 + 0.6 * np.sin(np.arange(size) * 10 * np.pi / size) + noise(size, 0.1)).state == "oscillating"

    def test_strict_alternation_under_the_noise_of_batches_oscillates(self):
        assert trend((1 + 0.5 * (-1.0) ** np.arange(120)) * np.exp(noise(120, 0.15))).state == "oscillating"

    def test_swings_that_grow_oscillate(self):
        grown = [trend(1 + (0.03 + 0.5 * (np.arange(300) / 300) ** 2) * noise(300, 1, seed)) for seed in range(20)]
        assert sum(found.state == "oscillating" for found in grown) >= 12


class TestSpeed:
    def test_an_ordinary_fall_is_ordinary(self):
        assert readings(decay(500, 2.3, 0.1, 0.2, 0.02))["speed_of_descent"].state == "ordinary"

    def test_near_zero_almost_at_once_is_suspicious(self):
        assert readings(np.abs(decay(5000, 2.3, 0.0, 0.001, 1e-4)))["speed_of_descent"].state == "suspiciously_fast"

    def test_a_straight_small_fall_is_very_slow(self):
        assert readings(2.3 - 0.1 * np.arange(500) / 500 + noise(500, 0.002))["speed_of_descent"].state == "very_slow"

    def test_a_straight_fall_over_little_of_the_way_is_very_slow(self):
        values = np.linspace(3.3, 2.4, 60) + noise(60, 0.02)
        found = readings(values, step_unit="epoch")["speed_of_descent"]
        assert found.state == "very_slow"
        assert found.likelihood["very_slow"] >= 0.6

    @pytest.mark.parametrize("part", [0.1, 0.2, 0.35])
    def test_the_same_fall_is_ordinary_where_it_flattens(self, part: float):
        values = decay(60, 3.3, 2.4, part, 0.02)
        assert readings(values, step_unit="epoch")["speed_of_descent"].state == "ordinary"

    def test_a_straight_fall_over_most_of_the_way_is_ordinary(self):
        assert readings(np.linspace(3.3, 1.5, 60), step_unit="epoch")["speed_of_descent"].state == "ordinary"

    def test_some_dozens_of_updates_are_too_few_to_be_slow(self):
        values = np.linspace(3.3, 2.6, 40) + noise(40, 0.02)
        assert readings(values)["speed_of_descent"].state == "ordinary"

    def test_a_flat_loss_has_no_speed(self):
        assert "speed_of_descent" not in readings(2.3 + noise(500, 0.05))
