"""One JSON document with all of a run."""

import json

import pytest

from tests.history.files import cells, read
from triage.errors import HistoryError

LISTS = {"loss": [1.8, float("nan"), 1.2], "val_loss": [1.5, 1.3, float("inf")], "accuracy": [0.1, 0.2, 0.3]}
ROWS = [{"epoch": 0, "loss": 1.8}, {"epoch": 1, "loss": None}, {"epoch": 2, "loss": 1.2}]


@pytest.mark.parametrize(
    "document",
    [
        LISTS,
        {"history": LISTS, "params": {"verbose": 1}},
        {name: {str(place): value for place, value in enumerate(values)} for name, values in LISTS.items()},
        {"columns": list(LISTS), "index": [0, 1, 2], "data": [list(row) for row in zip(*LISTS.values(), strict=True)]},
    ],
    ids=["lists", "inside", "objects by row", "split"],
)
@pytest.mark.parametrize("indent", [None, 2])
def test_a_list_for_each_quantity_is_a_history(tmp_path, document, indent):
    history = read(tmp_path, json.dumps(document, indent=indent), "history.json")
    assert cells(history, "train_loss") == [1.8, "nan", 1.2]
    assert cells(history, "val_loss") == [1.5, 1.3, float("inf")]
    assert cells(history, "train_accuracy") == [0.1, 0.2, 0.3]


def test_lists_without_a_column_of_positions_count_epochs(tmp_path):
    assert read(tmp_path, json.dumps(LISTS), "history.json").step_unit == "epoch"


def test_a_shorter_list_was_not_logged_to_the_end(tmp_path):
    history = read(tmp_path, '{"loss": [3, 2, 1], "val_loss": [4, null]}', "history.json")
    assert cells(history, "val_loss") == [4, None, None]


@pytest.mark.parametrize("document", [ROWS, {"metrics": ROWS}])
def test_a_list_of_rows_is_a_history(tmp_path, document):
    history = read(tmp_path, json.dumps(document, indent=1), "history.json")
    assert cells(history, "train_loss") == [1.8, None, 1.2]
    assert history.step.tolist() == [0, 1, 2]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_any_encoding_with_its_mark_is_read(tmp_path, encoding):
    assert read(tmp_path, json.dumps(LISTS), "history.json", encoding=encoding).rows == 3


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('{"balance": -186.4, "positions": [{"symbol": "X", "score": 95.0}]}', "does not look like a training history"),
        ('{"name": "x", "version": "1.0", "scripts": {"test": "jest"}}', "found an object with 'name', 'version'"),
        ('{"loss": 1.2, "_step": 3, "_timestamp": 1.0, "_runtime": 2.0}', "summary of W&B"),
        ('{"loss": [1, 2, 3', "line 1: expected JSON"),
        ('{\n"loss": [1,\n2,,\n3]}', "line 3: expected JSON"),
        ("[" * 100_000, "brackets inside each other"),
        ('{"a": ' * 50_000, "brackets inside each other"),
        ('{"loss": [' + "9" * 5000 + "]}", "thousands of digits"),
        ("[]", "does not look like"),
        ("{}", "does not look like"),
        ("[1, 2, 3]", "expected"),
    ],
)
def test_what_is_no_history_is_refused_in_one_line(tmp_path, text, problem):
    with pytest.raises(HistoryError, match=problem) as caught:
        read(tmp_path, text, "history.json")
    assert "\n" not in str(caught.value)
