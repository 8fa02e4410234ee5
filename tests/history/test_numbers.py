import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.history.numbers import NotANumber, parse_cell, parse_column

GAPS = [
    "",
    " ",
    "\t",
    "null",
    "NULL",
    "None",
    "none",
    "NA",
    "na",
    "N/A",
    "<NA>",
    "-",
    "--",
    "missing",
    '""',
    "''",
    " NA ",
]
NANS = [
    "nan", "NaN", "NAN", "-nan", "+nan", "nan(ind)", "-nan(ind)", "NaN(0x7fffff)", "1.#QNAN", "-1.#IND", "1.#IND00",
    "1.#SNAN", "tensor(nan)", "tensor(nan, device='cuda:0')", "'nan'", "nan,", " nan ",
]  # fmt: skip
INFINITE = ["inf", "Inf", "INF", "+inf", "Infinity", "infinity", "1.#INF", "1.#INF00", "1e400", "tensor(inf)", "inf,"]
NUMBERS = {
    "0.5": 0.5,
    " 0.5\t": 0.5,
    "+0.5": 0.5,
    ".5": 0.5,
    "5.": 5.0,
    "5E-1": 0.5,
    "-0": 0.0,
    "0.5,": 0.5,
    "0.5;": 0.5,
    "'0.5'": 0.5,
    '"0.5"': 0.5,
    "'0.5": 0.5,
    "tensor(0.5)": 0.5,
    "tensor( 0.5 )": 0.5,
    "tensor(0.5, device='cuda:0', grad_fn=<NllLossBackward0>)": 0.5,
    "tensor(5.0000e-01, dtype=torch.float64)": 0.5,
    "array(0.5, dtype=float32)": 0.5,
    "np.float32(0.5)": 0.5,
    "float64(0.5)": 0.5,
    "1e-400": 0.0,
    "1e308": 1e308,
    "2.3025851": 2.3025851,
    "95.5%": 95.5,
    "25,000.00": 25000.0,
    "1,234": 1234.0,
    "0,5": 0.5,
    "2,0134": 2.0134,
    "1,5e-3": 0.0015,
}
NEITHER = [
    "abc", "1,2,3", "12,34.5", "%", "0.5 (avg)", "0.5s", "1e", "0x10", "nano", "information", "infant", "tensor()",
    "tensor([0.5, 0.6])", "tensor(0.5", "tensor(x)", "True", "[0.5]", "1 2", "#", "nan nan", "12:30", "\x1b[31m0.5",
]  # fmt: skip


@pytest.mark.parametrize("cell", GAPS)
def test_marks_of_a_missing_value_are_a_gap(cell):
    assert parse_cell(cell) is None


@pytest.mark.parametrize("cell", NANS)
def test_every_way_to_write_nan_is_a_nan_and_no_gap(cell):
    assert math.isnan(parse_cell(cell))


@pytest.mark.parametrize("cell", INFINITE)
def test_every_way_to_write_infinity_is_infinite(cell):
    assert parse_cell(cell) == math.inf


@pytest.mark.parametrize("cell", ["-inf", "-Infinity", "-1.#INF", "-1e400", "tensor(-inf)"])
def test_negative_infinity_keeps_its_sign(cell):
    assert parse_cell(cell) == -math.inf


@pytest.mark.parametrize(("cell", "value"), NUMBERS.items())
def test_numbers_are_read_as_programs_write_them(cell, value):
    assert parse_cell(cell) == value


@pytest.mark.parametrize("cell", NEITHER)
def test_what_is_no_number_is_not_guessed_at(cell):
    with pytest.raises(NotANumber):
        parse_cell(cell)


@given(st.floats(), st.sampled_from(["{}", " {} ", "{},", "'{}'", '"{}"', "tensor({})", "tensor({}, device='cuda:0')"]))
def test_a_float_that_was_written_is_read_back_exactly(value, form):
    found = parse_cell(form.format(repr(value)))
    assert found == value or (math.isnan(found) and math.isnan(value))


@given(st.text())
def test_any_text_is_a_number_a_gap_or_refused(text):
    try:
        value = parse_cell(text)
    except NotANumber:
        return
    assert value is None or isinstance(value, float)


@pytest.mark.parametrize("opening", ["tensor(", "tensor(1,", "nan(", "array(((", "1" * 300, "'" * 10, ",", "-" * 10])
def test_a_megabyte_in_one_cell_is_decided_on_without_trying_all_its_parts(opening):
    """With a pattern that tries every way to divide the text this does not come to an end."""
    for filling in ("a", "0", "(", ",", "'", " "):
        cell = opening + filling * 1_000_000
        try:
            parse_cell(cell)
        except NotANumber:
            continue


def test_a_column_keeps_gaps_and_nan_apart_and_tells_where_text_stands():
    series, strange = parse_column(["1", "", "nan", "x", "inf", "NA", "-2"])
    np.testing.assert_array_equal(series.values, [1, np.nan, np.nan, np.nan, np.inf, np.nan, -2])
    assert series.logged.tolist() == [True, False, True, False, True, False, True]
    assert strange == [3]


CELLS = st.floats().map(repr) | st.sampled_from([*GAPS, *NANS, *NUMBERS, *NEITHER])


@given(st.lists(CELLS, max_size=30))
def test_a_column_is_read_as_its_cells_one_by_one(column):
    series, strange = parse_column(column)
    assert series.values.dtype == np.float64
    assert len(series.values) == len(series.logged) == len(column)
    for row, cell in enumerate(column):
        try:
            value = parse_cell(cell)
        except NotANumber:
            assert row in strange
            value = None
        else:
            assert row not in strange
        assert series.logged[row] == (value is not None)
        np.testing.assert_equal(series.values[row], np.nan if value is None else value)


@given(st.lists(st.floats(), min_size=1))
def test_a_column_of_plain_numbers_is_read_exactly(values):
    series, strange = parse_column(list(map(repr, values)))
    np.testing.assert_array_equal(series.values, np.array(values))
    assert series.logged.all()
    assert strange == []
