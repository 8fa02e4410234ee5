"""What holds for every history."""

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.detectors.curves import decay, noise, readings
from tests.detectors.histories import history
from triage.detectors import detect

SYMPTOMS = Path(__file__).parents[2] / "knowledge" / "symptoms"

anything = st.floats(allow_nan=True, allow_infinity=True, width=64)
columns = st.lists(anything | st.none(), max_size=60)
curves = st.lists(st.floats(0.01, 100), min_size=3, max_size=60)


def states() -> dict[str, list[str]]:
    yaml = pytest.importorskip("yaml")
    found = {}
    for path in SYMPTOMS.glob("*.yaml"):
        finding = yaml.safe_load(path.read_text(encoding="utf-8"))
        found[finding["id"]] = list(finding["states"])
    return found


STATES = states()


def check(found: tuple) -> None:
    assert len({reading.finding for reading in found}) == len(found)
    for reading in found:
        assert reading.likelihood
        assert all(0 <= value < 1 for value in reading.likelihood.values())
        assert sum(reading.likelihood.values()) < 1
        assert reading.message.endswith(".")
        assert "\n" not in reading.message
        if reading.steps is not None:
            assert not reading.steps[0] > reading.steps[1]
        if reading.finding in STATES:
            assert set(reading.likelihood) <= set(STATES[reading.finding])


@settings(deadline=None, max_examples=300)
@given(columns, columns, columns, columns, columns, columns, st.sampled_from(["step", "epoch", "row"]))
def test_no_history_raises_and_every_likelihood_is_one(train, val, accuracy, rate, norm, term, unit):
    size = max(map(len, (train, val, accuracy, rate, norm, term)))
    given_columns = {
        name: values + [None] * (size - len(values))
        for name, values in {
            "train_loss": train,
            "val_loss": val,
            "train_accuracy": accuracy,
            "learning_rate": rate,
            "grad_norm": norm,
            "loss_scale": norm,
            "train_loss__a": term,
            "train_loss__b": train,
        }.items()
    }
    check(detect(history(step_unit=unit, **given_columns)))


@settings(deadline=None, max_examples=200)
@given(st.lists(st.tuples(anything, anything, st.floats(-1e6, 1e6)), min_size=1, max_size=60))
def test_steps_in_any_order_are_read(rows):
    loss, val, step = map(list, zip(*rows, strict=True))
    check(detect(history(loss, val, step=step, epoch=np.floor(np.array(step) / 10))))


@settings(deadline=None, max_examples=200)
@given(curves, st.integers(-40, 40))
def test_scaling_the_loss_changes_no_shape(values, power):
    named = ("train_loss_trend", "nan_onset", "val_loss_course", "validation_against_train", "failure_time")
    loss = np.array(values)
    one, other = readings(loss, loss[::-1].copy()), readings(loss * 2.0**power, loss[::-1] * 2.0**power)
    for finding in named:
        before, after = one.get(finding), other.get(finding)
        if before is None or after is None or "collapsed_to_chance" in (before.state, after.state):
            continue
        chance = "collapsed_to_chance"
        others = [
            {state: read.likelihood[state] for state in read.likelihood if state != chance} for read in (before, after)
        ]
        # A chance too small to be named still takes from the others.
        shares = [{state: value / sum(some.values()) for state, value in some.items()} for some in others]
        if before.likelihood.get(chance, 0) == after.likelihood.get(chance, 0):
            assert shares[0] == pytest.approx(shares[1], abs=2e-4)


@settings(deadline=None, max_examples=100)
@given(st.lists(anything, min_size=1, max_size=60), st.integers(-1000, 1000))
def test_shifting_the_steps_shifts_what_is_reported(values, shift):
    loss = np.array(values, dtype=float)
    step = np.arange(loss.size, dtype=float)
    one, other = readings(loss, step=step), readings(loss, step=step + shift)
    for found in (one, other):
        found.pop("training_length", None)  # it is about the last position itself
    assert one.keys() == other.keys()
    for finding, reading in one.items():
        assert reading.likelihood == other[finding].likelihood
        moved = None if reading.steps is None else tuple(position + shift for position in reading.steps)
        assert other[finding].steps == moved


def test_empty_rows_at_the_end_change_nothing():
    loss = list(decay(100, 2.3, 0.1, 0.2, 0.02))
    assert detect(history(loss)) == detect(history([*loss, None, None]))


def test_an_empty_history_has_no_readings():
    assert detect(history()) == ()
    assert detect(history([None, None])) == ()


@pytest.mark.parametrize("scale", [5e-324, 1e-310, 1e-200, 1.0, 1e200, 1e300])
def test_extreme_magnitudes_are_read(scale: float):
    check(detect(history(decay(100, 2.3, 0.1, 0.2, 0.02) * scale, decay(100, 2.3, 0.1, 0.2, 0.02) * scale)))


@pytest.mark.parametrize("values", [[], [1.0], [1.0, 2.0], [math.nan], [math.inf, math.nan], [math.inf, 1.0, math.nan]])
def test_the_shortest_logs_are_read(values: list[float]):
    check(detect(history(values)))


def test_the_order_of_readings_is_fixed():
    everything = {
        "train_accuracy": decay(100, 0.9, 0.1, 0.2),
        "learning_rate": np.full(100, 1e-3),
        "grad_norm": np.exp(noise(100, 0.2)),
        "loss_scale": np.full(100, 65536.0),
        "train_loss__a": decay(100, 1.0, 0.1, 0.2),
        "train_loss__b": decay(100, 1.0, 0.1, 0.2),
    }
    found = [
        reading.finding for reading in detect(history(decay(100, 2, 0.2, 0.2), decay(100, 2, 0.2, 0.2), **everything))
    ]
    assert found == [
        "nan_onset",
        "train_loss_trend",
        "loss_signature",
        "speed_of_descent",
        "loss_noise",
        "loss_floor",
        "validation_against_train",
        "val_loss_course",
        "grad_norm_course",
        "failing_component",
        "learning_rate_course",
        "loss_scale_course",
        "metric_against_loss",
        "learning_rate_size",
        "learning_rate_schedule",
        "warmup",
        "training_length",
    ]
