import shutil
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from triage.history import History, Series
from triage.history.mapped import map_history, write_history
from triage.observing import digest_of

ANY_TEXT = st.text(st.characters(), max_size=8)


@st.composite
def histories(draw):
    rows = draw(st.integers(1, 9))
    numbers = arrays.arrays(np.float64, rows, elements=st.floats(width=64))
    columns = st.builds(Series, numbers, arrays.arrays(np.bool_, rows))
    return History(
        step=draw(numbers),
        epoch=draw(st.none() | numbers),
        series=draw(st.dictionaries(ANY_TEXT, columns, min_size=1, max_size=4)),
        columns=draw(st.dictionaries(ANY_TEXT, ANY_TEXT, max_size=3)),
        format=draw(ANY_TEXT),
        files=tuple(draw(st.lists(ANY_TEXT, max_size=2))),
        step_unit=draw(ANY_TEXT),
        ignored=draw(st.dictionaries(ANY_TEXT, ANY_TEXT, max_size=2)),
        warnings=tuple(draw(st.lists(ANY_TEXT, max_size=2))),
        resumes=tuple(draw(st.lists(st.integers(0, 2**40), max_size=2))),
    )


def bits(array):
    return None if array is None else array.tobytes()


def there_and_back(history):
    folder = Path(tempfile.mkdtemp())
    try:
        write_history(history, folder)
        return map_history(folder)
    finally:
        shutil.rmtree(folder)


@given(histories())
def test_a_history_comes_back_to_the_last_bit_also_when_its_folder_is_gone(history):
    other = there_and_back(history)
    for name in ("columns", "format", "files", "step_unit", "ignored", "warnings", "rows", "resumes"):
        assert getattr(other, name) == getattr(history, name)
    assert bits(other.step) == bits(history.step)
    assert bits(other.epoch) == bits(history.epoch)
    assert list(other.series) == list(history.series)
    for name, series in history.series.items():
        assert bits(other.series[name].values) == bits(series.values)
        assert bits(other.series[name].logged) == bits(series.logged)
        assert other.series[name].values.dtype == np.float64
        assert other.series[name].logged.dtype == np.bool_
    assert digest_of(other) == digest_of(history)


def test_columns_that_are_every_other_cell_of_something_are_written_as_they_are():
    whole = np.arange(20.0)
    column = Series(whole[::2], np.ones(20, dtype=bool)[::2])
    other = there_and_back(History(whole[::-2], None, {"train_loss": column}, {}, "made"))
    assert other.step.tolist() == list(range(19, 0, -2))
    assert other.series["train_loss"].values.tolist() == list(range(0, 20, 2))


def test_what_is_mapped_cannot_be_changed():
    column = Series(np.arange(3.0), np.ones(3, dtype=bool))
    other = there_and_back(History(np.arange(3.0), None, {"train_loss": column}, {}, "made"))
    with pytest.raises(ValueError, match="read-only"):
        other.series["train_loss"].values[0] = 7.0
    assert type(other.step) is np.ndarray


def test_more_columns_than_a_process_may_open_files_are_no_matter():
    column = Series(np.arange(3.0), np.ones(3, dtype=bool))
    names = [f"train_loss/part {number}" for number in range(5000)]
    other = there_and_back(History(np.arange(3.0), None, dict.fromkeys(names, column), {}, "made"))
    assert list(other.series) == names
