import io
import sys

import numpy as np
import pandas as pd
import pytest

from tests.history.files import cells, is_sound, same
from triage.history import CANONICAL, History, HistoryError, Series, read_history


@pytest.fixture
def log(tmp_path):
    path = tmp_path / "log.csv"
    path.write_text("step,loss,penalty\n1,3,30\n2,2,20\n3,1,10\n")
    return path


def refusal(source, columns=None):
    with pytest.raises(HistoryError) as caught:
        read_history(source, columns)
    assert "\n" not in str(caught.value)
    return caught.value


def test_a_path_may_be_text_or_a_path(log):
    assert same(read_history(log), read_history(str(log)))
    assert read_history(log).files == (str(log),)


def test_a_dash_is_standard_input(log, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BufferedReader(io.BytesIO(log.read_bytes()))))
    history = read_history("-")
    assert same(history, read_history(log))
    assert history.files == ("-",)


def test_a_frame_reads_like_the_file_that_it_came_from(log):
    assert same(read_history(pd.read_csv(log)), read_history(log))


def test_a_history_passes_through_untouched(log):
    history = read_history(log)
    assert read_history(history) is history


def test_the_frame_of_a_history_is_tidy_and_can_be_read_again(log):
    history = read_history(log)
    assert list(history.frame.columns) == ["step", "train_loss"]
    assert history.frame.dtypes.tolist() == [np.float64, np.float64]
    assert same(read_history(history.frame), history)


def test_several_files_of_one_run_are_read_as_one(log, tmp_path):
    (tmp_path / "val.csv").write_text("step,val_loss\n2,2.5\n4,nan\n")
    rates = pd.DataFrame({"step": [1, 4], "lr": [0.1, 0.01]})
    history = read_history([log, str(tmp_path / "val.csv"), rates])
    assert is_sound(history)
    assert history.step.tolist() == [1, 2, 3, 4]
    assert cells(history, "train_loss") == [3.0, 2.0, 1.0, None]
    assert cells(history, "val_loss") == [None, 2.5, None, "nan"]
    assert cells(history, "learning_rate") == [0.1, None, None, 0.01]
    assert history.files == (str(log), str(tmp_path / "val.csv"), "<DataFrame>")


def test_a_list_of_one_is_that_one(log):
    assert same(read_history([log]), read_history(log))


def test_only_one_of_several_files_needs_a_loss(log, tmp_path):
    (tmp_path / "rate.csv").write_text("step,lr\n1,0.1\n")
    assert "learning_rate" in read_history([tmp_path / "rate.csv", log]).series
    assert "rate.csv" in refusal([tmp_path / "rate.csv"]).file


def test_a_read_history_and_a_file_are_joined(log):
    other = History(
        step=np.array([2.0]),
        epoch=None,
        series={"val_loss": Series(np.array([7.0]), np.array([True]))},
        columns={},
        format="made",
    )
    assert cells(read_history([log, other]), "val_loss") == [None, 7.0, None]


def made(name="train_loss", unit="step"):
    series = {name: Series(np.array([7.0]), np.array([True]))}
    return History(step=np.array([2.0]), epoch=None, series=series, columns={}, format="made", step_unit=unit)


def test_histories_that_came_from_no_file_are_joined_and_refused_like_others():
    assert set(read_history([made(), made("val_loss")]).series) == {"train_loss", "val_loss"}
    assert read_history([made(), made()]).warnings == ("train_loss also stands in <History>; <History> was used",)
    assert "expected positions in steps" in refusal([made(), made("val_loss", unit="epoch")]).reason
    assert "a column with the loss" in refusal(made("learning_rate")).reason


def test_a_column_can_be_named_where_its_name_says_nothing_or_something_else(log):
    history = read_history(log, {"train_loss": "penalty"})
    assert cells(history, "train_loss") == [30.0, 20.0, 10.0]
    assert history.columns == {"train_loss": "penalty"}
    assert "loss" in history.ignored


