"""The quick way through a small plain table has the meaning of the slow one, or is not taken."""

import math
import os
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage import HistoryError, read_history
from triage.history.csv_plain import plain_table
from triage.history.csv_table import read_plain
from triage.history.head import HEAD
from triage.observing import digest_of

NAMES = st.lists(
    st.sampled_from(
        ["epoch", "step", "loss", "val_loss", "accuracy", "lr", "grad_norm", "train/box_loss", " time", "x-1"]
    ),
    min_size=2, max_size=6, unique=True,
)  # fmt: skip
NUMBERS = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
    st.integers(-(10**25), 10**25).map(str),
    st.just("9" * 400),
    st.sampled_from(
        ["nan", "-nan", "inf", "-inf", "-0", "-0.0", "+1.5", ".5", "5.", "007", "1e400", "1e-400", " 2.5 ", "1e5"]
    ),
)
CELLS = st.one_of(NUMBERS, NUMBERS, NUMBERS, st.sampled_from(["", "", "NA", " ", "e", "1 2", "n", "--"]))


@st.composite
def tables(draw, cells=CELLS):
    names = draw(NAMES)
    rows = draw(st.lists(st.lists(cells, min_size=len(names), max_size=len(names)), min_size=1, max_size=12))
    return "".join(",".join(row) + "\n" for row in [names, *rows])


def told(path):
    try:
        history = read_history(path)
    except HistoryError as error:
        return re.sub(r"\d+ lines", "lines", error.reason)
    return (
        digest_of(history), history.format, dict(history.columns), dict(history.ignored), history.warnings,
        history.step_unit, history.resumes, None if history.epoch is None else history.epoch.tolist(),
    )  # fmt: skip


@given(tables())
def test_a_table_reads_as_it_does_with_a_comment_below_it_which_goes_the_slow_way(tmp_path_factory, text):
    folder = tmp_path_factory.mktemp("tables")
    quick, slow = folder / "a.csv", folder / "b.csv"
    quick.write_text(text)
    slow.write_text(text + "#\n")
    assert plain_table((text + "#\n").encode()) is None
    np.testing.assert_equal(told(quick), told(slow))


@given(tables())
def test_a_table_of_many_kilobytes_reads_so_too(tmp_path_factory, text):
    header, _, body = text.partition("\n")
    long = f"{header}\n" + body * (1 + 2 * HEAD // len(body))
    folder = tmp_path_factory.mktemp("tables")
    quick, slow = folder / "a.csv", folder / "b.csv"
    quick.write_text(long)
    slow.write_text(long + "#\n")
    np.testing.assert_equal(told(quick), told(slow))


def test_a_plain_table_is_read_at_once_up_to_four_megabytes(tmp_path):
    path, row = tmp_path / "a.csv", "1,0.123456\n"
    path.write_text("step,loss\n" + row * 100_000)
    table = read_plain(str(path))
    assert table is not None
    assert table.columns["loss"].values.size == 100_000
    path.write_text("step,loss\n" + row * 500_000)
    assert read_plain(str(path)) is None
    path.write_text("step;loss\n" + row * 100_000)
    assert read_plain(str(path)) is None


@given(tables(NUMBERS))
def test_numbers_are_those_that_float_makes_of_their_text(text):
    table = plain_table(text.encode())
    if table is None:
        return
    rows = [line.split(",") for line in text.splitlines()[1:]]
    for place, series in enumerate(table.columns.values()):
        for value, row in zip(series.values.tolist(), rows, strict=True):
            expected = float(row[place])
            assert (math.isnan(value) and math.isnan(expected)) or (
                value == expected and math.copysign(1, value) == math.copysign(1, expected)
            )


@pytest.mark.parametrize(
    "text",
    [
        "", "\n", "loss\n1\n", "a,b\n1,2", "a,b\n1,2\n3\n", "a,b\n1,2\n\n3,4\n", "a,a\n1,2\n",
        "1,2\n3,4\n", "a,\n1,2\n",
        "a;b\n1;2\n", "a,b\r\n1,2\r\n", "a,b\n1,\"2\"\n", "a,b\n1,x\n", "a,nan\n1,2\n", "a,b\n",
        "a,b\n,\n,\n", "ä,b\n1,2\n",
        "a,b\n1,2,3\n4\n", "\ufeffa,b\n1,2\n", "a,b\n1_0,2\n",
    ],
)  # fmt: skip
def test_what_is_not_plain_is_left_to_the_reader_of_all_tables(text):
    assert plain_table(text.encode()) is None


def test_a_cell_that_is_empty_was_not_logged_and_one_with_nan_was():
    table = plain_table(b"step,loss\n1,\n2,nan\n3,0.5\n")
    assert table is not None
    assert table.columns["loss"].logged.tolist() == [False, True, True]
    np.testing.assert_array_equal(table.columns["loss"].values, [math.nan, math.nan, 0.5])


def test_a_pipe_is_not_waited_for(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    assert read_plain(str(pipe)) is None
