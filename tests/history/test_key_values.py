import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.history.files import cells, is_sound, read
from triage.errors import HistoryError
from triage.history.key_values import read_lines


def log(tmp_path, text):
    history = read(tmp_path, text, "train.log")
    assert is_sound(history)
    assert history.format == "text log"
    return history


def curve(history, name):
    found = history.curve(name)
    return list(zip(found.steps.tolist(), found.values.tolist(), strict=True))


def test_an_epoch_a_line_between_prose(tmp_path):
    text = "Training started on cpu...\n"
    for epoch in (1, 2, 3, 4):
        text += (
            f"Epoch {epoch:02d} | Train Loss: 0.{epoch}5 | Val Loss: 0.{epoch}7 | Val Acc: 8{epoch}.5% | Time: 37.9s\n"
        )
        text += "  >> Model saved, best val loss: 0.01\n"
    history = log(tmp_path, text)
    assert history.step_unit == "epoch"
    assert curve(history, "train_loss") == [(1, 0.15), (2, 0.25), (3, 0.35), (4, 0.45)]
    assert curve(history, "val_loss") == [(1, 0.17), (2, 0.27), (3, 0.37), (4, 0.47)]
    assert curve(history, "val_accuracy") == [(1, 81.5), (2, 82.5), (3, 83.5), (4, 84.5)]


def test_timestamps_levels_and_colours_are_no_numbers_of_the_curve(tmp_path):
    history = log(
        tmp_path,
        "".join(
            f"2024-01-01 12:00:0{n},123 \x1b[32mINFO\x1b[0m trainer: epoch 1 step {n * 100} train loss 1.{n}, "
            f"lr 1.0e-04, eta 0:10:0{n}, 12{n}ms, 1.2k tok/s\n"
            for n in range(5)
        ),
    )
    assert curve(history, "train_loss") == [(n * 100, 1 + n / 10) for n in range(5)]
    assert set(history.series) == {"train_loss", "learning_rate"}


@pytest.mark.parametrize(
    "row",
    [
        "Epoch [{e}/3], Step [{n}/40], Loss: {v}",
        "[Epoch {e}/3] [Batch {n}/40] [loss: {v}]",
        "Train Epoch: {e} [{n}/40 ({n}%)]\tLoss: {v}",
        "Epoch: [{e}][{n:4d}/40]\tTime 0.5 ( 1.2)\tLoss {v} (9.9)\tAcc@1   0.39 (  0.10)",
        "Epoch: [{e}]  [ {n}/40]  eta: 0:10:00  lr: 0.1  loss: {v} (9.9)  time: 0.5  max mem: 4000",
        "Train: {e} [{n:4d}/40 ( 12%)]  Loss: {v} (9.9)  Time: 1.1s, 200.1/s  (1.2s, 190/s)  LR: 1.0e-06",
        "- Train | Epoch {e} | {n}/40 | 1.45 it/sec | Loss {v} | Reco 0.2",
        "[{e}, {n:5d}] loss: {v}",
        "INFO - 09/02/20 14:18:08 - 0:00:30 - Epoch: [{e}][{n}]\tTime 5.3 (5.3)\tLoss {v} (4.28)\tLr: 0.01",
    ],
)
def test_steps_within_an_epoch_are_counted_over_all_of_them(tmp_path, row):
    text = "".join(row.format(e=e, n=n, v=f"{e}.{n}") + "\n" for e in (1, 2, 3) for n in (10, 20, 30))
    history = log(tmp_path, text)
    length = 40
    assert [value for _, value in curve(history, "train_loss")] == [
        e + n / 100 for e in (1, 2, 3) for n in (10, 20, 30)
    ]
    first = history.step[0] - 10
    assert [step - first for step in history.step] == [e * length + n for e in (0, 1, 2) for n in (10, 20, 30)]