def test_the_step_and_a_part_of_the_loss_can_be_named(log):
    history = read_history(log, {"step": "penalty", "train_loss/first": "loss"})
    assert history.step.tolist() == [10, 20, 30]
    assert cells(history, "train_loss/first") == cells(history, "train_loss") == [1.0, 2.0, 3.0]


def test_of_several_files_the_named_column_need_stand_in_one_only(log, tmp_path):
    (tmp_path / "rate.csv").write_text("step,speed\n1,0.1\n2,0.2\n3,0.3\n")
    history = read_history([log, tmp_path / "rate.csv"], {"learning_rate": "speed"})
    assert cells(history, "learning_rate") == [0.1, 0.2, 0.3]
    assert cells(history, "train_loss") == [3.0, 2.0, 1.0]


def test_a_named_column_that_is_not_there_is_an_error_that_lists_what_is(log):
    error = refusal(log, {"train_loss": "los"})
    assert error.file == str(log)
    for word in ("'los'", "train_loss", "'step', 'loss', 'penalty'"):
        assert word in error.reason


@pytest.mark.parametrize("name", ["trainloss", "loss", "train_loss_box", "", "TRAIN_LOSS", "other/box"])
def test_a_column_cannot_be_named_as_something_that_there_is_not(log, name):
    error = refusal(log, {name: "loss"})
    assert repr(name) in error.reason
    for canonical in CANONICAL:
        assert canonical in error.reason


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("missing.csv", None, "no such file"),
        ("empty.csv", b"", "an empty file"),
        ("header.csv", b"step,loss\n", "rows below the header"),
        ("binary.csv", bytes(range(256)) * 9, "binary data"),
        ("noloss.csv", b"step,speed\n1,2\n", "--column train_loss=NAME"),
        ("long.csv", b"step,loss\n" + b"7" * 2_000_000, "1,000,000 characters"),
    ],
)
def test_bad_files_are_one_line_that_says_what_was_expected_and_names_the_file(tmp_path, name, content, expected):
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    error = refusal(path)
    assert error.file == str(path)
    assert str(error).startswith(str(path))
    assert expected in error.reason


def test_a_folder_without_a_history_is_refused(tmp_path):
    assert refusal(tmp_path).reason == "expected a history in the folder, found none in it; give the file itself"


def test_one_bad_file_among_good_ones_is_named(log, tmp_path):
    assert refusal([log, tmp_path / "missing.csv"]).file == str(tmp_path / "missing.csv")


class Lookalike:
    columns = ("loss",)


@pytest.mark.parametrize(
    "source", [None, 3, 0.5, b"log.csv", pd.Series([1.0], name="loss"), Lookalike(), {"loss": [1]}]
)
def test_what_is_no_path_no_frame_and_no_history_is_an_error(source):
    assert "expected a path, a pandas frame or a History" in refusal(source).reason


def test_nothing_at_all_is_an_error():
    assert "at least one file" in refusal([]).reason


def test_a_curve_holds_what_was_logged_and_nothing_else():
    values = np.array([1.0, np.nan, np.nan, np.inf])
    logged = np.array([True, False, True, True])
    history = History(
        step=np.array([10.0, 20.0, 30.0, 40.0]),
        epoch=None,
        series={"train_loss": Series(values, logged), "val_loss": Series(values, np.zeros(4, dtype=bool))},
        columns={},
        format="made",
    )
    curve = history.curve("train_loss")
    assert curve.steps.tolist() == [10, 30, 40]
    assert len(curve) == 3
    assert curve.finite.steps.tolist() == [10]
    assert history.curve("val_loss") is None
    assert history.curve("learning_rate") is None
    assert history.components == ()
    assert list(history.frame.columns) == ["step", "train_loss", "val_loss"]
    assert history.logged["train_loss"].tolist() == logged.tolist()
