import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.history.files import cells, is_sound, read
from triage.history import HistoryError
from triage.history.mlflow_files import metric_name


def metric(folder, name, content):
    path = folder / "mlruns" / "0" / "3f1c" / "metrics" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    return read(path.parent, content, name=path.name)


def test_a_metric_is_called_by_its_path_below_metrics(tmp_path):
    history = metric(tmp_path, "val/loss", "1664364007310 2.5 0\n1664364008310 nan 1\n1664364009310 -inf 2\n")
    assert is_sound(history)
    assert history.format == "MLflow metric file"
    assert history.columns == {"val_loss": "val/loss"}
    assert history.step.tolist() == [0, 1, 2]
    assert cells(history, "val_loss") == [2.5, "nan", -math.inf]


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("mlruns/0/ab/metrics/train_loss", "train_loss"),
        ("/x/metrics/old/mlruns/0/ab/metrics/val/loss", "val/loss"),
        ("copy_metrics_loss", "loss"),
        ("metrics/metrics", "metrics"),
        ("loss", "loss"),
        ("-", "metric"),
    ],
)
def test_the_name_of_a_metric(file, name):
    assert metric_name(file) == name


def test_values_that_are_all_at_step_zero_are_counted_by_rows(tmp_path):
    history = metric(tmp_path, "loss", "1664364007310 2.5 0\n1664364008310 1.5 0\n")
    assert history.step_unit == "row"
    assert history.step.tolist() == [0, 1]


def test_lines_of_old_and_new_stores_are_read(tmp_path):
    assert metric(tmp_path, "loss", "1664364007310 2.5\n1664364008310 1.5\n").rows == 2
    assert metric(tmp_path, "loss", "1664364007310 2.5 0 data 1a2b3c\n1664364008310 1.5 7 data 1a2b3c\n").step[1] == 7


def test_a_line_of_another_shape_is_refused_with_its_number(tmp_path):
    with pytest.raises(HistoryError, match="line 7: expected 'timestamp value step', found 'oh'"):
        metric(tmp_path, "loss", "1664364007310 2.5 0\n" * 6 + "oh\n")
    with pytest.raises(HistoryError, match=r"line 6: expected a number, found '2\.5\.1'"):
        metric(tmp_path, "loss", "1664364007310 2.5 0\n" * 5 + "1664364007310 2.5.1 0\n")


@pytest.mark.parametrize("content", ["1 2.5 0\n2 1.5 1\n", "1664364007310,2.5,0\n", "1664364007310 2.5 later\n"])
def test_other_numbers_are_not_taken_for_a_metric(tmp_path, content):
    try:
        assert metric(tmp_path, "loss", content).format != "MLflow metric file"
    except HistoryError as error:
        assert "timestamp" not in error.reason  # noqa: PT017


@settings(max_examples=60, deadline=None)
@given(values=st.lists(st.floats(), min_size=2, max_size=30))
def test_what_mlflow_writes_is_read_back(tmp_path_factory, values):
    lines = "".join(f"{1664364007310 + step} {value} {step}\n" for step, value in enumerate(values))
    history = metric(tmp_path_factory.mktemp("store"), "train_loss", lines)
    assert cells(history, "train_loss") == ["nan" if math.isnan(value) else value for value in values]
    assert history.step.tolist() == list(range(len(values)))
