from hypothesis import given
from hypothesis import strategies as st

from triage.callbacks.pace import PER_ROW, SHARE, Pace

TIMES = st.lists(st.tuples(st.integers(0, 50), st.floats(0, 30), st.floats(0, 0.5)), max_size=200)


@given(TIMES, st.integers(1, 500), st.floats(0, 60))
def test_triage_takes_no_more_than_its_share_of_rows_and_time(course, every, seconds):
    """Whatever the costs are; the first triage is free, and each is paid for before the next."""
    pace, costs, cost = Pace(every, seconds), [], 0.0
    rows = new = 0
    clock = passed = 0.0
    for more, time, next_cost in course:
        rows, new, clock, passed = rows + more, new + more, clock + time, passed + time
        if pace.is_due(new, passed, cost):
            costs.append(next_cost)
            new, passed, cost = 0, 0.0, next_cost
    assert sum(costs[:-1]) <= PER_ROW * rows + SHARE * clock + 1e-9


@given(st.floats(0, 1e6), st.floats(0, 10))
def test_nothing_is_triaged_twice(passed, cost):
    assert not Pace(1, 0.0).is_due(0, passed, cost)


def test_a_row_an_epoch_is_triaged_when_it_comes():
    assert Pace(100, 10.0).is_due(1, 60.0, 0.02)
    assert not Pace(100, 10.0).is_due(1, 5.0, 0.02)


def test_rows_that_come_fast_wait_until_a_triage_is_paid_for():
    assert Pace(100, 10.0).is_due(100, 0.01, 0.0)
    assert not Pace(100, 10.0).is_due(100, 0.01, 0.02)
    assert Pace(100, 10.0).is_due(round(0.02 / PER_ROW), 0.01, 0.02)
