from hypothesis import given
from hypothesis import strategies as st

from tests.history.files import cells, is_sound, read
from triage.history.caffe import read_lines

G = "I0312 10:15:03.123456  4242 "
SAMPLE = f"""WARNING: Logging before InitGoogleLogging() is written to STDERR
{G}solver.cpp:48] Initializing solver from parameters:
base_lr: 0.1
layer {{
  name: "loss"
}}
{G}solver.cpp:337] Iteration 0, Testing net (#0)
{G}solver.cpp:404]     Test net output #0: accuracy = 0.1
{G}solver.cpp:404]     Test net output #1: loss = 2.31 (* 1 = 2.31 loss)
{G}solver.cpp:228] Iteration 0, loss = 2.5
{G}solver.cpp:244]     Train net output #0: aux_loss = 1 (* 0.2 = 0.2 loss)
{G}solver.cpp:244]     Train net output #1: loss = 2.3 (* 1 = 2.3 loss)
{G}sgd_solver.cpp:106] Iteration 0, lr = 0.1
{G}solver.cpp:218] Iteration 100 (1.25 iter/s, 80s/100 iters), loss = 87.3365
{G}solver.cpp:237]     Train net output #0: aux_loss = nan (* 0.2 = nan loss)
{G}solver.cpp:237]     Train net output #1: loss = 87.3365 (* 1 = 87.3365 loss)
{G}sgd_solver.cpp:105] Iteration 100, lr = -nan
{G}solver.cpp:454] Snapshotting to binary proto file snapshot_iter_100.caffemodel
"""


def test_a_display_is_one_row_and_a_test_another(tmp_path):
    history = read(tmp_path, SAMPLE, "train.log")
    assert is_sound(history)
    assert history.format == "caffe log"
    assert list(history.step) == [0, 0, 100]
    assert cells(history, "train_loss") == [None, 2.5, 87.3365]
    assert cells(history, "val_loss") == [2.31, None, None]
    assert cells(history, "val_accuracy") == [0.1, None, None]
    assert cells(history, "learning_rate") == [None, 0.1, "nan"]


def test_of_an_output_with_a_weight_its_part_of_the_total_is_taken(tmp_path):
    history = read(tmp_path, SAMPLE, "train.log")
    assert cells(history, "train_loss/aux") == [None, 0.2, "nan"]
    assert history.columns["train_loss"] == "loss"


def test_the_network_before_the_first_iteration_may_be_long(tmp_path):
    network = 'layer {\n  name: "conv1"\n  type: "Convolution"\n  loss_weight: 1\n}\n' * 5_000
    history = read(tmp_path, SAMPLE.replace("layer {\n", network + "layer {\n", 1), "train.log")
    assert cells(history, "train_loss") == [None, 2.5, 87.3365]


def test_two_test_nets_are_two_columns():
    lines = [
        f"{G}solver.cpp:337] Iteration 0, Testing net (#0)", f"{G}solver.cpp:404]     Test net output #0: loss = 1.5",
        f"{G}solver.cpp:337] Iteration 0, Testing net (#1)", f"{G}solver.cpp:404]     Test net output #0: loss = 2.5",
    ]  # fmt: skip
    (table,) = read_lines(lines, "a.log")
    assert list(table.columns) == ["step", "test/loss", "test#1/loss"]


@given(st.lists(st.tuples(st.floats(allow_nan=False), st.floats(0, 1)), min_size=1, max_size=20))
def test_what_was_written_is_read_back_exactly(rows):
    lines = []
    for place, (loss, rate) in enumerate(rows):
        lines += [f"{G}solver.cpp:228] Iteration {place * 20}, loss = {loss!r}"]
        lines += [f"{G}sgd_solver.cpp:106] Iteration {place * 20}, lr = {rate!r}"]
    (table,) = read_lines(lines, "a.log")
    assert list(table.columns["loss"].values) == [loss for loss, _ in rows]
    assert list(table.columns["lr"].values) == [rate for _, rate in rows]
    assert list(table.columns["step"].values) == [place * 20 for place in range(len(rows))]
