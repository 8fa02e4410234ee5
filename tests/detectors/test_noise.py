import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.detectors.curves import decay, noise, readings


def rough(values: np.ndarray, **columns: object) -> str:
    found = readings(values, **columns).get("loss_noise")
    return "" if found is None else found.state


def batches(size: int, batch: int, seed: int = 0) -> np.ndarray:
    """Losses of batches of samples that each cost something exponential about a falling mean."""
    costs = np.random.default_rng(seed).gamma(batch, 1.0 / batch, size)
    return decay(size, 2.3, 0.3, 0.2) * costs


@pytest.mark.parametrize("size", [30, 200, 5000, 50_000])
class TestOfBatches:
    def test_single_samples_are_rough(self, size: int):
        assert rough(batches(size, 1)) == "rough"

    def test_a_usual_batch_is_ordinary(self, size: int):
        assert rough(batches(size, 32)) == "ordinary"

    def test_a_huge_batch_is_smooth(self, size: int):
        assert rough(batches(size, 30_000)) == "smooth"


def test_a_trend_is_no_noise():
    assert rough(decay(400, 2.3, 0.3, 0.2)) == "smooth"


def test_heavy_tails_and_spikes_do_not_count():
    values = batches(2000, 64)
    values[np.random.default_rng(1).integers(0, 2000, 60)] *= 4.0
    assert rough(values) == "ordinary"


def test_means_over_epochs_are_not_of_single_batches():
    values = decay(200, 2.3, 0.3, 0.2)
    assert rough(values, step_unit="epoch") == ""
    steps = np.arange(200.0) * 50
    assert rough(values, step=steps, epoch=steps // 50) == ""
    assert rough(values, step=steps, epoch=steps // 1000) == "smooth"


def test_a_loss_that_swings_or_never_moves_is_judged_by_its_course_alone():
    assert rough(1 + 0.4 * np.sin(np.arange(400) / 8) + noise(400, 0.05)) == ""
    assert rough(2.3 + noise(400, 0.01)) == ""


def test_a_loss_below_zero_has_no_level_to_stand_against():
    assert rough(batches(300, 1) - 1.0) == ""


def test_a_short_log_is_read_with_doubt_and_says_so():
    found = readings(decay(12, 2.3, 0.3, 0.7, 0.002))["loss_noise"]
    assert found.state == "smooth"
    assert found.likelihood["ordinary"] > 0.2
    assert "only 12 points" in found.message


@given(st.integers(0, 1000), st.floats(1e-6, 1e6), st.integers(-1000, 1000))
def test_neither_scale_nor_position_changes_the_noise(seed: int, factor: float, shift: int):
    values = batches(60, 8, seed)
    step = np.arange(60.0)
    one = readings(values, step=step).get("loss_noise")
    other = readings(values * factor, step=step + shift).get("loss_noise")
    assert (one is None) == (other is None)
    if one is not None and other is not None:
        assert one.likelihood == pytest.approx(other.likelihood, abs=2e-4)
