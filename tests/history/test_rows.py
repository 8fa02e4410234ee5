import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from triage.history.rows import Rows

NAMES = st.sampled_from(["step", "loss", "lr", "val/loss"])
ROWS = st.lists(st.dictionaries(NAMES, st.floats(), max_size=4), max_size=20)


def gathered(rows):
    found = Rows()
    for row in rows:
        found.add(row)
    return found


@given(ROWS)
def test_every_value_stands_on_its_row_and_nowhere_else(rows):
    found = gathered(rows)
    columns = found.columns()
    assert len(found) == len(rows)
    assert list(columns) == list(dict.fromkeys(name for row in rows for name in row))
    for name, series in columns.items():
        assert series.values.dtype == np.float64
        assert series.logged.tolist() == [name in row for row in rows]
        for row, value in zip(rows, series.values.tolist(), strict=True):
            assert value == row.get(name) or (math.isnan(value) and math.isnan(row.get(name, math.nan)))


def test_nan_that_was_logged_and_what_was_not_are_kept_apart():
    loss = gathered([{"loss": math.nan}, {"step": 1.0}]).columns()["loss"]
    assert np.isnan(loss.values).all()
    assert loss.logged.tolist() == [True, False]


def test_an_empty_row_is_a_row():
    assert len(gathered([{}, {}])) == 2
    assert gathered([{}]).columns() == {}


def test_a_column_that_would_be_gaps_alone_is_left_out_and_told(monkeypatch):
    monkeypatch.setattr("triage.history.rows.MOST_GAPS", 50)
    rows = Rows()
    for step in range(60):
        rows.add({"loss": float(step)})
    rows.add({"loss": 60.0, "once": 1.0})
    assert list(rows.columns()) == ["loss"]
    assert rows.ignored == {"once": "logged too seldom in too long a log"}
