from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.report.figures import counted, duration, number, percent


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.0, "0"),
        (-0.0, "0"),
        (0.008, "0.008"),
        (0.1 + 0.2, "0.3"),
        (0.69314718, "0.6931"),
        (0.0001, "0.0001"),
        (0.00001, "1e-05"),
        (87.3365, "87.34"),
        (999.96, "1,000"),
        (1500, "1,500"),
        (1234.56, "1,235"),
        (123456.7, "123,457"),
        (1_234_567, "1,234,567"),
        (12_345_678, "1.23e+07"),
        (2.9e15, "2.9e+15"),
        (-2.5, "-2.5"),
        (math.nan, "NaN"),
        (math.inf, "Inf"),
        (-math.inf, "-Inf"),
        (1.7976931348623157e308, "1.8e+308"),
    ],
)
def test_a_number_is_written_as_a_person_would(value, shown):
    assert number(value) == shown


@given(st.floats(-1e308, 1e308))
def test_a_number_is_short_and_close(value):
    shown = number(value)
    assert len(shown) <= 10
    assert math.isclose(float(shown.replace(",", "")), value, rel_tol=6e-3, abs_tol=5e-324)


@pytest.mark.parametrize(
    ("probability", "shown"),
    [
        (0.0, "<1 %"),
        (0.004, "<1 %"),
        (0.005, "<1 %"),
        (0.0051, "1 %"),
        (0.5, "50 %"),
        (0.994, "99 %"),
        (0.995, ">99 %"),
        (1.0, ">99 %"),
    ],
)
def test_a_probability_is_in_whole_percents_with_the_ends_told_apart(probability, shown):
    assert percent(probability) == shown


@given(st.floats(0.0, 1.0))
def test_no_probability_is_shown_as_nothing_or_as_certain(probability):
    assert percent(probability) not in {"0 %", "100 %"}


@pytest.mark.parametrize(
    ("minutes", "shown"),
    [
        (0.0, "10 s"),
        (0.1, "10 s"),
        (0.5, "30 s"),
        (0.99, "1 min"),
        (1, "1 min"),
        (5, "5 min"),
        (89, "89 min"),
        (90, "1.5 h"),
        (120, "2 h"),
        (150, "2.5 h"),
        (10_000, "7 days"),
    ],
)
def test_a_duration_has_the_unit_that_fits(minutes, shown):
    assert duration(minutes) == shown


@pytest.mark.parametrize(("count", "shown"), [(0, "0 runs"), (1, "1 run"), (2000, "2,000 runs")])
def test_one_thing_is_counted_without_an_s(count, shown):
    assert counted(count, "run") == shown
