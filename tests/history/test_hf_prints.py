from hypothesis import given
from hypothesis import strategies as st

from tests.history.files import cells, is_sound, read
from triage.history.hf_prints import read_lines


def test_rows_are_found_between_bars_and_warnings(tmp_path):
    text = (
        "  0%|          | 0/500 [00:00<?, ?it/s]\nwarnings.warn('a warning')\n"
        "  2%|2         | 10/500 [00:05<04:35,  2.00it/s]{'loss': 2.5, 'grad_norm': 1.25, 'learning_rate': "
        "4.9e-05, 'epoch': 0.5}\n"
        "{'loss': '2.25', 'grad_norm': 'nan', 'learning_rate': '4.8e-05', 'epoch': '1.0'}\n"
        "{'eval_loss': 2.125, 'eval_runtime': 3.2, 'eval_samples_per_second': 31.2, 'epoch': 1.0}\n"
        "{'loss': 0.0, 'grad_norm': inf, 'learning_rate': 4.7e-05, 'epoch': 1.5}\n"
        "{'train_runtime': 812.3, 'train_samples_per_second': 12.3, 'train_loss': 1.9, 'epoch': 1.5}\n"
    )
    history = read(tmp_path, text, "nohup.out")
    assert is_sound(history)
    assert history.format == "hugging face output"
    assert history.step_unit == "epoch"
    assert list(history.step) == [0.5, 1.0, 1.0, 1.5]
    assert cells(history, "train_loss") == [2.5, 2.25, None, 0.0]
    assert cells(history, "val_loss") == [None, None, 2.125, None]
    assert cells(history, "grad_norm") == [1.25, "nan", None, float("inf")]


def test_nothing_in_a_row_is_evaluated():
    (table,) = read_lines(["{'loss': 0.5, 'x': __import__('os').abort(), 'epoch': 1.0}"], "a.log")
    assert list(table.columns) == ["loss", "epoch"]


@given(st.lists(st.fixed_dictionaries(dict.fromkeys(["loss", "learning_rate", "epoch"], st.floats())), min_size=1))
def test_what_python_prints_is_read_back_exactly(rows):
    (table,) = read_lines(map(str, rows), "a.log")
    for name, column in table.columns.items():
        assert list(map(repr, column.values.tolist())) == [repr(row[name]) for row in rows]
