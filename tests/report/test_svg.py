from __future__ import annotations

import math
import re
from itertools import pairwise
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.report.examples import HOSTILE, a_history
from triage.report.reduction import MOST_POINTS, lost_stretches, reduced
from triage.report.scale import compact, round_values, scale_of
from triage.report.svg import bar_svg, curve_words, curves_svg, signed_bar_svg


def drawn(svg):
    """The picture as a tree; fails where it is not well formed."""
    return ElementTree.fromstring(f"<div>{svg}</div>")


def points_of(tree, kind):
    paths = [path.get("d") for path in tree.iter("path") if kind in path.get("class").split()]
    return [len(re.findall(r"\d+ \d+", path)) for path in paths]


def percents(tree):
    for element in tree.iter():
        for name in ("x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "width", "height"):
            value = element.get(name, "")
            if value.endswith("%") and "zero" not in element.get("class", ""):
                yield float(value[:-1])


def test_without_a_finite_loss_there_is_no_picture():
    assert curves_svg(a_history(train_loss=[math.nan]), {}) == ""
    assert curves_svg(a_history(grad_norm=[1.0, 2.0]), {}) == ""


def test_the_picture_is_named_and_described_for_those_who_do_not_see_it():
    panes = [svg for svg in drawn(curves_svg(a_history(), {})).iter("svg") if svg.get("role") == "img"]
    assert len(panes) == 1
    assert panes[0].get("aria-label").startswith("Training loss: 1 at step 0, lowest")
    assert "NaN or infinite in 20 of 100 rows" in panes[0].get("aria-label")


def test_the_picture_has_no_style_attribute_and_no_script():
    svg = curves_svg(a_history(), {"1": 40.0})
    assert "style=" not in svg
    assert "<script" not in svg


def test_nan_stretches_are_shaded_where_they_are():
    rects = [rect for rect in drawn(curves_svg(a_history(), {})).iter("rect") if rect.get("class") == "lost"]
    stretch = rects[-1]
    assert float(stretch.get("x")[:-1]) == pytest.approx(100 * 40 / 99, abs=0.01)
    assert float(stretch.get("width")[:-1]) == pytest.approx(100 * 20 / 99, abs=0.01)


def test_a_curve_is_broken_where_it_is_nan():
    path = next(drawn(curves_svg(a_history(), {})).iter("path"))
    assert path.get("d").count("M") == 2


def test_marks_stand_at_their_steps_and_those_outside_are_left_out():
    tree = drawn(curves_svg(a_history(), {"1": 40.0, "2": 1000.0, "3": math.nan}))
    marks = [group for group in tree.iter("g") if group.get("class") == "mark"]
    assert [mark.find("text").text for mark in marks] == ["1"]
    assert float(marks[0].find("circle").get("cx")[:-1]) == pytest.approx(100 * 40 / 99, abs=0.01)


def test_marks_at_one_place_stand_above_each_other():
    tree = drawn(curves_svg(a_history(), {"1": 40.0, "2": 41.0, "3": 90.0}))
    places = [group.get("transform") for group in tree.iter("g") if group.get("class") == "mark"]
    assert places[0] != places[1]
    assert places[0] == places[2]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_mark_stays_text(text):
    tree = drawn(curves_svg(a_history(), {text: 40.0}))
    assert not {"script", "img"} & {element.tag for element in tree.iter()}


def test_gradient_norm_and_learning_rate_are_drawn_where_they_tell_something():
    svg = curves_svg(a_history(train_loss=[3.0, 2.0], grad_norm=[1.0, 2.0], learning_rate=[0.1, 0.1]), {})
    assert "Gradient norm" in svg
    assert "Learning rate" not in svg


def test_a_long_curve_is_reduced_and_keeps_its_spike():
    loss = np.full(1_000_000, 1.0)
    loss[700_003] = 9.0
    svg = curves_svg(a_history(train_loss=loss, val_loss=loss), {})
    tree = drawn(svg)
    assert max(points_of(tree, "train_loss")) <= MOST_POINTS
    assert any(int(y) < 100 for path in tree.iter("path") for y in re.findall(r"\d+ (\d+)", path.get("d")))
    assert len(svg) < 80_000


def test_a_curve_with_a_nan_on_every_other_row_stays_small():
    loss = np.ones(200_000)
    loss[::2] = np.nan
    assert len(curves_svg(a_history(train_loss=loss), {})) < 80_000


@given(st.lists(st.floats(), min_size=1, max_size=60), st.integers(4, 40))
def test_reduction_keeps_the_extremes_the_order_and_the_limit(values, most):
    curve = a_history(train_loss=values).curve("train_loss")
    low, high = 0.0, float(len(values) - 1)
    parts = reduced(curve, low, high, most)
    kept = [value for _, part in parts for value in part.tolist()]
    finite = [value for value in values if math.isfinite(value)]
    assert len(kept) <= most
    assert all(np.all(np.diff(steps) > 0) for steps, _ in parts)
    if finite:
        assert (min(kept), max(kept)) == (min(finite), max(finite))


@given(st.lists(st.sampled_from([1.0, math.nan, math.inf]), min_size=1, max_size=60))
def test_lost_stretches_are_in_order_and_cover_every_lost_row(values):
    curve = a_history(train_loss=values).curve("train_loss")
    last = float(len(values) - 1)
    stretches = lost_stretches([curve], 0.0, last)
    assert all(before[1] < after[0] for before, after in pairwise(stretches))
    for row, value in enumerate(values):
        share = row / (last or 1.0)
        assert math.isfinite(value) or any(begin <= share <= end for begin, end in stretches)


@given(
    st.lists(st.floats(), min_size=1, max_size=30),
    st.lists(st.floats(), min_size=30, max_size=30),
    st.floats(),
)
def test_any_history_is_drawn_well_formed_and_inside_its_frame(train, rates, mark):
    history = a_history(train_loss=train, val_loss=train[::-1], learning_rate=rates[: len(train)])
    svg = curves_svg(history, {"1": mark})
    assert "nan%" not in svg
    assert "inf%" not in svg
    assert all(-0.001 <= value <= 170.0 for value in percents(drawn(svg)))
    points = [point for path in drawn(svg).iter("path") for point in re.findall(r"(-?\d+) (-?\d+)", path.get("d"))]
    assert all(0 <= int(x) <= 10_000 and 0 <= int(y) <= 1_000 for x, y in points)


@given(st.floats(-1e308, 1e308), st.floats(-1e308, 1e308), st.booleans(), st.integers(2, 8))
def test_axes_name_few_values_all_of_them_inside(one, other, logarithmic, most):
    low, high = sorted((one, other))
    scale = scale_of(low, high, logarithmic=logarithmic)
    ticks = scale.ticks(most)
    assert len(ticks) <= most + 1
    assert all(low - (high / 2 - low / 2) * 1e-6 <= tick <= high + (high / 2 - low / 2) * 1e-6 for tick in ticks)
    assert np.all((scale.up(np.array(ticks)) >= 0) & (scale.up(np.array(ticks)) <= 1))


def test_an_axis_of_a_number_and_the_next_one_names_one_value():
    assert round_values(7.0, math.nextafter(7.0, 8.0)) == [7.0]


@given(st.floats(-1e300, 1e300), st.floats(-1e300, 1e300))
def test_values_on_an_axis_differ_and_lie_between_its_ends(one, other):
    low, high = sorted((one, other))
    values = round_values(low, high)
    slack = 1e-6 * (high - low)
    assert all(low - slack <= value <= high + slack for value in values)
    assert len(set(values)) == len(values)


def test_axes_name_round_values():
    assert round_values(0.0, 39_996.0) == [0, 10_000, 20_000, 30_000]
    assert scale_of(0.04, 7.0, logarithmic=True).ticks(6) == pytest.approx([0.1, 0.3, 1, 3])
    assert scale_of(1e-3, 1e12, logarithmic=True).ticks(6) == pytest.approx([1e-3, 1, 1e3, 1e6, 1e9, 1e12])
    assert scale_of(2.0, 2.0, logarithmic=True).ticks() == [2.0]


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0, "0"),
        (2500, "2,500"),
        (20_000, "20k"),
        (1_500_000, "1.5M"),
        (1e15, "10¹⁵"),
        (2e-7, "2×10⁻⁷"),
        (-3e12, "-3×10¹²"),
    ],
)
def test_axis_labels_are_compact(value, shown):
    assert compact(value) == shown


@given(st.floats())
def test_any_value_has_a_short_label(value):
    assert len(compact(value)) <= 11


def test_bars_stay_in_their_frame():
    assert 'width="100%"' in bar_svg(7.0)
    assert 'width="0%"' in bar_svg(-1.0)
    assert 'x="25%" width="25%"' in signed_bar_svg(-5.0, 10.0)
    assert 'x="50%" width="50%"' in signed_bar_svg(50.0, 10.0)


def test_a_curve_that_is_never_finite_says_so():
    assert curve_words(a_history(train_loss=[math.nan]).curve("train_loss"), "step") == "training loss: never finite"
