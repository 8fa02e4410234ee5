import gzip
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.history.files import same
from tests.history.test_csv_fast import assert_near, outcome, tables
from triage.history import csv_blocks, csv_table, csv_whole, read_history
from triage.history.csv_whole import whole_portion

ROWS = [f"{row},{row / 8},1.5,0.1\n" for row in range(30_000)]
HEADER = "step,loss,lr,val_loss\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("tables")


@pytest.fixture
def taken(monkeypatch):
    """What was made of each file in one go; even the smallest is read so."""
    portions = []
    monkeypatch.setattr(csv_whole, "SMALLEST", 1)
    monkeypatch.setattr(csv_whole, "PART", 1 << 12)
    monkeypatch.setattr(
        csv_table, "whole_portion", lambda *given: portions.append(whole_portion(*given)) or portions[-1]
    )
    return portions


def written(path: Path, text: str) -> str:
    path.write_bytes(text.encode())
    return str(path)


@settings(max_examples=200)
@given(tables(), st.integers(1, 400))
def test_a_file_in_one_go_and_the_plain_way_are_one_meaning(folder, content, head):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(csv_blocks, "HEAD", head)
        patch.setattr(csv_whole, "SMALLEST", 1)
        patch.setattr(csv_whole, "PART", 64)
        whole = outcome(folder, content)
        patch.setattr(csv_table, "whole_portion", lambda *_: None)
        plain = outcome(folder, content)
    if isinstance(whole, str) or isinstance(plain, str):
        assert whole == plain
        return
    assert list(whole.columns) == list(plain.columns)
    for name, series in plain.columns.items():
        assert_near(whole.columns[name].values, series.values)
        np.testing.assert_array_equal(np.signbit(whole.columns[name].values), np.signbit(series.values))
        np.testing.assert_array_equal(whole.columns[name].logged, series.logged, strict=True)
    assert replace(whole, columns={}) == replace(plain, columns={})


def test_a_plain_table_is_read_in_one_go_with_its_gaps(tmp_path, taken):
    rows = [f"{row},{row / 8},1.5,{'' if row % 10 else 5}\n" for row in range(30_000)]
    history = read_history(written(tmp_path / "run.csv", HEADER + "".join(rows)))
    assert [portion.rows for portion in taken] == [30_000]
    assert history.curve("train_loss").values.tolist() == [row / 8 for row in range(30_000)]
    assert history.curve("val_loss").steps.tolist() == list(range(0, 30_000, 10))
    assert history.warnings == ()


@pytest.mark.parametrize(
    "odd",
    ["5,0.5,,\n", "5\n", "5,0.5,1,2,3\n", "5,nan,1,1\n", "5,True,1,1\n", "# five\n", "\n", " \n", '"5",0.5,1,1\n',
     "5,oops,1,1\n", "5,0.5,1,1\r6,0.5,1,1\n", "5,0.5,1,1\r\n", HEADER, "\ufeff5,0.5,1,1\n",
     "5,0.5,1,1\x01\n"],
)  # fmt: skip
@pytest.mark.parametrize("place", [1_000, 29_000])
def test_anything_odd_means_what_it_would_mean_elsewhere(tmp_path, taken, monkeypatch, odd, place):
    file = written(tmp_path / "run.csv", HEADER + "".join([*ROWS[:place], odd, *ROWS[place:]]))
    whole = read_history(file)
    assert len(taken) == 1
    monkeypatch.setattr(csv_table, "whole_portion", lambda *_: None)
    assert same(whole, read_history(file))


def test_a_last_line_that_is_being_written_is_left_out(tmp_path, taken):
    history = read_history(written(tmp_path / "run.csv", HEADER + "".join(ROWS) + "30000,37"))
    assert taken == [None]
    assert history.rows == 30_000


def test_a_file_that_grows_between_two_looks_is_read_in_blocks(tmp_path, taken, monkeypatch):
    file = written(tmp_path / "run.csv", HEADER + "".join(ROWS))

    def grown(source, *given, **more):
        with Path(file).open("a") as stream:
            stream.write("30000,1.0,1.5,0.1\n")
        monkeypatch.setattr(csv_whole, "parsed", parsed)
        return parsed(source, *given, **more)

    parsed = csv_whole.parsed
    monkeypatch.setattr(csv_whole, "parsed", grown)
    assert read_history(file).rows == 30_001
    assert taken == [None]


def test_a_relative_path_that_looks_like_an_address_is_a_file(tmp_path, taken, monkeypatch):
    (tmp_path / "http:" / "localhost:9").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    Path("http:/localhost:9/run.csv.gz").write_text(HEADER + "".join(ROWS))
    assert read_history("http://localhost:9/run.csv.gz").rows == 30_000
    assert taken[0] is not None


def test_what_is_compressed_is_never_read_in_one_go(tmp_path, taken):
    (tmp_path / "run.csv").write_bytes(gzip.compress((HEADER + "".join(ROWS)).encode()))
    assert read_history(tmp_path / "run.csv").rows == 30_000
    assert taken == []


def test_a_file_beyond_the_largest_is_read_in_blocks(tmp_path, taken, monkeypatch):
    monkeypatch.setattr(csv_whole, "LARGEST", 1000)
    assert read_history(written(tmp_path / "run.csv", HEADER + "".join(ROWS))).rows == 30_000
    assert taken == [None]


def test_columns_that_were_read_in_one_go_make_a_frame(tmp_path, taken):
    history = read_history(written(tmp_path / "run.csv", HEADER + "".join(ROWS)))
    expected = pd.read_csv(tmp_path / "run.csv")
    np.testing.assert_array_equal(history.frame["train_loss"], expected["loss"])
