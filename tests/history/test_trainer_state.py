"""trainer_state.json of Hugging Face."""

import json

import pytest

from tests.history.files import cells, read
from triage.errors import HistoryError

TRAIN = [
    {"epoch": step / 10, "learning_rate": 1e-4, "loss": 4.0 - step, "grad_norm": 1.5, "step": step}
    for step in (1, 2, 3)
]
LAST = {"epoch": 0.3, "step": 3, "train_loss": 9.9, "train_runtime": 12.0, "total_flos": 1e17}


def state(*rows, **more):
    return json.dumps(
        {"best_metric": None, "global_step": 3, "log_history": list(rows), "max_steps": 3, **more}, indent=2
    )


def test_training_and_evaluation_of_one_step_are_one_row_and_the_last_averages_none(tmp_path):
    evaluation = {"epoch": 0.2, "eval_loss": 3.5, "eval_accuracy": 0.5, "eval_runtime": 1.0, "step": 2}
    history = read(tmp_path, state(*TRAIN[:2], evaluation, TRAIN[2], LAST), "trainer_state.json")
    assert history.format == "Hugging Face trainer state"
    assert history.step.tolist() == [1, 2, 3]
    assert cells(history, "train_loss") == [3.0, 2.0, 1.0]
    assert cells(history, "val_loss") == [None, 3.5, None]
    assert cells(history, "val_accuracy") == [None, 0.5, None]
    assert cells(history, "grad_norm") == [1.5, 1.5, 1.5]


def test_of_several_evaluated_sets_the_first_is_the_validation_loss(tmp_path):
    rows = [
        {"step": step, f"eval_g{group}_loss": 10.0 * group + step, f"eval_g{group}_accuracy": 0.1}
        for step in (1, 2)
        for group in (0, 1)
    ]
    history = read(tmp_path, state(*rows), "trainer_state.json")
    assert history.step.tolist() == [1, 2]
    assert cells(history, "val_loss") == [1.0, 2.0]
    assert history.columns["val_loss"] == "eval_g0_loss"
    assert "2 sets were evaluated" in history.warnings[0]


def test_a_nan_that_was_logged_is_one(tmp_path):
    rows = [{**TRAIN[0], "loss": float("nan")}, TRAIN[1]]
    assert cells(read(tmp_path, state(*rows)), "train_loss") == ["nan", 2.0]


def test_a_loss_of_zero_is_kept_as_it_is(tmp_path):
    assert cells(read(tmp_path, state({**TRAIN[0], "loss": 0.0}, {**TRAIN[1], "loss": 0.0})), "train_loss") == [
        0.0,
        0.0,
    ]


@pytest.mark.parametrize(
    "text",
    [
        state(LAST),
        state(),
        '{"log_history": 3}',
        '{"log_history": [1, 2]}',
        state(*TRAIN)[:-40],
    ],
)
def test_a_state_without_a_curve_is_refused(tmp_path, text):
    with pytest.raises(HistoryError, match="expected"):
        read(tmp_path, text, "trainer_state.json")
