import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.history.files import cells, is_sound, read
from triage.errors import HistoryError
from triage.history.nanogpt import read_lines

SAMPLES = {
    "nanogpt log": (
        "tokens per iteration will be: 16,384\nstep 0: train loss 4.2874, val loss 4.2823\n"
        "iter 0: loss 4.2654, time 20120.51ms, mfu -100.00%\niter 10: loss 3.2411, time 20.11ms, mfu 17.92%\n"
        "saving checkpoint to out\nstep 20: train loss 2.5011, val loss 2.6011\niter 20: loss 2.7211, time "
        "21.0ms, mfu 17.9%\n",
        {"train_loss": [None, 4.2654, 3.2411, None, 2.7211], "val_loss": [4.2823, None, None, 2.6011, None]},
        [0, 0, 10, 20, 20],
    ),
    "build-nanogpt log": (
        "0 val 10.9511\n0 hella 0.2463\n0 train 10.955029\n1 train 9.612034\n2 train 9.021177\n",
        {"train_loss": [None, 10.955029, 9.612034, 9.021177], "val_loss": [10.9511, None, None, None]},
        [0, 0, 1, 2],
    ),
    "build-nanogpt output": (
        "validation loss: 10.9511\nHellaSwag accuracy: 2463/10042=0.2453\n"
        "step     0 | loss: 10.955029 | lr 8.3916e-07 | norm: 15.3701 | dt: 3012.12ms | tok/sec: 174063.12\n"
        "step     1 | loss: 9.612034 | lr 1.6783e-06 | norm: 8.1122 | dt: 412.12ms | tok/sec: 1272167.10\n",
        {"train_loss": [None, 10.955029, 9.612034], "val_loss": [10.9511, None, None],
         "learning_rate": [None, 8.3916e-07, 1.6783e-06], "grad_norm": [None, 15.3701, 8.1122]},
        [0, 0, 1],
    ),
    "llm.c log": (
        "s:0 tel:11.0092\ns:0 trl:11.0091 lr:0.000001 norm:15.37\ns:1 trl:10.9598 lr:0.000002 norm:15.24\n"
        "s:250 eval:0.2501\ns:2 trl:nan lr:0.000003 norm:inf\n",
        {"train_loss": [None, 11.0091, 10.9598, "nan"], "val_loss": [11.0092, None, None, None],
         "learning_rate": [None, 1e-06, 2e-06, 3e-06], "grad_norm": [None, 15.37, 15.24, math.inf]},
        [0, 0, 1, 2],
    ),
    "llm.c output": (
        "val loss 11.009153\n"
        "step    1/19560 | loss 11.009140 (+nanz)| norm 15.3701 (+nanz)| lr 8.57e-07 | 3056.36 ms | 42.6% bf16 "
        "MFU | 171 tok/s\n"
        "step    2/19560 | loss 10.959812 (-1.21z)| norm 15.2401 (+0.11z)| lr 1.71e-06 | 1215.36 ms | 42% bf16 "
        "MFU | 171 tok/s\n",
        {"train_loss": [None, 11.00914, 10.959812], "val_loss": [11.009153, None, None],
         "learning_rate": [None, 8.57e-07, 1.71e-06], "grad_norm": [None, 15.3701, 15.2401]},
        [1, 1, 2],
    ),
    "modded-nanogpt log": (
        "step:0/20000 val_loss:6.9370 val_bpb:4.1085 train_time:0ms step_avg:0.02ms\n"
        "step:1/20000 train_loss:6.9408 train_time:61ms step_avg:60.96ms\n"
        "step:2/20000 train_loss:16.8763 train_time:104ms step_avg:52.01ms\n"
        "stopping_early: wallclock_cap train_time:600038ms step:13780/20000\n"
        "final_int8_zlib_roundtrip val_loss:2.0727 val_bpb:1.2244 eval_time:1401ms\n",
        {"train_loss": [None, 6.9408, 16.8763], "val_loss": [6.937, None, None]},
        [0, 1, 2],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SAMPLES)
def test_each_dialect_is_read_by_its_content(tmp_path, name):
    text, columns, steps = SAMPLES[name]
    history = read(tmp_path, text, "output.log")
    assert history.format == name
    assert is_sound(history)
    assert history.step_unit == "step"
    assert list(history.step) == steps
    for column, values in columns.items():
        assert cells(history, column) == values, column


def test_the_evaluation_on_training_data_does_not_take_the_place_of_the_iterations(tmp_path):
    history = read(tmp_path, SAMPLES["nanogpt log"][0], "output.log")
    assert history.columns["train_loss"] == "loss"


def test_a_log_that_begins_with_its_source_code_is_still_known(tmp_path):
    code = "import torch\n" + 'print(f"step:{step} train_loss:{train_loss.item():.4f}")\n    x = x + 1\n' * 2_000
    assert len(code) > 1 << 16
    history = read(tmp_path, code + "=" * 100 + "\n" + SAMPLES["modded-nanogpt log"][0], "a.txt")
    assert history.format == "modded-nanogpt log"
    assert cells(history, "train_loss") == [None, 6.9408, 16.8763]


def test_a_prefix_of_the_machine_or_of_a_logger_does_not_matter(tmp_path):
    lines = SAMPLES["nanogpt log"][0].splitlines()
    history = read(tmp_path, "\n".join(f"[2024-01-01 10:00:00,123][train][INFO] - {line}" for line in lines))
    assert cells(history, "train_loss") == [None, 4.2654, 3.2411, None, 2.7211]


def test_text_about_such_a_log_is_none(tmp_path):
    text = "# nanoGPT\n\nTrain with the command below.\n\n" + "It takes a while on one machine.\n" * 40
    with pytest.raises(HistoryError, match="does not look like a training history"):
        read(tmp_path, text + "iter 10: loss 3.2, time 20.11ms, mfu 17.92%\n", "notes.txt")


@given(
    st.lists(st.tuples(st.integers(0, 10**9), st.floats(allow_nan=False, allow_infinity=True)), min_size=1, max_size=30)
)
def test_what_was_written_is_read_back_exactly(rows):
    lines = [f"step:{step}/1000000000 train_loss:{loss!r} train_time:1ms" for step, loss in rows]
    (table,) = read_lines(lines, "a.log", "modded-nanogpt log")
    assert list(table.columns["step"].values) == [step for step, _ in rows]
    assert list(table.columns["train_loss"].values) == [loss for _, loss in rows]
