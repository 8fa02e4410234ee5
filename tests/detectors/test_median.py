"""Medians and quantiles are those of numpy, whatever the values."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from triage.detectors.median import median, quantile, running_median, trailing_minima

ANY = arrays(np.float64, st.integers(1, 60), elements=st.floats(allow_nan=True, allow_infinity=True))
FINITE = arrays(np.float64, st.integers(1, 60), elements=st.floats(allow_nan=False, allow_infinity=False))


def same(ours, theirs):
    return ours == theirs or (math.isnan(ours) and math.isnan(theirs))


@given(ANY)
def test_a_median_is_that_of_numpy_to_the_last_bit(values):
    before = values.copy()
    with np.errstate(all="ignore"):
        assert same(median(values), float(np.median(values)))
    np.testing.assert_array_equal(values, before)


@given(FINITE, st.floats(0, 1))
def test_a_quantile_is_that_of_numpy_to_the_last_bit(values, share):
    with np.errstate(all="ignore"):
        assert same(quantile(values, share), float(np.quantile(values, share)))


@pytest.mark.parametrize("size", [1999, 2000, 2001, 5000])
def test_long_arrays_have_the_same_median_and_quantile(size):
    values = np.random.default_rng(size).normal(size=size)
    assert median(values) == np.median(values)
    assert quantile(values, 0.99) == np.quantile(values, 0.99)


def test_of_nothing_the_median_is_nan_as_numpy_has_it():
    with pytest.warns(RuntimeWarning):
        assert math.isnan(median(np.empty(0)))


@given(FINITE, st.integers(0, 10))
def test_a_running_median_is_the_median_of_each_window(values, half):
    width = 2 * half + 1
    padded = np.pad(values, half, mode="edge")
    expected = [np.sort(padded[place : place + width])[half] for place in range(values.size)]
    np.testing.assert_array_equal(running_median(values, width), expected)


@given(FINITE, st.integers(1, 70))
def test_a_trailing_minimum_is_the_least_of_a_value_and_those_before_it(values, width):
    least = [values[max(0, last - width + 1) : last + 1].min() for last in range(values.size)]
    np.testing.assert_array_equal(trailing_minima(values, width), least)


@given(FINITE, st.integers(0, 20))
def test_a_running_median_is_no_less_than_the_minimum_over_its_first_half(values, half):
    assert (running_median(values, 2 * half + 1) >= trailing_minima(values, half + 1)).all()
