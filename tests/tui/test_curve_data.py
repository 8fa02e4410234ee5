"""What is drawn of a history: every extreme, no value that is not there, at any size and of any numbers."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.history import History, Series
from tui import curve_data
from tui.curve_axes import Window, across, column_of, placed_marks, step_ticks
from tui.curve_data import LOSSES, drawing_of, has_grown, panes_of, picture_of, suits_logarithm
from tui.curve_state import Sight

SIZE = (40, 10)
TOP, BOTTOM = 0.95, 0.05


def history_of(steps=None, files=("run.csv",), **columns):
    columns = {name.replace("__", "/"): np.asarray(values, dtype=np.float64) for name, values in columns.items()}
    rows = len(next(iter(columns.values())))
    return History(
        step=np.arange(rows, dtype=np.float64) if steps is None else np.asarray(steps, dtype=np.float64),
        epoch=None,
        series={name: Series(values, np.ones(rows, dtype=bool)) for name, values in columns.items()},
        columns={name: name for name in columns},
        format="test",
        files=files,
    )


def drawn(history, low=None, high=None, *, logarithmic=False, names=LOSSES, size=SIZE, part=(0.0, 1.0)):
    drawing = drawing_of(history, names)
    low, high = drawing.low if low is None else low, drawing.high if high is None else high
    return picture_of(drawing.of(names), low, high, size, logarithmic=logarithmic, part=part)


def heights(picture):
    return np.concatenate([stroke.y for stroke in picture.strokes])


NUMBERS = st.one_of(st.floats(), st.floats(-10, 10), st.sampled_from([0.0, 1.0, -1.7e308, 1.7e308, 5e-324]))


@given(
    st.lists(st.tuples(st.one_of(st.floats(), st.integers(0, 50).map(float)), NUMBERS), min_size=1, max_size=60),
    st.floats(0, 1),
    st.floats(0, 1),
    st.booleans(),
)
def test_whatever_the_numbers_are_what_is_drawn_lies_in_the_plot(rows, one, other, logarithmic):
    history = history_of([step for step, _ in rows], train_loss=[value for _, value in rows])
    drawing = drawing_of(history, LOSSES)
    low, high = sorted(drawing.low * (1 - share) + drawing.high * share for share in (one, other))
    picture = picture_of(drawing.of(LOSSES), low, high, SIZE, logarithmic=logarithmic)
    for stroke in picture.strokes:
        assert stroke.x.size
        assert ((stroke.x >= 0) & (stroke.x <= 1)).all()
        assert ((stroke.y >= 0) & (stroke.y <= 1)).all()
        assert (np.diff(stroke.x) >= 0).all()
    assert all(0 < height < 1 and label for height, label in picture.ticks)
    assert all(0 <= column < SIZE[0] for column in picture.lost)
    assert all(0 <= column < SIZE[0] for column, _ in step_ticks(low, high, SIZE[0]))


@given(st.integers(0, 300_000), st.integers(1, 7))
def test_a_spike_of_one_row_in_a_long_run_is_drawn_to_the_top(place, chunks):
    values = np.ones(40_000 * chunks)
    place %= values.size
    values[place] = 7.0
    picture = drawn(history_of(train_loss=values))
    stroke = picture.strokes[0]
    assert stroke.y.max() == pytest.approx(TOP)
    assert stroke.x[stroke.y.argmax()] == pytest.approx(across(np.array([place]), 0, values.size - 1, SIZE[0])[0])


def test_a_long_run_is_drawn_with_few_points():
    picture = drawn(history_of(train_loss=np.random.default_rng(0).normal(size=300_000)))
    assert sum(stroke.x.size for stroke in picture.strokes) <= 4 * SIZE[0]


def test_a_narrow_window_of_a_long_run_shows_each_of_its_rows():
    values = np.zeros(400_000)
    values[200_005:200_010] = [1, 2, 3, 2, 1]
    picture = drawn(history_of(train_loss=values), 200_000, 200_014)
    assert np.unique(picture.strokes[0].x).size == 15
    assert heights(picture).max() == pytest.approx(TOP)


def test_a_wide_window_of_a_very_long_run_does_not_touch_its_rows(monkeypatch):
    monkeypatch.setattr(curve_data, "SLICE", 1_000)
    history = history_of(train_loss=np.arange(100_000.0))
    drawing = drawing_of(history, LOSSES)
    drawing.curves["train_loss"].curve.values.fill(np.nan)
    wide = picture_of(drawing.of(LOSSES), 0, 50_000, SIZE, logarithmic=False)
    narrow = picture_of(drawing.of(LOSSES), 0, 500, SIZE, logarithmic=False)
    assert heights(wide).max() == pytest.approx(TOP)
    assert not narrow.strokes


def test_a_line_breaks_where_a_value_is_nan_and_the_columns_say_so():
    values = np.linspace(2, 1, 40)
    values[[10, 11, 25]] = np.nan, np.inf, -np.inf
    picture = drawn(history_of(train_loss=values))
    assert [stroke.x.size for stroke in picture.strokes] == [10, 13, 14]
    assert picture.lost == (10, 11, 25)


@pytest.mark.parametrize("chunk", [1_000, 40_000])
def test_the_lost_stretch_of_a_very_long_run_is_found_again_in_its_overview(monkeypatch, chunk):
    monkeypatch.setattr(curve_data, "SLICE", 100)
    monkeypatch.setattr(curve_data, "CHUNK", chunk)
    values = np.ones(40_000)
    values[9_990:20_010] = np.nan
    picture = drawn(history_of(train_loss=values), size=(41, 10))
    assert picture.lost == tuple(range(10, 21))
    assert len(picture.strokes) == 2
    assert picture.strokes[0].x.max() < 0.26
    assert picture.strokes[1].x.min() > 0.49


def test_a_line_goes_on_to_the_edges_of_the_window_as_the_whole_of_it_goes():
    history = history_of([0, 10, 20], train_loss=[1.0, 100.0, 10_000.0])
    linear = drawn(history, 5, 15)
    assert linear.strokes[0].x.tolist() == pytest.approx([0.5 / 40, 0.5, 39.5 / 40])
    assert heights(linear).tolist() == pytest.approx([BOTTOM, BOTTOM + 0.9 * (100 - 50.5) / (5050 - 50.5), TOP])
    logarithmic = drawn(history, 5, 15, logarithmic=True)
    assert heights(logarithmic).tolist() == pytest.approx([BOTTOM, 0.5, TOP])


def test_a_window_between_two_rows_shows_the_line_that_joins_them():
    picture = drawn(history_of([0, 100], train_loss=[1.0, 3.0]), 40, 60)
    assert picture.strokes[0].x.size == 2
    assert not drawn(history_of([0, 50, 100], train_loss=[1.0, np.nan, 3.0]), 60, 70).strokes


def test_values_without_a_logarithm_are_left_out_and_break_the_line():
    history = history_of(train_loss=[10.0, 1.0, 0.0, -1.0, 1.0, 10.0])
    picture = drawn(history, logarithmic=True)
    assert [stroke.x.size for stroke in picture.strokes] == [2, 2]
    assert not drawing_of(history, LOSSES).of(LOSSES)[0].is_positive
    assert not drawn(history_of(train_loss=[-1.0, 0.0]), logarithmic=True).strokes


def test_equal_ratios_are_equally_far_apart_on_a_logarithmic_axis():
    picture = drawn(history_of(train_loss=[1000.0, 100.0, 10.0, 1.0]), logarithmic=True)
    assert np.diff(picture.strokes[0].y).tolist() == pytest.approx([-0.3] * 3)
    assert [label for _, label in picture.ticks] == ["1", "100"]


def test_the_scale_that_suits_a_curve_is_that_of_the_report():
    wide, narrow = history_of(train_loss=[1000.0, 1.0]), history_of(train_loss=[2.0, 1.0])
    assert suits_logarithm(drawing_of(wide, LOSSES).of(LOSSES))
    assert not suits_logarithm(drawing_of(narrow, LOSSES).of(LOSSES))
    assert not suits_logarithm([])


def test_steps_that_go_back_are_drawn_in_their_order():
    picture = drawn(history_of([0, 1, 2, 3, 1, 2], train_loss=[5.0, 4.0, 3.0, 2.0, 9.0, 8.0]))
    assert (np.diff(picture.strokes[0].x) >= 0).all()
    assert heights(picture).size == 6
    assert heights(picture).max() == pytest.approx(TOP)


def test_rows_without_a_step_are_not_drawn():
    picture = drawn(history_of([0, np.nan, 2, np.inf], train_loss=[1.0, 50.0, 2.0, 60.0]))
    assert heights(picture).size == 2


@pytest.mark.parametrize("value", [0.0, 1.0, -3.0, 1e-320, 1.7e308])
def test_a_constant_curve_is_a_line_in_the_middle_with_its_value_beside_it(value):
    picture = drawn(history_of(train_loss=[value] * 5))
    assert heights(picture).tolist() == pytest.approx([0.5] * 5)
    assert len(picture.ticks) == 1


def test_part_of_the_height_fills_the_plot():
    history = history_of(train_loss=np.linspace(1, 0, 11))
    picture = drawn(history, part=(0.5, 1.0))
    assert heights(picture)[0] == pytest.approx((TOP - 0.5) / 0.5)
    assert heights(picture)[-1] < 0
    assert all(float(label) >= 0.5 for _, label in picture.ticks)


def test_every_label_beside_the_plot_tells_another_value_in_another_row():
    for values in ([1000000.0, 1000010.0], [1.0, 1.0001], [3.0, 0.001], [2.08, 0.12]):
        for rows in range(1, 30):
            ticks = drawn(history_of(train_loss=values), size=(40, rows)).ticks
            assert len({label for _, label in ticks}) == len(ticks)
            assert len({int(height * rows) for height, _ in ticks}) == len(ticks)


def test_the_panes_are_what_the_history_has_with_at_most_eight_components():
    series = {f"train_loss__p{number}": [1.0] for number in range(12)}
    panes = panes_of(history_of(train_loss=[1.0], val_accuracy=[1.0], grad_norm=[1.0], val_loss__p0=[1.0], **series))
    assert [pane.title for pane in panes[:2]] == ["gradient norm", "accuracy"]
    assert panes[1].names == ("val_accuracy",)
    assert len(panes) == 10
    assert panes[2].names == ("train_loss/p0", "val_loss/p0")


def test_curves_that_are_ready_are_not_made_ready_again():
    history = history_of(train_loss=[1.0, 2.0], grad_norm=[3.0, 4.0])
    first = drawing_of(history, LOSSES)
    second = drawing_of(history, ("grad_norm",), first)
    assert second.curves["train_loss"] is first.curves["train_loss"]
    assert second.curves["grad_norm"] is not None
    assert second.curves["val_loss"] is None


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6), st.integers(1, 200))
def test_the_first_step_is_in_the_first_column_and_the_last_in_the_last(low, span, columns):
    assert column_of(low, low, low + span, columns) == 0
    assert column_of(low + span, low, low + span, columns) == columns - 1


@given(st.dictionaries(st.integers(1, 30).map(str), st.floats(-10, 110), max_size=20), st.integers(1, 60))
def test_marks_never_touch_each_other(marks, columns):
    places = placed_marks(marks, 0, 100, columns)
    taken = sorted((first, first + len(label)) for label, first in places.items())
    assert all(end < begin for (_, end), (begin, _) in pairwise(taken))
    assert all(first >= 0 and end <= columns for first, end in taken)
    assert all(0 <= marks[label] <= 100 for label in places)


def test_a_mark_alone_stands_at_its_step():
    assert placed_marks({"1": 25.0}, 0, 100, 41) == {"1": column_of(25.0, 0, 100, 41)}


MOVES = st.lists(
    st.one_of(
        st.tuples(st.just("zoomed"), st.floats(0.01, 100), st.floats(0, 1)),
        st.tuples(st.just("panned"), st.floats(-5, 5), st.floats(-5, 5)),
        st.tuples(st.just("stretched"), st.floats(0.01, 100), st.floats(0, 1)),
    ),
    max_size=30,
)


@given(MOVES)
def test_nobody_gets_lost_outside_the_run(moves):
    history = history_of(train_loss=np.arange(1000.0))
    sight = Sight().of_history(history).with_drawing(drawing_of(history, LOSSES))
    for move, one, other in moves:
        sight = getattr(sight, move)(one, other)
        window = sight.window
        assert 0 <= window.low < window.high <= 999
        assert window.high - window.low > 3.9
        assert -1e-9 <= window.bottom < window.top <= 1 + 1e-9
    assert sight.whole().sees_all


def test_a_closer_look_keeps_its_place():
    window = Window(0, 100).zoomed(0.5, 0.25, (0, 100), 1000)
    assert (window.low, window.high) == (12.5, 62.5)
    assert window.zoomed(2, 0.25, (0, 100), 1000) == Window(0, 100)
    assert window.around(30, (0, 100)) is window
    assert window.around(90, (0, 100)) == Window(50, 100)


def test_a_run_that_goes_on_is_the_same_run_and_another_is_not():
    run = history_of(train_loss=[1.0, 2.0])
    assert has_grown(run, history_of(train_loss=[1.0, 2.0, 3.0]))
    assert not has_grown(history_of(train_loss=[1.0, 2.0, 3.0]), run)
    assert not has_grown(run, history_of(train_loss=[1.0, 2.0, 3.0], files=("other.csv",)))
    assert not has_grown(run, history_of([5, 6], train_loss=[1.0, 2.0]))


def test_who_looks_closer_stays_there_when_the_run_goes_on_and_who_sees_all_sees_all():
    run, later = history_of(train_loss=np.arange(100.0)), history_of(train_loss=np.arange(200.0))
    sight = Sight().of_history(run).with_drawing(drawing_of(run, LOSSES))
    closer = sight.zoomed(0.5, 0.0).of_history(later).with_drawing(drawing_of(later, LOSSES))
    assert (closer.window.low, closer.window.high) == (0, 49.5)
    grown = sight.of_history(later)
    assert grown.missing
    assert grown.drawing is sight.drawing
    assert grown.with_drawing(drawing_of(later, LOSSES)).window == Window(0, 199)
    assert sight.of_history(run) is sight
    assert sight.of_history(history_of(train_loss=[1.0], files=("b.csv",))).drawing is None
