import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.detectors.curves import decay, readings


def floor(values: np.ndarray, **columns: object) -> str:
    found = readings(values, **columns).get("loss_floor")
    return "" if found is None else found.state


@pytest.mark.parametrize("unit", ["step", "epoch"])
@pytest.mark.parametrize("size", [30, 300, 20_000])
@pytest.mark.parametrize(("level", "state"), [(0.001, "near_zero"), (0.25, "low"), (1.0, "part_way")])
def test_the_level_at_the_end_stands_against_the_first(size: int, level: float, state: str, unit: str):
    assert floor(decay(size, 2.3, level, 0.08, 0.01 * level), step_unit=unit) == state


def test_a_run_that_has_not_settled_has_no_floor():
    assert floor(decay(200, 2.3, 0.1, 1.0, 0.01)) == ""


def test_a_plateau_is_too_high_by_itself():
    assert floor(decay(200, 2.3, 1.7, 0.08, 0.02)) == ""


def test_a_loss_that_goes_below_zero_has_no_floor():
    assert floor(decay(200, 2.3, -1.0, 0.08, 0.01)) == ""


def test_ten_points_are_read_with_doubt():
    found = readings(decay(10, 2.3, 0.2, 0.1), step_unit="epoch")["loss_floor"]
    assert found.state == "low"
    assert found.likelihood["part_way"] > 0.1
    assert "only 10 points" in found.message


@given(st.floats(0.001, 0.9), st.floats(1e-6, 1e6), st.integers(-1000, 1000))
def test_neither_scale_nor_position_changes_the_floor(level: float, factor: float, shift: int):
    values, step = decay(80, 1.0, level, 0.08), np.arange(80.0)
    one = readings(values, step=step).get("loss_floor")
    other = readings(values * factor, step=step + shift).get("loss_floor")
    assert (one is None) == (other is None)
    if one is not None and other is not None:
        assert one.likelihood == pytest.approx(other.likelihood, abs=2e-4)
