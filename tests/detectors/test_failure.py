import math

import numpy as np

from tests.detectors.curves import decay, noise, readings
from triage.detectors import detect
from triage.history.model import Series
from triage.history.table import Table, to_history

NAN = math.nan


def failing(size: int, row: int) -> np.ndarray:
    values = decay(size, 2.3, 0.3, 0.2, 0.01)
    values[row:] = NAN
    return values


def test_without_a_failure_there_is_no_time_of_failure():
    found = readings(decay(500, 2.3, 0.1, 0.2, 0.02))
    assert "failure_time" not in found
    assert "failure_coincides_with" not in found


def test_a_handful_of_updates_is_the_first_steps():
    assert readings(failing(100, 4))["failure_time"].state == "first_steps"


def test_some_dozens_of_updates_in_a_long_log_is_early():
    assert readings(failing(2000, 60))["failure_time"].state == "early"


def test_many_epochs_are_long_progress():
    assert readings(failing(60, 40), step_unit="epoch")["failure_time"].state == "after_long_progress"
    assert readings(failing(60, 3), step_unit="epoch")["failure_time"].state == "early"


def test_a_log_without_rate_or_epochs_does_not_say_what_came_with_it():
    assert "failure_coincides_with" not in readings(failing(1000, 600))


def test_a_change_of_the_rate_right_before_the_failure_is_named():
    rate = np.where(np.arange(1000) < 600, 1e-3, 1e-2)
    found = readings(failing(1000, 602), learning_rate=rate)["failure_coincides_with"]
    assert found.state == "rate_change"
    assert "0.001 to 0.01" in found.message


def test_a_rate_that_falls_below_all_that_float64_holds_against_the_one_before_is_a_change():
    rate = np.where(np.arange(500) < 300, 1.7e308, 1e-310)
    found = readings(failing(500, 301), learning_rate=rate)["failure_coincides_with"]
    assert found.state == "rate_change"


def test_the_end_of_a_warm_up_is_a_change_of_the_rate():
    step = np.arange(1000.0)
    rate = np.where(step < 300, step / 300, np.cos((step - 300) / 700 * np.pi / 2)) * 1e-3
    assert readings(failing(1000, 301), learning_rate=rate)["failure_coincides_with"].state == "rate_change"


def test_the_end_of_an_epoch_is_named():
    found = readings(failing(1000, 600), epoch=np.floor(np.arange(1000.0) / 100))["failure_coincides_with"]
    assert found.state == "epoch_boundary"


def test_within_an_epoch_nothing_is_noticed():
    found = readings(failing(1000, 650), epoch=np.floor(np.arange(1000.0) / 100))["failure_coincides_with"]
    assert found.state == "nothing_noticed"


def test_steps_that_start_over_are_a_restart():
    steps = np.concatenate([np.arange(1000.0), np.arange(900.0, 1800.0)])
    loss = np.concatenate([decay(1000, 6.0, 2.6, 0.2, 0.02), 4.3 + noise(900, 0.02, 1)])
    found = readings(loss, step=steps)
    assert found["train_loss_trend"].state == "jump_then_plateau"
    assert found["failure_coincides_with"].state == "restart"


def test_a_run_that_was_begun_anew_and_counted_on_is_a_restart_too():
    loss = np.concatenate([decay(1000, 6.0, 2.6, 0.2, 0.02), 4.3 + noise(900, 0.02, 1)])
    steps = np.concatenate([np.arange(1000.0), np.arange(900.0)])
    columns = {"step": steps, "loss": loss}
    table = Table("log", "made", {name: Series(values, np.isfinite(values)) for name, values in columns.items()})
    found = {reading.finding: reading for reading in detect(to_history(table))}
    assert found["train_loss_trend"].state == "jump_then_plateau"
    assert found["failure_coincides_with"].state == "restart"


class TestRhythm:
    def spiky(self, rows: list[int], size: int = 3000) -> np.ndarray:
        values = decay(size, 2.3, 0.5, 0.1, 0.02)
        for row in rows:
            values[row : row + 3] += 2.5
        return values

    def test_equal_distances_are_once_per_epoch(self):
        found = readings(self.spiky(list(range(300, 2900, 200))), epoch=np.floor(np.arange(3000.0) / 200))
        assert found["train_loss_trend"].state == "spikes_that_heal"
        assert found["spike_timing"].state == "once_per_epoch"
        assert found["spike_timing"].likelihood["once_per_epoch"] >= 0.9

    def test_a_period_that_is_not_the_epoch_is_irregular(self):
        found = readings(self.spiky(list(range(300, 2900, 200))), epoch=np.floor(np.arange(3000.0) / 330))
        assert found["spike_timing"].state == "irregular"

    def test_shrinking_distances_are_growing_more_frequent(self):
        rows = [600, 1200, 1700, 2050, 2300, 2480, 2600, 2690, 2750]
        assert readings(self.spiky(rows))["spike_timing"].state == "growing_more_frequent"

    def test_scattered_spikes_are_irregular(self):
        assert readings(self.spiky([400, 520, 1300, 1350, 2200, 2700]))["spike_timing"].state == "irregular"

    def test_a_single_spike_has_no_rhythm(self):
        assert "spike_timing" not in readings(self.spiky([1500]))