def test_global_steps_beside_epochs_are_taken_as_they_are(tmp_path):
    text = "".join(f"epoch {n // 300} step {n} loss {n}.5\n" for n in range(0, 1000, 100))
    assert curve(log(tmp_path, text), "train_loss") == [(n, n + 0.5) for n in range(0, 1000, 100)]


def test_lines_about_a_whole_epoch_are_columns_of_their_own(tmp_path):
    text = ""
    for epoch in (1, 2, 3):
        text += "".join(f"epoch {epoch} [{n}/30] loss: {epoch}.{n}\n" for n in (10, 20, 30))
        text += f"epoch {epoch} loss: {epoch}.5 val_loss: {epoch}.75\n"
    history = log(tmp_path, text)
    assert len(history.curve("train_loss")) == 9
    assert curve(history, "val_loss") == [(30, 1.75), (60, 2.75), (90, 3.75)]
    assert "loss (epoch)" in history.ignored


def test_the_end_of_a_bar_through_validation_data_counts(tmp_path):
    text = ""
    for epoch in (0, 1, 2):
        text += "".join(f"Train: {epoch} [{n}/100 (1%)]  Loss: 6.{epoch} (6.9)\n" for n in (0, 50, 99))
        text += "".join(
            f"Test: [{n:4d}/48]  Time: 1.1 (1.1)  Loss:  9.9 (6.{n})  Acc@1: 0.1 ( 0.2)\n" for n in (10, 48)
        )
    history = log(tmp_path, text)
    assert curve(history, "val_loss") == [(99, 6.48), (199, 6.48), (299, 6.48)]


def test_a_line_may_stand_for_the_place_or_the_split_of_those_below(tmp_path):
    text = "".join(
        f"Epoch {e}/24\n----------\ntrain Loss: 0.{e}1 Acc: 0.5\nval Loss: 0.{e}2 Acc: 0.4\n\n" for e in range(4)
    )
    history = log(tmp_path, text + "Training complete in 2m 3s\nBest val Acc: 0.93\n")
    assert curve(history, "train_loss") == [(e, float(f"0.{e}1")) for e in range(4)]
    assert curve(history, "val_accuracy") == [(e, 0.4) for e in range(4)]
    text = "".join(
        f"Epoch {e}\n-------\nloss: 2.{e}1  [   64/60000]\nloss: 2.{e}0  [ 6464/60000]\n"
        f"Test Error: \n Accuracy: 45.{e}%, Avg loss: 1.{e} \n\n"
        for e in (1, 2, 3)
    )
    history = log(tmp_path, text)
    assert curve(history, "val_loss") == [(6464, 1.1), (66464, 1.2), (126464, 1.3)]
    assert curve(history, "val_accuracy") == [(6464, 45.1), (66464, 45.2), (126464, 45.3)]


def test_a_share_is_a_value(tmp_path):
    text = "".join(
        f"Train Epoch: {e} [0/60000 (0%)]\tLoss: 2.{e}\n\n"
        f"Test set: Average loss: 0.0{e}, Accuracy: 980{e}/10000 (98%)\n\n"
        for e in (1, 2, 3)
    )
    history = log(tmp_path, text)
    assert [value for _, value in curve(history, "val_accuracy")] == [0.9801, 0.9802, 0.9803]
    assert [value for _, value in curve(history, "val_loss")] == [0.01, 0.02, 0.03]


def test_the_number_of_an_iteration_may_stand_in_the_words(tmp_path):
    text = "".join(f"Cost after iteration {n}: 0.{n}\n" for n in range(100, 1000, 100))
    assert curve(log(tmp_path, text), "train_loss") == [(n, float(f"0.{n}")) for n in range(100, 1000, 100)]


def test_spellings_of_nan_and_infinity(tmp_path):
    spelled = ["1.5", "nan", "NaN", "-nan", "nan(ind)", "1.#QNAN", "inf", "-inf", "1e400"]
    history = log(tmp_path, "".join(f"epoch {n} loss {text} val_loss 1\n" for n, text in enumerate(spelled)))
    assert cells(history, "train_loss") == [1.5, *["nan"] * 5, math.inf, -math.inf, math.inf]


