import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.history.files import cells, read, same
from triage.history import csv_blocks

ROWS = "".join(f"{row},{2 - row / 97:.4f},{1 + row / 89:.4f}\n" for row in range(60))
LOG = "step,loss,val_loss\n" + ROWS


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("torn")


@given(st.integers(1, len(ROWS.splitlines()[-1])))
def test_a_row_that_is_still_being_written_is_left_out_without_a_word(folder, cut):
    history = read(folder, LOG[: -1 - cut])
    whole = read(folder, LOG[: LOG.rindex("\n", 0, -1) + 1])
    assert history.warnings == ()
    if cells(history, "val_loss")[-1] is None:  # torn right behind a comma: nothing of what is there is wrong
        assert cells(history, "train_loss") == cells(read(folder, LOG), "train_loss")
        return
    assert same(history, whole)


def test_a_last_row_without_an_end_is_kept_where_it_is_whole(tmp_path):
    assert same(read(tmp_path, LOG[:-1]), read(tmp_path, LOG))


@pytest.mark.parametrize("last", ["nan", "inf", "-inf", "0.1234", "10.1234"])
def test_a_last_cell_that_cannot_be_torn_is_kept(tmp_path, last):
    content = LOG + f"60,0.1234,{last}"
    assert same(read(tmp_path, content), read(tmp_path, content + "\n"))


def test_a_short_file_that_a_person_wrote_keeps_its_last_row(tmp_path):
    for content in ("step,loss\n1,0.25\n2,0.5", "loss\n0.25\n0.125\n1", "step,loss\n1,2"):
        assert same(read(tmp_path, content), read(tmp_path, content + "\n"))


def test_a_row_with_fewer_cells_is_kept_where_others_have_fewer_too(tmp_path):
    history = read(tmp_path, "step,loss,val_loss\n1,0.5,0.6\n2,0.4\n3,0.3\n4,0.2")
    assert cells(history, "train_loss") == [0.5, 0.4, 0.3, 0.2]


def test_a_torn_row_behind_many_blocks_is_left_out_too(tmp_path, monkeypatch):
    monkeypatch.setattr(csv_blocks, "BLOCK", 4096)
    content = "step,loss\n" + "".join(f"{row},{row / 7:.6f}\n" for row in range(20_000))
    assert same(read(tmp_path, content + "20000,28"), read(tmp_path, content))
