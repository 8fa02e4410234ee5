"""Gradient norm, loss terms, learning rate and loss scale."""

import math

import numpy as np
import pytest

from tests.detectors.curves import decay, noise, readings

NAN = math.nan
SIZE = 1000


def healthy() -> np.ndarray:
    return decay(SIZE, 2.3, 0.3, 0.2, 0.01)


def failing(row: int) -> np.ndarray:
    values = healthy()
    values[row:] = NAN
    return values


def norms(sigma: float = 0.2) -> np.ndarray:
    return np.exp(noise(SIZE, sigma, 3))


class TestGradientNorm:
    def read(self, loss: np.ndarray, norm: np.ndarray):
        return readings(loss, grad_norm=norm)["grad_norm_course"]

    def test_ordinary_norms_are_unremarkable(self):
        assert self.read(healthy(), norms()).state == "unremarkable"

    def test_one_spike_with_a_healthy_loss_is_unremarkable(self):
        norm = norms()
        norm[500] = 4.3e6
        assert self.read(healthy(), norm).state == "unremarkable"

    def test_growth_over_steps_before_the_failure_is_seen(self):
        norm = norms()
        norm[594:600] = [0.95, 2.4, 15.9, 145, 960, 5000]
        norm[600:] = NAN
        found = self.read(failing(600), norm)
        assert found.state == "grows_before_failure"
        assert found.steps is not None
        assert found.steps[1] == 600

    def test_growth_before_a_jump_of_the_loss_is_seen(self):
        loss = healthy()
        loss[600:] = 2.5 + noise(400, 0.02, 4)
        norm = norms()
        norm[590:600] *= np.geomspace(2, 200, 10)
        assert self.read(loss, norm).state == "grows_before_failure"

    def test_a_jump_after_long_calm_at_small_values_is_seen(self):
        norm = np.geomspace(1, 1e-4, SIZE) * np.exp(noise(SIZE, 0.1))
        norm[800:] = 5.0
        loss = healthy()
        loss[800:] = 2.0 + noise(200, 0.02, 4)
        assert self.read(loss, norm).state == "small_for_long_then_jump"

    def test_infinity_before_the_loss_fails_is_not_finite_first(self):
        norm = norms()
        norm[598:] = math.inf
        assert self.read(failing(600), norm).state == "not_finite_first"

    def test_a_few_skipped_steps_of_a_loss_scaler_are_unremarkable(self):
        norm = norms()
        norm[[10, 400]] = math.inf
        assert self.read(healthy(), norm).state == "unremarkable"

    @pytest.mark.parametrize(("scale", "state"), [(0.0, "zero"), (1e-9, "tiny"), (3e4, "large_from_start")])
    def test_the_level_is_judged(self, scale: float, state: str):
        assert self.read(healthy(), scale * norms()).state == state

    def test_without_the_column_there_is_no_reading(self):
        assert "grad_norm_course" not in readings(healthy())


class TestTerms:
    def test_the_term_that_fails_first_is_named(self):
        found = readings(failing(602), train_loss__box=failing(600), train_loss__cls=failing(602))["failing_component"]
        assert found.state == "one_first"
        assert "'box'" in found.message
        assert found.steps == (600, 600)

    def test_a_bad_total_of_good_terms_is_seen(self):
        found = readings(failing(600), train_loss__box=healthy(), train_loss__cls=healthy())["failing_component"]
        assert found.state == "total_only"

    def test_terms_that_fail_together_do_not_stand_out(self):
        found = readings(failing(600), train_loss__box=failing(600), train_loss__cls=failing(600))["failing_component"]
        assert found.state == "none_stands_out"

    def test_a_term_that_diverges_alone_stands_out(self):
        growing = healthy() + 1e-3 * np.exp(12 * np.arange(SIZE) / SIZE)
        found = readings(healthy() + growing, train_loss__box=growing, train_loss__cls=healthy())["failing_component"]
        assert found.state == "one_first"
        assert "'box'" in found.message

    def test_a_term_that_rises_early_and_keeps_its_level_makes_way_for_another(self):
        rising = 0.15 - 0.12 * np.exp(-np.arange(126) / 5) + noise(126, 0.008)
        falling = decay(126, 0.5, 0.15, 0.04, 0.008, 1)
        found = readings(rising + falling, train_loss__a=rising, train_loss__b=falling)["failing_component"]
        assert found.state == "none_stands_out"

    def test_healthy_terms_do_not_stand_out(self):
        found = readings(healthy(), train_loss__box=healthy(), train_loss__cls=healthy() / 2)["failing_component"]
        assert found.state == "none_stands_out"

    def test_a_single_loss_has_no_terms(self):
        assert "failing_component" not in readings(healthy())


class TestRate:
    def read(self, rate: np.ndarray):
        return readings(healthy(), learning_rate=rate)["learning_rate_course"]

    part = np.arange(SIZE) / SIZE

    @pytest.mark.parametrize(
        "rate",
        [
            np.full(SIZE, 1e-3),
            1e-3 * (1 + np.cos(np.pi * part)) / 2,
            1e-3 * np.minimum(part / 0.1, 1) * (1 - part),
            np.where(part < 0.5, 0.1, np.where(part < 0.75, 0.01, 0.001)),
            1e-3 * (1 - part),
            1e-3 * (1 + np.cos(np.pi * ((4 * part) % 1))) / 2,
        ],
    )
    def test_usual_schedules_are_as_planned(self, rate: np.ndarray):
        assert self.read(rate).state == "as_planned"

    def test_nan_is_not_finite(self):
        rate = np.full(SIZE, 1e-3)
        rate[700:] = NAN
        found = self.read(rate)
        assert found.state == "not_finite"
        assert found.steps == (700, 999)

    def test_zero_throughout_is_zero(self):
        assert self.read(np.zeros(SIZE)).state == "zero"

    def test_zero_in_the_middle_is_zero(self):
        assert self.read(np.where((self.part > 0.4) & (self.part < 0.5), 0.0, 1e-3)).state == "zero"

    def test_a_jump_up_names_its_step(self):
        found = self.read(np.where(self.part < 0.6, 1e-3, 8e-3))
        assert found.state == "jumps_up"
        assert found.steps == (600, 600)

    def test_a_rate_that_is_gone_early_is_seen(self):
        assert self.read(1e-3 * np.exp(-20 * self.part)).state == "decays_too_early"


class TestLossScale:
    def read(self, scale: np.ndarray):
        return readings(healthy(), loss_scale=scale)["loss_scale_course"]

    def test_ordinary_backing_off_is_steady(self):
        scale = np.where(np.arange(SIZE) % 200 < 20, 32768.0, 65536.0)
        assert self.read(scale).state == "steady"

    def test_calibration_at_the_start_is_steady(self):
        assert self.read(np.concatenate([2.0 ** np.arange(24, 14, -1), np.full(SIZE - 10, 2.0**14)])).state == "steady"

    def test_many_halvings_in_a_row_collapse(self):
        scale = np.full(SIZE, 2.0**20)
        scale[600:] = 2.0**20 / 2.0 ** np.minimum(np.arange(400), 15)
        found = self.read(scale)
        assert found.state == "collapses"

    def test_a_scale_at_its_minimum_is_stuck(self):
        scale = np.concatenate([2.0 ** np.arange(16, 0, -1), np.full(SIZE - 16, 1.0)])
        assert self.read(scale).state == "stuck_at_minimum"