def test_settings_before_the_first_row_and_sums_behind_the_last_are_no_rows(tmp_path):
    text = (
        "base_lr: 0.6\nfinal_lr: 0.0006\n" + "".join(f"step {n} loss {n}.5\n" for n in range(8)) + "final_loss: 77.0\n"
    )
    history = log(tmp_path, text)
    assert history.rows == 8
    assert set(history.series) == {"train_loss"}


@pytest.mark.parametrize(
    "text",
    {
        "prose": "The loss is 0.5 at first. The loss is 0.4 then.\nAfter that the loss was 0.3.\nAccuracy 95% "
        "in 1999.\n",
        "readme": "# Model\n\nTrain with `python train.py`.\n\n```\npip install x==1.2\n```\n\nWe reach a loss "
        "of 0.5.\n\n"
        "| epoch | loss |\n|---|---|\n| 1 | 0.5 |\n\nval loss: 3.28\n",
        "python": "import torch\nfor epoch in range(10):\n    loss = 0.5\n    train_loss = 0.0\n    train_loss = 0.1\n"
        "    return 0.1\n    train_loss = 0.2\n",
        "settings": "epochs: 10\nlr: 0.1\nloss:\n  box_loss: 7.5\n  cls_loss: 0.5\n  dfl_loss: 1.5\nseed: 1\n",
        "pip": "Collecting torch\n  Downloading torch-2.0.1-cp311.whl (619.9 MB)\nRequirement: numpy>=1.2 (1.26)\n",
        "traceback": 'Traceback (most recent call last):\n  File "a.py", line 3, in f\n    loss = 1/0\nValueError: 0\n',
        "rewards": "".join(f"episode {n} reward {n}.5 length 200\n" for n in range(20)),
        "numbers": "1\n2\n3 4\n",
    }.values(),
)
def test_what_is_no_log_is_refused(tmp_path, text):
    with pytest.raises(HistoryError):
        read_lines(text.splitlines(), "a.txt")
    with pytest.raises(HistoryError):
        read(tmp_path, text, "a.log")


@given(st.lists(st.text(max_size=80), max_size=40))
def test_any_text_is_a_log_or_refused(lines):
    try:
        (table,) = read_lines(lines, "a.log")
    except HistoryError:
        return
    assert table.columns


WORDS = st.sampled_from(
    ["Epoch", "epoch", "step", "loss", "Val", "train", "acc", " ", ": ", "=", "[", "]", "/", "|", "1", "20", "0.5",
     "nan", "(", ")", ", ", "%", "after", "1e-4", "\t", "12:30:00", "2024-01-01", "lr", "Test set:", "#", "-",
     "{'loss': ", "}", "\x1b[0m"]
)  # fmt: skip


@given(st.lists(st.lists(WORDS, max_size=14).map("".join), min_size=1, max_size=8))
def test_any_words_of_logs_are_a_log_or_refused(lines):
    try:
        (table,) = read_lines(lines * 3, "a.log")
    except HistoryError:
        return
    assert all(len(column.values) == len(column.logged) for column in table.columns.values())


@given(
    st.lists(st.tuples(st.floats(width=32), st.floats(0, 1)), min_size=3, max_size=30),
    st.sampled_from(
        ["step {} - loss: {} - lr: {}", "[{}] loss={}, lr={}", "iter {}: loss {}, lr {}", "{}: loss {} lr {}"]
    ),
)
def test_what_was_written_is_read_back_exactly(rows, row):
    (table,) = read_lines([row.format(n, loss, rate) for n, (loss, rate) in enumerate(rows)], "a.log")
    assert list(map(repr, table.columns["loss"].values.tolist())) == [repr(loss) for loss, _ in rows]
    assert list(table.columns["lr"].values) == [rate for _, rate in rows]
    assert list(table.columns["step"].values) == list(range(len(rows)))
