import pytest

from tests.history.files import cells, is_sound, read
from triage.errors import HistoryError

LINE = "-" * 28 + "\n"


def box(**values):
    return LINE + "".join(f"| {name:<13} | {value:<8} |\n" for name, value in values.items()) + LINE


def test_a_box_is_a_row_and_names_may_come_late(tmp_path):
    text = "Logging to log\nTraining started\n" + box(grad_norm=0.0114, loss=0.0132, step=0)
    text += box(grad_norm=0.0168, loss="nan", step="1e+03", loss_q1=2.5e-4) + "saving model 0.9999...\n"
    history = read(tmp_path, text, "log.txt")
    assert is_sound(history)
    assert history.format == "boxed table log"
    assert list(history.step) == [0, 1000]
    assert cells(history, "train_loss") == [0.0132, "nan"]
    assert cells(history, "train_loss/q1") == [None, 2.5e-4]
    assert cells(history, "grad_norm") == [0.0114, 0.0168]


def test_a_name_without_a_value_is_the_group_of_those_below(tmp_path):
    text = "".join(
        f"{LINE}| rollout/            |          |\n|    ep_rew_mean      | 12.3     |\n"
        f"| time/               |          |\n|    total_timesteps  | {n}     |\n"
        f"| train/              |          |\n|    loss             | 0.{n}    |\n{LINE}"
        for n in (1024, 2048)
    )
    history = read(tmp_path, "Using cpu device\n" + text, "log.txt")
    assert cells(history, "train_loss") == [0.1024, 0.2048]
    assert history.columns["train_loss"] == "train/loss"


def test_a_table_of_markdown_is_no_box(tmp_path):
    with pytest.raises(HistoryError):
        read(tmp_path, "# Results\n\n| model | loss |\n|-------------|------|\n| a | 0.5 |\n| b | 0.6 |\n", "README.md")
