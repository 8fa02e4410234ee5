import subprocess
import sys
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.history.files import cells, read, same
from triage.history import HistoryError, csv_blocks, csv_table
from triage.history.csv_fast import fast_portion
from triage.history.csv_table import read_table
from triage.history.opened import opened
from triage.history.progress import meters

FINITE = st.floats(allow_nan=False, allow_infinity=False)
NUMBERS = (
    FINITE.map(repr)
    | st.floats(width=32, allow_nan=False, allow_infinity=False).map(repr)
    | FINITE.map("{:.4g}".format)
    | st.floats(-1e6, 1e6).map("{:.6f}".format)
    | st.integers(-(10**22), 10**22).map(str)
    | st.tuples(st.text("0123456789", max_size=22), st.text("0123456789", max_size=22)).map(".".join)
    | st.tuples(FINITE.map("{:.3f}".format), st.integers(-400, 400)).map(lambda both: f"{both[0][:9]}E{both[1]:+05d}")
)
ODD = st.sampled_from(
    ["", "", "nan", "NaN", "-nan", "inf", "-inf", "Infinity", "NA", " ", "-", "+", ".", "e", "1e", "e5", "1.2.3", "--1",
     "1e5e5", "1-2", "+.5", "-.5e-3", " 7", "  7 ", "7 ", "1_000", "0x10", "tensor(0.5)", "50%", "x", "loss", "\u0663",
     "1e+", "1e-", "-e1", "1e99999", "1e00005", "00012", "nab", "in", "infi", "5,", "'5'", "\xa07", "+ 5", "- 5"]
)  # fmt: skip
CELLS = NUMBERS | NUMBERS | ODD
LINES = st.sampled_from(["", " ", "# saved", "1,2", ",,", ",,,,", '"a","b","c"', "step,loss,lr", "loss,step", "\t\t"])
QUOTED = CELLS.map(lambda cell: f'"{cell}"')


PLAIN = st.floats(-1e6, 1e6).map("{:.4f}".format) | st.integers(0, 2000).map(str) | st.sampled_from(["", "nan", "1e-5"])


@st.composite
def regular_tables(draw):
    """Rows that are quoted throughout, or written with decimal commas, but for a cell now and then."""
    delimiter = draw(st.sampled_from([";", "\t"]))
    comma, quoted = draw(st.booleans()), draw(st.booleans())
    lines = [["step", "loss"], ["1", "0.5"], ["2", "1.25"], *draw(st.lists(st.tuples(PLAIN, PLAIN), max_size=30))]
    text = "\n".join(delimiter.join(f'"{cell}"' if quoted else cell for cell in line) for line in lines)
    text = text.replace(".", ",") if comma else text
    odd = st.sampled_from(['""', "x", ".", ",", "1.000", "tensor(0,5)", '"', delimiter, "\n", "NA", ",5", "5,", '"1"'])
    place = draw(st.integers(20, max(20, len(text))))
    return text[:place] + draw(odd | st.just("")) + text[place:] + draw(st.sampled_from(["", "\n"]))


@st.composite
def tables(draw):
    if draw(st.integers(0, 4)) == 0:
        return draw(regular_tables())
    names = draw(st.sampled_from([["step", "loss", "lr"], ["loss"], ["", "loss", "val_loss"], ["loss", "note"]]))
    delimiter = draw(st.sampled_from([",", ",", "\t", ";", "|"]))
    cells = draw(st.sampled_from([NUMBERS, NUMBERS, CELLS, CELLS | QUOTED]))
    row = st.lists(cells, min_size=len(names), max_size=len(names)).map(delimiter.join)
    odd = st.lists(cells, max_size=5).map(delimiter.join) | LINES.map(lambda line: line.replace(",", delimiter))
    lines = draw(st.lists(row | row | row | odd if draw(st.booleans()) else row, min_size=1, max_size=40))
    end = draw(st.sampled_from(["\n", "\n", "\r\n", "\r\r\n", "\r"]))
    header = delimiter.join(names)
    first = [delimiter.join("1" for _ in names)] * 3
    last = draw(st.sampled_from([end, ""]))
    return end.join([header, *first, *lines]) + last


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("tables")


def assert_near(values, expected):
    """The same but for the last bit, in which pandas before 3.1 may round another way."""
    if pd.__version__ >= "3.1":
        np.testing.assert_array_equal(values, expected, strict=True)
    else:
        np.testing.assert_allclose(values, expected, rtol=4e-16, atol=5e-324)


def outcome(folder, content):
    path = folder / "table.csv"
    path.write_bytes(content.encode())
    try:
        with opened(str(path), meters([path], None)[0]) as found:
            return read_table(found)
    except HistoryError as error:
        return str(error)


