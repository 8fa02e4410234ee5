import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.history.files import cells, is_sound, read, same
from triage.history import HistoryError
from triage.history.csv_table import is_table
from triage.history.head import Head

PLAIN = "step,loss,val_loss\n1,0.5,0.75\n2,0.25,\n3,nan,0.5\n"


def refusal(folder, content, **more):
    with pytest.raises(HistoryError) as caught:
        read(folder, content, **more)
    assert "\n" not in str(caught.value)
    return caught.value


@pytest.mark.parametrize(
    "content",
    [
        "sep=;\n" + PLAIN.replace(",", ";"),
        '"sep=\t"\r\n' + PLAIN.replace(",", "\t"),
        '"step","loss","val_loss"\n"1","0.5","0.75"\n"2","0.25",""\n"3","nan","0.5"\n',
        "step;loss;val_loss\n1;0,5;0,75\n2;0,25;\n3;nan;0,5\n",
        "step,loss,val_loss,\n1,0.5,0.75,\n2,0.25,,\n3,nan,0.5,\n",
        "# started\n# on two devices\n" + PLAIN + "# done\n",
        "a run of mine\n" + PLAIN,
        "Training, as it went\n\n" + PLAIN,
        "step loss val_loss\n1 0.5 0.75\n2 0.25 NA\n3 nan 0.5\n",
        "  step    loss  val_loss\n     1     0.5      0.75\n     2    0.25        --\n     3     nan       0.5\n",
        "   step  loss  val_loss\n0     1   0.5      0.75\n1     2  0.25        NA\n2     3   nan       0.5\n",
        "step,loss,val_loss\n0,1,0.5,0.75\n1,2,0.25,\n2,3,nan,0.5\n",
        "| step | loss | val_loss |\n|---|---|---|\n| 1 | 0.5 | 0.75 |\n| 2 | 0.25 |  |\n| 3 | nan | 0.5 |\n".replace(
            "|---|---|---|\n", ""
        ),
        "\ufeff" + PLAIN,
        PLAIN.replace("\n", "\r\r\n"),
    ],
    ids=["sep", "quoted sep", "quoted", "decimal comma", "trailing comma", "comments", "title", "title with comma",
         "spaces", "aligned", "pandas print", "index of R", "bars", "mark", "keras on windows"],
)  # fmt: skip
def test_the_same_table_is_read_from_every_dialect(tmp_path, content):
    history = read(tmp_path, content)
    assert is_sound(history)
    assert same(history, read(tmp_path, PLAIN))
    assert history.warnings == ()


def test_points_between_thousands_are_none_where_commas_are_decimals(tmp_path):
    history = read(tmp_path, "step;loss\n999;2,301\n1.000;1,75\n1.001;0,5\n")
    assert history.step.tolist() == [999, 1000, 1001]
    assert cells(history, "train_loss") == [2.301, 1.75, 0.5]


def test_commas_between_thousands_are_none_where_points_are_decimals(tmp_path):
    history = read(tmp_path, "step\tloss\n1,000\t0.5\n2,000\t0.25\n")
    assert history.step.tolist() == [1000, 2000]
    assert cells(read(tmp_path, 'step,loss\n"1,000","1,234.5"\n2000,0.25\n'), "train_loss") == [1234.5, 0.25]


def test_a_column_that_counts_the_rows_makes_the_other_a_loss_without_a_name(tmp_path):
    history = read(tmp_path, "0,0.9\n10,0.8\n20,0.7\n")
    assert history.step.tolist() == [0, 10, 20]
    assert cells(history, "train_loss") == [0.9, 0.8, 0.7]
    assert any("no header" in warning for warning in history.warnings)


@pytest.mark.parametrize("rows", ["0,0.9\n1,0.8\n5,0.7\n", "0.5,0.9\n1.5,0.8\n2.5,0.7\n", "0,1,2\n1,2,3\n2,3,4\n"])
def test_columns_without_names_are_not_guessed_at(tmp_path, rows):
    assert "found only numbers" in refusal(tmp_path, rows).reason


def test_a_header_that_comes_again_may_name_other_columns(tmp_path):
    history = read(tmp_path, "step,loss\n1,3\n2,2\nstep,val_loss,loss,lr\n3,9,1,0.1\nstep,loss\n4,0.5\n")
    assert history.step.tolist() == [1, 2, 3, 4]
    assert cells(history, "train_loss") == [3, 2, 1, 0.5]
    assert cells(history, "val_loss") == [None, None, 9, None]
    assert cells(history, "learning_rate") == [None, None, 0.1, None]
    assert history.warnings == ()


def test_a_header_that_pandas_writes_again_is_no_row(tmp_path):
    history = read(tmp_path, ",loss\n0,3\n1,2\n,loss\n0,1\n")
    assert cells(history, "train_loss") == [3, 2, 1]


def test_a_metric_of_dvclive_has_the_name_that_its_path_says(tmp_path):
    folder = tmp_path / "plots" / "metrics" / "val"
    folder.mkdir(parents=True)
    history = read(folder, "step\tloss\n0\t9.5\n1\t8.5\n", name="loss.tsv")
    assert history.columns == {"val_loss": "val/loss"}
    assert history.format == "dvclive tsv"
    other = read(folder, "step\tloss\n0\t9.5\n1\t8.5\n", name="other.tsv")
    assert other.columns == {"train_loss": "loss"}


@pytest.mark.parametrize(
    "content",
    [
        "Once upon a time, there was a run.\nIt fell, and fell, and fell.\n",
        "import numpy as np, sys\nx = [1, 2, 3]\nprint(x, 2)\n",
        "name,colour\nrose,red\nviolet,blue\n",
        "Epoch 1 loss 0.5\nEpoch 2 loss 0.4\nEpoch 3 loss 0.3\n",
        "2024-01-01 10:00:00,123 INFO step 1 loss 0.5\n2024-01-01 10:00:01,124 INFO step 2 loss 0.4\n",
        '{"a": 1, "b": 2',
        "<html>\n<body>1,2,3</body>\n",
        "# only\n# comments\n",
    ],
    ids=["prose", "source", "words", "log", "dated log", "json", "html", "comments"],
)
def test_what_is_no_table_of_numbers_is_not_taken_for_one(content):
    assert not is_table(Head("log.csv", content.encode(), whole=True))


@pytest.mark.parametrize(
    "content", [PLAIN, "0.5\n0.25\n", "loss\n0.5\n", "step loss\n1 0.5\n", "epoch,loss,note\n", "1,2\n"]
)
def test_what_is_one_is(content):
    assert is_table(Head("README.md", content.encode(), whole=True))


@given(st.text(), st.booleans())
def test_any_text_is_decided_on(text, whole):
    assert is_table(Head("log.csv", text.encode("utf-8", "replace"), whole)) in (True, False)
