from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.report.examples import a_history
from triage.report.plot import is_logarithmic, plot_losses


def test_without_a_finite_loss_there_is_no_picture():
    assert plot_losses(a_history(train_loss=[math.nan, math.inf]), {}) == []
    assert plot_losses(a_history(grad_norm=[1.0, 2.0]), {}) == []


def test_the_picture_is_as_wide_and_as_high_as_asked():
    lines = plot_losses(a_history(), {"1": 40.0}, width=80, height=6)
    assert len(lines) == 6 + 3
    assert max(map(len, lines)) == 80


def test_a_picture_that_is_asked_to_be_too_narrow_keeps_some_width():
    assert plot_losses(a_history(), {}, width=1)


def test_a_spike_of_one_step_among_very_many_is_seen():
    loss = [1.0] * 100_000
    loss[70_000] = 2.0
    first = plot_losses(a_history(train_loss=loss), {})[0]
    assert any("\u2801" <= character <= "\u28ff" for character in first)


def test_nan_is_crossed_out_on_the_axis_and_named_in_the_legend():
    lines = plot_losses(a_history(), {})
    assert "×" in lines[-2]
    assert "× NaN or Inf" in lines[-1]
    assert not any("×" in line for line in plot_losses(a_history(train_loss=[2.0, 1.0]), {}))


def test_a_positive_curve_over_a_wide_range_is_logarithmic():
    assert "log scale" in plot_losses(a_history(train_loss=[100.0, 1.0]), {})[-1]
    assert "log scale" not in plot_losses(a_history(train_loss=[100.0, 0.0]), {})[-1]
    assert not is_logarithmic([a_history(train_loss=[29.0, 1.0]).curve("train_loss")])


def test_the_legend_names_what_is_drawn_when_only_validation_is_finite():
    lines = plot_losses(a_history(train_loss=[math.nan] * 3, val_loss=[3.0, 2.0, 1.0]), {})
    assert "⣿ validation loss" in lines[-1]
    assert "train" not in lines[-1]
    assert not any("o" in line.partition("│")[2] for line in lines[:-1])


def test_the_ends_of_the_axis_are_the_extremes_of_the_curves():
    lines = plot_losses(a_history(train_loss=[2.5, 0.5], val_loss=[3.5, 1.0]), {})
    assert lines[0].split("│")[0].strip() == "3.5"
    assert lines[7].split("│")[0].strip() == "0.5"


def test_a_constant_loss_is_named_once():
    lines = plot_losses(a_history(train_loss=[0.6931] * 9), {})
    assert sum("0.6931" in line for line in lines) == 1


@pytest.mark.parametrize("values", [[1.0, 1.7976931348623157e308], [-1.7e308, 1.7e308], [5e-324, 1.0], [-1.23e-100, 1]])
def test_extreme_values_are_drawn_in_line(values):
    lines = plot_losses(a_history(train_loss=values), {})
    assert len({line.index("│") for line in lines[:8]}) == 1
    assert "Inf" not in lines[0]


def test_marks_stand_below_their_steps():
    lines = plot_losses(a_history(train_loss=[1.0] * 100), {"1": 0.0, "2": 50.0, "3": 1000.0, "4": math.nan}, 111)
    assert lines[9].index("1") == 11
    assert 58 <= lines[9].index("2") <= 62
    assert "3" not in lines[9]


def test_no_mark_is_lost_where_many_meet_at_the_end():
    marks = {str(index): 99.0 for index in range(1, 8)}
    lines = plot_losses(a_history(), marks)
    assert set(lines[9].strip()) == set(marks)


@given(
    st.lists(st.floats(), min_size=1, max_size=30), st.integers(1, 120), st.integers(1, 12), st.floats(allow_nan=True)
)
def test_any_curve_can_be_drawn(values, width, height, mark):
    with np.errstate(all="raise", under="ignore"):
        lines = plot_losses(a_history(train_loss=values, val_loss=values[::-1]), {"1": mark}, width, height)
    assert bool(lines) == any(map(math.isfinite, values))