@settings(max_examples=300)
@given(tables(), st.integers(1, 400))
@example("step,loss\n1,1\n2,0.1000000014901161\n3,9007199254740993\n4,0.30000000000000004\n", 1)
def test_the_fast_way_and_the_plain_way_are_one_meaning(folder, content, size):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(csv_blocks, "HEAD", 20)
        patch.setattr(csv_blocks, "BLOCK", size)
        patch.setattr(csv_blocks, "SMALL", 1 + size // 2)
        patch.setattr(csv_table, "LARGE", 1)
        fast = outcome(folder, content)
        patch.setattr(csv_table, "fast_portion", lambda *_: None)
        plain = outcome(folder, content)
    if isinstance(fast, str) or isinstance(plain, str):
        assert fast == plain
        return
    assert list(fast.columns) == list(plain.columns)
    for name, series in plain.columns.items():
        assert_near(fast.columns[name].values, series.values)
        np.testing.assert_array_equal(np.signbit(fast.columns[name].values), np.signbit(series.values))
        np.testing.assert_array_equal(fast.columns[name].logged, series.logged, strict=True)
    assert replace(fast, columns={}) == replace(plain, columns={})


@pytest.fixture
def taken(monkeypatch):
    """What the fast way made of each block, of which even the smallest goes through it."""
    portions = []
    monkeypatch.setattr(csv_blocks, "BLOCK", 1 << 16)
    monkeypatch.setattr(csv_blocks, "SMALL", 1 << 14)
    monkeypatch.setattr(csv_table, "LARGE", 1)
    monkeypatch.setattr(csv_table, "fast_portion", lambda *given: portions.append(fast_portion(*given)) or portions[-1])
    return portions


@pytest.mark.parametrize(
    ("delimiter", "form", "end"),
    [
        (",", "{row},{row},{loss},{val}", "\n"),
        ("\t", "{row}\t{row}\t{loss}\t{val}", "\r\n"),
        (";", "{row};{row};{comma};{val}", "\n"),
        (",", '"{row}","{row}","{loss}","{val}"', "\n"),
    ],
    ids=["plain", "tabs", "decimal commas", "quoted"],
)
def test_a_large_plain_table_is_read_the_fast_way(tmp_path, taken, delimiter, form, end):
    rows = [row / 8 for row in range(30_000)]
    lines = [
        form.format(row=row, loss=loss, comma=str(loss).replace(".", ","), val="" if row % 10 else 5)
        for row, loss in enumerate(rows)
    ]
    header = delimiter.join(["step", "lr", "loss", "val_loss"])
    history = read(tmp_path, end.join([header, *lines, ""]))
    assert len(taken) > 2
    assert all(taken)
    assert cells(history, "train_loss") == rows
    assert cells(history, "val_loss") == [None if row % 10 else 5 for row in range(30_000)]
    assert history.warnings == ()


@pytest.mark.parametrize(
    "odd",
    ["5,0.5,\n", "5\n", "5,0.5,1,2\n", "5,nan,1\n", "5,True,1\n", "5,1_0,1\n", "# five\n", "\n", " \n",
     '"5",0.5,1\n', "5,oops,1\n", "5,0.5,1\r6,0.5,1\n", "5,0.5,1\r\r\n", "step,loss,val_loss\n", "\ufeff5,0.5,1\n",
     "5,0x10,1\n", "5, ,1\n", "5,0.5,\0001\n"],
)  # fmt: skip
@pytest.mark.parametrize("place", [0, 25_000])
def test_a_block_with_anything_odd_in_it_means_what_it_would_mean_elsewhere(tmp_path, monkeypatch, taken, odd, place):
    lines = [f"{row},{row / 8},1\n" for row in range(30_000)]
    content = "step,loss,val_loss\n" + "".join(lines[:5000]) + "".join(["7,0.5,1\n"] * 3)
    content += "".join([*lines[5000 : 5000 + place], odd, *lines[5000 + place :]])
    fast = read(tmp_path, content)
    assert any(taken)
    monkeypatch.setattr(csv_table, "fast_portion", lambda *_: None)
    plain = read(tmp_path, content)
    assert same(fast, plain)
    assert fast.warnings == plain.warnings


def test_a_small_table_is_read_without_the_import_of_pandas():
    program = "import sys; from triage.history import read_history; read_history('-'); print('pandas' in sys.modules)"
    content = "step,loss\n" + "".join(f"{row},{row / 8}\n" for row in range(100_000))
    done = subprocess.run([sys.executable, "-c", program], input=content, capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


@pytest.mark.parametrize("word", ["True", "FALSE", "true"])
def test_words_for_truth_are_no_numbers(tmp_path, taken, word):
    rows = "".join(f"{row},{row / 8},{word}\n" for row in range(30_000))
    history = read(tmp_path, "step,loss,val_loss\n" + rows)
    assert history.columns == {"train_loss": "loss"}
    assert not any(taken)


def test_a_strange_cell_far_below_is_named_with_its_line(tmp_path):
    rows = [f"{row},{'oops' if row == 90_000 else 0.5}" for row in range(100_000)]
    history = read(tmp_path, "step,loss\n" + "\n".join(rows) + "\n")
    assert history.warnings == ("loss: 1 cells are no numbers, the first 'oops' in line 90002",)


def test_lines_are_counted_on_over_blocks_that_were_read_either_way(tmp_path, taken):
    lines = [f"{row},0.5" for row in range(40_000)]
    lines[20_000] = "\n# a comment"
    lines[39_000] = "39000,oops"
    history = read(tmp_path, "step,loss\n" + "\n".join(lines) + "\n")
    assert any(taken)
    assert not all(taken)
    assert "in line 39003" in history.warnings[0]
    assert history.rows == 39_999


def test_a_header_that_comes_again_in_a_large_file_holds_from_there_on(tmp_path, taken):
    before = "".join(f"{row},0.5\n" for row in range(20_000))
    after = "".join(f"{row},0.75,0.25\n" for row in range(20_000, 40_000))
    history = read(tmp_path, "step,loss\n" + before + "step,val_loss,loss\n" + after)
    assert history.rows == 40_000
    assert history.curve("train_loss").values.tolist() == [0.5] * 20_000 + [0.25] * 20_000
    assert history.curve("val_loss").steps.tolist() == list(range(20_000, 40_000))
    assert history.warnings == ()
