"""The curve on the screen: drawn, marked, explained, looked at more closely."""

import numpy as np
import pytest

from tests.tui.curve_app import CurveApp, row_of, screen_lines, settle, text, words
from tests.tui.test_curve_data import history_of
from tests.tui.views import view_of
from triage.session import Session
from tui.curve_axes import column_of
from tui.curve_panel import CurvePanel
from tui.curve_plot import Plot


async def test_a_failing_run_is_drawn_with_its_findings_marked_where_they_are(view):
    app = CurveApp(view("exploding_gradients"))
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert any("⠀" < sign <= "⣿" for sign in text(app))
        assert "training loss" in words(app, "#curve-legend")
        assert "NaN or infinite: 79 of 320 values" in words(app, "#curve-legend")
        columns = app.plot.size_inside[0]
        row = row_of(app, "#curve-marks")
        assert row[column_of(241, 0, 319, columns)] == "1"
        assert row[columns - 1] == "×"
        assert "×" not in row[: column_of(238, 0, 319, columns)]
        assert "1 of 3" in words(app, "#curve-words")
        assert "steps 241 to 319" in words(app, "#curve-words")


async def test_the_row_of_marks_lines_up_with_what_the_plot_draws(view):
    app = CurveApp(view("exploding_gradients"))
    async with app.run_test(size=(73, 21)) as pilot:
        await settle(pilot)
        await pilot.press("s", "plus", "plus", "left")
        await settle(pilot)
        window, columns = app.window, app.plot.size_inside[0]
        assert app.query_one("#curve-second", Plot).size_inside[0] == columns
        for step in np.linspace(window.low, window.high, 50):
            column = column_of(step, window.low, window.high, columns)
            assert app.plot.get_pixel_from_coordinate((column + 0.5) / columns, 0.5)[0] == column + 1


async def test_train_and_validation_differ_in_shape_and_are_named_in_words(view):
    app = CurveApp(view("overfitting"))
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        legend = words(app, "#curve-legend")
        assert "⠒⠒⠒ training loss" in legend
        assert "⠒o⠒ validation loss" in legend
        drawn = screen_lines(app)[app.plot.region.y : app.plot.region.bottom]
        assert sum(line[app.plot.margin_left :].count("o") for line in drawn) > 5


async def test_keys_look_closer_move_and_come_back(view):
    app = CurveApp(view("adam_second_moment_collapse"))
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("plus", "plus")
        closer = app.window
        assert closer.high - closer.low < 0.6 * 1999
        assert closer.low <= 1605 <= closer.high
        await settle(pilot)
        assert "whole run" in words(app, "#curve-legend")
        await pilot.press("left")
        assert app.window.low < closer.low
        await pilot.press("right")
        assert app.window.low == pytest.approx(closer.low)
        await pilot.press("shift+up", "down")
        assert (app.window.bottom, app.window.top) == (0.0, 0.75)
        await pilot.press("minus", "minus", "0")
        assert app.panel._sight.sees_all
        await settle(pilot)
        assert "whole run" not in words(app, "#curve-legend")


async def test_the_wheel_looks_closer_where_the_mouse_is_and_a_drag_moves(view):
    from textual.events import MouseDown, MouseMove, MouseScrollUp, MouseUp

    app = CurveApp(view("adam_second_moment_collapse"))
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)

        async def act(event, x, y, button=0, by=0):
            keys = {"shift": False, "meta": False, "ctrl": False}
            app.screen._forward_event(event(None, x, y, by, 0, button, **keys, screen_x=x, screen_y=y))
            await settle(pilot)

        left = app.plot.region.x + app.plot.margin_left + 1
        await act(MouseScrollUp, left, app.plot.region.y + 4)
        assert app.window.low == pytest.approx(0, abs=10)
        assert app.window.high < 1600
        await act(MouseDown, 50, 8, 1)
        await act(MouseMove, 40, 8, 1, -10)
        await act(MouseUp, 40, 8, 1)
        assert app.window.low > 100
        before = app.window
        await act(MouseScrollUp, 1, app.plot.region.y + 4)
        assert (app.window.low, app.window.high) == (before.low, before.high)
        assert app.window.top - app.window.bottom == pytest.approx(0.75)


@pytest.mark.parametrize(("before", "after"), [("comma", "full_stop"), ("left_square_bracket", "right_square_bracket")])
async def test_keys_step_through_the_findings(view, before, after):
    app = CurveApp(view("log_of_zero"))
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        told = []
        for key in (after, after, after, after, before):
            await pilot.press(key)
            await settle(pilot)
            told.append(words(app, "#curve-words"))
        assert [line[2:8] for line in told] == ["2 of 5", "3 of 5", "4 of 5", "5 of 5", "4 of 5"]
        assert "step 909" in told[1]
        assert "After long healthy progress" in told[1]


async def test_a_finding_out_of_sight_comes_into_sight(view):
    app = CurveApp(view("adam_second_moment_collapse"))
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        for _ in range(4):
            await pilot.press("plus")
        for _ in range(20):
            await pilot.press("left")
        assert app.window.high < 1605
        await pilot.press("right_square_bracket")
        assert app.window.low <= 1605 <= app.window.high


async def test_a_click_explains_the_nearest_finding_and_hovering_only_one_right_there(view):
    app = CurveApp(view("exploding_gradients"))
    async with app.run_test(size=(100, 24)) as pilot:
        await settle(pilot)
        inside = app.plot.margin_left + 1
        at = {step: inside + column_of(step, 0, 319, app.plot.size_inside[0]) for step in (0, 237, 241)}
        await pilot.hover("#curve-loss", offset=(at[0], 5))
        await settle(pilot)
        assert "1 of 3" in words(app, "#curve-words")
        await pilot.hover("#curve-loss", offset=(at[237], 5))
        await settle(pilot)
        assert "2 of 3" in words(app, "#curve-words")
        await pilot.click("#curve-loss", offset=(at[241] + 10, 5))
        await settle(pilot)
        assert "1 of 3" in words(app, "#curve-words")


