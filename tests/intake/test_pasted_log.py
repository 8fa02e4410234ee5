from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.intake.pasted_log import without_log

PROSE = "The loss turns nan after 3 epochs, lr 0.1.\nI tried 0.01 and 0.001 too\nand batch 32 or 64, no difference."

LOGS = {
    "lines": "Epoch 1/9 loss: 2.30 val_loss: 2.4\nEpoch 2/9 loss: 1.9 val_loss: 2.0\nEpoch 3/9 loss: nan val_loss: nan",
    "csv": "epoch,loss,val_loss\n0,2.30,2.31\n1,1.9,2.0\n2,nan,nan",
    "caffe": (
        "I0521 10:00:00.123 1234 solver.cpp:228] Iteration 0, loss = 2.30\n"
        "I0521 10:00:01.123 1234 solver.cpp:228] Iteration 100, loss = 1.9\n"
        "I0521 10:00:02.123 1234 solver.cpp:228] Iteration 200, loss = nan"
    ),
    "blank lines between": "step 100 loss 2.30\n\nstep 200 loss 1.9\n\nstep 300 loss nan",
}


@pytest.mark.parametrize("kind", LOGS)
def test_the_lines_of_a_log_are_read_as_a_history_and_the_words_are_left(kind):
    history, rest = without_log(f"Help!\n\n{LOGS[kind]}\n\n{PROSE}")
    assert history is not None
    values = history.curve("train_loss").values.tolist()
    assert values[:2] == [2.30, 1.9]
    assert math.isnan(values[2])
    assert history.files == ("pasted lines",)
    assert " ".join(rest.split()) == " ".join(f"Help! {PROSE}".split())


def test_the_words_before_a_log_keep_their_numbers():
    _, rest = without_log(f"nan after 3 epochs, lr 0.1\n{LOGS['lines']}")
    assert rest == "nan after 3 epochs, lr 0.1"


@pytest.mark.parametrize(
    "text",
    [
        PROSE,
        "loss is 2.3 at 1 and 2.2 at 2\nthen 2.1 at 3 and 2.0 at 4",
        "lr 0.1 batch 32\nlr 0.01 batch 64\nlr 0.001 batch 128",
        "step 100 loss 2.3",
        "",
    ],
)
def test_words_with_numbers_are_no_log(text):
    assert without_log(text) == (None, text)


@given(
    st.text(max_size=400)
    | st.lists(st.sampled_from([*LOGS.values(), "nan 1 2", "1,2", ",", "\x00", "é"])).map("\n".join)
)
def test_any_text_is_read_and_nothing_is_made_up(text):
    history, rest = without_log(text)
    if history is None:
        assert rest == text
    else:
        assert history.rows >= 2
        assert set(rest.splitlines()) <= set(text.splitlines())
