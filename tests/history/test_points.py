import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.history.points import Points, pivoted


def points(*found):
    """Points of (name, step) or (name, step, value); without a value it is the place in the list."""
    names = list(dict.fromkeys(point[0] for point in found))
    return Points(
        names,
        np.array([names.index(point[0]) for point in found]),
        np.array([point[1] for point in found], dtype=np.float64),
        np.array([point[2] if len(point) > 2 else at for at, point in enumerate(found)], dtype=np.float64),
    )


def column(pivot, name):
    series = pivot.columns[name]
    return [value if logged else None for value, logged in zip(series.values.tolist(), series.logged, strict=True)]


def test_what_has_one_step_has_one_row():
    pivot = pivoted(points(("a", 1), ("b", 1), ("a", 2), ("c", 3), ("b", 3)), "tick")
    assert list(pivot.columns) == ["tick", "a", "b", "c"]
    assert column(pivot, "tick") == [1, 2, 3]
    assert column(pivot, "a") == [0, 2, None]
    assert column(pivot, "b") == [1, None, 4]
    assert column(pivot, "c") == [None, None, 3]


def test_names_that_fall_back_together_begin_one_new_part():
    found = [(name, step) for step in (1, 2, 3, 2, 3, 4) for name in ("a", "b")]
    pivot = pivoted(points(*found))
    assert column(pivot, "step") == [1, 2, 3, 2, 3, 4]
    assert column(pivot, "a") == [0, 2, 4, 6, 8, 10]
    assert column(pivot, "b") == [1, 3, 5, 7, 9, 11]


def test_a_run_that_was_resumed_twice_has_three_parts():
    steps = [1, 2, 3, 4, 3, 4, 5, 2, 3]
    assert column(pivoted(points(*(("a", step) for step in steps))), "step") == steps


def test_a_name_that_starts_anew_all_the_time_makes_no_parts():
    found = []
    for step in range(300):
        found += [("loss", step), ("loss", step), ("batch_time", step % 3)]
    pivot = pivoted(points(*found))
    assert column(pivot, "step") == sorted(column(pivot, "step"))
    assert [value for value in column(pivot, "loss") if value is not None] == [
        at for at, point in enumerate(found) if point[0] == "loss"
    ]


@pytest.mark.parametrize("factor", [0.01, 50.0])
def test_names_that_count_otherwise_are_put_where_they_were_written(factor):
    found = []
    for step in range(100):
        found.append(("loss", step))
        if step % 10 == 9:
            found.append(("val", round((step + 1) * factor * 10) / 10))
    pivot = pivoted(points(*found))
    assert [at for at, value in enumerate(column(pivot, "val")) if value is not None] == list(range(9, 100, 10))
    assert len(pivot.warnings) == 1


def test_names_of_another_length_that_follow_each_other_are_not_moved():
    found = [("loss", step) for step in range(100)] + [("val", step) for step in range(10)]
    pivot = pivoted(points(*found))
    assert column(pivot, "val")[:11] == [*range(100, 110), None]
    assert pivot.warnings == ()


def test_a_column_called_as_the_position_keeps_its_values():
    assert column(pivoted(points(("step", 1, 7.0), ("step", 2, 8.0))), "step (logged)") == [7.0, 8.0]


POINT = st.tuples(st.sampled_from("abcd"), st.integers(0, 6))


@given(st.lists(POINT, min_size=1, max_size=60))
def test_no_value_is_lost_and_none_is_made(found):
    pivot = pivoted(points(*found))
    kept = sorted(
        value for name in "abcd" if name in pivot.columns for value in column(pivot, name) if value is not None
    )
    assert kept == list(range(len(found)))
    assert len({series.values.size for series in pivot.columns.values()}) == 1


@given(st.lists(POINT, min_size=1, max_size=60))
def test_every_row_holds_something_of_its_step(found):
    pivot = pivoted(points(*found))
    names = [name for name in pivot.columns if name != "step"]
    assert np.logical_or.reduce([pivot.columns[name].logged for name in names]).all()
    if "step" in pivot.columns and not pivot.warnings:
        for name in names:
            for step, value in zip(column(pivot, "step"), column(pivot, name), strict=True):
                assert value is None or found[int(value)] == (name, step)


@given(st.lists(POINT, min_size=1, max_size=60).map(lambda found: sorted(set(found), key=lambda point: point[1])))
def test_steps_in_order_stay_in_order(found):
    pivot = pivoted(points(*found))
    if "step" in pivot.columns and not pivot.warnings:
        assert column(pivot, "step") == sorted({float(step) for _, step in found})
