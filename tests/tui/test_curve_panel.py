"""The curve on the screen: drawn, marked, explained, looked at more closely, at any size and of any history."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from textual.app import App
from textual.widgets import Static

from tests.tui.test_curve_data import history_of
from tests.tui.views import view_of
from triage.history import read_history
from triage.session import Session
from tui.colours import THEMES
from tui.curve_axes import column_of
from tui.curve_data import Drawing
from tui.curve_panel import LONG, CurvePanel
from tui.curve_plot import Plot

DATA = Path(__file__).parents[1] / "data"
STYLE = Path(__file__).parents[2] / "tui" / "styles" / "curve_panel.tcss"
HOSTILE = "[bold red]\x1b[31m\u202e\x00e\ud800" + "w" * 300


class CurveApp(App):
    CSS_PATH = [STYLE]  # noqa: RUF012

    def __init__(self, view, ansi=False):
        super().__init__(ansi_color=ansi)
        self.view = view

    def compose(self):
        yield CurvePanel()

    def on_mount(self):
        for theme in THEMES:
            self.register_theme(theme)
        self.panel.show(self.view)
        self.panel.focus()

    @property
    def panel(self):
        return self.query_one(CurvePanel)

    @property
    def plot(self):
        return self.query_one("#curve-loss", Plot)

    @property
    def window(self):
        return self.panel._sight.window


@pytest.fixture
def view(real_base):
    def of_log(name):
        session = Session(real_base)
        session.attach(read_history(DATA / f"{name}.csv"))
        return view_of(session)

    return of_log


@pytest.fixture
def shown(view):
    """A real view with other curves."""

    def of_history(history, log="healthy_classifier"):
        return dataclasses.replace(view(log), history=history)

    return of_history


def screen_lines(app):
    return ["".join(segment.text for segment in strip) for strip in app.screen._compositor.render_strips()]


def text(app):
    return "\n".join(screen_lines(app))


def words(app, name):
    return str(app.query_one(name, Static).render())


def row_of(app, name):
    """A row of the screen, from where the columns of the plot begin."""
    region = app.query_one(name).region
    return screen_lines(app)[region.y][app.plot.region.x + app.plot.margin_left + 1 :]


async def settle(pilot):
    for _ in range(3):
        await pilot.pause()


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
        assert [line[2:8] for line in told] == ["2 of 4", "3 of 4", "4 of 4", "1 of 4", "4 of 4"]
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
        assert "1 of 2" in words(app, "#curve-words")


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


async def test_the_log_can_come_and_go(view, real_base):
    empty = view_of(Session(real_base))
    app = CurveApp(empty)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        app.panel.show(view("overfitting"))
        await settle(pilot)
        assert app.plot.display
        assert "⠒" in text(app)
        app.panel.show(empty)
        await settle(pilot)
        assert not app.plot.display
        assert "No log is attached yet" in text(app)


async def test_the_same_history_is_not_worked_out_again(view):
    overfitting = view("overfitting")
    app = CurveApp(overfitting)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        drawing, pictures = app.panel._sight.drawing, dict(app.panel._pictures)
        app.panel.show(dataclasses.replace(overfitting, can_undo=False))
        await settle(pilot)
        assert app.panel._sight.drawing is drawing
        assert all(app.panel._pictures[key] is picture for key, picture in pictures.items())


async def test_a_long_run_is_worked_out_in_a_thread_and_says_so_meanwhile(shown, monkeypatch):
    import threading

    from tui import curve_panel

    gate, threads = threading.Event(), []

    def slowly(*given):
        threads.append(threading.current_thread())
        gate.wait(60)
        return curve_panel_drawing(*given)

    curve_panel_drawing = curve_panel.drawing_of
    monkeypatch.setattr(curve_panel, "drawing_of", slowly)
    app = CurveApp(shown(history_of(train_loss=np.linspace(2, 1, LONG + 1), grad_norm=np.ones(LONG + 1))))
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert "Drawing the curve" in text(app)
        gate.set()
        await app.workers.wait_for_complete()
        await settle(pilot)
        assert "Drawing the curve" not in text(app)
        assert app.plot.display
        await pilot.press("s")
        await app.workers.wait_for_complete()
        await settle(pilot)
        assert "1" in row_of(app, "#curve-steps")
        assert threading.main_thread() not in threads
        assert len(threads) == 2


async def test_a_run_that_grows_while_it_is_worked_out_is_drawn_as_it_is_in_the_end(shown, monkeypatch):
    from tui import curve_panel

    sizes = []
    real = curve_panel.drawing_of

    def noting(history, *more):
        sizes.append(history.rows)
        return real(history, *more)

    monkeypatch.setattr(curve_panel, "drawing_of", noting)
    app = CurveApp(shown(history_of(train_loss=np.ones(LONG + 1))))
    async with app.run_test(size=(80, 24)) as pilot:
        for more in (2, 3, 4):
            app.panel.show(shown(history_of(train_loss=np.ones(LONG + more))))
        for _ in range(200):
            await app.workers.wait_for_complete()
            await settle(pilot)
            if app.panel._sight.known is not None:
                break
        assert isinstance(app.panel._sight.known, Drawing)
        assert app.window.high == LONG + 3
        assert sizes[-1] == LONG + 4
        assert len(sizes) < 4


async def test_a_followed_run_keeps_the_closer_look_and_otherwise_shows_all(shown):
    values = np.linspace(2, 1, 300)
    app = CurveApp(shown(history_of(train_loss=values[:100])))
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        app.panel.show(shown(history_of(train_loss=values[:200])))
        assert (app.window.low, app.window.high) == (0, 199)
        await pilot.press("plus")
        closer = app.window
        app.panel.show(shown(history_of(train_loss=values)))
        await settle(pilot)
        assert app.window == closer
        app.panel.show(shown(history_of(train_loss=values, files=("other.csv",))))
        assert app.panel._sight.sees_all


@pytest.mark.parametrize("size", [(30, 8), (40, 12), (45, 16), (60, 20), (70, 10), (80, 24), (100, 25), (160, 50)])
@pytest.mark.parametrize("log", ["exploding_gradients", "log_of_zero", "overfitting"])
async def test_it_fits_at_every_size(view, size, log):
    app = CurveApp(view(log))
    async with app.run_test(size=size) as pilot:
        await settle(pilot)
        await pilot.press("s")
        await settle(pilot)
        parts = [part for part in app.panel.children if part.display]
        assert parts[-1].id == "curve-finding"
        assert parts[-1].region.bottom == app.panel.region.bottom
        for part in parts:
            assert part.region.height > 0
            assert app.panel.region.contains_region(part.region)
        assert app.plot.size_inside[1] >= 2
        assert any("⠀" < sign <= "⣿" for sign in text(app))
        assert app.query_one("#curve-second").display == (size[1] >= 15 and log != "log_of_zero")
        if size[1] < 12:
            assert parts[-1].size.height == 1
        box = app.query_one("#curve-finding")
        assert box.virtual_size.width <= box.size.width


@pytest.mark.parametrize("size", [(1, 1), (5, 2), (10, 3), (20, 5), (12, 40), (200, 4)])
async def test_nothing_breaks_where_there_is_no_room(view, size):
    app = CurveApp(view("log_of_zero"))
    async with app.run_test(size=size) as pilot:
        await pilot.press("s", "plus", "left", "l", "right_square_bracket")
        await settle(pilot)
        await pilot.resize_terminal(80, 24)
        await settle(pilot)
        assert any("⠀" < sign <= "⣿" for sign in text(app))


async def test_another_size_is_drawn_anew(view):
    app = CurveApp(view("overfitting"))
    async with app.run_test(size=(60, 20)) as pilot:
        await settle(pilot)
        await pilot.resize_terminal(100, 25)
        await settle(pilot)
        resized = screen_lines(app)[: app.query_one("#curve-steps").region.bottom]
    other = CurveApp(view("overfitting"))
    async with other.run_test(size=(100, 25)) as pilot:
        await settle(pilot)
        assert screen_lines(other)[: len(resized)] == resized


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


@pytest.mark.parametrize("theme", ["dark", "light", "ansi-dark", "ansi-light", "textual-dark", "nord"])
async def test_every_theme_draws_the_same_shapes_in_its_own_colours(view, theme):
    app = CurveApp(view("overfitting"), ansi=theme.startswith("ansi"))
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        rows = slice(app.plot.region.y, app.plot.region.bottom)
        shapes, before = screen_lines(app)[rows], app.plot._style("curve--first")
        app.theme = theme
        await settle(pilot)
        assert screen_lines(app)[rows] == shapes
        if theme != "textual-dark":
            assert app.plot._style("curve--first") != before
        style = app.plot._style("curve--first")
        assert style in {dataset.line_style for dataset in app.plot._datasets if hasattr(dataset, "line_style")}


async def test_hostile_names_are_shown_as_text_and_break_nothing(shown, view):
    name = f"train_loss/{HOSTILE}"
    columns = {"train_loss": [3.0, 2.0, 1.0], name: [1.0, 2.0, 3.0]}
    history = dataclasses.replace(history_of(**columns), step_unit=HOSTILE)
    hostile = shown(history, "overfitting")
    findings = [
        finding.model_copy(update={"message": HOSTILE, "steps": (0.0, 1.0)}) for finding in hostile.diagnosis.findings
    ]
    diagnosis = hostile.diagnosis.model_copy(update={"findings": findings})
    app = CurveApp(dataclasses.replace(hostile, diagnosis=diagnosis))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("s")
        await settle(pilot)
        assert "[bold red]\\x1b[31m\\u202e" in words(app, "#curve-second-title")
        assert "[bold red]" in words(app, "#curve-words")
        shown_text = text(app)
        assert not set(shown_text) & {"\x1b", "\u202e", "\x00", "\ud800"}
        assert all(app.panel.region.contains_region(part.region) for part in app.panel.children if part.display)


ODD = {
    "one row": {"train_loss": [1.0]},
    "all lost": {"train_loss": [np.nan, np.inf, -np.inf]},
    "no loss": {"grad_norm": [1.0, 2.0]},
    "constant": {"train_loss": [0.0] * 9, "val_loss": [0.0] * 9},
    "largest": {"train_loss": [-1.7e308, 1.7e308, 0.0], "val_loss": [1e-320, 1.0, 2.0]},
    "every other lost": {"train_loss": [1.0, np.nan] * 200},
    "negative": {"train_loss": [-1.0, -2.0, -3.0]},
}


@pytest.mark.parametrize("case", ODD)
@pytest.mark.parametrize("steps", ["counted", "back and forth", "far apart", "none"])
async def test_odd_histories_are_drawn_without_a_fault(shown, case, steps):
    rows = len(next(iter(ODD[case].values())))
    places = {
        "counted": None,
        "back and forth": np.arange(rows) % 3,
        "far apart": np.linspace(-1e299, 1e299, rows) if rows > 1 else [1e299],
        "none": np.full(rows, np.nan),
    }[steps]
    app = CurveApp(shown(history_of(places, **ODD[case]), "exploding_gradients"))
    async with app.run_test(size=(60, 20)) as pilot:
        for key in ("l", "s", "plus", "plus", "right", "shift+up", "up", "right_square_bracket", "minus", "l", "0"):
            await pilot.press(key)
            await settle(pilot)
        legend = words(app, "#curve-legend")
        if case == "all lost" and steps != "none":
            assert "NaN or infinite: 3 of 3 values" in legend
        if case == "no loss":
            assert "No loss in this log" in legend


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
