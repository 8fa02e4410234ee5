import math

import numpy as np
import pytest

from tests.detectors.curves import decay, readings

NAN, INF = math.nan, math.inf


def test_a_finite_loss_has_no_onset():
    found = readings(decay(200, 2.3, 0.1, 0.2, 0.02))["nan_onset"]
    assert found.state == "none"
    assert found.likelihood["none"] >= 0.95


def test_nan_from_the_first_value_on_is_the_first_step_and_leaves_the_trend_unread():
    found = readings([NAN] * 30)
    assert found["nan_onset"].state == "first_step"
    assert "train_loss_trend" not in found
    assert "failure_time" not in found
    assert "loss_signature" not in found


def test_nan_after_a_healthy_fall_is_sudden_and_names_step_and_values():
    found = readings(np.concatenate([decay(1204, 2.31, 0.48, 0.2, 0.01), np.full(300, NAN)]))
    onset = found["nan_onset"]
    assert onset.state == "sudden"
    assert onset.likelihood["sudden"] >= 0.9
    assert onset.steps == (1204, 1503)
    assert onset.message.startswith("NaN from step 1,204 on, after 1,204 finite values")
    assert "nothing unusual in the 50 before" in onset.message
    assert found["failure_time"].state == "after_long_progress"


def test_nan_after_the_loss_has_grown_is_after_growth():
    values = np.concatenate([decay(300, 2.3, 0.5, 0.2, 0.01), [0.7, 1.4, 6.0, 80.0, 4e4], np.full(20, NAN)])
    onset = readings(values)["nan_onset"]
    assert onset.state == "after_growth"
    assert "4e+04" in onset.message


def test_growth_in_a_short_log_counts_too():
    assert readings([2.3, 9.0, 120.0, 5e5, NAN, NAN])["nan_onset"].state == "after_growth"


def test_finite_values_after_the_first_nan_make_it_intermittent():
    values = decay(100, 2.3, 0.1, 0.2, 0.02)
    values[[40, 71]] = NAN
    onset = readings(values)["nan_onset"]
    assert onset.state == "intermittent"
    assert onset.steps == (40, 71)
    assert "2 of 100 values" in onset.message


def test_infinity_is_named_as_such():
    assert readings([2.0, 1.9, 1.8, INF, INF])["nan_onset"].message.startswith("Inf from step 3")
    assert readings([2.0, 1.9, 1.8, INF, NAN])["nan_onset"].message.startswith("Inf, then NaN,")


def test_nan_only_in_validation_is_told_from_training():
    found = readings(decay(50, 2.3, 0.1, 0.2), [2.0] * 20 + [NAN] * 30)["nan_onset"]
    assert found.state == "validation_only"
    assert found.steps == (20, 49)


def test_a_validation_loss_alone_does_not_say_whether_training_is_affected():
    found = readings(None, [2.0] * 20 + [NAN] * 30)["nan_onset"]
    assert found.likelihood["validation_only"] < 0.6
    assert found.likelihood["sudden"] > 0.2


def test_gaps_are_not_nan():
    assert readings([1.0, None, 0.9, None, 0.8, None, 0.7])["nan_onset"].state == "none"


@pytest.mark.parametrize("finite", [1, 2, 3])
def test_a_loss_that_fails_after_a_value_or_two_is_less_sure(finite: int):
    onset = readings([2.3] * finite + [NAN] * 20)["nan_onset"]
    assert onset.state in ("sudden", "first_step")
    assert max(onset.likelihood.values()) < 0.9


def test_the_unit_of_the_history_names_the_position():
    assert "epoch 3" in readings([1.0, 0.9, 0.8, NAN], step_unit="epoch")["nan_onset"].message


def test_nan_in_the_very_first_step_says_that_nothing_was_learned():
    onset = readings([NAN] * 30)["nan_onset"]
    assert onset.message == "NaN in the very first logged value, step 0, before anything was learned, and in all 30."
    assert onset.likelihood["first_step"] >= 0.9


def test_the_first_value_of_an_epoch_has_many_updates_behind_it():
    onset = readings([NAN] * 30, step_unit="epoch")["nan_onset"]
    assert onset.message.startswith("NaN in the very first logged value, epoch 0, and")


def test_a_log_that_begins_late_does_not_say_what_was_learned():
    assert "learned" not in readings([NAN] * 30, step=np.arange(5000.0, 5030.0))["nan_onset"].message


def test_a_single_nan_in_the_first_value_is_named_as_such():
    onset = readings([NAN, *decay(50, 2.3, 0.1, 0.2)])["nan_onset"]
    assert onset.state == "intermittent"
    assert "in the very first logged value, step 0, before anything was learned" in onset.message
