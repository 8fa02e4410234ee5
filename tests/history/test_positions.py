from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from triage.history.positions import MOST_RESUMES, placed


def at(positions, telling=None, epochs=None, unit="step"):
    return placed(
        np.array(positions, dtype=np.float64),
        unit,
        None if telling is None else np.array(telling, dtype=bool),
        None if epochs is None else np.array(epochs, dtype=np.float64),
    )


def steps(*pieces):
    return [step for start, end in pieces for step in range(start, end)]


def order_of(found):
    return list(range(len(found.positions))) if found.order is None else found.order.tolist()


@given(st.lists(st.integers(0, 50), min_size=1).map(sorted))
def test_positions_that_only_grow_or_repeat_stay_as_they_are(positions):
    found = at(positions)
    assert found.order is None
    assert found.positions.tolist() == positions
    assert found.resumes == ()
    assert found.warning == ""


def test_a_fall_to_a_checkpoint_is_a_resume_and_what_it_takes_back_stays():
    found = at(steps((0, 100), (80, 150)))
    assert found.order is None
    assert found.positions.tolist() == steps((0, 100), (80, 150))
    assert found.resumes == (100,)
    assert found.warning == "the run was taken up again: step 99 is followed by step 80"


@pytest.mark.parametrize("first", [0, 1])
def test_a_run_that_begins_anew_is_counted_on(first):
    found = at(steps((first, 100), (first, 50)))
    assert found.order is None
    assert found.positions.tolist() == steps((first, 150 - first))
    assert found.resumes == (100 - first,)


def test_a_run_that_logs_every_fiftieth_step_is_counted_on_in_its_stride():
    found = at([49, 99, 149, 49, 99])
    assert found.positions.tolist() == [49, 99, 149, 199, 249]
    assert found.resumes == (3,)


def test_a_run_that_was_begun_from_a_checkpoint_and_falls_back_to_it_is_not_counted_on():
    found = at(steps((5000, 5100), (5000, 5100)))
    assert found.positions.tolist() == steps((5000, 5100), (5000, 5100))
    assert found.resumes == (100,)


def test_falls_are_counted_in_the_count_of_the_run_that_they_are_in():
    found = at(steps((0, 100), (0, 50), (30, 80)))
    assert found.positions.tolist() == steps((0, 100), (100, 150), (130, 180))
    assert found.resumes == (100, 150)
    assert found.warning.endswith("and once more")


def test_a_run_that_has_just_begun_anew_is_counted_on():
    found = at([0, 1, 2, 3, 0])
    assert found.positions.tolist() == [0, 1, 2, 3, 4]
    assert found.resumes == (4,)


def test_a_row_that_came_late_is_put_where_it_belongs():
    found = at([10, 20, 30, 20, 40, 50])
    assert found.positions.tolist() == [10, 20, 20, 30, 40, 50]
    assert found.order.tolist() == [0, 1, 3, 2, 4, 5]
    assert found.resumes == ()
    assert found.warning == "rows stand out of order; they were sorted by step"


def test_a_row_that_came_late_in_a_run_that_was_resumed_goes_to_its_own_part():
    found = at([*steps((0, 50)), 30, *steps((50, 60), (40, 50), (45, 46), (50, 80))])
    assert found.positions.tolist() == [*steps((0, 31)), 30, *steps((31, 60), (40, 46)), 45, *steps((46, 80))]
    assert len(found.resumes) == 1


def test_evaluations_written_after_the_run_are_put_beside_its_rows():
    training, evaluation = [10, 20, 30, 40], [10, 20, 30, 40]
    found = at([*training, *evaluation], telling=[True] * 4 + [False] * 4)
    assert found.positions.tolist() == [10, 10, 20, 20, 30, 30, 40, 40]
    assert found.resumes == ()


def test_an_evaluation_before_the_first_step_belongs_to_the_run_that_begins_there():
    telling = [False, True, True, False, True, True]
    found = at([0, 1, 2, 0, 1, 2], telling=telling)
    assert found.order is None
    assert found.positions.tolist() == [0, 1, 2, 3, 4, 5]
    assert found.resumes == (4,)


def test_a_counter_within_an_epoch_is_counted_on_and_is_no_resume():
    found = at(steps(*[(0, 100)] * 7), epochs=np.repeat(np.arange(7), 100))
    assert found.positions.tolist() == steps((0, 700))
    assert found.resumes == ()
    assert found.warning == "the step starts again with every epoch, and was counted on"


def test_a_counter_within_an_epoch_is_known_by_its_equal_stretches_too():
    found = at(steps(*[(0, 100)] * 60, (0, 30)))
    assert found.positions.tolist() == steps((0, 6030))
    assert found.resumes == ()


def test_an_epoch_that_begins_anew_is_a_resume_though_the_counter_falls_at_every_epoch():
    found = at(steps(*[(0, 10)] * 6), epochs=np.repeat([0, 1, 2, 0, 1, 2], 10))
    assert found.positions.tolist() == steps((0, 60))
    assert found.resumes == (30,)


def test_pieces_in_another_order_are_put_in_order():
    found = at(steps((100, 200), (0, 100)))
    assert found.positions.tolist() == steps((0, 200))
    assert found.resumes == ()


@given(st.permutations(range(400)))
def test_disorder_is_sorted(positions):
    assume(sum(np.diff(positions) < 0) > 3 * MOST_RESUMES)
    found = at(positions)
    assert found.positions.tolist() == sorted(positions)
    assert found.resumes == ()


ANY = st.lists(st.integers(0, 20) | st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=40)


@given(ANY, st.data())
def test_whatever_the_counter_did_no_row_is_lost_and_every_row_has_a_place(positions, data):
    size = len(positions)
    telling = data.draw(st.none() | st.lists(st.booleans(), min_size=size, max_size=size))
    epochs = data.draw(st.none() | st.lists(st.integers(0, 3), min_size=size, max_size=size))
    found = at(positions, telling, epochs)
    assert sorted(order_of(found)) == list(range(size))
    assert np.isfinite(found.positions).all()
    assert all(0 < row < size for row in found.resumes)
    assert sorted(set(found.resumes)) == list(found.resumes)
    if max(map(abs, positions)) < 1e9:
        assert (np.diff(found.positions) < 0).sum() <= len(found.resumes)
    assert bool(found.warning) == any(later < earlier for earlier, later in pairwise(map(float, positions)))


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(3, 20)), min_size=2, max_size=6))
def test_the_rows_of_a_run_that_was_resumed_stay_in_the_order_in_which_they_were_written(pieces):
    positions, highest = list(range(30)), 30
    for asked, length in pieces:
        start = min(asked + 5, highest - 3)
        positions += range(start, start + length)
        highest = max(highest, start + length)
    found = at(positions)
    assert found.order is None
    assert found.positions.tolist() == positions
    assert len(found.resumes) == int((np.diff(positions) < 0).sum())
