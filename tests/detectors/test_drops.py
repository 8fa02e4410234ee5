import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.detectors.curves import noise, readings
from triage.detectors import Reading
from triage.detectors.drops import rate_drops


def at_drop(loss: np.ndarray, rate: np.ndarray, **columns: object) -> Reading | None:
    return readings(loss, learning_rate=rate, **columns).get("fall_at_rate_drop")


def staircase(size: int, sigma: float = 0.01, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """A loss that lies level until the rate drops at half-time, and then falls to a lower level."""
    part = np.arange(size) / size
    later = 0.5 + 0.5 * np.exp(-(part - 0.5) / 0.02)
    loss = np.where(part < 0.5, 1.0 + 1.3 * np.exp(-part / 0.03), later) * np.exp(noise(size, sigma, seed))
    return loss, np.where(part < 0.5, 0.1, 0.01)


def state(loss: np.ndarray, rate: np.ndarray, **columns: object) -> str:
    found = at_drop(loss, rate, **columns)
    return "" if found is None else found.state


SIZES = [24, 90, 1000, 30_000]


@pytest.mark.parametrize("size", SIZES)
class TestStates:
    def test_a_level_loss_that_falls_behind_the_drop_was_held_up_by_the_rate(self, size: int):
        found = at_drop(*staircase(size))
        assert found is not None
        assert found.state == "falls_at_drop"
        assert found.steps == (found.steps[0], found.steps[0])
        assert found.steps[0] == pytest.approx(size / 2, abs=2)

    def test_a_fall_that_ends_at_the_drop_was_ended_by_it(self, size: int):
        part = np.arange(size) / size
        loss = np.where(part < 0.5, 2.3 - 2.0 * part, 1.3) * np.exp(noise(size, 0.002))
        assert state(loss, np.where(part < 0.5, 0.1, 0.001)) == "stops_falling"

    def test_a_loss_that_does_not_mind_falls_on(self, size: int):
        part = np.arange(size) / size
        assert state((2.3 - 1.5 * part) * np.exp(noise(size, 0.01)), np.where(part < 0.5, 0.1, 0.01)) == "falls_on"

    def test_a_settled_loss_that_stays_falls_on(self, size: int):
        part = np.arange(size) / size
        loss = (0.2 + 2.1 * np.exp(-part / 0.05)) * np.exp(noise(size, 0.02))
        assert state(loss, np.where(part < 0.5, 0.1, 0.01)) == "falls_on"


def test_a_rate_that_falls_at_every_row_has_no_drop_to_judge():
    loss, _ = staircase(200)
    for rate in (0.1 * 0.5 ** np.arange(200.0), 0.1 * 0.97 ** np.arange(200.0), np.full(200, 0.1)):
        assert state(loss, rate) == ""


def test_a_rate_that_goes_to_zero_is_no_drop():
    loss, rate = staircase(200)
    assert state(loss, np.where(rate < 0.05, 0.0, rate)) == ""


def test_a_drop_over_two_rows_counts_and_one_by_less_than_half_does_not():
    rate = np.array([0.1] * 10 + [0.06] + [0.01] * 10)
    assert [(drop.before, drop.after) for drop in rate_drops(rate)] == [(9, 11)]
    assert rate_drops(np.array([0.1] * 10 + [0.06] * 10)) == ()


def test_the_first_of_several_drops_may_be_the_one_that_shows():
    part = np.arange(900) / 900
    loss, _ = staircase(900)
    rate = np.where(part < 0.5, 0.1, np.where(part < 0.8, 0.01, 0.001))
    found = at_drop(loss, rate)
    assert found is not None
    assert found.state == "falls_at_drop"
    assert "drops 2 times" in found.message


def test_without_a_rate_or_without_enough_values_behind_it_there_is_no_reading():
    loss, rate = staircase(200)
    assert "fall_at_rate_drop" not in readings(loss)
    assert state(loss[:102], rate[:102]) == ""


def test_ten_points_are_read_with_doubt():
    loss = np.array([2.3, 1.1, 1.02, 1.0, 1.01, 0.5, 0.45, 0.44, 0.45, 0.44])
    found = at_drop(loss, np.array([0.1] * 5 + [0.01] * 5), step_unit="epoch")
    assert found is not None
    assert found.state != "stops_falling"
    assert max(found.likelihood.values()) < 0.6


def test_gaps_in_either_column_are_passed_over():
    loss, rate = staircase(400)
    some = [float(value) if row % 3 == 0 else None for row, value in enumerate(loss)]
    rates = [float(value) if row % 2 == 0 else None for row, value in enumerate(rate)]
    assert readings(some, learning_rate=rates)["fall_at_rate_drop"].state == "falls_at_drop"


@pytest.mark.parametrize("drop", [0.3, 0.4])
def test_a_plateau_that_a_drop_ends_is_no_stuck_run(drop: float):
    part = np.arange(600) / 600
    later = 0.65 + 0.2 * np.exp(-(part - drop) / 0.01)
    loss = np.where(part < drop, 0.85 + 0.15 * np.exp(-part / 0.02), later) * np.exp(noise(600, 0.004))
    rate = np.where(part < drop, 0.1, 0.01)
    assert readings(loss)["train_loss_trend"].state == "plateau"
    found = readings(loss, learning_rate=rate)["train_loss_trend"]
    assert found.state == "falling"
    assert "where the learning rate drops" in found.message


@given(st.integers(0, 1000), st.floats(1e-6, 1e6), st.floats(1e-6, 1e3), st.integers(-1000, 1000))
def test_neither_scale_nor_position_changes_what_happens_at_a_drop(seed: int, factor: float, rates: float, shift: int):
    loss, rate = staircase(60, 0.05, seed)
    step = np.arange(60.0)
    one, other = at_drop(loss, rate, step=step), at_drop(factor * loss, rates * rate, step=step + shift)
    assert one is not None
    assert other is not None
    assert one.likelihood == pytest.approx(other.likelihood, abs=2e-4)
