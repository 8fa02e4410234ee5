"""The truths about noise, floor and drops of the rate name an obvious state, and leave out what lies between."""

import numpy as np
import pytest

pytest.importorskip("torch")

from tests.lab.campaign.test_truth import record_of
from tests.lab.campaign.truth_levels import fall_at_rate_drop, loss_floor, loss_noise

STEPS = 400
TIME = np.linspace(0, 1, STEPS)
FALL = 0.3 + 2.0 * np.exp(-12 * TIME)
STEPPED = np.where(TIME < 0.5, 0.1, 0.01)


@pytest.mark.parametrize(("samples", "state"), [(1, "rough"), (20, "ordinary"), (90_000, "smooth")])
def test_the_noise_of_a_batch_is_named_by_its_scatter(samples, state):
    costs = np.random.default_rng(0).gamma(samples, 1.0 / samples, STEPS)
    assert loss_noise(record_of(FALL * costs, hidden=FALL), "falling", "step") == state


def test_noise_has_no_entry_for_epochs_for_swings_and_between_two_states():
    record = record_of(FALL * (1 + 0.027 * np.random.default_rng(0).normal(size=STEPS)), hidden=FALL)
    assert loss_noise(record, "falling", "step") == ""
    assert loss_noise(record_of(FALL), "oscillating", "step") == ""
    assert loss_noise(record_of(FALL), "falling", "epoch") == ""


@pytest.mark.parametrize(("level", "state"), [(0.005, "near_zero"), (0.3, "low"), (0.65, ""), (1.1, "part_way")])
def test_the_floor_is_the_last_level_against_the_first(level, state):
    course = level + (2.3 - level) * np.exp(-30 * TIME)
    assert loss_floor(record_of(course, hidden=course), "falling") == state
    assert loss_floor(record_of(course, hidden=course), "plateau") == ""


DROPS = {
    "falls_at_drop": np.where(TIME < 0.5, 1.0 + 1.3 * np.exp(-30 * TIME), 0.5 + 0.5 * np.exp(-40 * (TIME - 0.5))),
    "stops_falling": np.where(TIME < 0.5, 2.3 - 2.0 * TIME, 1.3),
    "falls_on": 2.3 - 1.5 * TIME,
}


@pytest.mark.parametrize("state", sorted(DROPS))
def test_what_the_loss_does_at_a_drop_of_the_rate_is_named(state):
    assert fall_at_rate_drop(record_of(DROPS[state], hidden=DROPS[state], rate=STEPPED)) == state
    assert fall_at_rate_drop(record_of(DROPS[state], hidden=DROPS[state], rate=np.full(STEPS, 0.1))) == ""
