"""Settings that a log tells, so that nobody is asked for them."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.detectors.curves import readings
from tests.detectors.histories import history
from triage.detectors import detect

SIZE = 400
PART = np.arange(SIZE) / SIZE
LOSS = 0.3 + 2.0 * np.exp(-4 * PART)


def read(finding, rate, step=None, unit="step"):
    steps = np.arange(len(rate)) * 10.0 if step is None else step
    return readings(
        np.interp(np.arange(len(rate)), np.arange(SIZE), LOSS), learning_rate=rate, step=steps, step_unit=unit
    ).get(finding)


class TestSchedule:
    @pytest.mark.parametrize(
        ("rate", "state"),
        [
            (np.full(SIZE, 1e-3), "constant"),
            (np.minimum(PART / 0.05, 1.0) * 1e-3, "constant"),
            (1e-3 * (1 + np.cos(np.pi * PART)) / 2, "decay_to_a_horizon"),
            (1e-3 * np.minimum(PART / 0.1, 1) * (1 - PART), "decay_to_a_horizon"),
            (np.where(PART < 0.5, 0.1, np.where(PART < 0.75, 0.01, 0.001)), "stepwise"),
            (0.1 * 0.97 ** np.arange(SIZE), "stepwise"),
            (1e-3 * (1 + np.cos(np.pi * ((4 * PART) % 1))) / 2, "cyclic_or_own"),
        ],
        ids=["fixed", "fixed behind a warm-up", "cosine", "warm-up and linear", "steps", "exponential", "restarts"],
    )
    def test_the_usual_ones_are_told_apart(self, rate, state):
        assert read("learning_rate_schedule", rate).state == state

    def test_drops_may_come_of_a_plateau_as_well(self):
        found = read("learning_rate_schedule", np.where(PART < 0.5, 0.1, 0.01)).likelihood
        assert found["on_plateau"] > 0.2

    def test_few_rows_tell_none(self):
        assert read("learning_rate_schedule", np.full(4, 1e-3)) is None

    def test_few_rows_are_less_sure_than_many(self):
        few, many = (max(read("learning_rate_schedule", np.full(rows, 1e-3)).likelihood.values()) for rows in (8, 100))
        assert few < many


class TestSize:
    @pytest.mark.parametrize(
        ("rate", "state"),
        [(3e-4, "usual"), (10.0, "far_above_usual"), (1e-8, "far_below_usual"), (0.01, "above_usual")],
    )
    def test_it_is_held_against_what_is_usual(self, rate, state):
        assert read("learning_rate_size", np.full(SIZE, rate)).state == state

    def test_what_is_usual_for_one_optimizer_is_not_ruled_out_where_none_is_known(self):
        assert read("learning_rate_size", np.full(SIZE, 0.05)).likelihood["usual"] > 0.2

    def test_biases_that_are_warmed_up_from_a_high_rate_do_not_count(self):
        rate = np.where(PART < 0.03, 0.1 - 3 * PART, 0.01 * (1 - PART))
        assert "is 0.009003 or more" in read("learning_rate_size", rate).message

    @given(st.floats(1e-12, 1e3), st.floats(1.0, 1e6))
    def test_a_higher_rate_never_looks_smaller(self, rate, factor):
        order = ["far_below_usual", "below_usual", "usual", "above_usual", "far_above_usual"]

        def mean(value):
            likelihood = read("learning_rate_size", np.full(30, value)).likelihood
            return sum(order.index(state) * weight for state, weight in likelihood.items()) / sum(likelihood.values())

        assert mean(rate * factor) >= mean(rate) - 1e-9

    @pytest.mark.parametrize("rate", [0.0, -1.0, np.nan])
    def test_a_rate_that_no_optimizer_takes_has_no_size(self, rate):
        assert read("learning_rate_size", np.full(SIZE, rate)) is None


class TestOptimizer:
    def read(self, name, rate=1e-3):
        found = replace(history(LOSS, learning_rate=np.full(SIZE, rate)), columns={"learning_rate": name})
        return {reading.finding: reading for reading in detect(found)}

    @pytest.mark.parametrize(
        ("name", "state"), [("lr-Adam", "adam"), ("lr-AdamW/pg1", "adamw"), ("train/lr-SGD", "sgd_momentum")]
    )
    def test_lightning_names_it_in_the_column_of_the_rate(self, name, state):
        assert self.read(name)["optimizer"].state == state

    @pytest.mark.parametrize("name", ["lr", "learning_rate", "lr-custom", "lr/pg0"])
    def test_other_names_tell_none(self, name):
        assert "optimizer" not in self.read(name)

    def test_what_is_usual_is_that_of_the_optimizer(self):
        sizes = [self.read(name, 0.05)["learning_rate_size"].state for name in ("lr-SGD", "lr-Adam")]
        assert sizes == ["usual", "far_above_usual"]


class TestWarmup:
    @pytest.mark.parametrize(("steps", "state"), [(0, "not_used"), (50, "short"), (150, "short"), (1000, "ordinary")])
    def test_its_length_is_that_of_the_climb(self, steps, state):
        positions = np.arange(SIZE) * 10.0
        rate = 1e-3 * np.minimum((positions + 10) / (steps + 10), 1.0)
        assert read("warmup", rate, positions).state == state

    def test_a_log_of_epochs_may_hide_a_short_one(self):
        found = read("warmup", np.full(40, 1e-3), np.arange(40.0), "epoch").likelihood
        assert found["not_used"] > found["short"] > 0.2

    def test_a_rate_that_only_ever_rises_is_no_warm_up_yet(self):
        assert read("warmup", 1e-3 * (1 + PART)) is None


class TestLength:
    @pytest.mark.parametrize(
        ("last", "unit", "state"),
        [
            (5000, "step", "thousands_of_updates"),
            (500, "step", "hundreds_of_updates"),
            (50, "epoch", "thousands_of_updates"),
        ],
    )
    def test_it_is_told_by_the_last_position(self, last, unit, state):
        found = readings(LOSS, step=np.linspace(0, last, SIZE), step_unit=unit)["training_length"]
        assert found.state == state

    def test_few_steps_may_be_epochs_so_little_is_sure(self):
        found = readings(LOSS[:10], step=np.arange(10.0), step_unit="step")["training_length"]
        assert max(found.likelihood.values()) < 0.5

    def test_rows_without_a_position_tell_no_length(self):
        assert "training_length" not in readings(LOSS, step=np.arange(SIZE) * 1.0, step_unit="row")