async def test_a_number_below_the_plot_can_be_clicked_though_others_begin_in_its_column(view):
    app = CurveApp(view("exploding_gradients"))
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        for number in "321":
            await pilot.click(
                "#curve-marks", offset=(app.plot.margin_left + 1 + row_of(app, "#curve-marks").index(number), 0)
            )
            await settle(pilot)
            assert f"{number} of 3" in words(app, "#curve-words")


async def test_words_that_are_underlined_can_be_pressed(view):
    app = CurveApp(view("overfitting"))
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)

        async def press(name, word):
            region = app.query_one(name).region
            lines = screen_lines(app)[region.y : region.bottom]
            row = next(row for row, line in enumerate(lines) if word in line)
            await pilot.click(name, offset=(lines[row].index(word) - region.x, row))
            await settle(pilot)

        assert "log scale" in words(app, "#curve-legend")
        await press("#curve-legend", "log scale")
        assert "linear scale" in words(app, "#curve-legend")
        await press("#curve-legend", "below")
        assert "below: accuracy" in words(app, "#curve-legend")
        await pilot.press("plus")
        await settle(pilot)
        await press("#curve-legend", "whole")
        assert app.panel._sight.sees_all
        await press("#curve-words", "›")
        assert "1 of 3" in words(app, "#curve-words")


async def test_the_scale_changes_by_key_and_starts_as_in_the_report(view):
    app = CurveApp(view("healthy_classifier"))
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert "linear scale" in words(app, "#curve-legend")
        linear = text(app)
        await pilot.press("l")
        await settle(pilot)
        assert "log scale" in words(app, "#curve-legend")
        assert text(app) != linear
        await pilot.press("l")
        await settle(pilot)
        assert text(app) == linear


async def test_values_that_have_no_logarithm_are_said_to_be_left_out(shown):
    app = CurveApp(shown(history_of(train_loss=[3.0, 2.0, 0.0, -1.0])))
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("l")
        await settle(pilot)
        assert "without values of 0 or below" in words(app, "#curve-legend")


async def test_the_second_pane_goes_through_what_the_history_has(view):
    app = CurveApp(view("loss_term_dominates"))
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        second = app.query_one("#curve-second", Plot)
        assert not second.display
        titles = []
        for _ in range(2):
            await pilot.press("s")
            await settle(pilot)
            assert second.display
            titles.append(words(app, "#curve-second-title"))
            assert second.margin_left == app.plot.margin_left
        assert titles[0].startswith("Loss component cls")
        assert titles[1].startswith("Loss component box")
        await pilot.press("s")
        await settle(pilot)
        assert not second.display
        assert "below: nothing" in words(app, "#curve-legend")


async def test_a_sound_run_without_marks_has_no_noise_and_can_still_be_stepped_through(view):
    app = CurveApp(view("healthy_classifier"))
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert not app.query_one("#curve-marks").display
        assert not app.query_one("#curve-finding").display
        assert "NaN" not in text(app)
        await pilot.press("right_square_bracket")
        await settle(pilot)
        assert "1 of 2" in words(app, "#curve-words")


async def test_without_a_log_it_says_how_to_attach_one(real_base):
    app = CurveApp(view_of(Session(real_base)))
    async with app.run_test(size=(60, 20)) as pilot:
        await settle(pilot)
        said = words(app, "#curve-message")
        assert "No log is attached yet" in said
        assert "ctrl+o" in said
        assert "/attach FILE" in said
        assert not app.plot.display
        await pilot.press("plus", "l", "s", "right_square_bracket", "0", "left", "up", "pagedown")
        await settle(pilot)


async def test_curves_that_are_gone_are_said_to_be_gone(shown):
    app = CurveApp(shown(None))
    async with app.run_test(size=(60, 20)) as pilot:
        await settle(pilot)
        assert "healthy_classifier.csv are not at hand" in " ".join(words(app, "#curve-message").split())


async def test_what_is_said_of_a_finding_can_be_read_to_its_end(view):
    app = CurveApp(view("overfitting"))
    async with app.run_test(size=(40, 11)) as pilot:
        await settle(pilot)
        box = app.query_one("#curve-finding")
        assert box.max_scroll_y > 0
        for _ in range(30):
            await pilot.press("pagedown")
        await settle(pilot)
        assert box.scroll_y == box.max_scroll_y
        await pilot.press("pageup")
        await settle(pilot)
        assert box.scroll_y < box.max_scroll_y
        await pilot.press("right_square_bracket")
        await settle(pilot)
        assert box.scroll_y == 0


async def test_it_can_be_shown_before_it_is_mounted_and_while_it_is_hidden(view):
    class Hidden(CurveApp):
        def compose(self):
            panel = CurvePanel()
            panel.show(self.view)
            panel.display = False
            yield panel

        def on_mount(self):
            pass

    app = Hidden(view("overfitting"))
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        app.panel.display = True
        await settle(pilot)
        assert any("⠀" < sign <= "⣿" for sign in text(app))


def test_every_key_has_an_id_and_a_description():
    ids = [binding.id for binding in CurvePanel.BINDINGS]
    assert len(set(ids)) == len(ids)
    assert all(binding.id.startswith("curve.") and binding.description for binding in CurvePanel.BINDINGS)
