import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.history.files import cells, is_sound, read
from triage.history.megatron import read_lines

ROW = (
    " iteration {step:8d}/  500000 | consumed samples: {step:12d} | elapsed time per iteration (ms): 412.7 | "
    "learning rate: {rate} | global batch size:   256 | lm loss: {loss} | loss scale: {scale} | grad norm: {norm} | "
    "number of skipped iterations:   0 | number of nan iterations:   0 |"
)


def row(step, loss="7.123456E+00", rate="1.500E-04", scale="4294967296.0", norm="1.234"):
    return ROW.format(step=step, loss=loss, rate=rate, scale=scale, norm=norm) + "\n"


SAMPLE = (
    "using world size: 8, data-parallel-size: 1\n------------------------ arguments ------------------------\n"
    "  adam_eps ........................................ 1e-08\n"
    "  loss_scale ...................................... None\n"
    + row(100)
    + "time (ms) | forward-compute: 100.2 | backward-compute: 200.1\n"
    + row(200, "nan", scale="1.0", norm="inf")
    + " validation loss at iteration 200 | lm loss value: 5.123456E+00 | lm loss PPL: 1.679151E+02 |\n"
    + " validation loss at the end of training for val data | lm loss value: 4.9E+00 | lm loss PPL: 1.3E+02 |\n"
)


def test_a_log_of_training_with_its_validation(tmp_path):
    history = read(tmp_path, SAMPLE, "slurm-1.out")
    assert is_sound(history)
    assert history.format == "megatron log"
    assert list(history.step) == [100, 200, 200]
    assert cells(history, "train_loss") == [7.123456, "nan", None]
    assert cells(history, "val_loss") == [None, None, 5.123456]
    assert cells(history, "loss_scale") == [4294967296.0, 1.0, None]
    assert cells(history, "grad_norm") == [1.234, float("inf"), None]
    assert cells(history, "learning_rate") == [1.5e-4, 1.5e-4, None]


def test_arguments_may_fill_the_beginning_of_the_file(tmp_path):
    arguments = "  accumulate_allreduce_grads_in_fp32 .............. False\n" * 3_000
    assert cells(read(tmp_path, arguments + SAMPLE, "slurm-1.out"), "train_loss") == [7.123456, "nan", None]


@pytest.mark.parametrize("prefix", ["0: ", " [2024-01-01 10:00:00] ", "[default0]:", "\x1b[32m"])
def test_a_prefix_of_the_rank_does_not_matter(tmp_path, prefix):
    history = read(tmp_path, "".join(prefix + row(step) for step in (1, 2, 3)))
    assert cells(history, "train_loss") == [7.123456] * 3


def test_the_shape_of_old_without_colons(tmp_path):
    line = " iteration        {}/  320000 | elapsed time (ms): 412.7 | learning rate 1.500E-04 | lm loss 7.5 |"
    history = read(tmp_path, "\n".join(line.format(step) + " loss scale 524288.0 |" for step in (100, 200)))
    assert cells(history, "train_loss") == [7.5, 7.5]
    assert cells(history, "loss_scale") == [524288.0, 524288.0]


@given(st.lists(st.floats(allow_nan=False), min_size=1, max_size=20))
def test_what_was_written_is_read_back_exactly(losses):
    (table,) = read_lines([row(step, repr(loss)) for step, loss in enumerate(losses)], "a.log")
    assert list(table.columns["lm loss"].values) == losses
