import pytest

from tests.history.files import cells, is_sound, read
from triage.errors import SeveralRunsError
from triage.history import HistoryError

ONE = """"Step","calm-sky-4 - train/loss","calm-sky-4 - train/loss__MIN","calm-sky-4 - train/loss__MAX"
"0","2.5","2.5","2.5"
"10","2.25","2","3"
"20","NaN","NaN","NaN"
"""
NAMES = ["calm-sky-4 - loss", "calm-sky-4 - loss__MIN", "calm-sky-4 - loss__MAX"]
NAMES += ["my - run - val_loss", "my - run - val_loss__MIN", "my - run - val_loss__MAX"]
TWO = ",".join(f'"{name}"' for name in ["Step", *NAMES])
TWO += '''
"0","2.5","2.5","2.5","","",""
"5","","","","3.5","3.5","3.5"
"10","2.25","2","3","3","3","3"'''


def test_the_only_run_of_an_export_is_read(tmp_path):
    history = read(tmp_path, ONE)
    assert is_sound(history)
    assert history.format == "wandb csv"
    assert history.step.tolist() == [0, 10, 20]
    assert cells(history, "train_loss") == [2.5, 2.25, "nan"]
    assert history.columns == {"train_loss": "train/loss"}


def test_one_of_several_runs_must_be_named_and_has_its_own_rows(tmp_path):
    with pytest.raises(SeveralRunsError) as caught:
        read(tmp_path, TWO)
    for run in ("calm-sky-4", "my - run"):
        assert run in str(caught.value)
    first = read(tmp_path, TWO, columns={"run": "calm-sky-4"})
    assert first.step.tolist() == [0, 10]
    assert cells(first, "train_loss") == [2.5, 2.25]
    second = read(tmp_path, TWO, columns={"run": "my"})
    assert second.step.tolist() == [5, 10]
    assert cells(second, "val_loss") == [3.5, 3]


@pytest.mark.parametrize("rows", ["", '"0","",""\n', '"0","x","x"\n'])
def test_an_export_without_numbers_is_an_error(tmp_path, rows):
    with pytest.raises(HistoryError):
        read(tmp_path, '"Step","a - loss","b - loss"\n' + rows)
