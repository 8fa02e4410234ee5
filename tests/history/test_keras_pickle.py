import collections
import os
import pickle

import numpy as np
import pytest

from tests.history.files import cells, is_sound, read
from tests.history.outcomes import is_history_or_refusal
from triage.history import HistoryError

NAME = "trainHistoryDict"
LOSSES = [2.5, 1.5, float("nan")]


def refusal(folder, content):
    with pytest.raises(HistoryError) as caught:
        read(folder, content, name=NAME)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("protocol", range(6))
@pytest.mark.parametrize("made", [list, tuple, np.array, lambda losses: [np.float32(loss) for loss in losses]])
def test_a_history_of_keras_is_read(tmp_path, protocol, made):
    history = read(tmp_path, pickle.dumps({"loss": made(LOSSES), "val_loss": [3.0, 2.0, 2.5]}, protocol), name=NAME)
    assert is_sound(history)
    assert history.format == "Keras history pickle"
    assert history.step_unit == "epoch"
    assert history.step.tolist() == [0, 1, 2]
    assert cells(history, "train_loss") == [2.5, 1.5, "nan"]
    assert cells(history, "val_loss") == [3.0, 2.0, 2.5]


def test_a_default_dict_of_lists_is_read(tmp_path):
    content = collections.defaultdict(list, {"loss": LOSSES, "acc": [0.1, None, 0.3]})
    history = read(tmp_path, pickle.dumps(content), name=NAME)
    assert cells(history, "train_accuracy") == [0.1, None, 0.3]


def test_a_shorter_list_ends_early_and_that_is_told(tmp_path):
    history = read(tmp_path, pickle.dumps({"loss": LOSSES, "val_loss": [1.0]}), name=NAME)
    assert cells(history, "val_loss") == [1.0, None, None]
    assert history.warnings == ("'val_loss' end before row 3; what is missing was not logged",)


def test_what_is_no_list_of_numbers_is_no_column(tmp_path):
    content = {"loss": LOSSES, "names": ["a", "b", "c"], "best": 1.0, "matrix": np.zeros((3, 2)), 7: [1, 2, 3]}
    history = read(tmp_path, pickle.dumps(content), name=NAME)
    assert set(history.ignored) == {"names", "best", "matrix", "7"}


def test_a_history_beside_its_parameters_is_found(tmp_path):
    content = {"params": {"epochs": 3}, "history": {"loss": LOSSES}}
    assert cells(read(tmp_path, pickle.dumps(content), name=NAME), "train_loss") == [2.5, 1.5, "nan"]


def test_a_list_of_dicts_has_a_row_for_each(tmp_path):
    history = read(tmp_path, pickle.dumps([{"step": 10, "loss": 2.0}, {"step": 20, "lr": 0.5}]), name="log.pkl")
    assert history.step.tolist() == [10, 20]
    assert cells(history, "train_loss") == [2.0, None]
    assert cells(history, "learning_rate") == [None, 0.5]


def test_a_bare_list_of_numbers_is_taken_for_a_training_loss(tmp_path):
    history = read(tmp_path, pickle.dumps(LOSSES), name="losses.pkl")
    assert cells(history, "train_loss") == [2.5, 1.5, "nan"]
    assert history.step_unit == "row"
    assert "taken for a training loss" in history.warnings[0]


class Harmful:
    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.system, (f"touch {self.path}",)


@pytest.mark.parametrize("protocol", range(6))
def test_a_pickle_that_would_run_a_command_is_refused_and_runs_none(tmp_path, protocol):
    path = tmp_path / "touched"
    told = refusal(tmp_path, pickle.dumps({"loss": [1.0, Harmful(path)]}, protocol))
    assert "system'" in told
    assert "which is no plain data" in told
    assert not path.exists()


@pytest.mark.parametrize("content", [7, "loss", {}, {"loss": []}, {"loss": ["a"]}, [], ["a"], [[1.0, 2.0]], None])
def test_other_pickles_are_refused(tmp_path, content):
    assert "expected a pickled dict of lists of numbers" in refusal(tmp_path, pickle.dumps(content))


def test_one_list_under_thousands_of_names_is_refused(tmp_path):
    one = [1.0] * 10_000
    assert "cells" in refusal(tmp_path, pickle.dumps({f"loss{number}": one for number in range(3000)}))


def test_a_pickle_cut_anywhere_is_a_refusal(tmp_path):
    whole = pickle.dumps({"loss": np.array(LOSSES), "acc": [np.float32(0.5)] * 3}, 4)
    path = tmp_path / NAME
    for end in range(2, len(whole)):
        path.write_bytes(whole[:end])
        assert is_history_or_refusal(path)


@pytest.mark.parametrize("content", ["(dear reader\n", "}quite odd\n", "](x)\n", "(dp is not a pickle\n"])
def test_prose_is_not_taken_for_a_pickle(tmp_path, content):
    assert "pickle" not in refusal(tmp_path, content).split("found")[0]
